"""What an outing saw of its route: stops seen and passed, metres walked, gaps, and each score beside the one before."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

import numpy as np
import shapely

from maps.linear import Coverage, Fix, Line, coverage_of
from maps.models import Route, RouteStop
from maps.projection import lonlat_to_rd
from maps.route_queries import all_stops_of, line_at
from server.schouw.compare import Comparison, Scored, compare
from server.schouw.outings import Outing, day_span
from sync.models import Observation
from sync.queries import attachments_of, missing_of
from sync.walk_queries import observations_on, scores_before, tracks_of
from sync.walks import fixes_of

PASSED_M = 25.0
SEEN, PASSED, NOT_SEEN = "gezien", "langsgelopen", "niet_gezien"


@dataclass(frozen=True, slots=True)
class Found:
    """An observation of the outing, with the hashes of its photos that have arrived."""

    observation: Observation
    photos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopReport:
    """A stop in an outing: seen (marked, or something was recorded there), only passed, or neither."""

    stop: RouteStop
    state: str
    comparisons: list[Comparison]
    found: list[Found]

    @property
    def photos(self) -> list[str]:
        """The hashes of all photos that were taken here."""
        return [sha256 for one in self.found for sha256 in one.photos]


@dataclass(frozen=True, slots=True)
class OutingReport:
    """All there is to tell of an outing. `coverage` is None for a route without a line."""

    route: Route
    outing: Outing
    line_wkb: bytes | None
    coverage: Coverage | None
    stops: list[StopReport]
    on_the_way: list[Found]

    @property
    def seen(self) -> int:
        return sum(one.state == SEEN for one in self.stops)

    @property
    def passed(self) -> int:
        return sum(one.state == PASSED for one in self.stops)


def coverage_of_outing(route: Route, outing: Outing) -> Coverage | None:
    """What the outing walked of the line that the route had then."""
    line_wkb = line_at(route, outing.begun_at)
    return _coverage(line_wkb, _tracks(outing)) if line_wkb else None


def report_on(route: Route, outing: Outing) -> OutingReport:
    line_wkb, tracks = line_at(route, outing.begun_at), _tracks(outing)
    coverage = _coverage(line_wkb, tracks) if line_wkb else None
    every_stop = all_stops_of(route.id)
    found = _found(outing, [stop.id for stop in every_stop])
    marked = {UUID(stop_id) for walk in outing.walks for stop_id in walk.seen}
    there = {one.observation.stop_id for one in found} | marked
    then = {stop.id for stop in _stops_at(every_stop, outing.begun_at)}
    stops = [stop for stop in every_stop if stop.id in there or stop.id in then]
    near = stops_passed(stops, tracks, coverage, line_wkb)
    before = _scored_by_stop(scores_before([stop.id for stop in stops], outing.begun_at))
    own_ids = {stop.id for stop in stops}
    return OutingReport(
        route,
        outing,
        line_wkb,
        coverage,
        [_stop_report(stop, there, near, found, before.get(stop.id, [])) for stop in stops],
        [one for one in found if one.observation.stop_id not in own_ids],
    )


def stops_passed(
    stops: Sequence[RouteStop], tracks: Sequence[Sequence[Fix]], coverage: Coverage | None, line_wkb: bytes | None
) -> set[UUID]:
    """The stops that a track came near to, or that lie at a stretch of the line that was walked."""
    fixes = [(fix.x, fix.y) for track in tracks for fix in track if fix.within_m <= PASSED_M]
    if not stops:
        return set()
    points = lonlat_to_rd(np.array([[stop.lon, stop.lat] for stop in stops]))
    near = np.zeros(len(stops), dtype=bool)
    if fixes:
        near |= shapely.distance(shapely.MultiPoint(fixes), shapely.points(points)) <= PASSED_M
    if coverage is not None and line_wkb is not None:
        line = _line(line_wkb)
        places = [line.nearest(x, y) for x, y in points.tolist()]
        near |= [one.distance_m <= PASSED_M and coverage.holds(one.measure_m) for one in places]
    return {stop.id for stop, is_near in zip(stops, near, strict=True) if is_near}


def _stops_at(stops: Sequence[RouteStop], moment: datetime) -> list[RouteStop]:
    """The stops that the route had at this moment; its first ones when it was earlier by the clock of a phone."""
    at = max(moment, min((stop.added_at for stop in stops), default=moment))
    return [stop for stop in stops if stop.added_at <= at and (stop.removed_at is None or stop.removed_at > at)]


def _stop_report(
    stop: RouteStop, there: Collection[UUID | None], near: Collection[UUID], found: list[Found], before: list[Scored]
) -> StopReport:
    own = [one for one in found if one.observation.stop_id == stop.id]
    state = SEEN if stop.id in there else PASSED if stop.id in near else NOT_SEEN
    return StopReport(stop, state, compare(_scored([one.observation for one in own]), before), own)


def _scored(observations: Sequence[Observation]) -> list[Scored]:
    return [
        Scored(one.schouw_item, one.schouw_score, one.corrected_at, one.id)
        for one in observations
        if one.schouw_item and one.schouw_score
    ]


def _scored_by_stop(observations: Sequence[Observation]) -> dict[UUID | None, list[Scored]]:
    found: dict[UUID | None, list[Scored]] = {}
    for one in observations:
        found.setdefault(one.stop_id, []).extend(_scored([one]))
    return found


def _found(outing: Outing, stop_ids: Collection[UUID]) -> list[Found]:
    observations = observations_on([walk.id for walk in outing.walks], stop_ids, *day_span(outing.day))
    attachments = attachments_of([one.id for one in observations])
    missing = set(missing_of([one.sha256 for ones in attachments.values() for one in ones]))
    return [
        Found(one, tuple(file.sha256 for file in attachments.get(one.id, []) if file.sha256 not in missing))
        for one in observations
    ]


def _tracks(outing: Outing) -> tuple[tuple[Fix, ...], ...]:
    found = tracks_of([walk.id for walk in outing.walks])
    return tuple(tuple(fixes_of(found[walk.id])) for walk in outing.walks)


@lru_cache(maxsize=64)
def _coverage(line_wkb: bytes, tracks: tuple[tuple[Fix, ...], ...]) -> Coverage:
    return coverage_of(_line(line_wkb), tracks)


@lru_cache(maxsize=64)
def _line(line_wkb: bytes) -> Line:
    return Line.of(shapely.from_wkb(line_wkb))
