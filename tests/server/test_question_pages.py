"""Questions at the desk: asked on the page of an observation, read and closed in a list."""

import re
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from server.people.models import AuditEntry
from sync.client import SyncClient
from sync.models import Question
from sync.queries import update_device
from tests.server.test_version_pages import look, post, words
from tests.support import EMAIL, NOON, LogIn, Rows, Village

LIST, REVIEW = "/vragen", "/te-bekijken"


def sent_talk(village: Village, phone: SyncClient) -> str:
    """The path of the page of an observation that arrived."""
    observation_id = village.talk(phone)
    phone.deliver()
    return f"/observaties/{observation_id}"


def ask(browser: FlaskClient, path: str, text: str) -> int:
    return post(browser, look(browser, path), f"{path}/vragen", vraag=text).status_code


def answer(phone: SyncClient, text: str) -> None:
    phone.pull()
    for question_id in phone.questions:
        phone.answer(question_id, text)
    phone.deliver()


def closing(page: str) -> str:
    found = re.search(r'action="(/vragen/[^"]+/sluiten)"', page)
    assert found, page
    return found[1]


def test_question_is_asked_answered_read_and_closed(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone, browser = village.phone(), log_in()
    path = sent_talk(village, phone)
    assert "Er zijn nog geen vragen." in words(look(browser, LIST))
    assert ask(browser, path, "Welke bank is dit?") == 302
    assert "Wacht op antwoord Welke bank is dit?" in words(look(browser, path))
    assert "te lezen 0, wacht op antwoord 1" in words(look(browser, REVIEW))

    answer(phone, "Die bij de <b>vaart</b>.")

    page = look(browser, path)
    assert "Antwoord: Die bij de <b>vaart</b>." in unescape(page)
    assert "<b>vaart" not in page
    assert "te lezen 1, wacht op antwoord 0" in words(look(browser, REVIEW))
    assert "Te lezen (1)" in words(look(browser, LIST))
    assert post(browser, page, closing(page)).status_code == 302
    assert "Gesloten Welke bank is dit?" in words(look(browser, path))
    assert "te lezen 0, wacht op antwoord 0" in words(look(browser, REVIEW))
    actions = [action for (action,) in rows(select(AuditEntry.action).order_by(AuditEntry.id))]
    assert actions[-2:] == ["vraag.stellen", "vraag.sluiten"]


def test_question_that_is_withdrawn_says_so_and_a_late_answer_is_there_to_read(village: Village, log_in: LogIn) -> None:
    phone, browser = village.phone(), log_in()
    path = sent_talk(village, phone)
    ask(browser, path, "Welke bank is dit?")
    phone.pull()
    (question_id,) = phone.questions
    page = look(browser, path)
    assert "Trek deze vraag in" in page
    post(browser, page, closing(page))
    assert "Ingetrokken Welke bank is dit?" in words(look(browser, path))

    phone.answer(question_id, "Die bij de vaart.")
    phone.deliver()

    assert "Beantwoord Welke bank is dit?" in words(look(browser, LIST))


def test_observation_that_was_corrected_since_is_there_to_read(village: Village, log_in: LogIn) -> None:
    phone, browser = village.phone(), log_in()
    observation_id = village.talk(phone, persons=2)
    phone.deliver()
    ask(browser, f"/observaties/{observation_id}", "Met hoeveel waren ze?")

    xml = phone.fetch(observation_id)["instanceXml"]
    phone.correct(observation_id, xml.replace("<deelnemers>2<", "<deelnemers>3<"))
    phone.deliver()

    assert "Daarna verbeterd Met hoeveel waren ze?" in words(look(browser, LIST))
    assert "te lezen 1, wacht op antwoord 0" in words(look(browser, REVIEW))


def test_every_answer_is_shown_the_latest_first(village: Village, log_in: LogIn) -> None:
    phone, browser = village.phone(), log_in()
    path = sent_talk(village, phone)
    ask(browser, path, "Welke bank?")
    phone.pull()
    (question_id,) = phone.questions
    for text in ("De groene.", "Nee, de rode."):
        phone.answer(question_id, text)
    phone.deliver()

    page = words(look(browser, path))

    assert page.index("Antwoord: Nee, de rode.") < page.index("Eerder antwoord: De groene.")


def test_question_without_words_or_with_too_many_is_refused_in_words(
    village: Village, log_in: LogIn, rows: Rows
) -> None:
    phone, browser = village.phone(), log_in()
    path = sent_talk(village, phone)
    for text, said in (("  ", "Schrijf eerst een vraag."), ("x" * 501, "ten hoogste 500 tekens")):
        response = post(browser, look(browser, path), f"{path}/vragen", vraag=text)
        assert response.status_code == 400
        assert said in response.text

    assert ask(browser, path, "Wat\0 dan?") == 302

    assert rows(select(Question.text, Question.asked_by)) == [("Wat dan?", EMAIL)]


def test_phone_that_is_revoked_cannot_be_asked(app: Flask, village: Village, log_in: LogIn, rows: Rows) -> None:
    phone, browser = village.phone(), log_in()
    path = sent_talk(village, phone)
    before = look(browser, path)
    with app.app_context():
        update_device(phone.device_id, revoked_at=NOON)
        db.session.commit()

    page = look(browser, path)
    assert "Een vraag komt er niet aan." in page
    assert 'name="vraag"' not in page
    assert post(browser, before, f"{path}/vragen", vraag="Toch?").status_code == 400
    assert rows(select(Question.id)) == []


def test_unknown_question_or_observation_is_not_found(village: Village, log_in: LogIn) -> None:
    browser = log_in()
    page = look(browser, LIST)
    nothing = "01931f5e-0000-7000-8000-00000000ffff"

    assert post(browser, page, f"/vragen/{nothing}/sluiten").status_code == 404
    assert post(browser, page, f"/observaties/{nothing}/vragen", vraag="Wie?").status_code == 404
