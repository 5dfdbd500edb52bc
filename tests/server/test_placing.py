"""After a boundary moved, everything that lies there is placed again: addresses, observations, their statements."""

from uuid import UUID

import shapely
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.progress import Progress, begin_progress
from maps.areas import save_boundary
from maps.models import Address
from maps.queries import area_index, find_area
from server.inventory.models import Melding
from server.participation.report import participation_of
from server.placing.place import JOB, place_again_later, place_what_was_left
from sync.models import Change, Observation
from tests.support import MakeArea, Rows, Village


def move_boundary(app: Flask, area_id: UUID, geometry: shapely.Polygon) -> None:
    """A new boundary for this area, and everything placed by it."""
    with app.app_context():
        area = find_area(area_id)
        assert area is not None
        save_boundary(area, geometry, "test")
        place_again_later("test")
        db.session.commit()
        app.extensions["rondgang_jobs"].finish()


def test_talks_and_their_statements_follow_their_address_to_another_area(
    app: Flask, village: Village, make_area: MakeArea, rows: Rows
) -> None:
    phone = village.phone()
    village.talk(phone, issues=("De lamp is stuk",))
    phone.deliver()
    neighbour = make_area("Elim", west=6.7)

    move_boundary(app, village.area_id, shapely.box(6.6, 52.6, 6.62, 52.7))
    move_boundary(app, neighbour, shapely.box(6.62, 52.6, 6.8, 52.7))

    for model in (Address, Observation, Melding):
        assert {row[0] for row in rows(select(model.area_id))} == {neighbour}
    with app.app_context():
        area = find_area(neighbour)
        assert area is not None
        assert participation_of([area])[0].figures.at_least == 2
    assert {row[0] for row in rows(select(Progress.done - Progress.total))} == {0}
    assert neighbour in {row[0] for row in rows(select(Change.area_id).where(Change.entity == "address"))}


def test_area_that_residents_drew_lies_across_the_others(app: Flask, village: Village, make_area: MakeArea) -> None:
    phone = village.phone()
    village.talk(phone, persons=3)
    phone.deliver()
    drawn = make_area("Ons plein", west=6.64, kind="gebied")

    move_boundary(app, drawn, shapely.box(6.64, 52.64, 6.9, 52.66))

    with app.app_context():
        areas = [area for area in map(find_area, (village.area_id, drawn)) if area]
        assert [row.figures.at_least for row in participation_of(areas)] == [3, 3]


def test_placing_again_without_a_change_writes_nothing(app: Flask, village: Village, rows: Rows) -> None:
    phone = village.phone()
    village.talk(phone)
    phone.deliver()
    before = rows(select(Change.seq))

    with app.app_context():
        place_again_later("test")
        db.session.commit()
        app.extensions["rondgang_jobs"].finish()

    assert rows(select(Change.seq)) == before


def test_placing_that_was_lost_with_its_server_is_done_at_the_next_start(
    app: Flask, village: Village, make_area: MakeArea, rows: Rows
) -> None:
    phone = village.phone()
    village.talk(phone)
    phone.deliver()
    with app.app_context():
        area = find_area(village.area_id)
        assert area is not None
        save_boundary(area, shapely.box(6.0, 52.0, 6.1, 52.1), "test")
        begin_progress(JOB, "test")
        db.session.commit()

        place_what_was_left()

    assert rows(select(Observation.area_id)) == [(None,)]
    assert rows(select(Progress.ended_at))[0][0] is not None


def test_area_that_goes_to_the_other_layer_is_not_taken_from_an_old_index(
    app: Flask, village: Village, rows: Rows
) -> None:
    with app.app_context():
        assert area_index().place_one(6.65, 52.65).area is not None
        area = find_area(village.area_id)
        assert area is not None
        area.kind = "gebied"
        db.session.commit()

        placing = area_index().place_one(6.65, 52.65)

    assert (placing.area, placing.own and placing.own.area_id) == (None, village.area_id)
