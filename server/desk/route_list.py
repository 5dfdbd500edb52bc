"""Routes as a list: of each its rhythm, when it is walked next, and what the last outing covered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from maps.linear import Coverage
from maps.models import Area, Route
from maps.queries import areas_by_id
from maps.rhythm import next_occurrence, occurrences
from server.schouw.outings import Outing, local_day, missed_days, outings_of
from server.schouw.report import coverage_of_outing
from sync.walk_queries import walks_of

COMING = 6
LOOK_BACK = timedelta(days=120)
MOST_MISSED = 5


@dataclass(frozen=True, slots=True)
class ListedRoute:
    """A route with its next moment and its last outing, if any."""

    route: Route
    next_at: datetime | None
    last: Outing | None
    coverage: Coverage | None


@dataclass(frozen=True, slots=True)
class Planning:
    """When a route is walked: moments to come, and days that passed without."""

    coming: list[datetime]
    missed: list[date]


def routes_by_area(routes: Sequence[Route], now: datetime) -> list[tuple[Area, list[ListedRoute]]]:
    """The areas that have a route, by name, each with its routes."""
    areas = sorted(areas_by_id({route.area_id for route in routes}), key=lambda area: area.name)
    walks = walks_of([route.id for route in routes])
    listed = [
        _listed(route, outings_of([one for one in walks if one[0].route_id == route.id]), now) for route in routes
    ]
    return [(area, [one for one in listed if one.route.area_id == area.id]) for area in areas]


def _listed(route: Route, outings: Sequence[Outing], now: datetime) -> ListedRoute:
    last = outings[0] if outings else None
    return ListedRoute(route, next_moment(route, now), last, coverage_of_outing(route, last) if last else None)


def next_moment(route: Route, now: datetime) -> datetime | None:
    """When the route is walked next by its rhythm."""
    if route.rhythm is None or route.starts_on is None or route.ended_on is not None:
        return None
    return next_occurrence(route.rhythm, route.starts_on, route.starts_at, now)


def planning_of(route: Route, outings: Sequence[Outing], now: datetime) -> Planning:
    if route.rhythm is None or route.starts_on is None:
        return Planning([], [])
    today = local_day(now)
    rule = route.rhythm, route.starts_on, route.starts_at
    coming = [] if route.ended_on else occurrences(*rule, today, today + timedelta(days=730))
    past = occurrences(*rule, today - LOOK_BACK, today - timedelta(days=1))
    missed = missed_days(past, outings, now)
    return Planning([moment for moment in coming if moment > now][:COMING], list(reversed(missed))[:MOST_MISSED])
