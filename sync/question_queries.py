"""SQL of the questions of the desk about an observation, and the answers of volunteers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from core.db import db, in_batches
from maps.models import Address
from sync.models import Answer, Device, Observation, ObservationVersion, Question

HAS_ANSWER = exists().where(Answer.question_id == Question.id)
IS_OPEN = Question.closed_at.is_(None)
IMPROVED = exists().where(
    ObservationVersion.observation_id == Question.observation_id,
    ObservationVersion.device_id.is_not(None),
    ObservationVersion.received_at > Question.asked_at,
)
TO_READ = and_(IS_OPEN, or_(HAS_ANSWER, IMPROVED))
WAITING = and_(IS_OPEN, ~HAS_ANSWER, ~IMPROVED)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A question with every answer to it, the latest first."""

    question: Question
    answers: tuple[Answer, ...]

    @property
    def answer(self) -> Answer | None:
        """The one that counts: the last that was given, whichever came in last."""
        return self.answers[0] if self.answers else None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the list of the desk, with what it is about and whose phone it went to."""

    conversation: Conversation
    observation: Observation
    address: Address | None
    volunteer: str
    is_improved: bool


def find_question_to_change(question_id: UUID) -> Question | None:
    return db.session.get(Question, question_id, with_for_update=True, populate_existing=True)


def conversations(observation_ids: Collection[UUID]) -> dict[UUID, list[Conversation]]:
    """What was asked about each of these observations, the oldest question first."""
    found: dict[UUID, list[Conversation]] = {observation_id: [] for observation_id in observation_ids}
    questions = [
        question
        for batch in in_batches(observation_ids)
        for question in db.session.scalars(
            select(Question).where(Question.observation_id.in_(batch)).order_by(Question.asked_at, Question.id)
        )
    ]
    for one in _with_answers(questions):
        found[one.question.observation_id].append(one)
    return found


def answers_to(question_id: UUID) -> list[Answer]:
    return list(_answers([question_id]).get(question_id, ()))


def question_counts() -> tuple[int, int]:
    """(how many questions have an answer to read, how many wait for one)."""
    numbers = (select(func.count()).select_from(Question).where(which) for which in (TO_READ, WAITING))
    to_read, waiting = (db.session.scalar(number) or 0 for number in numbers)
    return to_read, waiting


def questions_to_read(limit: int) -> list[Asked]:
    """Those with an answer, or a change since, that nobody closed; the newest first."""
    return _asked(TO_READ, limit)


def questions_waiting(limit: int) -> list[Asked]:
    """Those that nobody answered yet; the newest first."""
    return _asked(WAITING, limit)


def questions_closed(limit: int) -> list[Asked]:
    """Those that were closed; the newest first."""
    return _asked(Question.closed_at.is_not(None), limit)


def _asked(which: ColumnElement[bool], limit: int) -> list[Asked]:
    rows = db.session.execute(
        select(Question, Observation, Address, Device.volunteer, IMPROVED)
        .join(Observation, Observation.id == Question.observation_id)
        .join(Device, Device.id == Observation.device_id)
        .outerjoin(Address, Address.id == Observation.address_id)
        .where(which)
        .order_by(Question.asked_at.desc(), Question.id)
        .limit(limit)
    ).all()
    talks = _with_answers([row[0] for row in rows])
    return [Asked(talk, *row[1:4], bool(row[4])) for talk, row in zip(talks, rows, strict=True)]


def _with_answers(questions: Sequence[Question]) -> list[Conversation]:
    answers = _answers([question.id for question in questions])
    return [Conversation(question, tuple(answers.get(question.id, ()))) for question in questions]


def _answers(question_ids: Collection[UUID]) -> dict[UUID, list[Answer]]:
    """Answers by question, the last that was given first."""
    found: dict[UUID, list[Answer]] = {}
    for batch in in_batches(question_ids):
        query = select(Answer).where(Answer.question_id.in_(batch))
        for answer in db.session.scalars(query.order_by(Answer.corrected_at.desc(), Answer.id.desc())):
            found.setdefault(answer.question_id, []).append(answer)
    return found
