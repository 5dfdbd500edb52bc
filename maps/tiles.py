"""Tiles of the web map, and the cells within them: pure.

The world in web Mercator (EPSG:3857) is divided in four at each zoom, so a tile holds the tiles below it. A *cell* is a
tile of CELL_ZOOM (0.4 m in the Netherlands), numbered along the Z-order curve: every tile is one unbroken range of
cells. A point lies in exactly one cell, so in exactly one tile of a zoom; what is counted by cells is counted once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, log, pi, radians, sin
from typing import Any

import numpy as np
from mapbox_vector_tile.Mapbox import vector_tile_pb2

CELL_ZOOM = 26
MAX_ZOOM = 20
EXTENT = 4096
MAX_BYTES = 50_000
GRID_ZOOMS = 4  # a tile shows at most 16 by 16 clusters, 32 pixels apart
FINE_ZOOMS = 2  # the middle of a cluster is found from 4 by 4 parts of it
COUNT_ZOOM = 18  # cells of this zoom (90 m) have their counts kept, for tiles that hold very many points
MOST_RANGES = 24

_MERCATOR_LAT = 85.05112877980659  # where the square of web Mercator ends
_SPREAD = ((16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F), (2, 0x3333333333333333))
_EVERY_SECOND = 0x5555555555555555

Range = tuple[int, int]
"""The first and the last cell of an unbroken stretch."""
Bounds = tuple[float, float, float, float]
"""West, south, east, north in degrees (EPSG:4326)."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile by its zoom, column (from the west) and row (from the north)."""

    zoom: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        return 0 <= self.zoom <= CELL_ZOOM and 0 <= self.x < 1 << self.zoom and 0 <= self.y < 1 << self.zoom

    @property
    def cells(self) -> Range:
        """All cells of this tile."""
        width = 2 * (CELL_ZOOM - self.zoom)
        first = _interleave(self.x, self.y) << width
        return first, first + (1 << width) - 1

    @property
    def bounds(self) -> Bounds:
        return (*_lonlat(self.zoom, self.x, self.y + 1), *_lonlat(self.zoom, self.x + 1, self.y))

    @property
    def parts_zoom(self) -> int:
        """The zoom of the parts that the clusters of this tile are counted by."""
        finest = COUNT_ZOOM if self.zoom + GRID_ZOOMS < COUNT_ZOOM else CELL_ZOOM
        return min(self.zoom + GRID_ZOOMS + FINE_ZOOMS, finest)


@dataclass(frozen=True, slots=True)
class Cluster:
    """How many points lie in one cell of a tile's grid, and their middle, in units of the tile (EXTENT a side).

    `tile` is that cell of the grid, as a tile of its own.
    """

    count: int
    x: int
    y: int
    tile: Tile


@dataclass(frozen=True, slots=True)
class Single:
    """One point of a tile, with what the map shows of it."""

    cell: int
    properties: Mapping[str, str | int]


def cell_of(lon: float, lat: float) -> int:
    """The cell of a point. Beyond the poles' edges of web Mercator it is the outermost cell."""
    sine = sin(radians(min(max(lat, -_MERCATOR_LAT), _MERCATOR_LAT)))
    size = 1 << CELL_ZOOM
    column = floor((lon + 180) / 360 * size)
    row = floor((0.5 - log((1 + sine) / (1 - sine)) / (4 * pi)) * size)
    cell: int = _interleave(min(max(column, 0), size - 1), min(max(row, 0), size - 1))
    return cell


def cells_of(lonlat: np.ndarray) -> np.ndarray:
    """The cell of each point. `lonlat` has shape (n, 2)."""
    sine = np.sin(np.radians(np.clip(lonlat[:, 1], -_MERCATOR_LAT, _MERCATOR_LAT)))
    fractions = (lonlat[:, 0] + 180) / 360, 0.5 - np.log((1 + sine) / (1 - sine)) / (4 * pi)
    size = 1 << CELL_ZOOM
    column, row = (np.clip(np.floor(one * size), 0, size - 1).astype(np.int64) for one in fractions)
    cells: np.ndarray = _interleave(column, row)
    return cells


def tile_of(cell: int, zoom: int) -> Tile:
    """The tile of this zoom that a cell lies in."""
    part = cell >> 2 * (CELL_ZOOM - zoom)
    return Tile(zoom, _every_second(part), _every_second(part >> 1))


