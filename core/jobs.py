"""Work that may happen a little later: enqueued after the commit, done by RQ or in this process.

A job may be lost (a crash between commit and enqueue) or run twice. Therefore a job only makes what can be made again
from what is stored, and whoever needs its result makes it when it is not there.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from flask import Flask, current_app
from sqlalchemy import event
from sqlalchemy.orm import Session

from core.db import db

if TYPE_CHECKING:
    from rq import Queue

QUEUE_NAME = "rondgang"
LONGEST_JOB_S = 2 * 3600  # placing a million observations again takes longer than RQ's own three minutes
_WAITING = "rondgang_jobs"
log = logging.getLogger(__name__)

Job = tuple[Callable[..., None], tuple[Any, ...]]


class Jobs:
    """Where this app's jobs go: to Redis when there is one, else to a thread of this process."""

    def __init__(self, app: Flask, redis_url: str | None) -> None:
        self._app = app
        self._queue = _redis_queue(redis_url) if redis_url else None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs")
        self._running: list[Future[None]] = []
        app.extensions["rondgang_jobs"] = self

    def submit(self, job: Callable[..., None], args: tuple[Any, ...]) -> None:
        if self._queue is not None:
            self._queue.enqueue(job, *args)
            return
        self._running = [one for one in self._running if not one.done()]
        self._running.append(self._thread.submit(self._run, job, args))

    def finish(self) -> None:
        """Waits until every job of this process is done."""
        for one in self._running:
            one.result()

    def _run(self, job: Callable[..., None], args: tuple[Any, ...]) -> None:
        with self._app.app_context():
            try:
                job(*args)
            except Exception:
                log.exception("job %s failed", job.__name__)


def _redis_queue(redis_url: str) -> "Queue":
    from redis import Redis  # slow to import, and most installations have no Redis
    from rq import Queue

    return Queue(QUEUE_NAME, connection=Redis.from_url(redis_url), default_timeout=LONGEST_JOB_S)


def enqueue_after_commit(job: Callable[..., None], *args: Any) -> None:
    """Runs the job once the current transaction is committed; forgets it when that is rolled back."""
    db.session.info.setdefault(_WAITING, []).append((job, args))


@event.listens_for(Session, "after_commit")
def _submit_waiting(session: Session) -> None:
    waiting: list[Job] = session.info.pop(_WAITING, [])
    for job, args in waiting:
        try:
            current_app.extensions["rondgang_jobs"].submit(job, args)
        except Exception:  # what is committed stays committed, whatever the queue says
            log.exception("job %s could not be enqueued", job.__name__)


@event.listens_for(Session, "after_rollback")
def _forget_waiting(session: Session) -> None:
    session.info.pop(_WAITING, None)
