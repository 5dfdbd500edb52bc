"""Reading which part of the map somebody asks for, from what stands in an address bar."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from uuid import UUID

from core.problems import AREA_UNKNOWN, INPUT_INVALID, NOT_FOUND, Fault, Problem
from maps.models import Area
from maps.queries import families, find_area
from maps.tiles import Bounds, Tile
from server.tiles.layers import LAYERS, Part

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Selection:
    """A layer, and the part of it that was chosen: an area, what a screen shows, one cell of the grid, or all."""

    layer: str
    part: Part
    area: Area | None
    arguments: Mapping[str, str]

    @property
    def is_all(self) -> bool:
        return self.part.area_ids is None and self.part.ranges is None

    @property
    def is_of_screen(self) -> bool:
        return self.part.ranges is not None


def read_selection(arguments: Mapping[str, str]) -> Selection:
    """The selection of `laag`, `gebied`, `bbox` and `cel`. Raises NOT_FOUND, AREA_UNKNOWN, INPUT_INVALID."""
    kept = {name: arguments.get(name, "") for name in ("laag", "gebied", "bbox", "cel") if arguments.get(name)}
    layer = kept.get("laag", LAYERS[0])
    if layer not in LAYERS:
        raise Problem(NOT_FOUND)
    area = read_area(kept.get("gebied", ""))
    area_ids = families([area])[area.id] if area else None
    return Selection(layer, _read_part(kept, area_ids), area, kept)


def read_area(text: str) -> Area | None:
    """The area of this id; None when none is named. Raises AREA_UNKNOWN."""
    if not text:
        return None
    try:
        found = find_area(UUID(text))
    except ValueError:
        found = None
    if found is None:
        raise Problem(AREA_UNKNOWN)
    return found


def _read_part(kept: Mapping[str, str], area_ids: frozenset[UUID] | None) -> Part:
    if "cel" in kept:
        return Part.of_tile(_read_cell(kept["cel"]), area_ids)
    if "bbox" in kept:
        return Part.within(_read_bounds(kept["bbox"]), area_ids)
    return Part(area_ids)


def _read_cell(text: str) -> Tile:
    numbers = _numbers(text, "/", 3)
    if numbers and all(number.is_integer() for number in numbers):
        tile = Tile(*map(int, numbers))
        if tile.exists:
            return tile
    raise Problem(INPUT_INVALID, faults=[Fault("/cel", "Noem een vak als zoom/kolom/rij.")])


def _read_bounds(text: str) -> Bounds:
    numbers = _numbers(text, ",", 4)
    if numbers:
        west, south, east, north = numbers
        if -180 <= west <= east <= 180 and -90 <= south <= north <= 90:
            return west, south, east, north
    raise Problem(INPUT_INVALID, faults=[Fault("/bbox", "Noem west, zuid, oost en noord in graden, met komma's.")])


def _numbers(text: str, separator: str, count: int) -> list[float]:
    """The numbers in a text; none when they are not this many."""
    parts = text[:LONGEST].split(separator)
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return []
    return numbers if len(numbers) == count and all(map(isfinite, numbers)) else []
