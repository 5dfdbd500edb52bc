"""The calendar feed, for the calendars of a team: without log-in, known by its secret address."""

from uuid import UUID

from flask import Blueprint, Response, current_app, request

from core.config import Settings
from core.problems import NOT_FOUND, Problem
from maps.queries import find_area, find_route
from server.schouw.calendar import calendar_of, is_right_token

calendar = Blueprint("calendar", __name__)


@calendar.get("/kalender/<uuid:route_id>/<token>.ics")
def feed(route_id: UUID, token: str) -> Response:
    """The feed, or 304 when the calendar has it already. A wrong address is no address, whatever is wrong with it."""
    settings: Settings = current_app.extensions["rondgang_settings"]
    route = find_route(route_id)
    if route is None or not is_right_token(route, token, settings.secret_key):
        raise Problem(NOT_FOUND)
    area = find_area(route.area_id)
    response = Response(calendar_of(route, area.name if area else ""), mimetype="text/calendar")
    response.headers.set("Content-Disposition", "attachment", filename="schouw.ics")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    response.last_modified = route.changed_at
    response.add_etag()
    response.make_conditional(request)
    return response
