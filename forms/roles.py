"""Roles: what an answer means, so that any form takes part in the aggregation (`bind::rg:rol`, DESIGN 3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from forms.answers import Answer, Instance, Point
from forms.definition import Definition, Question

AGE_GROUPS = ("0_14", "15_24", "25_44", "45_64", "65_plus")
SCORES = ("A+", "A", "B", "C", "D")
LONGEST_KEY = 200
OUTCOMES = ("gesproken", "deels", "niet_thuis", "later", "weigert", "onbewoond", "geen_toegang")

ADDRESS, PERSONS, HOUSEHOLD_SIZE, OUTCOME = "adres", "deelnemers", "huishoudgrootte", "uitkomst"
CONSENT, LOCATION, ISSUE = "toestemming", "locatie", "vraagstuk"
SCHOUW_ITEM, SCHOUW_SCORE = "schouw.onderdeel", "schouw.score"
PART_KEY = "sleutel"
ISSUE_PARTS = ("tekst", "thema", "trits", "klap", "schaal", "plek", "foto", "zelf_doen")


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """One statement of what is going on, in the resident's words. `number` counts from 0 within the observation.

    `key` stays the same when the observation is edited: the key of the part, or its number where the form has none.
    """

    key: str
    number: int
    text: str
    theme: str | None
    trits: str | None
    willing: str | None
    location: Point | None
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What one observation says, by role; None where the form does not ask or the answer is missing."""

    address_id: UUID | None
    persons: int | None
    household_size: int | None
    outcome: str | None
    location: Point | None
    issues: tuple[IssueFacts, ...]
    schouw_item: str | None = None
    schouw_score: str | None = None


def extract_facts(definition: Definition, instance: Instance) -> Facts:
    """What the answers say by role. Answers that do not parse as their role count as missing."""
    asked = (ADDRESS, PERSONS, HOUSEHOLD_SIZE, OUTCOME, LOCATION, SCHOUW_ITEM, SCHOUW_SCORE)
    first = {role: _first(definition, instance, role) for role in asked}
    return Facts(
        address_id=_uuid(first[ADDRESS]),
        persons=_count(first[PERSONS]),
        household_size=_count(first[HOUSEHOLD_SIZE]),
        outcome=outcome if (outcome := _text(first[OUTCOME])) in OUTCOMES else None,
        location=_point(first[LOCATION]),
        issues=tuple(_issues(definition, instance)),
        schouw_item=_text(first[SCHOUW_ITEM]),
        schouw_score=score if (score := _text(first[SCHOUW_SCORE])) in SCORES else None,
    )


def _issues(definition: Definition, instance: Instance) -> Iterator[IssueFacts]:
    number, keys = 0, set[str]()
    for question in definition.with_role(ISSUE):
        own_keys = _part_keys(definition, instance, question)
        parts = {part: _parts_by_group(definition, instance, question, part) for part in ISSUE_PARTS}
        for group in instance.groups(question.path):
            found = {part: answers.get(group) for part, answers in parts.items()}
            text = _text(found["tekst"])
            if text is None:
                continue
            own_key = own_keys.get(group, "")[:LONGEST_KEY]
            key = own_key if own_key and own_key not in keys else f"#{number}"
            keys.add(key)
            yield IssueFacts(
                key=key,
                number=number,
                text=text,
                theme=_text(found["thema"]),
                trits=_text(found["trits"]),
                willing=_text(found["zelf_doen"]),
                location=_point(found["plek"]),
                photos=(photo,) if (photo := _text(found["foto"])) else (),
            )
            number += 1


def _part_keys(definition: Definition, instance: Instance, issue: Question) -> dict[str, str]:
    """The text of the question with role `sleutel` that stands directly in the vraagstuk, by the vraagstuk's key."""
    path = next((one.path for one in definition.with_role(PART_KEY) if one.path.rpartition("/")[0] == issue.path), None)
    answers = instance.first_by_group(path, issue.path) if path else {}
    return {group: answer.text for group, answer in answers.items()}


def _parts_by_group(definition: Definition, instance: Instance, issue: Question, part: str) -> dict[str, Answer]:
    """The answer to one part of a vraagstuk, by the key of the vraagstuk it stands in."""
    found: dict[str, Answer] = {}
    for question in definition.with_role(f"{ISSUE}.{part}"):
        if question.path.startswith(f"{issue.path}/"):
            found = instance.first_by_group(question.path, issue.path) | found
    return found


def _first(definition: Definition, instance: Instance, role: str) -> Answer | None:
    for question in definition.with_role(role):
        for answer in instance.answers(question.path):
            return answer
    return None


def _text(answer: Answer | None) -> str | None:
    return answer.text if answer else None


def _point(answer: Answer | None) -> Point | None:
    return answer.point if answer else None


def _count(answer: Answer | None) -> int | None:
    try:
        number = int(answer.text) if answer else None
    except ValueError:
        return None
    return number if number is not None and 0 <= number <= 1000 else None


def _uuid(answer: Answer | None) -> UUID | None:
    try:
        return UUID(answer.text) if answer else None
    except ValueError:
        return None
