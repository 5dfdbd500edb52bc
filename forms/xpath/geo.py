"""Functions on places (ODK XForms spec: geographic functions): on a sphere, as the phone computes them."""

import math
from itertools import pairwise

from forms.xpath.context import Context
from forms.xpath.registry import each_text, function
from forms.xpath.values import NotEvaluated, Value, to_string

EARTH_RADIUS_M = 6_378_100
Lonlat = tuple[float, float]


def parse_points(text: str) -> list[Lonlat]:
    """The points of a geotrace, a geoshape or one geopoint. Raises ValueError for what is none."""
    return [_parse_point(point) for point in text.strip().rstrip("; ").split(";")]


def _parse_point(text: str) -> Lonlat:
    numbers = [float(part) for part in text.split()]
    if not 2 <= len(numbers) <= 4 or not all(map(math.isfinite, numbers)):
        raise ValueError(text)
    lat, lon = numbers[:2]
    if abs(lat) > 90 or abs(lon) > 180:
        raise ValueError(text)
    return lon, lat


def _points(values: tuple[Value, ...]) -> list[Lonlat]:
    """The points in one trace or shape, or in a node-set of points."""
    texts = [text for text in each_text(values, to_string) if text]
    try:
        return [point for text in texts for point in parse_points(text)]
    except ValueError as error:
        raise NotEvaluated(f"{error} is not a place") from error


@function("distance", 1, None)
def distance(_context: Context, *values: Value) -> Value:
    """Metres along the points, to the centimetre."""
    return round(sum(_distance_m(one, other) for one, other in pairwise(_points(values))), 2)


def _distance_m(one: Lonlat, other: Lonlat) -> float:
    lon1, lat1, lon2, lat2 = map(math.radians, (*one, *other))
    cosine = math.sin(lat1) * math.sin(lat2) + math.cos(lat1) * math.cos(lat2) * math.cos(lon1 - lon2)
    return math.acos(max(-1.0, min(1.0, cosine))) * EARTH_RADIUS_M


@function("area", 1)
@function("enclose-area", 1)
def area(_context: Context, *values: Value) -> Value:
    """Square metres inside the points, to the square decimetre; a shape that is open is closed first."""
    points = _points(values)
    if len(points) < 3:
        return 0.0
    ring = points if points[0] == points[-1] else [*points, points[0]]
    parts = (
        math.radians(lon2 - lon1) * (2 + math.sin(math.radians(lat1)) + math.sin(math.radians(lat2)))
        for (lon1, lat1), (lon2, lat2) in pairwise(ring)
    )
    return round(abs(sum(parts)) * EARTH_RADIUS_M**2 / 2, 2)
