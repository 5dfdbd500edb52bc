"""Answers: what was filled in comes out, whatever it was, and nothing dangerous goes in."""

from string import printable
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problems import INSTANCE_UNREADABLE, Problem
from forms.answers import Answer, Point, parse_instance
from forms.fill import fill_instance
from forms.library import LIBRARY, library_forms
from forms.lists import with_list_labels
from forms.readable import readable_answers
from forms.roles import extract_facts
from forms.xlsform import compile_xlsform

TALK = next(path for path in library_forms() if path.stem == "keukentafelgesprek")
COMPILED = compile_xlsform(TALK.read_bytes(), TALK.name)
ADDRESS = UUID("01931f5e-0000-7000-8000-000000000003")
WORDS = st.text(st.sampled_from(printable + "éü€😀&<>\"'"), min_size=1).map(str.strip).filter(bool)
VISIBLE = WORDS.filter(lambda text: not any(character in text for character in "\r\x0b\x0c"))


def filled(issues: list[str], persons: int = 2) -> str:
    values = {"/data/deur/adres": str(ADDRESS), "/data/gesprek/deelnemers": str(persons)}
    rows = [{"tekst": issue, "thema": "verkeer", "foto": "1.jpg"} for issue in issues]
    return fill_instance(COMPILED.xform, values, {"/data/vraagstuk": rows}, ADDRESS)


@given(st.lists(VISIBLE, max_size=5), st.integers(0, 30))
def test_facts_are_what_was_filled_in(issues: list[str], persons: int) -> None:
    facts = extract_facts(COMPILED.definition, parse_instance(filled(issues, persons)))

    assert (facts.address_id, facts.persons) == (ADDRESS, persons)
    assert [issue.text for issue in facts.issues] == issues
    assert all((issue.theme, issue.photos) == ("verkeer", ("1.jpg",)) for issue in facts.issues)


@given(st.text())
def test_any_text_is_answers_or_a_problem(xml: str) -> None:
    try:
        parse_instance(xml)
    except Problem as problem:
        kind = problem.kind
    else:
        return
    assert kind is INSTANCE_UNREADABLE


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>',
        "<a>" * 50 + "</a>" * 50,
        "<a>" + "x" * 1_100_000 + "</a>",
    ],
)
def test_dangerous_xml_is_refused(xml: str) -> None:
    with pytest.raises(Problem):
        parse_instance(xml)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("52.6 6.6 0 12", Point(6.6, 52.6, 12.0)),
        ("52.6 6.6", Point(6.6, 52.6)),
        ("6.6", None),
        ("noord 6.6", None),
        ("95 6.6 0 0", None),
        ("nan nan", None),
    ],
)
def test_geopoint_is_read_as_latitude_then_longitude(text: str, point: Point | None) -> None:
    assert Answer("/a", "/a", text).point == point


def test_answers_in_words_have_labels_and_number_of_their_vraagstuk() -> None:
    instance = parse_instance(filled(["Lamp", "Bus"]))
    definition = with_list_labels(COMPILED.definition, {"themas.csv": (LIBRARY / "themas.csv").read_text()})

    words = [
        (answer.group, answer.label, answer.value)
        for answer in readable_answers(definition, instance, "nl")
        if answer.type != "binary"
    ]

    assert words == [
        (0, "Hoeveel mensen praten mee?", "2"),
        (1, "Wat speelt er?", "Lamp"),
        (1, "Waar gaat het over?", "Verkeer"),
        (2, "Wat speelt er?", "Bus"),
        (2, "Waar gaat het over?", "Verkeer"),
    ]


def test_ten_thousand_answers_of_one_name_are_read_quickly() -> None:
    instance = parse_instance("<data>" + "<a>1</a>" * 50_000 + "</data>")

    assert instance.all[-1].key == "/data/a[50000]"
