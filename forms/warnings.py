"""What a form maker should mind although the form compiles. Pure."""

import re
from collections.abc import Iterator

from core.problems import N_, Fault, translate
from forms.definition import Definition
from forms.workbook import FIRST_ROW, Workbook
from forms.xpath.evaluate import compile_expression  # noqa: F401, importing it registers the functions
from forms.xpath.registry import FUNCTIONS

LONGEST_LIST = 1000
UNSUPPORTED_TYPES = {
    "background-audio": N_("De app neemt geen geluid op de achtergrond op. Deze vraag wordt overgeslagen."),
    "background-geopoint": N_("De app bepaalt geen plek op de achtergrond. Gebruik 'geopoint'."),
    "audit": N_("De app houdt niet bij hoe lang een vraag duurt. Deze regel doet niets."),
}
NOT_CALLS = frozenset({"if", "and", "or", "div", "mod", "node", "text"})
IN_APPEARANCE = "search"  # a list that only ODK Collect can fetch
EXPRESSIONS = ("relevant", "constraint", "calculation", "choice_filter", "required", "default", "repeat_count")
_CALL = re.compile(r"([a-zA-Z][\w:-]*)\s*\(")


def client_warnings(workbook: Workbook, definition: Definition) -> Iterator[Fault]:
    """No Dutch texts, and types or functions that the app on the phone lacks."""
    if not {"nl", ""} & set(definition.languages) and definition.languages:
        yield Fault(
            "/survey/1/label",
            translate(N_("Er zijn geen Nederlandse teksten: maak een kolom 'label::Nederlands (nl)'.")),
        )
    for number, row in enumerate(workbook.sheets["survey"], start=FIRST_ROW):
        kind = row.get("type", "").split(" ")[0]
        if kind in UNSUPPORTED_TYPES:
            yield Fault(f"/survey/{number}/type", translate(UNSUPPORTED_TYPES[kind]))
        if row.get("appearance", "").startswith(f"{IN_APPEARANCE}("):
            text = translate(N_("De app kan geen lijst ophalen met search(). Gebruik select_one_from_file."))
            yield Fault(f"/survey/{number}/appearance", text)
        for column in EXPRESSIONS:
            for function in _CALL.findall(row.get(column, "")):
                if function not in FUNCTIONS and function not in NOT_CALLS:
                    text = translate(
                        N_("De app kent de functie %(name)s() niet. Daardoor kan het hele formulier niet open.")
                    )
                    yield Fault(f"/survey/{number}/{column}", text % {"name": function})


def list_warnings(name: str, rows: int) -> Iterator[Fault]:
    """A list that is too long for an old phone."""
    if rows > LONGEST_LIST:
        text = translate(
            N_("De lijst %(name)s heeft %(rows)s regels. Meer dan %(most)s is traag op een oude telefoon.")
        )
        yield Fault(f"/{name}", text % {"name": name, "rows": rows, "most": LONGEST_LIST})
