"""Which tiles of the web map (EPSG:3857) an area needs. Pure."""

from typing import NamedTuple

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from maps.projection import to_lonlat, to_rd

MARGIN_M = 300.0
LONGEST_EDGE_M = 500.0  # a straight edge in RD is none on the web map; over this length it differs by centimetres
MOST_LATITUDE = 85.051128779


class Tile(NamedTuple):
    """A tile by zoom, column and row, the rows from the north."""

    zoom: int
    x: int
    y: int


def with_margin(area: BaseGeometry, margin_m: float = MARGIN_M) -> BaseGeometry:
    """The area (longitude, latitude) and what lies this close around it."""
    return to_lonlat(shapely.segmentize(to_rd(area).buffer(margin_m), LONGEST_EDGE_M))


def to_unit_square(geometry: BaseGeometry) -> BaseGeometry:
    """A geometry (longitude, latitude) on the web map as a square of 1 by 1, x to the east and y to the south."""

    def project(lonlat: np.ndarray) -> np.ndarray:
        sine = np.sin(np.radians(np.clip(lonlat[:, 1], -MOST_LATITUDE, MOST_LATITUDE)))
        return np.column_stack([lonlat[:, 0] / 360 + 0.5, 0.5 - np.arctanh(sine) / (2 * np.pi)])

    return shapely.transform(geometry, project)


def tiles_covering(area: BaseGeometry, min_zoom: int, max_zoom: int) -> list[Tile]:
    """Every tile of these zooms that the area (longitude, latitude) touches, zoom by zoom."""
    shape = to_unit_square(area)
    shapely.prepare(shape)
    west, north, east, south = (int(edge * 2**min_zoom) for edge in shape.bounds)
    columns, rows = np.meshgrid(np.arange(west, east + 1), np.arange(north, south + 1))
    tiles = np.column_stack([columns.ravel(), rows.ravel()])
    found: list[Tile] = []
    for zoom in range(min_zoom, max_zoom + 1):
        corners = tiles / 2**zoom
        boxes = shapely.box(*corners.T, *(corners + 1 / 2**zoom).T)
        tiles = tiles[shapely.intersects(shape, boxes)]
        found += [Tile(zoom, x, y) for x, y in tiles.tolist()]
        tiles = (tiles[:, None, :] * 2 + np.array([[0, 0], [1, 0], [0, 1], [1, 1]])).reshape(-1, 2)
    return found
