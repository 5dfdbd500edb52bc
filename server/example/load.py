"""Loading the example municipality into an empty database."""

import csv
import secrets
from datetime import date, timedelta
from pathlib import Path

from flask import Flask
from shapely.geometry.base import BaseGeometry

from core.clock import now_utc
from core.db import db
from forms.library import library_forms
from forms.publish import publish_form
from maps.areas import Population, save_area, save_boundary, save_population
from maps.models import Address, Area
from maps.queries import all_areas
from server.example.geometry import cells, doors
from server.people.models import OPBOUWWERKER
from server.people.setup import add_person
from sync.models import Round
from sync.queries import set_round_scope

FIGURES = Path(__file__).parent / "hoogeveen.csv"
REFERENCE_DATE = date(2024, 1, 1)
SOURCE = "CBS, Kerncijfers wijken en buurten 2024, CC BY 4.0"
BOUNDARY_SOURCE = "Voorbeeld: eigen cellen rond de kernen, geen echte grenzen"
ROUND_NAME = "Wat speelt er?"
ROUND_AREAS = ("Nieuwlande", "Tiendeveen")
ROUND_DAYS = 90
EMAIL = "opbouwwerker@rondgang.example"

Row = dict[str, str]


def load_example(app: Flask) -> str | None:
    """The password of the example opbouwwerker, made now; None when the database was not empty and stays as it is."""
    if all_areas():
        return None
    with FIGURES.open(newline="") as file:
        rows = list(csv.DictReader(file))
    municipality, rows = rows[0], rows[1:]
    parent = _add_area(municipality, None, None)
    centres = [(float(row["lon"]), float(row["lat"])) for row in rows]
    areas: dict[str, Area] = {}
    for row, centre, cell in zip(rows, centres, cells(centres), strict=True):
        area = areas[row["name"]] = _add_area(row, parent, cell)
        if row["name"] in ROUND_AREAS:
            _add_doors(area, cell, centre, int(row["households"]))
    form_ids = [publish_form(path.read_bytes(), path.name).form_id for path in library_forms()]
    _add_round([areas[name] for name in ROUND_AREAS], form_ids)
    password = secrets.token_urlsafe(9)
    add_person(app, EMAIL, password, OPBOUWWERKER)
    db.session.commit()
    return password


def _add_area(row: Row, parent: Area | None, cell: BaseGeometry | None) -> Area:
    area = save_area(row["code"], row["name"], row["kind"], parent.id if parent else None)
    if cell is not None:
        save_boundary(area, cell, BOUNDARY_SOURCE)
    names = ("age_0_14", "age_15_24", "age_25_44", "age_45_64", "age_65_plus")
    first, second, third, fourth, fifth = (int(row[name]) for name in names)
    ages = (first, second, third, fourth, fifth)
    figures = Population(REFERENCE_DATE, int(row["inhabitants"]), int(row["households"]), ages, SOURCE)
    save_population(area, figures)
    return area


def _add_doors(area: Area, cell: BaseGeometry, centre: tuple[float, float], count: int) -> None:
    db.session.add_all(
        Address(area_id=area.id, street=door.street, number=door.number, place=area.name, lon=door.lon, lat=door.lat)
        for door in doors(cell, centre, count, seed=area.name)
    )


def _add_round(areas: list[Area], form_ids: list[str]) -> None:
    today = now_utc().date()
    round_ = Round(
        name=f"{ROUND_NAME} {today.year}", starts_on=today, ends_on=today + timedelta(days=ROUND_DAYS), target=0.75
    )
    db.session.add(round_)
    db.session.flush()
    set_round_scope(round_.id, [area.id for area in areas], form_ids)