def clusters_of(tile: Tile, counts: Iterable[tuple[int, int]]) -> list[Cluster]:
    """The clusters of a tile; `counts` has (cell at `tile.parts_zoom`, how many points), each cell once."""
    rows = np.array(list(counts), dtype=np.int64).reshape(-1, 2)
    rows = rows[rows[:, 1] > 0]
    if not len(rows):
        return []
    depth = tile.parts_zoom - tile.zoom
    size = 1 << depth
    x, y = _every_second(rows[:, 0]) - (tile.x << depth), _every_second(rows[:, 0] >> 1) - (tile.y << depth)
    grid = min(GRID_ZOOMS, depth)
    column, row = x >> (depth - grid), y >> (depth - grid)
    which, group = np.unique(row << grid | column, return_inverse=True)
    total = np.bincount(group, weights=rows[:, 1])
    middles = [np.bincount(group, weights=(one + 0.5) * rows[:, 1]) / total * EXTENT / size for one in (x, y)]
    return [
        Cluster(
            int(total[number]),
            int(middles[0][number]),
            int(middles[1][number]),
            Tile(tile.zoom + grid, (tile.x << grid) + place % (1 << grid), (tile.y << grid) + (place >> grid)),
        )
        for number, place in enumerate(which.tolist())
    ]


def encode_clusters(layer: str, clusters: Sequence[Cluster]) -> bytes:
    """A vector tile of clusters: `count`, and in `cell` the cell of the grid as zoom/x/y."""
    return _encode(
        layer,
        (
            (one.x, one.y, {"count": one.count, "cell": f"{one.tile.zoom}/{one.tile.x}/{one.tile.y}"})
            for one in clusters
        ),
    )


def encode_singles(layer: str, tile: Tile, singles: Sequence[Single]) -> bytes | None:
    """A vector tile of single points with their properties; None when it would be larger than a tile may be."""
    content = _encode(layer, ((*_within(tile, one.cell), one.properties) for one in singles))
    return content if len(content) <= MAX_BYTES else None


def cover(bounds: Bounds) -> list[Range]:
    """Unbroken stretches of cells, in order, that together hold everything within these bounds, and little more."""
    west, south, east, north = bounds
    first, last = tile_of(cell_of(west, north), CELL_ZOOM), tile_of(cell_of(east, south), CELL_ZOOM)
    depth = max(last.x - first.x, last.y - first.y, 0).bit_length()
    for coarser in range(max(depth - GRID_ZOOMS, 0), CELL_ZOOM + 1):
        ranges = _ranges(CELL_ZOOM - coarser, first, last, coarser)
        if len(ranges) <= MOST_RANGES:
            return ranges
    raise AssertionError("one tile holds everything")


def _ranges(zoom: int, first: Tile, last: Tile, coarser: int) -> list[Range]:
    """The stretches of the tiles of this zoom from the first to the last cell, joined where they touch."""
    columns, rows = (range(a >> coarser, (b >> coarser) + 1) for a, b in ((first.x, last.x), (first.y, last.y)))
    joined: list[Range] = []
    for start, end in sorted(Tile(zoom, x, y).cells for x in columns for y in rows):
        if joined and joined[-1][1] + 1 == start:
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _within(tile: Tile, cell: int) -> tuple[int, int]:
    """Where a cell lies in its tile, in units of the tile."""
    depth = CELL_ZOOM - tile.zoom
    x, y = _every_second(cell) - (tile.x << depth), _every_second(cell >> 1) - (tile.y << depth)
    return x * EXTENT >> depth, y * EXTENT >> depth


def _lonlat(zoom: int, x: int, y: int) -> tuple[float, float]:
    size = 1 << zoom
    lat = np.degrees(np.arctan(np.sinh(pi * (1 - 2 * y / size))))
    return x / size * 360 - 180, float(lat)


def _interleave(x: Any, y: Any) -> Any:
    """The bits of a column and a row in turn; of two numbers, or two arrays of them."""
    return _spread(x) | _spread(y) << 1


def _spread(value: Any) -> Any:
    for shift, mask in _SPREAD:
        value = (value | value << shift) & mask
    return (value | value << 1) & _EVERY_SECOND


def _every_second(value: Any) -> Any:
    """Every second bit, from the lowest: what `_spread` spread."""
    value = value & _EVERY_SECOND
    value = (value | value >> 1) & _SPREAD[-1][1]
    for (shift, _), (_, mask) in zip(reversed(_SPREAD[1:]), reversed(_SPREAD[:-1]), strict=True):
        value = (value | value >> shift) & mask
    return (value | value >> 16) & 0xFFFFFFFF


def _encode(layer_name: str, points: Iterable[tuple[int, int, Mapping[str, str | int]]]) -> bytes:
    """A tile of one layer of points (Mapbox Vector Tile 2.1)."""
    message = vector_tile_pb2.tile()
    layer = message.layers.add(name=layer_name, version=2, extent=EXTENT)
    keys: dict[str, int] = {}
    values: dict[str | int, int] = {}
    for x, y, properties in points:
        feature = layer.features.add(type=message.Point, geometry=[9, x << 1, y << 1])  # 9: move to one point
        for key, value in properties.items():
            feature.tags.extend((keys.setdefault(key, len(keys)), values.setdefault(value, len(values))))
    layer.keys.extend(keys)
    for value in values:
        if isinstance(value, str):
            layer.values.add(string_value=value)
        else:
            layer.values.add(uint_value=value)
    content: bytes = message.SerializeToString()
    return content
