"""SQL of the imports."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import ColumnElement, Row, and_, insert, select, update

from core.db import db, in_batches
from maps.area_plan import KnownArea
from maps.cbs import Figures
from maps.kinds import MUNICIPALITY
from maps.models import Address, Area, AreaBoundary, AreaPopulation

BATCH = 500


def known_areas(reference_date: date | None, kinds: Collection[str]) -> list[KnownArea]:
    """Every area there ever was: those of these kinds with the boundary in force and the figures of this date."""
    wanted = Area.kind.in_(kinds)
    rows = db.session.execute(
        select(Area, AreaBoundary.geometry_wkb, AreaPopulation)
        .outerjoin(AreaBoundary, and_(AreaBoundary.area_id == Area.id, AreaBoundary.valid_to.is_(None), wanted))
        .outerjoin(
            AreaPopulation, and_(AreaPopulation.area_id == Area.id, AreaPopulation.reference_date == reference_date)
        )
    )
    return [_known(area, wkb, population) for area, wkb, population in rows]


def _known(area: Area, wkb: bytes | None, population: AreaPopulation | None) -> KnownArea:
    return KnownArea(
        id=area.id,
        code=area.code,
        name=area.name,
        kind=area.kind,
        parent_id=area.parent_id,
        has_ended=area.ended_on is not None,
        geometry=None if wkb is None else shapely.from_wkb(wkb),
        figures=None if population is None else _figures(population),
    )


def _figures(row: AreaPopulation) -> Figures:
    ages = (row.age_0_14, row.age_15_24, row.age_25_44, row.age_45_64, row.age_65_plus)
    return Figures(row.inhabitants, row.households, ages)


def adopt_areas(parent: Area) -> None:
    """Puts areas whose code says that they lie in this one under it: they may have come in earlier."""
    code = parent.code or ""
    there_is = Area.ended_on.is_(None)
    if parent.kind == "wijk":
        _adopt(parent, there_is, Area.kind == "buurt", Area.code.like(f"BU{code[2:8]}%"))
    elif parent.kind == MUNICIPALITY:
        _adopt(parent, there_is, Area.parent_id.is_(None), Area.code.like(f"__{code[2:6]}%"), Area.id != parent.id)


def _adopt(parent: Area, *conditions: ColumnElement[bool]) -> None:
    db.session.execute(update(Area).where(*conditions).values(parent_id=parent.id))


ADDRESS_COLUMNS = (
    Address.id,
    Address.bag_id,
    Address.status,
    Address.same_as,
    Address.street,
    Address.number,
    Address.letter,
    Address.addition,
    Address.postcode,
    Address.place,
    Address.lon,
    Address.lat,
    Address.households,
    Address.area_id,
    Address.gebied_id,
)


def known_addresses() -> Sequence[Row[*tuple[Any, ...]]]:
    """Every address there ever was, without what an import has no say in."""
    return db.session.execute(select(*ADDRESS_COLUMNS).order_by(Address.id)).all()


def insert_addresses(rows: Sequence[Mapping[str, Any]]) -> None:
    for batch in in_batches(rows, BATCH):
        db.session.execute(insert(Address), batch)


def update_addresses(rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes these fields of the addresses, each found by its `id`."""
    for batch in in_batches(rows, BATCH):
        db.session.execute(update(Address), batch)


def lapse_addresses(address_ids: Collection[UUID], status: str) -> None:
    for batch in in_batches(address_ids, BATCH):
        db.session.execute(update(Address).where(Address.id.in_(batch)).values(status=status))
