"""The mutations as they go over the wire (protocol 5.1). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from lxml import etree

from core.clock import new_id

Mutation = dict[str, Any]
PUT, WITHDRAW, VISIT = "observation.put", "observation.withdraw", "visit.put"
WALK, ADDRESS, ANSWER = "walk.put", "address.add", "question.answer"
KEPT_OF_OWN = ("observationId", "roundId", "form", "position", "addressId", "attachments")
TrackPoint = tuple[float, float, float | None, datetime]
"""Longitude, latitude, accuracy in metres where it is known, and the moment."""


def observation_put(observation_id: str, form_id: str, instance_xml: str, at: datetime, **more: Any) -> Mutation:
    """An observation with all its answers. `more` as on the wire; which version it answers is read from the answers."""
    return {
        "id": str(new_id()),
        "type": PUT,
        "observationId": observation_id,
        "form": form_id,
        "formVersion": etree.fromstring(instance_xml.encode()).get("version", ""),
        "instanceXml": instance_xml,
        "capturedAt": at.isoformat(),
        **more,
    }


def withdrawal(observation_id: str, base_version: str, at: datetime, reason: str | None) -> Mutation:
    """That this observation must not count any more."""
    return {
        "id": str(new_id()),
        "type": WITHDRAW,
        "observationId": observation_id,
        "baseVersion": base_version,
        "withdrawnAt": at.isoformat(),
        "reason": reason,
    }


def visit_put(address_id: str, outcome: str, at: datetime, round_id: str | None) -> Mutation:
    """What happened at a door."""
    return {
        "id": str(new_id()),
        "type": VISIT,
        "visitId": str(new_id()),
        "roundId": round_id,
        "addressId": address_id,
        "outcome": outcome,
        "visitedAt": at.isoformat(),
    }


def address_add(
    address_id: str, street: str, number: int, lonlat: tuple[float, float], at: datetime, **more: Any
) -> Mutation:
    """A door that the list lacks; `more` as on the wire: letter, addition, postcode, place, note, roundId."""
    lon, lat = lonlat
    return {
        "id": str(new_id()),
        "type": ADDRESS,
        "addressId": address_id,
        "street": street,
        "number": number,
        "position": {"lon": lon, "lat": lat},
        "addedAt": at.isoformat(),
        **more,
    }


def question_answer(question_id: str, text: str, at: datetime) -> Mutation:
    """What a volunteer answers to a question of the desk."""
    told = {"questionId": question_id, "answeredAt": at.isoformat(), "text": text}
    return {"id": str(new_id()), "type": ANSWER, **told}


def walk_put(
    walk_id: str,
    route_id: str,
    started_at: datetime,
    ended_at: datetime | None,
    planned_on: date | None,
    track: Sequence[TrackPoint],
    seen: Sequence[str],
) -> Mutation:
    """A whole walk of a route as far as it is; `seen` are the ids of the stops that were marked."""
    return {
        "id": str(new_id()),
        "type": WALK,
        "walkId": walk_id,
        "routeId": route_id,
        "plannedOn": planned_on.isoformat() if planned_on else None,
        "startedAt": started_at.isoformat(),
        "endedAt": ended_at.isoformat() if ended_at else None,
        "track": [[lon, lat, accuracy_m, moment.isoformat()] for lon, lat, accuracy_m, moment in track],
        "seen": list(seen),
    }


def photos_of(mutations: Iterable[Mapping[str, Any]]) -> set[str]:
    """The SHA-256 of every photo that these mutations name."""
    return {one["sha256"] for mutation in mutations for one in mutation.get("attachments") or ()}
