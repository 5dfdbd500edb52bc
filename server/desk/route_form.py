"""The form of a route: what a person filled in, as what it means, with every fault at once."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NoReturn, TypeVar
from uuid import UUID

import shapely
from shapely.geometry import LineString, mapping
from werkzeug.datastructures import MultiDict

from core.clock import now_utc
from core.problems import INPUT_INVALID, Fault, Problem
from forms.queries import all_newest_versions, definition_of
from forms.roles import SCHOUW_SCORE
from maps.kinds import SQUARES
from maps.linear import Line
from maps.models import Route, RouteStop
from maps.rhythm import WEEKS, WHICH, Monthly, Weekly, begin_on, choice_of, read_rule, rule_of
from maps.routes import MOST_STOPS, GivenStop, RouteFields, evenly, read_line
from server.desk.words import _
from server.schouw.outings import local_day

LONGEST_NAME = 200
LARGEST_SEED = 2**31 - 1
SPARE_ROWS = 3
MEASURED_OTHERWISE = 0.001
"""How much longer a line may be by the measure of somebody's own map."""
DEFAULT_FORM = "wijkschouw"
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d\Z")
_RHYTHM = re.compile(r"(week|maand)-(-?\d)\Z")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class StopRow:
    """A row of the list of stops, as text."""

    id: str = ""
    metres: str = ""
    name: str = ""


@dataclass(slots=True)
class RouteForm:
    """What the form shows: text by field, the stops, and the faults with the fields they are in."""

    kind: str
    values: dict[str, str]
    rows: list[StopRow] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    @property
    def all_rows(self) -> list[StopRow]:
        """The rows with some to fill in."""
        return [*self.rows, *[StopRow()] * min(SPARE_ROWS, MOST_STOPS - len(self.rows))]

    def fault_of(self, name: str) -> str:
        """What is wrong with this field; empty when nothing is."""
        return " ".join(fault.detail for fault in self.faults if fault.pointer == f"/{name}")

    def attempt(self, read: Callable[[], T]) -> T | None:
        """What it reads, or None with its faults added to those of the form."""
        try:
            return read()
        except Problem as problem:
            self.faults.extend(problem.faults)
            return None

    def fields(self) -> RouteFields | None:
        """What the route is besides where it goes; None when there are faults."""
        name, rhythm = self.attempt(self._name), self.attempt(self._rhythm)
        starts_at, form_id = self.attempt(self._time), self.attempt(self._form)
        if name is None or rhythm is None or self.faults:
            return None
        rule, starts_on = rhythm
        return RouteFields(name, self["team"], form_id, rule, starts_on, starts_at)

    def line(self) -> LineString | None:
        return self.attempt(lambda: read_line(self["lijn"]))

    def stops(self, line: LineString) -> list[GivenStop] | None:
        """The stops of the list, each on this line."""
        return self.attempt(lambda: self._stops(Line.of(line).length_m))

    def divide(self) -> None:
        """Fills the list with stops every so many metres, when there is a line."""
        line = self.line()
        every = int(self["verdeel"]) if self["verdeel"] in {"50", "100", "200"} else 100
        if line is None:
            return
        measures = evenly(Line.of(line).length_m, every)
        if len(measures) > MOST_STOPS:
            words = _("Dat worden meer dan %(most)s stops. Kies een grotere afstand.", most=MOST_STOPS)
            self.faults.append(Fault("/verdeel", words))
            return
        self.rows = [StopRow("", metres(measure), "") for measure in measures]

    def count(self) -> int | None:
        return self.attempt(
            lambda: _number(
                self["aantal"], 1, MOST_STOPS, "aantal", _("Kies 1 tot en met %(most)s vakken.", most=MOST_STOPS)
            )
        )

    def seed(self) -> int | None:
        words = _("Het lotnummer is een heel getal van 0 of hoger.")
        return self.attempt(lambda: _number(self["zaad"], 0, LARGEST_SEED, "zaad", words))

    def _name(self) -> str:
        if not self["naam"]:
            _refuse("naam", _("Geef de route een naam."))
        return self["naam"]

    def _time(self) -> str | None:
        if self["tijd"] and not _TIME.match(self["tijd"]):
            _refuse("tijd", _("Schrijf de tijd als 09:30."))
        return self["tijd"] or None

    def _form(self) -> str | None:
        if self["formulier"] not in schouw_forms():
            _refuse("formulier", _("Kies een formulier dat gepubliceerd is."))
        return self["formulier"]

    def _rhythm(self) -> tuple[str | None, date | None]:
        """(the rule, from which day) of what was chosen."""
        begin = self._begin()
        if self["ritme"] == "anders":
            first = begin or local_day(now_utc())
            return read_rule(self["regel"], first), first
        found = _RHYTHM.match(self["ritme"])
        if found is None:
            return None, begin
        choice = self._choice(found[1], int(found[2]))
        return rule_of(choice), begin_on(choice, begin or local_day(now_utc()))

    def _choice(self, unit: str, which: int) -> Weekly | Monthly:
        words = _("Kies een dag van de week.")
        day = _number(self["dag"], 0, 6, "dag", words)
        if unit == "week" and which in WEEKS:
            return Weekly(which, day)
        if unit == "week" or which not in WHICH:
            _refuse("ritme", _("Kies een ritme uit de lijst."))
        return Monthly(which, day)

    def _begin(self) -> date | None:
        if not self["vanaf"]:
            return None
        try:
            begin = date.fromisoformat(self["vanaf"])
        except ValueError:
            _refuse("vanaf", _("Schrijf de datum als 2026-11-24."))
        if not 2000 <= begin.year <= 2100:
            _refuse("vanaf", _("Kies een datum in deze eeuw."))
        return begin

    def _stops(self, length_m: float) -> list[GivenStop]:
        if not self.rows:
            _refuse("stops", _("Zet minstens één stop op de route."))
        if len(self.rows) > MOST_STOPS:
            _refuse("stops", _("Een route heeft ten hoogste %(most)s stops.", most=MOST_STOPS))
        return [_stop(row, number, length_m) for number, row in enumerate(self.rows, start=1)]


