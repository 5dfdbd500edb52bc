"""At the desk, with the keyboard only: choosing between two answers, and taking a phone's access away."""

from uuid import UUID, uuid4

import httpx
from playwright.sync_api import BrowserContext, Page, expect

from core.clock import now_utc
from forms.fill import fill_instance
from sync.client import SyncClient
from tests.e2e.test_desk import look
from tests.e2e.test_whole_way import log_in
from tests.e2e.world import Server
from tests.support import TALK
from tests.sync.test_versions import changed


def test_person_chooses_between_two_answers_and_revokes_a_phone(server: Server, desk: BrowserContext) -> None:
    with httpx.Client(base_url=server.url) as line:
        phone = SyncClient.new(line)
        volunteer = phone.enrol(server.link.rpartition("/")[2])["volunteer"]
        phone.pull()
        observation_id = give_two_answers(phone)
    page = desk.new_page()
    page.goto(server.url)
    log_in(page, server)

    page.get_by_role("link", name="Te bekijken").press("Enter")
    look(page, "te-kiezen")
    page.get_by_role("link", name="Keukentafelgesprek").press("Enter")
    expect(page).to_have_url(f"{server.url}/observaties/{observation_id}")
    look(page, "keuze")
    page.get_by_role("radio", checked=True).press("ArrowDown")
    page.get_by_label("Waarom?").first.fill("Nagevraagd bij de vrijwilliger")
    page.get_by_role("button", name="Leg mijn keuze vast").press("Enter")
    expect(page.get_by_role("heading", name="Keuze")).to_have_count(0)
    expect(page.get_by_text("Waarom: Nagevraagd bij de vrijwilliger")).to_be_visible()
    page.get_by_role("heading", name="Intrekken").scroll_into_view_if_needed()
    look(page, "geschiedenis")
    page.get_by_role("link", name=volunteer).press("Enter")
    revoke(page)


def revoke(page: Page) -> None:
    expect(page.get_by_role("heading", name="Wat de telefoon vertelde")).to_be_visible()
    look(page, "telefoon")
    page.get_by_role("link", name="Toegang intrekken").press("Enter")
    look(page, "telefoon-intrekken")
    page.get_by_role("button", name="Ja, intrekken").press("Enter")
    expect(page.get_by_text("Deze telefoon krijgt niets nieuws.")).to_be_visible()


def give_two_answers(phone: SyncClient) -> UUID:
    """A talk to which two people gave another number of persons; returns its id."""
    address_id = next(iter(phone.entities["address"]))
    values = {
        "/data/deur/adres": address_id,
        "/data/deur/uitkomst": "gesproken",
        "/data/gesprek/toestemming": "ja",
        "/data/gesprek/deelnemers": "2",
    }
    rows = [{"tekst": "Er wordt te hard gereden langs de school.", "thema": "verkeer"}]
    xml = fill_instance(phone.entities["form"][TALK]["xform"], values, {"/data/vraagstuk": rows}, uuid4())
    observation_id = phone.put_observation(TALK, xml, now_utc(), address_id=address_id)
    (mutation,) = phone.queue.values()
    first = dict(mutation)
    phone.push([first, changed(first, deelnemers="4"), changed(first, deelnemers="5")])
    return observation_id
