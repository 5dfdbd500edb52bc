"""Which area a point lies in: pure, vectorised, and the same answer as shapely gives one by one.

Areas are of two layers (decision 0011): administrative ones, and those that residents drew across them. In each layer a
point belongs to the smallest area that contains it, its edge included; so nobody counts twice within a layer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from maps.kinds import OWN_AREA

AreaIds = tuple[UUID | None, UUID | None, UUID | None, UUID | None]
"""The administrative area and its boundary version, the residents' own area and its boundary version."""
NO_AREAS: AreaIds = (None, None, None, None)
NOWHERE = -1
METRES_PER_DEGREE = 111_320.0
_CIRCLE = np.column_stack([f(np.linspace(0, 2 * np.pi, 33)) for f in (np.cos, np.sin)])


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary version of an area, EPSG:4326."""

    id: UUID
    area_id: UUID
    kind: str
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a point lies: in an administrative area, and in one that residents drew. None: in no such area.

    `is_uncertain`: somewhere within its accuracy it would have been another.
    """

    area: Boundary | None = None
    own: Boundary | None = None
    is_uncertain: bool = False

    @property
    def ids(self) -> AreaIds:
        area, own = self.area, self.own
        ids = (area.area_id, area.id) if area else (None, None)
        return *ids, *((own.area_id, own.id) if own else (None, None))


class AreaIndex:
    """The boundaries in force at one moment."""

    def __init__(self, boundaries: Sequence[Boundary]) -> None:
        self._by_area = {boundary.area_id: boundary for boundary in boundaries}
        self._administrative = _Layer([one for one in boundaries if one.kind != OWN_AREA])
        self._own = _Layer([one for one in boundaries if one.kind == OWN_AREA])

    def place(self, lonlat: np.ndarray, accuracy_m: np.ndarray | None = None) -> list[Placing]:
        """Where each point lies. `lonlat` has shape (n, 2), degrees; `accuracy_m` (n,), NaN where it is not known."""
        layers = (self._administrative, self._own)
        ranks = [layer.assign(lonlat) for layer in layers]
        doubt = np.zeros(len(lonlat), dtype=bool)
        if accuracy_m is not None:
            for layer, rank in zip(layers, ranks, strict=True):
                doubt |= layer.in_doubt(lonlat, accuracy_m, rank)
        made: dict[tuple[int, int, bool], Placing] = {}
        rows = zip(*(rank.tolist() for rank in ranks), doubt.tolist(), strict=True)
        return [made.get(row) or made.setdefault(row, self._placing(*row)) for row in rows]

    def place_one(self, lon: float, lat: float, accuracy_m: float | None = None) -> Placing:
        accuracies = None if accuracy_m is None else np.array([accuracy_m])
        return self.place(np.array([[lon, lat]]), accuracies)[0]

    def containing(self, lon: float, lat: float) -> list[Boundary]:
        """Every area that contains this point, the smallest first."""
        point = np.array([[lon, lat]])
        return [boundary for layer in (self._administrative, self._own) for boundary in layer.containing(point)]

    def of_area(self, area_id: UUID | None) -> Boundary | None:
        """The boundary in force of this area."""
        return self._by_area.get(area_id) if area_id else None

    def _placing(self, rank: int, own_rank: int, is_uncertain: bool) -> Placing:
        return Placing(self._administrative.at(rank), self._own.at(own_rank), is_uncertain)


