"""Reports: figures as they were given to people, with what they were made from, so that they can be made again."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import new_id, now_utc
from core.db import Model, UtcDateTime


class Report(Model):
    """The participation of an area as it was at `made_at`, by the boundaries of that moment. `content` is JSON."""

    __tablename__ = "report"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), index=True)
    boundary_id: Mapped[UUID | None] = mapped_column(ForeignKey("area_boundary.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    made_by: Mapped[str] = mapped_column(String(255))
    inhabitants: Mapped[int | None]
    households: Mapped[int | None]
    source: Mapped[str] = mapped_column(String(300), default="")
    content: Mapped[str] = mapped_column(Text)