def schouw_forms() -> dict[str, str]:
    """The title of each form in force that scores what a team sees, by its id."""
    versions = [(version, definition_of(version)) for version in all_newest_versions()]
    return {version.form_id: found.title for version, found in versions if found.with_role(SCHOUW_SCORE)}


def empty_form(kind: str) -> RouteForm:
    """The form of a route that is to be made."""
    values = {"formulier": DEFAULT_FORM, "ritme": "geen", "dag": "1", "tijd": "09:00", "aantal": "10", "verdeel": "100"}
    return RouteForm(kind, values | {"zaad": f"{now_utc():%Y%m%d}" if kind == SQUARES else ""})


def form_of(route: Route, stops: Sequence[RouteStop]) -> RouteForm:
    """The form as it shows a route that is there."""
    shown = empty_form(route.kind)
    shown.values |= {
        "naam": route.name,
        "team": route.team,
        "formulier": route.form_id or "",
        "vanaf": route.starts_on.isoformat() if route.starts_on else "",
        "tijd": route.starts_at or "",
        "zaad": "" if route.seed is None else str(route.seed),
        "aantal": str(len(stops)),
        **_rhythm_values(route.rhythm),
    }
    if route.line_wkb is not None:
        shown.values["lijn"] = line_text(route.line_wkb)
        shown.rows = [StopRow(str(stop.id), metres(stop.measure_m or 0.0), stop.name) for stop in stops]
    return shown


def sent_form(kind: str, sent: MultiDict[str, str]) -> RouteForm:
    """The form as a person sent it."""
    values = {name: " ".join(_clean(value).split()) for name, value in sent.items() if name != "lijn"}
    values["lijn"] = _clean(sent.get("lijn", ""))
    values["naam"], values["team"] = values.get("naam", "")[:LONGEST_NAME], values.get("team", "")[:LONGEST_NAME]
    lists = [[_clean(text).strip() for text in sent.getlist(name)] for name in ("stop-id", "stop-meter", "stop-naam")]
    rows = [StopRow(*row) for row in zip(*lists, strict=False)]
    return RouteForm(kind, values, [row for row in rows if row.metres or row.name][: MOST_STOPS + 1])


def metres(measure_m: float) -> str:
    """ "120,5" as people write it, or "120"."""
    return f"{measure_m:.1f}".removesuffix(".0").replace(".", ",")


def line_text(line_wkb: bytes) -> str:
    """The line as the GeoJSON that the form sends."""
    return json.dumps(mapping(shapely.from_wkb(line_wkb)))


def _rhythm_values(rhythm: str | None) -> Mapping[str, str]:
    if rhythm is None:
        return {"ritme": "geen"}
    choice = choice_of(rhythm)
    if isinstance(choice, Weekly):
        return {"ritme": f"week-{choice.weeks}", "dag": str(choice.day)}
    if isinstance(choice, Monthly):
        return {"ritme": f"maand-{choice.which}", "dag": str(choice.day)}
    return {"ritme": "anders", "regel": rhythm}


def _stop(row: StopRow, number: int, length_m: float) -> GivenStop:
    try:
        measure = float(row.metres.replace(",", "."))
    except ValueError:
        measure = -1.0
    if not 0 <= measure <= length_m * (1 + MEASURED_OTHERWISE) + 0.1:
        words = _(
            "Stop %(number)s: vul in op hoeveel meter hij ligt, 0 tot en met %(length)s.",
            number=number,
            length=int(length_m),
        )
        _refuse("stops", words)
    try:
        stop_id = UUID(row.id) if row.id else None
    except ValueError:
        stop_id = None
    return GivenStop(stop_id, row.name[:LONGEST_NAME], min(measure, length_m))


def _number(text: str, least: int, most: int, name: str, words: str) -> int:
    is_number = text.isdecimal() and len(text) <= 10 and least <= int(text) <= most
    if not is_number:
        _refuse(name, words)
    return int(text)


def _refuse(name: str, words: str) -> NoReturn:
    raise Problem(INPUT_INVALID, faults=[Fault(f"/{name}", words)])


def _clean(text: str) -> str:
    return text.replace("\0", "")
