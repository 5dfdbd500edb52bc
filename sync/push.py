"""Push: mutations in, receipts out. What was acknowledged is committed; what cannot be accepted is kept.

Every mutation is its own transaction, so that one that fails takes no other with it. Two requests that bring the same
mutation at once meet at the unique key of `mutation`: the second waits for the first and is then a duplicate. There is
no check before the insert that could be outrun.
"""

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from marshmallow import ValidationError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from core.db import db
from core.problems import (
    INPUT_INVALID,
    INSTANCE_UNREADABLE,
    MUTATION_TAKEN,
    OBSERVATION_EXISTS,
    SERVER_FAILED,
    Fault,
    Problem,
    faults_of,
)
from forms.answers import Instance, parse_instance
from maps.queries import find_address
from sync.interpret import Processor, interpret
from sync.models import (
    APPLIED,
    CONFLICT,
    DUPLICATE,
    HELD,
    REJECTED,
    Attachment,
    Mutation,
    Observation,
    Rejection,
    Visit,
)
from sync.queries import (
    find_mutation,
    find_observation,
    find_rejection,
    find_visit,
    missing_of,
)
from sync.schemas import ObservationPut, VisitPut

OBSERVATION_PUT, VISIT_PUT = "observation.put", "visit.put"
_SCHEMAS = {OBSERVATION_PUT: ObservationPut(), VISIT_PUT: VisitPut()}
TRIES = 3
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReceiptOf:
    """What became of one mutation; `problem` as `Problem.record` gives it."""

    mutation_id: UUID | None
    status: str
    problem: dict[str, Any] | None = None
    version: UUID | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """A mutation that can be read: its fields, and its answers when it is an observation."""

    fields: dict[str, Any]
    raw: dict[str, Any]
    instance: Instance | None

    @property
    def id(self) -> UUID:
        mutation_id: UUID = self.fields["id"]
        return mutation_id


def push_batch(
    device_id: UUID, raw_mutations: Sequence[Any], process: Processor, skew_s: float | None = None
) -> tuple[list[ReceiptOf], list[str]]:
    """(a receipt for each mutation in order, the SHA-256 of named photos that are not here)."""
    receipts, named = [], []
    for raw in raw_mutations:
        try:
            pushed = _read(raw)
            receipts.append(_apply_once(device_id, pushed, process))
            named += [attachment["sha256"] for attachment in pushed.fields.get("attachments") or ()]
        except Problem as problem:
            receipts.append(_reject(device_id, raw, problem))
        except DBAPIError as error:
            if error.connection_invalidated or isinstance(error, OperationalError):
                raise  # the database, not the mutation: the phone tries again later
            receipts.append(_reject_unforeseen(device_id, raw, error))
        except Exception as error:  # one mutation that we did not foresee must not hold up a phone's queue
            receipts.append(_reject_unforeseen(device_id, raw, error))
    return receipts, missing_of(named)


def _read(raw: Any) -> Pushed:
    """The mutation, checked as far as it can be without the database. Raises INPUT_INVALID or INSTANCE_UNREADABLE."""
    _refuse_unstorable(raw)
    schema = _SCHEMAS.get(str(raw.get("type"))) if isinstance(raw, dict) else None
    if schema is None:
        raise Problem(INPUT_INVALID, faults=[Fault("/type", f"Kies uit {', '.join(_SCHEMAS)}.")])
    try:
        loaded: dict[str, Any] = schema.load(raw)
    except ValidationError as error:
        raise Problem(INPUT_INVALID, faults=faults_of(error.messages)) from error
    if loaded["type"] == VISIT_PUT:
        return Pushed(loaded, raw, None)
    instance = parse_instance(loaded["instance_xml"])
    if (instance.form_id, instance.version) != (loaded["form"], loaded["form_version"]):
        detail = f"de XML is van {instance.form_id!r} versie {instance.version!r}"
        raise Problem(INSTANCE_UNREADABLE, detail)
    return Pushed(loaded, raw, instance)


