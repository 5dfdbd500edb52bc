"""From door to door without a network: outcomes, coming back, notes, a door that the list lacks, and what arrives."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.fieldwork import ALL_ARRIVED, send, status, take_part
from tests.e2e.world import Phone, Server, assert_accessible, shoot

OUTCOMES = (
    "Niemand thuis",
    "Ik kom later terug",
    "Wil niet meedoen",
    "Hier woont niemand",
    "Ik kon niet bij de deur komen",
)


def test_twenty_doors_a_plan_to_come_back_and_a_new_door_all_arrive(phone: Phone, standing_server: Server) -> None:
    page = take_part(phone, standing_server, "Deurenploeg")
    context = page.context
    context.set_offline(True)
    page.get_by_role("link", name="Adressen").click()
    page.get_by_role("button", name=re.compile("^Boekweitlaan, Nieuwlande")).click()
    doors = page.locator(".rg-houses > li > button")
    for number in range(20):
        record(page, doors.nth(number), OUTCOMES[number % len(OUTCOMES)])
    shoot(page, "telefoon-8-adressen")
    assert_accessible(page)

    page.get_by_role("button", name=re.compile("^Terugkomen")).click()
    first = page.locator(".rg-houses li").first
    first.get_by_role("button").first.click()
    first.get_by_role("button", name="’s Avonds").click()
    first.get_by_role("button", name="Briefje achtergelaten").click()
    expect(first.get_by_text("1 briefje achtergelaten").last).to_be_visible()
    expect(page.locator(".rg-houses li")).to_have_count(8)
    shoot(page, "telefoon-9-terugkomen")
    assert_accessible(page)

    add_door(page)
    page.get_by_role("link", name="Vandaag").click()
    expect(status(page)).to_contain_text("20 bezoeken en 1 nieuwe deur nog niet verstuurd · geen bereik")
    context.set_offline(False)
    send(page)
    expect(status(page)).to_contain_text(ALL_ARRIVED)

    counted = "SELECT count(*) FROM visit JOIN device ON device.id = device_id WHERE volunteer = 'Deurenploeg'"
    assert standing_server.rows(counted) == [(20,)]
    assert standing_server.rows("SELECT street, letter, status FROM address WHERE number = 990") == [
        ("Boekweitlaan", "b", "voorgesteld")
    ]
    standing_server.change("DELETE FROM address WHERE number = 990")  # other tests look at what is proposed as well


def record(page: Page, door: Locator, outcome: str) -> None:
    """What happened at a door: open it, one tap, and fold it up again."""
    door.click()
    page.get_by_role("button", name=outcome, exact=True).click()
    expect(page.get_by_role("button", name="Ongedaan maken")).to_be_visible()
    door.click()


def add_door(page: Page) -> None:
    page.get_by_role("link", name="Staat een deur niet op de lijst?").click()
    expect(page.get_by_text("Uw plek is bepaald")).to_be_visible()
    page.get_by_role("button", name="Toevoegen").click()
    expect(page.get_by_text("Vul het huisnummer in, alleen cijfers.")).to_be_visible()
    page.get_by_label("Straat", exact=True).fill("Boekweitlaan")
    page.get_by_label("Huisnummer", exact=True).fill("990")
    page.get_by_label("Toevoeging, als die er is").fill("b")
    shoot(page, "telefoon-10-nieuwe-deur")
    assert_accessible(page)
    page.get_by_role("button", name="Toevoegen").click()
    expect(page.get_by_text("Boekweitlaan 990b staat nu op uw lijst.")).to_be_visible()
