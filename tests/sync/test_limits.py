"""What a phone may send: how often, how much, and in what wrapping."""

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from core.db import db
from server.app import create_app
from sync.client import SyncClient
from tests.support import Village, make_settings


def post(phone: SyncClient, body: bytes, encoding: str) -> tuple[int, str]:
    headers = {
        "Authorization": f"Bearer {phone.token}",
        "Content-Type": "application/json",
        "Content-Encoding": encoding,
    }
    answer = phone.http.post("/v1/sync/push", content=body, headers=headers)
    return answer.status_code, answer.json().get("type", "").rsplit(":", 1)[-1]


def batch_of(phone: SyncClient) -> bytes:
    return json.dumps({"mutations": list(phone.queue.values())}).encode()


def test_push_takes_a_compressed_batch(village: Village) -> None:
    phone = village.phone()
    village.talk(phone)

    assert post(phone, gzip.compress(batch_of(phone)), "gzip") == (200, "")


@pytest.mark.parametrize(
    ("make", "encoding", "answer"),
    [
        (lambda body: gzip.compress(body)[:-5], "gzip", (400, "body-unreadable")),
        (lambda body: body, "gzip", (400, "body-unreadable")),
        (lambda body: body, "br", (400, "body-unreadable")),
        (lambda _: gzip.compress(b" " * 9_000_000), "gzip", (413, "body-too-large")),
        (lambda _: b"", "gzip", (400, "body-unreadable")),
    ],
)
def test_push_of_a_body_that_cannot_be_inflated_is_a_clear_problem(
    village: Village, make: Callable[[bytes], bytes], encoding: str, answer: tuple[int, str]
) -> None:
    phone = village.phone()
    village.talk(phone)

    assert post(phone, make(batch_of(phone)), encoding) == answer


@pytest.fixture
def hurried_app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """The app with a limit of three requests a minute for each phone."""
    app = create_app(make_settings(tmp_path / "data", DATABASE_URL=database_url, DEVICE_LIMIT="3/minute"))
    yield app
    with app.app_context():
        db.engine.dispose()


def test_phone_that_asks_too_often_is_told_how_long_to_wait_and_holds_up_no_other(
    village: Village, hurried_app: Flask
) -> None:
    busy, other = village.phone(), village.phone()

    def ask(phone: SyncClient) -> tuple[int, str | None]:
        answer = hurried_app.test_client().get("/v1/sync/ledger", headers={"Authorization": f"Bearer {phone.token}"})
        return answer.status_code, answer.headers.get("Retry-After")

    answers = [ask(busy) for _ in range(4)]

    assert [status for status, _ in answers] == [200, 200, 200, 429]
    assert 0 < int(answers[-1][1] or 0) <= 60
    assert [wait for _, wait in answers[:3]] == [None, None, None]
    assert ask(other)[0] == 200
