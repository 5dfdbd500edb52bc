"""Bringing the database up to date. Apart, because Alembic is slow to import and most processes never need it."""

from pathlib import Path

from flask import current_app
from flask_migrate import Migrate, upgrade

from core.db import db

DIRECTORY = Path(__file__).parent / "migrations"


def upgrade_database() -> None:
    """Runs the migrations that this database has not had yet."""
    set_up_migrations()
    upgrade()


def set_up_migrations() -> None:
    """Tells Flask-Migrate where the migrations of the current app are."""
    Migrate(current_app, db, directory=str(DIRECTORY))
