"""What an observation means: read by its form's roles, placed, checked by the form's own rules, and then it counts.

What there is to review is held: stored, shown with its reason, and counted once a person or a published form says so.
"""

from collections.abc import Callable
from uuid import UUID
from zoneinfo import ZoneInfo

from core.problems import ANSWERS_MISFIT, FORM_UNKNOWN, INPUT_INVALID, N_, Fault, Problem, translate
from forms.answers import Instance, parse_instance
from forms.checks import CONSTRAINT, RELEVANT, REQUIRED, TYPE, CheckFault
from forms.models import FormVersion
from forms.queries import checks_of, definition_of
from forms.roles import Facts, extract_facts
from sync.lookups import Lookups
from sync.map_counts import enter_map, leave_map
from sync.models import APPLIED, HELD, Observation, Visit
from sync.place import find_place, put_in_place
from sync.queries import held_observations
from sync.walks import bind

Processor = Callable[[Observation, Facts, bool], None]
"""Called in the transaction that changes an observation, to make what other rooms derive from it as its facts are now.
The last argument tells that the observation is new, so that nothing was derived from it before."""

NOTHING = Facts(address_id=None, persons=None, household_size=None, outcome=None, location=None, issues=())
MAX_ISSUES = 200
LONGEST_ITEM = 100
HERE = ZoneInfo("Europe/Amsterdam")  # "today" in a form is a day where the form was filled in
RULES_IN_WORDS = {
    REQUIRED: N_("Hier hoort een antwoord."),
    CONSTRAINT: N_("Dit antwoord mag niet."),
    RELEVANT: N_("Deze vraag hoort hier niet gesteld te zijn."),
    TYPE: N_("Dit antwoord past niet bij deze vraag."),
}


def apply_held(form_id: str, process: Processor) -> list[Observation]:
    """Looks again at the held observations of a form, after it was published; returns those that now count."""
    lookups = Lookups()
    found = held_observations(form_id)
    for observation in found:
        facts = interpret(observation, parse_instance(observation.instance_xml), lookups)
        derive(observation, facts, process, lookups)
    return [observation for observation in found if observation.status == APPLIED]


def accept_held(observation: Observation, process: Processor) -> None:
    """Lets a held observation count as it is, because a person decided so. Raises FORM_UNKNOWN."""
    lookups = Lookups()
    facts = interpret(observation, parse_instance(observation.instance_xml), lookups, accepted=True)
    if observation.status != APPLIED:
        raise Problem(FORM_UNKNOWN, f"{observation.form_id} {observation.form_version}")
    derive(observation, facts, process, lookups)


def interpret(observation: Observation, instance: Instance, lookups: Lookups, accepted: bool = False) -> Facts:
    """What the observation says by its form's roles. It counts after this, or is held for somebody to look at.

    `accepted`: a person looked at it and lets it count as it is. What is derived from it is for `derive`.
    """
    leave_map(observation)
    version = lookups.version(observation.form_id, observation.form_version)
    if version is None:
        problem = Problem(FORM_UNKNOWN, f"{observation.form_id} {observation.form_version}")
        observation.status, observation.problem = HELD, problem.record()
        return NOTHING
    facts = extract_facts(definition_of(version), instance)
    place = find_place(observation, observation.claimed_address_id or facts.address_id, facts, lookups)
    observation.form_version_id = version.id
    observation.lon, observation.lat, observation.accuracy_m = place.lon, place.lat, place.accuracy_m
    observation.address_id = place.address_id
    put_in_place(observation, place.areas, place.is_uncertain, place.source)
    observation.schouw_item = facts.schouw_item[:LONGEST_ITEM] if facts.schouw_item else None
    observation.schouw_score = facts.schouw_score
    observation.persons, observation.household_size = facts.persons, facts.household_size
    found = None if accepted else place.problem or _too_many_issues(facts) or _misfit(version, observation)
    observation.status, observation.problem = (HELD, found.record()) if found else (APPLIED, None)
    if place.on_map and not found:
        enter_map(observation, *place.on_map, len(facts.issues))
    return facts


def derive(observation: Observation, facts: Facts, process: Processor, lookups: Lookups, is_new: bool = False) -> None:
    """Makes the visit and what other rooms derive as the observation is now: nothing unless it counts."""
    bind([observation])
    counts = observation.status == APPLIED
    visit = None if is_new and not counts else lookups.visit(observation.id)
    if counts and facts.outcome is not None and observation.address_id is not None:
        _tell_visit(visit or _new_visit(observation, lookups), observation, facts.outcome, observation.address_id)
    elif visit is not None and visit.mutation_id == observation.mutation_id:
        lookups.remove_visit(visit)
    if counts or not is_new:
        process(observation, facts if counts else NOTHING, is_new)


def _misfit(version: FormVersion, observation: Observation) -> Problem | None:
    """What the form's own rules have against these answers, in the form's own words."""
    faults = checks_of(version).faults(observation.instance_xml, observation.captured_at.astimezone(HERE))
    return Problem(ANSWERS_MISFIT, faults=[Fault(fault.key, _in_words(fault)) for fault in faults]) if faults else None


def _in_words(fault: CheckFault) -> str:
    label, message = (next(iter(texts.values()), "") for texts in (fault.label, fault.message))
    return f"{label or fault.path}: {message or translate(RULES_IN_WORDS[fault.kind])}"


def _too_many_issues(facts: Facts) -> Problem | None:
    if len(facts.issues) <= MAX_ISSUES:
        return None
    return Problem(INPUT_INVALID, faults=[Fault("/instanceXml", f"Meer dan {MAX_ISSUES} vraagstukken in één gesprek.")])


def _new_visit(observation: Observation, lookups: Lookups) -> Visit:
    visit = Visit(
        id=observation.id,
        mutation_id=observation.mutation_id,
        device_id=observation.device_id,
        round_id=observation.round_id,
    )
    lookups.add_visit(visit)
    return visit


def _tell_visit(visit: Visit, observation: Observation, outcome: str, address_id: UUID) -> None:
    """A talk that says what happened at the door is a visit as well; one that the phone told by itself stays."""
    if visit.mutation_id == observation.mutation_id:
        visit.address_id, visit.outcome = address_id, outcome
        visit.visited_at, visit.corrected_at = observation.captured_at, observation.corrected_at
