"""Linear referencing: where along a line something lies, and which stretches of it a track walked. Pure, metres in RD.

A line may cross itself, or go back the way it came. Then a point has more than one measure, and the one is taken that
lies nearest to where the walker was before. Of a street that the line does twice, both count as walked by whoever was
there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from maps.projection import to_rd

SAME_PLACE_M = 0.01
BACK_COSTS = 3.0
LEAST_GAP_M = 10.0
"""A hole in what was walked that is shorter than this is noise of the position."""
LEAST_TOLERANCE_M, MOST_TOLERANCE_M = 15.0, 35.0
UNKNOWN_ACCURACY_M = 15.0
USELESS_ACCURACY_M = 100.0
"""A position that is no better than this says nothing."""
LONGEST_PAUSE_S = 180.0
LONGEST_PAUSE_OVER_ONE_S = 60.0
FASTEST_M_S = 4.0
MOST_WINDING = 1.5
"""How much longer the line may be between two positions than the straight way."""

Stretch = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Fix:
    """A position in RD at a moment, in seconds of any clock. `accuracy_m`: None is unknown."""

    x: float
    y: float
    accuracy_m: float | None
    at_s: float

    @property
    def within_m(self) -> float:
        """How far off it may be."""
        return UNKNOWN_ACCURACY_M if self.accuracy_m is None else self.accuracy_m

    @property
    def tolerance_m(self) -> float:
        """How far from the line it may lie and still be on it."""
        return min(max(10.0 + self.within_m, LEAST_TOLERANCE_M), MOST_TOLERANCE_M)


@dataclass(frozen=True, slots=True)
class Near:
    """A place on a line, near to a point."""

    measure_m: float
    distance_m: float


class Line:
    """A line in RD with the measure of each of its corners."""

    def __init__(self, points_rd: np.ndarray) -> None:
        steps = np.hypot(*np.diff(points_rd, axis=0).T)
        moved = steps > 0
        self._starts, self._steps = points_rd[:-1][moved], steps[moved]
        self._ways = np.diff(points_rd, axis=0)[moved]
        self._measures = np.concatenate([[0.0], np.cumsum(self._steps)])
        self._end = points_rd[-1]

    @classmethod
    def of(cls, geometry: BaseGeometry) -> "Line":
        """The line of a geometry in longitude and latitude."""
        return cls(shapely.get_coordinates(to_rd(geometry)))

    @property
    def length_m(self) -> float:
        return float(self._measures[-1])

    def point_at(self, measure_m: float) -> tuple[float, float]:
        """The point this far along the line; the nearest end when it is off the line."""
        if not len(self._steps):
            return float(self._end[0]), float(self._end[1])
        measure = min(max(measure_m, 0.0), self.length_m)
        part = min(int(np.searchsorted(self._measures, measure, "right")) - 1, len(self._steps) - 1)
        share = min((measure - self._measures[part]) / self._steps[part], 1.0)
        x, y = self._starts[part] + share * self._ways[part]
        return float(x), float(y)

    def part(self, stretch: Stretch) -> np.ndarray:
        """The points of a stretch of the line, its ends included; shape (n, 2)."""
        first, last = stretch
        inside = [measure for measure in self._measures if first < measure < last]
        return np.array([self.point_at(measure) for measure in (first, *inside, last)])

    def nearest(self, x: float, y: float) -> Near:
        """The place on the line that is nearest to a point; the first of them when there are more."""
        distances, measures, _ = self._onto(x, y)
        best = int(np.argmin(distances))
        return Near(float(measures[best]), float(distances[best]))

    def measure_of(self, x: float, y: float, previous_m: float | None = None, doubt_m: float = 10.0) -> float:
        """How far along the line a point lies.

        Places that are hardly farther away than the nearest (`doubt_m`) are as good: of those the one is taken that
        is the shortest walk along the line from `previous_m`, else the nearest to the point. Walking back counts
        `BACK_COSTS` times: where the line itself turns around, the walker is taken to go on.
        """
        if previous_m is None:
            return self.nearest(x, y).measure_m

        def effort(place: Near) -> tuple[float, float]:
            ahead_m = place.measure_m - previous_m
            return (ahead_m if ahead_m >= 0 else -BACK_COSTS * ahead_m), place.distance_m

        return min([self.nearest(x, y), *self.places(x, y, doubt_m)], key=effort).measure_m

    def places(self, x: float, y: float, doubt_m: float, within_m: float = np.inf) -> list[Near]:
        """The places where the line comes near to a point, in order of measure: at most this far from it, and at most
        `doubt_m` farther than the nearest. Each time the line passes counts once."""
        distances, measures, shares = self._onto(x, y)
        limit = min(float(distances.min()) + doubt_m, within_m)
        found: list[Near] = []
        for index in np.flatnonzero(_is_nearest_around(shares) & (distances <= limit)):
            place = Near(float(measures[index]), float(distances[index]))
            if not found or place.measure_m - found[-1].measure_m > SAME_PLACE_M:
                found.append(place)
        return found

    def _onto(self, x: float, y: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each segment the distance, the measure of its point that is nearest, and where on it that lies, 0 to 1."""
        if not len(self._steps):
            return np.array([float(np.hypot(x - self._end[0], y - self._end[1]))]), np.zeros(1), np.zeros(1)
        to_point = np.array([x, y]) - self._starts
        shares = np.clip((to_point * self._ways).sum(axis=1) / self._steps**2, 0.0, 1.0)
        off = to_point - shares[:, None] * self._ways
        return np.hypot(off[:, 0], off[:, 1]), self._measures[:-1] + shares * self._steps, shares


