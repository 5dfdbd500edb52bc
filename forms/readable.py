"""Answers as a person reads them: the question's words and the chosen label. Pure."""

from dataclasses import dataclass

from forms.answers import Answer, Instance, Point
from forms.definition import Definition, Question
from forms.roles import ADDRESS


@dataclass(frozen=True, slots=True)
class ReadableAnswer:
    """One answer in words. `group` numbers repeat instances, from 1; 0 is outside any repeat."""

    label: str
    value: str
    type: str
    role: str | None = None
    group: int = 0
    point: Point | None = None


def readable_answers(definition: Definition, instance: Instance, language: str) -> list[ReadableAnswer]:
    """The answers in document order. Calculated ones and the address list's ids are left out: they have no words."""
    questions = {question.path: question for question in definition.questions}
    return [
        _readable(definition, questions[answer.path], answer, language)
        for answer in instance.all
        if answer.path in questions and questions[answer.path].labels and questions[answer.path].role != ADDRESS
    ]


def _readable(definition: Definition, question: Question, answer: Answer, language: str) -> ReadableAnswer:
    label = question.labels.get(language) or next(iter(question.labels.values()))
    value = answer.text
    if question.choices:
        value = ", ".join(definition.choice_label(question, part, language) for part in answer.text.split())
    return ReadableAnswer(
        label=label,
        value=value,
        type=question.type,
        role=question.role,
        group=_repeat_number(definition, answer),
        point=answer.point if question.type == "geopoint" else None,
    )


def _repeat_number(definition: Definition, answer: Answer) -> int:
    for question in definition.questions:
        if question.is_repeat and answer.path.startswith(f"{question.path}/"):
            depth = question.path.count("/")
            step = answer.key.split("/")[depth]
            return int(step[step.rindex("[") + 1 : -1])
    return 0
