"""The map of the whole municipality: by its list and by the keyboard, without a fault for who cannot see it."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.test_desk import look
from tests.e2e.test_whole_way import log_in
from tests.e2e.world import Server, watch


def test_statements_are_found_by_area_list_and_keyboard(server: Server, desk: BrowserContext) -> None:
    server.run("simulate", "--area", "Tiendeveen", "--volunteers", "4", "--deelname", "0.1")
    page = desk.new_page()
    complaints: list[str] = []
    watch(page, complaints)
    page.goto(server.url)
    log_in(page, server)

    page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Kaart").click()
    ready(page)
    page.get_by_label("Meldingen").check()
    page.get_by_role("button", name="Toon", exact=True).click()
    ready(page)
    sentence = page.locator("[data-rg-sentence]")
    expect(sentence).to_contain_text("Meldingen in de hele gemeente")
    total = number_in(sentence.inner_text())
    assert total > 10
    look(page, "kaart-gemeente")

    row = page.get_by_role("row").filter(has_text="Tiendeveen")
    assert number_in(row.get_by_role("cell").nth(1).inner_text()) == total
    row.get_by_role("link", name="Toon op de kaart").press("Enter")
    ready(page)
    expect(sentence).to_contain_text("Meldingen in Tiendeveen")
    look(page, "kaart-gebied")

    page.locator("[data-rg-tile-map] canvas").focus()
    page.keyboard.press("=")
    expect(sentence).to_contain_text("in dit stuk van de kaart")
    page.get_by_role("button", name="Toon op de kaart").first.press("Enter")
    expect(page.locator(".maplibregl-marker")).to_be_visible()

    first = page.locator("[data-rg-tile-list] a").first
    first.press("Enter")
    expect(page.get_by_role("heading", name="Antwoorden")).to_be_visible()
    assert complaints == []


def number_in(text: str) -> int:
    return int("".join(one for one in text if one.isdigit()))


def ready(page: Page) -> None:
    expect(page.locator("[data-rg-tile-map]")).to_have_attribute("data-ready", "true")
