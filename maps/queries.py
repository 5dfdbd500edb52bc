"""SQL of the areas and addresses."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

import shapely
from sqlalchemy import func, select

from core.db import db, in_batches
from maps.assign import AreaIndex, Boundary
from maps.models import Address, Area, AreaBoundary, AreaPopulation

_index: dict[tuple[str, int, UUID | None], AreaIndex] = {}


def find_area(area_id: UUID) -> Area | None:
    return db.session.get(Area, area_id)


def area_by_code(code: str) -> Area | None:
    return db.session.scalar(select(Area).where(Area.code == code))


def areas_by_name(name: str) -> list[Area]:
    return list(db.session.scalars(select(Area).where(func.lower(Area.name) == name.lower()).order_by(Area.kind)))


def municipality_name() -> str:
    """The name of the municipality this server is of."""
    return db.session.scalar(select(Area.name).where(Area.kind == "gemeente").order_by(Area.name).limit(1)) or ""


def all_areas() -> list[Area]:
    return list(db.session.scalars(select(Area).order_by(Area.name)))


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
    newest_id = select(AreaBoundary.id).order_by(AreaBoundary.id.desc()).limit(1).scalar_subquery()
    count, newest = db.session.execute(
        select(func.count(), newest_id).select_from(AreaBoundary).where(AreaBoundary.valid_to.is_(None))
    ).one()
    key = (str(db.engine.url), count, newest)
    found = _index.get(key)
    if found is None:
        found = AreaIndex(_current_boundaries())
        _index.clear()
        _index[key] = found
    return found


def _current_boundaries() -> list[Boundary]:
    rows = db.session.execute(
        select(AreaBoundary.id, AreaBoundary.area_id, Area.kind, AreaBoundary.geometry_wkb)
        .join(Area, Area.id == AreaBoundary.area_id)
        .where(AreaBoundary.valid_to.is_(None), Area.kind != "gemeente")
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
    return list(
        db.session.scalars(
            select(Address)
            .where(Address.area_id.in_(area_ids))
            .order_by(Address.street, Address.number, Address.letter, Address.addition)
        )
    )


def addresses_by_id(address_ids: Collection[UUID]) -> list[Address]:
    return [
        address
        for batch in in_batches(address_ids)
        for address in db.session.scalars(select(Address).where(Address.id.in_(batch)))
    ]
