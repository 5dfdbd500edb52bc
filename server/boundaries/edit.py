"""What people do with an area: draw it, change its boundary, its name and place, its figures, or end it.

Each of these writes and commits; after a boundary moved everything that lies there is placed again by a job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import shapely
from shapely.geometry.base import BaseGeometry

from core.clock import now_utc
from core.db import db
from core.problems import INPUT_INVALID, Fault, Problem
from maps.areas import Population, end_boundary, save_boundary, save_population
from maps.assign import AreaIndex, Boundary
from maps.boundaries import Across, Gap, gaps, hectares, overlaps
from maps.kinds import INITIATIEFKRACHT, MUNICIPALITY, OWN_AREA
from maps.models import Area
from maps.queries import current_boundary, families, find_area
from server.boundaries.effect import Counts, Effect, Thing, effect_of
from server.boundaries.queries import boundaries_in_force, children_of, doors_in_box, observations_in_box, went_into
from server.desk.words import _
from server.people.audit import record_change
from server.placing.place import place_again_later
from sync.pull import AREA
from sync.queries import log_changes

LONGEST_NAME = 200
HERE = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Check:
    """What there is to know about a boundary before it is saved."""

    hectares: float
    overlaps: Sequence[Across]
    gaps: Sequence[Gap]
    effect: Effect


@dataclass(frozen=True, slots=True)
class Description:
    """What an area is called, what it is, and what it is a part of."""

    name: str
    kind: str
    parent_id: UUID | None


def check_boundary(geometry: BaseGeometry, kind: str, area_id: UUID) -> Check:
    """What a boundary means beside those of the other areas of its kind, and what it does to the counts."""
    others = neighbours(kind, [area_id])
    return Check(
        hectares(geometry), overlaps(geometry, others), gaps(geometry, others), effect_on(kind, {area_id: geometry})
    )


def neighbours(kind: str, besides: Sequence[UUID]) -> list[Boundary]:
    """The boundaries of the other areas of this kind: areas of another kind hold it, or lie in it."""
    return [one for one in boundaries_in_force() if one.kind == kind and one.area_id not in besides]


def effect_on(kind: str, changed: Mapping[UUID, BaseGeometry | None]) -> Effect:
    """What moves when these areas get these boundaries; None ends one."""
    now = boundaries_in_force()
    kept = [one for one in now if one.area_id not in changed]
    drawn = [Boundary(area_id, area_id, kind, geometry) for area_id, geometry in changed.items() if geometry]
    concerned = [one.geometry for one in now if one.area_id in changed] + [one.geometry for one in drawn]
    things = _things_in(concerned)
    return effect_of(things, AreaIndex(now), AreaIndex([*kept, *drawn]), kind, list(changed))


def _things_in(geometries: Sequence[BaseGeometry]) -> list[Thing]:
    """The doors and observations around these geometries."""
    west, south, east, north = shapely.total_bounds(geometries).tolist()
    box = (west, south, east, north)
    doors = [Thing((lon, lat), None, Counts(1, households)) for lon, lat, households in doors_in_box(box)]
    observations = [
        Thing(_point(row[0], row[1]), _point(row[2], row[3]), Counts(observations=1, persons=row[4] or 0))
        for row in observations_in_box(box)
    ]
    return doors + observations


def _point(lon: float | None, lat: float | None) -> tuple[float, float] | None:
    return None if lon is None or lat is None else (lon, lat)


def today() -> date:
    """The day that it is in the Netherlands."""
    return now_utc().astimezone(HERE).date()


def draw_area(described: Description, geometry: BaseGeometry, valid_from: date) -> tuple[Area, UUID]:
    """(the new area, the job that places everything again). Raises INPUT_INVALID."""
    area = Area(kind=described.kind)
    _check_description(area, described)
    _check_date(valid_from)
    area.name, area.parent_id = described.name, described.parent_id
    db.session.add(area)
    db.session.flush()
    save_boundary(area, geometry, _("Getekend"), valid_from)
    note(area, "tekenen")
    log_changes(AREA, [area.id])
    job = place_again_later(area.name)
    db.session.commit()
    return area, job


def redraw_area(area: Area, geometry: BaseGeometry, valid_from: date, seen: str) -> UUID | None:
    """The job that places everything again; None when the boundary is the same. `seen` is the version they changed.

    Raises INPUT_INVALID.
    """
    check_unchanged(area, seen)
    current = current_boundary(area.id)
    _check_date(valid_from)
    if current is not None and valid_from < current.valid_from:
        raise _invalid("/vanaf", _("De vorige grens geldt sinds %(day)s. Kies een latere dag.", day=current.valid_from))
    if not save_boundary(area, geometry, _("Getekend"), valid_from):
        return None
    note(area, "hertekenen")
    log_changes(AREA, [area.id])
    job = place_again_later(area.name)
    db.session.commit()
    return job


def describe_area(area: Area, described: Description) -> None:
    """Gives the area this name, kind and place in the hierarchy. Raises INPUT_INVALID."""
    _check_description(area, described)
    before = f"{area.name}, {area.kind}"
    area.name, area.kind, area.parent_id = described.name, described.kind, described.parent_id
    note(area, "beschrijven", f"was {before}")
    log_changes(AREA, [area.id])
    db.session.commit()


def set_initiatiefkracht(area: Area, level: str) -> None:
    """Writes down how organised the residents are; "" is not known. Raises INPUT_INVALID."""
    if level and level not in INITIATIEFKRACHT:
        raise _invalid("/initiatiefkracht", _("Kies een van de vier."))
    before, area.initiatiefkracht = area.initiatiefkracht, level or None
    note(area, "initiatiefkracht", f"van {before or 'onbekend'} naar {level or 'onbekend'}")
    db.session.commit()


def record_population(area: Area, figures: Population) -> None:
    """Adds the figures, or puts them in the place of those of the same reference date."""
    save_population(area, figures)
    note(area, "cijfers", f"{figures.reference_date}: {figures.inhabitants} inwoners, {figures.source[:60]}")
    db.session.commit()


def end_area(area: Area, on: date) -> UUID:
    """Ends the area: the job that places everything again. Raises INPUT_INVALID."""
    _check_date(on)
    if area.ended_on is not None:
        raise _invalid("", _("Dit gebied is al beëindigd."))
    if [child for child in children_of([area.id]) if child.ended_on is None]:
        raise _invalid("", _("Er vallen nog gebieden onder. Geef die eerst een andere plek."))
    close(area, on)
    note(area, "beëindigen")
    log_changes(AREA, [area.id])
    job = place_again_later(area.name)
    db.session.commit()
    return job


def close(area: Area, on: date) -> None:
    """Ends the area and the boundary that it has; its history stays."""
    area.ended_on = on
    current = current_boundary(area.id)
    if current is not None:
        end_boundary(current, on, now_utc())


def note(area: Area, deed: str, more: str = "") -> None:
    """Writes down who did this with the area, and which version of its boundary there is since."""
    current = current_boundary(area.id)
    version = f" grens {current.id}" if current else ""
    record_change(f"gebied.{deed}", f"{area.name[:80]} ({area.id}){version} {more}".strip())


def check_unchanged(area: Area, seen: str) -> None:
    """Raises INPUT_INVALID when somebody changed the boundary since this version, or the area is no more."""
    current = current_boundary(area.id)
    if area.ended_on is not None:
        into = ", ".join(other.name for _line, other in went_into(area.id))
        raise _invalid("", _("Dit gebied is beëindigd. Het ging op in: %(names)s.", names=into or "–"))
    if seen != (str(current.id) if current else ""):
        raise _invalid("/grens", _("Iemand veranderde deze grens intussen. Laad de pagina opnieuw."))


def possible_parents(area_id: UUID | None, kind: str, areas: Sequence[Area]) -> list[Area]:
    """Those of the areas that one of this kind may be a part of: of the same layer, and not below it."""
    below: frozenset[UUID] = frozenset()
    found = find_area(area_id) if area_id else None
    if found is not None:
        below = families([found])[found.id]
    return [one for one in areas if (one.kind == OWN_AREA) == (kind == OWN_AREA) and one.id not in below]


def _check_description(area: Area, described: Description) -> None:
    kind = described.kind
    faults = []
    if not described.name or len(described.name) > LONGEST_NAME:
        faults.append(Fault("/naam", _("Geef een naam van hoogstens 200 tekens.")))
    if kind not in {"wijk", "dorp", "buurt", OWN_AREA} or area.kind == MUNICIPALITY:
        faults.append(Fault("/soort", _("Kies wat voor gebied het is.")))
    elif area.kind and (area.kind == OWN_AREA) != (kind == OWN_AREA):
        faults.append(
            Fault("/soort", _("Een gebied dat bewoners tekenden blijft dat, en een wijk, dorp of buurt ook."))
        )
    parent = find_area(described.parent_id) if described.parent_id else None
    if described.parent_id and (parent is None or not possible_parents(area.id, kind, [parent])):
        faults.append(Fault("/onderdeel", _("Een gebied kan geen deel zijn van dit gebied.")))
    if faults:
        raise Problem(INPUT_INVALID, faults=faults)


def _check_date(day: date) -> None:
    if day > today():
        raise _invalid("/vanaf", _("Kies vandaag of een dag die geweest is: de grens geldt meteen."))


def _invalid(pointer: str, words: str) -> Problem:
    return Problem(INPUT_INVALID, faults=[Fault(pointer, words)])
