"""From observation to meldingen, in the transaction that stores the observation."""

from core.db import db
from forms.roles import Facts, IssueFacts
from server.inventory.models import Melding
from server.inventory.queries import meldingen_of
from sync.models import Observation


def record_meldingen(observation: Observation, facts: Facts, is_new: bool) -> None:
    """Makes the meldingen of this observation what its vraagstukken are now.

    A vraagstuk that was there stays the same melding, so that what people did with it stays with it.
    """
    known = {melding.key: melding for melding in ([] if is_new else meldingen_of(observation.id))}
    for issue in facts.issues:
        melding = known.pop(issue.key, None)
        if melding is None:
            melding = Melding(observation_id=observation.id, key=issue.key)
            db.session.add(melding)
        _tell(melding, observation, issue)
    for gone in known.values():
        db.session.delete(gone)


def _tell(melding: Melding, observation: Observation, issue: IssueFacts) -> None:
    melding.number = issue.number
    melding.area_id, melding.gebied_id = observation.area_id, observation.gebied_id
    melding.address_id = observation.address_id
    melding.captured_at = observation.corrected_at
    melding.text = issue.text
    melding.theme, melding.trits, melding.willing = _code(issue.theme), _code(issue.trits), _code(issue.willing)


def _code(value: str | None) -> str | None:
    """A choice as it fits its column; a phone may send anything."""
    return value[:100] if value else None
