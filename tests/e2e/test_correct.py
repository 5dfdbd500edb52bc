"""What was sent is corrected, and what the desk asks is answered, also where there is no network."""

from uuid import UUID

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.fieldwork import ALL_ARRIVED, SCHOUW, look, note_field, save, schouw, send, status, take_part
from tests.e2e.test_whole_way import log_in
from tests.e2e.world import Phone, Server, assert_accessible, shoot

FIRST, BETTER = "Zak naast de bak", "Zak naast de bak bij de brug"
ASKED, ANSWERED = "Welke brug is dit?", "De houten brug aan de Boekweitlaan."


def test_sent_observation_is_corrected_and_a_question_of_the_desk_is_answered(
    standing_server: Server, phone: Phone, desk: BrowserContext
) -> None:
    page = take_part(phone, standing_server, "Mina")
    schouw(page, FIRST)
    expect(status(page)).to_contain_text(ALL_ARRIVED)
    correct(page)
    expect(status(page)).to_contain_text(ALL_ARRIVED)

    ((number,),) = standing_server.rows(
        "SELECT observation.id FROM observation JOIN device ON device.id = device_id WHERE volunteer = 'Mina'"
    )
    office = desk.new_page()
    log_in(office, standing_server)
    office.goto(f"{standing_server.url}/observaties/{UUID(number)}")
    history = office.locator("ol", has_text="Versie 2 · Mina")
    expect(history).to_contain_text("Waarom: de plek erbij")
    expect(history).to_contain_text(BETTER)
    ask(office)

    answer_without_network(phone, page)
    send(page)
    expect(status(page)).to_contain_text(ALL_ARRIVED)
    office.reload()
    expect(office.get_by_text(f"Antwoord: {ANSWERED}")).to_be_visible()
    office.get_by_role("button", name="Sluit deze vraag").click()
    expect(office.get_by_text("Gesloten", exact=True)).to_be_visible()
    assert phone.complaints == []


def correct(page: Page) -> None:
    page.get_by_role("link", name="Verstuurd").click()
    page.get_by_role("link", name=SCHOUW).click()
    expect(page.get_by_role("status").filter(has_text="Aangekomen")).to_be_visible()
    look(page, "verstuurd-een")
    page.get_by_role("button", name="Verbeteren").click()
    page.get_by_role("button", name="Wijzigen: Wat ziet u?").click()
    expect(note_field(page)).to_have_value(FIRST)
    note_field(page).fill(BETTER)
    page.get_by_role("button", name="Volgende").click()
    page.get_by_label("Wat heeft u verbeterd?").fill("de plek erbij")
    assert_accessible(page)
    shoot(page, "telefoon-verbeteren")
    save(page)


def ask(office: Page) -> None:
    office.get_by_label("Stel een vraag aan wie dit vastlegde").fill(ASKED)
    office.get_by_role("button", name="Stel deze vraag").click()
    expect(office.get_by_text("Wacht op antwoord")).to_be_visible()
    assert_accessible(office)
    shoot(office, "desk-vraag")


def answer_without_network(phone: Phone, page: Page) -> None:
    assert phone.context is not None
    page.reload()  # opening the app pulls
    question = page.get_by_role("link", name="Vraag van de opbouwwerker (1)")
    expect(question).to_be_visible()
    phone.context.set_offline(True)
    question.click()
    expect(page.get_by_text(ASKED)).to_be_visible()
    page.get_by_label("Uw antwoord").fill(ANSWERED)
    look(page, "vraag")
    page.get_by_role("button", name="Verstuur antwoord").click()
    expect(page.get_by_text("Uw antwoord wacht op internet")).to_be_visible()
    page.get_by_role("link", name="Vandaag").click()
    expect(question).to_be_hidden()
    expect(status(page)).to_contain_text("1 antwoord op een vraag nog niet verstuurd")
    phone.context.set_offline(False)
