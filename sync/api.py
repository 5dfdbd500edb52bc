"""The sync protocol over HTTP: JSON in, a use case, JSON out."""

from typing import Any

from flask import Response, current_app, request

from core.arguments import ApiBlueprint
from core.clock import now_utc
from core.db import db
from core.problems import details
from maps.queries import municipality_name
from sync.devices import authenticate, contact_is_stale, enrol_device
from sync.ledger import ledger_of
from sync.models import Device
from sync.pull import pull_page
from sync.push import ReceiptOf, push_batch
from sync.queries import rounds_of_device, touch_device
from sync.schemas import (
    EnrolmentIn,
    EnrolmentOut,
    LedgerOut,
    LedgerQuery,
    PullOut,
    PullQuery,
    PushIn,
    PushOut,
)

sync = ApiBlueprint("sync", __name__, url_prefix="/v1", description="The sync protocol (docs/protocol.md)")


@sync.route("/devices", methods=["POST"])
@sync.arguments(EnrolmentIn)
@sync.response(201, EnrolmentOut)
def enrol(enrolment: dict[str, Any]) -> Any:
    """Enrols a phone with a code."""
    device, is_new = enrol_device(enrolment)
    answer = {
        "device_id": device.id,
        "volunteer": device.volunteer,
        "municipality": municipality_name(),
        "rounds": rounds_of_device(device.id),
    }
    db.session.commit()
    return answer, 201 if is_new else 200


@sync.route("/sync/pull")
@sync.arguments(PullQuery, location="query")
@sync.response(200, PullOut)
def pull(query: dict[str, Any]) -> Any:
    """What this device may see, and what changed."""
    return pull_page(_device().id, query["cursor"])


@sync.route("/sync/push", methods=["POST"])
@sync.arguments(PushIn)
@sync.response(200, PushOut)
def push(batch: dict[str, Any]) -> Any:
    """Takes a batch of mutations."""
    device = _device()
    receipts, missing = push_batch(device.id, batch["mutations"], current_app.extensions["rondgang_process"])
    return {"receipts": [_as_wire(receipt) for receipt in receipts], "missing_photos": missing}


@sync.route("/sync/ledger")
@sync.arguments(LedgerQuery, location="query")
@sync.response(200, LedgerOut)
def ledger(query: dict[str, Any]) -> Any:
    """The account of this device."""
    return ledger_of(_device().id, **query)


@sync.after_request
def never_cached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_wire(receipt: ReceiptOf) -> dict[str, Any]:
    problem = None if receipt.problem is None else details(receipt.problem)
    return {"mutation_id": receipt.mutation_id, "status": receipt.status, "problem": problem}


def _device() -> Device:
    device = authenticate(request.headers.get("Authorization"))
    if contact_is_stale(device):
        db.session.commit()  # ends the reading: SQLite refuses a write that begins in the middle of one
        touch_device(device.id, now_utc())
        db.session.commit()
    return device
