"""Reports: they name what they were made with, and come out the same to the byte after boundaries moved."""

import json
import random
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import shapely
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from core.db import db
from maps.areas import save_boundary
from maps.models import Address, Area
from maps.queries import all_areas, current_geometries, find_area
from server.participation.models import Report
from server.participation.remake import make_report, remake
from server.participation.report import form_counts, outcome_counts, participation_of, streets_of
from server.people.models import AuditEntry
from server.placing.place import place_again_later
from sync.models import Observation
from tests.server.test_boundary_pages import post, text_of
from tests.support import NOON, LogIn, MakeArea, Rows, Village

NL = {"Accept-Language": "nl"}


def report_of(app: Flask, area_id: UUID) -> UUID:
    with app.app_context():
        area = find_area(area_id)
        assert area is not None
        report = make_report(area, "test")
        db.session.commit()
        return report.id


def content_of(app: Flask, report_id: UUID) -> tuple[str, str]:
    """(what was stored, what comes out now)."""
    with app.app_context():
        report = db.session.get(Report, report_id)
        assert report is not None
        return report.content, remake(report)


def move_boundary(app: Flask, area_id: UUID, geometry: BaseGeometry) -> None:
    with app.app_context():
        area = find_area(area_id)
        assert area is not None
        save_boundary(area, geometry, "verplaatst")
        place_again_later("test")
        db.session.commit()
        app.extensions["rondgang_jobs"].finish()


def running(area: Area) -> dict[str, Any]:
    """The figures of the pages, in the words of a report."""
    row = participation_of([area])[0]
    return {
        "atLeast": row.figures.at_least,
        "atMost": row.figures.at_most,
        "householdsReached": row.figures.households_reached,
        "forms": form_counts(area),
        "outcomes": dict(outcome_counts(area)),
        "streets": {street.name: (street.doors, street.visited, street.took_part) for street in streets_of(area)},
    }


def reported(content: str) -> dict[str, Any]:
    found = json.loads(content)
    return {
        **{key: found["participation"][key] for key in ("atLeast", "atMost", "householdsReached")},
        "forms": {form["title"]: form["observations"] for form in found["forms"]},
        "outcomes": found["outcomes"],
        "streets": {one["name"]: (one["doors"], one["visited"], one["tookPart"]) for one in found["streets"]},
    }


@pytest.fixture
def talked(village: Village) -> Village:
    phone = village.phone()
    village.talk(phone, persons=3)
    village.talk(phone, persons=2, door=1)
    phone.put_visit(village.address_ids[1], "weigert", NOON + timedelta(hours=1))
    phone.deliver()
    return village


def test_report_has_the_figures_of_the_page(app: Flask, talked: Village) -> None:
    content, again = content_of(app, report_of(app, talked.area_id))

    assert content == again
    with app.app_context():
        area = find_area(talked.area_id)
        assert area is not None
        assert reported(content) == running(area)
    assert json.loads(content)["participation"]["atLeast"] == 5


def test_report_is_the_same_to_the_byte_after_boundaries_moved(
    app: Flask, talked: Village, make_area: MakeArea
) -> None:
    wijk = make_area("Wijk 1", west=6.9, kind="wijk")
    with app.app_context():
        child = find_area(talked.area_id)
        assert child is not None
        child.parent_id = wijk
        db.session.commit()
    reports = [report_of(app, area_id) for area_id in (talked.area_id, wijk)]

    move_boundary(app, talked.area_id, shapely.box(6.6, 52.6, 6.61, 52.61))
    neighbour = make_area("Elim", west=6.6)
    move_boundary(app, neighbour, shapely.box(6.62, 52.6, 6.8, 52.7))
    with app.app_context():
        child = find_area(talked.area_id)
        assert child is not None
        child.parent_id = None
        db.session.commit()

    for report_id in reports:
        stored, again = content_of(app, report_id)
        assert stored == again
        assert json.loads(stored)["participation"]["atLeast"] == 5
    with app.app_context():
        area = find_area(talked.area_id)
        assert area is not None
        assert participation_of([area])[0].figures.at_least == 0


def test_what_comes_in_later_is_not_in_the_report(app: Flask, talked: Village) -> None:
    report_id = report_of(app, talked.area_id)
    phone = talked.phone()
    talked.talk(phone, persons=9)
    phone.put_visit(talked.address_ids[0], "niet_thuis", NOON + timedelta(hours=9))
    phone.deliver()

    stored, again = content_of(app, report_id)

    assert stored == again


def test_what_was_withdrawn_since_is_a_difference_with_its_reason(
    app: Flask, talked: Village, log_in: LogIn, rows: Rows
) -> None:
    report_id = report_of(app, talked.area_id)
    browser = log_in()
    ((observation_id,), *_others) = rows(select(Observation.id))
    path = f"/observaties/{observation_id}"
    assert post(browser, f"{path}/intrekken", page=path, reden="dubbel").status_code == 302

    page = text_of(browser.get(f"/verslagen/{report_id}/opnieuw", headers=NL))

    assert "Niet gelijk aan het verslag" in page
    assert "Sinds het verslag zijn observaties veranderd of ingetrokken: 1." in page
    assert re.search(r"Observaties 2 1 ", page)
    assert "Personen, zeker 5 2" in page or "Personen, zeker 5 3" in page
    assert "Precies gelijk" not in page


