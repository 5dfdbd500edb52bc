"""The desk: who logs in sees participation, statements, map and photos; who does not sees nothing."""

import re
from html import unescape
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from server.people.models import OPBOUWWERKER, TEAMLID, AuditEntry
from server.people.setup import add_person
from tests.support import EMAIL, PASSWORD, LogIn, Rows, Village, csrf, make_photo

SOME_ID = UUID(int=1)
NL = {"Accept-Language": "nl"}


def text_of(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path, headers=NL)
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/gebieden",
        f"/gebieden/{SOME_ID}",
        "/telefoons",
        f"/telefoons/{SOME_ID}",
        f"/telefoons/{SOME_ID}/intrekken",
        "/te-bekijken",
        f"/observaties/{SOME_ID}",
        "/fotos/a.jpg",
    ],
)
def test_page_without_log_in_leads_to_log_in(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/inloggen")


def test_log_in_with_the_right_password_leads_to_the_areas(app: Flask) -> None:
    with app.app_context():
        add_person(app, EMAIL, PASSWORD, OPBOUWWERKER)
        db.session.commit()
    browser = app.test_client()
    token = csrf(browser.get("/inloggen").text)

    answer = browser.post("/inloggen", data={"email": EMAIL, "password": PASSWORD, "csrf_token": token})

    assert answer.status_code == 302
    assert browser.get("/gebieden").status_code == 200


def test_log_in_with_wrong_password_is_refused_in_words(app: Flask, log_in: LogIn) -> None:
    log_in()
    browser = app.test_client()
    token = csrf(browser.get("/inloggen").text)

    answer = browser.post("/inloggen", data={"email": EMAIL, "password": "fout", "csrf_token": token}, headers=NL)

    assert "horen niet bij elkaar" in answer.text


def test_member_of_a_schouw_team_has_no_desk(log_in: LogIn) -> None:
    assert log_in(TEAMLID).get("/gebieden").status_code in {302, 403}


def test_area_page_shows_percentage_of_inhabitants(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    village.talk(phone, persons=7)
    phone.deliver()

    page = text_of(log_in(), f"/gebieden/{village.area_id}")

    assert "7%" in page
    assert "7 van de 100 inwoners deden mee" in page
    assert "Boekweitlaan" in page


def test_statements_stand_there_in_the_residents_own_words(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    village.talk(phone, issues=("Te hard <b>rijden</b>", "Geen bus"))
    phone.deliver()
    browser = log_in()

    answer = browser.get(f"/gebieden/{village.area_id}/meldingen", headers=NL)

    assert "Te hard &lt;b&gt;rijden&lt;/b&gt;" in answer.text
    assert "Geen bus" in answer.text
    assert "Verkeer" in answer.text
    assert "Geen bus" not in text_of(browser, f"/gebieden/{village.area_id}/meldingen?thema=wonen")


def test_map_and_list_have_the_same_observations_with_photo(village: Village, log_in: LogIn) -> None:
    phone, photo = village.phone(), make_photo()
    observation_id = village.talk(phone, issues=("Lamp",), photos=(photo,))
    phone.deliver()
    browser = log_in()

    points = browser.get(f"/gebieden/{village.area_id}/observaties.geojson").get_json()
    page = browser.get(f"/gebieden/{village.area_id}/kaart", headers=NL).text

    assert [feature["properties"]["id"] for feature in points["features"]] == [str(observation_id)]
    assert f'data-rg-point="{observation_id}"' in page
    assert f"/fotos/{photo.sha256}.jpg" in page
    preview = browser.get(f"/fotos/{photo.sha256}.jpg")
    assert preview.mimetype == "image/jpeg"
    assert preview.data != photo.content
    assert browser.get(f"/gebieden/{village.area_id}/gebied.geojson").get_json()["features"]


def test_observation_page_has_answers_in_words_and_names_photo_that_is_missing(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    observation_id = village.talk(phone, issues=("Lamp",), photos=(make_photo(),))
    phone.push(list(phone.queue.values()))

    page = text_of(log_in(), f"/observaties/{observation_id}")

    assert "Mogen we opschrijven wat u vertelt? Ja" in page
    assert "Deze foto is nog niet aangekomen." in page
    assert "volgens het adres" in page


def test_what_does_not_count_yet_is_shown_with_its_reason(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    village.talk(phone)
    (mutation,) = phone.queue.values()
    unknown_address = {**mutation, "addressId": str(uuid4())}
    batch = {"mutations": [unknown_address, {"id": "x"}, "onzin", {**mutation, "id": str(uuid4())}]}
    answer = phone.http.post("/v1/sync/push", json=batch, headers={"Authorization": f"Bearer {phone.token}"})
    assert [row["status"] for row in answer.json()["receipts"]] == ["held", "rejected", "rejected", "conflict"]

    page = text_of(log_in(), "/te-bekijken")

    assert "staat niet in de lijst" in page
    assert "Niet leesbaar (2)" in page
    assert "Er zijn twee observaties met hetzelfde nummer." in page


def test_nothing_to_review_is_said(log_in: LogIn) -> None:
    assert "Niets te bekijken: alles wat binnenkwam telt mee." in text_of(log_in(), "/te-bekijken")


def test_enrolment_page_gives_a_code_that_works_and_is_logged(village: Village, log_in: LogIn, rows: Rows) -> None:
    browser = log_in()
    token = csrf(browser.get("/telefoons").text)

    answer = browser.post(
        "/telefoons", data={"naam": "Truus", "ronde": str(village.round_id), "csrf_token": token}, headers=NL
    )
    found = re.search(r"#/meedoen/([0-9A-Z-]+)", answer.text)

    assert found
    assert village.unenrolled_phone().enrol(found[1])["volunteer"] == "Truus"
    assert "data:image/svg+xml" in answer.text
    (entry,) = rows(select(AuditEntry))[0]
    assert (entry.actor, entry.action, entry.subject) == (EMAIL, "telefoon.uitnodigen", "Truus voor Wat speelt er?")


def test_form_without_csrf_token_is_refused(village: Village, log_in: LogIn, rows: Rows) -> None:
    answer = log_in().post("/telefoons", data={"naam": "Truus", "ronde": str(village.round_id)}, headers=NL)

    assert answer.status_code == 400
    assert "te lang open" in answer.text
    assert rows(select(AuditEntry)) == []


def test_pages_are_in_english_for_who_asks(village: Village, log_in: LogIn) -> None:
    browser = log_in()
    browser.post("/taal", data={"taal": "en", "csrf_token": csrf(browser.get("/gebieden").text)})

    answer = browser.get("/gebieden")

    assert '<html lang="en">' in answer.text
    assert "Inhabitants" in answer.text


def test_empty_area_says_how_to_begin(village: Village, log_in: LogIn) -> None:
    browser = log_in()

    for page in ("", "/meldingen", "/kaart"):
        assert "Meld een telefoon aan" in text_of(browser, f"/gebieden/{village.area_id}{page}")
