"""What a device may see: its rounds, their areas and forms, and the doors that it is to visit."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from uuid import UUID

from maps.kinds import LAPSED
from maps.models import Address
from maps.queries import areas_by_id, families
from sync.models import Round
from sync.queries import areas_of_rounds, doors_of_device, forms_of_rounds, rounds_of_device


@dataclass(frozen=True)
class Scope:
    """What a device may see now. `koffer_key` is part of it, so that a new key reaches every phone.

    `doors_of_round` has the rounds that were divided over people, with what this device is to visit, in walking order;
    of such a round it sees no other address. `area_ids` are the areas of its rounds and all below them.
    """

    device_id: UUID
    koffer_key: str
    rounds: dict[UUID, Round]
    areas_of_round: dict[UUID, list[UUID]]
    forms_of_round: dict[UUID, list[str]]
    doors_of_round: dict[UUID, list[UUID]]
    family: dict[UUID, frozenset[UUID]]

    @cached_property
    def area_ids(self) -> frozenset[UUID]:
        return self._below(area_id for ids in self.areas_of_round.values() for area_id in ids)

    @cached_property
    def open_area_ids(self) -> frozenset[UUID]:
        """The areas of which it sees every address: those of its rounds that nobody divided."""
        undivided = [ids for round_id, ids in self.areas_of_round.items() if round_id not in self.doors_of_round]
        return self._below(area_id for ids in undivided for area_id in ids)

    @cached_property
    def door_ids(self) -> frozenset[UUID]:
        """The addresses that were given to this device."""
        return frozenset(address_id for ids in self.doors_of_round.values() for address_id in ids)

    @property
    def form_ids(self) -> frozenset[str]:
        return frozenset(form_id for ids in self.forms_of_round.values() for form_id in ids)

    def sees(self, address: Address) -> bool:
        """Whether somebody with this device may be sent to this address."""
        is_open = not self.open_area_ids.isdisjoint({address.area_id, address.gebied_id})
        return address.status != LAPSED and (is_open or address.id in self.door_ids)

    def area_of(self, address: Address) -> UUID | None:
        """The area of a round that this address lies in: it, or an area below it, is the address's own."""
        own = {address.area_id, address.gebied_id}
        areas = (area_id for ids in self.areas_of_round.values() for area_id in ids)
        in_round = (area_id for area_id in areas if not self.family[area_id].isdisjoint(own))
        return min(in_round, default=address.area_id or address.gebied_id)

    @property
    def digest(self) -> str:
        """Eight characters that are others as soon as this device may see more or less."""
        parts = (self.rounds, self.area_ids, self.form_ids, self.open_area_ids)
        doors = [f"{round_id}:{','.join(map(str, ids))}" for round_id, ids in sorted(self.doors_of_round.items())]
        text = "|".join([self.koffer_key, *(",".join(sorted(map(str, part))) for part in parts), *doors])
        return sha256(text.encode()).hexdigest()[:8]

    def _below(self, area_ids: Iterable[UUID]) -> frozenset[UUID]:
        return frozenset().union(*(self.family[area_id] for area_id in area_ids))


def scope_of(device_id: UUID, koffer_key: str) -> Scope:
    """What this device may see."""
    rounds = {round_.id: round_ for round_ in rounds_of_device(device_id)}
    areas = areas_of_rounds(rounds)
    family = families(areas_by_id({area_id for ids in areas.values() for area_id in ids}))
    doors = doors_of_device(device_id, rounds)
    return Scope(device_id, koffer_key, rounds, areas, forms_of_rounds(rounds), doors, dict(family))
