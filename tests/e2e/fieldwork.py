"""What people do on a phone in the field, in the words of the screen."""

import gzip
import json
import os
from hashlib import sha256
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect

from tests.e2e.test_whole_way import next_until_end
from tests.e2e.world import Phone, Server, assert_accessible, shoot

SCHOUW = "Wijkschouw"
ALL_ARRIVED = "Alles is verstuurd en aangekomen"
KEPT = "Bewaard op deze telefoon."


def take_part(phone: Phone, server: Server, volunteer: str) -> Page:
    """The phone of a new volunteer, on the screen Vandaag, with the whole app on it."""
    page = phone.open()
    enrol(page, server, volunteer)
    return page


def enrol(page: Page, server: Server, volunteer: str) -> None:
    page.goto(server.invite(volunteer))
    page.get_by_role("button", name="Meedoen").click()
    expect(page.get_by_text("Klaar: de app werkt nu ook zonder internet.")).to_be_visible()
    page.get_by_role("link", name="Beginnen").click()


def open_app(context: BrowserContext, server: Server) -> Page:
    """The app in one more tab."""
    page = context.new_page()
    page.goto(f"{server.url}/app/")
    expect(status(page)).to_be_visible()
    return page


def begin_schouw(page: Page, note: str) -> None:
    """Fills in all that has to be filled in, and a note to know it by."""
    page.get_by_role("button", name=f"Begin: {SCHOUW}").click()
    page.get_by_role("radio", name="Zwerfafval").check()
    page.get_by_role("radio", name="C · matig").check()
    page.get_by_role("button", name="Bepaal mijn plek").click()
    expect(page.get_by_text("Uw plek is bepaald")).to_be_visible()
    note_field(page).fill(note)


def note_field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Wilt u er iets bij schrijven?")


def open_draft(page: Page) -> None:
    page.get_by_role("link", name=f"Verder met {SCHOUW}").click()


def choose_photo(page: Page, path: Path) -> str:
    """The SHA-256 of the photo as the phone keeps and shows it."""
    page.get_by_label("Foto kiezen").set_input_files(path)
    expect(page.get_by_alt_text("De foto bij deze vraag")).to_be_visible()
    hashed = "async () => crypto.subtle.digest('SHA-256', await window.shown.at(-1).arrayBuffer())"
    return bytes(page.evaluate(f"({hashed})().then((hash) => [...new Uint8Array(hash)])")).hex()


def save(page: Page) -> None:
    next_until_end(page)
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text(KEPT)).to_be_visible()


def schouw(page: Page, note: str, photo: Path | None = None) -> str:
    """One finished observation, from Vandaag to Vandaag; the SHA-256 of its photo, if it has one."""
    begin_schouw(page, note)
    kept = choose_photo(page, photo) if photo else ""
    save(page)
    return kept


def send(page: Page) -> None:
    page.get_by_role("button", name="Nu versturen").click()


def status(page: Page) -> Locator:
    return page.get_by_role("region", name="Stand van zaken")


def notes(server: Server, volunteer: str) -> list[str]:
    """The notes of all observations that the server has from this volunteer and counts, sorted."""
    return [
        note
        for (note,) in server.rows(
            "SELECT substr(instance_xml, instr(instance_xml, '<toelichting>') + 13,"
            " instr(instance_xml, '</toelichting>') - instr(instance_xml, '<toelichting>') - 13) AS note"
            " FROM observation JOIN device ON device.id = device_id"
            " WHERE volunteer = ? AND status = 'applied' ORDER BY note",
            volunteer,
        )
    ]


def offsets_from_now(context: BrowserContext) -> list[int]:
    """From where on each piece of a photo is sent; the list grows."""
    offsets: list[int] = []

    def note(request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(int(request.headers["upload-offset"]))

    context.on("request", note)
    return offsets


def pushes_from_now(context: BrowserContext) -> list[tuple[Page, list[str]]]:
    """Which tab hands in which mutations, by their ids; the list grows."""
    pushes: list[tuple[Page, list[str]]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/v1/sync/push"):
            body = request.post_data_buffer or b""
            if request.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            pushes.append((request.frame.page, [mutation["id"] for mutation in json.loads(body)["mutations"]]))

    context.on("request", note)
    return pushes


def assert_arrived_whole(server: Server, volunteer: str, photo: str) -> None:
    """One observation, and its photo byte for byte, by its SHA-256."""
    assert len(notes(server, volunteer)) == 1
    (original,) = (server.data / "photos" / "original").rglob(f"{photo}*")
    assert sha256(original.read_bytes()).hexdigest() == photo


def look(page: Page, name: str) -> None:
    """The screen by day and by night: accessible, and no wider than the phone."""
    for scheme, suffix in (("light", ""), ("dark", "-donker")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # a literal, through the loop
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        shoot(page, f"telefoon-{name}{suffix}")
    page.emulate_media(color_scheme="light")


def make_large_photo(folder: Path) -> Path:
    """A picture of some 4 MB after the phone made it smaller: grain in three colours, which no JPEG makes small."""
    side = 2048
    grain = [Image.frombytes("1", (side, side), os.urandom(side * side // 8)).convert("L") for _ in "RGB"]
    path = folder / "foto.jpg"
    Image.merge("RGB", grain).save(path, "JPEG", quality=95)
    return path
