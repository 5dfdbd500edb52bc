"""Changing who visits which doors while people are on their way: somebody stops, joins late, or doors come in. Pure.

What was done stays with whoever did it, and nobody loses a door to another but for a reason they can see: theirs go to
others when they stop, and some go to who joins late. What people keep, they keep in the order they know; what they get
is put in where it is least out of the way.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from maps.divide import Walks
from maps.doors import Door, Pace, Walk, by_street, distance_m, walking_order

ROOM = 0.1
"""A street may bring somebody this part above the level that would be even, before it is cut."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How doors are given out: at which pace, and whether streets are kept whole whatever it does to evenness."""

    pace: Pace = field(default_factory=Pace)
    whole_streets: bool = False


@dataclass(frozen=True, slots=True)
class Handed:
    """Who visits which doors now, and which nobody does, because there is nobody to give them to."""

    walks: Walks
    nobodys: Walk = ()


def redistribute(
    walks: Mapping[UUID, Walk], leaver: UUID, done: AbstractSet[UUID], receivers: Sequence[UUID], manner: Manner
) -> Handed:
    """The doors of who stops that are not done (ids in `done`), with those who stay. Nobody else's doors move."""
    left = [door for door in walks[leaver] if door.id not in done]
    kept = tuple(door for door in walks[leaver] if door.id in done)
    return hand_out({**walks, leaver: kept}, left, done, [one for one in receivers if one != leaver], manner)


def hand_out(
    walks: Mapping[UUID, Walk],
    doors: Collection[Door],
    done: AbstractSet[UUID],
    receivers: Sequence[UUID],
    manner: Manner,
) -> Handed:
    """These doors, new or given up, with the receivers: as even as it can be in what is still to do, and near."""
    if not receivers or not doors:
        return Handed(dict(walks), walking_order(doors))
    hands = [_Hand(walks.get(one, ()), done, manner.pace) for one in receivers]
    pieces = [list(walking_order(street)) for street in by_street(doors).values()]
    level = _level([hand.load for hand in hands], sum(map(manner.pace.effort_min, pieces)))
    pieces.sort(key=manner.pace.effort_min)
    while pieces:
        piece = pieces.pop()
        rest = _give(piece, hands, level, manner)
        if rest:
            pieces.append(rest)
            pieces.sort(key=manner.pace.effort_min)
    return Handed({**walks, **{one: tuple(hand.walk) for one, hand in zip(receivers, hands, strict=True)}})


def take_in(
    walks: Mapping[UUID, Walk], newcomer: UUID, done: AbstractSet[UUID], givers: Sequence[UUID], manner: Manner
) -> Walks:
    """The newcomer with an even share of what is still to do, taken from the ends of the others' walks."""
    new = dict(walks)
    givers = [one for one in givers if one != newcomer]
    loads = {one: _load(new.get(one, ()), done, manner.pace) for one in [newcomer, *givers]}
    share = sum(loads.values()) / len(loads)
    own = list(new.get(newcomer, ()))
    for giver in sorted(givers, key=lambda one: -loads[one]):
        spare = min(loads[giver] - share, share - _load(own, done, manner.pace))
        piece = _end_of([door for door in new[giver] if door.id not in done], own, spare, manner)
        taken = {door.id for door in piece}
        new[giver] = tuple(door for door in new[giver] if door.id not in taken)
        own += piece
    first = tuple(door for door in own if door.id in done)
    new[newcomer] = first + walking_order(door for door in own if door.id not in done)
    return new


class _Hand:
    """Somebody who receives doors."""

    def __init__(self, walk: Walk, done: AbstractSet[UUID], pace: Pace) -> None:
        self.walk = list(walk)
        self._done = done
        self._pace = pace
        self.load = _load(walk, done, pace)

    @property
    def ahead(self) -> list[Door]:
        return [door for door in self.walk if door.id not in self._done]

    def minutes_to(self, piece: Sequence[Door]) -> float:
        """The way from what they have to the nearest end of the piece; 0 for who has nothing."""
        mine = self.ahead or self.walk
        if not mine:
            return 0.0
        ends = np.array([piece[0].point, piece[-1].point])
        own = np.array([door.point for door in mine])
        metres = np.hypot(own[:, None, 0] - ends[None, :, 0], own[:, None, 1] - ends[None, :, 1])
        return float(metres.min()) / self._pace.metres_per_minute

    def take(self, piece: Sequence[Door]) -> None:
        """Puts the piece into the walk where it costs the fewest metres, in the direction that does."""
        way, place = min(
            (self._cheapest(way) for way in (list(piece), list(piece[::-1]))), key=lambda one: (one[0], one[2])
        )[1:]
        self.walk[place:place] = way
        self.load += self._pace.effort_min(piece)

    def _cheapest(self, way: list[Door]) -> tuple[float, list[Door], int]:
        """(metres more, the way itself, its place); never before what is done: beside what is ahead, or at the end."""
        count = len(self.walk)
        points = np.array([door.point for door in self.walk]).reshape(-1, 2)
        to_first, from_last = (np.hypot(*(points - door.point).T) for door in (way[0], way[-1]))
        nothing = np.zeros(1)
        metres = np.concatenate([nothing, to_first]) + np.concatenate([from_last, nothing])
        metres[1:count] -= np.hypot(*np.diff(points, axis=0).T)
        is_done = [door.id in self._done for door in self.walk]
        metres[:count][is_done] = np.inf
        place = int(np.argmin(metres))
        return float(metres[place]), way, place