def _is_nearest_around(shares: np.ndarray) -> np.ndarray:
    """Whether the line goes away from the point on both sides of a segment's nearest place.

    So it is inside a segment, at a corner that is the nearest place of both segments, and at an end of the line.
    """
    at_start, at_end = shares <= 0, shares >= 1
    comes_from_end = np.concatenate([[True], at_end[:-1]])
    goes_to_start = np.concatenate([at_start[1:], [True]])
    answer: np.ndarray = ~(at_start | at_end) | (at_start & comes_from_end) | (at_end & goes_to_start)
    return answer


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which stretches of a line were walked, in order, none touching another."""

    length_m: float
    walked: tuple[Stretch, ...]

    @property
    def walked_m(self) -> float:
        return sum(last - first for first, last in self.walked)

    @property
    def share(self) -> float | None:
        """Walked of all, 0 to 1; None for a line without length."""
        return min(self.walked_m / self.length_m, 1.0) if self.length_m else None

    @property
    def gaps(self) -> tuple[Stretch, ...]:
        """What was not walked, in order."""
        edges = [0.0, *(edge for stretch in self.walked for edge in stretch), self.length_m]
        return tuple((first, last) for first, last in zip(edges[::2], edges[1::2], strict=True) if last > first)

    def holds(self, measure_m: float) -> bool:
        """Whether this place was walked past."""
        return any(first <= measure_m <= last for first, last in self.walked)


def coverage_of(line: Line, tracks: Iterable[Sequence[Fix]]) -> Coverage:
    """What these tracks, each in order of moment, walked of the line together.

    A stretch counts between two positions on the line that follow each other: near in time, and with about as much line
    between them as there is straight way. One position in between that does not fit is passed over.
    """
    stretches = [stretch for track in tracks for stretch in _walked(line, track)]
    return Coverage(line.length_m, _without_noise(_union(stretches), line.length_m))


@dataclass(frozen=True, slots=True)
class _Snapped:
    fix: Fix
    places: list[Near]


def _walked(line: Line, track: Sequence[Fix]) -> list[Stretch]:
    snapped = [
        _Snapped(fix, line.places(fix.x, fix.y, max(5.0, fix.within_m), fix.tolerance_m))
        for fix in track
        if fix.within_m <= USELESS_ACCURACY_M
    ]
    found: list[Stretch] = []
    for index, (one, other) in enumerate(pairwise(snapped)):
        steps = _steps(one, other, LONGEST_PAUSE_S)
        if not steps and index + 2 < len(snapped):
            steps = _steps(one, snapped[index + 2], LONGEST_PAUSE_OVER_ONE_S)
        found += steps
    return found


def _steps(one: _Snapped, other: _Snapped, longest_s: float) -> list[Stretch]:
    """The stretches that somebody may have walked between two positions; none when it cannot have been so."""
    elapsed_s = other.fix.at_s - one.fix.at_s
    if elapsed_s > longest_s:
        return []
    slack_m = 10.0 + min(one.fix.within_m, MOST_TOLERANCE_M) / 2 + min(other.fix.within_m, MOST_TOLERANCE_M) / 2
    straight_m = float(np.hypot(other.fix.x - one.fix.x, other.fix.y - one.fix.y))
    most_m = slack_m + min(MOST_WINDING * straight_m, FASTEST_M_S * elapsed_s)
    return [
        (min(a.measure_m, b.measure_m), max(a.measure_m, b.measure_m))
        for a in one.places
        for b in other.places
        if abs(b.measure_m - a.measure_m) <= most_m
    ]


def _union(stretches: Iterable[Stretch]) -> list[Stretch]:
    found: list[Stretch] = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return [(first, last) for first, last in found if last > first]


def _without_noise(walked: Sequence[Stretch], length_m: float) -> tuple[Stretch, ...]:
    """The same without holes that are too short to be one."""
    if not walked:
        return ()
    found: list[Stretch] = []
    for first, last in walked:
        if found and first - found[-1][1] < LEAST_GAP_M:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    if found[0][0] < LEAST_GAP_M:
        found[0] = (0.0, found[0][1])
    if length_m - found[-1][1] < LEAST_GAP_M:
        found[-1] = (found[-1][0], length_m)
    return tuple(found)


def follow(line: Line, track: Sequence[Fix]) -> list[float]:
    """How far along the line each position of a track was, each nearest to the one before it."""
    measures: list[float] = []
    for fix in track:
        measures.append(line.measure_of(fix.x, fix.y, measures[-1] if measures else None))
    return measures
