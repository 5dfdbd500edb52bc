"""What somebody takes back does not count any more."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.fieldwork import ALL_ARRIVED, save, status, take_part
from tests.e2e.test_whole_way import TALK, log_in
from tests.e2e.world import Phone, Server


def test_withdrawn_talk_does_not_count_at_the_desk(standing_server: Server, phone: Phone, desk: BrowserContext) -> None:
    office = desk.new_page()
    log_in(office, standing_server)
    office.get_by_role("link", name="Nieuwlande").click()
    page = take_part(phone, standing_server, "Leo")
    talk_with_thirty(page)
    expect(status(page)).to_contain_text(ALL_ARRIVED)
    office.reload()
    expect(office.get_by_text("30 van de 1.415 inwoners deden mee.")).to_be_visible()
    expect(office.get_by_role("region", name="Deelname").locator(".rg-figure")).to_have_text("2%")

    page.get_by_role("link", name="Verstuurd").click()
    page.get_by_role("button", name=f"Trek in: {TALK}").click()
    page.get_by_label("Waarom?").fill("Dubbel ingevuld")
    page.get_by_role("button", name="Ja, trek in").click()

    expect(page.get_by_text("Ingetrokken", exact=True)).to_be_visible()
    office.reload()
    expect(office.get_by_text("Er deed nog niemand mee van de 1.415 inwoners.")).to_be_visible()
    expect(office.get_by_role("region", name="Deelname").locator(".rg-figure")).to_have_text("0%")


def talk_with_thirty(page: Page) -> None:
    page.get_by_role("button", name=f"Begin: {TALK}").click()
    page.get_by_role("combobox", name="Bij welk adres bent u?").press_sequentially("boekweitlaan 12")
    page.get_by_role("option", name="Boekweitlaan 12").first.click()
    page.get_by_role("radio", name="We hebben gepraat").check()
    page.get_by_role("button", name="Volgende").click()
    page.get_by_role("radio", name="Ja", exact=True).check()
    page.get_by_label("Hoeveel mensen praten mee?").fill("30")
    page.get_by_role("button", name="Volgende").click()
    page.get_by_role("textbox", name="Wat speelt er?").fill("De bus komt te laat.")
    page.get_by_label("Waar gaat het over?").select_option("verkeer")
    page.get_by_role("radio", name="Bewoners, met hulp").check()
    page.get_by_role("radio", name="Misschien").check()
    save(page)
