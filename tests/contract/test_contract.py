"""The cases that phone and server must judge alike; client/tests/contract runs the same ones in the phone's engine.

A case has a form (Markdown, and the XForm that pyxform makes of it), answers, and what they give. `engine` says where
the engine differs and why the server does not follow it; a value of null is one that the server does not evaluate.
After a change of a form, `python tests/contract/test_contract.py` writes the XForms anew.
"""

import csv
import json
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest
from pyxform.xls2xform import convert

from forms.checks import Checks, compile_checks
from forms.look import Look
from forms.xpath.nodes import Node

ZONE = ZoneInfo("Europe/Amsterdam")
FILES = sorted(Path(__file__).parent.glob("*.json"))
CASES: list[dict[str, Any]] = [case for file in FILES for case in json.loads(file.read_text())]
WITH_FAULTS = [case for case in CASES if "faults" in case["expect"]]
SETTLED_AFTER = 5

by_name = pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])


def compiled(case: dict[str, Any]) -> Checks:
    has_lists = case.get("serverHasLists", True)
    lists = case.get("lists", {}).items() if has_lists else ()
    return compile_checks(
        case["xform"], {name.removesuffix(".csv"): list(csv.DictReader(StringIO(rows))) for name, rows in lists}
    )


def now_of(case: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(case.get("now", "2026-11-22T14:03:00+01:00")).astimezone(ZONE)


def settled(case: dict[str, Any]) -> tuple[Checks, Look]:
    """A look at the answers after every calculation has its value, as on the phone."""
    checks = compiled(case)
    xml = f"<data>{case['answers']}</data>"
    for _ in range(SETTLED_AFTER):
        look = checks.look(xml, now_of(case))
        xml = written(look, look.document.children[0])
    return checks, checks.look(xml, now_of(case))


def written(look: Look, node: Node, *, as_sent: bool = False) -> str:
    """The XML of a node with what is calculated filled in; as it is sent, without what is not relevant."""
    if as_sent and look.relevance(node) is False:
        return ""
    is_calculated = (node.path, "calculate") in look.expressions
    text = look.calculated(node) if is_calculated else None
    inside = "".join(written(look, child, as_sent=as_sent) for child in node.children)
    return f"<{node.name}>{inside or escape(node.own_text if text is None else text)}</{node.name}>"


def at(look: Look, reference: str) -> Node:
    """The node at a path that has positions on repeats only, as the engine writes it."""
    found = {plain(node, look): node for node in look.document.descendants_or_self()}
    return found[reference]


def plain(node: Node, look: Look) -> str:
    if node.parent is None:
        return ""
    position = f"[{node.position}]" if node.is_repeat else ""
    return f"{plain(node.parent, look)}/{node.name}{position}"


@by_name
def test_answers_give_the_expected_result(case: dict[str, Any]) -> None:
    checks, look = settled(case)
    expect = case["expect"]

    for reference, value in expect.get("values", {}).items():
        assert look.calculated(at(look, reference)) == value, reference
    for reference, relevant in expect.get("relevant", {}).items():
        assert look.relevance(at(look, reference)) is relevant, reference
    for reference, required in expect.get("required", {}).items():
        assert look.holds(at(look, reference), "required", otherwise=False) is required, reference
    for reference, offered in expect.get("choices", {}).items():
        node = at(look, reference)
        choices = checks.logic.binds[node.path].choices
        assert choices is not None
        assert look.choices(node, choices) == frozenset(offered), reference


@pytest.mark.parametrize("case", WITH_FAULTS, ids=[case["name"] for case in WITH_FAULTS])
def test_answers_have_the_expected_faults(case: dict[str, Any]) -> None:
    checks, look = settled(case)

    faults = checks.faults(written(look, look.document.children[0], as_sent=True), now_of(case))

    keys = {plain(node, look): node.key for node in look.document.descendants_or_self()}
    assert {fault.key: fault.kind for fault in faults} == {
        keys[reference]: kind for reference, kind in case["expect"]["faults"].items()
    }
    for reference, message in case["expect"].get("messages", {}).items():
        assert {fault.key: fault.message for fault in faults}[keys[reference]] == {"": message}


@by_name
def test_xform_of_the_case_is_what_pyxform_makes_of_its_form(case: dict[str, Any]) -> None:
    if "form" in case:
        assert case["xform"] == compile_form(case["form"])


def test_there_are_enough_cases_and_their_names_differ() -> None:
    assert len(CASES) >= 60
    assert len({case["name"] for case in CASES}) == len(CASES)


def compile_form(rows: list[str]) -> str:
    xform: str = convert(xlsform="\n".join(rows), file_type=".md", form_name="data").xform
    return xform


if __name__ == "__main__":
    for file in FILES:
        cases = json.loads(file.read_text())
        for case in cases:
            if "form" in case:
                case["xform"] = compile_form(case["form"])
        file.write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n")
