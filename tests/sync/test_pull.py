"""Pull: everything once, then what changed, and never a row missed."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from core.clock import now_utc
from core.db import db
from core.problems import CURSOR_GONE, Problem
from maps.models import Address
from sync.apply import tell_owner
from sync.at_desk import withdraw_at_desk
from sync.cursor import Cursor, decode_cursor, encode_cursor
from sync.interpret import accept_held
from sync.models import Change, Device, Observation, Round, device_round
from sync.pull import ADDRESS, AREA, begin_new_log, tidy_log
from sync.queries import admit, log_changes, set_round_scope
from tests.support import MakeArea, Village


def change_door(app: Flask, address_id: str, street: str) -> None:
    with app.app_context():
        address = db.session.scalar(select(Address).where(Address.street != street).limit(1))
        assert address is not None
        address.street = street
        log_changes(ADDRESS, [address.id])
        db.session.commit()


def test_first_pull_brings_round_areas_forms_and_addresses(village: Village) -> None:
    phone = village.phone()

    assert {kind: len(found) for kind, found in phone.entities.items()} == {
        "round": 1,
        "area": 1,
        "form": 6,
        "address": 2,
    }
    talk = phone.entities["form"]["keukentafelgesprek"]
    assert talk["usesAddresses"]
    assert {"role": "adres", "path": "/data/deur/adres"} in talk["roles"]
    assert talk["xform"].startswith("<?xml")


def test_pull_without_changes_is_one_small_answer(village: Village) -> None:
    phone = village.phone()

    headers = {"Authorization": f"Bearer {phone.token}"}
    answer = phone.http.get("/v1/sync/pull", params={"cursor": phone.cursor or ""}, headers=headers)

    nothing = {"complete": True, "changes": [], "reset": False, "kofferKey": None}
    assert answer.json() == {"cursor": phone.cursor, **nothing}
    assert len(answer.content) <= 300


def test_pull_brings_changed_address(village: Village, app: Flask) -> None:
    phone = village.phone()
    change_door(app, village.address_ids[0], "Nieuwstraat")

    phone.pull()

    assert "Nieuwstraat" in {address["street"] for address in phone.entities["address"].values()}


def test_pull_shows_nothing_of_areas_outside_the_round(village: Village, app: Flask, make_area: MakeArea) -> None:
    phone = village.phone()
    elsewhere = make_area("Pesse", west=6.4)
    with app.app_context():
        address = Address(area_id=elsewhere, street="Verweg", number=1, place="Pesse", lon=6.45, lat=52.65)
        db.session.add(address)
        db.session.flush()
        log_changes(AREA, [elsewhere])
        log_changes(ADDRESS, [address.id])
        db.session.commit()

    phone.pull()

    assert str(elsewhere) not in phone.entities["area"]
    assert len(phone.entities["address"]) == 2


def test_pull_goes_on_over_pages(village: Village, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.pull.PAGE_SIZE", 2)
    phone = village.phone()
    with app.app_context():
        log_changes(ADDRESS, village.address_ids)
        log_changes(ADDRESS, [str(uuid4()) for _ in range(5)])
        db.session.commit()
    phone.entities["address"].clear()

    phone.pull()

    assert set(phone.entities["address"]) == set(village.address_ids)


@pytest.mark.parametrize("is_naive", [False, True])
def test_pull_misses_no_change_of_a_transaction_that_commits_late_as_a_cursor_on_the_number_alone_would(
    village: Village, app: Flask, monkeypatch: pytest.MonkeyPatch, is_naive: bool
) -> None:
    """Two writers take their numbers in one order and commit in the other. SQLite has only one writer at a time."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        return
    phone = village.phone()
    if is_naive:
        monkeypatch.setattr("sync.pull.log_horizon", lambda: 2**62)
    first, second = village.address_ids
    phone.entities["address"].clear()
    with app.app_context():
        early = db.engine.connect()
        early.begin()
        early.execute(insert(Change), {"entity": ADDRESS, "entity_id": first, "deleted": False})
        log_changes(ADDRESS, [second])
        db.session.commit()

        phone.pull()
        early.commit()
        early.close()
        phone.pull()

    assert set(phone.entities["address"]) == ({second} if is_naive else {first, second})


def test_pull_tells_of_an_address_that_left_the_area_or_the_list(
    village: Village, app: Flask, make_area: MakeArea
) -> None:
    phone = village.phone()
    elsewhere = make_area("Pesse", west=6.4)
    with app.app_context():
        moved = db.session.get_one(Address, UUID(village.address_ids[0]))
        moved.area_id = elsewhere
        log_changes(ADDRESS, [moved.id], area_id=village.area_id, deleted=True)
        log_changes(ADDRESS, [moved.id], area_id=elsewhere)
        db.session.commit()

    phone.pull()

    assert set(phone.entities["address"]) == {village.address_ids[1]}