def _refuse_unstorable(raw: Any) -> None:
    """No database text holds a NUL or half a surrogate pair, so such a mutation cannot be stored as text."""
    try:
        json.dumps(raw, ensure_ascii=False, allow_nan=False).encode()
        has_nul = any("\0" in text for text in _texts_in(raw))
    except (ValueError, RecursionError) as error:
        raise Problem(INPUT_INVALID, faults=[Fault("", type(error).__name__)]) from error
    if has_nul:
        raise Problem(INPUT_INVALID, faults=[Fault("", "Het teken NUL mag niet.")])


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        yield from (text for inner in value.values() for text in _texts_in(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in _texts_in(inner))


def _reject(device_id: UUID, raw: Any, problem: Problem) -> ReceiptOf:
    """Keeps the mutation as it came, for the desk. The same again is kept once, and judged again each time."""
    db.session.rollback()
    content = _as_bytes(raw)
    raw_hash = sha256(content).hexdigest()
    if find_rejection(raw_hash) is None:
        db.session.add(Rejection(raw_hash=raw_hash, device_id=device_id, raw=content, problem=problem.record()))
    try:
        db.session.commit()
    except IntegrityError:  # the same at the same moment: it is kept, which is all that matters
        db.session.rollback()
    return ReceiptOf(_uuid_in(raw), REJECTED, problem.record())


def _reject_unforeseen(device_id: UUID, raw: Any, error: Exception) -> ReceiptOf:
    log.exception("a mutation could not be applied: %s", type(error).__name__)
    return _reject(device_id, raw, Problem(SERVER_FAILED, type(error).__name__))


def _as_bytes(raw: Any) -> bytes:
    try:
        return json.dumps(raw).encode()
    except RecursionError:
        return str(type(raw)).encode()  # the parser refuses what nests this deep; only a test comes here


def _uuid_in(raw: Any) -> UUID | None:
    try:
        return UUID(raw["id"])
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def _apply_once(device_id: UUID, pushed: Pushed, process: Processor) -> ReceiptOf:
    """Applies the mutation in a transaction of its own, or tells what became of it earlier."""
    last: IntegrityError
    for _ in range(TRIES):
        known = find_mutation(pushed.id)
        if known is not None:
            return _receipt_of_known(known, pushed)
        try:
            receipt = _apply(device_id, pushed, process)
            db.session.commit()
            return receipt
        except IntegrityError as error:  # someone was first with this mutation or this observation: look again
            db.session.rollback()
            last = error
    raise last


def _receipt_of_known(known: Mutation, pushed: Pushed) -> ReceiptOf:
    """What became of it earlier. Raises MUTATION_TAKEN when the earlier one said something else."""
    if known.content_hash not in {None, _content_hash(pushed.raw)}:
        raise Problem(MUTATION_TAKEN)
    return ReceiptOf(known.id, DUPLICATE if known.status == APPLIED else known.status, known.problem)


def _apply(device_id: UUID, pushed: Pushed, process: Processor) -> ReceiptOf:
    mutation = Mutation(id=pushed.id, device_id=device_id, content_hash=_content_hash(pushed.raw), status=APPLIED)
    mutation.subject_id = pushed.fields.get("observation_id") or pushed.fields.get("visit_id")
    db.session.add(mutation)
    db.session.flush()
    if pushed.instance is None:
        _put_visit(mutation, pushed)
    else:
        _put_observation(mutation, pushed, pushed.instance, process)
    return ReceiptOf(mutation.id, mutation.status, mutation.problem)


def _put_observation(mutation: Mutation, pushed: Pushed, instance: Instance, process: Processor) -> None:
    put, content_hash = pushed.fields, _content_hash(pushed.raw)
    existing = find_observation(put["observation_id"])
    if existing is not None:
        is_same = existing.content_hash == content_hash
        if not is_same:
            _keep_attachments(existing.id, mutation.id, put["attachments"] or ())
        _compare(mutation, pushed, is_same)
        return
    position = put["position"] or {}
    observation = Observation(
        id=put["observation_id"],
        mutation_id=mutation.id,
        version_id=mutation.id,
        corrected_at=put["captured_at"],
        device_id=mutation.device_id,
        round_id=put["round_id"],
        form_id=put["form"],
        form_version=put["form_version"],
        instance_xml=put["instance_xml"],
        content_hash=content_hash,
        captured_at=put["captured_at"],
        claimed_address_id=put["address_id"],
        lon=position.get("lon"),
        lat=position.get("lat"),
        accuracy_m=position.get("accuracy_m"),
        status=HELD,
    )
    db.session.add(observation)
    db.session.flush()
    db.session.add_all(Attachment(observation_id=observation.id, **one) for one in put["attachments"] or ())
    interpret(observation, instance, process)
    mutation.status, mutation.problem = observation.status, observation.problem


def _put_visit(mutation: Mutation, pushed: Pushed) -> None:
    put = pushed.fields
    existing = find_visit(put["visit_id"])
    if existing is not None:
        same = (existing.address_id, existing.outcome) == (put["address_id"], put["outcome"])
        _compare(mutation, pushed, same)
        return
    if find_address(put["address_id"]) is None:
        raise Problem(INPUT_INVALID, faults=[Fault("/addressId", "Dit adres staat niet in de lijst.")])
    db.session.add(
        Visit(
            id=put["visit_id"],
            mutation_id=mutation.id,
            device_id=mutation.device_id,
            round_id=put["round_id"],
            address_id=put["address_id"],
            outcome=put["outcome"],
            visited_at=put["visited_at"],
            corrected_at=put["visited_at"],
        )
    )


def _keep_attachments(observation_id: UUID, mutation_id: UUID, attachments: Sequence[dict[str, Any]]) -> None:
    """Names the photos of a conflicting version beside those that are there, so that the ledger waits for them too."""
    for one in attachments:
        name = f"{mutation_id}/{one['name']}"[:255]
        db.session.add(Attachment(observation_id=observation_id, **{**one, "name": name}))


def _compare(mutation: Mutation, pushed: Pushed, is_same: bool) -> None:
    """What is there already is a duplicate when it is the same; else it is kept beside it, for a person to see."""
    if is_same:
        mutation.status = DUPLICATE
    else:
        mutation.status, mutation.raw = CONFLICT, pushed.raw
        mutation.problem = Problem(OBSERVATION_EXISTS).record()


def _content_hash(raw: dict[str, Any]) -> str:
    """SHA-256 of what the mutation says, whatever its own id is."""
    content = {key: value for key, value in raw.items() if key != "id"}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
