"""Applying mutations that are new: what each means for what is stored, in the transaction of their batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import make_transient_to_detached

from core.db import db
from core.problems import BASE_UNKNOWN, INPUT_INVALID, OBSERVATION_EXISTS, Fault, Problem
from forms.roles import Facts
from sync import mutations
from sync.additions import add_address
from sync.history import Made, Whereabouts
from sync.interpret import Processor, derive, interpret
from sync.lookups import Lookups
from sync.models import APPLIED, CONFLICT, DUPLICATE, HELD, Attachment, Mutation, Observation, Visit
from sync.mutations import Pushed, read_mutation
from sync.queries import attachments_of, log_changes, observations_to_change, waiting_for
from sync.questions import answer_question
from sync.report import corrected
from sync.versions import BaseMissing, change_observation
from sync.walks import put_walk

OBSERVATION = "observation"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutation, and which version of its observation now stands."""

    mutation: Mutation
    version: UUID | None = None


class Batch:
    """The new mutations of one request, and what they need of the database, read for all of them at once."""

    def __init__(self, new: Sequence[Pushed], process: Processor, skew_s: float | None) -> None:
        self._new, self._process, self._skew_s = new, process, skew_s
        subjects = [pushed.subject_id for pushed in new]
        asked = {pushed.fields["address_id"] for pushed in new if pushed.fields.get("address_id")}
        self._lookups = Lookups(asked, subjects)
        put = {pushed.subject_id for pushed in new if pushed.is_about_observation}
        self._observations = observations_to_change(sorted(put)) if put else {}
        self._created: dict[UUID, tuple[Observation, Facts]] = {}

    def apply(self, device_id: UUID) -> dict[UUID, Outcome]:
        """Applies them in order; returns what became of each. Raises Problem when one cannot be."""
        outcomes = {pushed.id: self._apply(_claimed(device_id, pushed), pushed) for pushed in self._new}
        self._derive_created()
        return outcomes

    def _apply(self, mutation: Mutation, pushed: Pushed) -> Outcome:
        if not pushed.is_about_observation:
            self._put_other(mutation, pushed)
            return Outcome(mutation)
        observation = self._observations.get(pushed.subject_id)
        if observation is None and pushed.instance is not None:
            observation = self._create(mutation, pushed)
        elif observation is None:
            _wait(mutation, pushed, pushed.fields["base_version"])
        else:
            self._derive_created()
            self.change(observation, mutation, pushed)
        return Outcome(mutation, observation.version_id if observation else None)

    def _create(self, mutation: Mutation, pushed: Pushed) -> Observation:
        """The first version to arrive of an observation."""
        put, position = pushed.fields, pushed.fields["position"] or {}
        assert pushed.instance is not None
        observation = Observation(
            id=put["observation_id"],
            mutation_id=mutation.id,
            version_id=mutation.id,
            base_id=put["base_version"],
            device_id=mutation.device_id,
            round_id=put["round_id"],
            form_id=put["form"],
            form_version=put["form_version"],
            instance_xml=put["instance_xml"],
            content_hash=pushed.content_hash,
            captured_at=put["captured_at"],
            corrected_at=self._corrected(put["captured_at"]),
            claimed_address_id=put["address_id"],
            walk_id=put["walk_id"],
            stop_id=put["stop_id"],
            lon=position.get("lon"),
            lat=position.get("lat"),
            accuracy_m=position.get("accuracy_m"),
            status=HELD,
        )
        facts = interpret(observation, pushed.instance, self._lookups)
        mutation.status, mutation.problem = observation.status, observation.problem
        db.session.add(observation)
        self._observations[observation.id] = observation
        self._created[observation.id] = observation, facts
        return observation

    def _derive_created(self) -> None:
        """What follows from the observations that this batch made: all of it in one go, after they are stored."""
        if not self._created:
            return
        created, self._created = self._created, {}
        db.session.flush()
        for pushed in self._new:
            if pushed.subject_id in created and pushed.id == created[pushed.subject_id][0].mutation_id:
                db.session.add_all(Attachment(observation_id=pushed.subject_id, **one) for one in pushed.attachments)
        for observation, facts in created.values():
            derive(observation, facts, self._process, self._lookups, is_new=True)
            if observation.status != APPLIED:
                tell_owner(observation)
        db.session.flush()
        self._apply_waiting({observation.version_id: observation for observation, _ in created.values()})

    def change(self, observation: Observation, mutation: Mutation, pushed: Pushed, hurries: bool = False) -> None:
        """Puts a version into what stands: a change, a withdrawal, or one whose successor arrived first."""
        if pushed.fields.get("base_version") is None and observation.content_hash == pushed.content_hash:
            mutation.status = DUPLICATE
            return
        if pushed.instance is not None and pushed.fields["form"] != observation.form_id:
            raise Problem(INPUT_INVALID, faults=[Fault("/form", f"Deze observatie is van {observation.form_id}.")])
        try:
            placed = change_observation(observation, _made(mutation, pushed, hurries), self._process, self._lookups)
        except BaseMissing as missing:
            _wait(mutation, pushed, missing.version_id)
            return
        mutation.status = placed.status
        mutation.problem = placed.problem.record() if placed.problem else None
        if placed.status != CONFLICT and observation.status == HELD:
            mutation.status, mutation.problem = HELD, observation.problem
        _name_attachments(observation.id, mutation.id, pushed, placed.status == CONFLICT)
        tell_owner(observation)
        db.session.flush()
        self._apply_waiting({mutation.id: observation})

    def _apply_waiting(self, arrived: Mapping[UUID, Observation]) -> None:
        """Applies what came before the version it was made from, now that this is here."""
        for mutation in waiting_for(arrived):
            observation = arrived.get(mutation.waits_for) if mutation.waits_for else None
            if observation is None or mutation.subject_id != observation.id:
                continue
            pushed = read_mutation(mutation.raw)
            mutation.waits_for, mutation.raw, mutation.problem = None, None, None
            self.change(observation, mutation, pushed)

    def _put_other(self, mutation: Mutation, pushed: Pushed) -> None:
        match pushed.type:
            case mutations.VISIT_PUT:
                self._put_visit(mutation, pushed)
            case mutations.WALK_PUT:
                put_walk(mutation, pushed, self._corrected)
            case mutations.ADDRESS_ADD:
                add_address(mutation, pushed, self._lookups)
            case mutations.QUESTION_ANSWER:
                answer_question(mutation, pushed, self._corrected)

    def _put_visit(self, mutation: Mutation, pushed: Pushed) -> None:
        put = pushed.fields
        existing = self._lookups.visit(put["visit_id"])
        address = self._lookups.address(put["address_id"])
        if existing is not None:
            if (existing.address_id, existing.outcome) == (address.id if address else None, put["outcome"]):
                mutation.status = DUPLICATE
            else:
                mutation.status, mutation.raw = CONFLICT, pushed.raw
                mutation.problem = Problem(OBSERVATION_EXISTS).record()
            return
        if address is None:
            raise Problem(INPUT_INVALID, faults=[Fault("/addressId", "Dit adres staat niet in de lijst.")])
        visit = Visit(
            id=put["visit_id"],
            mutation_id=mutation.id,
            device_id=mutation.device_id,
            round_id=put["round_id"],
            address_id=address.id,
            outcome=put["outcome"],
            visited_at=put["visited_at"],
            corrected_at=self._corrected(put["visited_at"]),
        )
        self._lookups.add_visit(visit)

    def _corrected(self, moment: datetime) -> datetime:
        return corrected(moment, self._skew_s)


