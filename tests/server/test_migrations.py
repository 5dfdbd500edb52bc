"""Migrations: they make exactly what the models say, and lose nothing of what was there."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, upgrade
from sqlalchemy import select, text

from core.db import db
from maps.models import AreaBoundary
from maps.tiles import cell_of
from server.app import create_app
from server.migrating import set_up_migrations
from tests.support import make_settings


def test_migrated_database_is_what_the_models_say(app: Flask) -> None:
    with app.app_context():
        set_up_migrations()
        check()


@pytest.fixture
def old_app(tmp_path: Path) -> Flask:
    """An app on a database of the first version."""
    app = create_app(make_settings(tmp_path))
    with app.app_context():
        set_up_migrations()
        upgrade(revision="0001")
    return app


def test_forms_of_the_first_version_are_published_after_the_second(old_app: Flask) -> None:
    with old_app.app_context():
        db.session.execute(text("INSERT INTO form (id) VALUES ('gesprek')"))
        db.session.execute(
            text(
                "INSERT INTO form_version (id, form_id, version, source_name, source, xform, hash, published_at)"
                " VALUES ('01', 'gesprek', '1', 'a.md', '', '<x/>', 'h', '2026-11-22 12:00:00')"
            )
        )
        db.session.commit()

        upgrade()

        row = db.session.execute(text("SELECT state, saved_at = published_at, hash FROM form_version")).one()
        assert tuple(row) == ("gepubliceerd", True, "h")
        db.engine.dispose()


NO_MORE = {"letter": "", "addition": "", "postcode": ""}
OBSERVATION: dict[str, dict[str, object]] = {
    "device": {"id": "d1", "token_hash": "t", "volunteer": "V", "enrolled_at": "2026-11-22 12:00:00"},
    "mutation": {"id": "m1", "device_id": "d1", "received_at": "2026-11-22 12:00:00", "status": "applied"},
    "observation": {
        "id": "o1",
        "mutation_id": "m1",
        "device_id": "d1",
        "form_id": "gesprek",
        "form_version": "1",
        "instance_xml": "<data/>",
        "content_hash": "c",
        "status": "applied",
        "captured_at": "2026-11-22 11:00:00",
        "received_at": "2026-11-22 12:00:00",
    },
    "attachment": {"observation_id": "o1", "name": "a.jpg", "sha256": "a", "size": 1, "media_type": "image/jpeg"},
    "melding": {"id": "s1", "observation_id": "o1", "number": 0, "text": "Lamp", "captured_at": "2026-11-22 11:00:00"},
}


def insert(table: str, row: Mapping[str, object]) -> None:
    columns, values = ", ".join(row), ", ".join(f":{name}" for name in row)
    db.session.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({values})"), row)


def test_observations_of_the_first_version_are_their_own_first_version_after_the_fourth(old_app: Flask) -> None:
    with old_app.app_context():
        for table, row in OBSERVATION.items():
            insert(table, row)
        db.session.commit()

        upgrade()

        read = "SELECT version_id, corrected_at = captured_at, (SELECT count(*) FROM attachment) FROM observation"
        assert tuple(db.session.execute(text(read)).one()) == ("m1", True, 1)
        assert db.session.execute(text("SELECT subject_id FROM mutation")).scalar_one() == "o1"
        assert db.session.execute(text("SELECT key FROM melding")).scalar_one() == "#0"
        assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
        db.engine.dispose()


def test_boundaries_of_before_the_fifth_were_used_from_the_day_they_began(old_app: Flask) -> None:
    with old_app.app_context():
        db.session.execute(text("INSERT INTO area (id, name, kind) VALUES ('a1', 'Elim', 'dorp')"))
        insert = "INSERT INTO area_boundary (id, area_id, geometry_wkb, valid_from, valid_to, source) VALUES "
        db.session.execute(text(insert + "('b1', 'a1', x'00', '2024-01-01', '2025-06-01', 's')"))
        db.session.execute(text(insert + "('b2', 'a1', x'00', '2025-06-01', NULL, 's')"))
        address = "INSERT INTO address (id, street, number, letter, addition, postcode, place, lon, lat) VALUES "
        db.session.execute(text(address + "('h1', 'Vaart', 1, '', '', '', 'Elim', 6.6, 52.6)"))
        db.session.commit()

        upgrade()

        rows = db.session.execute(select(AreaBoundary.made_at, AreaBoundary.replaced_at).order_by(AreaBoundary.made_at))
        first, second = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 6, 1, tzinfo=UTC)
        assert [tuple(row) for row in rows] == [(first, second), (second, None)]
        assert tuple(db.session.execute(text("SELECT status, households FROM address")).one()) == ("lijst", 1)
        db.engine.dispose()


def test_observations_of_the_first_version_count_on_the_map_after_the_fifth(old_app: Flask) -> None:
    with old_app.app_context():
        door = {"id": "a1", "area_id": "g1", "street": "Weg", "number": 1, "place": "Elim", "lon": 6.6, "lat": 52.7}
        area = {"id": "g1", "name": "Elim", "kind": "dorp"}
        at_door = {**OBSERVATION["observation"], "address_id": "a1", "area_id": "g1"}
        in_street = {**OBSERVATION["observation"], "id": "o2", "mutation_id": "m2", "lon": 6.61, "lat": 52.7}
        held = {**at_door, "id": "o3", "mutation_id": "m3", "status": "held"}
        mutations = [{**OBSERVATION["mutation"], "id": id_} for id_ in ("m1", "m2", "m3")]
        insert("device", OBSERVATION["device"])
        insert("area", area)
        insert("address", {**door, **NO_MORE})
        for mutation in mutations:
            insert("mutation", mutation)
        for observation in (at_door, in_street, held):
            insert("observation", observation)
        insert("melding", OBSERVATION["melding"])
        db.session.commit()

        upgrade()

        read = "SELECT id, map_cell, map_statements FROM observation ORDER BY id"
        cells = [cell_of(6.6, 52.7), cell_of(6.61, 52.7)]
        assert [tuple(row) for row in db.session.execute(text(read))] == [
            ("o1", cells[0], 1),
            ("o2", cells[1], 0),
            ("o3", None, 0),
        ]
        read = "SELECT cell, area_id, observations, statements FROM map_count ORDER BY area_id DESC"
        assert [tuple(row) for row in db.session.execute(text(read))] == [
            (cells[0] >> 16, "g1", 1, 1),
            (cells[1] >> 16, None, 1, 0),
        ]
        db.engine.dispose()
