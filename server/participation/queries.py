"""SQL of the participation figures: always from the observations themselves."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, distinct, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from core.db import db
from maps.models import Address
from maps.queries import lies_in
from server.participation.compute import Reach
from server.participation.models import Report
from sync.models import APPLIED, Observation, ObservationVersion, Visit


def reaches_by_area(area_ids: Collection[UUID]) -> dict[UUID, list[Reach]]:
    """What every way of asking recorded at every address, by the area of the observation."""
    found: dict[UUID, list[Reach]] = {}
    for area in (Observation.area_id, Observation.gebied_id):
        for area_id, *reach in db.session.execute(_reaches(area, area_ids)):
            found.setdefault(area_id, []).append(_reach(*reach))
    return found


def _reaches(area: InstrumentedAttribute[UUID | None], area_ids: Collection[UUID]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            area,
            Observation.round_id,
            Observation.form_id,
            Observation.address_id,
            func.sum(Observation.persons),
            func.max(Observation.persons),
            func.coalesce(func.max(Address.household_size), func.max(Observation.household_size)),
        )
        .outerjoin(Address, Address.id == Observation.address_id)
        .where(
            area.in_(area_ids),
            Observation.status == APPLIED,
            Observation.persons.is_not(None),
        )
        .group_by(area, Observation.round_id, Observation.form_id, Observation.address_id)
    )


def _reach(
    round_id: UUID | None,
    form_id: str,
    address_id: UUID | None,
    total: int | None,
    largest: int | None,
    size: int | None,
) -> Reach:
    return Reach((round_id, form_id), address_id, total or 0, largest or 0, size)


def observations_by_form(area_ids: Collection[UUID]) -> dict[str, int]:
    """How many counted observations each form brought."""
    rows = db.session.execute(
        select(Observation.form_id, func.count())
        .where(lies_in(Observation, area_ids), Observation.status == APPLIED)
        .group_by(Observation.form_id)
        .order_by(Observation.form_id)
    )
    return dict(rows.all())


def last_outcomes(area_ids: Collection[UUID]) -> dict[UUID, str]:
    """The outcome of the last visit at each address that was visited."""
    newest_last = (
        select(Visit.address_id, Visit.outcome)
        .join(Address, Address.id == Visit.address_id)
        .where(lies_in(Address, area_ids))
        .order_by(Visit.visited_at, Visit.id)
    )
    return dict(db.session.execute(newest_last).all())


Box = tuple[float, float, float, float]
"""West, south, east, north; degrees."""


def observations_until(moment: datetime, box: Box) -> Sequence[Row[*tuple[Any, ...]]]:
    """Counted observations received until then, at an address in the box or made in it, with what places them."""
    query = (
        select(
            Observation.id,
            Observation.round_id,
            Observation.form_id,
            Observation.address_id,
            Observation.persons,
            Observation.household_size,
            Observation.lon,
            Observation.lat,
            Address.lon.label("address_lon"),
            Address.lat.label("address_lat"),
            Address.household_size.label("address_size"),
        )
        .outerjoin(Address, Address.id == Observation.address_id)
        .where(Observation.received_at <= moment, Observation.status == APPLIED)
    )
    return db.session.execute(query.where(or_(_inside(Address, box), _inside(Observation, box)))).all()


def visits_until(moment: datetime, box: Box) -> Sequence[Row[*tuple[Any, ...]]]:
    """(address, outcome) of each visit received until then at an address in the box, the last visit last."""
    query = (
        select(Visit.address_id, Visit.outcome)
        .join(Address, Address.id == Visit.address_id)
        .where(Visit.received_at <= moment, _inside(Address, box))
        .order_by(Visit.visited_at, Visit.id)
    )
    return db.session.execute(query).all()


def addresses_in_box(box: Box) -> list[Address]:
    return list(db.session.scalars(select(Address).where(_inside(Address, box)).order_by(Address.id)))


def count_changed_since(moment: datetime) -> int:
    """How many observations that had been received then were changed or withdrawn since, everywhere."""
    query = (
        select(func.count(distinct(ObservationVersion.observation_id)))
        .join(Observation, Observation.id == ObservationVersion.observation_id)
        .where(ObservationVersion.received_at > moment, Observation.received_at <= moment)
    )
    return db.session.execute(query).scalar_one()


def _inside(model: type[Address] | type[Observation], box: Box) -> ColumnElement[bool]:
    west, south, east, north = box
    return model.lon.between(west, east) & model.lat.between(south, north)


def find_report(report_id: UUID) -> Report | None:
    return db.session.get(Report, report_id)


def reports_of(area_id: UUID) -> list[Report]:
    """The reports of an area that were made, the newest first."""
    query = select(Report).where(Report.area_id == area_id)
    return list(db.session.scalars(query.order_by(Report.made_at.desc(), Report.id.desc())))
