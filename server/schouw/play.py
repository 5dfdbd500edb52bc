"""What a simulated walk needs of the database: the route by its name, a phone's code, and what became of it."""

from datetime import date, datetime, timedelta

from core.clock import now_utc
from core.db import db
from core.problems import ROUTE_MISSING, Problem
from maps.models import Route
from maps.queries import find_area
from maps.rhythm import HERE, occurrences, time_of
from maps.route_queries import all_routes
from server.rounds.named import round_in
from server.schouw.outings import Outing, local_day, outings_of
from server.simulate.walk import WalkPlan
from sync.devices import make_enrolment
from sync.walk_queries import walks_of

AGO = timedelta(hours=1)


def route_by_name(name: str) -> Route:
    """The route of this name. Raises ROUTE_MISSING."""
    found = next((route for route in all_routes() if route.name.lower() == name.lower()), None)
    if found is None:
        raise Problem(ROUTE_MISSING, name)
    return found


def plan_walk(route: Route, skip_stops: int, day: date | None, seed: int) -> tuple[str, WalkPlan]:
    """(a code for a phone of the team, how it is to walk). Ends the transaction: the server must be able to write."""
    area = find_area(route.area_id)
    assert area is not None, "the database keeps the area of a route"
    code = make_enrolment(round_in(area), route.team[:100] or "Schouwteam")
    db.session.commit()
    begin = now_utc() - AGO if day is None else datetime.combine(day, time_of(route.starts_at), HERE)
    return code, WalkPlan(str(route.id), begin, skip_stops, _planned_on(route, local_day(begin)), seed)


def outing_on(route: Route, moment: datetime) -> Outing:
    """The outing of the day of this moment."""
    db.session.expire_all()
    db.session.rollback()
    return next(one for one in outings_of(walks_of([route.id])) if one.day == local_day(moment))


def _planned_on(route: Route, day: date) -> date | None:
    if route.rhythm is None or route.starts_on is None:
        return None
    return day if occurrences(route.rhythm, route.starts_on, route.starts_at, day, day) else None
