"""A round from nothing to paper: make it, add people, divide the doors, print, and somebody drops out."""

import re

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.test_desk import look
from tests.e2e.test_whole_way import log_in
from tests.e2e.world import Server, watch

PEOPLE = ("Truus", "Jan", "Fatima", "Wim")


def test_round_is_made_divided_printed_and_handed_on(standing_server: Server, desk: BrowserContext) -> None:
    page = desk.new_page()
    complaints: list[str] = []
    watch(page, complaints)
    page.goto(standing_server.url)
    log_in(page, standing_server)

    make_round(page)
    add_people(page)
    divide_doors(page)
    choose_on_map(page)
    move_street(page)
    print_sheets(page)
    drop_out(page)
    assert complaints == []


def make_round(page: Page) -> None:
    page.get_by_role("link", name="Rondes").click()
    look(page, "rondes")
    page.get_by_role("link", name="Nieuwe ronde").click()
    page.get_by_label("Naam van de ronde").fill("Zomerronde Tiendeveen")
    page.get_by_label("Doel").fill("75")
    page.get_by_label("Laatste dag").fill("2020-01-01")
    page.get_by_label("Keukentafelgesprek").check()
    page.get_by_label("Tiendeveen").check()
    page.get_by_role("button", name="Bewaar de ronde").click()
    expect(page.get_by_role("alert")).to_contain_text("De ronde eindigt voordat hij begint.")
    look(page, "ronde-maken")
    page.get_by_label("Laatste dag").fill("2099-12-31")
    page.get_by_role("button", name="Bewaar de ronde").click()


def add_people(page: Page) -> None:
    expect(page.get_by_text("Er doet nog niemand mee.")).to_be_visible()
    page.get_by_label("Namen").fill("\n".join(PEOPLE))
    page.get_by_role("button", name="Toevoegen").click()
    for name in PEOPLE:
        expect(page.get_by_role("link", name=name)).to_be_visible()
    look(page, "ronde-mensen")
    page.get_by_role("button", name=re.compile("Link maken.*Truus")).click()
    expect(page.get_by_role("heading", name="Link voor Truus")).to_be_visible()
    page.go_back()


def divide_doors(page: Page) -> None:
    page.get_by_role("link", name="Verdeling", exact=True).click()
    expect(page.get_by_text("Nu ziet elke telefoon alle adressen.")).to_be_visible()
    look(page, "ronde-verdelen")
    page.get_by_role("button", name="Bekijk een voorstel").click()
    expect(page.locator("[data-rg-round-map]")).to_have_attribute("data-ready", "true")
    look(page, "ronde-voorstel")
    page.get_by_role("button", name="Ja, zo verdelen").click()
    expect(page.locator("[data-rg-round-map]")).to_have_attribute("data-ready", "true")
    look(page, "ronde-verdeling")


def choose_on_map(page: Page) -> None:
    """With the keyboard: the doors of one person alone."""
    button = page.get_by_role("button", name=re.compile("Toon op de kaart.*Jan"))
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    look(page, "ronde-een-persoon")


def move_street(page: Page) -> None:
    first = page.locator("#straat option").first.inner_text()
    street, giver = first.split(", van ")[0], first.split(", van ")[1].split(" (")[0]
    receiver = next(name for name in PEOPLE if name != giver)
    page.locator("#naar").select_option(label=next(one for one in _options(page) if one.endswith(receiver)))
    page.get_by_role("button", name="Geef de straat").click()
    row = page.locator("#wie-wat tbody tr").filter(has=page.get_by_role("link", name=receiver))
    expect(row).to_contain_text(street)


def _options(page: Page) -> list[str]:
    return page.locator("#naar option").all_inner_texts()


def print_sheets(page: Page) -> None:
    page.get_by_role("button", name="Alle vellen").click()
    expect(page.locator(".rg-sheet")).to_have_count(len(PEOPLE))
    expect(page.get_by_alt_text("QR-code om de telefoon van Truus aan te melden")).to_be_visible()
    look(page, "ronde-vellen")
    page.emulate_media(media="print")
    expect(page.get_by_text("Print deze pagina nu")).to_be_hidden()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Zomerronde Tiendeveen").click()
    look(page, "ronde")


def drop_out(page: Page) -> None:
    page.get_by_role("link", name="Jan").click()
    look(page, "ronde-persoon")
    page.get_by_role("link", name="Stopt ermee").click()
    expect(page.get_by_role("heading", name="Jan stopt ermee")).to_be_visible()
    look(page, "ronde-stopt")
    page.get_by_role("button", name="Ja, stopt ermee").click()
    expect(page.locator("#wie-wat")).not_to_contain_text("Jan")
    page.get_by_role("link", name="Mensen", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="Jan")).to_contain_text("gestopt")
