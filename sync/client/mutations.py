"""The mutations as they go over the wire (protocol 5.1). Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from lxml import etree

from core.clock import new_id

Mutation = dict[str, Any]
PUT, WITHDRAW, VISIT = "observation.put", "observation.withdraw", "visit.put"
KEPT_OF_OWN = ("observationId", "roundId", "form", "position", "addressId", "attachments")


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


def photos_of(mutations: Iterable[Mapping[str, Any]]) -> set[str]:
    """The SHA-256 of every photo that these mutations name."""
    return {one["sha256"] for mutation in mutations for one in mutation.get("attachments") or ()}
