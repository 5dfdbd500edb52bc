"""SQL of the doors that were added in the field."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from core.db import db
from maps.kinds import LISTED, PROPOSED
from maps.models import Address
from sync.models import Device, Mutation, Observation, RoundAddress, Visit

DEGREES_NEAR = 0.003  # some hundreds of metres
MOST_CANDIDATES = 500

Proposal = tuple[Address, str, datetime | None]
"""An address, whose phone added it, and when that came in."""


def count_proposed() -> int:
    """How many added doors nobody looked at yet."""
    return db.session.scalar(select(func.count()).select_from(Address).where(Address.status == PROPOSED)) or 0


def proposals(limit: int) -> list[Proposal]:
    """The added doors that nobody looked at yet, by place and street."""
    return _proposals(Address.status == PROPOSED, limit)


def find_proposal(address_id: UUID) -> Proposal | None:
    return next(iter(_proposals(and_(Address.id == address_id, Address.status == PROPOSED), 1)), None)


def _proposals(condition: ColumnElement[bool], limit: int) -> list[Proposal]:
    brought = and_(Mutation.device_id == Address.proposed_by, Mutation.subject_id == Address.id)
    rows = db.session.execute(
        select(Address, func.coalesce(Device.volunteer, ""), func.min(Mutation.received_at))
        .outerjoin(Device, Device.id == Address.proposed_by)
        .outerjoin(Mutation, brought)
        .where(condition)
        .group_by(Address.id, Device.volunteer)
        .order_by(Address.place, Address.street, Address.number, Address.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def proposal_to_change(address_id: UUID) -> Address | None:
    """The added door while nobody decided about it, locked."""
    query = select(Address).where(Address.id == address_id, Address.status == PROPOSED).with_for_update()
    return db.session.scalar(query.execution_options(populate_existing=True))


def candidates_for(address: Address) -> list[Address]:
    """Addresses in the list that lie near this one, or have its street and number."""
    is_near = and_(
        Address.lon.between(address.lon - DEGREES_NEAR * 2, address.lon + DEGREES_NEAR * 2),
        Address.lat.between(address.lat - DEGREES_NEAR, address.lat + DEGREES_NEAR),
    )
    is_like = and_(func.lower(Address.street) == address.street.lower(), Address.number == address.number)
    return _listed(or_(is_near, is_like))


def listed_in_street(street: str, number: int | None, limit: int) -> list[Address]:
    """Addresses in the list whose street begins so, of this number when it is given."""
    conditions = [func.lower(Address.street).startswith(street.lower(), autoescape=True)]
    if number is not None:
        conditions.append(Address.number == number)
    return _listed(and_(*conditions))[:limit]


def _listed(condition: ColumnElement[bool]) -> list[Address]:
    query = select(Address).where(Address.status == LISTED, condition)
    query = query.order_by(Address.street, Address.number, Address.letter, Address.addition, Address.id)
    return list(db.session.scalars(query.limit(MOST_CANDIDATES)))


def listed_with_number(number: int, postcode: str, place: str) -> Sequence[Address]:
    """Addresses in the list with this number in this postcode or place."""
    is_there = or_(
        and_(Address.postcode == postcode, Address.postcode != ""), func.lower(Address.place) == place.lower()
    )
    return _listed(and_(Address.number == number, is_there))


def observations_at(address_id: UUID) -> list[UUID]:
    """The observations that were made there."""
    return list(db.session.scalars(select(Observation.id).where(Observation.address_id == address_id)))


def count_visits_at(address_id: UUID) -> int:
    return db.session.scalar(select(func.count()).select_from(Visit).where(Visit.address_id == address_id)) or 0


def move_visits(from_id: UUID, to_id: UUID) -> None:
    db.session.execute(update(Visit).where(Visit.address_id == from_id).values(address_id=to_id))


def move_duties(from_id: UUID, to_id: UUID) -> None:
    """Gives who was to go to the one address the other one, unless somebody of the round goes there already."""
    has_other = select(RoundAddress.round_id).where(RoundAddress.address_id == to_id)
    mine = RoundAddress.address_id == from_id
    db.session.execute(delete(RoundAddress).where(mine, RoundAddress.round_id.in_(has_other)))
    db.session.execute(update(RoundAddress).where(mine).values(address_id=to_id))


def follow_on(from_id: UUID, to_id: UUID) -> None:
    """What was the same as the one is from now on the same as the other."""
    db.session.execute(update(Address).where(Address.same_as == from_id).values(same_as=to_id))
