"""Observations as a list that the map and the page beside it share."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import get_locale

from forms.answers import parse_instance
from forms.definition import Definition
from forms.queries import readable_definition_of, versions_by_id
from forms.readable import readable_answers
from maps.models import Address
from sync.models import Attachment, Observation
from sync.queries import attachments_of, mapped_observations, missing_of

TELLING = ("vraagstuk.tekst", "schouw.onderdeel", "schouw.score", "uitkomst")
MOST_TOLD = 3


@dataclass(frozen=True, slots=True)
class ListedObservation:
    """One observation on the map; `lonlat` in EPSG:4326."""

    id: UUID
    title: str
    place: str
    summary: str
    captured_at: datetime
    lonlat: tuple[float, float]
    photos: tuple[str, ...]


def listed_observations(area_ids: Collection[UUID], limit: int) -> list[ListedObservation]:
    """The newest observations with a place, with their photos that have arrived."""
    return described(mapped_observations(area_ids, limit))


def described(rows: Sequence[tuple[Observation, Address | None]]) -> list[ListedObservation]:
    """These observations as they stand in a list, with their photos that have arrived."""
    attachments = attachments_of([observation.id for observation, _ in rows])
    missing = set(missing_of([one.sha256 for ones in attachments.values() for one in ones]))
    definitions = _definitions({observation.form_version_id for observation, _ in rows})
    return [
        ListedObservation(
            id=observation.id,
            title=definitions[observation.form_version_id].title,
            place=address.label if address else "",
            summary=_summary(definitions[observation.form_version_id], observation),
            captured_at=observation.captured_at,
            lonlat=_lonlat(observation, address),
            photos=_photos(attachments.get(observation.id, []), missing),
        )
        for observation, address in rows
    ]


def _definitions(version_ids: Collection[UUID | None]) -> dict[UUID | None, Definition]:
    """The definition of each version that these observations were made with."""
    found = versions_by_id([version_id for version_id in version_ids if version_id is not None])
    return {version_id: readable_definition_of(version) for version_id, version in found.items()}


def _photos(attachments: Sequence[Attachment], missing: Collection[str]) -> tuple[str, ...]:
    """The hashes of the photos among these that have arrived."""
    return tuple(one.sha256 for one in attachments if one.media_type.startswith("image/") and one.sha256 not in missing)


def _summary(definition: Definition, observation: Observation) -> str:
    """What it is about, in words: the statements, else what was seen, else what happened at the door."""
    answers = readable_answers(definition, parse_instance(observation.instance_xml), str(get_locale()))
    told = [answer for answer in answers if answer.role in TELLING]
    statements = [answer.value for answer in told if answer.role == TELLING[0]]
    return " · ".join((statements or [answer.value for answer in told])[:MOST_TOLD])


def _lonlat(observation: Observation, address: Address | None) -> tuple[float, float]:
    """Where it was recorded, else where its address is."""
    if observation.lon is not None and observation.lat is not None:
        return observation.lon, observation.lat
    assert address is not None
    return address.lon, address.lat
