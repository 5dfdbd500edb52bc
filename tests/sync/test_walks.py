"""Walks: told whole each time, in any order and again; what was observed on them gets its place along the route."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from shapely.geometry import LineString
from sqlalchemy import select

from core.db import db
from forms.fill import fill_instance
from maps.kinds import LINE
from maps.linear import Line
from maps.models import Route, RouteStop
from maps.routes import GivenStop, RouteFields, places_along, save_fields, save_line, save_stops
from sync.client import SyncClient
from sync.client.mutations import TrackPoint
from sync.models import Observation, Walk
from tests.support import NOON, Rows, Village

SCHOUW = "wijkschouw"
EAST = LineString([(6.64, 52.65), (6.65, 52.65)])
LENGTH_M = Line.of(EAST).length_m


@dataclass(frozen=True, slots=True)
class Street:
    """A route of one straight street with stops at 0, 300 and 600 m."""

    id: str
    stops: tuple[str, str, str]


@pytest.fixture
def street(village: Village) -> Street:
    return make_route(village, EAST, [0, 300, 600])


def make_route(village: Village, line: LineString, measures: list[float]) -> Street:
    with village.app.app_context():
        route = Route(area_id=village.area_id, kind=LINE)
        save_fields(route, RouteFields("Rondje", "Team Noord", SCHOUW, None, None, None))
        save_line(route, line, is_walked=False)
        given = [GivenStop(None, f"Punt {number}", measure) for number, measure in enumerate(measures)]
        save_stops(route, places_along(line, given, []), is_walked=False)
        stops = db.session.scalars(select(RouteStop).where(RouteStop.route_id == route.id).order_by(RouteStop.number))
        ids = [str(stop.id) for stop in stops]
        db.session.commit()
        return Street(str(route.id), (ids[0], ids[1], ids[2]))


def track_of(until_m: float, line: LineString = EAST, begin: datetime = NOON) -> list[TrackPoint]:
    """A position every 10 m, walked in 8 seconds."""
    step = 10 / Line.of(line).length_m
    points = [line.interpolate(number * step, normalized=True) for number in range(int(until_m // 10) + 1)]
    return [(point.x, point.y, 5.0, begin + timedelta(seconds=8 * number)) for number, point in enumerate(points)]


def answers(phone: SyncClient, score: str = "C", item: str = "groen", place: str = "") -> str:
    values = {"/data/gezien/onderdeel": item, "/data/gezien/score": score, "/data/gezien/plek": place}
    return fill_instance(phone.entities["form"][SCHOUW]["xform"], values, {}, uuid4())


def see(phone: SyncClient, measure_m: float, line: LineString = EAST, **more: str | datetime) -> UUID:
    """Queues an observation at this place along the line."""
    point = line.interpolate(measure_m / Line.of(line).length_m, normalized=True)
    at = more.pop("at", NOON)
    assert isinstance(at, datetime)
    place = f"{point.y} {point.x} 0 5"
    position = {"lon": point.x, "lat": point.y, "accuracyM": 5.0}
    return phone.put_observation(SCHOUW, answers(phone, place=place), at, position=position, **more)  # type: ignore[arg-type]


def the_walk(rows: Rows) -> Walk:
    ((walk,),) = rows(select(Walk))
    found: Walk = walk
    return found


def measures(rows: Rows) -> dict[UUID, float | None]:
    return {row.id: row.measure_m and round(row.measure_m) for (row,) in rows(select(Observation))}


def test_route_reaches_the_phone_with_its_line_and_stops(village: Village, street: Street) -> None:
    route = village.phone().entities["route"][street.id]

    assert route["name"] == "Rondje"
    assert route["line"]["coordinates"] == [[6.64, 52.65], [6.65, 52.65]]
    assert [(stop["id"], round(stop["measureM"])) for stop in route["stops"]] == [
        (street.stops[0], 0), (street.stops[1], 300), (street.stops[2], 600)
    ]  # fmt: skip


def test_walk_told_again_stands_once(village: Village, street: Street, rows: Rows) -> None:
    phone, walk_id = village.phone(), str(uuid4())
    phone.put_walk(walk_id, street.id, NOON, track=track_of(100), seen=street.stops[:1], planned_on=date(2026, 11, 22))
    (mutation,) = phone.queue.values()

    first = phone.push([mutation])
    again = phone.push([mutation])

    assert [row["status"] for row in (*first, *again)] == ["applied", "duplicate"]
    walk = the_walk(rows)
    assert (walk.planned_on, walk.ended_at, walk.seen) == (date(2026, 11, 22), None, [street.stops[0]])
    assert len(walk.track) == 11


def test_fuller_telling_stands_whatever_the_order(village: Village, street: Street, rows: Rows) -> None:
    phone, walk_id = village.phone(), str(uuid4())
    end = NOON + timedelta(minutes=20)
    phone.put_walk(walk_id, street.id, NOON, track=track_of(100))
    phone.put_walk(walk_id, street.id, NOON, track=track_of(300), seen=street.stops[:1])
    phone.put_walk(walk_id, street.id, NOON, track=track_of(300), seen=street.stops[:2])
    phone.put_walk(walk_id, street.id, NOON, track=track_of(300), seen=street.stops[:2], ended_at=end)

    receipts = [phone.push([one])[0]["status"] for one in reversed(list(phone.queue.values()))]

    assert receipts == ["applied", "duplicate", "duplicate", "duplicate"]
    walk = the_walk(rows)
    assert (walk.ended_at, walk.seen, len(walk.track)) == (end, list(street.stops[:2]), 31)


def test_walk_of_another_phone_is_refused_and_stays_as_it_was(village: Village, street: Street, rows: Rows) -> None:
    one, other, walk_id = village.phone(), village.phone(), str(uuid4())
    one.put_walk(walk_id, street.id, NOON, track=track_of(50))
    one.deliver()
    other.put_walk(walk_id, street.id, NOON, track=track_of(600))

    other.deliver()

    (refused,) = other.refused.values()
    assert refused["problem"]["errors"] == [{"pointer": "/walkId", "detail": "Dit is de ronde van een ander."}]
    assert len(the_walk(rows).track) == 6


def test_walk_of_a_route_that_is_not_there_is_refused_in_words(village: Village, rows: Rows) -> None:
    phone = village.phone()
    phone.put_walk(str(uuid4()), str(uuid4()), NOON)

    phone.deliver()

    (refused,) = phone.refused.values()
    assert refused["problem"]["errors"][0]["pointer"] == "/routeId"
    assert rows(select(Walk)) == []


@pytest.mark.parametrize("walk_comes_first", [True, False])
def test_observation_has_its_place_along_the_route_whichever_comes_first(
    village: Village, street: Street, rows: Rows, walk_comes_first: bool
) -> None:
    phone, walk_id = village.phone(), str(uuid4())

    def tell_walk() -> None:
        phone.put_walk(walk_id, street.id, NOON, track=track_of(600))
        phone.deliver()

    if walk_comes_first:
        tell_walk()
    see(phone, 301, walk_id=walk_id, stop_id=street.stops[1])
    see(phone, 450, walk_id=walk_id)
    phone.deliver()
    if not walk_comes_first:
        tell_walk()

    assert sorted(measures(rows).values(), key=str) == [300, 450]


def test_whole_walk_in_one_batch_binds(village: Village, street: Street, rows: Rows) -> None:
    phone, walk_id = village.phone(), str(uuid4())
    see(phone, 200, walk_id=walk_id)
    phone.put_walk(walk_id, street.id, NOON, track=track_of(600))
    see(phone, 210, walk_id=walk_id)

    receipts = phone.push(list(phone.queue.values()))

    assert [row["status"] for row in receipts] == ["applied"] * 3
    assert sorted(measures(rows).values(), key=str) == [200, 210]


def test_unknown_stop_or_walk_never_refuses_an_observation(village: Village, street: Street, rows: Rows) -> None:
    phone = village.phone()
    lost = see(phone, 100, walk_id=str(uuid4()), stop_id=str(uuid4()))
    near = see(phone, 100)

    phone.deliver()

    assert phone.refused == {}
    assert measures(rows) == {lost: None, near: None}
    ((kept,),) = rows(select(Observation).where(Observation.id == lost))
    assert kept.status == "applied"
    assert kept.walk_id is not None
    assert kept.stop_id is not None


def test_stop_of_another_route_gives_way_to_the_position_on_the_walk(
    village: Village, street: Street, rows: Rows
) -> None:
    other = make_route(village, LineString([(6.66, 52.66), (6.68, 52.66)]), [0, 400, 800])
    phone, walk_id = village.phone(), str(uuid4())
    phone.put_walk(walk_id, street.id, NOON, track=track_of(600))
    seen = see(phone, 120, walk_id=walk_id, stop_id=other.stops[1])

    phone.deliver()

    assert measures(rows) == {seen: 120}


def test_observation_far_from_the_line_has_no_place_along_it(village: Village, street: Street, rows: Rows) -> None:
    phone, walk_id = village.phone(), str(uuid4())
    phone.put_walk(walk_id, street.id, NOON, track=track_of(600))
    away = LineString([(6.64, 52.66), (6.65, 52.66)])
    seen = see(phone, 100, away, walk_id=walk_id)

    phone.deliver()

    assert measures(rows) == {seen: None}


def test_on_the_way_back_an_observation_lies_where_the_walker_was(village: Village, rows: Rows) -> None:
    line = LineString([(6.64, 52.65), (6.65, 52.65), (6.64, 52.65)])
    route = make_route(village, line, [0, 100, 200])
    phone, walk_id = village.phone(), str(uuid4())
    late = NOON + timedelta(seconds=8 * 120)
    phone.put_walk(walk_id, route.id, NOON, track=track_of(2 * LENGTH_M, line))
    there = see(phone, 155, line, walk_id=walk_id, at=NOON + timedelta(seconds=8 * 15))
    back = see(phone, 155, line, walk_id=walk_id, at=late)

    phone.deliver()

    assert measures(rows) == {there: 155, back: pytest.approx(2 * LENGTH_M - 155, abs=1)}


def test_observation_that_is_changed_to_another_place_moves_along_the_route(
    village: Village, street: Street, rows: Rows
) -> None:
    phone, walk_id = village.phone(), str(uuid4())
    phone.put_walk(walk_id, street.id, NOON, track=track_of(600))
    point = EAST.interpolate(0.5, normalized=True)
    seen = phone.put_observation(SCHOUW, answers(phone, place=f"{point.y} {point.x} 0 5"), NOON, walk_id=walk_id)
    phone.deliver()
    before = measures(rows)

    phone.edit_observation(seen, answers(phone, place="52.65 6.641 0 5"))
    phone.deliver()

    assert before == {seen: round(LENGTH_M / 2)}
    assert measures(rows) == {seen: round(LENGTH_M / 10)}


def test_each_phone_of_a_team_has_its_own_walk(village: Village, street: Street, rows: Rows) -> None:
    for until_m in (300, 600):
        phone = village.phone()
        phone.put_walk(str(uuid4()), street.id, NOON, track=track_of(until_m))
        phone.deliver()

    assert sorted(len(walk.track) for (walk,) in rows(select(Walk))) == [31, 61]


def test_track_with_odd_but_readable_points_does_no_harm(village: Village, street: Street, rows: Rows) -> None:
    phone, walk_id = village.phone(), str(uuid4())
    phone.put_walk(walk_id, street.id, NOON, track=[(6.64, 52.65, None, NOON), (6.64, 52.65, 0.0, NOON)])
    (key,) = phone.queue
    odd = {**phone.queue[key], "track": [["6.64", "52.65", "5", "2026-11-22T12:00:00Z"], [181, 0, 1, "x"]]}
    receipt = phone.push([{**odd, "id": str(uuid4())}])[0]
    assert receipt["status"] == "rejected"
    assert {fault["pointer"] for fault in receipt["problem"]["errors"]} >= {"/track/1"} or receipt["problem"]["errors"]
    odd["track"] = odd["track"][:1]
    odd["seen"] = [str(uuid4())]
    see(phone, 100, walk_id=walk_id)

    receipts = phone.push([odd, *[one for one in phone.queue.values() if one["id"] != key]])

    assert [row["status"] for row in receipts] == ["applied", "applied"]
    assert list(measures(rows).values()) == [100]
