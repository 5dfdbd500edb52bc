"""What a change of boundaries does to the counts: pure, everything placed by both and laid beside each other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

import numpy as np

from maps.assign import AreaIndex
from maps.kinds import OWN_AREA


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
    moves: dict[tuple[UUID | None, UUID | None], Counts] = defaultdict(Counts)
    totals: dict[UUID | None, list[Counts]] = defaultdict(lambda: [Counts(), Counts()])
    is_own = kind == OWN_AREA
    for thing, before, after in zip(things, _areas(things, now, is_own), _areas(things, then, is_own), strict=True):
        totals[before][0] = totals[before][0].plus(thing.counts)
        totals[after][1] = totals[after][1].plus(thing.counts)
        if before != after:
            moves[before, after] = moves[before, after].plus(thing.counts)
    concerned = {area_id for pair in moves for area_id in pair if area_id} | set(asked)
    changes = [Change(area_id, *totals[area_id]) for area_id in sorted(concerned, key=str)]
    return Effect(changes, _sorted(moves))


def _sorted(moves: Mapping[tuple[UUID | None, UUID | None], Counts]) -> list[Move]:
    found = [Move(*pair, counts) for pair, counts in moves.items()]
    return sorted(found, key=lambda move: (-sum(move.counts), str(move.from_id), str(move.to_id)))


def _areas(things: Sequence[Thing], index: AreaIndex, is_own: bool) -> list[UUID | None]:
    """The area of each thing in one layer. As in placing: by its address where that lies in any area."""
    first = _placed([thing.first for thing in things], index)
    second = _placed([thing.second for thing in things], index)
    return [(one if any(one) else other)[is_own] for one, other in zip(first, second, strict=True)]


def _placed(points: Sequence[tuple[float, float] | None], index: AreaIndex) -> list[tuple[UUID | None, UUID | None]]:
    """(administrative area, the residents' own area) of each point."""
    known = [at for at, point in enumerate(points) if point is not None]
    found: list[tuple[UUID | None, UUID | None]] = [(None, None)] * len(points)
    if not known:
        return found
    lonlat = np.array([points[at] for at in known], dtype=float)
    for at, placing in zip(known, index.place(lonlat), strict=True):
        area_id, _, own_id, _ = placing.ids
        found[at] = area_id, own_id
    return found
