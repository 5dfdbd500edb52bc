"""Compiling: a form maker hears what is wrong, where, and what to do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problems import FORM_INVALID, Problem
from forms.library import library_forms
from forms.xlsform import compile_xlsform

SETTINGS = """
| settings |
| | form_id | version | namespaces | attribute::rg:telling |
| | proef | 1 | rg="urn:rondgang:rollen:1" | {telling} |
"""


def form(*rows: str, telling: str = "persoon") -> bytes:
    survey = "| survey |\n| | type | name | label | bind::rg:rol |\n" + "\n".join(rows)
    return (survey + SETTINGS.format(telling=telling)).encode()


def faults(source: bytes, name: str = "proef.md") -> list[tuple[str, str]]:
    with pytest.raises(Problem) as raised:
        compile_xlsform(source, name)
    assert raised.value.kind is FORM_INVALID
    return [(fault.pointer, fault.detail) for fault in raised.value.faults]


def test_own_form_with_roles_compiles() -> None:
    definition = compile_xlsform(form("| | integer | n | Met hoeveel? | deelnemers |"), "proef.md").definition

    assert [(question.path, question.role) for question in definition.questions] == [("/data/n", "deelnemers")]


def test_unknown_role_is_named_with_its_question_and_the_choice() -> None:
    ((pointer, detail),) = faults(form("| | integer | n | Met hoeveel? | deelnemer |"))

    assert pointer == "/survey/2/bind::rg:rol"
    assert "'deelnemer' bestaat niet" in detail
    assert "deelnemers" in detail


def test_role_on_wrong_type_is_a_fault() -> None:
    ((_, detail),) = faults(form("| | text | waar | Waar? | locatie |"))

    assert "past niet op een vraag van dit type (string)" in detail


def test_vraagstuk_without_text_is_a_fault() -> None:
    ((_, detail),) = faults(
        form("| | begin_group | g | Wat speelt er? | vraagstuk |", "| | text | t | Wat? | |", "| | end_group | | | |")
    )

    assert "vraagstuk.tekst" in detail


def test_unknown_counting_unit_is_a_fault() -> None:
    ((pointer, _),) = faults(form("| | text | t | Wat? | |", telling="straat"))

    assert pointer == "/settings/2/attribute::rg:telling"


def test_error_of_compiler_keeps_its_row() -> None:
    ((pointer, detail),) = faults(form("| | tekst | t | Wat? | |"))

    assert pointer == "/survey/2/type"
    assert "tekst" in detail


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (b"\x00\x01\x02", "kapot.xlsx"),
        (b"", "leeg.md"),
        (b"x", "proef.docx"),
        (b"\xff\xfe", "proef.csv"),
        (b"", "a.xls"),
    ],
)
def test_file_that_is_no_form_is_a_problem_and_no_traceback(source: bytes, name: str) -> None:
    assert faults(source, name)


WORDS = (
    "tekst",
    "${x}",
    "begin_repeat",
    "end_group",
    "select_one",
    "select_one nope",
    "calculate",
    "range",
    "a b",
    "1a",
    "((",
    "if(",
    "",
    "adres",
    "vraagstuk",
    "xml-external a",
    "rank ja_nee",
    "data",
    "meta",
    "name",
    "9" * 50,
)


@settings(max_examples=150, deadline=2000)
@given(
    st.sampled_from([path.read_text() for path in library_forms()]),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), st.sampled_from(WORDS)), min_size=1, max_size=4),
)
def test_form_spoilt_at_random_compiles_or_says_what_is_wrong_within_two_seconds(
    source: str, spoilt: list[tuple[int, int, str]]
) -> None:
    lines = [line.split("|") for line in source.split("\n")]
    for row, column, word in spoilt:
        cells = lines[row % len(lines)]
        cells[column % len(cells)] = f" {word} "
    try:
        compile_xlsform("\n".join("|".join(cells) for cells in lines).encode(), "proef.md")
    except Problem as problem:
        said = problem.faults
    else:
        return
    assert said
    assert all(fault.detail for fault in said)
