"""The ledger: what the server has of one device, the same account for volunteer and coordinator."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from core.problems import INPUT_INVALID, Fault, Problem
from sync.models import Device
from sync.queries import counts_by_device, mutations_by_id, mutations_of_device, photos_missing_by_observation

LONGEST = 100


@dataclass(frozen=True, slots=True)
class Account:
    """What a phone made by its own account, and what became of it here. `clock_skew_s`: server minus phone."""

    made: int | None
    unsent: int | None
    photos_unsent: int | None
    received: int
    held: int
    conflicts: int
    photos_missing: int
    last_contact_at: datetime | None
    clock_skew_s: float | None


def accounts_of(devices: Collection[Device]) -> dict[UUID, Account]:
    """The account of each of these devices."""
    counts = counts_by_device([device.id for device in devices])
    return {
        device.id: Account(
            made=device.made,
            unsent=device.unsent,
            photos_unsent=device.photos_unsent,
            last_contact_at=device.last_contact_at,
            clock_skew_s=device.clock_skew_s,
            **{name: found.get(device.id, 0) for name, found in counts.items()},
        )
        for device in devices
    }


def ledger_of(device: Device, mutations: str | None) -> dict[str, Any]:
    """The account as the wire wants it, with the newest mutations; only those that were asked for when ids are given.

    What is asked for by its id is told whoever brought it: a phone that is enrolled anew hands in the same again.
    """
    rows = mutations_of_device(device.id, LONGEST) if mutations is None else mutations_by_id(_ids(mutations))
    missing = photos_missing_by_observation({row.subject_id for row in rows if row.subject_id})
    return {
        "account": accounts_of([device])[device.id],
        "mutations": [
            {
                "mutation_id": row.id,
                "subject_id": row.subject_id,
                "status": row.status,
                "received_at": row.received_at,
                "photos_missing": missing.get(row.subject_id, []) if row.subject_id else [],
            }
            for row in rows
        ],
    }


def _ids(text: str) -> list[UUID]:
    try:
        ids = [UUID(part) for part in text.split(",") if part]
    except ValueError as error:
        raise Problem(INPUT_INVALID, faults=[Fault("/mutations", "Geen lijst van nummers (UUID).")]) from error
    if len(ids) > LONGEST:
        raise Problem(INPUT_INVALID, faults=[Fault("/mutations", f"Ten hoogste {LONGEST} nummers.")])
    return ids
