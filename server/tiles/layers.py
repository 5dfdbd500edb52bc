"""What can be on the map of the municipality, and which part of it somebody asks for."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from maps.tiles import CELL_ZOOM, COUNT_ZOOM, Bounds, Range, Tile, cover

OBSERVATIONS, STATEMENTS, DOORS = "observaties", "meldingen", "deuren"
LAYERS = (OBSERVATIONS, STATEMENTS, DOORS)
_COUNTED_CELL = 1 << 2 * (CELL_ZOOM - COUNT_ZOOM)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the map: areas, stretches of cells with the bounds that they fill, both, or (neither) all of it."""

    area_ids: Collection[UUID] | None = None
    ranges: tuple[Range, ...] | None = None
    bounds: Bounds | None = None

    @classmethod
    def of_tile(cls, tile: Tile, area_ids: Collection[UUID] | None = None) -> "Part":
        return cls(area_ids, (tile.cells,), tile.bounds)

    @classmethod
    def within(cls, bounds: Bounds, area_ids: Collection[UUID] | None = None) -> "Part":
        """What lies within these bounds, and little more."""
        return cls(area_ids, tuple(cover(bounds)), bounds)

    @property
    def is_whole_cells(self) -> bool:
        """Whether it is made of cells that have their counts kept."""
        return all(first % _COUNTED_CELL == 0 == (last + 1) % _COUNTED_CELL for first, last in self.ranges or ())
