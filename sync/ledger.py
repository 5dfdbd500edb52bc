"""The ledger: what the server has of one device, the same account for volunteer and coordinator."""

from typing import Any
from uuid import UUID

from core.problems import INPUT_INVALID, Fault, Problem
from sync.queries import observations_of_device, photos_missing_by_observation, visits_of_device

LONGEST = 200


def ledger_of(device_id: UUID, observations: str | None, visits: str | None) -> dict[str, Any]:
    """The account as the wire wants it, the newest first; only what was asked for when ids are given.

    What is asked for by its id is told whoever brought it: a phone that is enrolled anew hands in the same again.
    """
    is_asked = observations is not None or visits is not None
    only_observations = _ids("/observations", observations or "") if is_asked else None
    only_visits = _ids("/visits", visits or "") if is_asked else None
    rows = observations_of_device(device_id, only_observations, LONGEST)
    missing = photos_missing_by_observation([row.id for row in rows])
    return {
        "observations": [
            {
                "observation_id": row.id,
                "status": row.status,
                "received_at": row.received_at,
                "photos_missing": missing.get(row.id, []),
            }
            for row in rows
        ],
        "visits": [
            {"visit_id": visit.id, "received_at": visit.received_at}
            for visit in visits_of_device(device_id, only_visits, LONGEST)
        ],
    }


def _ids(pointer: str, text: str) -> list[UUID]:
    try:
        ids = [UUID(part) for part in text.split(",") if part]
    except ValueError as error:
        raise Problem(INPUT_INVALID, faults=[Fault(pointer, "Geen lijst van nummers (UUID).")]) from error
    if len(ids) > LONGEST:
        raise Problem(INPUT_INVALID, faults=[Fault(pointer, f"Ten hoogste {LONGEST} nummers.")])
    return ids