class _Layer:
    """Boundaries from small to large; a rank is a place in that order."""

    def __init__(self, boundaries: Sequence[Boundary]) -> None:
        self._boundaries = sorted(boundaries, key=lambda boundary: (boundary.geometry.area, str(boundary.area_id)))
        self._geometries = np.array([boundary.geometry for boundary in self._boundaries], dtype=object)
        shapely.prepare(self._geometries)
        self._bounds = shapely.bounds(self._geometries).reshape(-1, 4)
        self._tree = shapely.STRtree(self._geometries)

    def at(self, rank: int) -> Boundary | None:
        return None if rank == NOWHERE else self._boundaries[rank]

    def assign(self, lonlat: np.ndarray) -> np.ndarray:
        """The rank of the smallest boundary that contains each point."""
        order = np.argsort(lonlat[:, 0])
        x, y = lonlat[order, 0], lonlat[order, 1]
        found = np.full(len(x), NOWHERE)
        for rank in self._near(x, y):
            west, south, east, north = self._bounds[rank]
            first, last = np.searchsorted(x, west, "left"), np.searchsorted(x, east, "right")
            inside = (found[first:last] == NOWHERE) & (y[first:last] >= south) & (y[first:last] <= north)
            candidates = np.flatnonzero(inside) + first
            hits = shapely.intersects_xy(self._geometries[rank], x[candidates], y[candidates])
            found[candidates[hits]] = rank
        ranks = np.empty_like(found)
        ranks[order] = found
        return ranks

    def containing(self, point: np.ndarray) -> list[Boundary]:
        near = self._near(point[:, 0], point[:, 1])
        return [self._boundaries[rank] for rank in near if shapely.intersects_xy(self._geometries[rank], *point[0])]

    def in_doubt(self, lonlat: np.ndarray, accuracy_m: np.ndarray, ranks: np.ndarray) -> np.ndarray:
        """Whether the circle around each point leaves its area, or touches a smaller one; False without accuracy."""
        doubt = np.zeros(len(lonlat), dtype=bool)
        asked = np.flatnonzero(np.isfinite(accuracy_m) & (accuracy_m > 0))
        if len(asked) and len(self._boundaries):
            asked = asked[self._near_an_edge(lonlat[asked], accuracy_m[asked])]
        if not len(asked) or not len(self._boundaries):
            return doubt
        circles = _circles(lonlat[asked], accuracy_m[asked])
        which, touched = self._tree.query(circles, predicate="intersects")
        own = ranks[asked][which]
        doubt[asked[which[(own == NOWHERE) | (touched < own)]]] = True
        placed = np.flatnonzero(ranks[asked] != NOWHERE)
        leaves = ~shapely.covers(self._geometries[ranks[asked][placed]], circles[placed])
        doubt[asked[placed[leaves]]] = True
        return doubt

    def _near_an_edge(self, lonlat: np.ndarray, accuracy_m: np.ndarray) -> np.ndarray:
        """Which circles an edge of some boundary may cross: few, and only those are worth making."""
        reach = accuracy_m / (METRES_PER_DEGREE * np.cos(np.radians(lonlat[:, 1]))) * 1.001
        which, _ = self._edges.query(shapely.points(lonlat), predicate="dwithin", distance=reach)
        return np.unique(which)

    @cached_property
    def _edges(self) -> shapely.STRtree:
        """Every edge of every boundary."""
        corners, ring = shapely.get_coordinates(
            shapely.get_rings(shapely.get_parts(self._geometries)), return_index=True
        )
        pairs = np.flatnonzero(ring[:-1] == ring[1:])
        edges = shapely.linestrings(np.stack([corners[pairs], corners[pairs + 1]], axis=1))
        return shapely.STRtree(np.asarray(edges))

    def _near(self, x: np.ndarray, y: np.ndarray) -> list[int]:
        if not len(x) or not len(self._boundaries):
            return []
        bounds = self._bounds
        misses = (
            (bounds[:, 0] > x.max()) | (bounds[:, 2] < x.min()) | (bounds[:, 1] > y.max()) | (bounds[:, 3] < y.min())
        )
        near: list[int] = np.flatnonzero(~misses).tolist()
        return near


def _circles(lonlat: np.ndarray, radius_m: np.ndarray) -> np.ndarray:
    """A circle around each point: an ellipse in degrees, of 32 corners."""
    narrow = np.cos(np.radians(lonlat[:, 1]))
    radii = np.column_stack([radius_m / (METRES_PER_DEGREE * narrow), radius_m / METRES_PER_DEGREE])
    rings: np.ndarray = shapely.polygons(lonlat[:, None, :] + radii[:, None, :] * _CIRCLE[None, :, :])
    return rings
