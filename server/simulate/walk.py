"""A team that walks a route with the reference client, over real HTTP: a track with noise, and scores at the stops."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import httpx
import numpy as np
from shapely.geometry import shape

from core.clock import new_id
from forms.fill import fill_instance
from maps.linear import Line
from maps.projection import lonlat_to_rd, rd_to_lonlat
from sync.client import SyncClient
from sync.client.mutations import TrackPoint

FORM = "wijkschouw"
ITEMS = ("groen", "verharding", "zwerfafval")
SCORES = ("A+", "A", "B", "B", "C", "D")
SPEED_M_S = 1.2
EVERY_M = 6.0
NOISE_M = 4.0
ACCURACY_M = 6.0
AT_STOP = timedelta(seconds=90)
TELL_EVERY = 3


@dataclass(frozen=True, slots=True)
class WalkPlan:
    """How a walk is to be: which of the stops are left out at the end, when it begins, and a seed."""

    route_id: str
    begin: datetime
    skip_stops: int
    planned_on: date | None
    seed: int


@dataclass(frozen=True, slots=True)
class Played:
    """What was played."""

    points: int
    stops: int
    observations: int


def play_walk(url: str, code: str, plan: WalkPlan) -> Played:
    """Walks the route as a phone with this code gets it. Raises KeyError when it does not get that route."""
    with httpx.Client(base_url=url, timeout=60) as http:
        phone = SyncClient.new(http)
        phone.enrol(code)
        phone.pull()
        played = _walk(phone, phone.entities["route"][plan.route_id], plan)
        while phone.queue:
            phone.deliver()
    return played


def _walk(phone: SyncClient, route: dict[str, Any], plan: WalkPlan) -> Played:
    random, walk_id, now = Random(plan.seed), str(new_id()), plan.begin
    stops = route["stops"][: len(route["stops"]) - plan.skip_stops]
    line, track, seen, observations = _line_of(route), list[TrackPoint](), list[str](), 0
    here_m = 0.0
    for number, stop in enumerate(stops, start=1):
        there_m = line.nearest(*_rd(stop)).measure_m if stop["measureM"] is None else stop["measureM"]
        points, now = _steps(line, here_m, there_m, now, random)
        track, here_m = [*track, *points], there_m
        observations += _look(phone, walk_id, stop, now, random)
        seen, now = [*seen, stop["id"]], now + AT_STOP
        if number % TELL_EVERY == 0:
            _tell(phone, plan, walk_id, track, seen, None)
    if not plan.skip_stops:
        points, now = _steps(line, here_m, line.length_m, now, random)
        track = [*track, *points]
    _tell(phone, plan, walk_id, track, seen, now)
    return Played(len(track), len(stops), observations)


def _tell(
    phone: SyncClient, plan: WalkPlan, walk_id: str, track: list[TrackPoint], seen: list[str], ended_at: datetime | None
) -> None:
    told = {"ended_at": ended_at, "planned_on": plan.planned_on}
    phone.put_walk(walk_id, plan.route_id, plan.begin, track=track, seen=seen, **told)  # type: ignore[arg-type]


def _look(phone: SyncClient, walk_id: str, stop: dict[str, Any], now: datetime, random: Random) -> int:
    """Scores one or two things at the stop; returns how many."""
    items = random.sample(ITEMS, random.randint(1, 2))
    xform = phone.entities["form"][FORM]["xform"]
    for item in items:
        place = f"{stop['lat']} {stop['lon']} 0 {ACCURACY_M:g}"
        values = {"onderdeel": item, "score": random.choice(SCORES), "plek": place, "gedaan": "nee"}
        answers = {f"/data/gezien/{name}": value for name, value in values.items()}
        xml = fill_instance(xform, answers, {}, new_id())
        where = {"lon": stop["lon"], "lat": stop["lat"], "accuracyM": ACCURACY_M}
        phone.put_observation(FORM, xml, now, position=where, walk_id=walk_id, stop_id=stop["id"])
    return len(items)


def _steps(
    line: Line, first_m: float, last_m: float, begin: datetime, random: Random
) -> tuple[list[TrackPoint], datetime]:
    """(a position every few metres from one measure to another, when the walker is there)."""
    count = max(int(abs(last_m - first_m) / EVERY_M), 1)
    measures = np.linspace(first_m, last_m, count + 1)
    found, now = list[TrackPoint](), begin
    for measure in measures:
        x, y = line.point_at(float(measure))
        ((lon, lat),) = rd_to_lonlat(np.array([[x + random.gauss(0, NOISE_M), y + random.gauss(0, NOISE_M)]])).tolist()
        found.append((round(lon, 6), round(lat, 6), ACCURACY_M, now))
        now += timedelta(seconds=EVERY_M / SPEED_M_S)
    return found, now


def _line_of(route: dict[str, Any]) -> Line:
    """The line of the route, or from stop to stop when it has none."""
    if route["line"]:
        return Line.of(shape(route["line"]))
    return Line(np.array([_rd(stop) for stop in route["stops"]]))


def _rd(stop: dict[str, Any]) -> tuple[float, float]:
    ((x, y),) = lonlat_to_rd(np.array([[stop["lon"], stop["lat"]]])).tolist()
    return x, y
