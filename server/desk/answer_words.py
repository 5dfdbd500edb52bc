"""Answers in words, by the key that merging gives them (`sync.answer_tree`), and what differs between two. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from forms.answers import Answer, Instance
from forms.definition import Definition, Question
from forms.roles import ADDRESS, PART_KEY


@dataclass(frozen=True, slots=True)
class Said:
    """One answer in words. `number` is that of the part of a repeat that it stands in, from 1; 0 is outside any."""

    label: str
    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """An answer that differs; None where there is no answer."""

    label: str
    number: int
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Wording:
    """How the answers to one version of a form are said; by their names when the form is not known.

    `addresses` are labels by the id of the address.
    """

    definition: Definition | None
    language: str
    addresses: Mapping[str, str]

    def answers(self, instance: Instance) -> dict[str, Said]:
        """The answers by their key, in document order. What nobody was asked is left out."""
        parts = _part_keys(self.definition, instance)
        found = (
            (_key(answer, self.repeats, parts), answer)
            for answer in instance.all
            if self.definition is None or self._labels(answer.path)
        )
        return {
            key: Said(self.label(answer.path), self.text(answer.path, answer.text), number)
            for (key, number), answer in found
        }

    def label(self, path: str) -> str:
        """The words of the question; its name when it has none."""
        labels = self._labels(path)
        return labels.get(self.language) or next(iter(labels.values()), path.rpartition("/")[2])

    def text(self, path: str, value: str) -> str:
        """The answer as a person reads it: a chosen label, an address, or what was written."""
        question = self._questions.get(path)
        if question is None or self.definition is None:
            return value
        if question.role == ADDRESS:
            return self.addresses.get(value, value)
        if question.choices:
            return ", ".join(self.definition.choice_label(question, part, self.language) for part in value.split())
        return value

    @cached_property
    def repeats(self) -> frozenset[str]:
        """The paths of what is asked more than once."""
        return frozenset(path for path, question in self._questions.items() if question.is_repeat)

    @cached_property
    def _questions(self) -> dict[str, Question]:
        return {question.path: question for question in (self.definition.questions if self.definition else ())}

    def _labels(self, path: str) -> Mapping[str, str]:
        question = self._questions.get(path)
        return question.labels if question else {}


def differences(before: Mapping[str, Said], after: Mapping[str, Said]) -> list[Difference]:
    """What the second says otherwise than the first, in the order of the second; what it lacks comes last."""
    found = []
    for key in dict.fromkeys([*after, *before]):
        said = after.get(key) or before[key]
        was, is_now = (side[key].text if key in side else None for side in (before, after))
        if was != is_now:
            found.append(Difference(said.label, said.number, was, is_now))
    return found


def answers_at(answers: Mapping[str, Said], key: str) -> dict[str, Said]:
    """The answer with this key; all answers of a part, when it is the key of one."""
    return {one: said for one, said in answers.items() if one == key or one.startswith(f"{key}/")}


def number_at(answers: Mapping[str, Said], key: str) -> int:
    """The number of the part of a repeat that this key stands in; 0 when it stands in none."""
    part = key[: max(key.rfind("}"), key.rfind("]")) + 1]
    return next((said.number for said in answers_at(answers, part).values()), 0) if part else 0


def _part_keys(definition: Definition | None, instance: Instance) -> dict[str, str]:
    """The own key of each part of a repeat that has one, by its place."""
    asked: Sequence[Question] = definition.with_role(PART_KEY) if definition else ()
    answers = (answer for question in asked for answer in instance.answers(question.path))
    return {answer.key.rpartition("/")[0]: answer.text for answer in answers}


def _key(answer: Answer, repeats: frozenset[str], parts: Mapping[str, str]) -> tuple[str, int]:
    """(the key of this answer, the number of the part it stands in)."""
    path, place, key, number = "", "", "", 0
    for step in answer.key.split("/")[1:]:
        name, _, position = step.partition("[")
        path, place = f"{path}/{name}", f"{place}/{step}"
        own = parts.get(place)
        is_part = path in repeats or position not in {"", "1]"}
        key += f"/{name}{{{own}}}" if own else f"/{step}" if is_part else f"/{name}"
        number = number or (int(position[:-1]) if path in repeats else 0)
    return key, number
