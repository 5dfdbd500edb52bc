"""SQL of photos that somebody should look at: named and not here, or here and not named."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select

from core.db import db
from maps.models import Address
from sync.models import Attachment, Device, Observation, Photo


@dataclass(frozen=True, slots=True)
class MissingPhoto:
    """A photo that an observation names and that is not here; `since` is when the observation arrived."""

    device_id: UUID
    observation_id: UUID
    form_id: str
    address: str | None
    name: str
    sha256: str
    since: datetime


def missing_photos(limit: int) -> list[MissingPhoto]:
    """Those that are missed the longest first."""
    rows = db.session.execute(
        select(Observation, Address, Attachment.name, Attachment.sha256)
        .join(Attachment, Attachment.observation_id == Observation.id)
        .outerjoin(Address, Address.id == Observation.address_id)
        .where(~exists().where(Photo.sha256 == Attachment.sha256))
        .order_by(Observation.received_at, Observation.id, Attachment.name)
        .limit(limit)
    )
    return [
        MissingPhoto(
            observation.device_id,
            observation.id,
            observation.form_id,
            address.label if address else None,
            name,
            sha256,
            observation.received_at,
        )
        for observation, address, name, sha256 in rows
    ]


def unnamed_photos(limit: int) -> list[Photo]:
    """Photos that are here and that no observation names, those that wait the longest first."""
    return list(
        db.session.scalars(
            select(Photo)
            .where(~exists().where(Attachment.sha256 == Photo.sha256))
            .order_by(Photo.received_at, Photo.sha256)
            .limit(limit)
        )
    )


def volunteers_of(device_ids: Collection[UUID]) -> dict[UUID, str]:
    """Whose phone each of these is; what is no phone (any more) is left out."""
    rows = db.session.execute(select(Device.id, Device.volunteer).where(Device.id.in_(device_ids)))
    return {row[0]: row[1] for row in rows}
