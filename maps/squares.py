"""Measuring squares: 100 m squares of the RD grid that lie in an area, drawn by lot. Pure.

The lot is an order of all squares by the SHA-256 of the seed and the square, so that the same seed gives the same
squares everywhere and always, and drawing more keeps those that were drawn before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import ceil, floor, hypot

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from core.problems import INPUT_INVALID, Fault, Problem

EDGE_M = 100
LEAST_SHARE = 0.5
MOST_CELLS = 1_000_000


@dataclass(frozen=True, slots=True, order=True)
class Square:
    """A square of the RD grid by its south-west corner, in whole squares from the origin."""

    column: int
    row: int

    def geometry_rd(self) -> BaseGeometry:
        x, y = self.column * EDGE_M, self.row * EDGE_M
        return shapely.box(x, y, x + EDGE_M, y + EDGE_M)

    def point_in(self, area_rd: BaseGeometry) -> tuple[float, float]:
        """The middle of the square, or else a point of it that lies in the area; RD."""
        middle = shapely.Point((self.column + 0.5) * EDGE_M, (self.row + 0.5) * EDGE_M)
        if not area_rd.intersects(middle):
            middle = self.geometry_rd().intersection(area_rd).representative_point()
        return middle.x, middle.y


def squares_in(area_rd: BaseGeometry, least_share: float = LEAST_SHARE) -> list[Square]:
    """The squares of which at least this share lies in the area, by column and row. Raises INPUT_INVALID."""
    west, south, east, north = (value / EDGE_M for value in area_rd.bounds)
    columns, rows = np.arange(floor(west), ceil(east)), np.arange(floor(south), ceil(north))
    if len(columns) * len(rows) > MOST_CELLS:
        raise Problem(INPUT_INVALID, faults=[Fault("/gebied", "Dit gebied is te groot voor vakken van 100 meter.")])
    x, y = (grid.ravel() * EDGE_M for grid in np.meshgrid(columns, rows, indexing="ij"))
    boxes = shapely.box(x, y, x + EDGE_M, y + EDGE_M)
    shapely.prepare(area_rd)
    touching = np.flatnonzero(shapely.intersects(area_rd, boxes))
    shares = shapely.area(shapely.intersection(area_rd, boxes[touching])) / EDGE_M**2
    chosen = touching[shares >= least_share - 1e-9]
    return [Square(int(x[index]) // EDGE_M, int(y[index]) // EDGE_M) for index in chosen]


def draw(squares: Sequence[Square], count: int, seed: int) -> list[Square]:
    """`count` squares by lot, or all when there are fewer, in the order in which they were drawn."""
    return sorted(squares, key=lambda square: _lot(square, seed))[:count]


def _lot(square: Square, seed: int) -> bytes:
    return sha256(f"{seed}/{square.column}/{square.row}".encode()).digest()


def walking_order(points_rd: Sequence[tuple[float, float]]) -> list[int]:
    """The points in an order that makes a short walk, begun in the west: always to the nearest, then without detours
    that turning a part around would spare."""
    left = sorted(range(len(points_rd)), key=lambda index: points_rd[index])
    order: list[int] = []
    while left:
        here = points_rd[order[-1]] if order else points_rd[left[0]]
        order.append(left.pop(min(range(len(left)), key=lambda place: _apart(here, points_rd[left[place]]))))
    return _untangled(order, points_rd)


def _untangled(order: list[int], points_rd: Sequence[tuple[float, float]]) -> list[int]:
    for _ in range(20):
        is_better = False
        for first in range(1, len(order) - 1):
            for last in range(first + 1, len(order)):
                if _spared(order, first, last, points_rd) > 1e-6:
                    order[first : last + 1] = reversed(order[first : last + 1])
                    is_better = True
        if not is_better:
            break
    return order


def _spared(order: Sequence[int], first: int, last: int, points_rd: Sequence[tuple[float, float]]) -> float:
    """How much shorter the walk is when this part of it is done the other way around."""
    before, begin, end = (points_rd[order[place]] for place in (first - 1, first, last))
    spared = _apart(before, begin) - _apart(before, end)
    if last + 1 < len(order):
        after = points_rd[order[last + 1]]
        spared += _apart(end, after) - _apart(begin, after)
    return spared


def _apart(one: tuple[float, float], other: tuple[float, float]) -> float:
    return hypot(one[0] - other[0], one[1] - other[1])
