"""SQL of the inventory."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select

from core.db import db
from maps.queries import lies_in
from server.inventory.models import Melding


def meldingen_of(observation_id: UUID) -> list[Melding]:
    """The statements of one observation."""
    return list(db.session.scalars(select(Melding).where(Melding.observation_id == observation_id)))


def meldingen_in(area_ids: Collection[UUID], theme: str | None, limit: int) -> list[Melding]:
    """Statements in these areas, the newest first; of one theme when it is given."""
    query = select(Melding).where(lies_in(Melding, area_ids))
    if theme:
        query = query.where(Melding.theme == theme)
    return list(db.session.scalars(query.order_by(Melding.captured_at.desc(), Melding.id).limit(limit)))


def theme_counts(area_ids: Collection[UUID]) -> list[tuple[str | None, int, int, int]]:
    """(theme, statements, households behind them, initiatives) for each theme, the most mentioned first."""
    statements = func.count()
    rows = db.session.execute(
        select(
            Melding.theme,
            statements,
            func.count(Melding.address_id.distinct()),
            func.count().filter(Melding.willing == "ja"),
        )
        .where(lies_in(Melding, area_ids))
        .group_by(Melding.theme)
        .order_by(statements.desc(), Melding.theme)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def melding_counts(area_ids: Collection[UUID]) -> dict[UUID, int]:
    """Statements by area."""
    found: dict[UUID, int] = {}
    for area in (Melding.area_id, Melding.gebied_id):
        rows = db.session.execute(select(area, func.count()).where(area.in_(area_ids)).group_by(area))
        found |= {area_id: count for area_id, count in rows if area_id is not None}
    return found