def tell_owner(observation: Observation) -> None:
    """Lets the phone that made the observation hear at its next pull what became of it."""
    log_changes(OBSERVATION, [observation.id], device_id=observation.device_id)


def _claimed(device_id: UUID, pushed: Pushed) -> Mutation:
    """The row of this mutation, which was just inserted, as an object whose changes are stored."""
    mutation = Mutation(
        id=pushed.id,
        device_id=device_id,
        content_hash=pushed.content_hash,
        status=APPLIED,
        subject_id=pushed.subject_id,
        waits_for=None,
        problem=None,
        raw=None,
    )
    make_transient_to_detached(mutation)
    db.session.add(mutation)
    return mutation


def _made(mutation: Mutation, pushed: Pushed, hurries: bool) -> Made:
    fields = pushed.fields
    return Made(
        id=mutation.id,
        base_id=fields["base_version"],
        form_version=fields.get("form_version", ""),
        instance_xml=fields.get("instance_xml"),
        captured_at=pushed.moment,
        reason=fields["reason"],
        mutation_id=mutation.id,
        device_id=mutation.device_id,
        whereabouts=_whereabouts(fields),
        hurries=hurries,
    )


def _whereabouts(fields: Mapping[str, Any]) -> Whereabouts | None:
    if "position" not in fields:
        return None
    position: Mapping[str, Any] = fields["position"] or {}
    return Whereabouts(position.get("lon"), position.get("lat"), position.get("accuracy_m"), fields["address_id"])


def _wait(mutation: Mutation, pushed: Pushed, version_id: UUID) -> None:
    """Keeps a change until this version arrives."""
    mutation.status, mutation.raw = HELD, pushed.raw
    mutation.waits_for, mutation.problem = version_id, Problem(BASE_UNKNOWN).record()


def _name_attachments(observation_id: UUID, mutation_id: UUID, pushed: Pushed, is_beside: bool) -> None:
    """Names the files of a later version beside those that are there, so that the ledger waits for them too.

    A name that stands for other bytes already keeps those when this version is in conflict; else it is given over.
    """
    there = {one.name: one for one in attachments_of([observation_id]).get(observation_id, [])}
    for one in pushed.attachments:
        named = there.get(one["name"])
        if named is None:
            db.session.add(Attachment(observation_id=observation_id, **one))
        elif named.sha256 != one["sha256"] and is_beside:
            db.session.add(Attachment(observation_id=observation_id, **{**one, "name": _beside(mutation_id, one)}))
        elif named.sha256 != one["sha256"]:
            old = {"sha256": named.sha256, "size": named.size, "media_type": named.media_type}
            db.session.add(Attachment(observation_id=observation_id, name=_beside(mutation_id, one), **old))
            named.sha256, named.size, named.media_type = one["sha256"], one["size"], one["media_type"]


def _beside(mutation_id: UUID, attachment: dict[str, Any]) -> str:
    return f"{mutation_id}/{attachment['name']}"[:255]
