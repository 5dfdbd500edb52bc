"""Changing areas: one way to add or update an area, its boundary and its population."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from core.clock import now_utc
from core.db import db
from maps.models import Area, AreaBoundary, AreaPopulation
from maps.queries import area_by_code, current_boundary, population_on


@dataclass(frozen=True, slots=True)
class Population:
    """Population figures of an area; None is unknown. `ages` in order: 0-14, 15-24, 25-44, 45-64, 65 and over."""

    reference_date: date
    inhabitants: int | None
    households: int | None
    ages: tuple[int | None, int | None, int | None, int | None, int | None]
    source: str


def save_area(code: str | None, name: str, kind: str, parent_id: UUID | None) -> Area:
    """The area with this code, made or updated."""
    area = area_by_code(code) if code else None
    if area is None:
        area = Area(code=code, kind=kind)
        db.session.add(area)
    area.name = name
    area.parent_id = parent_id or area.parent_id
    db.session.flush()
    return area


def save_boundary(area: Area, geometry: BaseGeometry, source: str, valid_from: date | None = None) -> bool:
    """Makes this the boundary in force from this day, else today; the old version stays. False when nothing changed.

    Whoever calls this sees to it that what lies there is placed again (server/placing.py).
    """
    geometry_wkb = shapely.to_wkb(shapely.normalize(geometry))
    current = current_boundary(area.id)
    if current is not None and current.geometry_wkb == geometry_wkb:
        return False
    now = now_utc()
    begin = valid_from or now.date()
    if current is not None:
        end_boundary(current, begin, now)
    boundary = AreaBoundary(area_id=area.id, geometry_wkb=geometry_wkb, valid_from=begin, made_at=now, source=source)
    db.session.add(boundary)
    db.session.flush()
    return True


def end_boundary(boundary: AreaBoundary, on: date, now: datetime) -> None:
    """From this day on the boundary is not in force, and from this moment on the software does not use it."""
    boundary.valid_to, boundary.replaced_at = max(on, boundary.valid_from), now


def save_population(area: Area, figures: Population) -> None:
    """Records the figures for their reference date, in the place of earlier ones for that date."""
    row = population_on(area.id, figures.reference_date)
    if row is None:
        row = AreaPopulation(area_id=area.id, reference_date=figures.reference_date)
        db.session.add(row)
    row.inhabitants, row.households, row.source = figures.inhabitants, figures.households, figures.source
    row.age_0_14, row.age_15_24, row.age_25_44, row.age_45_64, row.age_65_plus = figures.ages
