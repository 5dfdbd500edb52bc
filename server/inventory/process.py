"""From observation to meldingen, in the transaction that stores the observation."""

from core.db import db
from forms.roles import Facts
from server.inventory.models import Melding
from sync.models import Observation


def record_meldingen(observation: Observation, facts: Facts) -> None:
    """Adds a melding for every vraagstuk in the observation."""
    db.session.add_all(
        Melding(
            observation_id=observation.id,
            key=f"#{issue.number}",
            number=issue.number,
            area_id=observation.area_id,
            address_id=observation.address_id,
            text=issue.text,
            theme=_code(issue.theme),
            trits=_code(issue.trits),
            willing=_code(issue.willing),
            captured_at=observation.captured_at,
        )
        for issue in facts.issues
    )


def _code(value: str | None) -> str | None:
    """A choice as it fits its column; a phone may send anything."""
    return value[:100] if value else None
