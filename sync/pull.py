"""Pull: what a device may see, and what changed since its cursor.

Assumption: a row of the change log becomes visible when its transaction commits, and transactions do not commit in the
order in which they took their sequence number. A cursor on the number alone would skip the rows of a transaction that
commits late. So the log is read in the order (transaction, number), and only up to the oldest transaction that is still
running: nothing can appear before that any more. SQLite has one writer at a time, there the number alone is enough.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import mapping

from core.problems import CURSOR_GONE, Problem
from forms.models import FormVersion
from forms.queries import definition_of, lists_in_force, newest_versions
from maps.models import Address, Area
from maps.queries import addresses_by_id, addresses_in, areas_by_id, current_geometries, newest_population
from sync.cursor import decode_cursor, encode_cursor
from sync.models import Change, Round
from sync.queries import (
    areas_of_rounds,
    changes_after,
    forms_of_rounds,
    log_horizon,
    rounds_of_device,
)

ROUND, AREA, ADDRESS, FORM = "round", "area", "address", "form"
PAGE_SIZE = 1000
GRID_DEGREES = 1e-6


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a pull."""

    cursor: str
    complete: bool
    changes: list[dict[str, Any]]
    reset: bool = False
    koffer_key: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a device may see."""

    rounds: dict[UUID, Round]
    areas_of_round: dict[UUID, list[UUID]]
    forms_of_round: dict[UUID, list[str]]

    @property
    def area_ids(self) -> frozenset[UUID]:
        return frozenset(area_id for ids in self.areas_of_round.values() for area_id in ids)

    @property
    def form_ids(self) -> frozenset[str]:
        return frozenset(form_id for ids in self.forms_of_round.values() for form_id in ids)


def pull_page(device_id: UUID, cursor: str | None) -> Page:
    """Everything without a cursor, else the next page of changes. Raises CURSOR_GONE."""
    horizon, here = log_horizon()
    scope = scope_of(device_id)
    if cursor is None:
        return Page(encode_cursor(here), True, _everything(scope))
    position = decode_cursor(cursor)
    if position > here:  # from before the database was restored: what it says of the log is not true any more
        raise Problem(CURSOR_GONE)
    changes = changes_after(position, horizon, PAGE_SIZE)
    if changes:
        cursor = encode_cursor((changes[-1].xid, changes[-1].seq))
    return Page(cursor, len(changes) < PAGE_SIZE, _changed(scope, changes))


def scope_of(device_id: UUID) -> Scope:
    """What this device may see now."""
    rounds = {round_.id: round_ for round_ in rounds_of_device(device_id)}
    return Scope(rounds, areas_of_rounds(rounds), forms_of_rounds(rounds))


def _everything(scope: Scope) -> list[dict[str, Any]]:
    return [
        *_round_entities(scope, scope.rounds),
        *_area_entities(areas_by_id(scope.area_ids)),
        *_form_entities(newest_versions(scope.form_ids)),
        *_address_entities(addresses_in(scope.area_ids)),
    ]


def _changed(scope: Scope, changes: list[Change]) -> list[dict[str, Any]]:
    """The changed entities that the device may see, each once, as they are now."""
    ids = {
        entity: {change.entity_id for change in changes if change.entity == entity}
        for entity in (ROUND, AREA, ADDRESS, FORM)
    }
    addresses = addresses_by_id(_uuids(ids[ADDRESS]))
    return [
        *_round_entities(scope, _uuids(ids[ROUND]) & scope.rounds.keys()),
        *_area_entities(areas_by_id(_uuids(ids[AREA]) & scope.area_ids)),
        *_form_entities(newest_versions(ids[FORM] & scope.form_ids)),
        *_withdrawn_forms(ids[FORM] & scope.form_ids),
        *_address_entities([address for address in addresses if address.area_id in scope.area_ids]),
    ]


def _uuids(texts: Collection[str]) -> set[UUID]:
    return {UUID(text) for text in texts}


def _entity(entity: str, entity_id: object, data: dict[str, Any]) -> dict[str, Any]:
    return {"entity": entity, "id": str(entity_id), "deleted": False, "data": data}


def _round_entities(scope: Scope, round_ids: Collection[UUID]) -> list[dict[str, Any]]:
    return [
        _entity(
            ROUND,
            round_id,
            {
                "name": scope.rounds[round_id].name,
                "startsOn": scope.rounds[round_id].starts_on.isoformat(),
                "endsOn": scope.rounds[round_id].ends_on.isoformat(),
                "areaIds": [str(area_id) for area_id in scope.areas_of_round[round_id]],
                "forms": scope.forms_of_round[round_id],
            },
        )
        for round_id in round_ids
    ]


def _area_entities(areas: list[Area]) -> list[dict[str, Any]]:
    area_ids = [area.id for area in areas]
    geometries, populations = current_geometries(area_ids), newest_population(area_ids)
    return [
        _entity(
            AREA,
            area.id,
            {
                "name": area.name,
                "kind": area.kind,
                "inhabitants": populations[area.id].inhabitants if area.id in populations else None,
                "geometry": geojson(geometries[area.id]) if area.id in geometries else None,
            },
        )
        for area in areas
    ]


def geojson(geometry_wkb: bytes) -> dict[str, Any]:
    """The geometry as GeoJSON, to about 0.1 m."""
    geometry: dict[str, Any] = mapping(shapely.set_precision(shapely.from_wkb(geometry_wkb), GRID_DEGREES))
    return geometry


def _address_entities(addresses: list[Address]) -> list[dict[str, Any]]:
    return [
        _entity(
            ADDRESS,
            address.id,
            {
                "areaId": str(address.area_id),
                "street": address.street,
                "number": address.number,
                "letter": address.letter,
                "addition": address.addition,
                "postcode": address.postcode,
                "place": address.place,
                "lon": address.lon,
                "lat": address.lat,
            },
        )
        for address in addresses
    ]


def _form_entities(versions: list[FormVersion]) -> list[dict[str, Any]]:
    return [_entity(FORM, version.form_id, _form_data(version)) for version in versions]


def _withdrawn_forms(form_ids: Collection[str]) -> list[dict[str, Any]]:
    """Forms of which no version is in force any more."""
    in_force = {version.form_id for version in newest_versions(form_ids)}
    return [
        {"entity": FORM, "id": form_id, "deleted": True, "data": None}
        for form_id in form_ids
        if form_id not in in_force
    ]


def _form_data(version: FormVersion) -> dict[str, Any]:
    definition = definition_of(version)
    lists = lists_in_force(definition.lists.values())
    return {
        "version": version.version,
        "title": {"nl": definition.title, "en": definition.title},
        "hash": version.hash,
        "xform": version.xform,
        "lists": {name: row.content for name, row in lists.items()},
        "usesAddresses": definition.uses_addresses,
        "roles": [{"role": one.role, "path": one.path} for one in definition.questions if one.role],
    }
