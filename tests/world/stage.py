"""Where the world plays: one app and database for all examples; each example has areas and a round of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import Connection, delete, insert, select, update

from core.clock import now_utc
from core.db import db
from forms.library import library_forms
from forms.publish import publish_form
from maps.areas import Population, save_area, save_population
from maps.models import Address, Area
from server.participation.compute import Participation
from server.participation.report import participation_of
from sync.devices import make_enrolment
from sync.models import Change, Device, Round, round_area
from sync.pull import ADDRESS, ROUND
from sync.queries import log_changes, set_round_scope
from tests.world.mortal import MortalServer
from tests.world.talk import FORM
from tests.world.weather import Fate, Weather

T = TypeVar("T")
DOORS = 3
INHABITANTS = 12
INSIDE, OUTSIDE = 0, 1


@dataclass(frozen=True, slots=True)
class Place:
    """The areas of one example with their doors, and its round, which begins in the first area."""

    round_id: UUID
    area_ids: tuple[UUID, UUID]
    doors: tuple[tuple[str, ...], tuple[str, ...]]


class Stage:
    """The server, with what a coordinator does at the desk."""

    def __init__(self, app: Flask) -> None:
        app.extensions["rondgang_jobs"].submit = lambda *_: None  # previews are made by whoever needs them
        self.app = app
        self.server = MortalServer(app)
        with app.app_context():
            self.is_postgres = db.engine.dialect.name == "postgresql"
            for path in library_forms():
                if path.stem == FORM:
                    publish_form(path.read_bytes(), path.name)
            db.session.commit()

    def place(self) -> Place:
        """A new round in a new area."""
        with self.app.app_context():
            areas = [save_area(None, f"Dorp {uuid4()}", "dorp", None) for _ in (INSIDE, OUTSIDE)]
            for area in areas:
                save_population(area, Population(date(2024, 1, 1), INHABITANTS, DOORS, (2, 2, 3, 3, 2), "test"))
            doors = [[_door(area, number) for number in range(1, DOORS + 1)] for area in areas]
            round_ = Round(name=f"Ronde {uuid4()}", starts_on=date(2026, 11, 1), ends_on=date(2027, 2, 1))
            db.session.add_all([round_, *doors[INSIDE], *doors[OUTSIDE]])
            db.session.flush()
            set_round_scope(round_.id, [areas[INSIDE].id], [FORM])
            db.session.commit()
            inside, outside = (tuple(str(door.id) for door in row) for row in doors)
            return Place(round_.id, (areas[INSIDE].id, areas[OUTSIDE].id), (inside, outside))

    def code(self, place: Place) -> str:
        return self.at_desk(lambda: make_enrolment(_found(Round, place.round_id), "Vrijwilliger"))

    def at_desk(self, action: Callable[[], T], fate: Fate | None = None) -> T:
        """What the action gives, in a transaction of its own. The server may die of it: raises `Died`."""
        (fate or Fate()).threaten(self.server)
        return self.server.live(lambda: self._in_transaction(action))

    def _in_transaction(self, action: Callable[[], T]) -> T:
        with self.app.app_context():
            result = action()
            db.session.commit()
            return result

    def rows(self, statement: Any) -> list[Any]:
        """A query outside every transaction of the world."""
        with self.app.app_context():
            found = list(db.session.execute(statement).all())
            db.session.expunge_all()
            db.session.rollback()
            return found

    def set_areas(self, place: Place, area_ids: Iterable[UUID]) -> None:
        """The round is now in these areas."""
        db.session.execute(delete(round_area).where(round_area.c.round_id == place.round_id))
        set_round_scope(place.round_id, area_ids, [])
        log_changes(ROUND, [place.round_id])

    def revoke(self, device_id: UUID, moment: Any) -> None:
        _found(Device, device_id).revoked_at = moment

    def rename_door(self, door: str, street: str) -> None:
        address = _found(Address, UUID(door))
        address.street = street
        log_changes(ADDRESS, [address.id], area_id=address.area_id)

    def rename_slowly(self, place: Place, door: str, street: str) -> Connection:
        """Renames a door in a transaction that stays open; only PostgreSQL lets others write meanwhile."""
        with self.app.app_context():
            connection = db.engine.connect()
        connection.detach()  # it is of another process: the death of the server does not end it
        key = UUID(door)
        connection.execute(update(Address).where(Address.id == key).values(street=street))
        row = {"entity": ADDRESS, "entity_id": str(key), "deleted": False, "area_id": place.area_ids[INSIDE]}
        connection.execute(insert(Change).values(**row, logged_at=now_utc()))
        return connection

    def participation(self, area_id: UUID) -> Participation:
        with self.app.app_context():
            return participation_of([_found(Area, area_id)])[0].figures

    def weather(self) -> Weather:
        return Weather(self.server)


def _found(model: type[T], key: UUID) -> T:
    found = db.session.get(model, key)
    assert found is not None
    return found


def _door(area: Area, number: int) -> Address:
    return Address(area_id=area.id, street="Vaart", number=number, place="Dorp", lon=6.65, lat=52.65)


def all_of(stage: Stage, model: type[T], *conditions: Any) -> list[T]:
    """The stored things that fulfil the conditions, read afresh."""
    return [row[0] for row in stage.rows(select(model).where(*conditions))]