def _give(piece: list[Door], hands: Sequence[_Hand], level: float, manner: Manner) -> list[Door]:
    """Gives the piece, or a part of it, to the hand that suits best; returns what is left of it."""
    effort = manner.pace.effort_min(piece)
    room = level * ROOM
    fitting = [hand for hand in hands if hand.load + effort <= level + room]
    if fitting:
        min(fitting, key=lambda hand: hand.minutes_to(piece)).take(piece)
        return []
    least = min(hand.load for hand in hands)
    empty = [hand for hand in hands if hand.load <= max(min(least + room, level), least)]
    emptiest = min(empty, key=lambda hand: hand.minutes_to(piece))
    if manner.whole_streets:
        emptiest.take(piece)
        return []
    count = max(_fitting(piece, level - emptiest.load, manner.pace), 1)
    starts = emptiest.minutes_to(piece[:1]) <= emptiest.minutes_to(piece[-1:])
    part, rest = (piece[:count], piece[count:]) if starts else (piece[-count:], piece[:-count])
    emptiest.take(part)
    return rest


def _end_of(ahead: list[Door], own: Sequence[Door], minutes: float, manner: Manner) -> list[Door]:
    """The doors at one end of a walk that take about so long; with a street whole where that is about as much."""
    if minutes <= 0 or not ahead:
        return []
    back = ahead[::-1]
    if own and _gap_m(ahead[0], own) < _gap_m(ahead[-1], own):
        back = ahead
    count = _fitting(back, minutes, manner.pace)
    borders = [place for place in range(1, len(back)) if back[place - 1].street != back[place].street]
    near = [place for place in borders if manner.whole_streets or abs(place - count) <= max(count * 2 * ROOM, 1)]
    if near:
        count = min(near, key=lambda place: abs(place - count))
    elif manner.whole_streets:
        count = 0
    return back[:count]


def _fitting(piece: Sequence[Door], minutes: float, pace: Pace) -> int:
    """How many doors from the beginning of the piece take no longer than this."""
    spent = 0.0
    for count, door in enumerate(piece):
        spent += pace.at_door(door) + (pace.between(piece[count - 1], door) if count else 0.0)
        if spent > minutes:
            return count
    return len(piece)


def _load(walk: Sequence[Door], done: AbstractSet[UUID], pace: Pace) -> float:
    """Minutes of what is still to do."""
    return pace.effort_min([door for door in walk if door.id not in done])


def _level(loads: Sequence[float], more: float) -> float:
    """How full everybody may be so that `more` minutes just fit: as water finds its level over a floor of loads."""
    floor = sorted(loads)
    for count in range(1, len(floor) + 1):
        level = (sum(floor[:count]) + more) / count
        if count == len(floor) or level <= floor[count]:
            return level
    raise AssertionError("there is somebody to receive")


def _gap_m(door: Door, own: Sequence[Door]) -> float:
    return min(distance_m(door, other) for other in own)


def give_street(
    walks: Mapping[UUID, Walk], street: str, giver: UUID, receiver: UUID, done: AbstractSet[UUID], manner: Manner
) -> Walks:
    """What is still to do of one street with somebody else, where it is least out of their way."""
    piece = [door for door in walks[giver] if door.street == street and door.id not in done]
    if not piece or giver == receiver:
        return dict(walks)
    given = {door.id for door in piece}
    hand = _Hand(walks.get(receiver, ()), done, manner.pace)
    hand.take(walking_order(piece))
    rest = tuple(door for door in walks[giver] if door.id not in given)
    return {**walks, giver: rest, receiver: tuple(hand.walk)}