def test_report_is_made_read_fetched_and_made_again_on_its_pages(
    app: Flask, talked: Village, log_in: LogIn, rows: Rows
) -> None:
    browser = log_in()

    answer = post(browser, f"/gebieden/{talked.area_id}/verslagen", page=f"/gebieden/{talked.area_id}/grens")
    path = answer.headers["Location"]
    page = text_of(browser.get(path, headers=NL))
    move_boundary(app, talked.area_id, shapely.box(6.6, 52.6, 6.61, 52.61))

    assert answer.status_code == 302
    assert "Verslag van Nieuwlande" in page
    assert "Met de grens die geldt vanaf" in page
    assert "bron: test" in page
    (stored,) = rows(select(Report.content))[0]
    assert browser.get(f"{path}.json").text == stored
    assert "Precies gelijk aan het verslag." in text_of(browser.get(f"{path}/opnieuw", headers=NL))
    assert "Verslag van" in text_of(browser.get(f"/gebieden/{talked.area_id}/grens", headers=NL))
    assert ("verslag.maken",) in rows(select(AuditEntry.action))
    assert browser.get(f"/verslagen/{UUID(int=1)}").status_code == 404


def test_area_without_a_boundary_has_a_report_of_nothing(app: Flask) -> None:
    with app.app_context():
        area = Area(name="Leeg", kind="gebied")
        db.session.add(area)
        db.session.commit()
        area_id = area.id

    stored, again = content_of(app, report_of(app, area_id))

    assert stored == again
    assert json.loads(stored)["participation"]["rate"] is None


BOX = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 6), st.integers(1, 6))


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), BOX), min_size=1, max_size=4))
def test_report_equals_the_running_figures_and_stays_whatever_moves(
    app: Flask, talked: Village, make_area: MakeArea, moves: list[tuple[bool, tuple[int, int, int, int]]]
) -> None:
    with app.app_context():
        drawn = next((area.id for area in all_areas() if area.kind == "gebied"), None)
    drawn = drawn or make_area("Plein", west=6.64, kind="gebied")
    made: list[UUID] = []
    for is_own, (west, south, width, height) in moves:
        west_lon, south_lat = 6.6 + west / 100, 52.6 + south / 100
        box = shapely.box(west_lon, south_lat, west_lon + width / 100, south_lat + height / 100)
        move_boundary(app, drawn if is_own else talked.area_id, box)
        for area_id in (drawn, talked.area_id):
            made.append(report_of(app, area_id))
            stored, _again = content_of(app, made[-1])
            with app.app_context():
                area = find_area(area_id)
                assert area is not None
                assert reported(stored) == running(area)

    for report_id in made:
        stored, again = content_of(app, report_id)
        assert stored == again


REAL = Path(__file__).parents[3] / "shared" / "data" / "hoogeveen-buurten.geojson"


def test_reports_of_real_neighbourhoods_stay_when_they_move(app: Flask, village: Village) -> None:
    """Talks all over the real neighbourhoods (made-up ones where there are none), then every boundary shrinks."""
    chance = random.Random(5)
    with app.app_context():
        _import_real()
        areas = [area for area in all_areas() if area.kind == "buurt"]
        shapes = {area_id: shapely.from_wkb(wkb) for area_id, wkb in current_geometries([a.id for a in areas]).items()}
        doors = [_door(area.id, shapes[area.id], at, chance) for area in areas for at in range(3)]
        db.session.add_all(doors)
        place_again_later("test")
        db.session.commit()
        app.extensions["rondgang_jobs"].finish()
        addresses = [str(door.id) for door in doors]
    phone = village.phone()
    for address_id in chance.sample(addresses, min(40, len(addresses))):
        object.__setattr__(village, "address_ids", (address_id, address_id))
        village.talk(phone, persons=chance.randint(1, 4))
    phone.deliver()
    reports = [report_of(app, area_id) for area_id in shapes]
    with app.app_context():
        before = [row.figures.at_least for row in participation_of(areas)]
        for area in map(find_area, shapes):
            assert area is not None
            save_boundary(area, shapely.buffer(shapes[area.id], -0.003).buffer(0.0005), "gekrompen")
        place_again_later("test")
        db.session.commit()
        app.extensions["rondgang_jobs"].finish()
        after = [row.figures.at_least for row in participation_of([find_area(one.id) or one for one in areas])]

    assert sum(before) > 0
    assert before != after
    for report_id in reports:
        stored, again = content_of(app, report_id)
        assert stored == again


def _import_real() -> None:
    features = json.loads(REAL.read_bytes())["features"] if REAL.exists() else []
    shapes = [shapely.geometry.shape(one["geometry"]) for one in features]
    made_up = [shapely.box(6.4 + at / 50, 52.5, 6.42 + at / 50, 52.52) for at in range(10)]
    for at, geometry in enumerate(shapes or made_up):
        area = Area(name=f"Buurt {at}", kind="buurt")
        db.session.add(area)
        db.session.flush()
        save_boundary(area, geometry, "CBS")


def _door(area_id: UUID, geometry: BaseGeometry, number: int, chance: random.Random) -> Address:
    west, south, east, north = geometry.bounds
    while True:
        point = shapely.Point(chance.uniform(west, east), chance.uniform(south, north))
        if geometry.contains(point):
            return Address(area_id=area_id, street="Dorpsstraat", number=number, place="x", lon=point.x, lat=point.y)
