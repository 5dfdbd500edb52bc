"""What an observation means: read by its form's roles, placed, checked by the form's own rules, and then it counts.

What there is to review is held: stored, shown with its reason, and counted once a person or a published form says so.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from core.db import db
from core.problems import ANSWERS_MISFIT, FORM_UNKNOWN, INPUT_INVALID, N_, Fault, Problem, translate
from forms.answers import Instance, parse_instance
from forms.checks import CONSTRAINT, RELEVANT, REQUIRED, TYPE, CheckFault, check_answers
from forms.models import FormVersion
from forms.queries import definition_of, find_countable_version
from forms.roles import Facts, extract_facts
from sync.models import APPLIED, HELD, Observation, Visit
from sync.place import find_place
from sync.queries import find_visit, held_observations

Processor = Callable[[Observation, Facts], None]
"""Called in the transaction that applies an observation, to derive from it what other rooms need."""

MAX_ISSUES = 200
HERE = ZoneInfo("Europe/Amsterdam")  # "today" in a form is a day where the form was filled in
RULES_IN_WORDS = {
    REQUIRED: N_("Hier hoort een antwoord."),
    CONSTRAINT: N_("Dit antwoord mag niet."),
    RELEVANT: N_("Deze vraag hoort hier niet gesteld te zijn."),
    TYPE: N_("Dit antwoord past niet bij deze vraag."),
}


def apply_held(form_id: str, process: Processor) -> int:
    """Looks again at the held observations of a form, after it was published; returns how many now count."""
    applied = 0
    for observation in held_observations(form_id):
        interpret(observation, parse_instance(observation.instance_xml), process)
        applied += observation.status == APPLIED
    return applied


def accept_held(observation: Observation, process: Processor) -> None:
    """Lets a held observation count as it is, because a person decided so. Raises FORM_UNKNOWN."""
    interpret(observation, parse_instance(observation.instance_xml), process, accepted=True)
    if observation.status != APPLIED:
        raise Problem(FORM_UNKNOWN, f"{observation.form_id} {observation.form_version}")


def interpret(observation: Observation, instance: Instance, process: Processor, accepted: bool = False) -> None:
    """Reads the observation by its form's roles and lets it count; holds it when there is something to review.

    `accepted`: a person looked at it and lets it count as it is.
    """
    version = find_countable_version(observation.form_id, observation.form_version)
    if version is None:
        observation.problem = Problem(FORM_UNKNOWN, f"{observation.form_id} {observation.form_version}").record()
        return
    facts = extract_facts(definition_of(version), instance)
    place = find_place(observation, observation.claimed_address_id or facts.address_id, facts)
    observation.form_version_id = version.id
    observation.lon, observation.lat, observation.accuracy_m = place.lon, place.lat, place.accuracy_m
    observation.address_id, observation.area_source = place.address_id, place.source
    observation.area_id, observation.boundary_id = place.area_id, place.boundary_id
    observation.persons, observation.household_size = facts.persons, facts.household_size
    problem = None if accepted else place.problem or _too_many_issues(facts) or _misfit(version, observation)
    observation.status, observation.problem = (HELD, problem.record()) if problem else (APPLIED, None)
    if observation.status == APPLIED:
        db.session.flush()
        _note_visit(observation, facts)
        process(observation, facts)


def _misfit(version: FormVersion, observation: Observation) -> Problem | None:
    """What the form's own rules have against these answers, in the form's own words."""
    faults = check_answers(version.xform, observation.instance_xml, observation.captured_at.astimezone(HERE))
    return Problem(ANSWERS_MISFIT, faults=[Fault(fault.key, _in_words(fault)) for fault in faults]) if faults else None


def _in_words(fault: CheckFault) -> str:
    label, message = (next(iter(texts.values()), "") for texts in (fault.label, fault.message))
    return f"{label or fault.path}: {message or translate(RULES_IN_WORDS[fault.kind])}"


def _too_many_issues(facts: Facts) -> Problem | None:
    if len(facts.issues) <= MAX_ISSUES:
        return None
    return Problem(INPUT_INVALID, faults=[Fault("/instanceXml", f"Meer dan {MAX_ISSUES} vraagstukken in één gesprek.")])


def _note_visit(observation: Observation, facts: Facts) -> None:
    """A talk that says what happened at the door is a visit as well."""
    if facts.outcome is None or observation.address_id is None or find_visit(observation.id) is not None:
        return
    db.session.add(
        Visit(
            id=observation.id,
            mutation_id=observation.mutation_id,
            device_id=observation.device_id,
            round_id=observation.round_id,
            address_id=observation.address_id,
            outcome=facts.outcome,
            visited_at=observation.captured_at,
            corrected_at=observation.corrected_at,
        )
    )
