"""The reference systems that features are given in, and a window (bbox) in one of them. Pure.

Axis order is that of the system as its URI defines it (Features Part 2): CRS84 is longitude, latitude; EPSG:4326 is
latitude, longitude; EPSG:28992 (RD) is x, y.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from maps.projection import lonlat_to_rd, rd_to_lonlat

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG_4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
EPSG_28992 = "http://www.opengis.net/def/crs/EPSG/0/28992"

Box = tuple[float, float, float, float]
"""The two lower corners, then the two upper ones, in the order of x (longitude) and y (latitude)."""
Points = Callable[[np.ndarray], np.ndarray]

DEGREE_DECIMALS, METRE_DECIMALS = 7, 3
EDGE_POINTS = 65
RD_AT: Box = (-500_000.0, -300_000.0, 900_000.0, 1_100_000.0)  # the Netherlands with room: further off it is folded
SLACK_DEGREES = 1e-5  # more than an edge of a window bends between two of its points


def _swapped(points: np.ndarray) -> np.ndarray:
    return points[:, ::-1]


_FROM_LONLAT: Mapping[str, tuple[Points, int]] = {
    CRS84: (lambda lonlat: lonlat, DEGREE_DECIMALS),
    EPSG_28992: (lonlat_to_rd, METRE_DECIMALS),
    EPSG_4326: (_swapped, DEGREE_DECIMALS),
}
SYSTEMS = tuple(_FROM_LONLAT)
"""The URIs of the systems there are, that of the stored geometry first."""


def geojson_in(geometry: BaseGeometry, crs: str) -> dict[str, object]:
    """The geometry (longitude, latitude) as GeoJSON in this system, to the centimetre or better."""
    convert, decimals = _FROM_LONLAT[crs]
    made: dict[str, object] = mapping(shapely.transform(geometry, lambda points: _rounded(convert(points), decimals)))
    return made


def _rounded(points: np.ndarray, decimals: int) -> np.ndarray:
    return np.asarray(points.round(decimals), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Window:
    """What a bbox asks for. `boxes` (degrees) hold all of it; in RD they are a little larger than it is.

    There are two where it crosses the antimeridian.
    """

    boxes: tuple[Box, ...]
    box_rd: Box | None = None

    @property
    def is_exact(self) -> bool:
        """Whether what lies in the boxes lies in the window."""
        return self.box_rd is None

    def has_points(self, lonlat: np.ndarray) -> np.ndarray:
        """Which of these points lie in it, its edge included. `lonlat` has shape (n, 2)."""
        if self.box_rd is not None:
            return _inside(lonlat_to_rd(lonlat), self.box_rd)
        found = np.zeros(len(lonlat), dtype=bool)
        for box in self.boxes:
            found |= _inside(lonlat, box)
        return found

    def meets(self, geometry: BaseGeometry) -> bool:
        """Whether the geometry (longitude, latitude) and the window have a point in common."""
        if self.box_rd is not None:
            return bool(shapely.intersects(shapely.transform(geometry, lonlat_to_rd), shapely.box(*self.box_rd)))
        return any(bool(shapely.intersects(geometry, shapely.box(*box))) for box in self.boxes)


def window_in(numbers: Box, crs: str) -> Window:
    """The window of a bbox in this system, its numbers in the axis order of that. Raises ValueError."""
    if crs == EPSG_4326:
        south, west, north, east = numbers
        numbers = (west, south, east, north)
    west, south, east, north = numbers
    if south > north or (crs == EPSG_28992 and west > east):
        raise ValueError("lower corner above upper corner")
    if crs == EPSG_28992:
        clipped = (max(west, RD_AT[0]), max(south, RD_AT[1]), min(east, RD_AT[2]), min(north, RD_AT[3]))
        if clipped[0] > clipped[2] or clipped[1] > clipped[3]:
            raise ValueError("outside where RD means anything")
        return Window((_around_rd(clipped),), clipped)
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("not on the globe")
    if west > east:
        return Window(((west, south, 180.0, north), (-180.0, south, east, north)))
    return Window((numbers,))


def _inside(points: np.ndarray, box: Box) -> np.ndarray:
    x, y = points[:, 0], points[:, 1]
    inside: np.ndarray = (x >= box[0]) & (y >= box[1]) & (x <= box[2]) & (y <= box[3])
    return inside


def _around_rd(box_rd: Box) -> Box:
    """A box in degrees that holds this one."""
    west, south, east, north = box_rd
    x, y = np.linspace(west, east, EDGE_POINTS), np.linspace(south, north, EDGE_POINTS)
    sides = [(x, np.full_like(x, south)), (x, np.full_like(x, north)), (np.full_like(y, west), y)]
    edge = rd_to_lonlat(np.vstack([np.column_stack(side) for side in [*sides, (np.full_like(y, east), y)]]))
    low, high = edge.min(axis=0), edge.max(axis=0)
    slack = SLACK_DEGREES + (high - low) * 0.01
    return (
        float(low[0] - slack[0]),
        float(low[1] - slack[1]),
        float(high[0] + slack[0]),
        float(high[1] + slack[1]),
    )
