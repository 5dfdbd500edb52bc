"""Between longitude and latitude (EPSG:4326, as stored) and RD (EPSG:28992, in metres, for lengths and areas).

Pure. The transformation is PROJ's own for the Netherlands, good to about a metre without its correction grids.
"""

from functools import cache, lru_cache

import numpy as np
import shapely
from pyproj import CRS, Transformer
from shapely.geometry.base import BaseGeometry

WGS84, RD = 4326, 28992


def to_rd(geometry: BaseGeometry) -> BaseGeometry:
    """The geometry in RD, metres."""
    return shapely.transform(geometry, lonlat_to_rd)


def to_lonlat(geometry_rd: BaseGeometry) -> BaseGeometry:
    """The geometry in longitude and latitude, degrees."""
    return shapely.transform(geometry_rd, rd_to_lonlat)


def lonlat_to_rd(lonlat: np.ndarray) -> np.ndarray:
    """The points in RD. Both have shape (n, 2)."""
    return _transform(_transformer(WGS84, RD), lonlat)


def rd_to_lonlat(xy: np.ndarray) -> np.ndarray:
    """The points in longitude and latitude. Both have shape (n, 2)."""
    return _transform(_transformer(RD, WGS84), xy)


def from_crs(geometry: BaseGeometry, crs: CRS | str) -> BaseGeometry:
    """A geometry in any reference system that PROJ knows, in longitude and latitude."""
    transformer = _transformer_from(CRS.from_user_input(crs))
    return shapely.transform(geometry, lambda points: _transform(transformer, points)) if transformer else geometry


def _transform(transformer: Transformer, points: np.ndarray) -> np.ndarray:
    return np.column_stack(transformer.transform(points[:, 0], points[:, 1]))


@lru_cache(maxsize=16)
def _transformer_from(crs: CRS) -> Transformer | None:
    """Making one takes a tenth of a second, and a file has many geometries. None: it is what is asked for already."""
    return None if crs == CRS.from_epsg(WGS84) else Transformer.from_crs(crs, WGS84, always_xy=True)


@cache
def _transformer(source: int, target: int) -> Transformer:
    return Transformer.from_crs(source, target, always_xy=True)
