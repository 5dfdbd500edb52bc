"""SQL of placing: rows in the order of their id, a batch at a time, locked until the batch is written."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, update

from core.db import db
from core.progress import Progress
from maps.models import Address
from server.inventory.models import Melding
from sync.models import Observation
from sync.queries import count_on_map


def count_all() -> int:
    """How many addresses and observations there are."""
    return sum(db.session.execute(select(func.count(model.id))).scalar_one() for model in (Address, Observation))


def unfinished(job: str) -> list[Progress]:
    """Jobs of this name that are not over, the oldest first."""
    query = select(Progress).where(Progress.job == job, Progress.ended_at.is_(None))
    return list(db.session.scalars(query.order_by(Progress.made_at, Progress.id)))


def addresses_after(last_id: UUID | None, limit: int) -> list[Address]:
    query = select(Address).order_by(Address.id).limit(limit).with_for_update()
    return list(db.session.scalars(query if last_id is None else query.where(Address.id > last_id)))


def observations_after(last_id: UUID | None, limit: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """What tells where each observation is (with its address's areas), and where it was placed so far."""
    query = (
        select(
            Observation.id,
            Observation.lon,
            Observation.lat,
            Observation.accuracy_m,
            Observation.area_id,
            Observation.boundary_id,
            Observation.gebied_id,
            Observation.gebied_boundary_id,
            Observation.area_is_uncertain,
            Observation.area_source,
            Observation.map_cell,
            Address,
        )
        .outerjoin(Address, Address.id == Observation.address_id)
        .order_by(Observation.id)
        .limit(limit)
        .with_for_update(of=Observation)
    )
    return db.session.execute(query if last_id is None else query.where(Observation.id > last_id)).all()


def move_observations(rows: Sequence[Mapping[str, Any]]) -> None:
    """Writes the places of these observations (by `id`), and takes their statements along."""
    ids = [row["id"] for row in rows]
    count_on_map(ids, -1)
    db.session.execute(update(Observation), rows)
    count_on_map(ids, 1)
    for row in rows:
        statement = update(Melding).where(Melding.observation_id == row["id"])
        db.session.execute(statement.values(area_id=row["area_id"], gebied_id=row["gebied_id"]))
