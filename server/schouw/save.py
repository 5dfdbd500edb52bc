"""Saving a route as a whole: its fields, its line or squares and its stops, in the log, and phones hear of it."""

from collections.abc import Sequence

from shapely.geometry import LineString

from core.clock import now_utc
from maps.models import Route
from maps.route_queries import all_stops_of
from maps.routes import GivenStop, RouteFields, StopPlace, places_along, save_fields, save_line, save_stops
from server.people.audit import record_change
from server.schouw.outings import local_day
from sync.pull import ROUTE
from sync.queries import log_changes
from sync.walk_queries import is_walked


def save_route_along(route: Route, fields: RouteFields, line: LineString, stops: Sequence[GivenStop]) -> None:
    """Makes the route a line with these stops."""
    save_fields(route, fields)
    there = all_stops_of(route.id)
    walked = is_walked(route.id, [stop.id for stop in there])
    save_line(route, line, walked)
    on_route = [stop for stop in there if stop.removed_at is None]
    save_stops(route, places_along(line, stops, on_route), walked)
    tell(route, "route.bewaren")


def save_route_in_squares(route: Route, fields: RouteFields, seed: int, places: Sequence[StopPlace]) -> None:
    """Makes the route these squares, which were drawn with this seed."""
    save_fields(route, fields)
    route.seed = seed
    walked = is_walked(route.id, [stop.id for stop in all_stops_of(route.id)])
    save_stops(route, places, walked)
    tell(route, "route.bewaren")


def end_route(route: Route) -> None:
    """From today on the route is walked no more. Its walks stay."""
    route.ended_on, route.changed_at = local_day(now_utc()), now_utc()
    tell(route, "route.stoppen")


def renew_calendar(route: Route) -> None:
    """Makes a new address for the calendar feed; the old one works no more."""
    route.calendar_serial += 1
    record_change("route.kalender", f"{route.name}, {route.id}")


def tell(route: Route, action: str) -> None:
    record_change(action, f"{route.name}, {route.id}")
    log_changes(ROUTE, [route.id], area_id=route.area_id)
