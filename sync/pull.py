"""Pull: what a device may see, and what changed since its cursor.

Assumption: a row of the change log becomes visible when its transaction commits, and transactions do not commit in the
order in which they took their sequence number. A cursor on the number alone would skip the rows of a transaction that
commits late. So the log is read in the order (transaction, number), and only up to the oldest transaction that is still
running: nothing can appear before that any more. SQLite has one writer at a time, there the number alone is enough.

The cursor also tells what the device could see when it was made. When that is not what it may see now, whatever the
reason, it gets everything anew: so nothing has to be remembered of who lost or gained sight of what.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import mapping

from core.clock import now_utc
from core.problems import CURSOR_GONE, Problem, details
from forms.models import FormVersion
from forms.queries import definition_of, lists_in_force, newest_versions
from maps.models import Address, Area, MapPack, Route
from maps.queries import (
    addresses_by_id,
    addresses_in,
    areas_by_id,
    current_geometries,
    newest_packs,
    newest_population,
    routes_in,
    stops_of_routes,
)
from sync.cursor import Cursor, decode_cursor, encode_cursor
from sync.models import APPLIED, CONFLICT, Change, Observation
from sync.queries import (
    changes_after,
    forget_changes,
    log_end,
    log_horizon,
    log_state,
    observations_brought_by,
    photos_missing_by_observation,
)
from sync.question_queries import Conversation, conversations
from sync.scope import Scope, scope_of

ROUND, AREA, ADDRESS, FORM, OBSERVATION = "round", "area", "address", "form", "observation"
ROUTE, MAP = "route", "map"
PAGE_SIZE = 1000
KEEP_CHANGES = timedelta(days=90)
GRID_DEGREES = 1e-6


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to a pull. `reset`: it is all there is. `koffer_key` comes with such a page only."""

    cursor: str
    complete: bool
    changes: list[dict[str, Any]]
    reset: bool = False
    koffer_key: str | None = None


def pull_page(device_id: UUID, text: str | None, koffer_key: str) -> Page:
    """Everything without a cursor or when the scope changed, else the next page of changes. Raises CURSOR_GONE."""
    log = log_state()
    end = log_end(log_horizon())
    scope = scope_of(device_id, koffer_key)
    cursor = decode_cursor(text) if text is not None else None
    if cursor is not None and (cursor.epoch != log.epoch or not log.floor <= cursor.position <= max(end, log.floor)):
        raise Problem(CURSOR_GONE)
    if cursor is None or cursor.scope != scope.digest:
        here = encode_cursor(Cursor(log.epoch, end, scope.digest))
        return Page(here, True, _everything(scope), reset=True, koffer_key=koffer_key)
    changes = changes_after(cursor.position, end, scope, PAGE_SIZE)
    is_last = len(changes) < PAGE_SIZE
    position = end if is_last else (changes[-1].xid, changes[-1].seq)
    return Page(encode_cursor(Cursor(log.epoch, position, scope.digest)), is_last, _changed(scope, changes))


def tidy_log() -> int:
    """Forgets old changes; returns how many. A phone with a cursor that is older pulls afresh."""
    return forget_changes(now_utc() - KEEP_CHANGES, log_horizon())


def begin_new_log() -> None:
    """Makes every cursor that phones hold worthless: after a backup was put back, they tell of what is not so."""
    log_state().epoch = token_hex(4)


def _everything(scope: Scope) -> list[dict[str, Any]]:
    return [
        *_round_entities(scope, scope.rounds),
        *_area_entities(areas_by_id(scope.area_ids)),
        *_form_entities(newest_versions(scope.form_ids)),
        *_address_entities(scope, _addresses_of(scope)),
        *_route_entities(routes_in(scope.area_ids)),
        *_map_entities(newest_packs(scope.area_ids)),
        *_observation_entities(observations_brought_by(scope.device_id)),
    ]


def _changed(scope: Scope, changes: list[Change]) -> list[dict[str, Any]]:
    """The changed entities, each once, as they are now; what this device may not see any more is told as deleted."""
    ids = {
        entity: {change.entity_id for change in changes if change.entity == entity}
        for entity in (ROUND, AREA, ADDRESS, FORM, OBSERVATION, ROUTE, MAP)
    }
    addresses = [one for one in addresses_by_id(_uuids(ids[ADDRESS])) if scope.sees(one)]
    packs = newest_packs(_uuids(ids[MAP]) & scope.area_ids)
    routes = [one for one in routes_in(scope.area_ids) if str(one.id) in ids[ROUTE]] if ids[ROUTE] else []
    return [
        *_round_entities(scope, _uuids(ids[ROUND]) & scope.rounds.keys()),
        *_area_entities(areas_by_id(_uuids(ids[AREA]) & scope.area_ids)),
        *_form_entities(newest_versions(ids[FORM] & scope.form_ids)),
        *_withdrawn_forms(ids[FORM] & scope.form_ids),
        *_address_entities(scope, addresses),
        *_gone(ADDRESS, ids[ADDRESS] - {str(address.id) for address in addresses}),
        *_route_entities(routes),
        *_gone(ROUTE, ids[ROUTE] - {str(route.id) for route in routes}),
        *_map_entities(packs),
        *_gone(MAP, ids[MAP] - {str(area_id) for area_id in packs}),
        *_observation_entities(observations_brought_by(scope.device_id, _uuids(ids[OBSERVATION]))),
    ]


