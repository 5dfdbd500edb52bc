"""The stages of the world: one app and database of each kind, for all examples of a module together."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from core.db import db
from server.app import create_app
from tests.support import make_settings
from tests.world.stage import Stage

NO_LIMIT = "1000000/minute"


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A server that every example of this module plays on."""
    data = tmp_path_factory.mktemp("world")
    if request.param == "sqlite":
        url = _copied(request.getfixturevalue("migrated_sqlite"), data)
    else:
        url = _created(request.getfixturevalue("migrated_postgres"))
    app = create_app(make_settings(data, DATABASE_URL=url, DEVICE_LIMIT=NO_LIMIT))
    stage = Stage(app)
    yield stage
    stage.server.let_live()
    with app.app_context():
        db.engine.dispose()


def _copied(migrated: Path, data: Path) -> str:
    shutil.copy(migrated, data / "rondgang.db")
    return f"sqlite:///{data / 'rondgang.db'}"


def _created(server: str) -> str:
    name = f"world_{uuid4().hex}"
    engine = create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE migrated"))
    engine.dispose()
    return server.replace("/postgres?", f"/{name}?")
