"""The calendar feed of a route (RFC 5545): when it is walked, and by which team. It says nothing of residents.

Whoever has the address of a feed can read it: the token in it is a HMAC of the route and its serial number. A new
serial number makes every address that was given out before worthless.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256

from flask import current_app, url_for
from icalendar import Calendar, Event
from icalendar.prop import vRecur

from core.config import Settings
from maps.models import Route
from maps.rhythm import HERE, LONGEST_SEARCH, occurrences, time_of

USUAL_LENGTH = timedelta(hours=2)
ASK_AGAIN = timedelta(hours=12)
_UNTIL = re.compile(r"UNTIL=(\d{8})(T\d{6})?(Z?)(?=;|\Z)")


def calendar_token(route: Route, secret_key: str) -> str:
    """What makes the address of this route's feed secret."""
    told = f"kalender/{route.id}/{route.calendar_serial}".encode()
    return urlsafe_b64encode(hmac.new(secret_key.encode(), told, sha256).digest()).decode().rstrip("=")


def calendar_url(route: Route) -> str:
    """The address of the feed, in full."""
    settings: Settings = current_app.extensions["rondgang_settings"]
    token = calendar_token(route, settings.secret_key)
    return settings.base_url + url_for("calendar.feed", route_id=route.id, token=token)


def is_right_token(route: Route, token: str, secret_key: str) -> bool:
    return hmac.compare_digest(calendar_token(route, secret_key).encode(), token.encode())


def calendar_of(route: Route, place: str) -> bytes:
    """The feed. The same route gives the same bytes; a route that is walked no more has no event."""
    calendar = Calendar()
    calendar.add("prodid", "-//Rondgang//Schouw//NL")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", route.name)
    calendar.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
    begin = _begin(route)
    if begin is not None and route.ended_on is None:
        calendar.add_component(_event(route, place, begin))
        calendar.add_missing_timezones()
    content: bytes = calendar.to_ical()
    return content


def _begin(route: Route) -> datetime | None:
    """The first moment of the rhythm: an event begins on a day of its own rule."""
    if route.starts_on is None:
        return None
    if route.rhythm is None:
        return datetime.combine(route.starts_on, time_of(route.starts_at), HERE)
    end = route.starts_on + LONGEST_SEARCH
    return next(iter(occurrences(route.rhythm, route.starts_on, route.starts_at, route.starts_on, end)), None)


def _event(route: Route, place: str, begin: datetime) -> Event:
    event = Event()
    event.add("uid", f"{route.id}@rondgang")
    event.add("dtstamp", route.changed_at)
    event.add("last-modified", route.changed_at)
    event.add("dtstart", begin)
    event.add("duration", USUAL_LENGTH)
    event.add("summary", f"Schouw: {route.name}")
    event.add("location", place)
    if route.team:
        event.add("description", f"Team: {route.team}")
    if route.rhythm is not None:
        event.add("rrule", vRecur.from_ical(_UNTIL.sub(_until_utc, route.rhythm)))
    return event


def _until_utc(found: re.Match[str]) -> str:
    """UNTIL as a moment in UTC, as the standard asks of an event with a time zone."""
    if found[3]:
        return found[0]
    clock = time.max if found[2] is None else time.fromisoformat(found[2])
    day = datetime.strptime(found[1], "%Y%m%d").replace(tzinfo=HERE)
    moment = datetime.combine(day.date(), clock, HERE).astimezone(UTC)
    return f"UNTIL={moment:%Y%m%dT%H%M%SZ}"
