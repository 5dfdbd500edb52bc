"""Meldingen: one statement of one household or person, in the words that were recorded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import new_id
from core.db import Model, UtcDateTime
from maps.models import Placed


class Melding(Placed, Model):
    """A statement about a vraagstuk. `willing` is ja, misschien or nee: ja makes it an initiative.

    `key` tells it from the other statements of its observation and stays the same when that is edited.
    """

    __tablename__ = "melding"
    __table_args__ = (
        UniqueConstraint("observation_id", "key"),
        Index("ix_melding_area", "area_id", "captured_at"),
        Index("ix_melding_gebied", "gebied_id", "captured_at"),
    )
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    observation_id: Mapped[UUID] = mapped_column(ForeignKey("observation.id"))
    key: Mapped[str] = mapped_column(String(300))
    number: Mapped[int]
    address_id: Mapped[UUID | None] = mapped_column(ForeignKey("address.id"))
    text: Mapped[str] = mapped_column(Text)
    theme: Mapped[str | None] = mapped_column(String(100))
    trits: Mapped[str | None] = mapped_column(String(100))
    willing: Mapped[str | None] = mapped_column(String(100))
    captured_at: Mapped[datetime] = mapped_column(UtcDateTime)
