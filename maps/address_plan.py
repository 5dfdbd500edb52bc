"""What a file of addresses would change: pure.

An address of the file is the one with the same number of the BAG, else the one with the same door (postcode or place,
street, number, letter, addition). Of two with that door the one in the list goes before one that was proposed, and that
before one that lapsed; an address that turned out to be another one is never found again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import numpy as np

from maps.address_file import AddressesInFile, AddressRecord, door_of
from maps.assign import Placing
from maps.kinds import LAPSED, LISTED, PROPOSED
from maps.projection import lonlat_to_rd

SAME_WITHIN_M = 1.0
ORDER = {LISTED: 0, PROPOSED: 1, LAPSED: 2}
TEXTS = ("street", "letter", "addition", "postcode", "place")


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """An address as it is now."""

    id: UUID
    bag_id: str | None
    status: str
    same_as: UUID | None
    street: str
    number: int
    letter: str
    addition: str
    postcode: str
    place: str
    lon: float
    lat: float
    households: int
    area_id: UUID | None
    gebied_id: UUID | None

    @property
    def area_ids(self) -> set[UUID]:
        return {area_id for area_id in (self.area_id, self.gebied_id) if area_id}


@dataclass(frozen=True, slots=True)
class AddressChange:
    """An address that is there, with the fields that become another, by column name."""

    known: KnownAddress
    record: AddressRecord
    fields: Mapping[str, Any]
    placing: Placing

    @property
    def moves(self) -> bool:
        return "lon" in self.fields


@dataclass(slots=True)
class AddressPlan:
    """What a file would change. `lapsed`: in the places of the file and not in it, when it is the whole list."""

    new: list[tuple[AddressRecord, Placing]] = field(default_factory=list)
    changed: list[AddressChange] = field(default_factory=list)
    unchanged: int = 0
    lapsed: Sequence[KnownAddress] = ()
    outside: list[AddressRecord] = field(default_factory=list)
    streets: Counter[tuple[str, str]] = field(default_factory=Counter)
    secondary: int = 0
    not_homes: int = 0

    @property
    def is_empty(self) -> bool:
        return not self.new and not self.changed and not self.lapsed

    @property
    def moved(self) -> list[AddressChange]:
        return [change for change in self.changed if change.moves]

    @property
    def total(self) -> int:
        return len(self.new) + len(self.changed) + self.unchanged

    @property
    def households(self) -> int:
        """The front doors behind the new addresses."""
        return sum(record.households or 1 for record, _ in self.new)


class _Doors:
    """Finds what is known by the number of the BAG, and by door. Each address is found once."""

    def __init__(self, known: Iterable[KnownAddress]) -> None:
        self._by_bag: dict[str, KnownAddress] = {}
        self._by_door: dict[tuple[str, tuple[str, int, str, str]], list[KnownAddress]] = {}
        self._found: set[UUID] = set()
        for one in sorted(known, key=lambda one: (ORDER.get(one.status, len(ORDER)), one.id)):
            if one.same_as is not None:
                continue
            if one.bag_id:
                self._by_bag[one.bag_id] = one
            door = door_of(one.street, one.number, one.letter, one.addition)
            for where in _wheres(one.postcode, one.place):
                self._by_door.setdefault((where, door), []).append(one)

    def by_bag(self, record: AddressRecord) -> KnownAddress | None:
        return self._take(self._by_bag.get(record.bag_id)) if record.bag_id else None

    def by_door(self, record: AddressRecord) -> KnownAddress | None:
        """One with this door; a number of the BAG that is another says that it is another address."""
        for where in _wheres(record.postcode, record.place):
            for one in self._by_door.get((where, record.door), ()):
                if one.id not in self._found and (not record.bag_id or not one.bag_id):
                    return self._take(one)
        return None

    def _take(self, one: KnownAddress | None) -> KnownAddress | None:
        if one is None or one.id in self._found:
            return None
        self._found.add(one.id)
        return one

    def was_found(self, one: KnownAddress) -> bool:
        return one.id in self._found


def plan_addresses(
    found: AddressesInFile, known: Sequence[KnownAddress], placings: Sequence[Placing], is_whole: bool
) -> AddressPlan:
    """What these addresses would change; `placings` says where each lies. `is_whole`: what is not there lapses."""
    doors = _Doors(known)
    matches = [doors.by_bag(record) for record in found.records]  # all of these first: they are the surest
    matches = [one or doors.by_door(record) for one, record in zip(matches, found.records, strict=True)]
    moved = _moved(found.records, matches)
    plan = AddressPlan(secondary=found.secondary, not_homes=found.not_homes)
    for record, one, placing, is_moved in zip(found.records, matches, placings, moved, strict=True):
        plan.streets[record.place, record.street] += 1
        if not any(placing.ids):
            plan.outside.append(record)
        if one is None:
            plan.new.append((record, placing))
        elif fields := _fields(one, record, placing, is_moved):
            plan.changed.append(AddressChange(one, record, fields, placing))
        else:
            plan.unchanged += 1
    if is_whole:
        places = {record.place.casefold() for record in found.records if record.place}
        plan.lapsed = [
            one for one in known if one.status == LISTED and one.place.casefold() in places and not doors.was_found(one)
        ]
    return plan


def _wheres(postcode: str, place: str) -> list[str]:
    return [where for where in (postcode, place.casefold()) if where]


def _moved(records: Sequence[AddressRecord], matches: Sequence[KnownAddress | None]) -> list[bool]:
    """Whether the address lies elsewhere by the file than it does now."""
    if not records:
        return []
    points = np.array([(record.lon, record.lat) for record in records])
    now = np.array([(one.lon, one.lat) if one else point for one, point in zip(matches, points.tolist(), strict=True)])
    distance_m = np.linalg.norm(lonlat_to_rd(points) - lonlat_to_rd(now), axis=1)
    moved: list[bool] = (distance_m >= SAME_WITHIN_M).tolist()
    return moved


def _fields(known: KnownAddress, record: AddressRecord, placing: Placing, is_moved: bool) -> dict[str, Any]:
    """What becomes another. What the file says nothing about stays as it is."""
    told: dict[str, Any] = {name: getattr(record, name) for name in TEXTS if getattr(record, name)}
    told |= {"number": record.number, "status": LISTED}
    if record.bag_id:
        told["bag_id"] = record.bag_id
    if record.households is not None:
        told["households"] = record.households
    fields = {name: value for name, value in told.items() if getattr(known, name) != value}
    if is_moved:
        area_id, _, gebied_id, _ = placing.ids
        fields |= {"lon": record.lon, "lat": record.lat, "area_id": area_id, "gebied_id": gebied_id}
    return fields
