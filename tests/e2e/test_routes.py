"""A route from drawing to walking: drawn on the desk with stops and a rhythm, walked by a phone, and looked back on."""

import json
import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.test_desk import look
from tests.e2e.test_whole_way import log_in
from tests.e2e.world import Server, shoot, watch

LINE = {"type": "LineString", "coordinates": [[6.6100, 52.6870], [6.6150, 52.6885], [6.6200, 52.6875]]}


def test_route_is_drawn_walked_and_looked_back_on(standing_server: Server, desk: BrowserContext) -> None:
    server, page = standing_server, desk.new_page()
    complaints: list[str] = []
    watch(page, complaints)
    page.goto(server.url)
    log_in(page, server)
    draw_route(page)
    look(page, "route")

    for day, seed in (("2026-10-06", "3"), ("2026-10-20", "4")):
        said = server.run(
            "simulate", "walk", "--route", "Rondje dorp", "--skip-stops", "2", "--day", day, "--seed", seed
        )
        assert "Stops gezien: 6 van 8" in said

    page.reload()
    page.locator("a", has_text="20 okt 2026").click()
    look_at_walk(page)
    look(page, "schouw")
    page.get_by_role("link", name="Routes").first.click()
    expect(page.get_by_role("row", name="Rondje dorp")).to_contain_text("om de twee weken op dinsdag")
    look(page, "routes")
    assert complaints == []


def draw_route(page: Page) -> None:
    """With the text for the line, and the stops divided over it by the server."""
    page.get_by_role("link", name="Routes").click()
    page.get_by_role("link", name="Nieuwe route").click()
    look(page, "route-begin")
    page.get_by_label("Gebied", exact=True).select_option(label="Nieuwlande (dorp)")
    page.get_by_role("button", name="Verder").click()
    page.get_by_label("Naam van de route").fill("Rondje dorp")
    page.get_by_label("Team dat hem loopt").fill("Team Noord")
    expect(page.locator("[data-rg-route]")).to_have_attribute("data-ready", "true")
    page.get_by_text("De lijn als GeoJSON").first.click()
    text = page.get_by_label("De lijn als GeoJSON")
    text.fill(json.dumps(LINE))
    text.blur()
    expect(page.get_by_text("De route is 733 meter lang.")).to_be_visible()
    page.get_by_label("Verdeel stops over de route").select_option("100")
    page.get_by_role("button", name="Verdelen").click()
    expect(page.locator(".rg-map .rg-stop")).to_have_count(8)
    page.get_by_label("Naam van stop 1", exact=True).fill("Dorpshuis")
    page.get_by_label("Hoe vaak").select_option(label="Om de twee weken")
    page.get_by_label("Op welke dag").select_option(label="dinsdag")
    page.get_by_label("Vanaf").fill("2026-10-01")
    look(page, "route-tekenen")
    page.get_by_role("button", name="Route bewaren").click()
    expect(page.get_by_role("heading", name="Rondje dorp")).to_be_visible()
    expect(page.get_by_text("om de twee weken op dinsdag")).to_be_visible()
    expect(page.locator(".rg-map .rg-stop")).to_have_count(8)


def look_at_walk(page: Page) -> None:
    expect(page.locator("[data-rg-walk]")).to_have_attribute("data-ready", "true")
    expect(page.locator(".rg-map .rg-stop--gezien")).to_have_count(6)
    expect(page.locator(".rg-map .rg-stop--niet_gezien")).to_have_count(2)
    expect(page.get_by_role("row", name="niet gezien")).to_have_count(2)
    expect(page.get_by_text(re.compile(r"van (49|50)\d tot 733 meter"))).to_be_visible()
    expect(page.get_by_role("cell", name="niet opnieuw bekeken").first).to_be_visible()
    shoot(page, "schouw-kaart")
