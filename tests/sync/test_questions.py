"""Questions of the desk: who hears of them, and what becomes of answers, whenever they come."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.problems import Problem
from sync.client import DeviceRevoked, SyncClient
from sync.models import Answer, Device, Mutation, Question
from sync.queries import update_device
from sync.questions import ask, close
from tests.support import NOON, Rows, Village, make_photo
from tests.sync.test_versions import changed, first_of

Ask = Callable[..., str]


@pytest.fixture
def ask_about(app: Flask) -> Ask:
    """Asks at the desk; the id of the question as the phone has it."""

    def act(observation_id: UUID, text: str = "Welke bank is dit?") -> str:
        with app.app_context():
            question = ask(observation_id, text, "anna@gemeente.example")
            db.session.commit()
            return str(question.id)

    return act


@pytest.fixture
def close_at_desk(app: Flask) -> Callable[[str], None]:
    def act(question_id: str) -> None:
        with app.app_context():
            close(UUID(question_id))
            db.session.commit()

    return act


def sent_talk(village: Village, phone: SyncClient) -> UUID:
    observation_id = village.talk(phone)
    phone.deliver()
    phone.pull()
    return observation_id


def answered(question_id: str, text: str = "Die bij de vaart.", minutes: int = 0) -> dict[str, Any]:
    at = NOON + timedelta(minutes=minutes)
    told = {"questionId": question_id, "answeredAt": at.isoformat(), "text": text}
    return {"id": str(uuid4()), "type": "question.answer", **told}


def status_of(phone: SyncClient, *mutations: dict[str, Any]) -> list[str]:
    return [receipt["status"] for receipt in phone.push(list(mutations))]


def test_phone_that_made_the_observation_hears_the_question_and_no_other_does(village: Village, ask_about: Ask) -> None:
    phone, other = village.phone(), village.phone()
    observation_id = sent_talk(village, phone)
    question_id = ask_about(observation_id)
    phone.pull()
    other.pull()

    told = phone.states[str(observation_id)]
    assert (told["status"], other.questions) == ("applied", {})
    assert phone.questions[question_id]["text"] == "Welke bank is dit?"
    assert "anna" not in str(told)


def test_answer_reaches_the_desk_once_and_the_ledger_confirms_it(village: Village, ask_about: Ask, rows: Rows) -> None:
    phone = village.phone()
    question_id = ask_about(sent_talk(village, phone))
    phone.pull()
    mutation_id = phone.answer(question_id, "Die bij de vaart.")

    phone.deliver()
    phone.pull()

    assert rows(select(Answer.id, Answer.text)) == [(UUID(mutation_id), "Die bij de vaart.")]
    assert (phone.unsent, phone.questions, dict(phone.queue)) == ([], {}, {})


def test_same_answer_again_is_a_duplicate(village: Village, ask_about: Ask, rows: Rows) -> None:
    phone = village.phone()
    answer = answered(ask_about(sent_talk(village, phone)))

    assert status_of(phone, answer, answer) == ["applied", "duplicate"]
    assert status_of(phone, answer, {**answer, "id": str(uuid4())}) == ["duplicate", "duplicate"]
    assert rows(select(func.count()).select_from(Answer)) == [(1,)]


def test_of_two_answers_the_latest_given_counts_whichever_comes_last_and_both_are_kept(
    village: Village, ask_about: Ask, rows: Rows
) -> None:
    phone = village.phone()
    observation_id = sent_talk(village, phone)
    question_id = ask_about(observation_id)

    later, earlier = answered(question_id, "De rode.", 5), answered(question_id, "De groene.")
    assert status_of(phone, later, earlier) == ["applied", "applied"]

    phone.pull()
    (told,) = phone.states[str(observation_id)]["questions"]
    assert told["answer"] == "De rode."
    assert {text for (text,) in rows(select(Answer.text))} == {"De rode.", "De groene."}


def test_answer_to_a_question_that_was_withdrawn_is_kept_and_opens_it_again(
    village: Village, ask_about: Ask, close_at_desk: Callable[[str], None], rows: Rows
) -> None:
    phone = village.phone()
    observation_id = sent_talk(village, phone)
    question_id = ask_about(observation_id)
    close_at_desk(question_id)
    phone.pull()
    assert phone.questions == {}
    assert phone.states[str(observation_id)]["questions"][0]["closedAt"] is not None

    assert status_of(phone, answered(question_id)) == ["applied"]

    assert rows(select(Question.closed_at)) == [(None,)]


def test_answer_to_an_unknown_question_is_rejected_in_words_and_kept_for_the_desk(village: Village) -> None:
    (receipt,) = village.phone().push([answered(str(uuid4()))])

    assert receipt["status"] == "rejected"
    assert receipt["problem"]["errors"] == [{"pointer": "/questionId", "detail": "De server kent deze vraag niet."}]


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
def test_answer_that_says_nothing_or_too_much_is_rejected(village: Village, ask_about: Ask, text: str) -> None:
    phone = village.phone()
    question_id = ask_about(sent_talk(village, phone))

    (receipt,) = phone.push([answered(question_id, text)])

    assert (receipt["status"], receipt["problem"]["errors"][0]["pointer"]) == ("rejected", "/text")


def test_revoked_phone_answers_what_it_heard_and_is_asked_nothing_more(
    app: Flask, village: Village, ask_about: Ask
) -> None:
    phone = village.phone()
    observation_id = sent_talk(village, phone)
    question_id = ask_about(observation_id)
    phone.pull()
    with app.app_context():
        update_device(phone.device_id, revoked_at=NOON)
        db.session.commit()

    assert status_of(phone, answered(question_id)) == ["applied"]
    with pytest.raises(DeviceRevoked):
        phone.pull()
    with pytest.raises(Problem):
        ask_about(observation_id)


def test_page_with_everything_brings_the_questions_too(village: Village, ask_about: Ask) -> None:
    phone = village.phone()
    plain, asked = sent_talk(village, phone), sent_talk(village, phone)
    question_id = ask_about(asked)
    phone.enrol(village.code())  # begins afresh

    phone.pull()

    assert set(phone.questions) == {question_id}
    assert str(plain) not in phone.states


def test_phone_that_was_enrolled_anew_brings_the_answer_of_before(village: Village, ask_about: Ask, rows: Rows) -> None:
    phone, anew = village.phone(), village.phone()
    question_id = ask_about(sent_talk(village, phone))

    assert status_of(anew, answered(question_id)) == ["applied"]

    assert rows(select(Answer.device_id)) == [(anew.device_id,)]


def test_answer_is_a_mutation_about_its_question(village: Village, ask_about: Ask, rows: Rows) -> None:
    phone = village.phone()
    question_id = ask_about(sent_talk(village, phone))
    answer = answered(question_id)
    phone.push([answer])

    ledger = phone.ledger([answer["id"]])["mutations"]

    assert [(line["subjectId"], line["photosMissing"]) for line in ledger] == [(question_id, [])]
    assert rows(select(Mutation.status).where(Mutation.id == UUID(answer["id"]))) == [("applied",)]
    assert rows(select(func.count()).select_from(Device)) == [(1,)]


def test_observation_is_corrected_from_what_stands_with_the_photo_that_the_server_has(village: Village) -> None:
    phone, photo = village.phone(), make_photo()
    observation_id = village.talk(phone, issues=("Kapotte bank",), photos=(photo,))
    phone.deliver()
    standing = phone.fetch(observation_id)

    xml = standing["instanceXml"].replace("Kapotte bank", "Kapotte bank bij de vaart")
    mutation_id = phone.correct(observation_id, xml, "Preciezer")
    phone.deliver()

    after = phone.fetch(observation_id)
    assert (after["version"], after["status"]) == (mutation_id, "applied")
    assert [one["sha256"] for one in after["attachments"]] == [photo.sha256]
    assert (after["roundId"], after["position"]) == (str(village.round_id), None)
    assert dict(phone.queue) == {}


def test_fetched_observation_tells_the_place_that_was_told_with_it(village: Village) -> None:
    phone = village.phone()
    place = {"lon": 6.65, "lat": 52.65, "accuracyM": 8.0}
    first = {**first_of(village, phone), "position": place}
    phone.push([first, {**changed(first, deelnemers="3"), "position": place}])

    assert phone.fetch(first["observationId"])["position"] == place
