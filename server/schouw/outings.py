"""Outings: the walks of one route on one day, whoever's phone told them. Pure.

A team that walks with two phones makes two walks. Together they are one schouw: what one of them passed was passed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from maps.rhythm import HERE
from sync.models import Walk

WALKING, DONE, LEFT_OPEN = "bezig", "gelopen", "niet_afgesloten"
OPEN_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Outing:
    """The walks of a route that began on this day here, with whose phones told them, the first begun first."""

    day: date
    walks: tuple[Walk, ...]
    walkers: tuple[str, ...]

    @property
    def begun_at(self) -> datetime:
        return min(walk.started_at for walk in self.walks)

    @property
    def ended_at(self) -> datetime | None:
        """When the last of them ended; None while one has not."""
        ends = [walk.ended_at for walk in self.walks]
        return None if None in ends else max(end for end in ends if end is not None)

    @property
    def minutes(self) -> int | None:
        return None if self.ended_at is None else round((self.ended_at - self.begun_at).total_seconds() / 60)

    @property
    def planned_on(self) -> date | None:
        """The day of the rhythm that it was for, as a phone said."""
        return next((walk.planned_on for walk in self.walks if walk.planned_on), None)

    def state(self, now: datetime) -> str:
        """Walking, done, or left open: begun long ago and never ended, as when a battery died."""
        if self.ended_at is not None:
            return DONE
        return WALKING if now - self.begun_at < OPEN_FOR else LEFT_OPEN


def outings_of(walks: Iterable[tuple[Walk, str]]) -> list[Outing]:
    """The outings that these walks of one route (each with whose phone told it) make, the newest first."""
    by_day: dict[date, list[tuple[Walk, str]]] = {}
    for walk, walker in walks:
        by_day.setdefault(local_day(walk.started_at), []).append((walk, walker))
    return [_outing(day, by_day[day]) for day in sorted(by_day, reverse=True)]


def _outing(day: date, told: Sequence[tuple[Walk, str]]) -> Outing:
    in_order = sorted(told, key=lambda one: (one[0].started_at, one[0].id))
    walkers = tuple(dict.fromkeys(walker for _, walker in in_order))
    return Outing(day, tuple(walk for walk, _ in in_order), walkers)


def missed_days(planned: Iterable[datetime], outings: Iterable[Outing], now: datetime) -> list[date]:
    """The planned days that are over and on which, or for which, nobody walked."""
    walked = {day for outing in outings for day in (outing.day, outing.planned_on)}
    return [moment.date() for moment in planned if moment.date() < local_day(now) and moment.date() not in walked]


def local_day(moment: datetime) -> date:
    """The day that it is here at this moment."""
    return moment.astimezone(HERE).date()


def day_span(day: date) -> tuple[datetime, datetime]:
    """(the begin of this day here, the begin of the next)."""
    begin = datetime.combine(day, time.min, HERE)
    return begin, datetime.combine(day + timedelta(days=1), time.min, HERE)
