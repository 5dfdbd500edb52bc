"""Phones that the server does not trust any more: what they hold is handed in all the same."""

from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.fieldwork import (
    ALL_ARRIVED,
    assert_arrived_whole,
    enrol,
    look,
    make_large_photo,
    notes,
    offsets_from_now,
    schouw,
    status,
    take_part,
)
from tests.e2e.test_whole_way import log_in
from tests.e2e.world import Phone, Server

HANDED_IN = "Al uw werk is aangekomen. Deze telefoon krijgt niets nieuws meer."
CAN_STILL_SEND = "deze telefoon krijgt niets nieuws meer, maar kan uw werk nog wel versturen"
UNKNOWN = "Deze telefoon is niet meer aangemeld. Vraag uw coördinator om een nieuwe link."


def test_revoked_phone_hands_in_what_it_holds_and_says_that_nothing_new_comes(
    standing_server: Server, phone: Phone, desk: BrowserContext
) -> None:
    server = standing_server
    page = take_part(phone, server, "Hans")
    context = page.context
    context.set_offline(True)
    schouw(page, "Voordat hij stopte")
    revoke_at_desk(desk.new_page(), server, "Hans")

    context.set_offline(False)
    expect(status(page)).to_contain_text(HANDED_IN)
    assert notes(server, "Hans") == ["Voordat hij stopte"]

    context.set_offline(True)
    schouw(page, "Daarna nog een")
    expect(status(page)).to_contain_text(
        f"1 waarneming nog niet verstuurd · geen bereik · veilig op deze telefoon · {CAN_STILL_SEND}"
    )
    look(page, "stopgezet")
    context.set_offline(False)
    expect(status(page)).to_contain_text(HANDED_IN)
    assert notes(server, "Hans") == ["Daarna nog een", "Voordat hij stopte"]


def test_phone_with_a_lost_token_brings_its_work_as_a_koffer_and_takes_part_again(
    standing_server: Server, phone: Phone, tmp_path: Path
) -> None:
    server = standing_server
    page = take_part(phone, server, "Ine")
    page.context.set_offline(True)
    photo = schouw(page, "In de koffer", make_large_photo(tmp_path))
    server.change("UPDATE device SET token_hash = 'verloren' WHERE volunteer = ?", "Ine")

    page.context.set_offline(False)
    expect(status(page)).to_contain_text(UNKNOWN)
    assert notes(server, "Ine") == []
    koffer = make_koffer(page, tmp_path)
    look(page, "niet-aangemeld")
    said = server.run("koffer", "import", str(koffer), str(koffer))

    first_time, again = said.split(f"{koffer.name}: ")[1:]
    assert "Observaties en bezoeken: nieuw 1\n  Foto's: nieuw 1\n" in first_time
    assert "Observaties en bezoeken: waren er al 1\n  Foto's: waren er al 1\n" in again
    assert_arrived_whole(server, "Ine", photo)

    offsets = offsets_from_now(page.context)
    enrol(page, server, "Ine")
    expect(status(page)).to_contain_text(ALL_ARRIVED)
    expect(page.get_by_role("button", name="Maak een koffer met uw werk")).to_have_count(0)
    assert offsets == []
    assert_arrived_whole(server, "Ine", photo)


def revoke_at_desk(page: Page, server: Server, volunteer: str) -> None:
    log_in(page, server)
    page.get_by_role("link", name="Telefoons").click()
    page.get_by_role("link", name=volunteer).click()
    page.get_by_role("link", name="Toegang intrekken").click()
    page.get_by_role("button", name="Ja, intrekken").click()
    expect(page.get_by_text("Toegang ingetrokken op")).to_be_visible()


def make_koffer(page: Page, folder: Path) -> Path:
    page.get_by_role("button", name="Maak een koffer met uw werk").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Bewaar als bestand").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path
