"""A simulated round over real HTTP, and the desk's pages about it, at a desk and on a phone."""

import json

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.test_whole_way import log_in
from tests.e2e.world import DESK, PHONE, Server, assert_accessible, shoot, watch


def test_simulated_round_is_83_percent_on_every_page(server: Server, desk: BrowserContext) -> None:
    said = server.run("simulate", "--area", "Nieuwlande", "--volunteers", "52", "--deelname", "0.83")
    figures = json.loads(server.run("participation", "--area", "Nieuwlande", "--json"))

    assert said.strip() == "Deelname in Nieuwlande: 83%"
    assert figures == {"atLeast": 1174, "atMost": 1174, "inhabitants": 1415, "rate": 1174 / 1415}

    page = desk.new_page()
    complaints: list[str] = []
    watch(page, complaints)
    page.goto(server.url)
    look(page, "inloggen")
    log_in(page, server)
    look(page, "gebieden")
    page.get_by_role("link", name="Nieuwlande").click()
    expect(page.get_by_text("1.174 van de 1.415 inwoners deden mee.")).to_be_visible()
    look(page, "deelname")
    page.get_by_role("link", name="Wat speelt er").click()
    expect(page.get_by_role("heading", name="In de woorden van bewoners")).to_be_visible()
    look(page, "meldingen")
    page.get_by_role("navigation", name="Over Nieuwlande").get_by_role("link", name="Kaart").click()
    choose_on_map(page)
    look(page, "kaart")
    page.locator("#observaties a").first.click()
    expect(page.get_by_role("heading", name="Antwoorden")).to_be_visible()
    look(page, "observatie")
    page.get_by_role("link", name="Te bekijken").click()
    expect(page.get_by_text("Niets te bekijken: alles wat binnenkwam telt mee.")).to_be_visible()
    look(page, "te-bekijken")
    page.get_by_role("link", name="Telefoons").click()
    look(page, "telefoons")
    page.get_by_label("Van wie is de telefoon?").fill("Truus")
    page.get_by_role("button", name="Maak een link").click()
    expect(page.get_by_role("heading", name="Link voor Truus")).to_be_visible()
    look(page, "nieuwe-telefoon")
    assert complaints == []


def choose_on_map(page: Page) -> None:
    """With the keyboard: an item of the list is shown on the map."""
    expect(page.locator("[data-rg-map]")).to_have_attribute("data-ready", "true")
    first = page.locator("#observaties > li").first
    first.get_by_role("button", name="Toon").focus()
    page.keyboard.press("Enter")
    expect(first).to_have_attribute("aria-current", "true")


def look(page: Page, name: str) -> None:
    """The screen on both sizes: accessible, and no wider than it may be."""
    for size, kind in ((PHONE, "klein"), (DESK, "bureau")):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide at {size}"
        shoot(page, f"{kind}-{name}")
