"""XPath as ODK extends it: what tests/contract does not have, because it needs no phone to be judged."""

import math
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from forms.xpath.context import Lists, Run
from forms.xpath.evaluate import compile_expression
from forms.xpath.nodes import Node, read_tree
from forms.xpath.pattern import matches
from forms.xpath.registry import FUNCTIONS
from forms.xpath.values import NotEvaluated, number_text, to_string

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=ZoneInfo("Europe/Amsterdam"))
DATA = "<data><a>5</a><s>x y</s><r><n>1</n></r><r><n>2</n></r><r><n/></r></data>"
LIST = "<instance><root><item><name>x</name><label>Eks</label></item></root></instance>"
WORDS = st.text(st.sampled_from("abc "), max_size=6)
SMALL = st.integers(-3, 8)


def make_run(steps: int = 10_000) -> Run:
    lists = {"letters": read_tree(etree.fromstring(LIST)).children[0]}
    return Run(NOW, lambda node: node.own_text, Lists(lists, "{}={}".format, str.upper), steps)


def make_data() -> Node:
    root = read_tree(etree.fromstring(DATA)).children[0]
    for repeat in root.named("r"):
        repeat.is_repeat = True
    return root


def evaluate(expression: str, node: Node | None = None) -> str:
    return to_string(compile_expression(expression).value(make_run(), node or make_data().named("r")[1].named("n")[0]))


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("string()", "2"),
        ("string-length()", "1"),
        ("normalize-space()", "2"),
        ("number()", "2"),
        ("position()", "1"),
        ("last()", "1"),
        ("concat()", ""),
        ("true() and not(false())", "true"),
        ("boolean('') or boolean(0) or boolean(0 div 0)", "false"),
        ("boolean(../../r[3]/n) and not(../../r[4]/n)", "true"),
        ("substring('12345', 1.5, 2.6)", "234"),
        ("substring('12345', 0, 3)", "12"),
        ("substring('12345', 0 div 0, 3)", ""),
        ("substring('12345', -42, 1 div 0)", "12345"),
        ("substr('abc', 0 div 0)", "abc"),
        ("substr('abc', 2, 1)", ""),
        ("translate('aabb', 'aa', 'xy')", "xxbb"),
        ("floor(-1.5) + ceiling(1.2)", "0"),
        ("int(1 div 0)", "Infinity"),
        ("round(0 div 0)", "NaN"),
        ("round(2, 1 div 0)", "NaN"),
        ("sqrt(9) + exp(0) + log(1) + log10(1000)", "7"),
        ("sqrt(-1)", "NaN"),
        ("log(0)", "-Infinity"),
        ("exp(1000)", "Infinity"),
        ("round(atan2(1, 1) * 4, 5)", "3.14159"),
        ("sin(0) + cos(0) + tan(0) + asin(0) + acos(1) + atan(0)", "1"),
        ("max(3, '7', ../../r[1]/n)", "7"),
        ("min(../../r/n)", "NaN"),
        ("max(../../r[9]/n)", "NaN"),
        ("-1 div 0", "-Infinity"),
        ("0 div 0", "NaN"),
        ("5 mod 0", "NaN"),
        ("-(2) - -3", "1"),
        ("5 - 3 - 1", "1"),
        ("2 + 3 * 4 div 2 mod 4", "4"),
        ("(1 < 2) = true()", "true"),
        ("'2026-01-02' > '2026-01-01'", "true"),
        ("checklist(-1, 1, 1, 1)", "false"),
        ("checklist(2, -1, 1, 1)", "true"),
        ("date-time('2026-11-22T10:00:00Z')", "2026-11-22T11:00:00.000+01:00"),
        ("date('2026-1-5')", "2026-01-05"),
        ("date('gisteren')", "NaN"),
        ("date('')", ""),
        ("date(0.5)", "1970-01-01T13:00:00.000+01:00"),
        ("date(1 div 0)", "NaN"),
        ("date(true())", ""),
        ("decimal-date-time('nooit')", "NaN"),
        ("decimal-date-time(date('1970-01-02') + 1 div 24)", "1"),
        ("decimal-time('25:00')", "NaN"),
        ("decimal-time('nooit')", "NaN"),
        ("format-date-time(now(), '%y-%e %h:%M:%S.%3 %%')", "26-22 14:03:00.000 %%"),
        ("base64-decode('aG9p')", "hoi"),
        ("base64-decode('?')", ""),
        ("digest('a', 'MD5')", "DMF1ucDxtqgxw5niaXcmYQ=="),
        ("distance('52 6;52 7', '')", "68534.18"),
        ("area('52 6;52 7')", "0"),
        ("area('52 6;52 7;53 7') = enclose-area('52 6;52 7;53 7;52 6')", "true"),
        ("jr:itext('hoi')", "HOI"),
        ("jr:choice-name('x', '../keuze')", "/data/r/keuze=x"),
        ("pulldata('letters', 'label', 'name', 'x')", "Eks"),
        ("instance('letters')/root/item[1]/label", "Eks"),
        ("(../n)[1]", "2"),
        ("(/data/a | ../n)[last()]", "2"),
        ("../../r[position() = last() - 1]/n", "2"),
        ("../../r[1]/self::r/n", "1"),
        ("../../*[2]", "x y"),
        ("../../orx:a", "5"),
        ("count(/)", "1"),
        ("/data/if", ""),
        ("indexed-repeat(/data/r/n, /data/r, 1.5)", ""),
        ("if(true(), 'ja', random())", "ja"),
    ],
)
def test_expression_has_its_value(expression: str, value: str) -> None:
    assert evaluate(expression) == value


