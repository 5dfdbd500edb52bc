"""Typed answers and flat rows: exact, in their place, and missing where missing."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.answers import Answer, Point, parse_instance
from forms.definition import Question, read_definition
from forms.roles import PART_KEY
from forms.rows import KEY, PARENT, add_rows, sensitive_columns, tables
from forms.typed import typed_answers, typed_value
from forms.xlsform import compile_xlsform

FORM = """
| survey |
| | type | name | label::Nederlands (nl) | label::English (en) | bind::rg:rol |
| | select_multiple kleur | kleuren | Welke kleuren? | Which colours? | |
| | decimal | maat | Hoe groot? | How large? | |
| | select_one janee | toestemming | Mag het? | May we? | toestemming |
| | text | telefoon | Telefoon | Phone | contactgegevens |
| | begin_repeat | huis | Huis | House | |
| | text | naam | Naam | Name | |
| | begin_repeat | kamer | Kamer | Room | |
| | integer | ramen | Ramen | Windows | |
| | end_repeat | | | | |
| | end_repeat | | | | |
| choices |
| | list_name | name | label::Nederlands (nl) | label::English (en) |
| | kleur | rood | Rood | Red |
| | kleur | blauw | Blauw | Blue |
| | janee | ja | Ja | Yes |
| settings |
| | form_id | version | namespaces |
| | proef | 1 | rg="urn:rondgang:rollen:1" |
"""
DEFINITION = compile_xlsform(FORM.encode(), "proef.md").definition
XML = (
    '<data id="proef" version="1"><kleuren>rood blauw</kleuren><maat>1.10</maat>'
    "<huis><naam>A</naam><kamer><ramen>2</ramen></kamer><kamer><ramen>3</ramen></kamer></huis>"
    "<huis><naam>B</naam></huis></data>"
)


def value(kind: str, text: str) -> object:
    return typed_value(Question("/data/q", kind, control="input"), Answer("/data/q", "/data/q[1]", text))


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("int", "7", 7),
        ("int", "zeven", None),
        ("decimal", "1.10", Decimal("1.10")),
        ("decimal", "NaN", None),
        ("date", "2026-11-22", date(2026, 11, 22)),
        ("date", "22-11-2026", None),
        ("dateTime", "2026-11-22T12:00:00.000+01:00", datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=1)))),
        ("dateTime", "2026-11-22T12:00:00", None),
        ("geopoint", "52.5 6.5 0 4", Point(6.5, 52.5, 4.0)),
        ("geotrace", "52.5 6.5 0 4; 52.6 6.6 0 4", (Point(6.5, 52.5, 4.0), Point(6.6, 52.6, 4.0))),
        ("geoshape", "52.5 6.5; veel", None),
        ("string", "x", "x"),
    ],
)
def test_text_becomes_value_of_its_type_or_nothing(kind: str, text: str, expected: object) -> None:
    assert value(kind, text) == expected


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_are_exact(number: Decimal) -> None:
    assert value("decimal", str(number)) == number


@given(st.datetimes(timezones=st.just(UTC)))
def test_moments_keep_their_instant(moment: datetime) -> None:
    assert value("dateTime", moment.isoformat()) == moment


def test_answers_come_in_order_with_their_place() -> None:
    found = [(answer.key, answer.value) for answer in typed_answers(DEFINITION, parse_instance(XML))]

    assert found == [
        ("/data/kleuren[1]", ("rood", "blauw")),
        ("/data/maat[1]", Decimal("1.10")),
        ("/data/huis[1]/naam[1]", "A"),
        ("/data/huis[1]/kamer[1]/ramen[1]", 2),
        ("/data/huis[1]/kamer[2]/ramen[1]", 3),
        ("/data/huis[2]/naam[1]", "B"),
    ]


def test_rows_of_nested_repeats_belong_to_their_parents() -> None:
    made = tables(DEFINITION)
    add_rows(made, DEFINITION, parse_instance(XML), "o1", "en")

    (form,) = made[""].rows
    assert form == {KEY: "o1", "/data/kleuren": "Red, Blue", "/data/maat": "1.10"}
    houses, rooms = made["/data/huis"].rows, made["/data/huis/kamer"].rows
    assert [(row[PARENT], row["/data/huis/naam"]) for row in houses] == [("o1", "A"), ("o1", "B")]
    assert [(row[PARENT], row["/data/huis/kamer/ramen"]) for row in rooms] == [
        (houses[0][KEY], "2"),
        (houses[0][KEY], "3"),
    ]
    assert len({row[KEY] for table in made.values() for row in table.rows}) == 5


def test_contact_details_are_named_as_what_no_export_may_hold() -> None:
    assert sensitive_columns(DEFINITION) == {"/data/telefoon"}


def test_definition_knows_kinds_and_repeats() -> None:
    kinds = {question.name: question.kind for question in DEFINITION.questions if question.role != PART_KEY}

    assert kinds == {
        "kleuren": "select",
        "maat": "decimal",
        "toestemming": "select1",
        "telefoon": "string",
        "huis": "repeat",
        "naam": "string",
        "kamer": "repeat",
        "ramen": "int",
    }
    assert read_definition(compile_xlsform(FORM.encode(), "proef.md").xform) == DEFINITION
