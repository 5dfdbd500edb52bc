"""SQL of the sync protocol."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, insert, literal_column, or_, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from core.db import db, in_batches
from maps.models import Address, Area
from sync.models import (
    APPLIED,
    CONFLICT,
    HELD,
    Attachment,
    Change,
    Device,
    Enrolment,
    Mutation,
    Observation,
    Photo,
    Rejection,
    Round,
    Visit,
    device_round,
    round_area,
    round_form,
)

Position = tuple[int, int]
SQLITE_XID = 0


# devices


def find_enrolment(code_hash: str) -> Enrolment | None:
    return db.session.get(Enrolment, code_hash, with_for_update=True)


def find_device(device_id: UUID) -> Device | None:
    return db.session.get(Device, device_id)


def device_by_token(token_hash: str) -> Device | None:
    return db.session.scalar(select(Device).where(Device.token_hash == token_hash))


def all_devices() -> list[Device]:
    return list(db.session.scalars(select(Device).order_by(Device.enrolled_at.desc())))


def update_device(device_id: UUID, **values: Any) -> None:
    db.session.execute(update(Device).where(Device.id == device_id).values(**values))


def admit(device_id: UUID, round_id: UUID) -> None:
    """Lets the device take part in the round."""
    key = {"device_id": device_id, "round_id": round_id}
    known = select(device_round).where(device_round.c.device_id == device_id, device_round.c.round_id == round_id)
    if db.session.execute(known).first() is None:
        db.session.execute(insert(device_round).values(**key))


# rounds and what a device may see


def all_rounds() -> list[Round]:
    return list(db.session.scalars(select(Round).order_by(Round.starts_on.desc(), Round.id.desc())))


def set_round_scope(round_id: UUID, area_ids: Iterable[UUID], form_ids: Iterable[str]) -> None:
    areas = [{"round_id": round_id, "area_id": area_id} for area_id in area_ids]
    forms = [{"round_id": round_id, "form_id": form_id} for form_id in form_ids]
    if areas:
        db.session.execute(insert(round_area), areas)
    if forms:
        db.session.execute(insert(round_form), forms)


def add_form_to_round(round_id: UUID, form_id: str) -> bool:
    """False when it was in the round already."""
    known = select(round_form).where(round_form.c.round_id == round_id, round_form.c.form_id == form_id)
    if db.session.execute(known).first() is not None:
        return False
    db.session.execute(insert(round_form).values(round_id=round_id, form_id=form_id))
    return True


def rounds_of_device(device_id: UUID) -> list[Round]:
    return list(
        db.session.scalars(
            select(Round)
            .join(device_round, device_round.c.round_id == Round.id)
            .where(device_round.c.device_id == device_id)
            .order_by(Round.starts_on)
        )
    )


def areas_of_rounds(round_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """Area ids by round."""
    found: dict[UUID, list[UUID]] = {round_id: [] for round_id in round_ids}
    rows = db.session.execute(select(round_area).where(round_area.c.round_id.in_(round_ids)))
    for round_id, area_id in rows:
        found[round_id].append(area_id)
    return found


def forms_of_rounds(round_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """Form ids by round."""
    found: dict[UUID, list[str]] = {round_id: [] for round_id in round_ids}
    rows = db.session.execute(
        select(round_form).where(round_form.c.round_id.in_(round_ids)).order_by(round_form.c.form_id)
    )
    for round_id, form_id in rows:
        found[round_id].append(form_id)
    return found


# change log


def log_changes(entity: str, entity_ids: Iterable[UUID | str]) -> None:
    """Writes to the change log that these entities changed, in the current transaction."""
    rows = [{"entity": entity, "entity_id": str(entity_id), "deleted": False} for entity_id in entity_ids]
    for batch in in_batches(rows):
        db.session.execute(insert(Change), batch)


def log_horizon() -> tuple[int, Position]:
    """(the first transaction that may still write, the position where a device that has everything stands now)."""
    if db.engine.dialect.name == "postgresql":
        oldest: ColumnElement[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        xmin = db.session.execute(select(oldest)).scalar_one()
        return xmin, (xmin, 0)
    newest = db.session.execute(select(func.coalesce(func.max(Change.seq), 0))).scalar_one()
    return SQLITE_XID + 1, (SQLITE_XID, newest)


def changes_after(position: Position, horizon: int, limit: int) -> list[Change]:
    """Changes after this position by transactions that are surely over, in the order of the log."""
    return list(
        db.session.scalars(
            select(Change)
            .where(tuple_(Change.xid, Change.seq) > tuple_(*position), Change.xid < horizon)
            .order_by(Change.xid, Change.seq)
            .limit(limit)
        )
    )


# push


def find_mutation(mutation_id: UUID) -> Mutation | None:
    return db.session.get(Mutation, mutation_id)


def find_observation(observation_id: UUID) -> Observation | None:
    return db.session.get(Observation, observation_id)


def find_visit(visit_id: UUID) -> Visit | None:
    return db.session.get(Visit, visit_id)


def find_rejection(raw_hash: str) -> Rejection | None:
    return db.session.get(Rejection, raw_hash)


def held_observations(form_id: str) -> list[Observation]:
    return list(
        db.session.scalars(select(Observation).where(Observation.status == HELD, Observation.form_id == form_id))
    )


def missing_of(sha256s: Collection[str]) -> list[str]:
    """Which of these photos are not here, in the order given."""
    present = {
        row
        for batch in in_batches(sha256s)
        for row in db.session.scalars(select(Photo.sha256).where(Photo.sha256.in_(batch)))
    }
    return [sha256 for sha256 in dict.fromkeys(sha256s) if sha256 not in present]


# photos


def find_photo(sha256: str) -> Photo | None:
    return db.session.get(Photo, sha256)


def attachments_of(observation_ids: Collection[UUID]) -> dict[UUID, list[Attachment]]:
    found: dict[UUID, list[Attachment]] = {}
    for batch in in_batches(observation_ids):
        rows = db.session.scalars(
            select(Attachment).where(Attachment.observation_id.in_(batch)).order_by(Attachment.name)
        )
        for row in rows:
            found.setdefault(row.observation_id, []).append(row)
    return found


# ledger


def mutations_of_device(device_id: UUID, limit: int) -> list[Mutation]:
    """The newest that this device brought."""
    query = select(Mutation).where(Mutation.device_id == device_id)
    return list(db.session.scalars(query.order_by(Mutation.received_at.desc(), Mutation.id.desc()).limit(limit)))


def mutations_by_id(mutation_ids: Collection[UUID]) -> list[Mutation]:
    """Those that are here, whoever brought them."""
    query = select(Mutation).where(Mutation.id.in_(mutation_ids))
    return list(db.session.scalars(query.order_by(Mutation.received_at.desc(), Mutation.id.desc())))


def photos_missing_by_observation(observation_ids: Collection[UUID]) -> Mapping[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    for batch in in_batches(observation_ids):
        rows = db.session.execute(
            select(Attachment.observation_id, Attachment.sha256)
            .outerjoin(Photo, Photo.sha256 == Attachment.sha256)
            .where(Attachment.observation_id.in_(batch), Photo.sha256.is_(None))
            .order_by(Attachment.name)
        )
        for observation_id, sha256 in rows:
            found.setdefault(observation_id, []).append(sha256)
    return found


def counts_by_device(device_ids: Collection[UUID]) -> dict[str, dict[UUID, int]]:
    """Of each device what was received, is held, is in conflict, and how many photos are missing."""
    is_held = or_(Observation.status == HELD, Observation.problem.is_not(None))
    waits = Mutation.waits_for.is_not(None)
    other = and_(Mutation.status == CONFLICT, Mutation.raw.is_not(None))
    return {
        "received": _count_by(Mutation.device_id, device_ids),
        "held": _sum_of(_count_by(Observation.device_id, device_ids, is_held), _waiting(device_ids, waits)),
        "conflicts": _sum_of(
            _count_by(Observation.device_id, device_ids, Observation.clashes.is_not(None)), _waiting(device_ids, other)
        ),
        "photos_missing": _photos_missing_by_device(device_ids),
    }


def _waiting(device_ids: Collection[UUID], condition: ColumnElement[bool]) -> dict[UUID, int]:
    return _count_by(Mutation.device_id, device_ids, condition)


def _count_by(
    device: InstrumentedAttribute[UUID], device_ids: Collection[UUID], *conditions: ColumnElement[bool]
) -> dict[UUID, int]:
    rows = db.session.execute(select(device, func.count()).where(device.in_(device_ids), *conditions).group_by(device))
    return dict(rows.all())


def _sum_of(first: dict[UUID, int], second: dict[UUID, int]) -> dict[UUID, int]:
    return {key: first.get(key, 0) + second.get(key, 0) for key in first.keys() | second.keys()}


def _photos_missing_by_device(device_ids: Collection[UUID]) -> dict[UUID, int]:
    rows = db.session.execute(
        select(Observation.device_id, func.count(Attachment.sha256.distinct()))
        .join(Attachment, Attachment.observation_id == Observation.id)
        .outerjoin(Photo, Photo.sha256 == Attachment.sha256)
        .where(Observation.device_id.in_(device_ids), Photo.sha256.is_(None))
        .group_by(Observation.device_id)
    )
    return dict(rows.all())


# desk


def find_observation_row(observation_id: UUID) -> tuple[Observation, Address | None, Area | None] | None:
    row = db.session.execute(
        select(Observation, Address, Area)
        .outerjoin(Address, Address.id == Observation.address_id)
        .outerjoin(Area, Area.id == Observation.area_id)
        .where(Observation.id == observation_id)
    ).first()
    return None if row is None else (row[0], row[1], row[2])


def mapped_observations(area_ids: Collection[UUID], limit: int) -> list[tuple[Observation, Address | None]]:
    """Counted observations with a place on the map (their own or their address's), the newest first."""
    rows = db.session.execute(
        select(Observation, Address)
        .outerjoin(Address, Address.id == Observation.address_id)
        .where(
            Observation.area_id.in_(area_ids),
            Observation.status == APPLIED,
            or_(Observation.lon.is_not(None), Address.id.is_not(None)),
        )
        .order_by(Observation.received_at.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def waiting_for_review(limit: int) -> list[Observation]:
    return list(
        db.session.scalars(
            select(Observation)
            .where(Observation.status != APPLIED, Observation.status == HELD)
            .order_by(Observation.received_at.desc())
            .limit(limit)
        )
    )


def conflicting_mutations(limit: int) -> list[Mutation]:
    return list(
        db.session.scalars(
            select(Mutation).where(Mutation.status == CONFLICT).order_by(Mutation.received_at.desc()).limit(limit)
        )
    )


def newest_rejections(limit: int, most_bytes: int) -> list[tuple[datetime, dict[str, Any], bytes]]:
    """(when, the problem, the beginning of what came) of what could not be read."""
    rows = db.session.execute(
        select(Rejection.received_at, Rejection.problem, func.substr(Rejection.raw, 1, most_bytes))
        .order_by(Rejection.received_at.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]
