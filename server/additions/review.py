"""What the desk decides about a door that was added in the field: in the list, the same as another one, or none.

What was recorded there is never lost. When the door turns out to be another one it goes along, and what phones send
later for it finds its way too: `same_as` leads there (sync/lookups.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import shapely
from flask import current_app

from core.db import db
from core.problems import ADDRESS_IN_LIST, INPUT_INVALID, PAGE_EXPIRED, Fault, Problem
from forms.answers import parse_instance
from maps.address_file import door_of
from maps.kinds import LAPSED, LISTED
from maps.models import Address
from maps.queries import area_index, current_geometries, find_address
from server.additions.queries import (
    follow_on,
    listed_with_number,
    move_duties,
    move_visits,
    observations_at,
    proposal_to_change,
)
from server.desk.words import _
from server.people.audit import record_change
from sync.apply import tell_owner
from sync.interpret import derive, interpret
from sync.lookups import Lookups
from sync.models import APPLIED, WITHDRAWN
from sync.pull import ADDRESS
from sync.queries import log_changes, observations_to_change

AT_ADDRESS, IN_AREA = "adres", "gebied"


@dataclass(frozen=True, slots=True)
class Details:
    """What somebody made of a door. `where`: "" for where the phone was, else "adres:<id>" or "gebied:<id>"."""

    street: str
    number: int
    letter: str
    addition: str
    postcode: str
    place: str
    households: int
    where: str = ""


def accept_address(address_id: UUID, details: Details) -> Address:
    """The door, in the list from now on. Raises ADDRESS_IN_LIST when the list has it already."""
    address = _proposal(address_id)
    _refuse_double(details)
    before = _areas(address)
    address.lon, address.lat = _position(address, details.where)
    area_id, _boundary, gebied_id, _gebied_boundary = area_index().place_one(address.lon, address.lat).ids
    address.area_id, address.gebied_id, address.status = area_id, gebied_id, LISTED
    address.street, address.number, address.letter = details.street, details.number, details.letter
    address.addition, address.postcode, address.place = details.addition, details.postcode, details.place
    address.households = details.households
    db.session.flush()
    _place_again(observations_at(address.id))
    record_change("adres.opnemen", f"{address.label}, {address.place}")
    _tell(address, before | _areas(address))
    db.session.commit()
    return address


def merge_address(address_id: UUID, into_id: UUID | None) -> Address:
    """The address in the list that the door turned out to be: everything recorded at the door is there from now on."""
    address = _proposal(address_id)
    into = find_address(into_id) if into_id else None
    if into is None or into.status != LISTED:
        raise Problem(INPUT_INVALID, faults=[Fault("/zelfde", _("Kies een adres uit de lijst."))])
    address.status, address.same_as = LAPSED, into.id
    follow_on(address.id, into.id)
    moved = observations_at(address.id)
    move_visits(address.id, into.id)
    move_duties(address.id, into.id)
    db.session.flush()
    _place_again(moved)
    record_change("adres.samenvoegen", f"{address.label} is {into.label}, {into.place}")
    _tell(address, _areas(address) | _areas(into))
    _tell(into, _areas(into))
    db.session.commit()
    return into


def refuse_address(address_id: UUID, reason: str) -> Address:
    """The door, which nobody is sent to any more; what was recorded there stays and counts for its area."""
    address = _proposal(address_id)
    address.status = LAPSED
    record_change("adres.weigeren", f"{address.label}, {address.place}: {reason}")
    _tell(address, _areas(address))
    db.session.commit()
    return address


def _proposal(address_id: UUID) -> Address:
    found = proposal_to_change(address_id)
    if found is None:
        raise Problem(PAGE_EXPIRED, _("Over dit adres is al besloten."))
    return found


def _refuse_double(details: Details) -> None:
    door = door_of(details.street, details.number, details.letter, details.addition)
    for one in listed_with_number(details.number, details.postcode, details.place):
        if door_of(one.street, one.number, one.letter, one.addition) == door:
            raise Problem(ADDRESS_IN_LIST, f"{one.label}, {one.place}")


def _position(address: Address, where: str) -> tuple[float, float]:
    """Where the door is: as the phone said, at another address, or somewhere inside an area."""
    sort, _colon, text = where.partition(":")
    if not sort:
        return address.lon, address.lat
    try:
        chosen = UUID(text)
    except ValueError:
        chosen = None
    other = find_address(chosen) if chosen and sort == AT_ADDRESS else None
    if other is not None:
        return other.lon, other.lat
    geometry_wkb = current_geometries([chosen]).get(chosen) if chosen and sort == IN_AREA else None
    if geometry_wkb is None:
        raise Problem(INPUT_INVALID, faults=[Fault("/plek", _("Kies een plek uit de lijst."))])
    point = shapely.point_on_surface(shapely.from_wkb(geometry_wkb))
    return point.x, point.y


def _place_again(observation_ids: Iterable[UUID]) -> None:
    """Reads these observations anew, so that their place and all that follows from it is as the address is now."""
    process, lookups = current_app.extensions["rondgang_process"], Lookups()
    for observation in observations_to_change(sorted(observation_ids)).values():
        if observation.status == WITHDRAWN:
            address = lookups.address(observation.address_id)
            observation.address_id = address.id if address else None
            continue
        instance = parse_instance(observation.instance_xml)
        facts = interpret(observation, instance, lookups, accepted=observation.status == APPLIED)
        derive(observation, facts, process, lookups)
        tell_owner(observation)
    db.session.flush()


def _areas(address: Address) -> set[UUID]:
    return {area_id for area_id in (address.area_id, address.gebied_id) if area_id}


def _tell(address: Address, area_ids: Iterable[UUID]) -> None:
    for area_id in area_ids:
        log_changes(ADDRESS, [address.id], area_id=area_id)
    if address.proposed_by:
        log_changes(ADDRESS, [address.id], device_id=address.proposed_by)
