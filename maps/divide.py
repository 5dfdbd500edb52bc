"""Dividing doors over people: one walk past every door, cut into as many pieces as there are people. Pure.

The pieces are as even as cutting allows: none takes more than `SLACK` over the best that any cut of this walk can give.
Within that room the cuts fall between streets where they can, else where the walk crosses to the other side, so that a
street stays with one person. A piece of one walk is always connected, so everybody has their own corner.
"""

import itertools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from maps.doors import Door, Pace, Walk, walking_order

SLACK = 1.1
CUT_AT_TURN, CUT_IN_SIDE = 0.01, 0.05
"""What cutting a street costs, beside the squared part that each piece differs from the mean."""
ROWS_AT_ONCE = 512
HALVINGS = 50

Walks = dict[UUID, Walk]
"""Who visits which doors, in walking order."""


def divide(
    doors: Collection[Door], people: Sequence[UUID], pace: Pace | None = None, *, whole_streets: bool = False
) -> Walks:
    """Every door with one of these people. With `whole_streets` none is cut, as long as there is one for each."""
    pace = pace or Pace()
    order = walking_order(doors)
    if not people or not order:
        return dict.fromkeys(people, ())
    line = _Line.along(order, pace, whole_streets, len(people))
    pieces = [order[start:end] for start, end in line.cut(min(len(people), len(line.penalties) - 1))]
    walks = [min(piece, walking_order(piece), key=pace.effort_min) for piece in pieces]
    walks += [()] * (len(people) - len(walks))
    return dict(zip(people, walks, strict=True))


@dataclass(frozen=True, slots=True)
class _Line:
    """A walk as something to cut.

    `places` are where it may be cut, its two ends included, as a number of doors; `until` the minutes up to there, with
    the way to the last of these doors; `step` the minutes of the way across the place, which a cut saves.
    """

    places: np.ndarray
    until: np.ndarray
    step: np.ndarray
    penalties: np.ndarray

    @classmethod
    def along(cls, order: Walk, pace: Pace, whole_streets: bool, people: int) -> "_Line":
        at_doors = np.array([pace.at_door(door) for door in order])
        steps = np.array([0.0, *map(pace.between, order[:-1], order[1:]), 0.0])
        until = np.concatenate([[0.0], np.cumsum(at_doors + steps[:-1])])
        penalties = np.array([0.0, *map(_penalty, order[:-1], order[1:]), 0.0])
        places = np.arange(len(order) + 1)
        between_streets = places[penalties == 0]
        if whole_streets and len(between_streets) > people:
            places = between_streets
        return cls(places, until[places], steps[places], penalties[places])

    def cut(self, pieces: int) -> list[tuple[int, int]]:
        """Begin and end of each piece, as numbers of doors."""
        limit = self.smallest_limit(pieces) * SLACK
        ends = self._best_cuts(pieces, limit)
        edges = self.places[[0, *ends]].tolist()
        return list(itertools.pairwise(edges))

    def smallest_limit(self, pieces: int) -> float:
        """The minutes of the longest piece when the line is cut as evenly as it can be."""
        low, high = 0.0, float(self.until[-1])
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (low, middle) if self._fits(middle, pieces) else (middle, high)
        return high

    def _fits(self, limit: float, pieces: int) -> bool:
        at = 0
        for _ in range(pieces):
            reach = limit + self.until[at] + self.step[at]
            to = int(np.searchsorted(self.until, reach, "right")) - 1
            if to >= len(self.until) - 1:
                return True
            if to <= at:
                return False
            at = to
        return False

    def _best_cuts(self, pieces: int, limit: float) -> list[int]:
        """The end of each piece, as indexes of `places`: the least penalty, with no piece above the limit."""
        size = len(self.places)
        mean = max(float(self.until[-1]) / pieces, 1e-9)
        first = np.searchsorted(self.until + self.step, self.until - limit - 1e-9, "left")
        best = np.full((pieces + 1, size), np.inf)
        best[0, 0] = 0.0
        origin = np.zeros((pieces + 1, size), dtype=np.int32)
        for begin in range(1, size, ROWS_AT_ONCE):
            to = np.arange(begin, min(begin + ROWS_AT_ONCE, size))[:, None]
            low = int(first[to].min())
            since = np.arange(low, int(to.max()))[None, :]
            minutes = self.until[to] - self.until[since] - self.step[since]
            cost = ((minutes - mean) / mean) ** 2 + self.penalties[since]
            cost[(minutes > limit + 1e-9) | (since >= to)] = np.inf
            for piece in range(1, pieces + 1):
                self._advance(best, origin, piece, to[:, 0], since[0], cost)
        return _backtrack(origin, pieces, size - 1)

    @staticmethod
    def _advance(
        best: np.ndarray, origin: np.ndarray, piece: int, to: np.ndarray, since: np.ndarray, cost: np.ndarray
    ) -> None:
        total = best[piece - 1, since][None, :] + cost
        chosen = np.argmin(total, axis=1)
        best[piece, to] = total[np.arange(len(to)), chosen]
        origin[piece, to] = since[chosen]


def _backtrack(origin: np.ndarray, pieces: int, end: int) -> list[int]:
    ends = []
    for piece in range(pieces, 0, -1):
        ends.append(end)
        end = int(origin[piece, end])
    return ends[::-1]


def _penalty(before: Door, after: Door) -> float:
    if before.street != after.street:
        return 0.0
    return CUT_IN_SIDE if before.number % 2 == after.number % 2 else CUT_AT_TURN
