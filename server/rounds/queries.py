"""SQL of the rounds."""

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, insert, select

from core.db import db, in_batches
from maps.models import Address
from maps.queries import lies_in
from server.participation.compute import Reach
from sync.models import (
    APPLIED,
    Device,
    Observation,
    Round,
    RoundAddress,
    RoundMember,
    Visit,
    device_round,
    round_area,
    round_form,
)
from sync.queries import set_round_scope

Row = tuple[UUID, UUID, int]
"""An address, whose it is, and its place on the walk."""


def find_round(round_id: UUID) -> Round | None:
    return db.session.get(Round, round_id)


def find_round_to_change(round_id: UUID) -> Round | None:
    """The round; whoever else wants to change it waits until this transaction is over."""
    return db.session.get(Round, round_id, with_for_update=True, populate_existing=True)


def replace_round_scope(round_id: UUID, area_ids: Iterable[UUID], form_ids: Iterable[str]) -> None:
    """These are the areas and forms of the round, and no others."""
    db.session.execute(delete(round_area).where(round_area.c.round_id == round_id))
    db.session.execute(delete(round_form).where(round_form.c.round_id == round_id))
    set_round_scope(round_id, area_ids, form_ids)


def find_member(round_id: UUID, member_id: UUID) -> RoundMember | None:
    return db.session.scalar(select(RoundMember).where(RoundMember.id == member_id, RoundMember.round_id == round_id))


def members_of(round_ids: Collection[UUID]) -> dict[UUID, list[RoundMember]]:
    """Everybody who takes part in each of these rounds, or did, in the order in which they were added."""
    found: dict[UUID, list[RoundMember]] = {round_id: [] for round_id in round_ids}
    query = select(RoundMember).where(RoundMember.round_id.in_(round_ids)).order_by(RoundMember.id)
    for member in db.session.scalars(query):
        found[member.round_id].append(member)
    return found


def devices_of_members(round_id: UUID) -> list[Device]:
    query = select(Device).join(RoundMember, RoundMember.device_id == Device.id)
    return list(db.session.scalars(query.where(RoundMember.round_id == round_id).distinct()))


def phones_of_nobody(round_id: UUID) -> list[Device]:
    """The phones in this round that are no member's, and were not revoked."""
    has_member = select(RoundMember.device_id).where(
        RoundMember.round_id == round_id, RoundMember.device_id.is_not(None)
    )
    query = (
        select(Device)
        .join(device_round, device_round.c.device_id == Device.id)
        .where(device_round.c.round_id == round_id, Device.id.not_in(has_member), Device.revoked_at.is_(None))
        .order_by(Device.enrolled_at, Device.id)
    )
    return list(db.session.scalars(query))


def given_doors(round_id: UUID) -> list[tuple[UUID, UUID]]:
    """(whose, address) of every door that was given to somebody, in walking order."""
    query = (
        select(RoundAddress.member_id, RoundAddress.address_id)
        .where(RoundAddress.round_id == round_id)
        .order_by(RoundAddress.member_id, RoundAddress.position, RoundAddress.address_id)
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def replace_given_doors(round_id: UUID, rows: Collection[Row]) -> None:
    """These doors are given to these people, and no others to anybody."""
    db.session.execute(delete(RoundAddress).where(RoundAddress.round_id == round_id))
    for batch in in_batches(rows):
        values = [
            {"round_id": round_id, "address_id": address_id, "member_id": member_id, "position": position}
            for address_id, member_id, position in batch
        ]
        db.session.execute(insert(RoundAddress), values)


def forget_doors_outside(round_id: UUID, area_ids: Collection[UUID]) -> None:
    """Doors of the round that do not lie in these areas are nobody's any more."""
    inside = select(Address.id).where(lies_in(Address, area_ids))
    outside = RoundAddress.address_id.not_in(inside)
    db.session.execute(delete(RoundAddress).where(RoundAddress.round_id == round_id, outside))


def last_outcomes_of_round(round_id: UUID, area_ids: Collection[UUID]) -> dict[UUID, str]:
    """The outcome of the last visit in this round, at each address in these areas that was visited."""
    newest_last = (
        select(Visit.address_id, Visit.outcome)
        .join(Address, and_(Address.id == Visit.address_id, lies_in(Address, area_ids)))
        .where(Visit.round_id == round_id)
        .order_by(Visit.visited_at, Visit.id)
    )
    return dict(db.session.execute(newest_last).all())


def visited_counts(round_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many different doors were visited in each of these rounds."""
    query = (
        select(Visit.round_id, func.count(Visit.address_id.distinct()))
        .where(Visit.round_id.in_(round_ids))
        .group_by(Visit.round_id)
    )
    return {round_id: count for round_id, count in db.session.execute(query) if round_id is not None}


def door_counts(area_ids: Collection[UUID], status: str) -> list[tuple[UUID | None, UUID | None, int]]:
    """(area, gebied, how many addresses with this status) for addresses in these areas."""
    query = (
        select(Address.area_id, Address.gebied_id, func.count())
        .where(lies_in(Address, area_ids), Address.status == status)
        .group_by(Address.area_id, Address.gebied_id)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def reaches_of_rounds(round_ids: Collection[UUID]) -> dict[UUID, list[Reach]]:
    """What every way of asking recorded at every address, by round."""
    columns: list[Any] = [
        Observation.round_id,
        Observation.form_id,
        Observation.address_id,
        func.sum(Observation.persons),
        func.max(Observation.persons),
        func.coalesce(func.max(Address.household_size), func.max(Observation.household_size)),
    ]
    query = (
        select(*columns)
        .outerjoin(Address, Address.id == Observation.address_id)
        .where(Observation.round_id.in_(round_ids), Observation.status == APPLIED, Observation.persons.is_not(None))
        .group_by(Observation.round_id, Observation.form_id, Observation.address_id)
    )
    found: dict[UUID, list[Reach]] = {round_id: [] for round_id in round_ids}
    for round_id, form_id, address_id, total, largest, size in db.session.execute(query):
        found[round_id].append(Reach((round_id, form_id), address_id, total or 0, largest or 0, size))
    return found
