"""SQL of the participation figures: always from the observations themselves."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from core.db import db
from maps.models import Address
from server.participation.compute import Reach
from sync.models import APPLIED, Observation, Visit


def reaches_by_area(area_ids: Collection[UUID]) -> dict[UUID, list[Reach]]:
    """What every way of asking recorded at every address, by the area of the observation."""
    rows = db.session.execute(
        select(
            Observation.area_id,
            Observation.round_id,
            Observation.form_id,
            Observation.address_id,
            func.sum(Observation.persons),
            func.max(Observation.persons),
            func.coalesce(func.max(Address.household_size), func.max(Observation.household_size)),
        )
        .outerjoin(Address, Address.id == Observation.address_id)
        .where(
            Observation.area_id.in_(area_ids),
            Observation.status == APPLIED,
            Observation.persons.is_not(None),
        )
        .group_by(Observation.area_id, Observation.round_id, Observation.form_id, Observation.address_id)
    )
    found: dict[UUID, list[Reach]] = {}
    for area_id, round_id, form_id, address_id, total, largest, size in rows:
        assert area_id is not None
        found.setdefault(area_id, []).append(Reach((round_id, form_id), address_id, total or 0, largest or 0, size))
    return found


def observations_by_form(area_ids: Collection[UUID]) -> dict[str, int]:
    """How many counted observations each form brought."""
    rows = db.session.execute(
        select(Observation.form_id, func.count())
        .where(Observation.area_id.in_(area_ids), Observation.status == APPLIED)
        .group_by(Observation.form_id)
        .order_by(Observation.form_id)
    )
    return dict(rows.all())


def last_outcomes(area_ids: Collection[UUID]) -> dict[UUID, str]:
    """The outcome of the last visit at each address that was visited."""
    newest_last = (
        select(Visit.address_id, Visit.outcome)
        .join(Address, Address.id == Visit.address_id)
        .where(Address.area_id.in_(area_ids))
        .order_by(Visit.visited_at, Visit.id)
    )
    return dict(db.session.execute(newest_last).all())
