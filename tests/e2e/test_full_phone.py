"""A phone without room: it says so, keeps the words, and makes room by handing in."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.fieldwork import (
    ALL_ARRIVED,
    begin_schouw,
    choose_photo,
    look,
    make_large_photo,
    note_field,
    notes,
    open_draft,
    save,
    schouw,
    send,
    status,
    take_part,
)
from tests.e2e.test_whole_way import make_photo_file
from tests.e2e.world import Phone, Server

LESS_THAN_A_PHOTO = 1_500_000
NO_ROOM_FOR_PHOTO = "De foto past niet meer op deze telefoon. Uw tekst is wel bewaard. Verstuur eerst uw andere foto's"
NO_ROOM_FOR_TEXT = "De opslag van uw telefoon is vol. Uw laatste antwoord is nog niet bewaard. Laat de app open."
NOTE = "Bankje is stuk"
FILL = """async () => {
  const opening = indexedDB.open('iets anders')
  opening.onupgradeneeded = () => opening.result.createObjectStore('bytes', {autoIncrement: true})
  await new Promise(resolve => opening.onsuccess = resolve)
  const fits = size => new Promise(resolve => {
    const writing = opening.result.transaction('bytes', 'readwrite')
    writing.objectStore('bytes').put(crypto.getRandomValues(new Uint8Array(size)))
    writing.oncomplete = () => resolve(true)
    writing.onabort = () => resolve(false)
  })
  for (let size = 65536; size >= 256; size /= 2) while (await fits(size));
  opening.result.close()
}"""


def test_full_phone_keeps_the_words_and_makes_room_by_handing_in(
    standing_server: Server, phone: Phone, tmp_path: Path
) -> None:
    server = standing_server
    photo, small_photo = make_large_photo(tmp_path), tmp_path / "klein.jpg"
    make_photo_file(small_photo)
    page = take_part(phone, server, "Els")
    page.context.set_offline(True)
    schouw(page, "Bord is scheef", photo)
    page = open_with_room(phone, server, used(page, server) + LESS_THAN_A_PHOTO)

    begin_schouw(page, NOTE)
    page.get_by_label("Foto kiezen").set_input_files(photo)
    expect(page.get_by_text(NO_ROOM_FOR_PHOTO)).to_be_visible()
    expect(page.get_by_text("Bewaard op deze telefoon")).to_be_visible()
    page.get_by_text(NO_ROOM_FOR_PHOTO).scroll_into_view_if_needed()
    look(page, "vol-voor-foto")
    page.reload()
    expect(note_field(page)).to_have_value(NOTE)

    page.evaluate(FILL)
    note_field(page).fill(f"{NOTE}, de leuning ook")
    expect(page.get_by_text(NO_ROOM_FOR_TEXT).first).to_be_visible()
    expect(page.get_by_role("button", name="Maak een koffer met uw werk")).to_be_visible()
    page.get_by_role("button", name="Maak een koffer met uw werk").scroll_into_view_if_needed()
    look(page, "vol-voor-tekst")

    page.context.set_offline(False)
    send(page)
    expect(page.get_by_text("Bewaard op deze telefoon")).to_be_visible()
    page.get_by_role("link", name="Vandaag").click()
    expect(status(page)).to_contain_text(ALL_ARRIVED)
    open_draft(page)
    choose_photo(page, small_photo)
    save(page)
    expect(status(page)).to_contain_text(ALL_ARRIVED)
    assert notes(server, "Els") == [f"{NOTE}, de leuning ook", "Bord is scheef"]


def used(page: Page, server: Server) -> int:
    """How many bytes the app keeps on this phone."""
    found = page.context.new_cdp_session(page).send("Storage.getUsageAndQuota", {"origin": server.url})
    return int(found["usage"])


def open_with_room(phone: Phone, server: Server, most_bytes: int) -> Page:
    """The phone another day, offline, with room for so much and no more."""
    phone.close()
    page = phone.open()
    page.context.set_offline(True)
    limit = {"origin": server.url, "quotaSize": most_bytes}
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", limit)
    page.goto(f"{server.url}/app/")
    return page
