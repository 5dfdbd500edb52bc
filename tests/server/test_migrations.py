"""Migrations: they make exactly what the models say."""

from flask import Flask
from flask_migrate import check

from server.migrating import set_up_migrations


def test_migrated_database_is_what_the_models_say(app: Flask) -> None:
    with app.app_context():
        set_up_migrations()
        check()
