"""Putting a version that came into what stands (docs/protocol.md, 5.3).

What stands, and what clashes, follows from the set of versions; the order in which they came decides only which of two
values stands until somebody chooses. Assumption: the caller holds the lock on the observation
(`observations_to_change`), so versions come one at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.clock import new_id
from core.problems import (
    ANSWERS_CLASH,
    INPUT_INVALID,
    OBSERVATION_EXISTS,
    OBSERVATION_WITHDRAWN,
    Fault,
    Kind,
    Problem,
)
from forms.answers import parse_instance
from forms.definition import Definition
from forms.queries import definition_of
from forms.roles import PART_KEY, extract_facts
from sync.answer_tree import Rules
from sync.history import History, Made, Whereabouts
from sync.interpret import NOTHING, Processor, derive, interpret
from sync.lookups import Lookups
from sync.map_counts import leave_map
from sync.merge import Clash, answer_at, merge_answers
from sync.models import APPLIED, CONFLICT, MERGED, WITHDRAWN, Observation

WHOLE = ""
"""The key of a clash that is about all of the observation: withdrawn by one and changed by another, or made twice."""

MOST_VERSIONS = 200
OpenClash = dict[str, Any]
"""A clash as it is kept: key, path, kept, other, version (whose the other answer is), withdrawn."""


class BaseMissing(Exception):
    """A version has to wait for one that has not arrived: what it was made from, or what leads to what stands."""

    def __init__(self, version_id: UUID) -> None:
        super().__init__(str(version_id))
        self.version_id = version_id


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a version."""

    status: str
    problem: Problem | None = None


def change_observation(observation: Observation, made: Made, process: Processor, lookups: Lookups) -> Placed:
    """Puts the version in its place and lets what stands now count. Raises BaseMissing when it has to wait."""
    history = History.of(observation)
    before = observation.instance_xml
    if len(history.versions) >= MOST_VERSIONS:
        raise Problem(INPUT_INVALID, faults=[Fault("/observationId", f"Meer dan {MOST_VERSIONS} versies.")])
    head_id = observation.version_id
    placed = _place(history, made, rules_for(observation, lookups))
    if observation.version_id != head_id:
        if made.whereabouts is None and observation.instance_xml != before:
            _forget_answered_place(observation, before, lookups)
        count_again(history, process, lookups)
    return placed


def _forget_answered_place(observation: Observation, before: str, lookups: Lookups) -> None:
    """A place that came from the answers comes from them anew; one that the phone told stays."""
    version = lookups.version(observation.form_id, observation.form_version)
    facts = extract_facts(definition_of(version), parse_instance(before)) if version else NOTHING
    points = [facts.location, *(issue.location for issue in facts.issues)]
    if any(point and (point.lon, point.lat) == (observation.lon, observation.lat) for point in points):
        observation.lon, observation.lat, observation.accuracy_m = None, None, None


def count_again(history: History, process: Processor, lookups: Lookups) -> None:
    """Lets the answers that stand count, unless they were withdrawn."""
    observation = history.observation
    if history.is_withdrawn:
        leave_map(observation)
        facts = NOTHING
        observation.status, observation.problem = WITHDRAWN, None
    else:
        facts = interpret(observation, parse_instance(observation.instance_xml), lookups)
    derive(observation, facts, process, lookups)


def rules_of(definition: Definition) -> Rules:
    """What merging must know of this form."""
    questions = definition.questions
    return Rules(
        repeats=frozenset(question.path for question in questions if question.is_repeat),
        part_keys=frozenset(question.path for question in definition.with_role(PART_KEY)),
        derived=frozenset(question.path for question in questions if question.kind == "calculate"),
    )


def rules_for(observation: Observation, lookups: Lookups) -> Rules:
    """What merging must know of this observation's form; nothing when the form is not known."""
    version = lookups.version(observation.form_id, observation.form_version)
    return rules_of(definition_of(version)) if version else Rules()


def _place(history: History, made: Made, rules: Rules) -> Placed:
    before_head = history.before(history.observation.version_id)
    missing = before_head - history.versions.keys()
    if made.id in before_head or (made.base_id is None and missing):
        history.add(made, APPLIED)  # its successor arrived first
        return Placed(APPLIED)
    if made.base_id is None:
        return _place_second_beginning(history, made)
    if made.base_id not in history.versions:
        raise BaseMissing(made.base_id)
    if missing and not made.hurries:  # what stands may have been made from this one
        raise BaseMissing(min(missing))
    return _merge(history, made, made.base_id, rules)


