"""People, their roles, and the append-only log of what they changed."""

from datetime import datetime
from uuid import UUID

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.clock import new_id, now_utc
from core.db import Base, Model, UtcDateTime

BEHEERDER, OPBOUWWERKER, TEAMLID = "beheerder", "opbouwwerker", "teamlid"

person_role = Table(
    "person_role",
    Base.metadata,
    Column("person_id", ForeignKey("person.id"), primary_key=True),
    Column("role_id", ForeignKey("role.id"), primary_key=True),
)


class Role(Model, RoleMixin):
    """What a person may do."""

    __tablename__ = "role"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)


class Person(Model, UserMixin):
    """Somebody who logs in. `fs_uniquifier` ends all sessions when it is changed."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    roles: Mapped[list[Role]] = relationship(secondary=person_role)  # type: ignore[assignment]  # a list of our roles


class AuditEntry(Model):
    """One change by a person: who, when, what, to what. Rows are only ever added."""

    __tablename__ = "audit_entry"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc, index=True)
    actor: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(50))
    subject: Mapped[str] = mapped_column(String(300))


class ApiToken(Model):
    """What lets a program read areas, routes and observations. Only the SHA-256 of its 256 random bits is kept."""

    __tablename__ = "api_token"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_by: Mapped[str] = mapped_column(String(255))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
