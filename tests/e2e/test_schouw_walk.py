"""A schouw on a phone without a network: ten things recorded on a walk, with the browser killed in the middle."""

import json
import time
from pathlib import Path
from uuid import uuid4

import pytest
import shapely
from playwright.sync_api import BrowserContext, Page, expect

from maps.kinds import LINE
from tests.e2e.fieldwork import ALL_ARRIVED, send, status, take_part
from tests.e2e.test_whole_way import make_photo_file
from tests.e2e.world import HERE, PHONE, Phone, Server, assert_accessible, shoot

ROUTE = "Rondje langs de vaart"
STOPS = ("Brug", "Speeltuin", "Bankje", "Bushalte", "Plein")
STEP_DEGREES = 0.0006
"""Some 67 metres to the north."""
MOST_TAPS, MOST_SECONDS = 4, 10
IN_THE_CAMERA = 1
SMALL_PHONE = {"width": 360, "height": 640}
COUNT_TAPS = """() => {
  window.taps = []
  window.onpointerdown = ({ target }) => window.taps.push(target.textContent.trim())
}"""


@pytest.fixture(scope="module")
def route(standing_server: Server) -> str:
    """The id of a route of five stops to the north of where the phone is, as the database has it."""
    server, route_id = standing_server, uuid4().hex
    line = shapely.LineString([(HERE["longitude"], HERE["latitude"] + at * STEP_DEGREES) for at in range(len(STOPS))])
    server.change(
        "INSERT INTO route (id, area_id, name, kind, line_wkb, team, form_id, calendar_serial, changed_at)"
        f" SELECT ?, id, ?, '{LINE}', X'{line.wkb_hex}', '', 'wijkschouw', 0, '2026-11-01 10:00:00.000000'"
        " FROM area WHERE name = 'Nieuwlande'",
        route_id,
        ROUTE,
    )
    for at, name in enumerate(STOPS):
        lon, lat = line.coords[at]
        server.change(
            "INSERT INTO route_stop (id, route_id, number, name, lon, lat, measure_m, added_at)"
            f" VALUES (?, ?, {at + 1}, ?, {lon}, {lat}, {at * 66.8}, '2026-11-01 10:00:00.000000')",
            uuid4().hex,
            route_id,
            name,
        )
    return route_id


def test_ten_things_are_recorded_on_a_walk_that_was_broken_off(
    standing_server: Server, phone: Phone, route: str, tmp_path: Path
) -> None:
    photo = tmp_path / "foto.jpg"
    make_photo_file(photo)
    page = take_part(phone, standing_server, "Mieke")
    go_offline(phone)
    begin(page)
    for number in range(5):
        record(page, walk_to(phone, number / 2), photo)
    phone.kill()

    page = phone.open()
    go_offline(phone)
    page.goto(f"{standing_server.url}/app/")
    expect(page.get_by_text(f"U bent bezig met een schouw: {ROUTE}")).to_be_visible()
    page.get_by_role("link", name="Verder met de schouw").click()
    for number in range(5, 10):
        record(page, walk_to(phone, number / 2), photo)
    end(page)
    assert phone.context is not None
    phone.context.set_offline(False)
    send(page)
    expect(status(page)).to_contain_text(ALL_ARRIVED)
    page.get_by_role("link", name="Verstuurd").click()
    expect(page.get_by_text(f"Schouw: {ROUTE}")).to_be_visible()

    assert_arrived(standing_server, route)
    assert phone.complaints == []


def go_offline(phone: Phone) -> None:
    assert phone.context is not None
    phone.context.set_offline(True)


