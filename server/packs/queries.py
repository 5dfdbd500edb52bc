"""SQL of packed maps."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func, select

from core.db import db
from core.progress import Progress
from maps.kinds import MUNICIPALITY
from maps.models import Area, AreaBoundary, MapPack
from sync.models import Device, device_round, round_area


def named_boundaries() -> list[tuple[UUID, str, bytes]]:
    """(id, name, boundary in force as WKB) of every area there is now, the municipality apart."""
    rows = db.session.execute(
        select(Area.id, Area.name, AreaBoundary.geometry_wkb)
        .join(AreaBoundary, AreaBoundary.area_id == Area.id)
        .where(AreaBoundary.valid_to.is_(None), Area.ended_on.is_(None), Area.kind != MUNICIPALITY)
        .order_by(Area.name, Area.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def area_to_change(area_id: UUID) -> Area | None:
    """The area, locked: who else makes or removes its map waits."""
    return db.session.get(Area, area_id, with_for_update=True)


def packs_of(area_id: UUID) -> list[MapPack]:
    """Every map of this area, the newest first."""
    query = select(MapPack).where(MapPack.area_id == area_id)
    return list(db.session.scalars(query.order_by(MapPack.made_at.desc(), MapPack.id.desc())))


def forget_packs(pack_ids: Collection[UUID]) -> None:
    db.session.execute(delete(MapPack).where(MapPack.id.in_(pack_ids)))


def is_kept(sha256: str) -> bool:
    """Whether a map of any area is this file."""
    return db.session.scalar(select(MapPack.id).where(MapPack.sha256 == sha256).limit(1)) is not None


def newest_progress(job: str, subject: str) -> Progress | None:
    """The last time that this was begun."""
    found = select(Progress).where(Progress.job == job, Progress.subject == subject)
    return db.session.scalar(found.order_by(Progress.made_at.desc(), Progress.id.desc()).limit(1))


def count_phones(area_ids: Collection[UUID]) -> int:
    """How many phones with access take part in a round in one of these areas."""
    return db.session.execute(
        select(func.count(device_round.c.device_id.distinct()))
        .join(round_area, round_area.c.round_id == device_round.c.round_id)
        .join(Device, Device.id == device_round.c.device_id)
        .where(round_area.c.area_id.in_(area_ids), Device.revoked_at.is_(None))
    ).scalar_one()


def areas_above(area_id: UUID) -> list[UUID]:
    """This area and every area that holds it: phones with a round in one of these see it."""
    parents: dict[UUID, UUID | None] = dict(db.session.execute(select(Area.id, Area.parent_id)).all())
    found = [area_id]
    for one in found:
        parent_id = parents.get(one)
        if parent_id is not None and parent_id not in found:
            found.append(parent_id)
    return found
