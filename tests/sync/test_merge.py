"""Merging answers, held against a small model: answers by name, and parts with a key."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.answers import parse_instance
from sync.answer_tree import Rules
from sync.merge import answer_at, merge_answers, with_answer

RULES = Rules(frozenset({"/data/deel"}), frozenset({"/data/deel/sleutel"}), frozenset({"/data/som"}))
NO_KEYS = Rules(frozenset({"/data/deel"}))
TEXTS = st.sampled_from(["", "a", "b", "c"])
ANSWERS = st.fixed_dictionaries({"een": TEXTS, "groep/twee": TEXTS, "groep/drie": TEXTS})
PARTS = st.dictionaries(st.sampled_from("pqrs"), st.fixed_dictionaries({"x": st.sampled_from("abc"), "y": TEXTS}))
FORMS = st.tuples(ANSWERS, PARTS)
Model = tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]


def xml_of(model: Model) -> str:
    answers, parts = model
    group = "".join(f"<{name}>{answers[f'groep/{name}']}</{name}>" for name in ("twee", "drie"))
    inside = "".join(
        f"<deel><sleutel>{key}</sleutel><x>{part['x']}</x><y>{part['y']}</y></deel>" for key, part in parts.items()
    )
    return f'<data id="f" version="1"><een>{answers["een"]}</een><groep>{group}</groep>{inside}</data>'


def flat(model: Model) -> dict[str, str]:
    """What it says, by name; nothing that is empty."""
    answers, parts = model
    said = {f"/data/{name}": text for name, text in answers.items()}
    for key, part in parts.items():
        said |= {f"/data/deel{{{key}}}": "", **{f"/data/deel{{{key}}}/{name}": text for name, text in part.items()}}
    return {key: text for key, text in said.items() if text or key.endswith("}")}


def flat_xml(xml: str) -> dict[str, str]:
    said: dict[str, str] = {}
    keys: dict[str, str] = {}
    instance = parse_instance(xml)
    for answer in instance.answers("/data/deel/sleutel"):
        keys[answer.key.rpartition("/")[0]] = answer.text
        said[f"/data/deel{{{answer.text}}}"] = ""
    for answer in instance.all:
        if answer.path != "/data/deel/sleutel":
            above, _, _ = answer.key.rpartition("/")
            inside = f"/data/deel{{{keys[above]}}}/{answer.path.rpartition('/')[2]}" if above in keys else answer.path
            said[inside] = answer.text
    return said


def expected(base: Model, head: Model, change: Model) -> tuple[dict[str, str], set[str]]:
    """The model's own merge: (what is said, which names clash)."""
    before, here, there = flat(base), flat(head), flat(change)
    said, clashes = dict(here), set()
    for key in {*before, *here, *there}:
        if _is_in_one_sided_part(key, before, here, there):
            continue
        if there.get(key) != before.get(key) and here.get(key) == before.get(key):
            said.pop(key, None)
            said |= {key: there[key]} if key in there else {}
        elif there.get(key) != before.get(key) and there.get(key) != here.get(key):
            clashes.add(key)
    for part in {key for key in before if key.endswith("}")}:
        if (part in here) != (part in there):
            said, clashes = _merge_removal(part, before, here, there, said, clashes)
    return said, clashes


def _is_in_one_sided_part(key: str, before: Any, here: Any, there: Any) -> bool:
    part = key.partition("}")[0] + "}"
    return "}" in key and part in before and not (part in here and part in there)


def _of(part: str, said: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in said.items() if key.startswith(part)}


def _merge_removal(part: str, before: Any, here: Any, there: Any, said: Any, clashes: Any) -> Any:
    """One side removed the part: it goes, unless the other side changed it."""
    said = {key: text for key, text in said.items() if not key.startswith(part)}
    other = _of(part, here) or _of(part, there)
    if other != _of(part, before):
        return {**said, **other}, {*clashes, part}
    return said, clashes


@given(FORMS, FORMS, FORMS)
def test_merge_is_what_the_model_says(base: Model, head: Model, change: Model) -> None:
    merged = merge_answers(xml_of(base), xml_of(head), xml_of(change), RULES)

    said, clashes = expected(base, head, change)
    assert flat_xml(merged.xml) == said
    assert {clash.key for clash in merged.clashes} == clashes


@given(FORMS, FORMS, FORMS)
def test_merge_the_other_way_round_says_the_same_where_nothing_clashes(base: Model, one: Model, other: Model) -> None:
    first = merge_answers(xml_of(base), xml_of(one), xml_of(other), RULES)
    second = merge_answers(xml_of(base), xml_of(other), xml_of(one), RULES)

    assert {clash.key for clash in first.clashes} == {clash.key for clash in second.clashes}
    if not first.clashes:
        assert flat_xml(first.xml) == flat_xml(second.xml)


@given(FORMS, FORMS, FORMS)
def test_every_answer_that_clashes_can_still_be_chosen(base: Model, head: Model, change: Model) -> None:
    merged = merge_answers(xml_of(base), xml_of(head), xml_of(change), RULES)
    for clash in merged.clashes:
        chosen = with_answer(merged.xml, clash.key, clash.other, RULES)
        assert answer_at(chosen, clash.key, RULES) == clash.other
        assert answer_at(merged.xml, clash.key, RULES) == clash.kept


@given(FORMS, FORMS)
def test_change_of_what_stands_stands(base: Model, change: Model) -> None:
    assert flat_xml(merge_answers(xml_of(base), xml_of(base), xml_of(change), RULES).xml) == flat(change)
    assert flat_xml(merge_answers(xml_of(base), xml_of(change), xml_of(base), RULES).xml) == flat(change)


@pytest.mark.parametrize(
    ("base", "head", "change", "result"),
    [
        ("ab", "ba", "abc", "bac"),
        ("ab", "abc", "b", "bc"),
        ("ab", "ab", "axb", "axb"),
    ],
)
def test_parts_without_a_key_are_known_by_what_they_say(base: str, head: str, change: str, result: str) -> None:
    def xml(parts: str) -> str:
        return "<data>" + "".join(f"<deel><x>{part}</x></deel>" for part in parts) + "</data>"

    merged = merge_answers(xml(base), xml(head), xml(change), NO_KEYS)
    assert sorted(answer.text for answer in parse_instance(merged.xml).all) == sorted(result)


def test_what_the_phone_filled_in_by_itself_never_clashes() -> None:
    def xml(total: str, end: str) -> str:
        return f"<data><som>{total}</som><meta><einde>{end}</einde></meta></data>"

    merged = merge_answers(xml("1", "9:00"), xml("2", "9:10"), xml("3", "9:20"), RULES)

    assert not merged.clashes
    assert [answer.text for answer in parse_instance(merged.xml).all] == ["3", "9:20"]


def test_group_that_is_not_relevant_any_more_goes_with_its_answers() -> None:
    base = "<data><een>a</een><groep><twee>b</twee></groep></data>"

    merged = merge_answers(base, base.replace("<een>a", "<een>c"), "<data><een>a</een></data>", RULES)

    assert [answer.text for answer in parse_instance(merged.xml).all] == ["c"]


def test_answer_comes_in_the_place_where_the_form_has_it() -> None:
    merged = merge_answers(
        "<data><een>a</een><drie>c</drie></data>",
        "<data><een>a</een><drie>d</drie></data>",
        "<data><een>a</een><twee>b</twee><drie>c</drie></data>",
        RULES,
    )

    assert merged.xml == "<data><een>a</een><twee>b</twee><drie>d</drie></data>"
