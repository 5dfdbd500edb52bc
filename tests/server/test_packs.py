"""The page Kaart voor onderweg: how large a map would be, making it, and what becomes of the old one."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from pmtiles.tile import Compression, TileType
from sqlalchemy import select

from core.config import Settings
from core.db import db
from core.progress import Progress
from maps.models import Address, MapPack
from maps.packs.archive import Kind, in_file_order, write_archive
from maps.packs.cover import Tile, tiles_covering, with_margin
from maps.queries import find_area
from server.app import create_app
from server.packs.make import make_pack, make_pack_later, remove_packs
from server.packs.origins import FILE, ONLINE, OWN, size_of
from server.people.models import AuditEntry
from sync.models import Change
from sync.photo_store import photo_store
from tests.archives import read_archive
from tests.support import LogIn, Rows, Village, csrf, make_settings

NL = {"Accept-Language": "nl"}
PNG = b"\x89PNG\r\n\x1a\n"
VILLAGE = shapely.box(6.6, 52.6, 6.7, 52.7)
Tiles = dict[Tile, bytes]


@pytest.fixture
def source(tmp_path: Path) -> tuple[Path, Tiles]:
    """A base map of more than the village, down to zoom 13, and its tiles."""
    around = VILLAGE.buffer(0.1)
    tiles = {tile: PNG + repr(tile).encode() for tile in in_file_order(tiles_covering(around, 8, 13))}
    path = tmp_path / "nederland.pmtiles"
    with path.open("wb") as out:
        write_archive(
            out, tiles.items(), Kind(TileType.PNG, Compression.NONE, {"attribution": "Kadaster"}), around.bounds
        )
    return path, tiles


@pytest.fixture
def settings(database_url: str, tmp_path: Path, source: tuple[Path, Tiles]) -> Settings:
    """The app of these tests has a base map to cut from."""
    return make_settings(tmp_path / "data", DATABASE_URL=database_url, BASEMAP_SOURCE=str(source[0]))


def wait_for_jobs(app: Flask) -> None:
    app.extensions["rondgang_jobs"].finish()


def make(app: Flask, village: Village, origin: str) -> None:
    with app.app_context():
        make_pack_later(village.area_id, origin)
        db.session.commit()
    wait_for_jobs(app)


def content_of(app: Flask, pack: MapPack) -> bytes:
    with app.app_context():
        return photo_store().map_part(pack.sha256, 0, pack.size)


def only_pack(rows: Rows) -> MapPack:
    ((pack,),) = rows(select(MapPack))
    assert isinstance(pack, MapPack)
    return pack


def page(browser: FlaskClient, village: Village) -> str:
    answer = browser.get(f"/gebieden/{village.area_id}/kaartpakket", headers=NL)
    assert answer.status_code == 200, answer.text
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def post(browser: FlaskClient, village: Village, path: str = "", **fields: str) -> Any:
    here = f"/gebieden/{village.area_id}/kaartpakket"
    return browser.post(here + path, data={"csrf_token": csrf(browser.get(here).text), **fields}, headers=NL)


def test_map_cut_from_a_source_has_its_tiles_byte_for_byte(
    app: Flask, village: Village, rows: Rows, source: tuple[Path, Tiles]
) -> None:
    with app.app_context():
        area = find_area(village.area_id)
        assert area is not None
        size = size_of(area, FILE, app.extensions["rondgang_settings"])

    make(app, village, FILE)

    pack = only_pack(rows)
    content = content_of(app, pack)
    wanted = tiles_covering(with_margin(VILLAGE), 10, 13)
    assert read_archive(content).tiles == {tile: source[1][tile] for tile in wanted}
    header = read_archive(content).header
    assert (header["tile_type"], header["tile_compression"]) == (TileType.PNG, Compression.NONE)
    assert read_archive(content).metadata == {"attribution": "Kadaster"}
    assert (pack.size, pack.tiles) == (size.size, size.tiles) == (len(content), len(wanted))
    assert not size.is_about
    assert (pack.min_zoom, pack.max_zoom, pack.attribution, pack.origin) == (10, 13, "Kadaster", FILE)


def test_without_a_source_the_own_data_is_packed(app: Flask, village: Village, rows: Rows) -> None:
    with app.app_context():
        area = find_area(village.area_id)
        assert area is not None
        size = size_of(area, OWN, app.extensions["rondgang_settings"])

    make(app, village, OWN)

    pack = only_pack(rows)
    assert (pack.min_zoom, pack.max_zoom, pack.size) == (11, 16, size.size)
    layers = {one["id"] for one in read_archive(content_of(app, pack)).metadata["vector_layers"]}
    assert layers == {"areas", "area_names", "addresses", "streets", "routes", "stops"}


def test_making_it_again_tells_phones_and_keeps_one_file(app: Flask, village: Village, rows: Rows) -> None:
    make(app, village, OWN)
    first = only_pack(rows)
    make(app, village, OWN)
    assert only_pack(rows).sha256 == first.sha256
    assert content_of(app, first)

    make(app, village, FILE)

    second = only_pack(rows)
    with app.app_context():
        assert not photo_store().has_map(first.sha256)
        assert photo_store().has_map(second.sha256)
    told = rows(select(Change.seq, Change.entity_id, Change.area_id).where(Change.entity == "map"))
    assert [row[1:] for row in told] == [(str(village.area_id), village.area_id)] * 3


def test_two_jobs_at_once_leave_one_whole_map(app: Flask, village: Village, rows: Rows) -> None:
    with app.app_context():
        ids = [Progress(job="kaart.inpakken", subject=f"los {number}") for number in range(2)]
        db.session.add_all(ids)
        db.session.commit()
        jobs = [one.id for one in ids]

    def run(progress_id: Any) -> None:
        with app.app_context():
            make_pack(progress_id, village.area_id, OWN)

    threads = [threading.Thread(target=run, args=(progress_id,)) for progress_id in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    pack = only_pack(rows)
    assert len(content_of(app, pack)) == pack.size
    assert {(one.problem, one.is_over) for (one,) in rows(select(Progress))} == {(None, True)}


def test_page_shows_size_makes_the_map_and_says_who_gets_it(
    app: Flask, village: Village, log_in: LogIn, rows: Rows
) -> None:
    village.phone()
    browser = log_in()
    before = page(browser, village)
    assert "Er is nog geen kaart." in before
    assert "Kaart van de server" in before
    assert "kB" in before

    answer = post(browser, village, soort=FILE)
    wait_for_jobs(app)

    assert answer.status_code == 302
    after = page(browser, village)
    assert "Grootte" in after
    assert "Telefoons die hem krijgen 1" in after
    assert "Verouderd" not in after
    assert rows(select(AuditEntry.action)) == [("kaart.inpakken",)]
    assert "Kaart voor onderweg" in browser.get(f"/gebieden/{village.area_id}/kaart", headers=NL).text


def test_map_is_outdated_when_its_data_changed(
    app: Flask, village: Village, log_in: LogIn, source: tuple[Path, Tiles]
) -> None:
    browser = log_in()
    make(app, village, OWN)
    assert "Verouderd" not in page(browser, village)

    with app.app_context():
        db.session.add(
            Address(area_id=village.area_id, street="Nieuwe weg", number=9, place="Nieuwlande", lon=6.66, lat=52.66)
        )
        db.session.commit()
    assert "Verouderd" in page(browser, village)

    make(app, village, FILE)
    assert "Verouderd" not in page(browser, village)
    source[0].write_bytes(source[0].read_bytes() + b"\0")
    assert "Verouderd" in page(browser, village)


def test_map_is_removed_after_asking_once_more(app: Flask, village: Village, log_in: LogIn, rows: Rows) -> None:
    make(app, village, OWN)
    pack = only_pack(rows)
    phone = village.phone()
    assert phone.entities["map"][str(village.area_id)]["sha256"] == pack.sha256
    browser = log_in()

    asks = browser.get(f"/gebieden/{village.area_id}/kaartpakket/weg", headers=NL)
    assert "weghalen?" in asks.text
    assert post(browser, village, "/weg").status_code == 302

    assert rows(select(MapPack)) == []
    with app.app_context():
        assert not photo_store().has_map(pack.sha256)
    phone.pull()
    assert phone.entities.get("map", {}) == {}
    assert browser.get(f"/gebieden/{village.area_id}/kaartpakket/weg").status_code == 404


def test_broken_source_is_told_and_the_own_map_still_works(
    app: Flask, village: Village, log_in: LogIn, rows: Rows, source: tuple[Path, Tiles]
) -> None:
    source[0].write_bytes(source[0].read_bytes()[:600])
    browser = log_in()

    assert "Het kaartbestand op de server is niet leesbaar." in page(browser, village)
    answer = post(browser, village, soort=FILE)
    assert answer.status_code == 409
    assert "nederland.pmtiles" in answer.text
    make(app, village, FILE)  # as when it breaks between the page and the job
    assert rows(select(MapPack)) == []
    assert "Dit lukte niet" in page(browser, village)

    post(browser, village, soort=OWN)
    wait_for_jobs(app)
    assert only_pack(rows).origin == OWN


@pytest.mark.parametrize("kind", ["", "online", "alles"])
def test_map_that_is_not_offered_is_refused(village: Village, log_in: LogIn, rows: Rows, kind: str) -> None:
    assert post(log_in(), village, soort=kind).status_code == 400
    assert rows(select(Progress)) == []


def test_area_that_is_not_there_is_404(log_in: LogIn) -> None:
    assert log_in().get("/gebieden/00000000-0000-0000-0000-000000000001/kaartpakket").status_code == 404


@pytest.fixture
def tile_server() -> Iterator[Callable[[dict[str, Any]], str]]:
    """A server of tiles on this machine: what it answers and was asked stands in a dictionary."""
    servers: list[ThreadingHTTPServer] = []

    def start(state: dict[str, Any]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                state["asked"].append((self.path, self.headers["User-Agent"]))
                status, content = state["answer"](self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_arguments: object) -> None:
                """Nothing on the terminal."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}/{{z}}/{{x}}/{{y}}.png"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def online_app(settings: Settings, tmp_path: Path) -> Iterator[Callable[[str], Flask]]:
    """The app on the same data, that may pack the base map at this address."""
    made: list[Flask] = []

    def make_app(url: str) -> Flask:
        wanted = {"BASEMAP_URL": url, "BASEMAP_PACK": "yes", "BASEMAP_MAX_ZOOM": "13"}
        made.append(create_app(make_settings(tmp_path / "data", DATABASE_URL=settings.database_url, **wanted)))
        return made[-1]

    yield make_app
    for app in made:
        wait_for_jobs(app)
        with app.app_context():
            db.engine.dispose()


