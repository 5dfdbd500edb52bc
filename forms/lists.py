"""External lists: choices in a CSV beside the form, so that a municipality changes them without touching a form. Pure.

Columns: `name` (what is stored), `label` (what people read), and for another language `label_en` and so on.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import StringIO

from core.problems import LIST_INVALID, N_, Fault, Problem, translate
from forms.definition import Definition

ADDRESS_LIST = "adressen.csv"
LONGEST_LIST = 20_000


def read_list(name: str, content: str) -> list[dict[str, str]]:
    """The rows of a list. Raises LIST_INVALID with the line of every fault."""
    try:
        rows = list(csv.DictReader(StringIO(content), strict=True))
    except csv.Error as error:
        raise Problem(LIST_INVALID, name, [Fault(f"/{name}", str(error))]) from error
    columns = rows[0].keys() if rows else set()
    if not {"name", "label"} <= columns:
        missing = translate(N_("De kolommen 'name' en 'label' zijn nodig."))
        raise Problem(LIST_INVALID, name, [Fault(f"/{name}/1", missing)])
    faults = list(_row_faults(name, rows))
    if len(rows) > LONGEST_LIST:
        faults.append(Fault(f"/{name}", translate(N_("Deze lijst is te lang."))))
    if faults:
        raise Problem(LIST_INVALID, name, faults)
    return rows


def _row_faults(name: str, rows: list[dict[str, str]]) -> Iterator[Fault]:
    seen = set[str]()
    for line, row in enumerate(rows, start=2):
        value = row["name"] or ""
        if not value or " " in value:
            yield Fault(f"/{name}/{line}/name", translate(N_("Vul een naam in, zonder spaties.")))
        if value in seen:
            yield Fault(f"/{name}/{line}/name", translate(N_("Deze naam staat er al: elke naam mag één keer.")))
        if None in row or None in row.values():
            yield Fault(f"/{name}/{line}", translate(N_("Deze regel heeft te veel of te weinig kolommen.")))
        seen.add(value)


def with_list_labels(definition: Definition, contents: Mapping[str, str]) -> Definition:
    """The definition with the labels of its external lists, by language."""
    labels = {
        instance: _labels(name, contents[name]) for instance, name in definition.lists.items() if name in contents
    }
    return replace(definition, choice_labels={**definition.choice_labels, **labels})


def _labels(name: str, content: str) -> dict[str, dict[str, str]]:
    return {
        row["name"]: {
            ("nl" if column == "label" else column.removeprefix("label_")): text
            for column, text in row.items()
            if column == "label" or column.startswith("label_")
        }
        for row in read_list(name, content)
    }
