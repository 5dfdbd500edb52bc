"""Push: mutations in, receipts out. What was acknowledged is committed; what cannot be accepted is kept.

A batch is one transaction, for a commit costs more than all else. When one of its mutations cannot be applied, the
transaction is rolled back and the batch is taken in halves, until that one stands alone and is rejected: so each stands
by itself, and a batch without trouble costs one commit. Two requests that bring the same mutation at once meet at the
unique key of `mutation`: the second waits for the first and is then a duplicate. There is no check before the insert
that could be outrun. Mutations are claimed in the order of their ids, so that two batches never wait for each other.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from core.clock import now_utc
from core.db import db
from core.problems import MUTATION_TAKEN, SERVER_FAILED, Problem
from sync.apply import Batch
from sync.interpret import Processor
from sync.models import APPLIED, DUPLICATE, REJECTED, Mutation, Rejection
from sync.mutations import Pushed, read_mutation
from sync.queries import claim_mutations, current_versions, find_rejection, missing_of, mutations_known

TRIES = 5
TRY_AGAIN = {"40001", "40P01"}  # PostgreSQL: two transactions got in each other's way
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReceiptOf:
    """What became of one mutation; `problem` as `Problem.record` gives it, `version` what now stands."""

    mutation_id: UUID | None
    status: str
    problem: dict[str, Any] | None = None
    version: UUID | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who pushes: the device, its clock's difference in seconds (None: unknown), and what else follows from a push."""

    device_id: UUID
    process: Processor
    skew_s: float | None


def push_batch(
    device_id: UUID, raw_mutations: Sequence[Any], process: Processor, skew_s: float | None = None
) -> tuple[list[ReceiptOf], list[str]]:
    """(a receipt for each mutation in order, the SHA-256 of named photos that are not here)."""
    sender = Sender(device_id, process, skew_s)
    receipts: dict[int, ReceiptOf] = {}
    readable: list[tuple[int, Pushed]] = []
    for place, raw in enumerate(raw_mutations):
        try:
            readable.append((place, read_mutation(raw)))
        except Exception as error:  # one mutation that we did not foresee must not hold up a phone's queue
            receipts[place] = _reject(sender, raw, error)
    found = _push_all(sender, [pushed for _, pushed in readable])
    receipts |= {place: receipt for (place, _), receipt in zip(readable, found, strict=True)}
    named = [attachment["sha256"] for _, pushed in readable for attachment in pushed.attachments]
    return [receipts[place] for place in range(len(raw_mutations))], missing_of(named)


def _push_all(sender: Sender, batch: Sequence[Pushed]) -> list[ReceiptOf]:
    """Applies them all together, or in halves when one of them cannot be."""
    if not batch:
        return []
    try:
        return _try_together(sender, batch)
    except Exception as error:
        _roll_back()
        if _is_of_database(error):
            raise  # the database, not a mutation: the phone tries again later
        if len(batch) == 1:
            return [_reject(sender, batch[0].raw, error)]
    half = len(batch) // 2
    return [*_push_all(sender, batch[:half]), *_push_all(sender, batch[half:])]


def _is_of_database(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and (error.connection_invalidated or isinstance(error, OperationalError))


def _try_together(sender: Sender, batch: Sequence[Pushed]) -> list[ReceiptOf]:
    """In one transaction; once more when another request was first with one of these observations."""
    for tries_left in reversed(range(TRIES)):
        try:
            receipts = _apply_together(sender, batch)
            db.session.commit()
            return receipts
        except (IntegrityError, OperationalError) as error:
            _roll_back()
            is_passing = isinstance(error, IntegrityError) or getattr(error.orig, "sqlstate", "") in TRY_AGAIN
            if not is_passing or not tries_left:
                raise
    raise AssertionError("the last try returned or raised")


def _roll_back() -> None:
    """Ends the transaction and forgets its objects: some stand for rows that are not there after all."""
    db.session.rollback()
    db.session.expunge_all()


def _apply_together(sender: Sender, batch: Sequence[Pushed]) -> list[ReceiptOf]:
    first = {pushed.id: pushed for pushed in reversed(batch)}
    rows = [_row(sender, first[key]) for key in sorted(first)]
    new_ids = claim_mutations(rows)
    known = mutations_known(first.keys() - new_ids) if len(new_ids) < len(first) else {}
    new = [pushed for pushed in batch if pushed.id in new_ids and pushed is first[pushed.id]]
    applied = Batch(new, sender.process, sender.skew_s).apply(sender.device_id)
    versions = current_versions({pushed.subject_id for pushed in batch if pushed.id in known})
    receipts = []
    for pushed in batch:
        outcome = applied.get(pushed.id)
        if outcome is None or pushed is not first[pushed.id]:
            mutation = outcome.mutation if outcome else known[pushed.id]
            receipts.append(_receipt_of_known(mutation, pushed, versions.get(pushed.subject_id)))
        else:
            mutation = outcome.mutation
            receipts.append(ReceiptOf(mutation.id, mutation.status, mutation.problem, outcome.version))
    return receipts


def _row(sender: Sender, pushed: Pushed) -> dict[str, Any]:
    return {
        "id": pushed.id,
        "device_id": sender.device_id,
        "received_at": now_utc(),
        "content_hash": pushed.content_hash,
        "status": APPLIED,
        "subject_id": pushed.subject_id,
    }


def _receipt_of_known(known: Mutation, pushed: Pushed, version: UUID | None) -> ReceiptOf:
    """What became of it earlier. Raises MUTATION_TAKEN when the earlier one said something else."""
    if known.content_hash not in {None, pushed.content_hash}:
        raise Problem(MUTATION_TAKEN)
    return ReceiptOf(known.id, DUPLICATE if known.status == APPLIED else known.status, known.problem, version)


def _reject(sender: Sender, raw: Any, error: Exception) -> ReceiptOf:
    """Keeps the mutation as it came, for the desk. The same again is kept once, and judged again each time."""
    db.session.rollback()
    if not isinstance(error, Problem):
        log.error("a mutation could not be applied: %s", type(error).__name__, exc_info=error)
    problem = error if isinstance(error, Problem) else Problem(SERVER_FAILED, type(error).__name__)
    content = _as_bytes(raw)
    raw_hash = sha256(content).hexdigest()
    if find_rejection(raw_hash) is None:
        record = problem.record()
        db.session.add(Rejection(raw_hash=raw_hash, device_id=sender.device_id, raw=content, problem=record))
    try:
        db.session.commit()
    except IntegrityError:  # the same at the same moment: it is kept, which is all that matters
        db.session.rollback()
    return ReceiptOf(_uuid_in(raw), REJECTED, problem.record())


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
