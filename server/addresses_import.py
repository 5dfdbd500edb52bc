"""Importing addresses from CSV: a plan first, then all of it in one transaction, told to the phones."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from core.clock import new_id
from core.db import db
from core.problems import ADDRESSES_UNREADABLE, Problem
from maps.address_file import AddressesInFile, AddressRecord, read_addresses
from maps.address_plan import AddressPlan, KnownAddress, plan_addresses
from maps.assign import Placing
from maps.kinds import LAPSED, LISTED
from maps.queries import area_index
from server.desk.words import _
from server.importing.address_words import summary
from server.importing.queries import insert_addresses, known_addresses, lapse_addresses, update_addresses
from server.people.audit import record_change
from server.placing.place import place_again_later
from sync.pull import ADDRESS
from sync.queries import log_changes

Told = dict[UUID, list[UUID]]
"""The addresses to tell of, by the area whose phones hear it."""


def preview_addresses(path: Path, is_whole: bool = False) -> AddressPlan:
    """What the file would change. Writes nothing. Raises ADDRESSES_UNREADABLE with the faults of its rows."""
    found = _read(path, is_whole)
    return _plan(found, is_whole)


def import_addresses(path: Path, name: str, is_whole: bool = False) -> AddressPlan:
    """What changed. All of the file or nothing of it. Raises ADDRESSES_UNREADABLE."""
    return apply_addresses(path, name, is_whole)[0]


def apply_addresses(path: Path, name: str, is_whole: bool) -> tuple[AddressPlan, UUID | None]:
    """(what changed, the job that places everything again, if an address lies elsewhere); else as above."""
    found = _read(path, is_whole)
    plan = _plan(found, is_whole)
    placing_id = None
    if not plan.is_empty:
        told: Told = {}
        _add(plan, told)
        _change(plan, told)
        lapse_addresses([one.id for one in plan.lapsed], LAPSED)
        for one in plan.lapsed:
            _tell(told, one.id, one.area_ids)
        for area_id, address_ids in told.items():
            log_changes(ADDRESS, address_ids, area_id=area_id)
        record_change("adressen.importeren", f"{name}: {' '.join(summary(plan))}")
        placing_id = place_again_later(name) if plan.moved else None
    db.session.commit()
    return plan, placing_id


def _read(path: Path, is_whole: bool) -> AddressesInFile:
    found = read_addresses(path.read_bytes())
    if is_whole and not any(record.place for record in found.records):
        raise Problem(ADDRESSES_UNREADABLE, _("Zonder woonplaats is niet te zeggen welke adressen vervallen."))
    return found


def _plan(found: AddressesInFile, is_whole: bool) -> AddressPlan:
    known = [KnownAddress(*row) for row in known_addresses()]
    lonlat = np.array([(record.lon, record.lat) for record in found.records])
    return plan_addresses(found, known, area_index().place(lonlat), is_whole)


def _add(plan: AddressPlan, told: Told) -> None:
    rows = [_row(record, placing) for record, placing in plan.new]
    insert_addresses(rows)
    for row in rows:
        _tell(told, row["id"], [row["area_id"], row["gebied_id"]])


def _row(record: AddressRecord, placing: Placing) -> dict[str, Any]:
    area_id, _boundary, gebied_id, _gebied_boundary = placing.ids
    return {
        "id": new_id(),
        "bag_id": record.bag_id,
        "status": LISTED,
        "street": record.street,
        "number": record.number,
        "letter": record.letter,
        "addition": record.addition,
        "postcode": record.postcode,
        "place": record.place,
        "lon": record.lon,
        "lat": record.lat,
        "households": record.households or 1,
        "area_id": area_id,
        "gebied_id": gebied_id,
    }


def _change(plan: AddressPlan, told: Told) -> None:
    """Writes what changes, those with the same columns in one go."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for change in plan.changed:
        columns = tuple(sorted(change.fields))
        by_columns.setdefault(columns, []).append({"id": change.known.id, **change.fields})
        after = {change.fields.get("area_id"), change.fields.get("gebied_id")}
        _tell(told, change.known.id, change.known.area_ids | after)
    for rows in by_columns.values():
        update_addresses(rows)


def _tell(told: Told, address_id: UUID, area_ids: Iterable[UUID | None]) -> None:
    for area_id in area_ids:
        if area_id is not None:
            told.setdefault(area_id, []).append(address_id)