def test_pull_brings_all_of_a_round_that_was_added_and_takes_away_what_was_taken_out(
    village: Village, app: Flask, make_area: MakeArea
) -> None:
    phone = village.phone()
    area_id = make_area("Pesse", west=6.4)
    with app.app_context():
        round_ = Round(name="Pesse", starts_on=date(2026, 11, 1), ends_on=date(2027, 2, 1))
        db.session.add_all(
            [round_, Address(area_id=area_id, street="Verweg", number=1, place="Pesse", lon=6.45, lat=52.65)]
        )
        db.session.flush()
        set_round_scope(round_.id, [area_id], ["ideekaart"])
        admit(phone.device_id, round_.id)
        db.session.commit()

    phone.pull()
    grown = {kind: len(found) for kind, found in phone.entities.items()}
    with app.app_context():
        db.session.execute(delete(device_round).where(device_round.c.round_id == village.round_id))
        db.session.commit()
    phone.pull()

    assert grown == {"round": 2, "area": 2, "form": 6, "address": 3}
    assert {kind: len(found) for kind, found in phone.entities.items()} == {
        "round": 1,
        "area": 1,
        "form": 1,
        "address": 1,
    }


def test_pull_with_a_cursor_older_than_the_log_is_gone_and_begins_afresh(
    village: Village, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, later = village.phone(), village.phone()
    change_door(app, village.address_ids[0], "Nieuwstraat")
    later.pull()
    monkeypatch.setattr("sync.pull.KEEP_CHANGES", timedelta(0))
    with app.app_context():
        forgotten = tidy_log()
        db.session.commit()
    village.talk(phone)
    headers = {"Authorization": f"Bearer {phone.token}"}

    gone = phone.http.get("/v1/sync/pull", params={"cursor": phone.cursor or ""}, headers=headers)
    still = phone.http.get("/v1/sync/pull", params={"cursor": later.cursor or ""}, headers=headers)
    phone.pull()

    assert forgotten
    assert (gone.status_code, still.status_code) == (410, 200)
    assert "Nieuwstraat" in {address["street"] for address in phone.entities["address"].values()}
    assert len(phone.queue) == 1


def test_phones_pull_afresh_after_a_backup_was_put_back(village: Village, app: Flask) -> None:
    phone = village.phone()
    with app.app_context():
        begin_new_log()
        db.session.commit()
    headers = {"Authorization": f"Bearer {phone.token}"}

    gone = phone.http.get("/v1/sync/pull", params={"cursor": phone.cursor or ""}, headers=headers)
    phone.pull()

    assert gone.status_code == 410
    assert len(phone.entities["address"]) == 2


def test_pull_tells_the_phone_what_became_of_its_observation_at_the_desk(village: Village, app: Flask) -> None:
    phone, other = village.phone(), village.phone()
    observation_id = village.talk(phone, persons=99)
    phone.deliver()
    with app.app_context():
        found = db.session.get_one(Observation, observation_id)
        accept_held(found, app.extensions["rondgang_process"])
        tell_owner(found)
        db.session.commit()

    phone.pull()
    other.pull()

    assert phone.states[str(observation_id)]["status"] == "applied"
    assert not other.states


def test_revoked_phone_pulls_nothing_and_hands_in_what_it_holds(village: Village, app: Flask) -> None:
    phone = village.phone()
    village.talk(phone)
    with app.app_context():
        db.session.get_one(Device, phone.device_id).revoked_at = now_utc()
        db.session.commit()
    headers = {"Authorization": f"Bearer {phone.token}"}

    answer = phone.http.get("/v1/sync/pull", headers=headers)
    phone.deliver()

    assert (answer.status_code, answer.json()["type"]) == (403, "urn:rondgang:problem:device-revoked")
    assert not phone.queue


WORDS = st.text("0123456789abcdef", min_size=8, max_size=8)


@given(WORDS, st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1), WORDS)
def test_cursor_survives_its_way_to_the_phone_and_back(epoch: str, transaction: int, number: int, scope: str) -> None:
    cursor = Cursor(epoch, (transaction, number), scope)

    assert decode_cursor(encode_cursor(cursor)) == cursor


@given(st.text(max_size=40))
def test_any_text_is_a_cursor_of_ours_or_gone(text: str) -> None:
    try:
        cursor = decode_cursor(text)
    except Problem as problem:
        kind = problem.kind
    else:
        assert encode_cursor(cursor) == text
        return
    assert kind is CURSOR_GONE


def test_pull_with_strange_cursor_is_410_and_a_new_pull_works(village: Village) -> None:
    phone = village.phone()
    headers = {"Authorization": f"Bearer {phone.token}"}

    assert phone.http.get("/v1/sync/pull", params={"cursor": "onzin"}, headers=headers).status_code == 410
    assert phone.http.get("/v1/sync/pull", headers=headers).status_code == 200


def test_states_that_were_pulled_step_by_step_are_those_of_a_fresh_pull(village: Village, app: Flask) -> None:
    phone = village.phone()
    held, back = village.talk(phone, persons=99), village.talk(phone)
    phone.deliver()
    phone.pull()
    with app.app_context():
        withdraw_at_desk(back, "anna", "dubbel", app.extensions["rondgang_process"])
        db.session.commit()
    phone.pull()
    assert phone.states[str(back)]["status"] == "withdrawn"
    fetched = phone.fetch(str(back))
    phone.edit_observation(back, fetched["instanceXml"], base_version=fetched["version"])
    phone.deliver()
    phone.pull()

    step_by_step = dict(phone.states)
    fresh = phone.http.get("/v1/sync/pull", headers={"Authorization": f"Bearer {phone.token}"}).json()["changes"]

    assert step_by_step == {one["id"]: one["data"] for one in fresh if one["entity"] == "observation"}
    assert {key: state["status"] for key, state in step_by_step.items()} == {
        str(held): "held",
        str(back): "applied",
    }
