"""A walk of a route as a phone tells it, and where along the route its observations were made.

Each telling is the whole walk as far as it was then. A walk and its observations may come in any order, so both bind:
the observation looks for its walk, the walk for its observations. An observation is never refused for a walk or a stop
that is not known: it keeps what the phone said, and has no place along the route until the walk arrives.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import shapely

from core.db import db
from core.problems import INPUT_INVALID, Fault, Problem
from maps.linear import Fix, Line, follow
from maps.projection import lonlat_to_rd
from maps.queries import find_route
from maps.route_queries import find_stop, line_at
from sync.models import DUPLICATE, Mutation, Observation, Walk
from sync.mutations import Pushed
from sync.queries import find_walk
from sync.walk_queries import observations_of_walk, walk_by_id

FAR_M = 100.0
"""What was recorded farther than this from the line has no place along it."""
DOUBT_M = 10.0


def put_walk(mutation: Mutation, pushed: Pushed, corrected: Callable[[datetime], datetime]) -> None:
    """Makes the walk what this mutation tells, unless what stands tells more of it already. Raises INPUT_INVALID."""
    put = pushed.fields
    if find_route(put["route_id"]) is None:
        raise Problem(INPUT_INVALID, faults=[Fault("/routeId", "De server kent deze route niet.")])
    ended_at = corrected(put["ended_at"]) if put["ended_at"] else None
    walk = find_walk(put["walk_id"])
    if walk is None:
        walk = Walk(id=put["walk_id"], device_id=mutation.device_id, route_id=put["route_id"])
        db.session.add(walk)
    elif walk.device_id != mutation.device_id or walk.route_id != put["route_id"]:
        raise Problem(INPUT_INVALID, faults=[Fault("/walkId", "Dit is de ronde van een ander.")])
    elif _fullness(walk.ended_at, walk.track, walk.seen) > _fullness(ended_at, put["track"], put["seen"]):
        mutation.status = DUPLICATE
        return
    walk.mutation_id, walk.planned_on = mutation.id, put["planned_on"]
    walk.started_at, walk.ended_at = corrected(put["started_at"]), ended_at
    walk.track, walk.seen = put["track"], [str(stop_id) for stop_id in put["seen"]]
    db.session.flush()
    bind(observations_of_walk(walk.id))


def _fullness(ended_at: datetime | None, track: Sequence[Any], seen: Sequence[Any]) -> tuple[bool, int, int]:
    return ended_at is not None, len(track), len(seen)


def bind(observations: Sequence[Observation]) -> None:
    """Gives each observation that names a stop or a walk its place along the route; none when that is not known."""
    walkers: dict[object, _Walker | None] = {}
    for observation in observations:
        walk = walk_by_id(observation.walk_id) if observation.walk_id else None
        stop = find_stop(observation.stop_id) if observation.stop_id else None
        if stop is not None and (walk is None or walk.route_id == stop.route_id):
            observation.measure_m = stop.measure_m
        elif walk is None:
            observation.measure_m = None
        else:
            if walk.id not in walkers:
                walkers[walk.id] = _walker_of(walk)
            observation.measure_m = _measure(observation, walkers[walk.id])


def fixes_of(track: Sequence[Sequence[Any]]) -> list[Fix]:
    """A track as it is kept, in RD and in order of moment."""
    if not track:
        return []
    xy = lonlat_to_rd(np.array([[float(point[0]), float(point[1])] for point in track])).tolist()
    fixes = [
        Fix(x, y, None if point[2] is None else float(point[2]), datetime.fromisoformat(point[3]).timestamp())
        for (x, y), point in zip(xy, track, strict=True)
    ]
    return sorted(fixes, key=lambda fix: fix.at_s)


class _Walker:
    """Somebody on a line, of whom the track tells where they were when."""

    def __init__(self, line: Line, track: Sequence[Sequence[Any]]) -> None:
        self.line, self._track = line, track
        self._moments: list[float] | None = None
        self._measures: list[float] = []

    def measure_at(self, at_s: float) -> float | None:
        """How far along the line the walker was at this moment; None before the track begins."""
        if self._moments is None:
            fixes = fixes_of(self._track)
            self._moments, self._measures = [fix.at_s for fix in fixes], follow(self.line, fixes)
        last = bisect_right(self._moments, at_s) - 1
        return self._measures[last] if last >= 0 else None


def _walker_of(walk: Walk) -> _Walker | None:
    route = find_route(walk.route_id)
    line_wkb = line_at(route, walk.started_at) if route else None
    return _Walker(Line.of(shapely.from_wkb(line_wkb)), walk.track) if line_wkb else None


def _measure(observation: Observation, walker: _Walker | None) -> float | None:
    """Where along the line the observation was made; where the line comes by twice, where the walker was then."""
    if walker is None or observation.lon is None or observation.lat is None:
        return None
    ((x, y),) = lonlat_to_rd(np.array([[observation.lon, observation.lat]])).tolist()
    places = walker.line.places(x, y, DOUBT_M, FAR_M)
    if len(places) < 2:
        return places[0].measure_m if places else None
    return walker.line.measure_of(x, y, walker.measure_at(observation.captured_at.timestamp()), DOUBT_M)
