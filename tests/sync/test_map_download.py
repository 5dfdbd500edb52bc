"""Packed maps go to phones whole or in parts, go on after a break, and only to phones that see the area."""

import httpx
import pytest
from flask import Flask
from sqlalchemy import select, update

from core.clock import now_utc
from core.db import db
from maps.models import MapPack
from server.packs.make import make_pack_later
from server.packs.origins import OWN
from sync.client import SyncClient
from sync.models import Device, round_area
from sync.photo_store import photo_store
from tests.support import MakeArea, Rows, Village


@pytest.fixture
def pack(app: Flask, village: Village, rows: Rows) -> MapPack:
    """The own map of the village."""
    with app.app_context():
        make_pack_later(village.area_id, OWN)
        db.session.commit()
    app.extensions["rondgang_jobs"].finish()
    ((found,),) = rows(select(MapPack))
    assert isinstance(found, MapPack)
    return found


def get(phone: SyncClient, sha256: str, method: str = "GET", **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return phone.http.request(
        method,
        f"/v1/sync/maps/{sha256}.pmtiles",
        headers={"Authorization": f"Bearer {phone.token}", "Accept-Encoding": "identity", **named},
    )


def whole(app: Flask, pack: MapPack) -> bytes:
    with app.app_context():
        return photo_store().map_part(pack.sha256, 0, pack.size)


def test_phone_hears_of_the_map_and_gets_it_whole(village: Village, app: Flask, pack: MapPack) -> None:
    phone = village.phone()
    told = phone.entities["map"][str(village.area_id)]

    answer = get(phone, told["sha256"])

    assert (told["size"], told["minZoom"], told["maxZoom"]) == (pack.size, 11, 16)
    assert answer.status_code == 200
    assert answer.content == whole(app, pack)
    assert answer.headers["Content-Length"] == str(pack.size)
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "private" in answer.headers["Cache-Control"]
    assert get(phone, told["sha256"], If_None_Match=answer.headers["ETag"]).status_code == 304
    head = get(phone, told["sha256"], "HEAD")
    assert (head.content, head.headers["Content-Length"]) == (b"", str(pack.size))


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", slice(0, 1)),
        ("bytes=10-99", slice(10, 100)),
        ("bytes=100-", slice(100, None)),
        ("bytes=-50", slice(-50, None)),
        ("bytes=5-99999999", slice(5, None)),
    ],
)
def test_part_is_the_same_bytes(village: Village, app: Flask, pack: MapPack, asked: str, part: slice) -> None:
    content = whole(app, pack)

    answer = get(village.phone(), pack.sha256, Range=asked)

    first, last, _ = part.indices(pack.size)
    assert answer.status_code == 206
    assert answer.content == content[part]
    assert answer.headers["Content-Range"] == f"bytes {first}-{last - 1}/{pack.size}"


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "regels=1-2", "onzin", "bytes=9-2"])
def test_range_that_is_not_understood_gives_the_whole(village: Village, pack: MapPack, asked: str) -> None:
    answer = get(village.phone(), pack.sha256, Range=asked)

    assert (answer.status_code, len(answer.content)) == (200, pack.size)


def test_range_after_the_end_is_416(village: Village, pack: MapPack) -> None:
    answer = get(village.phone(), pack.sha256, Range=f"bytes={pack.size}-")

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{pack.size}"


def test_download_goes_on_where_it_stopped(village: Village, app: Flask, pack: MapPack) -> None:
    phone = village.phone()
    first = get(phone, pack.sha256, Range="bytes=0-999")
    etag = first.headers["ETag"]

    rest = get(phone, pack.sha256, Range="bytes=1000-", If_Range=etag)
    other_file = get(phone, pack.sha256, Range="bytes=1000-", If_Range='"iets anders"')

    assert first.content + rest.content == whole(app, pack)
    assert (other_file.status_code, len(other_file.content)) == (200, pack.size)


def test_phone_gets_only_maps_of_areas_that_it_sees(
    village: Village, app: Flask, pack: MapPack, make_area: MakeArea
) -> None:
    phone = village.phone()
    elsewhere = make_area("Elders", west=7.0)
    with app.app_context():
        db.session.execute(update(round_area).values(area_id=elsewhere))
        db.session.commit()

    assert get(phone, pack.sha256).status_code == 404
    assert get(phone, "0" * 64).status_code == 404
    assert get(phone, "onzin").json()["type"] == "urn:rondgang:problem:map-unknown"


def test_without_a_token_or_with_one_taken_back_there_is_no_map(village: Village, app: Flask, pack: MapPack) -> None:
    phone = village.phone()
    assert phone.http.get(f"/v1/sync/maps/{pack.sha256}.pmtiles").status_code == 401
    with app.app_context():
        db.session.execute(update(Device).values(revoked_at=now_utc()))
        db.session.commit()

    assert get(phone, pack.sha256).status_code == 403


def test_map_whose_file_is_gone_is_404_and_not_half(village: Village, app: Flask, pack: MapPack) -> None:
    with app.app_context():
        photo_store().remove_map(pack.sha256)

    assert get(village.phone(), pack.sha256).status_code == 404
