"""Tiles: what counts is in them once, at every zoom, whatever happened to it since; and only for the desk."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from html import unescape
from random import Random
from typing import Any
from uuid import UUID, uuid4

import mapbox_vector_tile
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from core.db import db
from forms.fill import fill_instance
from maps.kinds import LAPSED
from maps.models import Address
from maps.tiles import MAX_BYTES, MAX_ZOOM, Tile, cell_of, tile_of
from server.inventory.models import Melding
from server.people.models import TEAMLID
from server.placing.place import place_again_later
from server.tiles.make import MOST_SINGLES
from sync.at_desk import restore_at_desk, withdraw_at_desk
from sync.client import SyncClient
from sync.map_counts import fold_counts
from sync.models import Device, MapCount, Mutation, Observation
from sync.queries import count_on_map
from tests.support import NOON, LogIn, MakeArea, Rows, Village

HOUSE = (6.65, 52.65)
Point = tuple[float, float]
Sow = Callable[..., None]


@pytest.fixture
def sow(app: Flask) -> Sow:
    """Puts an observation that counts at each of these points, with this many statements each."""

    def make(points: Sequence[Point], statements: int = 0, **more: Any) -> None:
        with app.app_context():
            device = Device(id=uuid4(), token_hash=uuid4().hex, volunteer="V")
            db.session.add(device)
            db.session.flush()
            made = [_observation(device.id, point, statements, more) for point in points]
            db.session.add_all(Mutation(id=one.id, device_id=device.id, status="applied") for one in made)
            db.session.flush()
            db.session.add_all(made)
            db.session.flush()
            for one in made:
                for number in range(statements):
                    row = {"key": f"#{number}", "number": number, "text": "Lamp", "captured_at": NOON}
                    db.session.add(Melding(observation_id=one.id, area_id=one.area_id, gebied_id=one.gebied_id, **row))
            count_on_map([one.id for one in made], 1)
            db.session.commit()

    return make


def _observation(device_id: UUID, point: Point, statements: int, more: dict[str, Any]) -> Observation:
    new = uuid4()
    return Observation(
        id=new,
        mutation_id=new,
        version_id=new,
        device_id=device_id,
        form_id="schouw",
        form_version="1",
        instance_xml="<data/>",
        content_hash="",
        status="applied",
        captured_at=NOON,
        corrected_at=NOON,
        lon=point[0],
        lat=point[1],
        map_cell=cell_of(*point),
        map_statements=statements,
        **more,
    )


def read(browser: FlaskClient, layer: str, tile: Tile, area_id: UUID | None = None) -> list[dict[str, Any]]:
    """The properties of everything in a tile."""
    query = f"?gebied={area_id}" if area_id else ""
    answer = browser.get(f"/kaart/{layer}/{tile.zoom}/{tile.x}/{tile.y}.mvt{query}")
    assert answer.status_code == 200, answer.text
    assert len(answer.data) <= MAX_BYTES
    layers = mapbox_vector_tile.decode(answer.data)
    return [feature["properties"] for feature in layers.get(layer, {"features": []})["features"]]


def number_in(found: Sequence[dict[str, Any]]) -> int:
    return sum(one.get("count", 1) for one in found)


def at(point: Point, zoom: int) -> Tile:
    return tile_of(cell_of(*point), zoom)


def random_points(random: Random, count: int) -> list[Point]:
    """Points in a village, some of them on the very edge of a tile."""
    points = [(random.uniform(6.6, 6.7), random.uniform(52.6, 52.7)) for _ in range(count)]
    edges = [tile_of(cell_of(*point), random.randint(8, MAX_ZOOM)).bounds for point in points[: count // 3]]
    return [*points[count // 3 :], *((west, south) for west, south, _, _ in edges)]


@pytest.mark.parametrize("seed", range(3))
def test_every_point_is_in_one_tile_of_each_zoom(log_in: LogIn, sow: Sow, seed: int) -> None:
    points = random_points(Random(seed), 90)
    sow(points, statements=2)
    browser = log_in()

    for zoom in range(0, MAX_ZOOM + 1, 1 + seed):
        expected = Counter(at(point, zoom) for point in points)
        for tile, count in expected.items():
            assert number_in(read(browser, "observaties", tile)) == count
            assert number_in(read(browser, "meldingen", tile)) == 2 * count
            west, south, east, north = tile.bounds
            beside = at((west - (east - west) / 2, (south + north) / 2), zoom)
            if beside not in expected:
                assert read(browser, "observaties", beside) == []


def test_clusters_lie_where_their_points_are_and_name_their_cell(log_in: LogIn, sow: Sow) -> None:
    sow([HOUSE, HOUSE, (6.62, 52.65)])

    found = read(log_in(), "observaties", at(HOUSE, 12))

    assert sorted(one["count"] for one in found) == [1, 2]
    cell = next(one["cell"] for one in found if one["count"] == 2)
    assert Tile(*map(int, cell.split("/"))) == at(HOUSE, 16)


def test_single_points_from_nearby_say_what_they_are(log_in: LogIn, sow: Sow, rows: Rows) -> None:
    sow([HOUSE], statements=1, schouw_score="A+")
    ((id_,),) = rows(select(Observation.id))
    ((melding_id,),) = rows(select(Melding.id))
    browser = log_in()

    assert read(browser, "observaties", at(HOUSE, 17)) == [{"id": str(id_), "form": "schouw", "score": "A+"}]
    assert read(browser, "meldingen", at(HOUSE, 17)) == [{"id": str(melding_id), "of": str(id_)}]


def test_more_points_than_a_tile_may_hold_become_clusters_at_every_zoom(log_in: LogIn, sow: Sow) -> None:
    sow([HOUSE] * (MOST_SINGLES + 1))
    browser = log_in()

    for zoom in (16, MAX_ZOOM):
        assert [one["count"] for one in read(browser, "observaties", at(HOUSE, zoom))] == [MOST_SINGLES + 1]


def test_points_that_say_too_much_become_clusters(log_in: LogIn, sow: Sow, app: Flask) -> None:
    sow([HOUSE] * 400)
    with app.app_context():
        for number, one in enumerate(db.session.scalars(select(Observation))):
            one.form_id = f"{number:0100}"
        db.session.commit()

    assert [one["count"] for one in read(log_in(), "observaties", at(HOUSE, 18))] == [400]


def total(app: Flask) -> tuple[int, int]:
    with app.app_context():
        row = db.session.execute(select(func.sum(MapCount.observations), func.sum(MapCount.statements))).one()
        return int(row[0] or 0), int(row[1] or 0)


def assert_counts_are_true(app: Flask) -> None:
    """What is kept by cell and area is what the observations that count say."""
    kept, true = Counter[Any](), Counter[Any]()
    with app.app_context():
        for row in db.session.scalars(select(MapCount)):
            kept[row.cell, row.area_id, row.gebied_id] += row.observations
            kept[row.cell, row.area_id, row.gebied_id, "statements"] += row.statements
        for one in db.session.scalars(select(Observation).where(Observation.status == "applied")):
            door = db.session.get(Address, one.address_id) if one.address_id else None
            place = one if one.lon is not None else door
            if place is None or place.lon is None or place.lat is None:
                continue
            key = (cell_of(place.lon, place.lat) >> 16, one.area_id, one.gebied_id)
            statements = select(func.count()).select_from(Melding).where(Melding.observation_id == one.id)
            true[key] += 1
            true[(*key, "statements")] += db.session.scalar(statements) or 0
    assert {key: count for key, count in kept.items() if count} == {key: count for key, count in true.items() if count}


def test_counts_stay_true_whatever_happens_to_an_observation(
    app: Flask, village: Village, make_area: MakeArea, rows: Rows
) -> None:
    phone = village.phone()
    first = village.talk(phone, issues=("Lamp", "Bank"))
    village.talk(phone, door=1, issues=("Stoep",))
    see(phone, 6.66, 52.66)
    phone.deliver()
    assert total(app) == (3, 3)
    assert_counts_are_true(app)

    process = app.extensions["rondgang_process"]
    with app.app_context():
        withdraw_at_desk(first, "anna", "dubbel", process)
        db.session.commit()
    assert total(app) == (2, 1)
    assert_counts_are_true(app)

    with app.app_context():
        restore_at_desk(first, "anna", "toch niet", process)
        fold_counts()
    assert total(app) == (3, 3)
    assert_counts_are_true(app)

    make_area("Ons plein", kind="gebied")
    with app.app_context():
        for door in db.session.scalars(select(Address)):
            door.lon = 6.69
        place_again_later("test")
        db.session.commit()
        app.extensions["rondgang_jobs"].finish()
    assert {row[0] is not None for row in rows(select(MapCount.gebied_id).where(MapCount.observations > 0))} == {
        True,
        False,
    }
    assert total(app) == (3, 3)
    assert_counts_are_true(app)


def see(phone: SyncClient, lon: float, lat: float) -> UUID:
    """Queues something that was seen in the street, at no door."""
    values = {"/data/gezien/onderdeel": "groen", "/data/gezien/score": "C", "/data/gezien/plek": f"{lat} {lon} 0 5"}
    xml = fill_instance(phone.entities["form"]["wijkschouw"]["xform"], values, {}, uuid4())
    return phone.put_observation("wijkschouw", xml, NOON, position={"lon": lon, "lat": lat, "accuracyM": 5.0})


def test_putting_counts_together_changes_no_sum_and_keeps_few_rows(app: Flask, sow: Sow, rows: Rows) -> None:
    points = random_points(Random(1), 40)
    for _ in range(3):
        sow(points, statements=1)

    with app.app_context():
        fold_counts()

    assert total(app) == (120, 120)
    assert rows(select(func.count()).select_from(MapCount))[0][0] == len({cell_of(*point) >> 16 for point in points})
    assert_counts_are_true(app)


def test_what_a_push_counts_while_counts_are_put_together_is_not_lost(app: Flask, sow: Sow) -> None:
    sow([HOUSE, HOUSE])
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            return  # on SQLite one waits for the other
        pushing = db.engine.connect()
        cell = cell_of(*HOUSE) >> 16
        pushing.execute(
            text("INSERT INTO map_count (cell, observations, statements) VALUES (:cell, 1, 1)"), {"cell": cell}
        )
        fold_counts()
        pushing.commit()
        pushing.close()
        assert total(app) == (3, 1)
        fold_counts()
    assert total(app) == (3, 1)


def test_tile_of_an_area_holds_what_lies_in_it_and_below_it(
    app: Flask, make_area: MakeArea, log_in: LogIn, sow: Sow
) -> None:
    district = make_area("Wijk", kind="wijk")
    quarter, other = make_area("Buurt", kind="buurt", parent_id=district), make_area("Elders", west=6.7)
    drawn = make_area("Plein", kind="gebied")
    sow([HOUSE], area_id=district)
    sow([HOUSE], area_id=quarter, gebied_id=drawn)
    sow([HOUSE], area_id=other)
    browser = log_in()

    for zoom in (10, 15, 18):
        counts = [
            number_in(read(browser, "observaties", at(HOUSE, zoom), area)) for area in (district, quarter, drawn, None)
        ]
        assert counts == [2, 1, 1, 3]


def test_doors_say_what_happened_there_last(app: Flask, village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = village.phone()
    phone.put_visit(village.address_ids[0], "niet_thuis", NOON, str(village.round_id))
    phone.deliver()
    with app.app_context():
        lapsed = {"street": "Weg", "number": 9, "place": "Elim", "lon": 6.65, "lat": 52.65}
        db.session.add(Address(status=LAPSED, **lapsed))
        db.session.commit()
    browser = log_in()

    nearby = read(browser, "deuren", at(HOUSE, 18))
    assert sorted((one["label"], one.get("outcome")) for one in nearby) == [
        ("Boekweitlaan 1", "niet_thuis"),
        ("Boekweitlaan 2", None),
    ]
    assert [one["count"] for one in read(browser, "deuren", at(HOUSE, 11))] == [2]
    assert [one["count"] for one in read(browser, "deuren", at(HOUSE, 11), village.area_id)] == [2]


def test_tile_that_did_not_change_is_not_sent_again(log_in: LogIn, sow: Sow) -> None:
    sow([HOUSE])
    browser, tile = log_in(), at(HOUSE, 9)
    path = f"/kaart/observaties/{tile.zoom}/{tile.x}/{tile.y}.mvt"

    first = browser.get(path)
    again = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})
    sow([HOUSE])
    changed = browser.get(path, headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == "private, no-cache"
    assert (again.status_code, again.data) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    "path",
    [
        "/kaart/observaties/21/0/0.mvt",
        "/kaart/observaties/3/8/0.mvt",
        "/kaart/observaties/3/0/8.mvt",
        "/kaart/observaties/-1/0/0.mvt",
        "/kaart/huizen/3/0/0.mvt",
        "/kaart/observaties/3/0/0.mvt?gebied=x",
        f"/kaart/observaties/3/0/0.mvt?gebied={UUID(int=1)}",
        "/kaart/observaties/99999999999999999999999/0/0.mvt",
    ],
)
def test_tile_that_cannot_be_is_not_found(log_in: LogIn, path: str) -> None:
    assert log_in().get(path).status_code == 404


def test_tiles_are_for_the_desk_only(app: Flask, log_in: LogIn) -> None:
    path = "/kaart/deuren/3/0/0.mvt"

    assert app.test_client().get(path).status_code == 302
    assert log_in(TEAMLID).get(path).status_code in {302, 403}


def page_of(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path, headers={"Accept-Language": "nl"})
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_page_counts_by_area_and_lists_what_was_said(village: Village, make_area: MakeArea, log_in: LogIn) -> None:
    make_area("Elders", west=6.9)
    phone = village.phone()
    village.talk(phone, issues=("Geen <b>bus</b>", "Geen lamp"))
    phone.deliver()
    browser = log_in()

    page = page_of(browser, "/kaart?laag=meldingen")
    assert "Meldingen in de hele gemeente: 2" in page
    assert "Geen <b>bus</b>" in page
    assert page.index("Nieuwlande dorp 2") < page.index("Elders dorp 0")
    of_area = page_of(browser, f"/kaart?laag=deuren&gebied={village.area_id}")
    assert "Deuren in Nieuwlande: 2" in of_area
    assert "Boekweitlaan 1 · Nieuwlande Gesproken" in of_area
    assert "Boekweitlaan 2 · Nieuwlande Nog niet bezocht" in of_area


def test_list_holds_what_lies_in_a_piece_of_the_map_a_page_at_a_time(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    for number in range(60):
        see(phone, 6.66 + number / 100_000, 52.66)
    see(phone, 6.61, 52.61)
    phone.deliver()
    browser = log_in()

    first = page_of(browser, "/kaart/lijst?bbox=6.659,52.659,6.67,52.661")
    second = page_of(browser, "/kaart/lijst?bbox=6.659,52.659,6.67,52.661&pagina=2")
    cell = at((6.61, 52.61), 16)
    assert "Pagina 1 van 2" in first
    assert (first.count("Wijkschouw"), second.count("Wijkschouw")) == (2 * 50, 2 * 10)
    in_cell = browser.get(f"/kaart/lijst?cel=16/{cell.x}/{cell.y}", headers={"Accept-Language": "nl"}).text
    assert "Observaties in dit stuk van de kaart: 1" in in_cell
    assert (
        "Observaties in dit stuk van de kaart: 60"
        in browser.get("/kaart/lijst?bbox=6.659,52.659,6.67,52.661", headers={"Accept-Language": "nl"}).text
    )


def test_empty_map_says_how_it_fills(log_in: LogIn) -> None:
    page = page_of(log_in(), "/kaart")

    assert "Hier is nog niets vastgelegd. Wat vrijwilligers met hun telefoon vastleggen, ziet u hier." in page
    assert "Er zijn nog geen gebieden." in page


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("bbox=1,2,3", 400),
        ("bbox=7,52,6,53", 400),
        ("bbox=nan,52,6,53", 400),
        ("bbox=a,b,c,d", 400),
        ("cel=30/1/1", 400),
        ("cel=2/9/1", 400),
        ("cel=1.5/0/0", 400),
        ("laag=huizen", 404),
        ("gebied=%00", 404),
        ("pagina=-3", 200),
        ("pagina=99999999999999999999", 200),
        ("pagina=x", 200),
    ],
)
def test_list_of_what_cannot_be_is_refused(log_in: LogIn, query: str, status: int) -> None:
    browser = log_in()

    assert browser.get(f"/kaart/lijst?{query}").status_code == status


def test_outlines_of_the_areas_are_there_to_draw(make_area: MakeArea, log_in: LogIn) -> None:
    make_area("Elim")

    features = log_in().get("/kaart/gebieden.geojson").json["features"]  # type: ignore[index]

    assert [feature["properties"]["name"] for feature in features] == ["Elim"]
    assert features[0]["geometry"]["type"] == "Polygon"
