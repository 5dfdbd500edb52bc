"""Routes and outings as GeoJSON for the map; the page beside it says the same in words."""

from collections.abc import Iterable, Sequence
from typing import Any

import shapely
from shapely.geometry import mapping

from forms.roles import SCORES
from maps.linear import Line, Stretch
from maps.models import Route, RouteStop
from maps.projection import rd_to_lonlat
from maps.routes import StopPlace
from server.schouw.report import OutingReport, StopReport

GRID_DEGREES = 1e-6
SAME_PLACE_DIGITS = 4  # of a degree: about ten metres
Feature = dict[str, Any]
LINE, WALKED, GAP, SQUARE, STOP, OBSERVATION = "lijn", "gelopen", "gat", "vak", "stop", "observatie"


def route_features(route: Route, stops: Sequence[RouteStop]) -> Feature:
    """The line and the stops, without a walk."""
    line = [_feature(LINE, _geometry(route.line_wkb))] if route.line_wkb else []
    return _collection([*line, *_squares(stops), *(_stop(stop, "") for stop in stops)])


def place_features(places: Sequence[StopPlace]) -> Feature:
    """Squares that are not saved yet, numbered in this order."""
    points = [
        _feature(STOP, {"type": "Point", "coordinates": [place.lon, place.lat]}, number=number, state="")
        for number, place in enumerate(places, start=1)
    ]
    return _collection([*_squares(places), *points])


def outing_features(report: OutingReport) -> Feature:
    """The line with what was walked of it and what was not, the stops, and what was seen on the way."""
    features = []
    if report.line_wkb is not None and report.coverage is not None:
        line = Line.of(shapely.from_wkb(report.line_wkb))
        features += [_stretch(WALKED, line, stretch) for stretch in report.coverage.walked]
        features += [_stretch(GAP, line, stretch) for stretch in report.coverage.gaps]
    stops = [one.stop for one in report.stops]
    return _collection([*features, *_squares(stops), *_seen(report), *map(_stop_of, report.stops)])


def _seen(report: OutingReport) -> list[Feature]:
    """A mark with the worst score at each place where something was scored."""
    worst: dict[tuple[float, float], str] = {}
    for one in [*(one for stop in report.stops for one in stop.found), *report.on_the_way]:
        lon, lat, score = one.observation.lon, one.observation.lat, one.observation.schouw_score
        if lon is not None and lat is not None and score is not None:
            place = round(lon, SAME_PLACE_DIGITS), round(lat, SAME_PLACE_DIGITS)
            worst[place] = max(score, worst.get(place, score), key=SCORES.index)
    return [
        _feature(OBSERVATION, {"type": "Point", "coordinates": list(place)}, score=score)
        for place, score in worst.items()
    ]


def _stop_of(one: StopReport) -> Feature:
    return _stop(one.stop, one.state)


def _stop(stop: RouteStop, state: str) -> Feature:
    point = {"type": "Point", "coordinates": [stop.lon, stop.lat]}
    return _feature(STOP, point, id=str(stop.id), number=stop.number, name=stop.name, state=state)


def _squares(stops: Iterable[RouteStop | StopPlace]) -> list[Feature]:
    return [_feature(SQUARE, _geometry(stop.square_wkb)) for stop in stops if stop.square_wkb]


def _stretch(kind: str, line: Line, stretch: Stretch) -> Feature:
    points = rd_to_lonlat(line.part(stretch)).round(6).tolist()
    return _feature(kind, {"type": "LineString", "coordinates": points})


def _geometry(wkb: bytes) -> dict[str, Any]:
    found: dict[str, Any] = mapping(shapely.set_precision(shapely.from_wkb(wkb), GRID_DEGREES, mode="pointwise"))
    return found


def _feature(kind: str, geometry: dict[str, Any], **properties: object) -> Feature:
    return {"type": "Feature", "properties": {"kind": kind, **properties}, "geometry": geometry}


def _collection(features: list[Feature]) -> Feature:
    return {"type": "FeatureCollection", "features": features}
