"""What tests share that is no fixture: settings, a village with phones, photos."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import Executable, event

from core.config import Settings, read_settings
from core.db import db
from forms.fill import fill_instance
from sync.client import Photo, SyncClient
from sync.devices import make_enrolment
from sync.models import Round

EMAIL, PASSWORD = "anna@gemeente.example", "correct-horse-battery"
TALK = "keukentafelgesprek"
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

LogIn = Callable[..., FlaskClient]
Rows = Callable[[Executable], list[Any]]
MakeArea = Callable[..., UUID]


def make_settings(data: Path, **changes: str) -> Settings:
    """Settings with their own data folder, whatever the environment says."""
    return read_settings({"RONDGANG_DATA": str(data), "BASEMAP_URL": "", **changes})


@dataclass(frozen=True, slots=True)
class Village:
    """One area with two doors, in a round with the library's forms."""

    app: Flask
    area_id: UUID
    round_id: UUID
    address_ids: tuple[str, str]

    def code(self) -> str:
        """A code for one phone."""
        with self.app.app_context():
            round_ = db.session.get(Round, self.round_id)
            assert round_ is not None
            code = make_enrolment(round_, "Vrijwilliger")
            db.session.commit()
        return code

    def phone(self, wrap: Callable[[httpx.BaseTransport], httpx.BaseTransport] = lambda inner: inner) -> SyncClient:
        """An enrolled phone that has pulled; `wrap` may put a bad network in between afterwards."""
        client = self.unenrolled_phone()
        client.enrol(self.code())
        client.pull()
        client.http = httpx.Client(base_url="http://localhost", transport=wrap(httpx.WSGITransport(app=self.app)))
        return client

    def unenrolled_phone(self) -> SyncClient:
        transport = httpx.WSGITransport(app=self.app)
        return SyncClient.new(httpx.Client(base_url="http://localhost", transport=transport))

    def talk(
        self, phone: SyncClient, persons: int = 2, issues: tuple[str, ...] = (), door: int = 0, **more: Any
    ) -> UUID:
        """Queues a keukentafelgesprek on the phone."""
        photos: tuple[Photo, ...] = more.get("photos", ())
        rows = [{"tekst": issue, "thema": "verkeer", "trits": "anderen", "zelf_doen": "ja"} for issue in issues]
        for row, photo in zip(rows, photos, strict=False):
            row["foto"] = photo.name
        values = {
            "/data/deur/adres": self.address_ids[door],
            "/data/deur/uitkomst": "gesproken",
            "/data/gesprek/toestemming": "ja",
            "/data/gesprek/deelnemers": str(persons),
        }
        xml = fill_instance(phone.entities["form"][TALK]["xform"], values, {"/data/vraagstuk": rows}, uuid4())
        return phone.put_observation(
            TALK,
            xml,
            NOON,
            round_id=str(self.round_id),
            address_id=self.address_ids[door],
            photos=photos,
        )


def make_photo(colour: str = "green", edge: int = 64) -> Photo:
    """A small JPEG."""
    out = BytesIO()
    Image.new("RGB", (edge, edge), colour).save(out, "JPEG")
    return Photo(f"{colour}.jpg", out.getvalue())


def csrf(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page
    return found[1]


def count_statements(app: Flask, browser: FlaskClient, path: str) -> int:
    """How many statements of SQL a page takes."""
    seen: list[object] = []

    def count(*arguments: object) -> None:
        seen.append(arguments)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    assert browser.get(path).status_code == 200
    event.remove(engine, "before_cursor_execute", count)
    return len(seen)
