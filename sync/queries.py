"""SQL of the sync protocol."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import InstrumentedAttribute, defer
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from core.clock import now_utc
from core.db import db, in_batches
from maps.models import Address, Area, MapPack, Route
from maps.queries import lies_in
from maps.tiles import CELL_ZOOM, COUNT_ZOOM
from sync.models import (
    APPLIED,
    CONFLICT,
    HELD,
    Attachment,
    Change,
    ChangeLog,
    Device,
    Enrolment,
    MapCount,
    Mutation,
    Observation,
    ObservationVersion,
    Photo,
    Question,
    Rejection,
    Round,
    RoundAddress,
    RoundMember,
    Visit,
    Walk,
    device_round,
    round_area,
    round_form,
)

COUNT_SHIFT = 2 * (CELL_ZOOM - COUNT_ZOOM)
COUNTED = ("cell", "area_id", "gebied_id", "observations", "statements")
Position = tuple[int, int]
SQLITE_XID = 0


class ScopeFilter(Protocol):
    """For whom changes are read: a device, and the areas that it sees."""

    @property
    def device_id(self) -> UUID: ...

    @property
    def area_ids(self) -> Collection[UUID]: ...


# devices


def find_enrolment(code_hash: str) -> Enrolment | None:
    return db.session.get(Enrolment, code_hash, with_for_update=True)


def find_member_to_change(member_id: UUID) -> RoundMember | None:
    return db.session.get(RoundMember, member_id, with_for_update=True)


def find_device(device_id: UUID) -> Device | None:
    return db.session.get(Device, device_id)


def device_by_token(token_hash: str) -> Device | None:
    return db.session.scalar(select(Device).where(Device.token_hash == token_hash))


def has_enrolled(device_id: UUID) -> bool:
    return db.session.scalar(select(Enrolment.code_hash).where(Enrolment.device_id == device_id).limit(1)) is not None


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


def doors_of_device(device_id: UUID, round_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """By round that is divided over people: the addresses that this device is to visit, in walking order."""
    has_doors = select(RoundAddress.round_id).where(RoundAddress.round_id == Round.id).exists()
    is_divided = or_(Round.division.is_not(None), has_doors)
    divided = select(Round.id).where(Round.id.in_(round_ids), is_divided)
    found: dict[UUID, list[UUID]] = {round_id: [] for round_id in db.session.scalars(divided)}
    own = (
        select(RoundAddress.round_id, RoundAddress.address_id)
        .join(RoundMember, RoundMember.id == RoundAddress.member_id)
        .where(RoundMember.device_id == device_id, RoundAddress.round_id.in_(round_ids))
        .order_by(RoundAddress.round_id, RoundMember.id, RoundAddress.position, RoundAddress.address_id)
    )
    for round_id, address_id in db.session.execute(own):
        found[round_id].append(address_id)
    return found


def give_door(round_id: UUID, address_id: UUID, device_id: UUID) -> None:
    """Puts a door at the end of the walk of this device, where the doors of the round were given to people."""
    taking_part = and_(RoundMember.round_id == round_id, RoundMember.device_id == device_id)
    member_id = db.session.scalar(select(RoundMember.id).where(taking_part).limit(1))
    last = select(func.max(RoundAddress.position)).where(RoundAddress.round_id == round_id)
    position = db.session.scalar(last)
    if member_id is None or position is None:
        return
    row = RoundAddress(round_id=round_id, address_id=address_id, member_id=member_id, position=position + 1)
    db.session.add(row)


# change log


def log_changes(
    entity: str,
    entity_ids: Iterable[UUID | str],
    *,
    area_id: UUID | None = None,
    device_id: UUID | None = None,
    deleted: bool = False,
) -> None:
    """Writes to the change log that these entities changed, in the current transaction; for whom, see `Change`."""
    common = {"entity": entity, "area_id": area_id, "device_id": device_id, "deleted": deleted, "logged_at": now_utc()}
    rows = [{**common, "entity_id": str(entity_id)} for entity_id in entity_ids]
    for batch in in_batches(rows):
        db.session.execute(insert(Change), batch)


def log_horizon() -> int:
    """The first transaction that may still write: everything before it is in the log."""
    if db.engine.dialect.name != "postgresql":
        return SQLITE_XID + 1
    oldest: ColumnElement[int] = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
    return db.session.execute(select(oldest)).scalar_one()


def log_end(horizon: int) -> Position:
    """The position of the last change before the horizon; where the log was tidied to when there is none."""
    newest = (
        select(Change.xid, Change.seq)
        .where(Change.xid < horizon)
        .order_by(Change.xid.desc(), Change.seq.desc())
        .limit(1)
    )
    found = db.session.execute(newest).first()
    return (found[0], found[1]) if found else log_state().floor


def log_state() -> ChangeLog:
    """Which log this is, and up to where it was tidied."""
    return db.session.scalars(select(ChangeLog)).one()


def changes_after(position: Position, until: Position, scope: ScopeFilter, limit: int) -> list[Change]:
    """Changes after this position up to another, meant for phones with this scope, in the order of the log."""
    return list(
        db.session.scalars(
            select(Change)
            .where(
                tuple_(Change.xid, Change.seq) > tuple_(*position),
                tuple_(Change.xid, Change.seq) <= tuple_(*until),
                or_(Change.area_id.is_(None), Change.area_id.in_(scope.area_ids)),
                or_(Change.device_id.is_(None), Change.device_id == scope.device_id),
            )
            .order_by(Change.xid, Change.seq)
            .limit(limit)
        )
    )


def forget_changes(before: datetime, horizon: int) -> int:
    """Removes what was logged before this moment, and remembers up to where; returns how many rows."""
    old = and_(Change.logged_at < before, Change.xid < horizon)
    last = db.session.execute(
        select(Change.xid, Change.seq).where(old).order_by(Change.xid.desc(), Change.seq.desc()).limit(1)
    ).first()
    if last is None:
        return 0
    log = log_state()
    log.floor_xid, log.floor_seq = max(log.floor, (last[0], last[1]))
    until = tuple_(Change.xid, Change.seq) <= tuple_(log.floor_xid, log.floor_seq)
    result = db.session.execute(delete(Change).where(until))
    return int(getattr(result, "rowcount", 0))


def observations_brought_by(device_id: UUID, only: Collection[UUID] | None = None) -> list[Observation]:
    """What this device made, without its answers; those of `only`, or with a state that is not plain or a question."""
    is_told = Observation.id.in_(only) if only is not None else Observation.version_id != Observation.mutation_id
    if only is None:
        is_asked_about = Observation.id.in_(select(Question.observation_id))
        is_told = or_(is_told, Observation.status != APPLIED, is_asked_about)
    return list(
        db.session.scalars(
            select(Observation)
            .where(Observation.device_id == device_id, is_told)
            .order_by(Observation.id)
            .options(defer(Observation.instance_xml))
        )
    )


# push


def claim_mutations(rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Stores these mutations; returns the ids of those that are new. Whoever else brings one at this moment waits.

    `rows` are in order of their id, so that two batches that share mutations never wait for each other.
    """
    insert_for = postgres_insert if db.engine.dialect.name == "postgresql" else sqlite_insert
    statement = insert_for(Mutation).on_conflict_do_nothing(index_elements=[Mutation.id]).returning(Mutation.id)
    return set(db.session.scalars(statement, rows))


