"""Changing routes: reading a line, placing stops along it or in squares, and keeping what was walked as it was."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import shapely
from shapely.geometry import LineString, shape
from shapely.geometry.base import BaseGeometry

from core.clock import now_utc
from core.db import db
from core.problems import INPUT_INVALID, Fault, Problem
from maps.linear import Line
from maps.models import Route, RouteLine, RouteStop
from maps.projection import lonlat_to_rd, rd_to_lonlat, to_lonlat, to_rd
from maps.route_queries import all_stops_of
from maps.squares import draw, squares_in, walking_order

GRID_DEGREES = 1e-6
LONGEST_TEXT = 500_000
MOST_CORNERS = 5000
SHORTEST_M, LONGEST_M = 20.0, 50_000.0
MOST_STOPS = 200
MOVED_M = 5.0
"""A stop that is put this far from where it was is another stop."""
NEAR_LINE_M = 25.0
SAME_MEASURE_M = 0.051


@dataclass(frozen=True, slots=True)
class RouteFields:
    """What there is to know of a route besides where it goes."""

    name: str
    team: str
    form_id: str | None
    rhythm: str | None
    starts_on: date | None
    starts_at: str | None


@dataclass(frozen=True, slots=True)
class GivenStop:
    """A stop of a line as somebody wrote it. `id` is that of a stop which the route has already."""

    id: UUID | None
    name: str
    measure_m: float


@dataclass(frozen=True, slots=True)
class StopPlace:
    """Where a stop is to be, EPSG:4326."""

    id: UUID | None
    name: str
    lon: float
    lat: float
    measure_m: float | None = None
    square_wkb: bytes | None = None


def read_line(text: str) -> LineString:
    """The line of a GeoJSON geometry or feature, EPSG:4326. Raises INPUT_INVALID with what is wrong with it."""
    try:
        found: Any = json.loads(text) if len(text) <= LONGEST_TEXT else None
        line = shape(found.get("geometry") or found)
        points = shapely.get_coordinates(shapely.force_2d(line))
        is_line = line.geom_type == "LineString" and 2 <= len(points) <= MOST_CORNERS
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, shapely.errors.GEOSException):
        is_line = False
    if not is_line or not _is_lonlat(points):
        raise _wrong_line("Teken de route op de kaart: een lijn met een begin en een einde.")
    line = LineString(np.round(points, 6))
    length_m = Line.of(line).length_m
    if not SHORTEST_M <= length_m <= LONGEST_M:
        raise _wrong_line(f"Deze route is {length_m:.0f} meter lang. Teken 20 meter tot 50 kilometer.")
    return line


def _is_lonlat(points: np.ndarray) -> bool:
    """Whether these are places in or near the Netherlands, where RD is right."""
    west, south, east, north = 3.0, 50.5, 7.5, 54.0
    lon, lat = points[:, 0], points[:, 1]
    return bool(((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)).all())


def _wrong_line(words: str) -> Problem:
    return Problem(INPUT_INVALID, faults=[Fault("/lijn", words)])


def evenly(length_m: float, every_m: float) -> list[float]:
    """The measures of stops at the begin and every so many metres."""
    return [float(measure) for measure in np.arange(0.0, length_m + 1e-6, every_m)]


def places_along(geometry: LineString, given: Sequence[GivenStop], there: Collection[RouteStop]) -> list[StopPlace]:
    """Where these stops are to be, in order along the line.

    One that was there stays at its place when the line still passes it and nobody gave it another measure.
    """
    line, known = Line.of(geometry), {stop.id: stop for stop in there}
    places = [_place(line, one, known.get(one.id) if one.id else None) for one in given]
    return sorted(places, key=lambda place: place.measure_m or 0.0)


def _place(line: Line, given: GivenStop, stop: RouteStop | None) -> StopPlace:
    ((lon, lat),) = rd_to_lonlat(np.array([line.point_at(given.measure_m)])).tolist()
    if stop is None:
        return StopPlace(None, given.name, lon, lat, given.measure_m)
    ((x, y),) = lonlat_to_rd(np.array([[stop.lon, stop.lat]])).tolist()
    is_unchanged = stop.measure_m is not None and abs(stop.measure_m - given.measure_m) < SAME_MEASURE_M
    still = is_unchanged and line.nearest(x, y).distance_m <= NEAR_LINE_M
    if still or _apart_m((lon, lat), (stop.lon, stop.lat)) <= MOVED_M:
        return StopPlace(stop.id, given.name, stop.lon, stop.lat, line.measure_of(x, y, given.measure_m))
    return StopPlace(stop.id, given.name, lon, lat, given.measure_m)


def places_in_squares(area: BaseGeometry, count: int, seed: int, there: Collection[RouteStop] = ()) -> list[StopPlace]:
    """The middles of squares drawn by lot in an area (EPSG:4326), in walking order. Raises INPUT_INVALID."""
    area_rd = to_rd(area)
    squares = draw(squares_in(area_rd), count, seed)
    if not squares:
        words = "In dit gebied past geen vak van 100 bij 100 meter. Teken een lijn."
        raise Problem(INPUT_INVALID, faults=[Fault("/aantal", words)])
    points = [square.point_in(area_rd) for square in squares]
    lonlats = rd_to_lonlat(np.array(points)).tolist()
    places = []
    for index in walking_order(points):
        (lon, lat), square = lonlats[index], to_lonlat(squares[index].geometry_rd())
        stop = next((one for one in there if _apart_m((one.lon, one.lat), (lon, lat)) <= MOVED_M), None)
        id_, name = (stop.id, stop.name) if stop else (None, "")
        places.append(StopPlace(id_, name, lon, lat, None, shapely.to_wkb(square)))
    return places


def save_fields(route: Route, fields: RouteFields) -> None:
    """Makes these the route's own, now."""
    route.name, route.team, route.form_id = fields.name, fields.team, fields.form_id
    route.rhythm, route.starts_on, route.starts_at = fields.rhythm, fields.starts_on, fields.starts_at
    route.changed_at = now_utc()
    db.session.add(route)
    db.session.flush()


