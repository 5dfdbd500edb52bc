"""Questions to who made an observation: asked on its page, answered on the phone, read and closed here."""

from dataclasses import dataclass
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from core.db import db
from core.problems import INPUT_INVALID, Fault, Problem
from server.desk.blueprint import desk
from server.desk.titles import form_titles, title_of
from server.desk.words import _
from server.people.audit import record_change
from sync.models import Observation
from sync.queries import find_device
from sync.question_queries import (
    Asked,
    Conversation,
    conversations,
    question_counts,
    questions_closed,
    questions_to_read,
    questions_waiting,
)
from sync.questions import LONGEST_QUESTION, ask, can_be_asked, close

LONGEST_LIST = 200
FEWER_CLOSED = 20


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """What was asked about one observation, and whether its phone can be asked more."""

    conversations: list[Conversation]
    can_ask: bool
    longest: int


def asked_about(observation: Observation) -> AskedAbout:
    """The questions about this observation, the oldest first."""
    device = find_device(observation.device_id)
    can_ask = device is not None and can_be_asked(device)
    return AskedAbout(conversations([observation.id])[observation.id], can_ask, LONGEST_QUESTION)


@desk.get("/vragen")
def questions() -> str:
    """Every question to a volunteer: to read, waiting, and the last that were closed."""
    titles = form_titles()

    def named(found: list[Asked]) -> list[tuple[Asked, str]]:
        return [(one, title_of(one.observation, one.address, titles)) for one in found]

    return render_template(
        "question_list.html",
        counts=question_counts(),
        to_read=named(questions_to_read(LONGEST_LIST)),
        waiting=named(questions_waiting(LONGEST_LIST)),
        closed=named(questions_closed(FEWER_CLOSED)),
        longest=LONGEST_LIST,
    )


@desk.post("/observaties/<uuid:observation_id>/vragen")
def ask_question(observation_id: UUID) -> ResponseReturnValue:
    """Asks whoever made this observation."""
    question = ask(observation_id, _question(), current_user.email)
    record_change("vraag.stellen", f"{observation_id}: {question.id}")
    return _back(observation_id)


@desk.post("/vragen/<uuid:question_id>/sluiten")
def close_question(question_id: UUID) -> ResponseReturnValue:
    """Closes a question: its answer was read, or it is taken back."""
    question = close(question_id)
    record_change("vraag.sluiten", f"{question.observation_id}: {question.id}")
    return _back(question.observation_id)


def _back(observation_id: UUID) -> ResponseReturnValue:
    db.session.commit()
    return redirect(url_for("desk.observation", observation_id=observation_id, _anchor="vragen"))


def _question() -> str:
    """The question as it was written. Raises INPUT_INVALID when there is nothing, or too much."""
    text = request.form.get("vraag", "").replace("\0", "").replace("\r\n", "\n").strip()
    if not text:
        raise Problem(INPUT_INVALID, faults=[Fault("/vraag", _("Schrijf eerst een vraag."))])
    if len(text) > LONGEST_QUESTION:
        fault = _("Maak de vraag korter: ten hoogste %(count)s tekens.", count=LONGEST_QUESTION)
        raise Problem(INPUT_INVALID, faults=[Fault("/vraag", fault)])
    return text