def mutations_known(mutation_ids: Collection[UUID]) -> dict[UUID, Mutation]:
    return {row.id: row for row in db.session.scalars(select(Mutation).where(Mutation.id.in_(mutation_ids)))}


def subject_of(mutation_id: UUID) -> UUID | None:
    """The observation or visit that a mutation is about."""
    return db.session.scalar(select(Mutation.subject_id).where(Mutation.id == mutation_id))


def find_mutation_to_change(mutation_id: UUID) -> Mutation | None:
    return db.session.get(Mutation, mutation_id, with_for_update=True)


def find_observation(observation_id: UUID) -> Observation | None:
    return db.session.get(Observation, observation_id)


def observations_to_change(observation_ids: Collection[UUID]) -> dict[UUID, Observation]:
    """Those of these that there are; whoever else wants to make or change one waits until this transaction is over.

    Also for one that is not there yet: a change that came first must not miss the version it waits for. A row that is
    not there cannot be locked, so the lock is on a number made of the id. On SQLite the transaction has the lock.
    """
    if db.engine.dialect.name == "postgresql":
        keys = sorted({observation_id.int % 2**63 for observation_id in observation_ids})
        lock = "SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key"
        db.session.connection().exec_driver_sql(lock, (keys,))
    query = select(Observation).where(Observation.id.in_(observation_ids))
    return {row.id: row for row in db.session.scalars(query.execution_options(populate_existing=True))}


