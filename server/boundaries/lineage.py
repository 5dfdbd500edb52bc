"""Areas that merge again after some years, or fall apart: with what they came out of, and what hangs on them.

The figures of a merged area are the sum of those that all its parts have for the same date. Of parts of an area that
was split nobody knows the figures until somebody enters them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from core.clock import new_id
from core.db import db
from core.problems import INPUT_INVALID, Fault, Problem
from maps.areas import Population, save_boundary, save_population
from maps.boundaries import merged
from maps.kinds import MERGED, SPLIT
from maps.models import Area, AreaLineage, AreaPopulation
from maps.queries import current_boundary, current_geometries
from server.boundaries.edit import close, note, today
from server.boundaries.queries import children_of, move_rounds, populations_of, routes_of
from server.desk.words import _
from server.placing.place import place_again_later
from sync.pull import AREA, ROUND
from sync.queries import log_changes

FIELDS = ("inhabitants", "households", "age_0_14", "age_15_24", "age_25_44", "age_45_64", "age_65_plus")


@dataclass(frozen=True, slots=True)
class Merging:
    """Areas that become one: `into` is one of them that goes on, or None for a new one of this name."""

    areas: Sequence[Area]
    into: Area | None
    name: str
    on: date

    @property
    def geometry(self) -> BaseGeometry:
        """The boundary that they have together."""
        found = current_geometries([area.id for area in self.areas])
        return merged([shapely.from_wkb(wkb) for wkb in found.values()])

    @property
    def target_id(self) -> UUID:
        return self.into.id if self.into else UUID(int=0)


def merge_areas(merging: Merging) -> tuple[Area, UUID]:
    """(the area that they became, the job that places everything again). Raises INPUT_INVALID."""
    check_merging(merging)
    geometry, figures = merging.geometry, summed_population(merging.areas)
    target = merging.into or _new_area(merging)
    ended = [area for area in merging.areas if area.id != target.id]
    for area in ended:
        close(area, merging.on)
        db.session.add(AreaLineage(from_id=area.id, to_id=target.id, how=MERGED, on=merging.on))
    db.session.flush()
    save_boundary(target, geometry, _("Samengevoegd"), merging.on)
    for one in figures:
        save_population(target, one)
    _hand_on(ended, {area.id: [target] for area in ended})
    note(target, "samenvoegen", "van " + ", ".join(area.name for area in merging.areas))
    for area in ended:
        note(area, "opgegaan", f"in {target.name}")
    return target, _tell([target, *ended])


def check_merging(merging: Merging) -> None:
    """Raises INPUT_INVALID with all that is wrong."""
    faults = []
    if len({area.id for area in merging.areas}) < 2:
        faults.append(Fault("/gebied", _("Kies twee gebieden of meer.")))
    if len({area.kind for area in merging.areas}) > 1:
        faults.append(Fault("/gebied", _("Kies gebieden van dezelfde soort.")))
    if any(area.ended_on or current_boundary(area.id) is None for area in merging.areas):
        faults.append(Fault("/gebied", _("Kies gebieden die er nu zijn en die een grens hebben.")))
    faults += _faults_of_name(merging.name) if merging.into is None else []
    faults += _faults_of_day(merging.on, merging.areas)
    if faults:
        raise Problem(INPUT_INVALID, faults=faults)


def split_area(area: Area, parts: Mapping[str, BaseGeometry], on: date) -> tuple[list[Area], UUID]:
    """(the areas that it became, the job that places everything again). `parts` by name. Raises INPUT_INVALID."""
    faults = [fault for name in parts for fault in _faults_of_name(name)] + _faults_of_day(on, [area])
    if len(parts) < 2:
        faults.append(Fault("/naam", _("Geef de stukken minstens twee verschillende namen.")))
    if faults:
        raise Problem(INPUT_INVALID, faults=faults)
    close(area, on)
    db.session.flush()
    made = [_part(area, name, geometry, on) for name, geometry in parts.items()]
    _hand_on([area], {area.id: made})
    note(area, "splitsen", "in " + ", ".join(parts))
    return made, _tell([area, *made])


def summed_population(areas: Sequence[Area]) -> list[Population]:
    """The figures that all of these areas have for the same reference date, added up; unknown where one is."""
    by_date: dict[date, list[AreaPopulation]] = {}
    for row in populations_of([area.id for area in areas]):
        by_date.setdefault(row.reference_date, []).append(row)
    return [_sum(day, rows) for day, rows in sorted(by_date.items()) if len(rows) == len(areas)]


def _sum(day: date, rows: Sequence[AreaPopulation]) -> Population:
    values = [[getattr(row, field) for row in rows] for field in FIELDS]
    inhabitants, households, *ages = (None if None in known else sum(known) for known in values)
    sources = ", ".join(dict.fromkeys(row.source for row in rows))
    source = _("Som van %(count)s gebieden: %(sources)s", count=len(rows), sources=sources)[:300]
    return Population(day, inhabitants, households, (ages[0], ages[1], ages[2], ages[3], ages[4]), source)


def _new_area(merging: Merging) -> Area:
    first, parents = merging.areas[0], {area.parent_id for area in merging.areas}
    levels = {area.initiatiefkracht for area in merging.areas}
    area = Area(id=new_id(), name=merging.name, kind=first.kind)
    area.parent_id = parents.pop() if len(parents) == 1 else None
    area.initiatiefkracht = levels.pop() if len(levels) == 1 else None
    db.session.add(area)
    db.session.flush()
    return area


def _part(area: Area, name: str, geometry: BaseGeometry, on: date) -> Area:
    part = Area(id=new_id(), name=name, kind=area.kind, parent_id=area.parent_id)
    part.initiatiefkracht = area.initiatiefkracht
    db.session.add(part)
    db.session.flush()
    save_boundary(part, geometry, _("Gesplitst"), on)
    db.session.add(AreaLineage(from_id=area.id, to_id=part.id, how=SPLIT, on=on))
    note(part, "afsplitsen", f"van {area.name}")
    return part


def _hand_on(ended: Sequence[Area], heirs: Mapping[UUID, Sequence[Area]]) -> None:
    """What hangs on areas that ended goes to those that took their place: rounds, areas below them, routes."""
    for area in ended:
        rounds = move_rounds([area.id], [heir.id for heir in heirs[area.id]])
        log_changes(ROUND, sorted(rounds))
    for child in children_of([area.id for area in ended]):
        heir = _heir_of(heirs[child.parent_id or UUID(int=0)], _place_of(child.id))
        child.parent_id = heir.id if heir.id != child.id else None
    for route in routes_of([area.id for area in ended]):
        line = shapely.from_wkb(route.line_wkb) if route.line_wkb else None
        route.area_id = _heir_of(heirs[route.area_id], line).id


def _heir_of(heirs: Sequence[Area], geometry: BaseGeometry | None) -> Area:
    """The area in which most of the geometry lies; the first where that says nothing."""
    if geometry is None or len(heirs) == 1:
        return heirs[0]
    found = {area_id: shapely.from_wkb(wkb) for area_id, wkb in current_geometries([one.id for one in heirs]).items()}

    def common(area: Area) -> tuple[float, float]:
        part = shapely.intersection(found[area.id], geometry)
        return float(part.area), float(part.length)

    return max(heirs, key=common)


def _place_of(area_id: UUID) -> BaseGeometry | None:
    wkb = current_geometries([area_id]).get(area_id)
    return shapely.from_wkb(wkb) if wkb else None


def _tell(areas: Sequence[Area]) -> UUID:
    log_changes(AREA, [area.id for area in areas])
    job = place_again_later(", ".join(area.name for area in areas))
    db.session.commit()
    return job


def _faults_of_name(name: str) -> list[Fault]:
    good = 0 < len(name) <= 200
    return [] if good else [Fault("/naam", _("Geef een naam van hoogstens 200 tekens."))]


def _faults_of_day(day: date, areas: Sequence[Area]) -> list[Fault]:
    if day > today():
        return [Fault("/vanaf", _("Kies vandaag of een dag die geweest is: de grens geldt meteen."))]
    begins = [current.valid_from for area in areas if (current := current_boundary(area.id))]
    if begins and day < max(begins):
        words = _("De vorige grens geldt sinds %(day)s. Kies een latere dag.", day=max(begins))
        return [Fault("/vanaf", words)]
    return []
