"""What each person of a round has to do, for tables, lists and maps."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from string import ascii_uppercase
from uuid import UUID

from maps.divide import Walks
from maps.doors import Door, Pace, Walk, length_m
from server.rounds.situation import Situation
from sync.models import RoundMember

COLOURS = 8


@dataclass(frozen=True, slots=True)
class Share:
    """The doors of one person. `mark` is the letter on the map; `minutes` and `metres` are of what is still to do."""

    member: RoundMember
    mark: str
    colour: int
    walk: Walk
    streets: Sequence[tuple[str, int]]
    done: int
    visited: int
    minutes: float
    metres: float
    gained: int = 0
    lost: int = 0

    @property
    def to_do(self) -> int:
        return len(self.walk) - self.done


def marks_of(members: Sequence[RoundMember]) -> dict[UUID, tuple[str, int]]:
    """(letters, number of a colour) by person: A to Z, then AA."""
    return {member.id: (_letters(number), number % COLOURS) for number, member in enumerate(members)}


def shares_of(situation: Situation, walks: Walks | None = None, pace: Pace | None = None) -> list[Share]:
    """What everybody has, or would have with these walks; who stopped only where there is something to tell."""
    new = situation.walks if walks is None else walks
    marks = marks_of(situation.members)
    shares = []
    for member in situation.members:
        walk, before = new.get(member.id, ()), situation.walks.get(member.id, ())
        if member.left_on is not None and not walk and not before:
            continue
        shares.append(_share(member, marks[member.id], walk, before, situation, pace or situation.manner.pace))
    return shares


def streets_of(walk: Sequence[Door], done: AbstractSet[UUID]) -> list[tuple[str, int]]:
    """(street, how many doors of it still to do), in walking order."""
    counts: dict[str, int] = {}
    for door in walk:
        counts[door.street] = counts.get(door.street, 0) + (door.id not in done)
    return list(counts.items())


def stretches_of(walk: Walk) -> list[tuple[str, list[Door]]]:
    """The walk as (street, the doors there), in walking order; a street that one comes back to is there twice."""
    return [(street, list(doors)) for street, doors in groupby(walk, key=lambda door: door.street)]


def owners_of(walks: Mapping[UUID, Walk]) -> dict[UUID, UUID]:
    """Whose each door is."""
    return {door.id: member_id for member_id, walk in walks.items() for door in walk}


def _share(
    member: RoundMember, mark: tuple[str, int], walk: Walk, before: Walk, situation: Situation, pace: Pace
) -> Share:
    ahead = [door for door in walk if door.id not in situation.done]
    now, earlier = ({door.id for door in one} for one in (walk, before))
    return Share(
        member=member,
        mark=mark[0],
        colour=mark[1],
        walk=walk,
        streets=streets_of(walk, situation.done),
        done=len(walk) - len(ahead),
        visited=sum(door.id in situation.outcomes for door in walk),
        minutes=pace.effort_min(ahead),
        metres=length_m(ahead),
        gained=len(now - earlier),
        lost=len(earlier - now),
    )


def _letters(number: int) -> str:
    text = ascii_uppercase[number % 26]
    return text if number < 26 else _letters(number // 26 - 1) + text
