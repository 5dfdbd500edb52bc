"""Answers to any form survive being read and written, however its groups and repeats are nested."""

from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from forms.answers import parse_instance
from forms.binds import read_logic
from forms.write import instance_xml
from forms.xlsform import compile_xlsform

GROUP, REPEAT = "group", "repeat"
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), min_size=1).map(str.strip).filter(bool)


@dataclass(frozen=True)
class Part:
    """A question, or a group or repeat of parts."""

    type: str
    inside: tuple["Part", ...] = ()


QUESTIONS = st.sampled_from(["text", "integer", "date", "geopoint"]).map(Part)
PARTS = st.recursive(
    QUESTIONS,
    lambda inner: st.builds(Part, st.sampled_from([GROUP, REPEAT]), st.lists(inner, min_size=1, max_size=3).map(tuple)),
    max_leaves=8,
)
FORMS = st.lists(PARTS, min_size=1, max_size=4).map(tuple)


def named(parts: tuple[Part, ...], prefix: str) -> Iterator[tuple[str, Part]]:
    return ((f"{prefix}{number}", part) for number, part in enumerate(parts))


def rows(parts: tuple[Part, ...], prefix: str = "v") -> Iterator[str]:
    for name, part in named(parts, prefix):
        if not part.inside:
            yield f"| | {part.type} | {name} | {name} |"
            continue
        yield f"| | begin_{part.type} | {name} | {name} |"
        yield from rows(part.inside, f"{name}_")
        yield f"| | end_{part.type} | | |"


def xform_of(form: tuple[Part, ...]) -> str:
    survey = "\n".join(["| survey |", "| | type | name | label |", *rows(form)])
    return compile_xlsform(f"{survey}\n| settings |\n| | form_id | version |\n| | proef | 7 |\n".encode(), "x.md").xform


def fill(draw: st.DrawFn, element: etree._Element, parts: tuple[Part, ...], empty: bool, prefix: str = "v") -> None:
    """Answers some of the questions. Without `empty`, what has no answer is not there."""
    for name, part in named(parts, prefix):
        for _ in range(draw(st.integers(0, 3)) if part.type == REPEAT else 1):
            child = etree.SubElement(element, name)
            if part.inside:
                fill(draw, child, part.inside, empty, f"{name}_")
            elif draw(st.booleans()):
                child.text = draw(TEXTS)
            if not (empty or len(child) or child.text):
                element.remove(child)


@st.composite
def answered_forms(draw: st.DrawFn, empty: bool) -> tuple[str, str]:
    """(an XForm, answers to it), with `empty` also what has no answer."""
    form = draw(FORMS)
    root = etree.Element("data", {"version": "7", "id": "proef"})
    fill(draw, root, form, empty)
    return xform_of(form), etree.tostring(root, encoding="unicode")


@given(answered_forms(empty=False))
def test_answers_are_written_as_they_were_read(form_and_answers: tuple[str, str]) -> None:
    xform, xml = form_and_answers
    logic = read_logic(xform, {})

    assert instance_xml(parse_instance(xml), logic.root, logic.children) == xml


@given(answered_forms(empty=True))
def test_answers_that_were_written_are_read_as_the_same(form_and_answers: tuple[str, str]) -> None:
    xform, xml = form_and_answers
    logic, instance = read_logic(xform, {}), parse_instance(xml)

    assert parse_instance(instance_xml(instance, logic.root, logic.children)) == instance


def test_answer_that_stands_after_an_empty_one_keeps_its_place() -> None:
    instance = parse_instance("<data><a/><a>x</a><b/></data>")

    assert instance_xml(instance, "data", {"/data": ["a", "b"]}) == "<data><a/><a>x</a></data>"
