"""How far a long job is, so that a page can show it and a job that was lost is noticed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import new_id, now_utc
from core.db import Model, UtcDateTime, db


class Progress(Model):
    """One job: `done` of `total` steps (0: not known yet). `problem` is why it stopped, if it did."""

    __tablename__ = "progress"
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    job: Mapped[str] = mapped_column(String(50), index=True)
    subject: Mapped[str] = mapped_column(String(300), default="")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now_utc)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[str | None] = mapped_column(String(500))

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

    def advance(self, done: int, total: int | None = None) -> None:
        """Commits what was done so far, with how far it is."""
        self.done, self.total = done, self.total if total is None else total
        db.session.commit()

    def end(self, problem: str | None = None) -> None:
        """Commits that it is over."""
        self.ended_at, self.problem = now_utc(), problem[:500] if problem else None
        db.session.commit()


def begin_progress(job: str, subject: str = "") -> Progress:
    """A job that is about to be enqueued, in the current transaction."""
    progress = Progress(job=job, subject=subject[:300])
    db.session.add(progress)
    db.session.flush()
    return progress
