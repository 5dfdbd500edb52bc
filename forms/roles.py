"""Roles: what an answer means, so that any form takes part in the aggregation (`bind::rg:rol`, DESIGN 3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from core.problems import Fault
from forms.answers import Answer, Instance, Point
from forms.definition import COUNTING_UNITS, Definition

OUTCOMES = ("gesproken", "deels", "niet_thuis", "later", "weigert", "onbewoond", "geen_toegang")

ADDRESS, PERSONS, HOUSEHOLD_SIZE, OUTCOME = "adres", "deelnemers", "huishoudgrootte", "uitkomst"
CONSENT, LOCATION, ISSUE = "toestemming", "locatie", "vraagstuk"
ISSUE_PARTS = ("tekst", "thema", "trits", "klap", "schaal", "plek", "foto", "zelf_doen")

TYPES: dict[str, tuple[str, ...]] = {
    ADDRESS: ("string",),
    PERSONS: ("int", "string"),
    HOUSEHOLD_SIZE: ("int", "string"),
    OUTCOME: ("string",),
    "leeftijdsgroep": ("int", "string", "group", "repeat"),
    CONSENT: ("string",),
    "contactgegevens": ("string",),
    "gevoelig": ("string", "int", "decimal", "date", "dateTime", "group", "repeat"),
    LOCATION: ("geopoint",),
    ISSUE: ("group", "repeat"),
    "vraagstuk.tekst": ("string",),
    "vraagstuk.thema": ("string",),
    "vraagstuk.trits": ("string",),
    "vraagstuk.klap": ("string",),
    "vraagstuk.schaal": ("string",),
    "vraagstuk.plek": ("geopoint",),
    "vraagstuk.foto": ("binary",),
    "vraagstuk.zelf_doen": ("string",),
    "schouw.onderdeel": ("string",),
    "schouw.score": ("string",),
    "schouw.gedaan": ("string",),
}


@dataclass(frozen=True, slots=True)
class IssueFacts:
    """One statement of what is going on, in the resident's words. `number` counts from 0 within the observation."""

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


def role_faults(definition: Definition) -> list[Fault]:
    """Every role that is unknown, on a wrong type, or without its mate."""
    faults = []
    if definition.counting_unit not in COUNTING_UNITS:
        allowed = ", ".join(COUNTING_UNITS)
        faults.append(Fault("/settings/attribute::rg:telling", f"'{definition.counting_unit}': kies uit {allowed}"))
    for question in definition.questions:
        allowed_types = TYPES.get(question.role or "")
        if question.role is None:
            continue
        where = f"/survey/{question.name}/bind::rg:rol"
        if allowed_types is None:
            faults.append(Fault(where, f"de rol '{question.role}' bestaat niet; kies uit {', '.join(TYPES)}"))
        elif question.type not in allowed_types:
            faults.append(Fault(where, f"de rol '{question.role}' past niet op een vraag van type '{question.type}'"))
    if definition.with_role(ISSUE) and not definition.with_role("vraagstuk.tekst"):
        faults.append(Fault("/survey/bind::rg:rol", "een 'vraagstuk' heeft een vraag met rol 'vraagstuk.tekst' nodig"))
    return faults


def extract_facts(definition: Definition, instance: Instance) -> Facts:
    """What the answers say by role. Answers that do not parse as their role count as missing."""
    asked = (ADDRESS, PERSONS, HOUSEHOLD_SIZE, OUTCOME, LOCATION)
    first = {role: _first(definition, instance, role) for role in asked}
    return Facts(
        address_id=_uuid(first[ADDRESS]),
        persons=_count(first[PERSONS]),
        household_size=_count(first[HOUSEHOLD_SIZE]),
        outcome=outcome if (outcome := _text(first[OUTCOME])) in OUTCOMES else None,
        location=_point(first[LOCATION]),
        issues=tuple(_issues(definition, instance)),
    )


def _issues(definition: Definition, instance: Instance) -> Iterator[IssueFacts]:
    number = 0
    for question in definition.with_role(ISSUE):
        for group in instance.groups(question.path):
            found = {part: _issue_part(definition, instance, group, part) for part in ISSUE_PARTS}
            text = _text(found["tekst"])
            if text is None:
                continue
            yield IssueFacts(
                number=number,
                text=text,
                theme=_text(found["thema"]),
                trits=_text(found["trits"]),
                willing=_text(found["zelf_doen"]),
                location=_point(found["plek"]),
                photos=(photo,) if (photo := _text(found["foto"])) else (),
            )
            number += 1


def _issue_part(definition: Definition, instance: Instance, group: str, part: str) -> Answer | None:
    for question in definition.with_role(f"{ISSUE}.{part}"):
        for answer in instance.answers(question.path, within=group):
            return answer
    return None


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