def test_online_base_map_is_packed_once_by_name_when_that_is_allowed(
    online_app: Callable[[str], Flask], village: Village, rows: Rows, tile_server: Callable[[dict[str, Any]], str]
) -> None:
    state: dict[str, Any] = {"asked": [], "answer": lambda path: (200, PNG + path.encode())}
    app = online_app(tile_server(state))

    make(app, village, ONLINE)

    pack = only_pack(rows)
    wanted = {f"/{tile.zoom}/{tile.x}/{tile.y}.png" for tile in tiles_covering(with_margin(VILLAGE), 10, 13)}
    assert sorted(path for path, _ in state["asked"]) == sorted(wanted)
    assert all("Rondgang" in agent for _, agent in state["asked"])
    assert {tile for _, tile in read_archive(content_of(app, pack)).tiles.items()} == {
        PNG + one.encode() for one in wanted
    }
    assert pack.attribution == "Kaartgegevens © Kadaster"


@pytest.mark.parametrize("answer", [(403, b"nee"), (200, b"<html>niet nu</html>"), (500, b"")])
def test_online_base_map_that_refuses_is_asked_no_further(
    online_app: Callable[[str], Flask],
    village: Village,
    rows: Rows,
    tile_server: Callable[[dict[str, Any]], str],
    answer: tuple[int, bytes],
) -> None:
    state: dict[str, Any] = {"asked": [], "answer": lambda _path: answer}
    app = online_app(tile_server(state))

    make(app, village, ONLINE)

    assert len(state["asked"]) == 1
    assert rows(select(MapPack)) == []
    ((progress,),) = rows(select(Progress))
    assert progress.problem.startswith("De server van de kaart gaf geen kaart.")


def test_online_base_map_is_not_asked_without_leave(village: Village, app: Flask, log_in: LogIn) -> None:
    assert "Kaart van internet" not in page(log_in(), village)


def test_removing_what_is_not_there_does_no_harm(app: Flask, village: Village) -> None:
    with app.app_context():
        remove_packs(village.area_id)