def _addresses_of(scope: Scope) -> list[Address]:
    """Every address that this device sees, once."""
    doors = [one for one in addresses_by_id(scope.door_ids) if scope.sees(one)]
    there = {one.id: one for one in [*addresses_in(scope.open_area_ids), *doors]}
    return list(there.values())


def _gone(entity: str, entity_ids: Collection[str]) -> list[dict[str, Any]]:
    return [{"entity": entity, "id": entity_id, "deleted": True, "data": None} for entity_id in sorted(entity_ids)]


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
                "addressIds": _walk_through(scope, round_id),
            },
        )
        for round_id in round_ids
    ]


def _walk_through(scope: Scope, round_id: UUID) -> list[str] | None:
    """The doors that this device is to visit, in walking order; None when nobody divided them."""
    doors = scope.doors_of_round.get(round_id)
    return None if doors is None else [str(address_id) for address_id in doors]


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


def _address_entities(scope: Scope, addresses: list[Address]) -> list[dict[str, Any]]:
    return [
        _entity(
            ADDRESS,
            address.id,
            {
                "areaId": str(scope.area_of(address)),
                "street": address.street,
                "number": address.number,
                "letter": address.letter,
                "addition": address.addition,
                "postcode": address.postcode,
                "place": address.place,
                "lon": address.lon,
                "lat": address.lat,
                "households": address.households,
            },
        )
        for address in addresses
    ]


def _route_entities(routes: list[Route]) -> list[dict[str, Any]]:
    stops = stops_of_routes([route.id for route in routes])
    return [
        _entity(
            ROUTE,
            route.id,
            {
                "areaId": str(route.area_id),
                "name": route.name,
                "kind": route.kind,
                "form": route.form_id,
                "line": geojson(route.line_wkb) if route.line_wkb else None,
                "stops": [
                    {
                        "id": str(stop.id),
                        "number": stop.number,
                        "name": stop.name,
                        "lon": stop.lon,
                        "lat": stop.lat,
                        "measureM": stop.measure_m,
                        "square": geojson(stop.square_wkb) if stop.square_wkb else None,
                    }
                    for stop in stops[route.id]
                ],
            },
        )
        for route in routes
    ]


def _map_entities(packs: Mapping[UUID, MapPack]) -> list[dict[str, Any]]:
    return [
        _entity(
            MAP,
            area_id,
            {
                "sha256": pack.sha256,
                "size": pack.size,
                "minZoom": pack.min_zoom,
                "maxZoom": pack.max_zoom,
                "attribution": pack.attribution,
            },
        )
        for area_id, pack in packs.items()
    ]


def _form_entities(versions: list[FormVersion]) -> list[dict[str, Any]]:
    return [_entity(FORM, version.form_id, _form_data(version)) for version in versions]


def _withdrawn_forms(form_ids: Collection[str]) -> list[dict[str, Any]]:
    """Forms of which no version is in force any more."""
    in_force = {version.form_id for version in newest_versions(form_ids)}
    return _gone(FORM, set(form_ids) - in_force)


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


def _observation_entities(observations: list[Observation]) -> list[dict[str, Any]]:
    ids = [one.id for one in observations]
    missing, asked = photos_missing_by_observation(ids), conversations(ids)
    return [
        _entity(OBSERVATION, one.id, _observation_data(one, missing.get(one.id, []), asked[one.id]))
        for one in observations
    ]


def _observation_data(observation: Observation, missing: list[str], asked: list[Conversation]) -> dict[str, Any]:
    is_open = observation.status == APPLIED and observation.clashes is not None
    return {
        "status": CONFLICT if is_open else observation.status,
        "version": str(observation.version_id),
        "photosMissing": missing,
        "problem": details(observation.problem) if observation.problem else None,
        "questions": [_question_data(one) for one in asked],
    }


def _question_data(conversation: Conversation) -> dict[str, Any]:
    question, answer = conversation.question, conversation.answer
    return {
        "id": str(question.id),
        "text": question.text,
        "askedAt": question.asked_at.isoformat(),
        "answer": answer.text if answer else None,
        "answeredAt": answer.answered_at.isoformat() if answer else None,
        "closedAt": question.closed_at.isoformat() if question.closed_at else None,
    }
