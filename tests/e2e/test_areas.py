"""An area is drawn on the map, checked, saved, changed with the keyboard alone, and split by a line."""

import json
import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.test_desk import look
from tests.e2e.test_whole_way import log_in
from tests.e2e.world import Server, watch

CORNERS = ((0.35, 0.35), (0.65, 0.35), (0.65, 0.65), (0.35, 0.65))
ACROSS = ((0.5, 0.02), (0.52, 0.98))


def test_area_is_drawn_checked_changed_by_keyboard_and_split(standing_server: Server, desk: BrowserContext) -> None:
    page = desk.new_page()
    complaints: list[str] = []
    watch(page, complaints)
    page.goto(standing_server.url)
    log_in(page, standing_server)

    page.get_by_role("link", name="Gebied tekenen").click()
    ready(page)
    page.get_by_label("Naam").fill("Ons kwartier")
    click_on_map(page, CORNERS)
    expect(page.locator(".rg-corner")).to_have_count(4)
    expect(page.locator("#controle")).to_contain_text("hectare")
    expect(page.locator("#controle")).to_contain_text("naar Ons kwartier")
    look(page, "gebied-tekenen")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text("Klaar.")).to_be_visible()
    look(page, "grens-en-cijfers")

    page.get_by_role("link", name="Grens wijzigen").click()
    ready(page)
    before = geometry(page)
    page.get_by_role("button", name="Hoekpunt 1", exact=True).focus()
    with page.expect_response(re.compile("/grens/controle")):
        page.keyboard.press("Shift+ArrowUp")
    assert geometry(page) != before
    page.keyboard.press("Control+z")
    assert geometry(page) == before
    page.keyboard.press("Shift+ArrowUp")
    page.get_by_role("button", name="Punt erna: Hoekpunt 1", exact=True).press("Enter")
    expect(page.locator(".rg-corner")).to_have_count(5)
    expect(page.get_by_role("button", name="Hoekpunt 2", exact=True)).to_be_focused()
    page.get_by_role("button", name="Bewaren").press("Enter")
    expect(page.locator("#versies + .rg-table-wrap tbody tr")).to_have_count(2)

    page.get_by_role("link", name="Splitsen").click()
    ready(page)
    click_on_map(page, ACROSS)
    expect(page.locator(".rg-corner")).to_have_count(2)
    look(page, "gebied-splitsen")
    page.get_by_role("button", name="Verder").click()
    page.get_by_label(re.compile("Naam van stuk 1")).fill("Kwartier west")
    page.get_by_label(re.compile("Naam van stuk 2")).fill("Kwartier oost")
    look(page, "gebied-splitsen-namen")
    page.get_by_role("button", name="Ja, splitsen").click()
    expect(page.get_by_role("heading", name="Kwartier west")).to_be_visible()
    page.get_by_role("link", name="Ons kwartier").click()
    expect(page.get_by_text("Dit gebied is er niet meer sinds")).to_be_visible()
    assert complaints == []


def ready(page: Page) -> None:
    expect(page.locator("[data-rg-draw]")).to_have_attribute("data-ready", "true")


def geometry(page: Page) -> object:
    return json.loads(page.locator("textarea").input_value())


def click_on_map(page: Page, places: tuple[tuple[float, float], ...]) -> None:
    """Clicks these places of the map one after the other, and ends with Enter."""
    canvas = page.locator("[data-rg-draw] canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    for x, y in places:
        page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"], steps=2)
        page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.keyboard.press("Enter")
