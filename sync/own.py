"""An observation as it stands, for the phone that made it (docs/protocol.md, 5.4)."""

from typing import Any
from uuid import UUID

from core.problems import NOT_FOUND, Problem
from sync.models import Observation
from sync.queries import attachments_of, find_observation


def current_observation(device_id: UUID, observation_id: UUID) -> dict[str, Any]:
    """Its answers, version and files as the wire wants them. Raises NOT_FOUND for one of another device."""
    found = find_observation(observation_id)
    if found is None or found.device_id != device_id:
        raise Problem(NOT_FOUND)
    attachments = attachments_of([found.id]).get(found.id, [])
    return {
        "observation_id": found.id,
        "version": found.version_id,
        "status": found.status,
        "form": found.form_id,
        "form_version": found.form_version,
        "instance_xml": found.instance_xml,
        "round_id": found.round_id,
        "position": _position_of(found),
        "attachments": [one for one in attachments if "/" not in one.name],
    }


def _position_of(found: Observation) -> dict[str, Any] | None:
    """Where it was recorded, as it was told."""
    if found.lon is None or found.lat is None:
        return None
    return {"lon": found.lon, "lat": found.lat, "accuracy_m": found.accuracy_m}
