"""Reading mutations: what a phone sent, checked as far as it can be without the database. Pure."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from core.problems import INPUT_INVALID, INSTANCE_UNREADABLE, Fault, Problem, faults_of
from forms.answers import Instance, parse_instance
from sync.schemas import AddressAdd, ObservationPut, ObservationWithdraw, QuestionAnswer, VisitPut, WalkPut

OBSERVATION_PUT, OBSERVATION_WITHDRAW, VISIT_PUT = "observation.put", "observation.withdraw", "visit.put"
WALK_PUT, ADDRESS_ADD, QUESTION_ANSWER = "walk.put", "address.add", "question.answer"
_SCHEMAS = {
    OBSERVATION_PUT: ObservationPut(),
    OBSERVATION_WITHDRAW: ObservationWithdraw(),
    VISIT_PUT: VisitPut(),
    WALK_PUT: WalkPut(),
    ADDRESS_ADD: AddressAdd(),
    QUESTION_ANSWER: QuestionAnswer(),
}
_SUBJECTS = {VISIT_PUT: "visit_id", WALK_PUT: "walk_id", ADDRESS_ADD: "address_id", QUESTION_ANSWER: "question_id"}


@dataclass(frozen=True, slots=True)
class Pushed:
    """A mutation that can be read: its fields, and its answers when it has any."""

    fields: dict[str, Any]
    raw: dict[str, Any]
    content_hash: str
    instance: Instance | None = None

    @property
    def id(self) -> UUID:
        mutation_id: UUID = self.fields["id"]
        return mutation_id

    @property
    def type(self) -> str:
        return str(self.fields["type"])

    @property
    def is_about_observation(self) -> bool:
        return self.type not in _SUBJECTS

    @property
    def subject_id(self) -> UUID:
        """The observation, visit, walk, address or question that it is about."""
        subject_id: UUID = self.fields[_SUBJECTS.get(self.type, "observation_id")]
        return subject_id

    @property
    def attachments(self) -> list[dict[str, Any]]:
        return self.fields.get("attachments") or []

    @property
    def moment(self) -> datetime:
        """When it was captured, visited, withdrawn, begun, added or answered, by the phone's clock."""
        names = ("captured_at", "visited_at", "withdrawn_at", "started_at", "added_at", "answered_at")
        moment: datetime = next(self.fields[name] for name in names if name in self.fields)
        return moment


def read_mutation(raw: Any) -> Pushed:
    """The mutation. Raises INPUT_INVALID or INSTANCE_UNREADABLE."""
    _refuse_unstorable(raw)
    schema = _SCHEMAS.get(str(raw.get("type"))) if isinstance(raw, dict) else None
    if schema is None:
        raise Problem(INPUT_INVALID, faults=[Fault("/type", f"Kies uit {', '.join(_SCHEMAS)}.")])
    try:
        loaded: dict[str, Any] = schema.load(raw)
    except ValidationError as error:
        raise Problem(INPUT_INVALID, faults=faults_of(error.messages)) from error
    if loaded["type"] != OBSERVATION_PUT:
        return Pushed(loaded, raw, _content_hash(raw))
    instance = parse_instance(loaded["instance_xml"])
    if (instance.form_id, instance.version) != (loaded["form"], loaded["form_version"]):
        detail = f"de XML is van {instance.form_id!r} versie {instance.version!r}"
        raise Problem(INSTANCE_UNREADABLE, detail)
    return Pushed(loaded, raw, _content_hash(raw), instance)


def _content_hash(raw: dict[str, Any]) -> str:
    """SHA-256 of what the mutation says, whatever its own id is."""
    content = {key: value for key, value in raw.items() if key != "id"}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _refuse_unstorable(raw: Any) -> None:
    """No database text holds a NUL or half a surrogate pair, so such a mutation cannot be stored as text."""
    try:
        json.dumps(raw, ensure_ascii=False, allow_nan=False).encode()
        has_nul = any("\0" in text for text in _texts_in(raw))
    except (ValueError, RecursionError) as error:
        raise Problem(INPUT_INVALID, faults=[Fault("", type(error).__name__)]) from error
    if has_nul:
        raise Problem(INPUT_INVALID, faults=[Fault("", "Het teken NUL mag niet.")])


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        yield from (text for inner in value.values() for text in _texts_in(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in _texts_in(inner))