def save_line(route: Route, line: LineString, is_walked: bool) -> None:
    """Makes this the line of the route. Of one that was walked the line before it is kept."""
    line_wkb = shapely.to_wkb(line)
    if is_walked and route.line_wkb is not None and route.line_wkb != line_wkb:
        db.session.add(RouteLine(route_id=route.id, line_wkb=route.line_wkb, replaced_at=now_utc()))
    route.line_wkb = line_wkb


def save_stops(route: Route, places: Sequence[StopPlace], is_walked: bool) -> None:
    """Makes these the stops of the route, numbered in this order.

    Of a route that was walked, one that is left out or moved stays as it was, off the route: what was seen there keeps
    its place.
    """
    now = now_utc()
    left = {stop.id: stop for stop in all_stops_of(route.id) if stop.removed_at is None}
    for number, place in enumerate(places, start=1):
        stop = left.get(place.id) if place.id else None
        if stop is None or (is_walked and _apart_m((stop.lon, stop.lat), (place.lon, place.lat)) > MOVED_M):
            stop = RouteStop(id=uuid4(), route_id=route.id, added_at=now)
            db.session.add(stop)
        else:
            del left[stop.id]
        _tell(stop, place, number)
    for stop in left.values():
        _take_off(stop, now, is_walked)
    db.session.flush()


def _tell(stop: RouteStop, place: StopPlace, number: int) -> None:
    stop.number, stop.name, stop.measure_m = number, place.name, place.measure_m
    stop.lon, stop.lat, stop.square_wkb = place.lon, place.lat, place.square_wkb


def _take_off(stop: RouteStop, now: datetime, is_walked: bool) -> None:
    if is_walked:
        stop.removed_at = now
    else:
        db.session.delete(stop)


def _apart_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    (x, y), (u, v) = lonlat_to_rd(np.array([one, other])).tolist()
    return float(np.hypot(x - u, y - v))
