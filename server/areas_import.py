"""Importing areas from a file: a plan first, then all of it in one transaction, told to the phones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

from core.db import db
from core.problems import IMPORT_CHOICE_MISSING, Fault, Problem
from maps.area_plan import AreaChange, AreaPlan, plan_areas
from maps.area_reading import AreasInFile, ReadAreas, look_into, read_areas
from maps.areas import Population, save_area, save_boundary, save_population
from maps.kinds import KINDS, OWN_AREA
from maps.models import Area
from maps.queries import area_by_code, find_area
from server.desk.words import _
from server.importing.area_words import change_in_words, summary
from server.importing.queries import adopt_areas, known_areas
from server.people.audit import record_change
from server.placing.place import place_again_later
from sync.pull import AREA
from sync.queries import log_changes

DATE, MUNICIPALITY = "datum", "gemeente"
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class AreaChoices:
    """What somebody chose for a file. `municipality` is a code of CBS."""

    reference_date: date | None = None
    municipality: str | None = None


@dataclass(frozen=True, slots=True)
class AreaPreview:
    """What is in a file, and what it would change; `plan` is None while something is to be chosen."""

    found: AreasInFile
    choices: AreaChoices
    missing: Sequence[str]
    read: ReadAreas | None = None
    plan: AreaPlan | None = None


def preview_areas(path: Path, name: str, choices: AreaChoices) -> AreaPreview:
    """What the file would change. Writes nothing. Raises AREAS_UNREADABLE."""
    found = look_into(path, name)
    choices = _with_defaults(found, choices)
    missing = _missing(found, choices)
    if missing:
        return AreaPreview(found, choices, missing)
    read = read_areas(path, name, choices.municipality)
    return AreaPreview(found, choices, missing, read, _plan(read, choices))


def import_areas(path: Path, name: str, choices: AreaChoices) -> AreaPlan:
    """What changed. All of the file or nothing of it; what lies there is placed again if a boundary changed.

    Raises AREAS_UNREADABLE, and IMPORT_CHOICE_MISSING when the date or the municipality is not known.
    """
    return apply_areas(path, name, choices)[0]


def apply_areas(path: Path, name: str, choices: AreaChoices) -> tuple[AreaPlan, UUID | None]:
    """(what changed, the job that places everything again, if a boundary changed); else as `import_areas`."""
    preview, plan = _planned(path, name, choices)
    placing_id = _apply(plan, name, preview.choices)
    db.session.commit()
    return plan, placing_id


def planned_areas(path: Path, name: str, choices: AreaChoices) -> AreaPlan:
    """What the file would change. Writes nothing. Raises as `import_areas` does."""
    return _planned(path, name, choices)[1]


def _planned(path: Path, name: str, choices: AreaChoices) -> tuple[AreaPreview, AreaPlan]:
    preview = preview_areas(path, name, choices)
    if preview.plan is None:
        known = ", ".join(" ".join(pair) for pair in list(preview.found.municipalities.items())[:MOST_NAMED])
        words = {DATE: _("Geef de peildatum van de cijfers."), MUNICIPALITY: _("Kies uit: %(names)s.", names=known)}
        raise Problem(IMPORT_CHOICE_MISSING, faults=[Fault(f"/{one}", words[one]) for one in preview.missing])
    return preview, preview.plan


def _with_defaults(found: AreasInFile, choices: AreaChoices) -> AreaChoices:
    only = next(iter(found.municipalities)) if len(found.municipalities) == 1 else None
    municipality = choices.municipality if choices.municipality in found.municipalities else None
    return AreaChoices(choices.reference_date or found.reference_date, municipality or only)


def _missing(found: AreasInFile, choices: AreaChoices) -> list[str]:
    is_missing = {
        DATE: found.has_figures and choices.reference_date is None,
        MUNICIPALITY: bool(found.municipalities) and choices.municipality is None,
    }
    return [name for name, missing in is_missing.items() if missing]


def _plan(read: ReadAreas, choices: AreaChoices) -> AreaPlan:
    kinds = {record.kind for record in read.records}
    plan = plan_areas(read.records, known_areas(choices.reference_date, kinds))
    return AreaPlan(plan.changes, plan.gone, plan.ended, read.water)


def _apply(plan: AreaPlan, name: str, choices: AreaChoices) -> UUID | None:
    """Stores what changes, those that hold others first. Nothing is written when nothing changes."""
    changed = sorted(plan.changed, key=lambda change: KINDS.index(change.record.kind))
    if not changed:
        return None
    areas = [_save(change, choices.reference_date) for change in changed]
    log_changes(AREA, [area.id for area in areas])
    for change in changed:
        record_change("gebied.importeren", f"{name}: {change_in_words(change)}")
    record_change("gebieden.importeren", f"{name}: {' '.join(summary(plan))}")
    return place_again_later(name) if plan.moves_boundaries else None


def _save(change: AreaChange, reference_date: date | None) -> Area:
    record, known = change.record, change.known
    parent = area_by_code(change.parent_code) if change.parent_code else None
    area = find_area(known.id) if known and not record.code else None
    if area is None:
        area = save_area(record.code, record.name, record.kind, parent.id if parent else None)
    if change.moved_ha is not None:
        save_boundary(area, record.geometry, record.source)
    if record.figures is not None and reference_date is not None and (change.has_new_figures or change.figures):
        one = record.figures
        figures = Population(reference_date, one.inhabitants, one.households, one.ages, record.source)
        save_population(area, figures)
    if change.is_new and record.code and record.kind != OWN_AREA:
        adopt_areas(area)
    return area
