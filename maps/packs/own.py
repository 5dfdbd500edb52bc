"""A plain map of the project's own data as vector tiles: boundaries, doors, streets, routes and stops. Pure.

It needs no other map, so that whoever is without coverage can always see where they are. Layers: `areas` (name, own),
`area_names` (name, own), `streets` (name), `addresses` (number, street), `routes` (name), `stops` (number, name,
route).
"""

import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import mapbox_vector_tile
import shapely
from pmtiles.tile import Compression, TileType
from shapely.geometry.base import BaseGeometry

from maps.packs.archive import Kind
from maps.packs.cover import Tile, to_unit_square

MIN_ZOOM, MAX_ZOOM = 11, 16
FROM_ZOOM = {"areas": 11, "area_names": 11, "routes": 11, "streets": 13, "stops": 13, "addresses": 15}
EXTENT = 4096
AROUND = 64 / EXTENT
BYTES_PER_TILE, BYTES_PER_DOOR = 260, 14


@dataclass(frozen=True, slots=True)
class Shape:
    """Something on the map: its geometry (longitude, latitude) and what is told of it."""

    geometry: BaseGeometry
    told: Mapping[str, Any]


Layers = Mapping[str, Sequence[Shape]]


def street_names(doors: Iterable[tuple[str, float, float]]) -> list[Shape]:
    """The name of each street at the middle one of its doors, (street, longitude, latitude) each."""
    by_street: dict[str, list[tuple[float, float]]] = {}
    for street, lon, lat in doors:
        by_street.setdefault(street, []).append((lon, lat))
    return [Shape(shapely.Point(_middle(points)), {"name": name}) for name, points in sorted(by_street.items())]


def _middle(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The point that lies nearest to the median of all: the name stands at a door and not in a field."""
    lon, lat = median(point[0] for point in points), median(point[1] for point in points)
    return min(points, key=lambda point: ((point[0] - lon) ** 2 + (point[1] - lat) ** 2, point))


def own_kind(layers: Layers, attribution: str) -> Kind:
    """What the tiles of this map have in common."""
    told = [{"id": name, "fields": _fields(shapes), "minzoom": FROM_ZOOM[name]} for name, shapes in layers.items()]
    metadata = {"name": "Rondgang", "type": "overlay", "attribution": attribution, "vector_layers": told}
    return Kind(TileType.MVT, Compression.GZIP, metadata)


def own_tiles(layers: Layers, tiles: Iterable[Tile]) -> Iterator[tuple[Tile, bytes]]:
    """These tiles with what lies in them, packed; a tile with nothing in it is left out."""
    projected = {name: _Layer(shapes) for name, shapes in layers.items()}
    for tile in tiles:
        made = [
            {"name": name, "features": features}
            for name, layer in projected.items()
            if tile.zoom >= FROM_ZOOM[name] and (features := layer.features_in(tile))
        ]
        if made:
            side = 1 / 2**tile.zoom
            bounds = (tile.x * side, tile.y * side, (tile.x + 1) * side, (tile.y + 1) * side)
            options = {"y_coord_down": True, "extents": EXTENT, "quantize_bounds": bounds}
            yield tile, gzip.compress(mapbox_vector_tile.encode(made, default_options=options), mtime=0)


def estimated_size(tiles: int, doors: int) -> int:
    """About how many bytes the file will be."""
    zooms_with_doors = MAX_ZOOM - FROM_ZOOM["addresses"] + 1
    return tiles * BYTES_PER_TILE + doors * zooms_with_doors * BYTES_PER_DOOR


class _Layer:
    """The shapes of a layer on the square of the web map, to find those in a tile."""

    def __init__(self, shapes: Sequence[Shape]) -> None:
        self._told = [dict(shape.told) for shape in shapes]
        self._geometries = [to_unit_square(shape.geometry) for shape in shapes]
        self._tree = shapely.STRtree(self._geometries)

    def features_in(self, tile: Tile) -> list[dict[str, Any]]:
        side = 1 / 2**tile.zoom
        west, north, around = tile.x * side, tile.y * side, side * AROUND
        box = (west - around, north - around, west + side + around, north + side + around)
        found: list[dict[str, Any]] = []
        for index in sorted(self._tree.query(shapely.box(*box), predicate="intersects").tolist()):
            geometry = shapely.clip_by_rect(self._geometries[index], *box)
            if not geometry.is_empty:
                found.append({"geometry": geometry, "properties": self._told[index]})
        return found


def _fields(shapes: Sequence[Shape]) -> dict[str, str]:
    words = {bool: "Boolean", int: "Number", str: "String"}
    return {name: words[type(value)] for shape in shapes[:1] for name, value in shape.told.items()}
