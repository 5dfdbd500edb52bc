"""What got better or worse at a place since it was last looked at. Pure.

Each thing (onderdeel) is held against the same thing at the same stop: its last score now against its last one before.
That something was not scored again says nothing about it: it is not solved, only not looked at.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from forms.roles import SCORES

BETTER, SAME, WORSE, FIRST, NOT_AGAIN = "beter", "gelijk", "slechter", "eerste", "niet_opnieuw"


@dataclass(frozen=True, slots=True)
class Scored:
    """A thing with its score at a moment."""

    item: str
    score: str
    at: datetime
    observation_id: UUID


@dataclass(frozen=True, slots=True)
class Comparison:
    """A thing as it is now and as it was before; `verdict` is one of the words above."""

    item: str
    now: Scored | None
    before: Scored | None
    verdict: str


def compare(now: Iterable[Scored], before: Iterable[Scored]) -> list[Comparison]:
    """Each thing once, by name: what was scored now first, then what was not looked at again."""
    present, past = _last_of_each(now), _last_of_each(before)
    found = [_compared(item, present.get(item), past.get(item)) for item in sorted(present.keys() | past.keys())]
    return sorted(found, key=lambda one: one.now is None)


def _last_of_each(scored: Iterable[Scored]) -> dict[str, Scored]:
    return {one.item: one for one in sorted(scored, key=lambda one: (one.at, one.observation_id))}


def _compared(item: str, now: Scored | None, before: Scored | None) -> Comparison:
    if now is None:
        return Comparison(item, now, before, NOT_AGAIN)
    if before is None:
        return Comparison(item, now, before, FIRST)
    step = SCORES.index(now.score) - SCORES.index(before.score)
    return Comparison(item, now, before, SAME if step == 0 else WORSE if step > 0 else BETTER)
