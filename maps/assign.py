"""Which area a point lies in: pure, vectorised, and the same answer as shapely gives one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True)
class Boundary:
    """A boundary version of an area, EPSG:4326."""

    id: UUID
    area_id: UUID
    kind: str
    geometry: BaseGeometry


class AreaIndex:
    """An R-tree over boundaries. Where areas overlap, the smallest one that contains the point counts."""

    def __init__(self, boundaries: Sequence[Boundary]) -> None:
        by_size = sorted(boundaries, key=lambda boundary: (boundary.geometry.area, str(boundary.id)))
        self._boundaries = by_size
        self._rank: Mapping[UUID, int] = {boundary.area_id: rank for rank, boundary in enumerate(by_size)}
        self._tree = shapely.STRtree([boundary.geometry for boundary in by_size])

    def assign(self, lonlat: np.ndarray) -> list[Boundary | None]:
        """The boundary each point lies in (on its edge counts), or None. `lonlat` has shape (n, 2), degrees."""
        found = np.full(len(lonlat), len(self._boundaries))
        point, rank = self._tree.query(shapely.points(lonlat), predicate="intersects")
        np.minimum.at(found, point, rank)
        return [self._boundaries[rank] if rank < len(self._boundaries) else None for rank in found]

    def assign_one(self, lon: float, lat: float, preferred: frozenset[UUID] = frozenset()) -> Boundary | None:
        """The boundary this point lies in; one of the preferred areas before any other."""
        ranks = sorted(self._tree.query(shapely.Point(lon, lat), predicate="intersects"))
        hits = [self._boundaries[rank] for rank in ranks]
        return next((hit for hit in hits if hit.area_id in preferred), next(iter(hits), None))

    def of_area(self, area_id: UUID) -> Boundary | None:
        """The boundary in force of this area."""
        rank = self._rank.get(area_id)
        return None if rank is None else self._boundaries[rank]
