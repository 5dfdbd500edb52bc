"""Answers as flat rows for exports: one table for the form and one for each repeat, joined by keys. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from forms.answers import Instance
from forms.definition import Definition, Question
from forms.roles import PART_KEY

FORM_TABLE = ""
KEY, PARENT = "sleutel", "hoort_bij"


@dataclass(slots=True)
class Table:
    """A table of an export: its columns in order (paths below the table), and rows by column."""

    path: str
    columns: list[str]
    rows: list[dict[str, str]] = field(default_factory=list)


def tables(definition: Definition) -> dict[str, Table]:
    """Empty tables for this form, by the path of their repeat ("" for the form itself)."""
    made = {FORM_TABLE: Table(FORM_TABLE, [KEY])}
    for question in definition.questions:
        if question.is_repeat:
            made[question.path] = Table(question.path, [KEY, PARENT])
    for question in definition.questions:
        if question.kind not in {"group", "repeat"} and question.role != PART_KEY:
            made[_table_of(definition, question)].columns.append(question.path)
    return made


def add_rows(
    made: Mapping[str, Table], definition: Definition, instance: Instance, key: str, language: str = ""
) -> None:
    """Adds the rows of one observation, whose id is `key`. With a language, choices are told by their labels."""
    made[FORM_TABLE].rows.append({KEY: key})
    rows = {"": made[FORM_TABLE].rows[-1]}
    for path, group_key in instance.group_keys:
        if path in made:
            row = {KEY: f"{key}{group_key}", PARENT: rows[_row_around(rows, group_key)][KEY]}
            rows[group_key] = row
            made[path].rows.append(row)
    questions = {question.path: question for question in definition.questions}
    for answer in instance.all:
        if answer.path in questions and questions[answer.path].role != PART_KEY:
            told = _told(definition, questions[answer.path], answer.text, language)
            rows[_row_around(rows, answer.key)][answer.path] = told


def sensitive_columns(definition: Definition) -> frozenset[str]:
    """Paths that no export may hold: contact details and what is marked as sensitive, with all that stands below."""
    roots = [question.path for role in ("contactgegevens", "gevoelig") for question in definition.with_role(role)]
    return frozenset(
        question.path
        for question in definition.questions
        if any(question.path == root or question.path.startswith(f"{root}/") for root in roots)
    )


def _told(definition: Definition, question: Question, text: str, language: str) -> str:
    if not language or not question.choices:
        return text
    parts: Sequence[str] = text.split() if question.kind == "select" or question.type == "odk:rank" else [text]
    return ", ".join(definition.choice_label(question, part, language) for part in parts)


def _table_of(definition: Definition, question: Question) -> str:
    around = definition.repeats_around(question)
    return around[-1].path if around else FORM_TABLE


def _row_around(rows: Mapping[str, dict[str, str]], key: str) -> str:
    """The key of the innermost row that this node stands in."""
    while key:
        key = key.rpartition("/")[0]
        if key in rows:
            return key
    return ""
