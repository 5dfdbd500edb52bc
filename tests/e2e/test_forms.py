"""A village makes its own form: checked, tried in a phone frame, published, and filled in on a phone."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.test_desk import look
from tests.e2e.test_whole_way import enrol, log_in
from tests.e2e.world import Phone, Server, watch

FORM = """
| survey |
| | type | name | label::Nederlands (nl) | label::English (en) | required | bind::rg:rol |
| | begin_group | straat | Op straat | In the street | | |
| | select_one_from_file themas.csv | thema | Waar ging het over? | What was it about? | yes | |
| | integer | deelnemers | Met hoeveel mensen sprak u? | How many people did you talk to? | yes | deelnemers |
| | end_group | | | | | |
| settings |
| | form_title | form_id | version | default_language | namespaces | attribute::rg:telling |
| | Straatgesprek | straatgesprek | 1 | Nederlands (nl) | rg="urn:rondgang:rollen:1" | persoon |
"""


def test_own_form_is_checked_tried_and_published(server: Server, desk: BrowserContext, tmp_path: Path) -> None:
    good, bad = tmp_path / "straatgesprek.md", tmp_path / "fout.md"
    good.write_text(FORM)
    bad.write_text(FORM.replace("| deelnemers |\n", "| deelnemer |\n"))
    page = desk.new_page()
    complaints: list[str] = []
    watch(page, complaints)
    log_in(page, server)
    page.get_by_role("link", name="Formulieren").click()
    look(page, "formulieren")

    upload(page, bad)
    expect(page.get_by_text("De rol 'deelnemer' bestaat niet")).to_be_visible()
    look(page, "formulier-fouten")

    page.get_by_role("link", name="Kies een ander bestand").click()
    upload(page, good)
    expect(page.get_by_role("heading", name="Straatgesprek")).to_be_visible()
    try_it(page)
    look(page, "formulier")
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_text("gepubliceerd op")).to_be_visible()
    page.get_by_role("button", name="Ook in deze ronde vragen").click()
    expect(page.get_by_text("Telefoons in deze ronde hebben dit formulier")).to_be_visible()
    assert complaints == []


def upload(page: Page, path: Path) -> None:
    page.get_by_label("Bestand (.xlsx, .xls, .csv of .md)").set_input_files(path)
    page.get_by_role("button", name="Controleren").click()


def try_it(page: Page) -> None:
    """In the phone frame: the real engine, with the list, its checks, and nothing kept."""
    frame = page.frame_locator("[data-rg-preview] iframe")
    expect(frame.get_by_text("Er wordt niets bewaard")).to_be_visible()
    frame.get_by_role("radio", name="Verkeer").check()
    frame.get_by_role("button", name="Volgende").click()
    expect(frame.get_by_label("Met hoeveel mensen sprak u?")).to_be_visible()
    frame.get_by_role("button", name="Volgende").click()
    expect(frame.get_by_text("Er is nog iets niet goed")).to_be_visible()
    frame.get_by_label("Met hoeveel mensen sprak u?").fill("4")
    frame.get_by_role("button", name="Volgende").click()
    expect(frame.get_by_role("heading", name="Klaar")).to_be_visible()


def test_list_that_the_municipality_changed_is_what_the_phone_offers(
    server: Server, phone: Phone, desk: BrowserContext, tmp_path: Path
) -> None:
    page = phone.open()
    enrol(page, server)
    parts = tmp_path / "onderdelen.csv"
    parts.write_text("name,label,label_en\nsport,Sport en spel,Sports\n")
    office = desk.new_page()
    log_in(office, server)
    office.get_by_role("link", name="Formulieren").click()
    office.get_by_label("Lijst laden").set_input_files(parts)
    office.get_by_role("button", name="Lijst laden", exact=True).click()
    expect(office.get_by_text("Aantal keuzes: 1,")).to_be_visible()

    with page.expect_response("**/v1/sync/pull*"):
        page.get_by_role("button", name="Nu versturen").click()
    expect(page.get_by_role("region", name="Stand van zaken")).to_contain_text("Er is nog niets om te versturen")
    page.get_by_role("button", name="Begin: Wijkschouw").click()

    expect(
        page.get_by_role("radio", name="Sport en spel").or_(page.get_by_role("option", name="Sport en spel"))
    ).to_have_count(1)
