"""Changing areas: one way to add or update an area, its boundary and its population."""

from dataclasses import dataclass
from datetime import date
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


def save_boundary(area: Area, geometry: BaseGeometry, source: str) -> bool:
    """Makes this the boundary in force from today; the old version stays. False when nothing changed."""
    geometry_wkb = shapely.to_wkb(shapely.normalize(geometry))
    current = current_boundary(area.id)
    today = now_utc().date()
    if current is not None:
        if current.geometry_wkb == geometry_wkb:
            return False
        current.valid_to = today
    db.session.add(AreaBoundary(area_id=area.id, geometry_wkb=geometry_wkb, valid_from=today, source=source))
    return True


def save_population(area: Area, figures: Population) -> None:
    """Records the figures for their reference date, in the place of earlier ones for that date."""
    row = population_on(area.id, figures.reference_date)
    if row is None:
        row = AreaPopulation(area_id=area.id, reference_date=figures.reference_date)
        db.session.add(row)
    row.inhabitants, row.households, row.source = figures.inhabitants, figures.households, figures.source
    row.age_0_14, row.age_15_24, row.age_25_44, row.age_45_64, row.age_65_plus = figures.ages
