"""Forms as they are stored: every published version, immutable."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import new_id, now_utc
from core.db import Model, UtcDateTime

DRAFT, PUBLISHED, WITHDRAWN = "concept", "gepubliceerd", "ingetrokken"


class Form(Model):
    """A form that a round can use; its newest version is what phones get."""

    __tablename__ = "form"
    id: Mapped[str] = mapped_column(String(100), primary_key=True)
    newest_version_id: Mapped[UUID | None]  # no foreign key: the version points back here


class FormVersion(Model):
    """One version: what was written, what phones get, and its hash (SHA-256 of the XForm).

    A draft (concept) may be replaced. Once published a version never changes; withdrawn, phones get it no more, but
    answers that were begun with it still count.
    """

    __tablename__ = "form_version"
    __table_args__ = (UniqueConstraint("form_id", "version"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    form_id: Mapped[str] = mapped_column(ForeignKey("form.id"))
    version: Mapped[str] = mapped_column(String(100))
    source_name: Mapped[str] = mapped_column(String(255))
    source: Mapped[bytes] = mapped_column(LargeBinary)
    xform: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(20), default=DRAFT)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ListVersion(Model):
    """An external list (CSV) that forms choose from; the newest of a name is in force."""

    __tablename__ = "list_version"
    __table_args__ = (Index("ix_list_version_name", "name", "published_at"),)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    content: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
