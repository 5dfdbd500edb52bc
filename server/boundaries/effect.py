"""What a change of boundaries does to the counts: pure, everything placed by both and laid beside each other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import numpy as np

from maps.assign import AreaIndex
from maps.kinds import OWN_AREA

Pair = tuple[UUID | None, UUID | None]


class Counts(NamedTuple):
    """What lies in an area. `persons` are those of all observations added up."""

    doors: int = 0
    households: int = 0
    observations: int = 0
    persons: int = 0

    def plus(self, other: "Counts") -> "Counts":
        return Counts(*(one + more for one, more in zip(self, other, strict=True)))


@dataclass(frozen=True, slots=True)
class Thing:
    """A door or an observation. It belongs where `first` (lon, lat) lies, else where `second` lies."""

    first: tuple[float, float] | None
    second: tuple[float, float] | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Change:
    """What an area has now and then."""

    area_id: UUID | None
    now: Counts
    then: Counts


@dataclass(frozen=True, slots=True)
class Move:
    """What goes from one area to another. None: no area of this layer."""

    from_id: UUID | None
    to_id: UUID | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Effect:
    """`changes` has the areas that get or lose something, and those that were asked for."""

    changes: Sequence[Change]
    moves: Sequence[Move]


def effect_of(
    things: Sequence[Thing], now: AreaIndex, then: AreaIndex, kind: str, asked: Sequence[UUID] = ()
) -> Effect:
    """What moves when the boundaries of `now` become those of `then`, in the layer of this kind of area."""
    is_own = kind == OWN_AREA
    sums = _sums(things, list(zip(_areas(things, now, is_own), _areas(things, then, is_own), strict=True)))
    totals: dict[UUID | None, list[Counts]] = defaultdict(lambda: [Counts(), Counts()])
    for (before, after), counts in sums.items():
        totals[before][0] = totals[before][0].plus(counts)
        totals[after][1] = totals[after][1].plus(counts)
    moves = {pair: counts for pair, counts in sums.items() if pair[0] != pair[1]}
    concerned = {area_id for pair in moves for area_id in pair if area_id} | set(asked)
    changes = [Change(area_id, *totals[area_id]) for area_id in sorted(concerned, key=str)]
    return Effect(changes, _sorted(moves))


def _sums(things: Sequence[Thing], pairs: Sequence[Pair]) -> dict[Pair, Counts]:
    """What there is of each pair of (area now, area then)."""
    codes: dict[Pair, int] = {}
    rows = [codes.setdefault(pair, len(codes)) for pair in pairs]
    sums = np.zeros((len(codes), len(Counts._fields)), dtype=np.int64)
    if rows:
        np.add.at(sums, rows, np.array([thing.counts for thing in things]))
    return {pair: Counts(*sums[code].tolist()) for pair, code in codes.items()}


def _sorted(moves: Mapping[Pair, Counts]) -> list[Move]:
    found = [Move(*pair, counts) for pair, counts in moves.items()]
    return sorted(found, key=lambda move: (-sum(move.counts), str(move.from_id), str(move.to_id)))


def _areas(things: Sequence[Thing], index: AreaIndex, is_own: bool) -> list[UUID | None]:
    """The area of each thing in one layer. As in placing: by its address where that lies in any area."""
    first = _placed([thing.first for thing in things], index)
    second = _placed([thing.second for thing in things], index)
    return [(one if any(one) else other)[is_own] for one, other in zip(first, second, strict=True)]


def _placed(points: Sequence[tuple[float, float] | None], index: AreaIndex) -> list[Pair]:
    """(administrative area, the residents' own area) of each point."""
    known = [at for at, point in enumerate(points) if point is not None]
    found: list[Pair] = [(None, None)] * len(points)
    if not known:
        return found
    lonlat = np.array([points[at] for at in known], dtype=float)
    for at, placing in zip(known, index.place(lonlat), strict=True):
        area_id, _, own_id, _ = placing.ids
        found[at] = area_id, own_id
    return found
