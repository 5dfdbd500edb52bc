"""Areas from files: figures with their source, unknown stays unknown, all of a file or nothing."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.problems import AREAS_UNREADABLE, Problem
from maps.cbs import read_areas
from maps.models import Area, AreaBoundary, AreaPopulation
from server.areas_import import import_areas
from tests.support import Rows

REAL = Path(__file__).parents[3] / "shared" / "data" / "hoogeveen-buurten.geojson"
DATE = date(2024, 1, 1)
SQUARE = {"type": "Polygon", "coordinates": [[[6.6, 52.6], [6.7, 52.6], [6.7, 52.7], [6.6, 52.6]]]}


def geojson(geometry: Any = SQUARE, **properties: Any) -> bytes:
    fields = {"statcode": "BU1", "naam": "Kern", "inwoners": 100, "huishoudens": 40} | properties
    features = [{"type": "Feature", "properties": fields, "geometry": geometry}]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_codes_for_unknown_are_not_numbers() -> None:
    (record,) = read_areas(geojson(inwoners=-99997, huishoudens=-99995), DATE)

    assert (record.population.inhabitants, record.population.households) == (None, None)


@pytest.mark.parametrize(
    "content",
    [
        b"geen json",
        b"[]",
        b'{"features": 3}',
        b'{"features": [null]}',
        b'{"features": [], "crs": {"properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}}',
        geojson(statcode="XX1"),
        geojson(inwoners="veel"),
        geojson({"type": "Point"}),
        geojson(
            {
                "type": "Polygon",
                "coordinates": [[[220000, 520000], [220001, 520000], [220000, 520001], [220000, 520000]]],
            }
        ),
        geojson({"type": "Polygon", "coordinates": [[[6, 52], [7, 53], [7, 52], [6, 53], [6, 52]]]}),
    ],
)
def test_file_that_is_no_areas_is_a_problem(content: bytes) -> None:
    with pytest.raises(Problem) as raised:
        read_areas(content, DATE)

    assert raised.value.kind is AREAS_UNREADABLE


def test_importing_again_changes_nothing_and_a_moved_boundary_keeps_the_old_one(app: Flask, rows: Rows) -> None:
    moved = {**SQUARE, "coordinates": [[[6.6, 52.6], [6.8, 52.6], [6.7, 52.7], [6.6, 52.6]]]}
    with app.app_context():
        assert import_areas(geojson(), "a.geojson", DATE) == (1, 1)
        assert import_areas(geojson(), "a.geojson", DATE) == (1, 0)
        assert import_areas(geojson(moved), "a.geojson", DATE) == (1, 1)

    assert rows(select(func.count()).select_from(Area))[0][0] == 1
    assert rows(select(func.count()).select_from(AreaBoundary))[0][0] == 2
    assert rows(select(func.count()).where(AreaBoundary.valid_to.is_(None)))[0][0] == 1


@pytest.mark.skipif(not REAL.exists(), reason="the real neighbourhoods of Hoogeveen are not beside this checkout")
def test_real_neighbourhoods_of_hoogeveen_import(app: Flask, rows: Rows) -> None:
    with app.app_context():
        assert import_areas(REAL.read_bytes(), REAL.name, DATE) == (48, 48)
        assert import_areas(REAL.read_bytes(), REAL.name, DATE) == (48, 0)

    assert rows(select(func.sum(AreaPopulation.inhabitants)))[0][0] == 56_585
    assert rows(select(func.sum(AreaPopulation.households)))[0][0] == 25_085
