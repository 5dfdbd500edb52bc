"""What a request for items asks for, read from its query. Pure.

Assumptions: what is not asked for as the standard says is refused with every fault, never guessed; a filter looks at
what is shown only, so that nobody finds out by filtering what a feature does not tell.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from core.problems import INPUT_INVALID, N_, Fault, Problem, translate
from server.ogc.crs import CRS84, SYSTEMS, Window, window_in

T = TypeVar("T")

LIMIT, MOST = 100, 1000
DIGITS = 9
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
BBOX = N_(
    "Geef vier getallen (of zes, met hoogten): eerst de laagste hoek, dan de hoogste, in de volgorde van het stelsel."
)
MOMENT = N_("Geef een moment zoals 2026-11-22T12:00:00Z, een dag, of een periode met '/' ertussen ('..' is open).")
KNOWN_CRS = N_("Kies uit: %(allowed)s.")
WHOLE = N_("Geef een geheel getal van %(least)s of meer.")
UNKNOWN = N_("Deze parameter is er niet. Er zijn: %(allowed)s.")
TWICE = N_("Geef deze parameter één keer.")
JSON_ONLY = N_("Alleen 'json' kan.")
PLACE = N_("Dit is geen plek in de lijst. Volg de links 'next' en 'prev'.")


@dataclass(frozen=True, slots=True)
class Interval:
    """From `begin` up to and including `end`; None is open."""

    begin: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class ItemsQuery:
    """Which items are asked for. Pages go by the id of the last (or first) item, so that new items shift nothing."""

    limit: int = LIMIT
    offset: int = 0
    after: UUID | None = None
    before: UUID | None = None
    window: Window | None = None
    interval: Interval = Interval()
    crs: str = CRS84


def read_items_query(given: Mapping[str, list[str]]) -> ItemsQuery:
    """The query of these parameters. Raises INPUT_INVALID with every fault."""
    reader = _Reader(given, ("bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "after", "before", "f"))
    reader.read("f", _json, None)
    bbox_crs = reader.read("bbox-crs", _crs, CRS84)
    query = ItemsQuery(
        limit=min(reader.read("limit", lambda text: _number(text, 1), LIMIT), MOST),
        offset=reader.read("offset", lambda text: _number(text, 0), 0),
        after=reader.read("after", _place, None),
        before=reader.read("before", _place, None),
        window=reader.read("bbox", lambda text: _window(text, bbox_crs), None),
        interval=reader.read("datetime", read_interval, Interval()),
        crs=reader.read("crs", _crs, CRS84),
    )
    reader.finish()
    return query


def read_item_crs(given: Mapping[str, list[str]]) -> str:
    """The system that one item is asked for in. Raises INPUT_INVALID."""
    reader = _Reader(given, ("crs", "f"))
    reader.read("f", _json, None)
    crs = reader.read("crs", _crs, CRS84)
    reader.finish()
    return crs


def refuse_parameters(given: Mapping[str, list[str]]) -> None:
    """Raises INPUT_INVALID for every parameter: this document has none but its format."""
    reader = _Reader(given, ("f",))
    reader.read("f", _json, None)
    reader.finish()


def read_interval(text: str) -> Interval:
    """The interval of a `datetime`: a moment, a day, or two of them with a slash between. Raises ValueError."""
    begin, slash, end = text.partition("/")
    if not slash:
        return Interval(_moment(begin, is_end=False), _moment(begin, is_end=True))
    interval = Interval(_end_of_range(begin, is_end=False), _end_of_range(end, is_end=True))
    if interval.begin is not None and interval.end is not None and interval.begin > interval.end:
        raise ValueError(translate(MOMENT))
    return interval


class _Reader:
    """Reads parameters one by one and remembers what is wrong with them."""

    def __init__(self, given: Mapping[str, list[str]], known: tuple[str, ...]) -> None:
        self._given = given
        self._faults = [
            Fault(f"/{name}", translate(UNKNOWN) % {"allowed": ", ".join(known)}) for name in given if name not in known
        ]

    def read(self, name: str, convert: Callable[[str], T], otherwise: T) -> T:
        values = self._given.get(name, [])
        if len(values) > 1:
            self._faults.append(Fault(f"/{name}", translate(TWICE)))
        elif values:
            try:
                return convert(values[0])
            except ValueError as error:
                self._faults.append(Fault(f"/{name}", str(error)))
        return otherwise

    def finish(self) -> None:
        if self._faults:
            raise Problem(INPUT_INVALID, faults=self._faults)


def _json(text: str) -> None:
    if text != "json":
        raise ValueError(translate(JSON_ONLY))


def _number(text: str, least: int) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > DIGITS or int(text) < least:
        raise ValueError(translate(WHOLE) % {"least": least})
    return int(text)


def _crs(text: str) -> str:
    uri = text.strip("<>[]")
    if uri not in SYSTEMS:
        raise ValueError(translate(KNOWN_CRS) % {"allowed": ", ".join(SYSTEMS)})
    return uri


def _place(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise ValueError(translate(PLACE)) from error


def _window(text: str, crs: str) -> Window:
    try:
        numbers = [float(part) for part in text.split(",")]
        if len(numbers) == 6:
            numbers = [*numbers[:2], *numbers[3:5]]
        if len(numbers) != 4 or not all(map(math.isfinite, numbers)):
            raise ValueError(text)
        return window_in((numbers[0], numbers[1], numbers[2], numbers[3]), crs)
    except ValueError as error:
        raise ValueError(translate(BBOX)) from error


def _end_of_range(text: str, is_end: bool) -> datetime | None:
    return None if text in {"", ".."} else _moment(text, is_end)


def _moment(text: str, is_end: bool) -> datetime:
    """The moment; of a day its begin or its end, in UTC."""
    try:
        if DAY.fullmatch(text):
            day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
            return day + timedelta(days=1, microseconds=-1) if is_end else day
        found = datetime.fromisoformat(text.replace(" ", "+"))  # a plus sign that nobody escaped
        if "T" not in text or found.tzinfo is None:
            raise ValueError(text)
        return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(translate(MOMENT)) from error
