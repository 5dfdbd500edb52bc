"""The job that places everything again: addresses by their point, observations by their address, else their position.

It only makes what can be made again, so it may be lost or run twice; each batch is a transaction of its own.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import Row

from core.db import db
from core.jobs import enqueue_after_commit
from core.progress import Progress, begin_progress
from maps.assign import NO_AREAS, AreaIds
from maps.models import Address
from maps.queries import area_index
from maps.tiles import cell_of
from server.placing.queries import addresses_after, count_all, move_observations, observations_after, unfinished
from sync.models import BY_ADDRESS, BY_POSITION
from sync.place import areas_of_address
from sync.pull import ADDRESS
from sync.queries import log_changes

JOB = "gebieden.plaatsen"
BATCH = 2000

Place = tuple[AreaIds, bool, str | None, int | None]


def place_again_later(subject: str) -> UUID:
    """The id of the job that will place everything again once this transaction is committed; `subject` says why."""
    progress = begin_progress(JOB, subject)
    enqueue_after_commit(place_again, progress.id)
    return progress.id


def place_what_was_left() -> None:
    """Does what a job was lost for, when the server stopped halfway; to be called while no job runs."""
    for progress in unfinished(JOB):
        place_again(progress.id)


def place_again(progress_id: UUID) -> None:
    """Places everything by the boundaries in force."""
    progress = db.session.get(Progress, progress_id)
    if progress is None or progress.is_over:
        return
    progress.advance(0, count_all())
    done = _place_addresses(progress)
    _place_observations(progress, done)
    progress.end()


def _place_addresses(progress: Progress) -> int:
    done, last_id = 0, None
    while addresses := addresses_after(last_id, BATCH):
        placings = area_index().place(np.array([(one.lon, one.lat) for one in addresses]))
        for address, placing in zip(addresses, placings, strict=True):
            area_id, _, gebied_id, _ = placing.ids
            _move_address(address, area_id, gebied_id)
        done, last_id = done + len(addresses), addresses[-1].id
        progress.advance(done)
    return done


def _move_address(address: Address, area_id: UUID | None, gebied_id: UUID | None) -> None:
    before = {address.area_id, address.gebied_id}
    if (address.area_id, address.gebied_id) == (area_id, gebied_id):
        return
    address.area_id, address.gebied_id = area_id, gebied_id
    for concerned in (before | {area_id, gebied_id}) - {None}:
        log_changes(ADDRESS, [address.id], area_id=concerned)


def _place_observations(progress: Progress, done: int) -> None:
    last_id = None
    while rows := observations_after(last_id, BATCH):
        moved = [_moved(row, place) for row, place in zip(rows, _places(rows), strict=True) if _before(row) != place]
        if moved:
            move_observations(moved)
        done, last_id = done + len(rows), rows[-1].id
        progress.advance(done)


def _places(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Place]:
    """Where each of these observations lies now."""
    index = area_index()
    number = float("nan")
    lonlat = np.array(
        [(number if row.lon is None else row.lon, number if row.lat is None else row.lat) for row in rows]
    )
    accuracy_m = np.array([number if row.accuracy_m is None else row.accuracy_m for row in rows])
    has_place = np.isfinite(lonlat).all(axis=1)
    placings = iter(index.place(lonlat[has_place], accuracy_m[has_place]))
    found: list[Place] = []
    for row, placed in zip(rows, has_place.tolist(), strict=True):
        placing = next(placings) if placed else None
        address: Address | None = row.Address
        cell = _cell(row)
        if address is not None and (address.area_id or address.gebied_id):
            found.append((areas_of_address(address, index), False, BY_ADDRESS, cell))
        elif placing is not None:
            found.append((placing.ids, placing.is_uncertain, BY_POSITION if any(placing.ids) else None, cell))
        else:
            found.append((NO_AREAS, False, None, cell))
    return found


def _before(row: Row[*tuple[Any, ...]]) -> Place:
    areas = (row.area_id, row.boundary_id, row.gebied_id, row.gebied_boundary_id)
    return areas, row.area_is_uncertain, row.area_source, row.map_cell


def _cell(row: Row[*tuple[Any, ...]]) -> int | None:
    """Where it lies on the map now, if it counts there: its address may have another point."""
    if row.map_cell is None:
        return None
    return cell_of(row.lon, row.lat) if row.lon is not None else cell_of(row.Address.lon, row.Address.lat)


def _moved(row: Row[*tuple[Any, ...]], place: Place) -> dict[str, Any]:
    (area_id, boundary_id, gebied_id, gebied_boundary_id), is_uncertain, source, cell = place
    return {
        "id": row.id,
        "area_id": area_id,
        "boundary_id": boundary_id,
        "gebied_id": gebied_id,
        "gebied_boundary_id": gebied_boundary_id,
        "area_is_uncertain": is_uncertain,
        "area_source": source,
        "map_cell": cell,
    }
