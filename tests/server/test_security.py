"""Security from the start: headers, cookies, hashes and limits."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from server.app import create_app
from server.people.models import OPBOUWWERKER, Person
from server.people.setup import add_person
from tests.support import LogIn, Rows, Village, csrf, make_settings

TEMPLATES = Path(__file__).parents[2] / "server" / "desk" / "templates"


@pytest.mark.parametrize("path", ["/inloggen", "/app/", "/v1/sync/pull", "/nergens"])
def test_every_answer_has_a_strict_content_security_policy(app: Flask, path: str) -> None:
    with app.test_client().get(path) as answer:
        headers = answer.headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy
    assert re.search(r"frame-ancestors '(none|self)'", policy)
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("template", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_template_has_no_inline_script_or_style(template: Path) -> None:
    text = template.read_text()

    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|javascript:|\|\s*safe", text)


def test_base_map_is_the_only_other_host_and_hsts_comes_with_https(tmp_path: Path) -> None:
    settings = make_settings(
        tmp_path, BASEMAP_URL="https://tiles.example/{z}/{x}/{y}.png", BASE_URL="https://schouw.example"
    )
    headers = create_app(settings).test_client().get("/inloggen").headers

    hosts = set(re.findall(r"https?://[^ ;]+", headers["Content-Security-Policy"]))
    assert hosts == {"https://tiles.example"}
    assert "max-age" in headers["Strict-Transport-Security"]
    assert "Secure" in headers["Set-Cookie"]
    assert "HttpOnly" in headers["Set-Cookie"]


def test_passwords_are_stored_with_argon2(app: Flask, rows: Rows) -> None:
    with app.app_context():
        add_person(app, "anna@gemeente.example", "correct-horse-battery", OPBOUWWERKER)
        db.session.commit()

    assert rows(select(Person.password))[0][0].startswith("$argon2id$")


def test_guessing_codes_is_slowed_down_but_a_team_may_enrol_at_once(village: Village) -> None:
    for _ in range(25):
        village.unenrolled_phone().enrol(village.code())
    wrong = {"code": "AAAA", "deviceId": str(village.area_id), "token": "x" * 43}
    http = village.unenrolled_phone().http

    statuses = [http.post("/v1/devices", json=wrong).status_code for _ in range(25)]

    assert statuses[0] == 403
    assert statuses[-1] == 429
    assert http.post("/v1/devices", json=wrong).json()["type"] == "urn:rondgang:problem:too-many-requests"


def test_repeating_an_enrolment_is_no_wrong_try(village: Village) -> None:
    phone, code = village.unenrolled_phone(), village.code()

    for _ in range(25):
        phone.enrol(code)


def test_log_in_never_tells_whether_an_address_is_known(app: Flask) -> None:
    with app.app_context():
        add_person(app, "anna@gemeente.example", "correct-horse-battery", OPBOUWWERKER)
        db.session.commit()
    answers = set()
    for email in ("anna@gemeente.example", "niemand@gemeente.example"):
        browser = app.test_client()
        token = csrf(browser.get("/inloggen").text)
        data = {"email": email, "password": "fout", "csrf_token": token}
        answers.add(str(browser.post("/inloggen", json=data, headers={"X-CSRFToken": token}).get_json()["response"]))

    assert len(answers) == 1


@pytest.mark.parametrize("path", ["/fotos/%00.jpg", f"/gebieden/{UUID(int=1)}/meldingen?thema=%00"])
def test_nul_in_an_address_is_no_failure(log_in: LogIn, path: str) -> None:
    assert log_in().get(path).status_code == 404


def test_body_over_the_limit_is_413_problem(village: Village) -> None:
    phone = village.phone()
    headers = {"Authorization": f"Bearer {phone.token}", "Content-Type": "application/json"}

    answer = phone.http.post("/v1/sync/push", content=b" " * (9 * 1024 * 1024), headers=headers)

    assert answer.status_code == 413
    assert answer.json()["type"] == "urn:rondgang:problem:body-too-large"


def test_failure_of_the_server_tells_nothing_of_its_inside(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("secret of the inside")

    monkeypatch.setattr("sync.api.authenticate", fail)

    answer = app.test_client().get("/v1/sync/pull")

    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.get_json()["type"] == "urn:rondgang:problem:server-failed"
