"""SQL of changing areas: what lies there, what an area came out of, and what hangs on it."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, or_, select

from core.db import db
from maps.assign import Boundary
from maps.kinds import LAPSED, MUNICIPALITY
from maps.models import Address, Area, AreaBoundary, AreaLineage, AreaPopulation, Route
from server.people.models import AuditEntry
from sync.models import APPLIED, Observation, round_area

Box = tuple[float, float, float, float]
"""West, south, east, north; degrees."""


def boundaries_in_force() -> list[Boundary]:
    """The boundary of every area below the municipality."""
    rows = db.session.execute(
        select(AreaBoundary.id, AreaBoundary.area_id, Area.kind, AreaBoundary.geometry_wkb)
        .join(Area, Area.id == AreaBoundary.area_id)
        .where(AreaBoundary.valid_to.is_(None), Area.kind != MUNICIPALITY)
        .order_by(Area.id)
    )
    return [Boundary(row[0], row[1], row[2], shapely.from_wkb(row[3])) for row in rows]


def doors_in_box(box: Box) -> Sequence[Row[*tuple[Any, ...]]]:
    """(lon, lat, households) of each door that is in the list."""
    query = select(Address.lon, Address.lat, Address.households)
    return db.session.execute(query.where(_inside(Address, box), Address.status != LAPSED)).all()


def observations_in_box(box: Box) -> Sequence[Row[*tuple[Any, ...]]]:
    """(lon, lat of the address, lon, lat of its own, persons) of each observation that counts."""
    query = _placed_observations(
        select(Address.lon, Address.lat, Observation.lon, Observation.lat, Observation.persons), box
    )
    return db.session.execute(query.where(Observation.status == APPLIED)).all()


def _placed_observations(query: Select[*tuple[Any, ...]], box: Box) -> Select[*tuple[Any, ...]]:
    """Observations at an address in the box, or made in it."""
    return query.outerjoin(Address, Address.id == Observation.address_id).where(
        or_(_inside(Address, box), _inside(Observation, box))
    )


def _inside(model: type[Address] | type[Observation], box: Box) -> ColumnElement[bool]:
    west, south, east, north = box
    return model.lon.between(west, east) & model.lat.between(south, north)


def count_uncertain(area_ids: Collection[UUID]) -> int:
    """How many counted observations in these areas lie so near a boundary that they may belong elsewhere."""
    query = select(func.count(Observation.id)).where(
        or_(Observation.area_id.in_(area_ids), Observation.gebied_id.in_(area_ids)),
        Observation.status == APPLIED,
        Observation.area_is_uncertain.is_(True),
    )
    return db.session.execute(query).scalar_one()


def versions_of(area_id: UUID) -> list[AreaBoundary]:
    """Every version of the boundary, the newest first."""
    query = select(AreaBoundary).where(AreaBoundary.area_id == area_id)
    return list(db.session.scalars(query.order_by(AreaBoundary.made_at.desc(), AreaBoundary.id.desc())))


def find_boundary(boundary_id: UUID) -> AreaBoundary | None:
    return db.session.get(AreaBoundary, boundary_id)


def populations_of(area_ids: Collection[UUID]) -> list[AreaPopulation]:
    """All figures of these areas, the latest reference date first."""
    query = select(AreaPopulation).where(AreaPopulation.area_id.in_(area_ids))
    return list(db.session.scalars(query.order_by(AreaPopulation.reference_date.desc(), AreaPopulation.id)))


def came_out_of(area_id: UUID) -> list[tuple[AreaLineage, Area]]:
    """The areas that this one was made from."""
    return _lineage(select(AreaLineage, Area).join(Area, Area.id == AreaLineage.from_id), AreaLineage.to_id == area_id)


def went_into(area_id: UUID) -> list[tuple[AreaLineage, Area]]:
    """The areas that were made from this one."""
    return _lineage(select(AreaLineage, Area).join(Area, Area.id == AreaLineage.to_id), AreaLineage.from_id == area_id)


def _lineage(query: Select[AreaLineage, Area], which: ColumnElement[bool]) -> list[tuple[AreaLineage, Area]]:
    rows = db.session.execute(query.where(which).order_by(AreaLineage.on, Area.name))
    return [(row[0], row[1]) for row in rows]


def children_of(area_ids: Collection[UUID]) -> list[Area]:
    return list(db.session.scalars(select(Area).where(Area.parent_id.in_(area_ids)).order_by(Area.id)))


def routes_of(area_ids: Collection[UUID]) -> list[Route]:
    return list(db.session.scalars(select(Route).where(Route.area_id.in_(area_ids)).order_by(Route.id)))


def rounds_with(area_ids: Collection[UUID]) -> set[UUID]:
    """The rounds that ask in one of these areas."""
    return set(db.session.scalars(select(round_area.c.round_id).where(round_area.c.area_id.in_(area_ids))))


def move_rounds(from_ids: Collection[UUID], to_ids: Collection[UUID]) -> set[UUID]:
    """Rounds that had one of these areas have those instead. Gives the rounds."""
    rounds = rounds_with(from_ids)
    for round_id in sorted(rounds):
        gone = set(from_ids) - set(to_ids)
        here = round_area.c.round_id == round_id
        db.session.execute(delete(round_area).where(here, round_area.c.area_id.in_(gone)))
        known = set(db.session.scalars(select(round_area.c.area_id).where(here)))
        added = [{"round_id": round_id, "area_id": area_id} for area_id in to_ids if area_id not in known]
        if added:
            db.session.execute(insert(round_area), added)
    return rounds


def history_of(area_id: UUID) -> list[AuditEntry]:
    """What people did with this area, the newest first."""
    query = select(AuditEntry).where(AuditEntry.action.like("gebied.%"), AuditEntry.subject.contains(str(area_id)))
    return list(db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(100)))
