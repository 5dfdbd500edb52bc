"""What a person at the desk does with an observation: each is a version like any other, with who and why."""

from collections.abc import Mapping
from uuid import UUID

from core.clock import new_id, now_utc
from core.db import db
from core.problems import INPUT_INVALID, N_, NOT_FOUND, PAGE_EXPIRED, Fault, Problem, translate
from sync.apply import Batch, tell_owner
from sync.history import History, Made
from sync.interpret import Processor, accept_held
from sync.lookups import Lookups
from sync.merge import with_answer
from sync.models import HELD, WITHDRAWN, Observation
from sync.mutations import read_mutation
from sync.queries import find_mutation_to_change, observations_to_change, subject_of
from sync.versions import WHOLE, change_observation, rules_for

CHANGED_SINCE = N_("Intussen veranderde iemand deze observatie.")
OTHER = "other"
"""The choice for the answer that does not stand; anything else leaves what stands."""


def refuse_outdated(observation_id: UUID, version_id: str) -> Observation:
    """The observation, locked, when this version of it stands. Raises PAGE_EXPIRED when somebody changed it since."""
    observation = _locked(observation_id)
    if str(observation.version_id) != version_id:
        raise Problem(PAGE_EXPIRED, translate(CHANGED_SINCE))
    return observation


def change_at_desk(
    observation_id: UUID, instance_xml: str, person: str, reason: str, process: Processor, settles: bool = False
) -> Observation:
    """The observation with these answers. Raises NOT_FOUND, INSTANCE_UNREADABLE."""
    observation = _locked(observation_id)
    _change(observation, instance_xml, person, reason, process, settles)
    return observation


def withdraw_at_desk(observation_id: UUID, person: str, reason: str, process: Processor) -> Observation:
    """The observation, which counts no more; a change that a phone makes without knowing of it is kept beside it."""
    observation = _locked(observation_id)
    _change(observation, None, person, reason, process, settles=True)
    return observation


def restore_at_desk(observation_id: UUID, person: str, reason: str, process: Processor) -> Observation:
    """A withdrawn observation, with the answers that it had: it counts again. Raises NOT_FOUND when it is not."""
    observation = _locked(observation_id)
    if observation.status != WITHDRAWN:
        raise Problem(NOT_FOUND)
    _change(observation, observation.instance_xml, person, reason, process, settles=False)
    return observation


def resolve(
    observation_id: UUID, choices: Mapping[str, str], person: str, reason: str, process: Processor
) -> Observation:
    """The observation after somebody chose, for each clash by its key, which answer stands.

    A choice is the version that gave the answer (`version` of the clash), or `OTHER` where there is one other; anything
    else leaves what stands. For the whole observation (key "") it brings back what was withdrawn, or takes the answers
    of the other one.
    """
    observation = _locked(observation_id)
    xml, rules = observation.instance_xml, rules_for(observation, Lookups())
    is_withdrawn = History.of(observation).is_withdrawn
    for clash in observation.clashes or ():
        if choices.get(clash["key"]) not in {OTHER, clash["version"]}:
            continue
        if clash["key"] != WHOLE:
            xml = with_answer(xml, clash["key"], clash["other"], rules)
            continue
        is_withdrawn = False
        if not clash.get("withdrawn"):
            xml = History.of(observation).content(UUID(clash["version"]))
    _change(observation, None if is_withdrawn else xml, person, reason, process, settles=True)
    return observation


def accept_at_desk(observation_id: UUID, process: Processor) -> Observation:
    """A held observation, which counts from now on as it is. Raises FORM_UNKNOWN."""
    observation = _locked(observation_id)
    if observation.status != HELD:
        raise Problem(NOT_FOUND)
    accept_held(observation, process)
    tell_owner(observation)
    return observation


def apply_waiting_at_desk(mutation_id: UUID, process: Processor) -> Observation:
    """Puts a change that waits for a version that never came into what stands.

    When it was made from that version, it is taken as made from the first one: what it says otherwise than what was
    changed since clashes, and somebody chooses.
    """
    subject_id = subject_of(mutation_id)
    if subject_id is None:
        raise Problem(NOT_FOUND)
    observation = observations_to_change([subject_id]).get(subject_id)  # first, as a push does: else they could block
    mutation = find_mutation_to_change(mutation_id)
    if mutation is None or mutation.waits_for is None:
        raise Problem(NOT_FOUND)
    if observation is None:
        raise Problem(INPUT_INVALID, faults=[Fault("/waits_for", "De waarneming zelf is er nog niet.")])
    versions = History.of(observation).versions
    db.session.flush()
    pushed = read_mutation(mutation.raw)
    if pushed.fields["base_version"] not in versions:
        pushed.fields["base_version"] = next(iter(versions))
    mutation.waits_for, mutation.raw = None, None
    Batch([], process, None).change(observation, mutation, pushed, hurries=True)
    return observation


def _locked(observation_id: UUID) -> Observation:
    found = observations_to_change([observation_id]).get(observation_id)
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def _change(
    observation: Observation, instance_xml: str | None, person: str, reason: str, process: Processor, settles: bool
) -> None:
    made = Made(
        id=new_id(),
        base_id=observation.version_id,
        form_version=observation.form_version,
        instance_xml=instance_xml,
        captured_at=now_utc(),
        reason=reason[:500],
        person=person[:255],
        settles=settles,
        hurries=True,  # a person saw what stands; what is yet to come cannot be waited for
    )
    change_observation(observation, made, process, Lookups())
    tell_owner(observation)
    db.session.flush()
