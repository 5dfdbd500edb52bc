"""Making, changing and ending a round."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from core.clock import now_utc
from core.db import db
from core.problems import INPUT_INVALID, N_, ROUND_MISSING, Fault, Problem, translate
from forms.queries import all_newest_versions
from maps.models import Area
from maps.queries import all_areas, areas_by_id, families
from server.people.audit import record_change
from server.rounds.queries import find_round, find_round_to_change, forget_doors_outside, replace_round_scope
from sync.models import Round
from sync.pull import ROUND
from sync.queries import areas_of_rounds, forms_of_rounds, log_changes

LONGEST_NAME = 200
YEARS = range(2000, 2101)
NAME_WRONG = N_("Geef de ronde een naam van ten hoogste 200 tekens.")
DAY_WRONG = N_("Kies een dag, bijvoorbeeld 1-9-2026.")
ENDS_FIRST = N_("De ronde eindigt voordat hij begint. Kies een latere einddag.")
TARGET_WRONG = N_("Kies een doel van 1 tot en met 100 procent, of laat het leeg.")
NO_AREA = N_("Kies ten minste één gebied.")
NO_FORM = N_("Kies ten minste één werkvorm.")


@dataclass(frozen=True, slots=True)
class RoundInput:
    """A round as somebody wants it. `target` is a rate, 0 to 1."""

    name: str
    starts_on: date
    ends_on: date
    target: float | None
    area_ids: tuple[UUID, ...]
    form_ids: tuple[str, ...]


def read_round(fields: Mapping[str, str], areas: Collection[str], forms: Collection[str]) -> RoundInput:
    """The round that a form describes. Raises INPUT_INVALID with everything that is wrong, by field."""
    faults: list[Fault] = []
    name = fields.get("naam", "").replace("\0", "").strip()
    if not 0 < len(name) <= LONGEST_NAME:
        faults.append(Fault("/naam", translate(NAME_WRONG)))
    starts_on, ends_on = (_day(fields, field, faults) for field in ("begin", "eind"))
    if starts_on and ends_on and ends_on < starts_on:
        faults.append(Fault("/eind", translate(ENDS_FIRST)))
    target = _target(fields.get("doel", ""), faults)
    area_ids = tuple(area.id for area in all_areas() if str(area.id) in set(areas))
    form_ids = tuple(form_id for form_id in sorted(_choosable_forms()) if form_id in set(forms))
    if not area_ids:
        faults.append(Fault("/gebied", translate(NO_AREA)))
    if not form_ids:
        faults.append(Fault("/werkvorm", translate(NO_FORM)))
    if faults or starts_on is None or ends_on is None:
        raise Problem(INPUT_INVALID, faults=faults)
    return RoundInput(name, starts_on, ends_on, target, area_ids, form_ids)


def make_round(wanted: RoundInput) -> Round:
    """The new round, committed."""
    round_ = Round(name=wanted.name, starts_on=wanted.starts_on, ends_on=wanted.ends_on, target=wanted.target)
    db.session.add(round_)
    db.session.flush()
    replace_round_scope(round_.id, wanted.area_ids, wanted.form_ids)
    record_change("ronde.maken", wanted.name)
    db.session.commit()
    return round_


def change_round(round_id: UUID, wanted: RoundInput) -> Round:
    """The round as it is wanted now, committed; its phones hear of it. A form that is out of use may stay in it."""
    round_ = round_to_change(round_id)
    round_.name, round_.target = wanted.name, wanted.target
    round_.starts_on, round_.ends_on = wanted.starts_on, wanted.ends_on
    withdrawn = set(forms_of_rounds([round_id])[round_id]) - _choosable_forms()
    replace_round_scope(round_id, wanted.area_ids, sorted({*wanted.form_ids, *withdrawn}))
    inside = families(areas_by_id(wanted.area_ids))
    forget_doors_outside(round_id, {area_id for members in inside.values() for area_id in members})
    log_changes(ROUND, [round_id])
    record_change("ronde.wijzigen", wanted.name)
    db.session.commit()
    return round_


def end_round(round_id: UUID) -> Round:
    """The round ends today, or on the day it began when that is later; what was recorded stays."""
    round_ = round_to_change(round_id)
    round_.ends_on = max(min(round_.ends_on, now_utc().date()), round_.starts_on)
    log_changes(ROUND, [round_id])
    record_change("ronde.beeindigen", round_.name)
    db.session.commit()
    return round_


def existing_round(round_id: UUID) -> Round:
    """Raises ROUND_MISSING."""
    found = find_round(round_id)
    if found is None:
        raise Problem(ROUND_MISSING)
    return found


def round_to_change(round_id: UUID) -> Round:
    """The round, locked. Raises ROUND_MISSING."""
    found = find_round_to_change(round_id)
    if found is None:
        raise Problem(ROUND_MISSING)
    return found


def areas_of(round_: Round) -> list[Area]:
    """The areas of the round, by name."""
    return sorted(areas_by_id(areas_of_rounds([round_.id])[round_.id]), key=lambda area: (area.name, area.id))


def _choosable_forms() -> set[str]:
    return {version.form_id for version in all_newest_versions()}


def _day(fields: Mapping[str, str], field: str, faults: list[Fault]) -> date | None:
    try:
        day = date.fromisoformat(fields.get(field, ""))
    except ValueError:
        day = None
    if day is None or day.year not in YEARS:
        faults.append(Fault(f"/{field}", translate(DAY_WRONG)))
        return None
    return day


def _target(text: str, faults: list[Fault]) -> float | None:
    if not text.strip():
        return None
    try:
        percentage = float(text.replace(",", ".").removesuffix("%"))
    except ValueError:
        percentage = 0.0
    if not 1 <= percentage <= 100:
        faults.append(Fault("/doel", translate(TARGET_WRONG)))
        return None
    return percentage / 100
