"""Migrations: they make exactly what the models say, and lose nothing of what was there."""

from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import check, upgrade
from sqlalchemy import text

from core.db import db
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