def current_versions(observation_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The version that stands, of each of these observations that there is."""
    if not observation_ids:
        return {}
    rows = db.session.execute(select(Observation.id, Observation.version_id).where(Observation.id.in_(observation_ids)))
    return dict(rows.all())


def visits_by_id(visit_ids: Collection[UUID]) -> list[Visit]:
    return list(db.session.scalars(select(Visit).where(Visit.id.in_(visit_ids))))


def versions_of(observation_id: UUID) -> list[ObservationVersion]:
    """Every version of an observation that has more than one, in the order of arrival."""
    query = select(ObservationVersion).where(ObservationVersion.observation_id == observation_id)
    return list(db.session.scalars(query.order_by(ObservationVersion.number)))


def waiting_for(version_ids: Collection[UUID]) -> list[Mutation]:
    """Mutations that were made from one of these versions and arrived before it."""
    query = select(Mutation).where(Mutation.waits_for.in_(version_ids))
    return list(db.session.scalars(query.order_by(Mutation.received_at, Mutation.id)))


def find_walk(walk_id: UUID) -> Walk | None:
    return db.session.get(Walk, walk_id, with_for_update=True)


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


# maps


def pack_in_areas(sha256: str, area_ids: Collection[UUID]) -> MapPack | None:
    """A packed map that is this file, of one of these areas."""
    is_it = and_(MapPack.sha256 == sha256, MapPack.area_id.in_(area_ids))
    return db.session.scalar(select(MapPack).where(is_it).limit(1))


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


# counts on the map


def count_on_map(observation_ids: Collection[UUID], sign: int) -> None:
    """Counts these observations where they lie now (sign 1), or no more (sign -1); without those that are on no map."""
    for batch in in_batches(observation_ids):
        counts = select(
            coarser(Observation.map_cell, COUNT_SHIFT),
            Observation.area_id,
            Observation.gebied_id,
            literal(sign),
            Observation.map_statements * sign,
        ).where(Observation.id.in_(batch), Observation.map_cell.is_not(None))
        db.session.execute(insert(MapCount).from_select(COUNTED, counts))


def coarser(cell: InstrumentedAttribute[Any], bits: int) -> ColumnElement[int]:
    """The cell of a lower zoom that this cell lies in; a zoom is two bits."""
    return cell.bitwise_rshift(literal(bits, Integer))  # PostgreSQL shifts by an integer only


def fold_map_counts() -> None:
    """Puts the rows of each cell and area together; what is counted stays the same at every moment."""
    more_rows = select(MapCount.cell).group_by(MapCount.cell).having(func.count() > 1)
    if db.engine.dialect.name == "postgresql":  # in one statement: rows that others add meanwhile are not seen by it
        gone = delete(MapCount).where(MapCount.cell.in_(more_rows)).returning(*MapCount.__table__.c).cte()
        db.session.execute(insert(MapCount).from_select(COUNTED, _summed(gone.c)))
        return
    last = db.session.scalar(select(func.max(MapCount.id))) or 0
    old = and_(MapCount.id <= last, MapCount.cell.in_(more_rows.where(MapCount.id <= last)))
    db.session.execute(insert(MapCount).from_select(COUNTED, _summed(MapCount.__table__.c).where(old)))
    db.session.execute(delete(MapCount).where(old).execution_options(synchronize_session=False))


def _summed(rows: ReadOnlyColumnCollection[str, Any]) -> Select[*tuple[Any, ...]]:
    observations, statements = func.sum(rows.observations), func.sum(rows.statements)
    key = rows.cell, rows.area_id, rows.gebied_id
    return select(*key, observations, statements).group_by(*key).having(or_(observations != 0, statements != 0))


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
            lies_in(Observation, area_ids),
            Observation.status == APPLIED,
            or_(Observation.lon.is_not(None), Address.id.is_not(None)),
        )
        .order_by(Observation.received_at.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


Reviewed = tuple[Observation, Address | None, str]
"""An observation without its answers, its address, and whose phone made it."""

CLASHES = Observation.clashes.is_not(None)
NOT_COUNTED = and_(Observation.status != APPLIED, Observation.status == HELD)  # both: there is an index on the first
WAITS = Mutation.waits_for.is_not(None)
OTHER_VISIT = and_(Mutation.status == CONFLICT, Mutation.raw.is_not(None))


def review_counts() -> dict[str, int]:
    """How much there is to review, by sort."""
    sorts: dict[str, tuple[type[Observation | Mutation | Rejection], ColumnElement[bool]]] = {
        "clashing": (Observation, CLASHES),
        "held": (Observation, NOT_COUNTED),
        "waiting": (Mutation, WAITS),
        "visits": (Mutation, OTHER_VISIT),
        "rejections": (Rejection, true()),
    }
    counts = (
        select(func.count()).select_from(model).where(condition).scalar_subquery().label(name)
        for name, (model, condition) in sorts.items()
    )
    return dict(db.session.execute(select(*counts)).mappings().one())


def clashing_observations(limit: int) -> list[Reviewed]:
    """Those about which somebody has to choose, the newest first."""
    return _reviewed(CLASHES, limit)


def waiting_for_review(limit: int) -> list[Reviewed]:
    """Those that do not count yet, the newest first."""
    return _reviewed(NOT_COUNTED, limit)


def _reviewed(condition: ColumnElement[bool], limit: int) -> list[Reviewed]:
    rows = db.session.execute(
        select(Observation, Address, Device.volunteer)
        .join(Device, Device.id == Observation.device_id)
        .outerjoin(Address, Address.id == Observation.address_id)
        .where(condition)
        .order_by(Observation.received_at.desc(), Observation.id)
        .limit(limit)
        .options(defer(Observation.instance_xml))
    )
    return [(row[0], row[1], row[2]) for row in rows]


def waiting_mutations(limit: int) -> list[tuple[Mutation, str, UUID | None]]:
    """(a change that waits for a version, whose phone made it, its observation when that is here), the newest first."""
    rows = db.session.execute(
        select(Mutation, Device.volunteer, Observation.id)
        .join(Device, Device.id == Mutation.device_id)
        .outerjoin(Observation, Observation.id == Mutation.subject_id)
        .where(WAITS)
        .order_by(Mutation.received_at.desc(), Mutation.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def clashing_visits(limit: int) -> list[tuple[Mutation, str, Visit | None]]:
    """(a visit that has the number of another one, whose phone told it, the one that counts), the newest first."""
    rows = db.session.execute(
        select(Mutation, Device.volunteer, Visit)
        .join(Device, Device.id == Mutation.device_id)
        .outerjoin(Visit, Visit.id == Mutation.subject_id)
        .where(OTHER_VISIT)
        .order_by(Mutation.received_at.desc(), Mutation.id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def newest_rejections(limit: int, most_bytes: int) -> list[tuple[datetime, str, dict[str, Any], bytes]]:
    """(when, whose phone, the problem, the beginning of what came) of what could not be read."""
    rows = db.session.execute(
        select(Rejection.received_at, Device.volunteer, Rejection.problem, func.substr(Rejection.raw, 1, most_bytes))
        .join(Device, Device.id == Rejection.device_id)
        .order_by(Rejection.received_at.desc(), Rejection.raw_hash)
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def placed_observations(observation_ids: Collection[UUID]) -> dict[UUID, tuple[Observation, Address | None]]:
    """Those of these that there are, without their answers, with their address."""
    rows = db.session.execute(
        select(Observation, Address)
        .outerjoin(Address, Address.id == Observation.address_id)
        .where(Observation.id.in_(observation_ids))
        .options(defer(Observation.instance_xml))
    )
    return {row[0].id: (row[0], row[1]) for row in rows}


def photos_missing_of(device_id: UUID, limit: int) -> list[tuple[Observation, Address | None, str]]:
    """(observation, its address, the name of a photo of it that is not here) of this device, the oldest first."""
    rows = db.session.execute(
        select(Observation, Address, Attachment.name)
        .join(Attachment, Attachment.observation_id == Observation.id)
        .outerjoin(Address, Address.id == Observation.address_id)
        .outerjoin(Photo, Photo.sha256 == Attachment.sha256)
        .where(Observation.device_id == device_id, Photo.sha256.is_(None))
        .order_by(Observation.received_at, Observation.id, Attachment.name)
        .limit(limit)
        .options(defer(Observation.instance_xml))
    )
    return [(row[0], row[1], row[2]) for row in rows]


def round_names_by_device(device_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """The names of the rounds that each of these devices takes part in."""
    found: dict[UUID, list[str]] = {}
    rows = db.session.execute(
        select(device_round.c.device_id, Round.name)
        .join(Round, Round.id == device_round.c.round_id)
        .where(device_round.c.device_id.in_(device_ids))
        .order_by(Round.starts_on, Round.name)
    )
    for device_id, name in rows:
        found.setdefault(device_id, []).append(name)
    return found


def enrolled_among(device_ids: Collection[UUID]) -> set[UUID]:
    """Those of these that enrolled with a code; of the others only a koffer came in."""
    return set(db.session.scalars(select(Enrolment.device_id).where(Enrolment.device_id.in_(device_ids)).distinct()))


def route_names_of_walks(walk_ids: Collection[UUID]) -> dict[UUID, str]:
    """The name of the route of each of these that is a walk."""
    rows = db.session.execute(
        select(Walk.id, Route.name).join(Route, Route.id == Walk.route_id).where(Walk.id.in_(walk_ids))
    )
    return dict(rows.all())
