"""The page GIS-toegang: a token is shown once, opens the map layers, and opens nothing once it is taken back."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from core.db import db
from server.ogc.hidden_ids import HiddenIds
from server.people.models import BEHEERDER, TEAMLID, ApiToken, AuditEntry
from server.people.tokens import USE_PRECISION, token_in
from tests.support import LogIn, Rows, csrf

NL = {"Accept-Language": "nl"}


def make_by_page(browser: FlaskClient, name: str = "QGIS van team Geo") -> str:
    """The token that the page shows."""
    fields = {"naam": name, "csrf_token": csrf(browser.get("/gis-toegang").text)}
    page = browser.post("/gis-toegang", data=fields, headers=NL).text
    found = re.search(r"<code>([\w-]{43})</code>", page)
    assert found, page
    return found[1]


def opens(app: Flask, token: str) -> bool:
    answer = app.test_client().get("/ogc/collections", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code in {200, 401}
    return answer.status_code == 200


def test_token_is_shown_once_kept_as_a_hash_and_written_down(app: Flask, log_in: LogIn, rows: Rows) -> None:
    browser = log_in(BEHEERDER)

    token = make_by_page(browser)

    assert opens(app, token)
    assert not opens(app, token + "x")
    ((row,),) = rows(select(ApiToken))
    assert token not in str(vars(row))
    assert token not in browser.get("/gis-toegang").text
    ((entry,),) = rows(select(AuditEntry))
    assert (entry.action, entry.subject.split(",")[0]) == ("gis.sleutel maken", "QGIS van team Geo")
    assert token not in entry.subject


def test_token_that_was_taken_back_opens_nothing(app: Flask, log_in: LogIn, rows: Rows) -> None:
    browser = log_in()
    token, other = make_by_page(browser), make_by_page(browser, "Ander")
    ((row,),) = rows(select(ApiToken).where(ApiToken.name != "Ander"))
    asks = browser.get(f"/gis-toegang/{row.id}/intrekken", headers=NL)

    assert "QGIS van team Geo" in asks.text
    assert opens(app, token)
    answer = browser.post(f"/gis-toegang/{row.id}/intrekken", data={"csrf_token": csrf(asks.text)})

    assert answer.status_code == 302
    assert not opens(app, token)
    assert opens(app, other)
    assert "Ingetrokken" in browser.get("/gis-toegang", headers=NL).text
    assert rows(select(AuditEntry.action))[-1:] == [("gis.sleutel intrekken",)]


def test_use_is_written_down_once_an_hour(app: Flask, log_in: LogIn, rows: Rows) -> None:
    token = make_by_page(log_in())
    assert rows(select(ApiToken.last_used_at)) == [(None,)]

    assert opens(app, token)
    ((first,),) = rows(select(ApiToken.last_used_at))
    assert opens(app, token)
    assert rows(select(ApiToken.last_used_at)) == [(first,)]

    with app.app_context():
        db.session.execute(update(ApiToken).values(last_used_at=first - USE_PRECISION - timedelta(seconds=1)))
        db.session.commit()
    assert opens(app, token)
    assert rows(select(ApiToken.last_used_at))[0][0] >= first


@pytest.mark.parametrize("name", ["", " \0 ", "x" * 101])
def test_token_needs_a_name_that_fits(log_in: LogIn, rows: Rows, name: str) -> None:
    browser = log_in()
    answer = browser.post(
        "/gis-toegang", data={"naam": name, "csrf_token": csrf(browser.get("/gis-toegang").text)}, headers=NL
    )

    assert answer.status_code == 400
    assert "hoogstens 100 tekens" in answer.text
    assert rows(select(ApiToken)) == []


def test_page_is_for_the_desk_only_and_unknown_tokens_are_404(app: Flask, log_in: LogIn) -> None:
    assert app.test_client().get("/gis-toegang").status_code == 302
    assert log_in(TEAMLID).get("/gis-toegang").status_code in {302, 403}


def test_unknown_token_cannot_be_taken_back(log_in: LogIn) -> None:
    assert log_in().get(f"/gis-toegang/{uuid4()}/intrekken").status_code == 404


def test_page_without_tokens_says_how_to_begin(log_in: LogIn) -> None:
    assert "Er is nog geen sleutel." in log_in().get("/gis-toegang", headers=NL).text


@given(st.text(max_size=60))
def test_any_header_is_read_without_harm(text: str) -> None:
    for scheme in ("", "Basic ", "Bearer "):
        found = token_in(scheme + text)
        assert found is None or found


@given(st.uuids(), st.uuids())
def test_hidden_ids_are_found_again_and_differ(first: UUID, second: UUID) -> None:
    ids, others = HiddenIds("geheim", "een"), HiddenIds("anders", "een")

    assert ids.find(ids.hide(first)) == first
    assert (ids.hide(first) == ids.hide(second)) == (first == second)
    assert ids.hide(first) != others.hide(first)