def _merge(history: History, made: Made, base_id: UUID, rules: Rules) -> Placed:
    """Makes the version the one that stands, or a merge with it."""
    observation, head_id = history.observation, history.observation.version_id
    known, is_next = history.before(base_id), base_id == head_id
    merged = None
    if made.instance_xml is not None:
        merged = merge_answers(history.content(base_id), observation.instance_xml, made.instance_xml, rules)
    clashes = merged.clashes if merged and not is_next else ()
    status = CONFLICT if clashes else APPLIED if is_next else MERGED
    stored = history.add(made, status)
    if is_next and made.instance_xml is not None:
        _stand(observation, made, made.instance_xml)
        observation.form_version = made.form_version
        _take(observation, made.whereabouts)
    elif is_next:
        _stand(observation, made, observation.instance_xml)
    else:
        _stand_merged(history, made, merged.xml if merged else observation.instance_xml)
    new = [_kept(clash, head_id if clash.other_is_head else made.id) for clash in clashes]
    old = [] if made.settles else _unsettled(observation, known, merged.touched if merged else ())
    observation.clashes = _open(history, [*old, *new], rules) or None
    placed = _told(history, made, is_next, bool(clashes))
    stored.status, stored.clashes = placed.status, new or None
    return placed


def _stand(observation: Observation, made: Made, xml: str) -> None:
    observation.version_id, observation.base_id, observation.instance_xml = made.id, made.base_id, xml


def _take(observation: Observation, whereabouts: Whereabouts | None) -> None:
    if whereabouts is not None:
        observation.lon, observation.lat = whereabouts.lon, whereabouts.lat
        observation.accuracy_m = whereabouts.accuracy_m
        observation.claimed_address_id = whereabouts.address_id or observation.claimed_address_id


def _stand_merged(history: History, made: Made, xml: str) -> None:
    """Stores the server's merge of what stands and this version, and lets it stand."""
    observation = history.observation
    merge = Made(new_id(), observation.version_id, observation.form_version, xml, made.captured_at)
    history.add(merge, MERGED, other_id=made.id)
    _stand(observation, merge, xml)


def _place_second_beginning(history: History, made: Made) -> Placed:
    """Another observation with the same id: kept beside this one, for a person to see."""
    observation = history.observation
    history.add(made, CONFLICT)
    _stand_merged(history, made, observation.instance_xml)
    observation.clashes = [*(observation.clashes or ()), _whole(made.id)]
    return Placed(CONFLICT, Problem(OBSERVATION_EXISTS))


def _unsettled(observation: Observation, known: Iterable[UUID], touched: Iterable[str]) -> list[OpenClash]:
    """The clashes of before that this version did not settle: it knew both answers and gave that answer anew."""
    names = {str(version_id) for version_id in known}
    return [
        clash
        for clash in observation.clashes or ()
        if not clash.get("withdrawn") and not (clash["version"] in names and _is_touched(clash["key"], touched))
    ]


def _is_touched(key: str, touched: Iterable[str]) -> bool:
    return key != WHOLE and any(key == one or key.startswith(f"{one}/") for one in touched)


def _open(history: History, clashes: Iterable[OpenClash], rules: Rules) -> list[OpenClash]:
    """Those that still clash with what stands: two who gave the same answer agree."""
    xml = history.observation.instance_xml
    found = [
        clash for clash in clashes if clash["key"] == WHOLE or answer_at(xml, clash["key"], rules) != clash["other"]
    ]
    changed = history.changed_beside_withdrawal()
    return found if changed is None else [*found, {**_whole(changed), "withdrawn": True}]


def _told(history: History, made: Made, is_next: bool, clashes: bool) -> Placed:
    kind: Kind | None = ANSWERS_CLASH if clashes else None
    if not is_next and history.changed_beside_withdrawal() is not None:
        kind = ANSWERS_CLASH if made.instance_xml is None else OBSERVATION_WITHDRAWN
    if kind is not None:
        return Placed(CONFLICT, Problem(kind))
    return Placed(APPLIED if is_next else MERGED)


def _kept(clash: Clash, version_id: UUID) -> OpenClash:
    return {
        "key": clash.key,
        "path": clash.path,
        "kept": clash.kept,
        "other": clash.other,
        "version": str(version_id),
    }


def _whole(version_id: UUID) -> OpenClash:
    return {"key": WHOLE, "path": "", "kept": None, "other": None, "version": str(version_id)}
