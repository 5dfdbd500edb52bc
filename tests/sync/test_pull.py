"""Pull: everything once, then what changed, and never a row missed."""

from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from core.db import db
from core.problems import CURSOR_GONE, Problem
from maps.models import Address
from sync.cursor import decode_cursor, encode_cursor
from sync.models import Change
from sync.pull import ADDRESS, AREA
from sync.queries import log_changes
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

    assert answer.json() == {"cursor": phone.cursor, "complete": True, "changes": []}
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


def test_pull_misses_no_change_of_a_transaction_that_commits_late(village: Village, app: Flask) -> None:
    """Two writers take their numbers in one order and commit in the other. SQLite has only one writer at a time."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        return
    phone = village.phone()
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

    assert set(phone.entities["address"]) == {first, second}


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_cursor_survives_its_way_to_the_phone_and_back(transaction: int, number: int) -> None:
    assert decode_cursor(encode_cursor((transaction, number))) == (transaction, number)


@given(st.text(max_size=40))
def test_any_text_is_a_cursor_of_ours_or_gone(text: str) -> None:
    try:
        position = decode_cursor(text)
    except Problem as problem:
        kind = problem.kind
    else:
        assert encode_cursor(position) == text
        return
    assert kind is CURSOR_GONE


def test_pull_with_strange_cursor_is_410_and_a_new_pull_works(village: Village) -> None:
    phone = village.phone()
    headers = {"Authorization": f"Bearer {phone.token}"}

    assert phone.http.get("/v1/sync/pull", params={"cursor": "onzin"}, headers=headers).status_code == 410
    assert phone.http.get("/v1/sync/pull", headers=headers).status_code == 200
