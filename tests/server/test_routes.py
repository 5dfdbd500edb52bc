"""Routes on the desk: drawn with stops or drawn by lot, with a rhythm, a calendar, and what each walk covered."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from shapely.geometry import LineString
from sqlalchemy import select, update

from core.db import db
from maps.linear import Line
from maps.models import Route, RouteStop
from server.people.models import AuditEntry
from server.schouw.compare import BETTER, FIRST, NOT_AGAIN, SAME, WORSE, Scored, compare
from sync.models import Walk
from tests.server.test_pages import NL, text_of
from tests.support import NOON, LogIn, Rows, Village, csrf, make_photo
from tests.sync.test_walks import EAST, SCHOUW, answers, track_of

LENGTH_M = Line.of(EAST).length_m
EAST_TEXT = json.dumps({"type": "LineString", "coordinates": [[6.64, 52.65], [6.65, 52.65]]})
FIELDS = {
    "naam": "Rondje Oost",
    "team": "Team Noord",
    "formulier": SCHOUW,
    "ritme": "week-2",
    "dag": "1",
    "vanaf": "2026-11-22",
    "tijd": "09:30",
    "lijn": EAST_TEXT,
    "stop-id": ["", "", ""],
    "stop-meter": ["0", "300", "600,6"],
    "stop-naam": ["Begin", "", "Brug"],
}


class Desk:
    """A person who makes routes."""

    def __init__(self, browser: FlaskClient, area_id: UUID) -> None:
        self.browser, self.area_id = browser, area_id

    def post(self, path: str, **fields: Any) -> Any:
        token = csrf(self.browser.get("/routes/nieuw", headers=NL).text)
        return self.browser.post(path, data={"csrf_token": token, **fields}, headers=NL)

    def make(self, kind: str = "lijn", **changes: Any) -> Any:
        return self.post("/routes/nieuw", gebied=str(self.area_id), soort=kind, **{**FIELDS, **changes})

    def made(self, kind: str = "lijn", **changes: Any) -> str:
        """The path of a route that was made."""
        answer = self.make(kind, **changes)
        assert answer.status_code == 302, unescape(re.sub(r"<[^>]+>", " ", answer.text))
        path: str = answer.headers["Location"]
        return path


@pytest.fixture
def desk(village: Village, log_in: LogIn) -> Desk:
    return Desk(log_in(), village.area_id)


def stops_of(rows: Rows) -> list[RouteStop]:
    return [stop for (stop,) in rows(select(RouteStop).order_by(RouteStop.number, RouteStop.added_at))]


def the_route(rows: Rows) -> Route:
    ((route,),) = rows(select(Route))
    found: Route = route
    return found


def test_no_routes_says_how_to_begin(desk: Desk) -> None:
    page = text_of(desk.browser, "/routes")

    assert "Er zijn nog geen routes. Teken een lijn met stops" in page


def test_route_that_was_drawn_has_its_stops_rhythm_and_log(desk: Desk, rows: Rows) -> None:
    path = desk.made()

    page = text_of(desk.browser, path)
    route = the_route(rows)
    assert [(stop.number, stop.name, round(stop.measure_m or 0, 1)) for stop in stops_of(rows)] == [
        (1, "Begin", 0.0), (2, "", 300.0), (3, "Brug", 600.6)
    ]  # fmt: skip
    assert (route.rhythm, route.starts_on, route.starts_at) == (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", date(2026, 11, 24), "09:30"
    )  # fmt: skip
    assert "om de twee weken op dinsdag" in page
    assert "Brug op 601 m" in page
    assert "Nog niemand liep deze route." in page
    assert ("route.bewaren",) in rows(select(AuditEntry.action))
    listed = text_of(desk.browser, "/routes")
    assert "Rondje Oost Team Noord om de twee weken op dinsdag" in listed
    assert "nog niet" in listed


def test_route_that_was_made_or_ended_reaches_phones_at_their_next_pull(desk: Desk, village: Village) -> None:
    phone = village.phone()
    path = desk.made()
    phone.pull()
    (route,) = phone.entities["route"].values()
    assert route["name"] == "Rondje Oost"

    desk.post(f"{path}/stoppen")
    phone.pull()

    assert dict(phone.entities["route"]) == {}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"naam": " "}, "Geef de route een naam."),
        ({"lijn": ""}, "Teken de route op de kaart"),
        ({"lijn": "\0{"}, "Teken de route op de kaart"),
        ({"lijn": '{"type": "Point", "coordinates": [6.6, 52.6]}'}, "Teken de route op de kaart"),
        ({"lijn": '{"type": "LineString", "coordinates": [[6.6, 52.6]]}'}, "Teken de route op de kaart"),
        ({"lijn": '{"type": "LineString", "coordinates": [[6.6, 52.6], [6.6, null]]}'}, "Teken de route op de kaart"),
        ({"lijn": '{"type": "LineString", "coordinates": [[52.6, 6.6], [52.6, 6.7]]}'}, "Teken de route op de kaart"),
        ({"lijn": '{"type": "LineString", "coordinates": [[6.6, 52.6], [6.6, 52.6]]}'}, "0 meter lang"),
        ({"lijn": "[" * 100_000}, "Teken de route op de kaart"),
        ({"lijn": "[1, 2]"}, "Teken de route op de kaart"),
        ({"stop-meter": ["0", "300", "9000"]}, "Stop 3: vul in op hoeveel meter hij ligt, 0 tot en met 676."),
        ({"stop-meter": ["nan", "", ""]}, "Stop 1: vul in"),
        ({"stop-meter": ["", "", ""], "stop-naam": ["", "", ""]}, "Zet minstens één stop op de route."),
        ({"stop-meter": ["", "", ""]}, "Stop 1: vul in"),
        ({"formulier": "initiatiefenquete"}, "Kies een formulier dat gepubliceerd is."),
        ({"dag": "9"}, "Kies een dag van de week."),
        ({"ritme": "week-9"}, "Kies een ritme uit de lijst."),
        ({"vanaf": "morgen"}, "Schrijf de datum als"),
        ({"vanaf": "0001-01-01"}, "Kies een datum in deze eeuw."),
        ({"tijd": "9 uur"}, "Schrijf de tijd als 09:30."),
        ({"ritme": "anders", "regel": "FREQ=SECONDLY"}, "op zijn vaakst elke dag"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored_or_lost(
    desk: Desk, rows: Rows, changes: dict[str, Any], words: str
) -> None:
    answer = desk.make(**changes)

    assert answer.status_code == 400
    assert words in unescape(answer.text)
    assert 'value="Team Noord"' in answer.text
    assert rows(select(Route)) == []


def test_stops_are_divided_over_the_line_before_anything_is_stored(desk: Desk, rows: Rows) -> None:
    answer = desk.make(actie="verdeel", verdeel="200")

    assert answer.status_code == 200
    assert re.findall(r'name="stop-meter" value="([^"]+)"', answer.text) == ["0", "200", "400", "600"]
    assert rows(select(Route)) == []


def test_change_of_a_route_that_was_never_walked_leaves_no_old_stops(desk: Desk, rows: Rows) -> None:
    path = desk.made()
    first, _, last = [str(stop.id) for stop in stops_of(rows)]

    desk.post(
        f"{path}/wijzigen",
        **{**FIELDS, "stop-id": [last, first], "stop-meter": ["600,6", "10"], "stop-naam": ["Brug", "Verder"]},
    )

    assert [(str(stop.id), stop.number, stop.name) for stop in stops_of(rows)] == [
        (first, 1, "Verder"),
        (last, 2, "Brug"),
    ]


def test_change_of_a_route_that_was_walked_keeps_old_stops_and_the_old_line(
    desk: Desk, village: Village, rows: Rows
) -> None:
    path = desk.made()
    first, second, third = stops_of(rows)
    phone = village.phone()
    yesterday = NOON - timedelta(days=1)
    phone.put_walk(str(uuid4()), path.rsplit("/", 1)[1], yesterday, track=track_of(670, begin=yesterday))
    phone.deliver()
    before = text_of(desk.browser, f"{path}/schouw/2026-11-21")
    longer = json.dumps({"type": "LineString", "coordinates": [[6.64, 52.65], [6.65, 52.65], [6.65, 52.66]]})

    desk.post(
        f"{path}/wijzigen",
        **{
            **FIELDS,
            "lijn": longer,
            "stop-id": [str(first.id), str(second.id)],
            "stop-meter": ["0", "350"],
            "stop-naam": ["Begin", "Verder"],
        },
    )

    stops = {stop.id: stop for stop in stops_of(rows)}
    assert stops[first.id].removed_at is None
    assert stops[second.id].removed_at is not None
    assert stops[third.id].removed_at is not None
    assert len(stops) == 4
    after = text_of(desk.browser, f"{path}/schouw/2026-11-21")
    assert "van 677 meter" in before
    assert "van 677 meter" in after
    assert "0 van 3" in after.replace("  ", " ")


def test_line_that_bends_elsewhere_keeps_stops_that_it_still_passes(desk: Desk, rows: Rows) -> None:
    path = desk.made()
    ids = [str(stop.id) for stop in stops_of(rows)]
    longer = json.dumps({"type": "LineString", "coordinates": [[6.638, 52.65], [6.64, 52.65], [6.65, 52.65]]})

    desk.post(f"{path}/wijzigen", **{**FIELDS, "lijn": longer, "stop-id": ids})

    kept = stops_of(rows)
    assert [str(stop.id) for stop in kept] == ids
    assert [round(stop.measure_m or 0) for stop in kept] == [135, 435, 736]


SQUARE_FIELDS = {"aantal": "4", "zaad": "118"}


def test_squares_are_shown_before_they_are_kept_and_growing_keeps_them(desk: Desk, rows: Rows) -> None:
    preview = desk.make("vakken", actie="voorbeeld", **SQUARE_FIELDS)
    assert "Geloot: 4 vakken" in preview.text
    assert rows(select(Route)) == []

    path = desk.made("vakken", **SQUARE_FIELDS)
    first = {stop.id for stop in stops_of(rows)}
    desk.post(f"{path}/wijzigen", **{**FIELDS, **SQUARE_FIELDS, "aantal": "6"})

    stops = stops_of(rows)
    assert first < {stop.id for stop in stops}
    assert [stop.number for stop in stops] == [1, 2, 3, 4, 5, 6]
    assert all(stop.square_wkb for stop in stops)
    assert the_route(rows).seed == 118


@pytest.mark.parametrize(
    "changes", [{"aantal": "0"}, {"aantal": "x"}, {"zaad": "-1"}, {"aantal": "9" * 30}, {"naam": ""}]
)
def test_squares_with_wrong_numbers_are_refused(desk: Desk, rows: Rows, changes: dict[str, str]) -> None:
    answer = desk.make("vakken", **{**SQUARE_FIELDS, **changes})

    assert answer.status_code == 400
    assert rows(select(Route)) == []


def calendar_path(desk: Desk, path: str) -> str:
    found = re.search(r'value="http://[^/"]+(/kalender/[^"]+\.ics)"', desk.browser.get(path, headers=NL).text)
    assert found
    return found[1]


def test_calendar_without_log_in_tells_the_days_in_the_zone_of_the_netherlands(desk: Desk, village: Village) -> None:
    path = desk.made()

    answer = village.app.test_client().get(calendar_path(desk, path))

    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    calendar = Calendar.from_ical(answer.data)
    (event,) = calendar.walk("VEVENT")
    assert [one["TZID"] for one in calendar.walk("VTIMEZONE")] == ["Europe/Amsterdam"]
    assert b"DTSTART;TZID=Europe/Amsterdam:20261124T093000" in answer.data
    assert event.decoded("DTSTART").isoformat() == "2026-11-24T09:30:00+01:00"
    assert b"RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU" in answer.data
    assert (event["SUMMARY"], event["DESCRIPTION"]) == ("Schouw: Rondje Oost", "Team: Team Noord")
    assert event["UID"] == f"{path.rsplit('/', 1)[1]}@rondgang"


def test_calendar_that_did_not_change_is_not_sent_again(desk: Desk, village: Village) -> None:
    path = desk.made()
    address, browser = calendar_path(desk, path), village.app.test_client()
    first = browser.get(address)

    for headers in ({"If-None-Match": first.headers["ETag"]}, {"If-Modified-Since": first.headers["Last-Modified"]}):
        again = browser.get(address, headers=headers)
        assert (again.status_code, again.data) == (304, b"")
    desk.post(f"{path}/wijzigen", **{**FIELDS, "tijd": "10:00"})
    changed = browser.get(address, headers={"If-None-Match": first.headers["ETag"]})

    assert changed.status_code == 200
    assert b"T100000" in changed.data


def test_wrong_address_of_a_calendar_is_no_address_and_a_new_one_ends_the_old(desk: Desk, village: Village) -> None:
    path = desk.made()
    old, browser = calendar_path(desk, path), village.app.test_client()
    wrong = [old.replace(".ics", "x.ics"), old[:-5] + ".ics", f"/kalender/{uuid4()}/{old.rsplit('/', 1)[1]}"]
    wrong.append(re.sub(r"/[^/]+\.ics$", "/é.ics", old))

    assert [browser.get(one).status_code for one in wrong] == [404] * 4
    desk.post(f"{path}/kalender")
    assert browser.get(old).status_code == 404
    assert browser.get(calendar_path(desk, path)).status_code == 200


def test_calendar_of_an_ended_route_is_empty(desk: Desk, village: Village) -> None:
    path = desk.made()
    address = calendar_path(desk, path)

    desk.post(f"{path}/stoppen")

    answer = village.app.test_client().get(address)
    assert answer.status_code == 200
    assert Calendar.from_ical(answer.data).walk("VEVENT") == []


def test_rule_written_by_hand_with_an_end_is_told_to_calendars_in_utc(desk: Desk, village: Village) -> None:
    path = desk.made(ritme="anders", regel="FREQ=MONTHLY;BYMONTHDAY=15;UNTIL=20270115")

    (event,) = Calendar.from_ical(village.app.test_client().get(calendar_path(desk, path)).data).walk("VEVENT")

    assert event.decoded("DTSTART").date() == date(2026, 12, 15)
    assert event.decoded("RRULE")["UNTIL"] == [datetime(2027, 1, 15, 22, 59, 59, tzinfo=UTC)]
    assert "volgens de regel FREQ=MONTHLY" in text_of(desk.browser, path)


def walk_route(
    village: Village, path: str, scores: dict[str, str], begin: datetime = NOON, until_m: float = 400, **more: Any
) -> None:
    """A phone walks part of the route; `scores` by stop: what its green looks like."""
    phone, walk_id = village.phone(), str(uuid4())
    track = track_of(until_m, begin=begin)
    ended_at = begin + timedelta(minutes=40)
    phone.put_walk(walk_id, path.rsplit("/", 1)[1], begin, track=track, ended_at=ended_at, **more)
    for stop_id, score in scores.items():
        xml = answers(phone, score, place="52.65 6.645 0 5")
        photos = (make_photo(),) if score == "D" else ()
        phone.put_observation(SCHOUW, xml, begin, walk_id=walk_id, stop_id=stop_id, photos=photos)
    phone.deliver()
    assert phone.refused == {}


def test_page_of_a_walk_says_what_was_seen_walked_and_left_out(desk: Desk, village: Village, rows: Rows) -> None:
    path = desk.made()
    first, second, _third = [str(stop.id) for stop in stops_of(rows)]
    walk_route(village, path, {first: "B"})

    answer = desk.browser.get(f"{path}/schouw/2026-11-22", headers=NL)

    page = " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())
    assert "1 van 3" in page
    assert "Alleen langsgelopen: 1." in page
    assert "400 van 677 meter" in page
    assert "van 400 tot 677 meter (277 m)" in page
    assert "40 minuten" in page
    features = json.loads(unescape(re.search(r'data-features="([^"]+)"', answer.text)[1]))["features"]  # type: ignore[index]
    states = {one["properties"].get("id"): one["properties"].get("state") for one in features}
    assert states[first] == "gezien"
    assert states[second] == "langsgelopen"
    assert {one["properties"]["kind"] for one in features} == {"gelopen", "gat", "stop", "observatie"}
    assert "Niet opnieuw" not in page


def test_each_stop_is_compared_with_the_last_time_it_was_scored(desk: Desk, village: Village, rows: Rows) -> None:
    path = desk.made()
    first, second, third = [str(stop.id) for stop in stops_of(rows)]
    walk_route(village, path, {first: "D", second: "A+", third: "C"}, NOON - timedelta(days=28))
    walk_route(village, path, {first: "C"}, NOON - timedelta(days=14))
    walk_route(village, path, {first: "B", second: "A"})

    page = text_of(desk.browser, f"{path}/schouw/2026-11-22")

    assert re.search(
        r"1 · Begin gezien Groen: bomen, gras, struiken B bekijk de observatie C 8 nov\.? 2026 13:00 ↑ beter", page
    )
    assert re.search(
        r"2 gezien Groen: bomen, gras, struiken A bekijk de observatie A\+ 25 okt\.? 2026 \d\d:00 ↓ slechter", page
    )
    assert re.search(
        r"3 · Brug niet gezien Groen: bomen, gras, struiken – C 25 okt\.? 2026 \d\d:00 niet opnieuw bekeken", page
    )
    assert "opgelost" not in page
    missed = text_of(desk.browser, path)
    assert "22 nov" in missed


def test_two_phones_of_a_team_make_one_outing(desk: Desk, village: Village, rows: Rows) -> None:
    path = desk.made()
    first, second, third = [str(stop.id) for stop in stops_of(rows)]
    walk_route(village, path, {first: "B"}, planned_on=date(2026, 11, 22))
    walk_route(village, path, {second: "B"}, NOON + timedelta(minutes=5), until_m=670, seen=[third])

    page = text_of(desk.browser, f"{path}/schouw/2026-11-22")

    assert len(rows(select(Walk))) == 2
    assert "3 van 3" in page
    assert "De hele route is gelopen." in page
    assert "45 minuten" in page
    assert desk.browser.get(path, headers=NL).text.count("/schouw/2026-11-22") == 1


def test_walk_without_an_end_is_on_its_way_and_later_left_open(desk: Desk, village: Village, rows: Rows) -> None:
    path, phone = desk.made(), village.phone()
    now = datetime.now(UTC)
    phone.put_walk(str(uuid4()), path.rsplit("/", 1)[1], now, track=[])
    phone.deliver()
    assert "Nu onderweg" in text_of(desk.browser, path)

    with village.app.app_context():
        db.session.execute(update(Walk).values(started_at=now - timedelta(days=1)))
        db.session.commit()

    assert "Niet afgesloten" in text_of(desk.browser, path)


def test_observation_on_the_way_is_told_with_its_metres(desk: Desk, village: Village) -> None:
    path, phone, walk_id = desk.made(), village.phone(), str(uuid4())
    phone.put_walk(walk_id, path.rsplit("/", 1)[1], NOON, track=track_of(670), ended_at=NOON + timedelta(hours=1))
    phone.put_observation(SCHOUW, answers(phone, "D", place="52.65 6.645 0 5"), NOON, walk_id=walk_id)
    phone.deliver()

    page = text_of(desk.browser, f"{path}/schouw/2026-11-22")

    assert "Onderweg gezien, niet bij een stop Groen: bomen, gras, struiken D op 338 m" in page


def test_pages_of_what_is_not_there_are_not_found(desk: Desk) -> None:
    path = desk.made()

    for wrong in (f"/routes/{uuid4()}", f"{path}/schouw/2026-11-22", f"{path}/schouw/gisteren"):
        assert desk.browser.get(wrong).status_code == 404
    assert desk.browser.get(f"/routes/nieuw?soort=lijn&gebied={uuid4()}").status_code == 404


def scored(item: str, score: str, minutes: int = 0) -> Scored:
    return Scored(item, score, NOON + timedelta(minutes=minutes), uuid4())


def test_last_score_of_each_thing_is_held_against_its_last_one_before() -> None:
    now = [scored("groen", "D", 0), scored("groen", "B", 5), scored("straat", "A+"), scored("bank", "C")]
    before = [scored("groen", "A", 0), scored("groen", "C", 5), scored("straat", "A"), scored("lamp", "D")]

    found = {one.item: one.verdict for one in compare(now, before)}

    assert found == {"groen": BETTER, "straat": BETTER, "bank": FIRST, "lamp": NOT_AGAIN}
    assert [one.verdict for one in compare([scored("a", "B")], [scored("a", "B")])] == [SAME]
    assert [one.verdict for one in compare([scored("a", "A")], [scored("a", "A+")])] == [WORSE]
    assert [one.item for one in compare(now, before)] == ["bank", "groen", "straat", "lamp"]


def test_length_of_the_test_line_is_what_the_words_say() -> None:
    assert isinstance(EAST, LineString)
    assert round(LENGTH_M) == 677
