"""SQL of the areas and addresses."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import shapely
from sqlalchemy import ColumnElement, and_, func, or_, select

from core.db import db, in_batches
from maps.assign import AreaIndex, Boundary
from maps.kinds import LAPSED, MUNICIPALITY, OWN_AREA
from maps.models import Address, Area, AreaBoundary, AreaPopulation, MapPack, Placed, Route, RouteStop

IN_FORCE = AreaBoundary.valid_to.is_(None)
_index: dict[tuple[object, ...], AreaIndex] = {}


def lies_in(model: type[Placed], area_ids: Collection[UUID]) -> ColumnElement[bool]:
    """That a row lies in one of these areas, whatever their layer."""
    return or_(model.area_id.in_(area_ids), model.gebied_id.in_(area_ids))


def find_area(area_id: UUID) -> Area | None:
    return db.session.get(Area, area_id)


def area_by_code(code: str) -> Area | None:
    return db.session.scalar(select(Area).where(Area.code == code))


def areas_by_name(name: str) -> list[Area]:
    """The areas of this name that there are now."""
    there_is = and_(func.lower(Area.name) == name.lower(), Area.ended_on.is_(None))
    return list(db.session.scalars(select(Area).where(there_is).order_by(Area.kind)))


def municipality_name() -> str:
    """The name of the municipality this server is of."""
    return db.session.scalar(select(Area.name).where(Area.kind == MUNICIPALITY).order_by(Area.name).limit(1)) or ""


def all_areas() -> list[Area]:
    """Every area that there is now."""
    return list(db.session.scalars(select(Area).where(Area.ended_on.is_(None)).order_by(Area.name)))


def areas_by_id(area_ids: Collection[UUID]) -> list[Area]:
    return list(db.session.scalars(select(Area).where(Area.id.in_(area_ids))))


def families(areas: Sequence[Area]) -> Mapping[UUID, frozenset[UUID]]:
    """For each of these areas: itself and every area below it."""
    children: dict[UUID | None, list[UUID]] = {}
    for area_id, parent_id in db.session.execute(select(Area.id, Area.parent_id)):
        children.setdefault(parent_id, []).append(area_id)
    return {area.id: frozenset(_below(area.id, children)) for area in areas}


def _below(area_id: UUID, children: Mapping[UUID | None, list[UUID]]) -> list[UUID]:
    found = [area_id]
    for one in found:
        found.extend(children.get(one, []))
    return found


def current_boundary(area_id: UUID) -> AreaBoundary | None:
    return db.session.scalar(
        select(AreaBoundary).where(AreaBoundary.area_id == area_id, AreaBoundary.valid_to.is_(None))
    )


def current_geometries(area_ids: Collection[UUID]) -> dict[UUID, bytes]:
    """The WKB of the boundary in force, by area."""
    rows = db.session.execute(
        select(AreaBoundary.area_id, AreaBoundary.geometry_wkb).where(
            AreaBoundary.area_id.in_(area_ids), AreaBoundary.valid_to.is_(None)
        )
    )
    return dict(rows.all())


def area_index() -> AreaIndex:
    """The index over all boundaries in force below the municipality; read again only after one changed."""
    key = (str(db.engine.url), *_state_of_boundaries())
    found = _index.get(key)
    if found is None:
        found = AreaIndex(_boundaries(IN_FORCE))
        _index.clear()
        _index[key] = found
    return found


def _state_of_boundaries() -> tuple[object, ...]:
    """What becomes something else when a boundary begins or ends, or an area goes to the other layer."""
    in_force = func.count().filter(IN_FORCE)
    own = func.count().filter(IN_FORCE, Area.kind == OWN_AREA)
    newest = select(AreaBoundary.id).order_by(AreaBoundary.id.desc()).limit(1).scalar_subquery()
    query = select(in_force, own, newest, func.max(AreaBoundary.replaced_at)).select_from(AreaBoundary)
    return tuple(db.session.execute(query.join(Area, Area.id == AreaBoundary.area_id)).one())


def area_index_at(moment: datetime) -> AreaIndex:
    """The index over the boundaries that the software used at this moment."""
    used = and_(
        AreaBoundary.made_at <= moment, or_(AreaBoundary.replaced_at.is_(None), AreaBoundary.replaced_at > moment)
    )
    return AreaIndex(_boundaries(used))


def _boundaries(condition: ColumnElement[bool]) -> list[Boundary]:
    rows = db.session.execute(
        select(AreaBoundary.id, AreaBoundary.area_id, Area.kind, AreaBoundary.geometry_wkb)
        .join(Area, Area.id == AreaBoundary.area_id)
        .where(condition, Area.kind != MUNICIPALITY)
    )
    return [Boundary(row[0], row[1], row[2], shapely.from_wkb(row[3])) for row in rows]


def newest_population(area_ids: Collection[UUID]) -> dict[UUID, AreaPopulation]:
    """The latest population figures of each area that has any."""
    rows = db.session.scalars(
        select(AreaPopulation).where(AreaPopulation.area_id.in_(area_ids)).order_by(AreaPopulation.reference_date)
    )
    return {row.area_id: row for row in rows}


def population_on(area_id: UUID, reference_date: date) -> AreaPopulation | None:
    return db.session.scalar(
        select(AreaPopulation).where(AreaPopulation.area_id == area_id, AreaPopulation.reference_date == reference_date)
    )


def find_address(address_id: UUID) -> Address | None:
    return db.session.get(Address, address_id)


def addresses_in(area_ids: Collection[UUID]) -> list[Address]:
    """The addresses in these areas where somebody may be sent to, by street and number."""
    return list(
        db.session.scalars(
            select(Address)
            .where(lies_in(Address, area_ids), Address.status != LAPSED)
            .order_by(Address.street, Address.number, Address.letter, Address.addition, Address.id)
        )
    )


def find_route(route_id: UUID) -> Route | None:
    return db.session.get(Route, route_id)


def routes_in(area_ids: Collection[UUID]) -> list[Route]:
    """The routes of these areas that are walked now, by name."""
    there_is = and_(Route.area_id.in_(area_ids), Route.ended_on.is_(None))
    return list(db.session.scalars(select(Route).where(there_is).order_by(Route.name, Route.id)))


def stops_of_routes(route_ids: Collection[UUID]) -> dict[UUID, list[RouteStop]]:
    """The stops that are on each of these routes now, in order."""
    found: dict[UUID, list[RouteStop]] = {route_id: [] for route_id in route_ids}
    there_is = and_(RouteStop.route_id.in_(route_ids), RouteStop.removed_at.is_(None))
    for stop in db.session.scalars(select(RouteStop).where(there_is).order_by(RouteStop.number, RouteStop.id)):
        found[stop.route_id].append(stop)
    return found


def newest_packs(area_ids: Collection[UUID]) -> dict[UUID, MapPack]:
    """The newest packed map of each of these areas that has one."""
    rows = db.session.scalars(select(MapPack).where(MapPack.area_id.in_(area_ids)).order_by(MapPack.made_at))
    return {row.area_id: row for row in rows}


def addresses_by_id(address_ids: Collection[UUID]) -> list[Address]:
    return [
        address
        for batch in in_batches(address_ids)
        for address in db.session.scalars(select(Address).where(Address.id.in_(batch)))
    ]
