"""A round as it is now: its doors, who goes to which, and what was done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from uuid import UUID

import numpy as np

from maps.divide import Walks
from maps.doors import Door, Pace, Walk
from maps.kinds import LISTED
from maps.models import Address
from maps.projection import lonlat_to_rd
from maps.queries import addresses_in, families
from maps.redivide import Manner
from server.rounds.edit import areas_of
from server.rounds.queries import given_doors, last_outcomes_of_round, members_of
from sync.models import Round, RoundMember

BY_STREET, EVENLY = "straat", "gelijk"
WAYS = (BY_STREET, EVENLY)
GO_AGAIN = frozenset({"niet_thuis", "later"})
"""Outcomes after which somebody has to come back: such a door is not done."""
DEFAULT_MINUTES = 10.0


@dataclass(frozen=True)
class Situation:
    """A round with its doors. `walks` has what was given to each person, `outcomes` the last visit at each door."""

    round: Round
    members: Sequence[RoundMember]
    addresses: Mapping[UUID, Address]
    doors: Mapping[UUID, Door]
    walks: Walks
    outcomes: Mapping[UUID, str]

    @property
    def staying(self) -> list[UUID]:
        return [member.id for member in self.members if member.left_on is None]

    @cached_property
    def done(self) -> frozenset[UUID]:
        """The doors where nobody has to go any more."""
        return frozenset(door_id for door_id, outcome in self.outcomes.items() if outcome not in GO_AGAIN)

    @property
    def is_divided(self) -> bool:
        return any(self.walks.values())

    @cached_property
    def nobodys(self) -> Walk:
        """The doors that are nobody's and still have to be visited."""
        given = {door.id for walk in self.walks.values() for door in walk}
        return tuple(door for door in self.doors.values() if door.id not in given and door.id not in self.done)

    @property
    def manner(self) -> Manner:
        return manner_of(self.round.division or EVENLY, self.round.door_minutes or DEFAULT_MINUTES)

    def member(self, member_id: UUID) -> RoundMember | None:
        return next((member for member in self.members if member.id == member_id), None)


def manner_of(way: str, minutes: float) -> Manner:
    return Manner(Pace(minutes=minutes), whole_streets=way == BY_STREET)


def situation_of(round_: Round) -> Situation:
    """The round as it is now."""
    family = families(areas_of(round_))
    area_ids = {area_id for members in family.values() for area_id in members}
    addresses = {address.id: address for address in addresses_in(area_ids) if address.status == LISTED}
    doors = doors_of(list(addresses.values()))
    members = members_of([round_.id])[round_.id]
    return Situation(
        round=round_,
        members=members,
        addresses=addresses,
        doors=doors,
        walks=_walks(round_.id, members, doors),
        outcomes=last_outcomes_of_round(round_.id, area_ids),
    )


def doors_of(addresses: Sequence[Address]) -> dict[UUID, Door]:
    """The addresses as doors to divide. A street that is in two places has the place in its name."""
    if not addresses:
        return {}
    places: dict[str, set[str]] = {}
    for address in addresses:
        places.setdefault(address.street, set()).add(address.place)
    points = lonlat_to_rd(np.array([(address.lon, address.lat) for address in addresses])).tolist()
    return {
        address.id: Door(
            id=address.id,
            street=address.street if len(places[address.street]) == 1 else f"{address.street} ({address.place})",
            number=address.number,
            suffix=f"{address.letter.upper():1}{address.addition.rjust(10) if address.addition else ''}",
            x_m=x_m,
            y_m=y_m,
            households=address.households,
        )
        for address, (x_m, y_m) in zip(addresses, points, strict=True)
    }


def fingerprint(walks: Walks) -> str:
    """Sixteen characters that are others as soon as anybody's walk is."""
    text = "|".join(f"{one}:{','.join(str(door.id) for door in walk)}" for one, walk in sorted(walks.items()))
    return sha256(text.encode()).hexdigest()[:16]


def _walks(round_id: UUID, members: Sequence[RoundMember], doors: Mapping[UUID, Door]) -> Walks:
    given: dict[UUID, list[Door]] = {member.id: [] for member in members}
    for member_id, address_id in given_doors(round_id):
        if address_id in doors:
            given[member_id].append(doors[address_id])
    return {member_id: tuple(walk) for member_id, walk in given.items()}
