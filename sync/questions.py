"""Questions of the desk about an observation, and what volunteers answer (docs/protocol.md, 5.5).

Assumption: only the phone that made an observation is told of its questions, so who knows a question's id may answer
it. That also lets a phone that was enrolled anew, or its koffer, bring an answer that was given before. No answer is
lost: a second one stands beside the first, and one that comes after the question was closed opens it again.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from core.clock import now_utc
from core.db import db
from core.problems import INPUT_INVALID, NOT_FOUND, Fault, Problem
from sync.models import DUPLICATE, Answer, Device, Mutation, Observation, Question
from sync.mutations import Pushed
from sync.pull import OBSERVATION
from sync.queries import enrolled_among, find_device, find_observation, log_changes
from sync.question_queries import answers_to, find_question_to_change

LONGEST_QUESTION = 500


def can_be_asked(device: Device) -> bool:
    """Whether a question reaches this phone: it was enrolled, and may still pull."""
    return device.revoked_at is None and device.id in enrolled_among([device.id])


def ask(observation_id: UUID, text: str, person: str) -> Question:
    """The question, which the phone that made the observation hears of. Raises NOT_FOUND, INPUT_INVALID."""
    observation = find_observation(observation_id)
    if observation is None:
        raise Problem(NOT_FOUND)
    device = find_device(observation.device_id)
    if device is None or not can_be_asked(device):
        raise Problem(INPUT_INVALID, faults=[Fault("/vraag", "Deze telefoon krijgt geen vragen meer.")])
    question = Question(observation_id=observation_id, asked_by=person[:255], text=text[:LONGEST_QUESTION])
    db.session.add(question)
    db.session.flush()
    _tell(observation)
    return question


def close(question_id: UUID) -> Question:
    """The question, which needs no answer any more. Raises NOT_FOUND."""
    question = find_question_to_change(question_id)
    if question is None:
        raise Problem(NOT_FOUND)
    question.closed_at = question.closed_at or now_utc()
    _tell_about(question)
    return question


def answer_question(mutation: Mutation, pushed: Pushed, corrected: Callable[[datetime], datetime]) -> None:
    """Keeps the answer. The same text as the one that counts is kept once. Raises INPUT_INVALID."""
    put = pushed.fields
    question = find_question_to_change(put["question_id"])
    if question is None:
        raise Problem(INPUT_INVALID, faults=[Fault("/questionId", "De server kent deze vraag niet.")])
    before = answers_to(question.id)
    if before and before[0].text == put["text"]:
        mutation.status = DUPLICATE
        return
    answer = Answer(
        id=mutation.id,
        question_id=question.id,
        device_id=mutation.device_id,
        text=put["text"],
        answered_at=put["answered_at"],
        corrected_at=corrected(put["answered_at"]),
    )
    db.session.add(answer)
    question.closed_at = None
    db.session.flush()
    _tell_about(question)


def _tell_about(question: Question) -> None:
    observation = find_observation(question.observation_id)
    if observation is not None:
        _tell(observation)


def _tell(observation: Observation) -> None:
    log_changes(OBSERVATION, [observation.id], device_id=observation.device_id)
