"""Enrolment: one code, one phone, and nothing stored that would open a door."""

from datetime import timedelta

import httpx
import pytest
from flask import Flask
from sqlalchemy import select

from core import clock
from core.clock import now_utc
from core.db import db
from sync.client import SyncClient
from sync.devices import enrolment_link, normal_code
from sync.models import Device, Enrolment
from tests.support import Rows, Village


def test_phone_enrols_with_code_and_learns_its_rounds(village: Village) -> None:
    phone = village.unenrolled_phone()

    answer = phone.enrol(village.code())

    assert [round_["name"] for round_ in answer["rounds"]] == ["Wat speelt er?"]
    assert answer["volunteer"] == "Vrijwilliger"


def test_only_hashes_of_token_and_code_are_stored(village: Village, rows: Rows) -> None:
    phone, code = village.unenrolled_phone(), village.code()
    phone.enrol(code)

    stored = str([vars(row) for (row,) in rows(select(Device)) + rows(select(Enrolment))])

    assert phone.token not in stored
    assert normal_code(code) not in stored


def test_enrolment_again_by_same_phone_succeeds_because_the_answer_may_be_lost(village: Village) -> None:
    phone, code = village.unenrolled_phone(), village.code()

    assert phone.enrol(code) == phone.enrol(code)


@pytest.mark.parametrize("code", ["the used one", "AAAA-AAAA-AAAA", "; DROP TABLE"])
def test_code_that_is_used_or_unknown_is_403(village: Village, code: str) -> None:
    used = village.code()
    village.unenrolled_phone().enrol(used)

    with pytest.raises(httpx.HTTPStatusError) as error:
        village.unenrolled_phone().enrol(used if code == "the used one" else code)

    assert error.value.response.json()["type"] == "urn:rondgang:problem:code-unusable"


def test_code_works_for_seven_days(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    code = village.code()
    late = clock.now_utc() + timedelta(days=7, minutes=1)
    monkeypatch.setattr("sync.devices.now_utc", lambda: late)

    with pytest.raises(httpx.HTTPStatusError):
        village.unenrolled_phone().enrol(code)


def test_code_may_be_typed_sloppily(village: Village) -> None:
    village.unenrolled_phone().enrol(village.code().lower().replace("-", " "))


def test_known_phone_takes_part_in_a_second_round_with_its_own_token(village: Village) -> None:
    phone = village.phone()

    phone.enrol(village.code())
    stranger = SyncClient(phone.http, phone.device_id, "x" * 43)

    with pytest.raises(httpx.HTTPStatusError):
        stranger.enrol(village.code())


def test_code_stands_where_no_server_logs_it() -> None:
    assert enrolment_link("https://x.example", "AB-CD").split("#")[0] == "https://x.example/app/"


def test_phone_that_was_known_by_its_koffer_only_can_still_enrol(village: Village, app: Flask) -> None:
    phone = village.unenrolled_phone()
    with app.app_context():
        db.session.add(Device(id=phone.device_id, token_hash="x" * 64, volunteer="Koffer", revoked_at=now_utc()))
        db.session.commit()

    phone.enrol(village.code())
    phone.pull()

    assert phone.entities["round"]
