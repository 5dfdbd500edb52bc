"""The sync protocol over HTTP: JSON in, a use case, JSON out."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, request

from core.arguments import ApiBlueprint
from core.clock import now_utc
from core.config import Settings
from core.db import db
from core.problems import details
from maps.queries import municipality_name
from sync.devices import authenticate, enrol_device, note_contact, refuse_revoked
from sync.ledger import ledger_of
from sync.models import Device
from sync.own import current_observation
from sync.pull import pull_page
from sync.push import ReceiptOf, push_batch
from sync.queries import rounds_of_device
from sync.report import Report, read_report
from sync.schemas import (
    EnrolmentIn,
    EnrolmentOut,
    LedgerOut,
    LedgerQuery,
    ObservationOut,
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
        "koffer_key": _settings().koffer_public_key,
        "rounds": rounds_of_device(device.id),
    }
    db.session.commit()
    return answer, 201 if is_new else 200


@sync.route("/sync/pull")
@sync.arguments(PullQuery, location="query")
@sync.response(200, PullOut)
def pull(query: dict[str, Any]) -> Any:
    """What this device may see, and what changed."""
    device, _ = _device()
    refuse_revoked(device)
    return pull_page(device.id, query["cursor"], _settings().koffer_public_key)


@sync.route("/sync/push", methods=["POST"])
@sync.arguments(PushIn)
@sync.response(200, PushOut)
def push(batch: dict[str, Any]) -> Any:
    """Takes a batch of mutations."""
    device, report = _device()
    skew_s = report.skew_s(now_utc())
    receipts, missing = push_batch(device.id, batch["mutations"], current_app.extensions["rondgang_process"], skew_s)
    return {"receipts": [_as_wire(receipt) for receipt in receipts], "missing_photos": missing}


@sync.route("/sync/observations/<uuid:observation_id>")
@sync.response(200, ObservationOut)
def observation(observation_id: UUID) -> Any:
    """An observation of this device as it stands, to change it."""
    device, _ = _device()
    refuse_revoked(device)
    return current_observation(device.id, observation_id)


@sync.route("/sync/ledger")
@sync.arguments(LedgerQuery, location="query")
@sync.response(200, LedgerOut)
def ledger(query: dict[str, Any]) -> Any:
    """The account of this device."""
    device, _ = _device()
    return ledger_of(device, **query)


@sync.after_request
def never_cached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _as_wire(receipt: ReceiptOf) -> dict[str, Any]:
    problem = None if receipt.problem is None else details(receipt.problem)
    return {
        "mutation_id": receipt.mutation_id,
        "status": receipt.status,
        "version": receipt.version,
        "problem": problem,
    }


def _settings() -> Settings:
    settings: Settings = current_app.extensions["rondgang_settings"]
    return settings


def _device() -> tuple[Device, Report]:
    """The phone that asks, and what it tells of itself."""
    device = authenticate(request.headers.get("Authorization"))
    report = read_report(request.headers.get("Rondgang-Report"))
    note_contact(device, report)
    return device, report
