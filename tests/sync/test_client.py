"""The reference client: what it keeps, what it says, and what it makes of every answer."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.db import db
from server.simulate.network import LossyTransport
from sync.client import DeviceRevoked, NoNetwork, Refused, Store, SyncClient, TooManyRequests
from sync.models import Device, Observation, Photo, Visit
from tests.support import NOON, TALK, Rows, Village, make_photo

ENOUGH = 300
Answer = Callable[[httpx.Request], httpx.Response]


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 2**32), loss=st.sampled_from([0.0, 0.2, 0.4]), talks=st.integers(0, 4))
def test_everything_arrives_once_whatever_the_network_loses(
    village: Village, rows: Rows, seed: int, loss: float, talks: int
) -> None:
    phone = village.phone(lambda inner: LossyTransport(inner, loss, Random(seed)))
    before = counts(rows)
    photos = [make_photo(f"#{seed % 4096:03x}{number:03x}") for number in range(talks)]
    for photo in photos:
        village.talk(phone, issues=("Lamp",), photos=(photo,))
    phone.put_visit(village.address_ids[1], "niet_thuis", NOON)

    for _ in range(ENOUGH):
        if not phone.queue:
            break
        try:
            phone.deliver()
        except httpx.TransportError:
            continue

    assert not phone.queue
    assert not phone.photos
    observations, visits = counts(rows)
    assert (observations - before[0], visits - before[1]) == (talks, talks + 1)
    here = {sha256 for (sha256,) in rows(select(Photo.sha256))}
    assert {photo.sha256 for photo in photos} <= here


def counts(rows: Rows) -> tuple[int, int]:
    found = [rows(select(func.count()).select_from(model))[0][0] for model in (Observation, Visit)]
    return found[0], found[1]


def test_phone_that_is_opened_again_goes_on_where_it_was(village: Village, tmp_path: Path) -> None:
    http, path = village.unenrolled_phone().http, tmp_path / "phone.db"
    first = SyncClient.new(http, Store(path))
    first.enrol(village.code())
    first.pull()
    village.talk(first, issues=("Lamp",), photos=(make_photo(),))

    again = SyncClient.new(http, Store(path))

    assert (again.device_id, again.token, again.cursor, again.made) == (first.device_id, first.token, first.cursor, 1)
    assert again.entities["address"] == first.entities["address"]
    again.deliver()
    assert not again.queue


def test_change_of_own_work_and_its_withdrawal_arrive(village: Village, rows: Rows) -> None:
    phone = village.phone()
    observation_id = village.talk(phone, persons=2)
    (put,) = phone.queue.values()
    changed = put["instanceXml"].replace("<deelnemers>2<", "<deelnemers>5<")
    phone.edit_observation(observation_id, changed, reason="Verteld")
    phone.deliver()
    assert rows(select(Observation.persons, Observation.status)) == [(5, "applied")]

    phone.withdraw(observation_id, "Spijt")
    phone.deliver()

    assert rows(select(Observation.status)) == [("withdrawn",)]
    assert not phone.queue


def test_fetched_observation_is_changed_from_the_version_that_stands(village: Village, rows: Rows) -> None:
    phone = village.phone()
    observation_id = village.talk(phone, persons=2)
    phone.deliver()
    found = phone.fetch(observation_id)
    changed = found["instanceXml"].replace("<deelnemers>2<", "<deelnemers>3<")

    phone.edit_observation(observation_id, changed, base_version=found["version"], attachments=found["attachments"])
    phone.deliver()

    assert rows(select(Observation.persons)) == [(3,)]


def test_every_call_tells_what_was_made_and_is_unsent_and_large_bodies_are_compressed(village: Village) -> None:
    phone = village.phone()
    calls: list[httpx.Request] = []
    phone.http = line(lambda request: calls.append(request) or answer({"receipts": []}))  # type: ignore[func-returns-value]
    village.talk(phone, issues=("Lamp",), photos=(make_photo(),))

    phone.push(phone.unsent)

    (call,) = calls
    assert call.headers["Rondgang-Report"].startswith("made=1, unsent=1, photos=1, clock=")
    assert call.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(call.content))["mutations"] == list(phone.queue.values())


def test_mutation_without_receipt_or_with_an_unknown_status_is_kept(village: Village) -> None:
    phone = village.phone()
    first, second = village.talk(phone), village.talk(phone)
    known = next(iter(phone.queue))
    receipt = {"mutationId": known, "status": "archived", "version": None, "problem": None}
    phone.http = line(lambda _: answer({"receipts": [receipt], "missingPhotos": []}))

    phone.push(phone.unsent)

    assert first != second
    assert len(phone.queue) == 2
    assert [mutation["id"] for mutation in phone.unsent] == [key for key in phone.queue if key != known]


def test_mutation_that_the_ledger_does_not_know_goes_again(village: Village) -> None:
    phone = village.phone()
    village.talk(phone)
    http = phone.http
    phone.push(phone.unsent)
    phone.http = line(lambda _: answer({"account": {}, "mutations": []}))
    phone.forget_confirmed()
    assert len(phone.unsent) == 1

    phone.http = http
    phone.deliver()

    assert not phone.queue


def test_answer_that_is_no_json_is_no_network(village: Village) -> None:
    phone = village.phone()
    phone.http = line(lambda _: httpx.Response(200, html="<form>Welkom in het hotel</form>"))

    with pytest.raises(NoNetwork):
        phone.pull()
    with pytest.raises(NoNetwork):
        phone.send_photo(make_photo())


def test_too_many_requests_tells_how_long_to_wait(village: Village) -> None:
    phone = village.phone()
    busy = {"type": "urn:rondgang:problem:too-many-requests", "title": "", "status": 429}
    phone.http = line(lambda _: httpx.Response(429, json=busy, headers={"Retry-After": "17"}))

    with pytest.raises(TooManyRequests) as error:
        phone.pull()

    assert error.value.wait_s == 17


def test_batch_that_is_too_large_goes_in_halves_and_one_that_cannot_is_told(village: Village) -> None:
    phone = village.phone()
    for _ in range(5):
        village.talk(phone)
    sizes: list[int] = []
    too_large = list(phone.queue)[2]

    def small_server(request: httpx.Request) -> httpx.Response:
        content = gzip.decompress(request.content) if "Content-Encoding" in request.headers else request.content
        ids = [mutation["id"] for mutation in json.loads(content)["mutations"]]
        sizes.append(len(ids))
        if len(ids) > 2 or too_large in ids:
            return httpx.Response(413, json={"type": "urn:rondgang:problem:body-too-large", "title": "Te groot"})
        return answer({"receipts": [{"mutationId": one, "status": "applied", "version": None} for one in ids]})

    phone.http = line(small_server)
    phone.push(phone.unsent)

    assert list(phone.refused) == [too_large]
    assert phone.refused[too_large]["problem"]["title"] == "Te groot"
    assert not phone.unsent
    assert sizes == [5, 2, 3, 1, 2]


def test_revoked_phone_gets_nothing_and_hands_in_everything(village: Village) -> None:
    phone = village.phone()
    village.talk(phone, issues=("Lamp",), photos=(make_photo(),))
    with village.app.app_context():
        device = db.session.get(Device, phone.device_id)
        assert device is not None
        device.revoked_at = NOON
        db.session.commit()

    with pytest.raises(DeviceRevoked):
        phone.pull()
    phone.deliver()

    assert not phone.queue


def test_cursor_that_is_gone_means_everything_afresh(village: Village) -> None:
    phone = village.phone()
    phone.store.shelf("phone")["cursor"] = "onzin"
    phone.entities["address"]["nowhere"] = {}

    phone.pull()

    assert set(phone.entities["address"]) == set(village.address_ids)


def test_photo_that_the_server_does_not_want_holds_up_no_other(village: Village, rows: Rows) -> None:
    phone, good = village.phone(), make_photo()
    bad = type(good)("kapot.jpg", b"geen foto")
    village.talk(phone, issues=("Lamp", "Bank"), photos=(bad, good))

    phone.deliver()

    assert rows(select(Photo.sha256)) == [(good.sha256,)]
    assert bad.sha256 in phone.photos
    assert not phone.unsent_photos


def test_refusal_tells_what_is_wrong(village: Village) -> None:
    with pytest.raises(Refused) as error:
        village.unenrolled_phone().enrol("ONZIN")

    assert (error.value.status, error.value.slug) == (403, "code-unusable")


def test_phone_without_forms_has_none(village: Village) -> None:
    phone = village.unenrolled_phone()

    assert TALK not in phone.entities["form"]
    assert dict(phone.entities) == {}


def line(server: Answer) -> httpx.Client:
    """A line to a server that we make up."""
    return httpx.Client(base_url="http://localhost", transport=httpx.MockTransport(server))


def answer(body: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json=body)
