"""SQL of walks and of what was observed on them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import defer

from core.db import db, in_batches
from sync.models import APPLIED, Device, Observation, Walk


def walk_by_id(walk_id: UUID) -> Walk | None:
    return db.session.get(Walk, walk_id)


def observations_of_walk(walk_id: UUID) -> list[Observation]:
    """Everything that was recorded on this walk, whether it counts or not."""
    return list(db.session.scalars(select(Observation).where(Observation.walk_id == walk_id)))


def is_walked(route_id: UUID, stop_ids: Collection[UUID]) -> bool:
    """Whether there is a walk of this route, or an observation at one of its stops."""
    if db.session.scalar(select(Walk.id).where(Walk.route_id == route_id).limit(1)) is not None:
        return True
    return any(
        db.session.scalar(select(Observation.id).where(Observation.stop_id.in_(batch)).limit(1)) is not None
        for batch in in_batches(stop_ids)
    )


def walks_of(route_ids: Collection[UUID]) -> list[tuple[Walk, str]]:
    """(a walk without its track, whose phone told it) of these routes, the newest first."""
    query = (
        select(Walk, Device.volunteer)
        .join(Device, Device.id == Walk.device_id)
        .where(Walk.route_id.in_(route_ids))
        .order_by(Walk.started_at.desc(), Walk.id)
        .options(defer(Walk.track))
    )
    return [(row[0], row[1]) for row in db.session.execute(query)]


def tracks_of(walk_ids: Collection[UUID]) -> dict[UUID, list[list[object]]]:
    """The track of each of these walks."""
    return dict(db.session.execute(select(Walk.id, Walk.track).where(Walk.id.in_(walk_ids))).all())


def observations_on(
    walk_ids: Collection[UUID], stop_ids: Collection[UUID], first: datetime, last: datetime
) -> list[Observation]:
    """What counts of these walks, and of these stops from the first moment to before the last when no such walk is
    named; without the answers, the oldest first."""
    named = Observation.walk_id.in_(walk_ids)
    at_stop = and_(
        Observation.stop_id.in_(stop_ids),
        Observation.walk_id.not_in(select(Walk.id)) | Observation.walk_id.is_(None),
        Observation.corrected_at >= first,
        Observation.corrected_at < last,
    )
    query = select(Observation).where(Observation.status == APPLIED, or_(named, at_stop))
    query = query.order_by(Observation.corrected_at, Observation.id).options(defer(Observation.instance_xml))
    return list(db.session.scalars(query))


def scores_before(stop_ids: Collection[UUID], moment: datetime) -> list[Observation]:
    """The last observation that counts of each thing that was scored at these stops before this moment."""
    order = (Observation.corrected_at.desc(), Observation.id.desc())
    rank = func.row_number().over(partition_by=(Observation.stop_id, Observation.schouw_item), order_by=order)
    ranked = (
        select(Observation.id, rank.label("rank"))
        .where(
            Observation.stop_id.in_(stop_ids),
            Observation.status == APPLIED,
            Observation.schouw_item.is_not(None),
            Observation.schouw_score.is_not(None),
            Observation.corrected_at < moment,
        )
        .subquery()
    )
    newest = select(ranked.c.id).where(ranked.c.rank == 1)
    query = select(Observation).where(Observation.id.in_(newest)).options(defer(Observation.instance_xml))
    return list(db.session.scalars(query.order_by(Observation.schouw_item)))
