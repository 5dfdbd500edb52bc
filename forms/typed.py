"""Answers with their types, against the definition: as data, exactly, and missing as missing. Pure."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from forms.answers import Answer, Instance, Point
from forms.definition import Definition, Question

Value = str | int | Decimal | date | datetime | time | Point | tuple[Point, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypedAnswer:
    """One answer. `value` is None when the text is not of the question's type; `text` is always what was sent."""

    question: Question
    key: str
    text: str
    value: Value | None


def typed_answers(definition: Definition, instance: Instance) -> Iterator[TypedAnswer]:
    """The answers to questions of the definition, in document order."""
    questions = {question.path: question for question in definition.questions}
    for answer in instance.all:
        question = questions.get(answer.path)
        if question is not None:
            yield TypedAnswer(question, answer.key, answer.text, typed_value(question, answer))


def typed_value(question: Question, answer: Answer) -> Value | None:
    """The value of this answer: a moment has the offset that the phone gave, a decimal its exact digits."""
    if question.control == "select" or question.type == "odk:rank":
        return tuple(answer.text.split())
    try:
        return _READERS.get(question.type, str)(answer.text)
    except (ValueError, InvalidOperation):
        return None


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a moment needs an offset")
    return moment


def _point(text: str) -> Point:
    point = Answer("", "", text).point
    if point is None:
        raise ValueError(text)
    return point


def _points(text: str) -> tuple[Point, ...]:
    return tuple(_point(part) for part in text.split(";") if part.strip())


_READERS: Mapping[str, Callable[[str], Value]] = {
    "int": int,
    "decimal": _decimal,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "dateTime": _moment,
    "geopoint": _point,
    "geotrace": _points,
    "geoshape": _points,
}