def begin(page: Page) -> None:
    page.get_by_role("link", name="Schouw: routes lopen").click()
    page.get_by_role("button", name=f"Begin schouw: {ROUTE}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(ROUTE)
    expect(page.get_by_text("Uw route wordt bijgehouden.")).to_be_visible()


def walk_to(phone: Phone, steps: float) -> BrowserContext:
    """The phone this far along the route."""
    assert phone.context is not None
    latitude = HERE["latitude"] + min(steps, 3) * STEP_DEGREES
    phone.context.set_geolocation({"latitude": latitude, "longitude": HERE["longitude"], "accuracy": 5})
    return phone.context


def record(page: Page, _here: BrowserContext, photo: Path) -> None:
    """One thing within the taps and seconds that are promised."""
    page.evaluate(COUNT_TAPS)
    began = time.monotonic()
    with page.expect_file_chooser() as chooser:
        page.get_by_text("Foto en score").click()
    chooser.value.set_files(photo)
    page.get_by_role("button", name="Zwerfafval").click()
    page.get_by_role("button", name="matig").click()
    expect(page.get_by_text("Bewaard: Zwerfafval, C")).to_be_visible()
    taps = page.evaluate("window.taps")
    assert len(taps) + IN_THE_CAMERA <= MOST_TAPS, taps
    assert time.monotonic() - began <= MOST_SECONDS


def end(page: Page) -> None:
    page.get_by_role("link", name="Schouw beëindigen").click()
    expect(page.get_by_text("4 / 5")).to_be_visible()
    expect(page.get_by_text("10", exact=True)).to_be_visible()
    page.get_by_role("button", name="Toch gezien: Stop 5 · Plein").click()
    expect(page.get_by_text("U heeft alles gezien.")).to_be_visible()
    page.get_by_role("button", name="Schouw afronden").click()
    expect(page.get_by_text("De schouw is afgerond.")).to_be_visible()


def assert_arrived(server: Server, route_id: str) -> None:
    """The walk with its track and stops, and each observation with its walk; with its stop where there was one."""
    ((walk_id, track, seen, ended_at),) = server.rows(
        "SELECT walk.id, track, seen, ended_at FROM walk JOIN device ON device.id = device_id"
        " WHERE route_id = ? AND volunteer = 'Mieke'",
        route_id,
    )
    latitudes = [point[1] for point in json.loads(track)]
    assert len(latitudes) >= 6
    assert max(latitudes) - min(latitudes) == pytest.approx(3 * STEP_DEGREES, abs=1e-6)
    assert len(json.loads(seen)) == len(STOPS)
    assert ended_at is not None
    found = server.rows(
        "SELECT observation.status, route_stop.name, schouw_score FROM observation"
        " LEFT JOIN route_stop ON route_stop.id = stop_id WHERE walk_id = ? ORDER BY captured_at, observation.id",
        walk_id,
    )
    assert [(status_, score) for status_, _, score in found] == [("applied", "C")] * 10
    at_stops = [name for _, name, _ in found]
    assert at_stops[:7] == ["Brug", None, "Speeltuin", None, "Bankje", None, "Bushalte"]
    assert len(server.rows("SELECT 1 FROM attachment JOIN observation ON observation.id = observation_id")) >= 10


@pytest.mark.parametrize("size", [SMALL_PHONE, PHONE], ids=["small", "usual"])
def test_every_screen_of_a_walk_is_accessible(
    standing_server: Server, phone: Phone, route: str, size: dict[str, int]
) -> None:
    page = take_part(phone, standing_server, f"Kees {size['width']}")
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.get_by_role("link", name="Schouw: routes lopen").click()
    expect(page.get_by_text("5 stops")).to_be_visible()
    look(page, "schouw-1-routes")
    page.get_by_role("button", name=f"Begin schouw: {ROUTE}").click()
    expect(page.locator(".rg-walkmap__map")).to_have_attribute("data-ready", "true")
    page.get_by_role("button", name="Gezien: Stop 2").click()
    look(page, "schouw-2-lopen")
    page.get_by_role("button", name="Zonder foto").click()
    expect(page.get_by_text("Uw plek is bepaald")).to_be_visible()
    look(page, "schouw-3-wat")
    page.get_by_role("button", name="Verlichting").click()
    look(page, "schouw-4-score")
    page.get_by_role("button", name="slecht").click()
    look(page, "schouw-5-bewaard")
    page.get_by_role("button", name="Ongedaan maken").click()
    expect(page.get_by_text("Ongedaan gemaakt.")).to_be_visible()
    page.get_by_role("button", name="Pauze").click()
    expect(page.get_by_text("Uw route wordt nu niet bijgehouden.")).to_be_visible()
    page.get_by_role("link", name="Schouw beëindigen").click()
    look(page, "schouw-6-einde")
    page.get_by_role("link", name="Vandaag").click()
    expect(page.get_by_text("U bent bezig met een schouw")).to_be_visible()
    look(page, "schouw-7-vandaag")


def look(page: Page, name: str) -> None:
    """The screen by day and by night: accessible, and no wider than the phone."""
    for scheme, suffix in (("light", ""), ("dark", "-donker")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        shoot(page, f"telefoon-{name}{suffix}")
    page.emulate_media(color_scheme="light")


def test_a_walk_without_permission_for_a_place_goes_on_without_a_track(
    standing_server: Server, phone: Phone, route: str
) -> None:
    page = take_part(phone, standing_server, "Dirk")
    assert phone.context is not None
    phone.context.clear_permissions()
    page.get_by_role("link", name="Schouw: routes lopen").click()
    page.get_by_role("button", name=f"Begin schouw: {ROUTE}").click()
    expect(page.get_by_text("de app mag uw plek niet zien")).to_be_visible()
    page.get_by_role("button", name="Zonder foto").click()
    page.get_by_label("Bij welke stop hoort dit?").select_option(label="Stop 3 · Bankje")
    page.get_by_role("button", name="Verlichting").click()
    page.get_by_role("button", name="slecht").click()
    page.get_by_role("button", name="Gebruik de plek van Stop 3 · Bankje").click()
    expect(page.get_by_text("Bewaard: Verlichting, D")).to_be_visible()
