"""What phones bring and what they may see: rounds, devices, observations, visits, photos and the change log."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy import Column as TableColumn
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import FetchedValue

from core.clock import new_id, now_utc
from core.db import Base, Model, UtcDateTime
from maps.models import Placed

APPLIED, DUPLICATE, MERGED, HELD = "applied", "duplicate", "merged", "held"
CONFLICT, REJECTED, WITHDRAWN = "conflict", "rejected", "withdrawn"
OUTDOORS = "address_id IS NULL AND claimed_address_id IS NULL"
BY_ADDRESS, BY_POSITION = "adres", "positie"

Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BigKey = BigInteger().with_variant(Integer(), "sqlite")

round_area = Table(
    "round_area",
    Base.metadata,
    TableColumn("round_id", ForeignKey("round.id"), primary_key=True),
    TableColumn("area_id", ForeignKey("area.id"), primary_key=True),
)
round_form = Table(
    "round_form",
    Base.metadata,
    TableColumn("round_id", ForeignKey("round.id"), primary_key=True),
    TableColumn("form_id", ForeignKey("form.id"), primary_key=True),
)
device_round = Table(
    "device_round",
    Base.metadata,
    TableColumn("device_id", ForeignKey("device.id"), primary_key=True),
    TableColumn("round_id", ForeignKey("round.id"), primary_key=True),
)


class Round(Model):
    """A ronde: one round of asking in some areas, with its forms and period. `target` is a rate, 0 to 1.

    `division` says how its doors are given to people (maps/divide.py), `door_minutes` what one household takes.
    """

    __tablename__ = "round"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    target: Mapped[float | None]
    division: Mapped[str | None] = mapped_column(String(20))
    door_minutes: Mapped[float | None]


class RoundMember(Model):
    """Somebody who takes part in a round, with the phone once it is enrolled. Who stopped has `left_on`."""

    __tablename__ = "round_member"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"), index=True)
    left_on: Mapped[date | None]


class RoundAddress(Model):
    """Who of a round goes to which door, and as which one on the walk (`position` counts from 0)."""

    __tablename__ = "round_address"
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"), primary_key=True)
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id"), primary_key=True)
    member_id: Mapped[UUID] = mapped_column(ForeignKey("round_member.id"), index=True)
    position: Mapped[int]


class Enrolment(Model):
    """A code that lets one device take part in one round. Only the hash of the code is kept."""

    __tablename__ = "enrolment"
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    volunteer: Mapped[str] = mapped_column(String(100))
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    member_id: Mapped[UUID | None] = mapped_column(ForeignKey("round_member.id"))


class Device(Model):
    """A phone. Only the SHA-256 of its token is kept; the token is 256 random bits, so a plain hash suffices.

    `made`, `unsent` and `photos_unsent` are what the phone itself told last. `clock_skew_s` is the server's clock minus
    the phone's. A revoked phone can still hand in what it holds, but gets nothing.
    """

    __tablename__ = "device"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    volunteer: Mapped[str] = mapped_column(String(100))
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    last_contact_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made: Mapped[int | None]
    unsent: Mapped[int | None]
    photos_unsent: Mapped[int | None]
    clock_skew_s: Mapped[float | None]


class Mutation(Model):
    """Everything a device sent that has an id: the unique key that makes a retry harmless.

    `subject_id` is the observation or visit it is about. `raw` is kept only when the mutation could not be applied as
    it was; `waits_for` is the version it was made from, when that has not arrived.
    """

    __tablename__ = "mutation"
    __table_args__ = (
        Index("ix_mutation_device", "device_id", "received_at"),
        Index("ix_mutation_waits_for", "waits_for", postgresql_where=text("waits_for IS NOT NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    content_hash: Mapped[str | None] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10))
    subject_id: Mapped[UUID | None]
    waits_for: Mapped[UUID | None]
    problem: Mapped[dict[str, Any] | None] = mapped_column(Json)
    raw: Mapped[dict[str, Any] | None] = mapped_column(Json)


class Rejection(Model):
    """Something unreadable that a device sent, byte for byte, by its SHA-256."""

    __tablename__ = "rejection"
    raw_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc, index=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    problem: Mapped[dict[str, Any]] = mapped_column(Json)


class Observation(Placed, Model):
    """One filled-in form as it is now, with what it says by role.

    `version_id` is the version that this is (its mutation, or a merge), `base_id` the one it was made from. `clashes`
    are the answers that two people gave differently, until somebody chooses (sync/merge.py). Times of the phone are
    kept as given; `corrected_at` is `captured_at` by the server's clock.
    """

    __tablename__ = "observation"
    __table_args__ = (
        Index("ix_observation_area", "area_id", "form_id"),
        Index("ix_observation_gebied", "gebied_id", "form_id"),
        Index("ix_observation_walk", "walk_id", postgresql_where=text("walk_id IS NOT NULL")),
        Index("ix_observation_stop", "stop_id", postgresql_where=text("stop_id IS NOT NULL")),
        Index("ix_observation_device", "device_id", "received_at"),
        Index("ix_observation_status", "status", postgresql_where=text("status != 'applied'")),
        Index(
            "ix_observation_outdoors",
            "id",
            "form_version_id",
            "status",
            "lon",
            "lat",
            "corrected_at",
            postgresql_where=text(OUTDOORS),
            sqlite_where=text(OUTDOORS),
        ),
        Index("ix_observation_clashes", "id", postgresql_where=text("clashes IS NOT NULL")),
        Index("ix_observation_map", "map_cell", "map_statements", postgresql_where=text("map_cell IS NOT NULL")),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True)
    mutation_id: Mapped[UUID] = mapped_column(ForeignKey("mutation.id"))
    version_id: Mapped[UUID]
    base_id: Mapped[UUID | None]
    clashes: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    round_id: Mapped[UUID | None]
    form_id: Mapped[str] = mapped_column(String(100))
    form_version: Mapped[str] = mapped_column(String(100))
    form_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("form_version.id"))
    instance_xml: Mapped[str] = mapped_column(Text)
    content_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[str] = mapped_column(String(10))
    problem: Mapped[dict[str, Any] | None] = mapped_column(Json)
    captured_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy_m: Mapped[float | None]
    claimed_address_id: Mapped[UUID | None]  # as the phone said; it may not be in the list
    address_id: Mapped[UUID | None] = mapped_column(ForeignKey("address.id"))
    boundary_id: Mapped[UUID | None] = mapped_column(ForeignKey("area_boundary.id"))
    area_source: Mapped[str | None] = mapped_column(String(10))
    area_is_uncertain: Mapped[bool] = mapped_column(default=False)  # the circle of its accuracy crosses a boundary
    gebied_boundary_id: Mapped[UUID | None] = mapped_column(ForeignKey("area_boundary.id"))
    map_cell: Mapped[int | None] = mapped_column(BigInteger)  # where it counts on the map (maps/tiles.py)
    map_statements: Mapped[int] = mapped_column(default=0)
    walk_id: Mapped[UUID | None]  # as the phone said; the walk may come later
    stop_id: Mapped[UUID | None]
    measure_m: Mapped[float | None]
    schouw_item: Mapped[str | None] = mapped_column(String(100))
    schouw_score: Mapped[str | None] = mapped_column(String(2))
    persons: Mapped[int | None]
    household_size: Mapped[int | None]


class MapCount(Model):
    """How many observations and statements lie in a cell of COUNT_ZOOM (maps/tiles.py), by area.

    What counts is the sum of all its rows: whoever changes an observation adds a row, so that nobody waits for another.
    A job puts rows together.
    """

    __tablename__ = "map_count"
    id: Mapped[int] = mapped_column(BigKey, Identity(), primary_key=True)
    cell: Mapped[int] = mapped_column(BigInteger, index=True)
    area_id: Mapped[UUID | None]
    gebied_id: Mapped[UUID | None]
    observations: Mapped[int]
    statements: Mapped[int]


class ObservationVersion(Model):
    """One version of an observation that has more than one: who, when, on what, and why.

    A version that was sent has its mutation's id; one that the server made by merging has `other_id` as its second
    parent. `instance_xml` is None for a withdrawal. `person` is who changed it at the desk.
    """

    __tablename__ = "observation_version"
    __table_args__ = (UniqueConstraint("observation_id", "number"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    observation_id: Mapped[UUID] = mapped_column(ForeignKey("observation.id"))
    number: Mapped[int]
    base_id: Mapped[UUID | None]
    other_id: Mapped[UUID | None]
    mutation_id: Mapped[UUID | None] = mapped_column(ForeignKey("mutation.id"))
    device_id: Mapped[UUID | None] = mapped_column(ForeignKey("device.id"))
    person: Mapped[str | None] = mapped_column(String(255))
    status: Mapped[str] = mapped_column(String(10))
    form_version: Mapped[str] = mapped_column(String(100))
    instance_xml: Mapped[str | None] = mapped_column(Text)
    clashes: Mapped[list[dict[str, Any]] | None] = mapped_column(Json)
    reason: Mapped[str | None] = mapped_column(String(500))
    captured_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)


class Question(Model):
    """What somebody at the desk asks whoever made an observation. The phone is not told who asked.

    Closed without an answer it is withdrawn; an answer that comes later opens it again.
    """

    __tablename__ = "question"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    observation_id: Mapped[UUID] = mapped_column(ForeignKey("observation.id"), index=True)
    asked_by: Mapped[str] = mapped_column(String(255))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    text: Mapped[str] = mapped_column(String(500))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Answer(Model):
    """What a phone answered to a question; all are kept, the latest counts. The id is that of its mutation."""

    __tablename__ = "answer"
    id: Mapped[UUID] = mapped_column(ForeignKey("mutation.id"), primary_key=True)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id"), index=True)
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    text: Mapped[str] = mapped_column(String(2000))
    answered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)


class Attachment(Model):
    """A file that an observation names. Its photo may not have arrived yet."""

    __tablename__ = "attachment"
    observation_id: Mapped[UUID] = mapped_column(ForeignKey("observation.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(255), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))


class Photo(Model):
    """A photo whose bytes are here, whole and verified."""

    __tablename__ = "photo"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(100))
    width: Mapped[int]
    height: Mapped[int]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)


class Visit(Model):
    """What happened at a door, told by itself or with a talk (then it has the observation's id)."""

    __tablename__ = "visit"
    __table_args__ = (Index("ix_visit_device", "device_id", "received_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    mutation_id: Mapped[UUID] = mapped_column(ForeignKey("mutation.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    round_id: Mapped[UUID | None]
    address_id: Mapped[UUID] = mapped_column(ForeignKey("address.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(20))
    visited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    corrected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)


class Walk(Model):
    """One walk of a route: a schouw. `track` has [lon, lat, accuracy in metres or null, moment] by moment.

    `seen` are the ids of the stops that the team marked. `planned_on` is the day of the rhythm that it was for.
    """

    __tablename__ = "walk"
    __table_args__ = (Index("ix_walk_route", "route_id", "started_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    mutation_id: Mapped[UUID] = mapped_column(ForeignKey("mutation.id"))
    device_id: Mapped[UUID] = mapped_column(ForeignKey("device.id"))
    route_id: Mapped[UUID] = mapped_column(ForeignKey("route.id"))
    planned_on: Mapped[date | None]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    track: Mapped[list[list[Any]]] = mapped_column(Json)
    seen: Mapped[list[str]] = mapped_column(Json)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)


class Change(Model):
    """The change log that pulls read. On PostgreSQL `xid` is the transaction that wrote the row (see sync/pull.py).

    `area_id` and `device_id` say whom the row is for: phones that see the area, that one phone, or all (None).
    """

    __tablename__ = "change"
    __table_args__ = (Index("ix_change_order", "xid", "seq"),)
    seq: Mapped[int] = mapped_column(BigKey, Identity(), primary_key=True)
    xid: Mapped[int] = mapped_column(BigInteger, FetchedValue())
    entity: Mapped[str] = mapped_column(String(20))
    entity_id: Mapped[str] = mapped_column(String(100))
    deleted: Mapped[bool] = mapped_column(default=False)
    area_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    logged_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc, index=True)


class ChangeLog(Model):
    """The one row that tells which log this is, and up to where it was tidied: an older cursor is of no use."""

    __tablename__ = "change_log"
    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str] = mapped_column(String(16))
    floor_xid: Mapped[int] = mapped_column(BigInteger)
    floor_seq: Mapped[int] = mapped_column(BigInteger)

    @property
    def floor(self) -> tuple[int, int]:
        return self.floor_xid, self.floor_seq
