"""Doors in the order in which somebody walks them: street by street, up one side and down the other. Pure.

Assumption: the way between two doors is the straight line. Along a street that is what one walks; between streets it is
too short, and for everybody alike.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import hypot
from uuid import UUID

import numpy as np

MOST_PASSES = 30
MOST_STREETS_TO_UNTANGLE = 1500
ONE_SIDE = 0.6
"""When walking by number is shorter than this part of up and down again, the numbers do not alternate (a hofje)."""

Walk = tuple["Door", ...]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Door:
    """A front door, in RD. `street` names its street among all those that are divided together."""

    id: UUID
    street: str
    number: int
    suffix: str
    x_m: float
    y_m: float
    households: int = 1

    @property
    def point(self) -> Point:
        return self.x_m, self.y_m

    @property
    def by_number(self) -> tuple[int, str, int]:
        return self.number, self.suffix, self.id.int


@dataclass(frozen=True, slots=True)
class Pace:
    """How long it takes: minutes for a household, and how far somebody walks in a minute (3.6 km an hour)."""

    minutes: float = 10.0
    metres_per_minute: float = 60.0

    def at_door(self, door: Door) -> float:
        return self.minutes * max(door.households, 1)

    def between(self, first: Door, second: Door) -> float:
        return distance_m(first, second) / self.metres_per_minute

    def effort_min(self, walk: Sequence[Door]) -> float:
        """Minutes at the doors and between them."""
        return sum(map(self.at_door, walk)) + length_m(walk) / self.metres_per_minute


def distance_m(first: Door, second: Door) -> float:
    return hypot(first.x_m - second.x_m, first.y_m - second.y_m)


def length_m(walk: Sequence[Door]) -> float:
    """Metres from the first door to the last."""
    return sum(distance_m(first, second) for first, second in pairwise(walk))


def walking_order(doors: Iterable[Door]) -> Walk:
    """The same doors in walking order. Only the doors themselves decide, not the order in which they are given."""
    streets = [_Street(found) for _, found in sorted(by_street(doors).items())]
    if not streets:
        return ()
    return tuple(_best_ways([streets[index] for index in _tour(np.array([one.centre for one in streets]))]))


def by_street(doors: Iterable[Door]) -> dict[str, list[Door]]:
    """The doors of each street, by number."""
    found: dict[str, list[Door]] = {}
    for door in sorted(doors, key=lambda one: (one.street, one.by_number)):
        found.setdefault(door.street, []).append(door)
    return found


class _Street:
    """A street, with every sensible way to walk it."""

    def __init__(self, doors: list[Door]) -> None:
        self._doors = doors
        self.centre = tuple(np.mean([door.point for door in doors], axis=0))

    @cached_property
    def ways(self) -> list[tuple[list[Door], float]]:
        """(the doors in order, metres), for each way."""
        odd, even = ([door for door in self._doors if door.number % 2 == side] for side in (1, 0))
        loops = [odd + even[::-1], even + odd[::-1], odd[::-1] + even, even[::-1] + odd]
        plain = [self._doors, self._doors[::-1]]
        shortest_loop = min(map(length_m, loops))
        ways = plain if length_m(self._doors) < ONE_SIDE * shortest_loop else loops
        return [(way, length_m(way)) for way in ways]


def _best_ways(streets: Sequence[_Street]) -> Iterator[Door]:
    """The doors of these streets in this order, each walked in the way that makes the whole shortest."""
    costs = [[metres for _, metres in streets[0].ways]]
    came_from: list[list[int]] = []
    for before, street in pairwise(streets):
        steps = [
            [cost + distance_m(earlier[-1], way[0]) for cost, (earlier, _) in zip(costs[-1], before.ways, strict=True)]
            for way, _ in street.ways
        ]
        best = [min(range(len(row)), key=row.__getitem__) for row in steps]
        came_from.append(best)
        costs.append(
            [row[way] + street.ways[number][1] for number, (row, way) in enumerate(zip(steps, best, strict=True))]
        )
    choice = [min(range(len(costs[-1])), key=costs[-1].__getitem__)]
    for best in reversed(came_from):
        choice.append(best[choice[-1]])
    for street, number in zip(streets, reversed(choice), strict=True):
        yield from street.ways[number][0]


def _tour(centres: np.ndarray) -> list[int]:
    """A short way along these points (n, 2), from one end of the village to the other."""
    start = int(np.argmax(np.hypot(*(centres - centres.mean(axis=0)).T)))
    left = np.ones(len(centres), dtype=bool)
    tour = [start]
    left[start] = False
    for _ in range(len(centres) - 1):
        distances = np.hypot(*(centres - centres[tour[-1]]).T)
        distances[~left] = np.inf
        tour.append(int(np.argmin(distances)))
        left[tour[-1]] = False
    return tour if len(tour) > MOST_STREETS_TO_UNTANGLE else _untangled(np.array(tour), centres).tolist()


def _untangled(tour: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """The tour after 2-opt: no stretch of it is shorter the other way round."""
    points = centres[tour]
    between = np.hypot(points[:, None, 0] - points[None, :, 0], points[:, None, 1] - points[None, :, 1])
    order = np.arange(len(tour))
    for _ in range(MOST_PASSES):
        is_better = False
        for first in range(len(order) - 1):
            gain, last = _best_reversal(order, between, first)
            if gain > 1e-6:
                order[first : last + 1] = order[first : last + 1][::-1].copy()
                is_better = True
        if not is_better:
            break
    return tour[order]


def _best_reversal(order: np.ndarray, between: np.ndarray, first: int) -> tuple[float, int]:
    """(the metres saved, up to where) for walking the stretch that begins at `first` the other way round."""
    lasts = np.arange(first + 1, len(order))
    gain = np.zeros(len(lasts))
    if first > 0:
        gain += between[order[first - 1], order[first]] - between[order[first - 1], order[lasts]]
    inner = lasts[:-1]
    gain[:-1] += between[order[inner], order[inner + 1]] - between[order[first], order[inner + 1]]
    best = int(np.argmax(gain))
    return float(gain[best]), int(lasts[best])
