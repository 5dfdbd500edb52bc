"""docs/protocol.md: every example in it is what the server takes and gives."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema

from sync.schemas import (
    AddressAdd,
    EnrolmentIn,
    EnrolmentOut,
    KofferHead,
    LedgerOut,
    ObservationOut,
    ObservationPut,
    ObservationWithdraw,
    PullOut,
    PushIn,
    PushOut,
    QuestionAnswer,
    VisitPut,
    WalkPut,
)

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()
EXAMPLES = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]
SCHEMAS: list[Schema] = [
    EnrolmentIn(),
    EnrolmentOut(),
    PullOut(),
    PushIn(),
    PushOut(),
    ObservationOut(),
    LedgerOut(),
    KofferHead(many=True),
]


@pytest.mark.parametrize(("example", "schema"), list(zip(EXAMPLES, SCHEMAS, strict=True)))
def test_example_in_protocol_fits_its_schema(example: Any, schema: Schema) -> None:
    assert schema.validate(example) == {}


def test_mutations_in_protocol_fit_their_schemas() -> None:
    observation, visit, withdrawal, walk, address, answer = EXAMPLES[3]["mutations"]

    assert ObservationPut().validate(observation) == {}
    assert VisitPut().validate(visit) == {}
    assert ObservationWithdraw().validate(withdrawal) == {}
    assert WalkPut().validate(walk) == {}
    assert AddressAdd().validate(address) == {}
    assert QuestionAnswer().validate(answer) == {}


def test_statuses_in_protocol_are_those_of_the_server() -> None:
    from sync import models

    told = set(re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE))

    assert told == {models.APPLIED, models.DUPLICATE, models.HELD, models.MERGED, models.CONFLICT, models.REJECTED}
