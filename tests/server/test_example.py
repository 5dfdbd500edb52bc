"""The example municipality: real names and figures, boundaries and addresses of our own."""

from collections import Counter

import shapely
from flask import Flask
from sqlalchemy import func, select

from maps.models import Address, Area, AreaBoundary, AreaPopulation
from server.example.geometry import cells, doors
from server.example.load import load_example
from tests.support import Rows


def test_example_has_35_areas_that_add_up_to_the_municipality(app: Flask, rows: Rows) -> None:
    with app.app_context():
        assert load_example(app)

    inhabitants = select(func.sum(AreaPopulation.inhabitants)).join(Area, Area.id == AreaPopulation.area_id)
    assert rows(inhabitants.where(Area.kind == "gemeente"))[0][0] == 56_585
    assert rows(inhabitants.where(Area.kind != "gemeente"))[0][0] == 56_585
    assert rows(select(func.count()).select_from(AreaBoundary))[0][0] == 35
    addresses = dict(rows(select(Address.place, func.count()).group_by(Address.place)))
    assert addresses == {"Nieuwlande": 560, "Tiendeveen": 275}


def test_example_is_loaded_into_an_empty_database_only(app: Flask) -> None:
    with app.app_context():
        assert load_example(app) is not None
        assert load_example(app) is None


def test_cells_do_not_overlap_and_hold_their_centre() -> None:
    centres = [(6.4, 52.7), (6.5, 52.7), (6.45, 52.75), (6.6, 52.68)]

    found = cells(centres)

    for number, (cell, centre) in enumerate(zip(found, centres, strict=True)):
        assert cell.is_valid
        assert cell.contains(shapely.Point(centre))
        assert all(cell.intersection(other).area < 1e-8 for other in found[number + 1 :])


def test_doors_lie_in_their_cell_and_have_different_addresses() -> None:
    cell = shapely.Point(6.5, 52.7).buffer(0.02)

    found = doors(cell, (6.5, 52.7), 700, "seed")

    assert len({(door.street, door.number) for door in found}) == 700
    assert all(cell.contains(shapely.Point(door.lon, door.lat)) for door in found)
    assert max(Counter(door.street for door in found).values()) <= 28
    assert doors(cell, (6.5, 52.7), 700, "seed") == found