@pytest.mark.parametrize(
    "expression",
    [
        "uuid()",
        "randomize(/data/r)",
        "once(random())",
        "version()",
        "format-date(today(), '%a')",
        "weighted-checklist(1, 2, 3)",
        "weighted-checklist(1, 2, ../../r/n, 1)",
        "indexed-repeat(/data/r/n, /data/r, 1, /data/r)",
        "position(../../r)",
        "distance('hier')",
        "distance('52')",
        "distance('95 6')",
        "pulldata('weg', 'a', 'b', 'c')",
        "count(3)",
        "$x",
        "../@id",
        "following::r",
        "if(1, 2)",
        "today(1)",
        "1 < 2 = true()",
    ],
)
def test_expression_that_says_nothing_here_is_not_evaluated(expression: str) -> None:
    with pytest.raises(NotEvaluated):
        evaluate(expression)


def test_work_is_bounded_whatever_the_expression() -> None:
    run, node = make_run(steps=20), make_data()

    with pytest.raises(NotEvaluated, match="too much work"):
        compile_expression("count(//n[count(//n) = 3])").value(run, node)


@given(st.text())
def test_any_text_is_an_expression_or_is_not_evaluated(source: str) -> None:
    with suppress(NotEvaluated):
        evaluate(source)


@given(
    st.sampled_from(sorted(FUNCTIONS)),
    st.lists(st.sampled_from(["''", "'2026-01-01'", "-1", "1 div 0", "../n", "//n"])),
)
def test_any_function_has_a_value_or_is_not_evaluated(name: str, arguments: list[str]) -> None:
    with suppress(NotEvaluated):
        evaluate(f"{name}({', '.join(arguments)})")


@given(st.floats())
def test_number_as_text_has_no_exponent_and_is_the_same_number_again(number: float) -> None:
    text = number_text(number)

    assert "e" not in text.lower() or not math.isfinite(number)
    if math.isfinite(number) and abs(number) > 1e-15:
        assert math.isclose(float(text), number, rel_tol=1e-4)


@given(WORDS, SMALL, SMALL)
def test_substr_is_a_slice(text: str, start: int, end: int) -> None:
    assert evaluate(f"substr('{text}', {start}, {end})") == text[_place(start, text) : max(_place(end, text), 0)]


def _place(index: int, text: str) -> int:
    return max(0, index + len(text)) if index < 0 else index


@given(WORDS, WORDS)
def test_text_before_and_after_make_the_whole(text: str, needle: str) -> None:
    before, after = (
        evaluate(f"substring-before('{text}', '{needle}')"),
        evaluate(f"substring-after('{text}', '{needle}')"),
    )

    assert (before + needle + after == text) if needle in text else (before, after) == ("", "")


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"^[1-9][0-9]{3} ?[A-Z]{2}$", "7901 AB", True),
        (r"^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$", "anna@drenthe.nl", True),
        (r"^(\+31|0)[0-9]{9}$", "0612345678", True),
        (r"^([0-9]{1,3}\.){3}[0-9]{1,3}$", "10.0.0.1", True),
        (r"^[0-9]{2}$", "12\n", False),
        (r"[$]", "$5", True),
        (r"\d", "٣", False),
        (r"ja|nee", "misschien", False),
    ],
)
def test_pattern_means_what_it_means_on_the_phone(pattern: str, text: str, found: bool) -> None:
    assert matches(pattern, text, lambda _steps: None) is found


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(a+)+$", "a"),
        ("(a|a)*b", "a"),
        ("(a?)*b", "a"),
        ("(a?){30}b", "a" * 30),
        ("(a|b){40}c", "a" * 40),
        ("a?" * 30 + "a" * 30, "a" * 30),
        ("a*a*a*a*b", "a" * 100),
        ("(", ""),
        (")", ""),
        ("(?<naam>a)", "a"),
    ],
)
def test_pattern_that_could_take_long_is_not_evaluated(pattern: str, text: str) -> None:
    with pytest.raises(NotEvaluated, match="regex"):
        matches(pattern, text, lambda _steps: None)


def test_every_function_is_in_the_documentation_and_the_other_way_round() -> None:
    text = (Path(__file__).parents[2] / "docs" / "xpath.md").read_text()
    rows = [line for line in text.splitlines() if line.startswith("|")]
    named = {name for row in rows for name in re.findall(r"`([a-z0-9:-]+)`", row)}

    assert named == {*FUNCTIONS, "if"}
