"""The whole way: what is recorded offline on a phone becomes a percentage and an inventory."""

import os
import sqlite3
from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, Page, expect

from server.example.load import EMAIL
from tests.e2e.world import Phone, Server, assert_accessible, shoot, watch

FIRST, SECOND = "Er wordt te hard gereden op de doorgaande weg.", "Bij het bankje aan de vaart ligt altijd afval."
TALK = "Keukentafelgesprek"


def make_photo_file(path: Path) -> None:
    """A picture of a bench by the water in tall grass, with the grain of a camera: some hundreds of kilobytes."""
    image = Image.new("RGB", (1600, 1200), "#a9c7dd")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 520, 1600, 700), fill="#5d7f92")
    draw.rectangle((0, 700, 1600, 1200), fill="#6f8f45")
    for top in (640, 700, 790):
        draw.rectangle((380, top, 1180, top + 40), fill="#7a4f2b")
    for left in (440, 1080):
        draw.rectangle((left, 640, left + 40, 960), fill="#3c3c3c")
    for blade in range(0, 1600, 9):
        draw.line((blade, 1200, blade + blade % 41 - 20, 860 + blade * 7 % 190), fill="#4f6e2c", width=5)
    grain = Image.frombytes("RGB", (1600, 1200), os.urandom(1600 * 1200 * 3))
    Image.blend(image, grain, 0.06).save(path, "JPEG", quality=85)


def test_what_is_recorded_offline_becomes_percentage_and_inventory(
    server: Server, phone: Phone, desk: BrowserContext, tmp_path: Path
) -> None:
    photo_path = tmp_path / "foto.jpg"
    make_photo_file(photo_path)

    page = phone.open()
    enrol(page, server)
    server.stop()
    begin_talk(page)
    photo = first_issue(page, photo_path)
    phone.kill()

    page = phone.open()
    page.goto(f"{server.url}/app/")
    finish_talk(page)
    schouw(page)
    expect(page.get_by_role("region", name="Stand van zaken")).to_contain_text("nog niet verstuurd")
    shoot(page, "telefoon-5-wacht-op-internet")

    server.start()
    deliver(page)
    assert phone.complaints == []

    assert_arrived_once(server, photo)
    at_the_desk(desk.new_page(), server)


def enrol(page: Page, server: Server) -> None:
    page.goto(server.link)
    expect(page.get_by_role("heading", name="U gaat meedoen met Rondgang")).to_be_visible()
    assert_accessible(page)
    shoot(page, "telefoon-1-meedoen")
    page.get_by_role("button", name="Meedoen").click()
    expect(page.get_by_text("Klaar: de app werkt nu ook zonder internet.")).to_be_visible()
    page.get_by_role("link", name="Beginnen").click()
    expect(page.get_by_role("heading", name="Vandaag")).to_be_visible()
    assert_accessible(page)
    shoot(page, "telefoon-2-vandaag")


def begin_talk(page: Page) -> None:
    page.get_by_role("button", name=f"Begin: {TALK}").click()
    page.get_by_role("combobox", name="Bij welk adres bent u?").press_sequentially("boekweitlaan 12")
    page.get_by_role("option", name="Boekweitlaan 12").first.click()
    page.get_by_role("radio", name="We hebben gepraat").check()
    assert_accessible(page)
    page.get_by_role("button", name="Volgende").click()
    page.get_by_role("radio", name="Ja", exact=True).check()
    page.get_by_label("Hoeveel mensen praten mee?").fill("3")
    page.get_by_role("button", name="Volgende").click()


def first_issue(page: Page, photo_path: Path) -> bytes:
    """Fills in the first vraagstuk with a photo; returns the photo's bytes as the phone keeps and shows it."""
    fill_issue(page, FIRST, "verkeer")
    page.get_by_label("Foto kiezen").set_input_files(photo_path)
    expect(page.get_by_alt_text("De foto bij deze vraag")).to_be_visible()
    expect(page.get_by_text("Bewaard op deze telefoon")).to_be_visible()
    assert_accessible(page)
    shoot(page, "telefoon-3-gesprek")
    return bytes(page.evaluate("async () => [...new Uint8Array(await window.shown.at(-1).arrayBuffer())]"))


def fill_issue(page: Page, text: str, theme: str) -> None:
    page.get_by_role("textbox", name="Wat speelt er?").fill(text)
    page.get_by_label("Waar gaat het over?").select_option(theme)
    page.get_by_role("radio", name="Bewoners, met hulp").check()
    page.get_by_role("radio", name="Misschien").check()


def finish_talk(page: Page) -> None:
    page.get_by_role("link", name=f"Verder met {TALK}").click()
    expect(page.get_by_role("textbox", name="Wat speelt er?")).to_have_value(FIRST)
    expect(page.get_by_alt_text("De foto bij deze vraag")).to_be_visible()
    page.get_by_role("button", name="Nog een toevoegen: Wat speelt er?").click()
    expect(page.get_by_role("textbox", name="Wat speelt er?")).to_have_value("")
    fill_issue(page, SECOND, "schoon_en_heel")
    next_until_end(page)
    assert_accessible(page)
    shoot(page, "telefoon-4-samenvatting")
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text("Bewaard op deze telefoon.")).to_be_visible()


def next_until_end(page: Page) -> None:
    """Leaves out what is not required, up to the summary."""
    while not page.get_by_role("button", name="Bewaren").is_visible():
        title = page.get_by_role("heading", level=1).inner_text()
        page.get_by_role("button", name="Volgende").click()
        expect(page.get_by_role("heading", level=1)).not_to_have_text(title)


def schouw(page: Page) -> None:
    page.get_by_role("button", name="Begin: Wijkschouw").click()
    page.get_by_role("radio", name="Zwerfafval").check()
    page.get_by_role("radio", name="C · matig").check()
    page.get_by_role("button", name="Bepaal mijn plek").click()
    expect(page.get_by_text("Uw plek is bepaald")).to_be_visible()
    assert_accessible(page)
    shoot(page, "telefoon-6-schouw")
    next_until_end(page)
    page.get_by_role("button", name="Bewaren").click()
    expect(page.get_by_text("Bewaard op deze telefoon.")).to_be_visible()


def deliver(page: Page) -> None:
    page.get_by_role("button", name="Nu versturen").click()
    expect(page.get_by_role("region", name="Stand van zaken")).to_contain_text("Alles is verstuurd en aangekomen")
    page.get_by_role("link", name="Verstuurd").click()
    expect(page.get_by_text("Aangekomen ✓")).to_have_count(2)
    assert_accessible(page)
    shoot(page, "telefoon-7-aangekomen")


def assert_arrived_once(server: Server, photo: bytes) -> None:
    """Both observations and the photo, `photo` being the bytes that the phone kept."""
    with sqlite3.connect(f"file:{server.data}/rondgang.db?mode=ro", uri=True) as database:
        observations = database.execute("SELECT form_id, status, persons FROM observation ORDER BY form_id").fetchall()
        statements = database.execute("SELECT text FROM melding ORDER BY number").fetchall()
        position = database.execute("SELECT lon, lat FROM observation WHERE form_id = 'wijkschouw'").fetchone()
        attachments = database.execute("SELECT sha256, size FROM attachment").fetchall()
    assert observations == [("keukentafelgesprek", "applied", 3), ("wijkschouw", "applied", None)]
    assert statements == [(FIRST,), (SECOND,)]
    assert position == (6.6153, 52.6881)
    (original,) = (path for path in (server.data / "photos" / "original").rglob("*") if path.is_file())
    assert original.read_bytes() == photo
    assert attachments == [(sha256(photo).hexdigest(), len(photo))]
    with Image.open(original) as image:
        assert image.size == (1600, 1200)


def at_the_desk(page: Page, server: Server) -> None:
    complaints: list[str] = []
    watch(page, complaints)
    log_in(page, server)
    page.get_by_role("link", name="Nieuwlande").click()
    expect(page.get_by_text("3 van de 1.415 inwoners deden mee.")).to_be_visible()
    page.get_by_role("link", name="Wat speelt er").click()
    expect(page.get_by_text(FIRST)).to_be_visible()
    expect(page.get_by_text(SECOND)).to_be_visible()
    page.get_by_role("navigation", name="Over Nieuwlande").get_by_role("link", name="Kaart").click()
    expect(page.locator("[data-rg-map]")).to_have_attribute("data-ready", "true")
    expect(page.locator("#observaties > li")).to_have_count(2)
    photo = page.get_by_alt_text("Foto bij deze observatie")
    assert photo.evaluate("image => image.decode().then(() => image.naturalWidth)") == 1280
    assert complaints == []


def log_in(page: Page, server: Server) -> None:
    page.goto(server.url)
    page.get_by_label("E-mailadres").fill(EMAIL)
    page.get_by_label("Wachtwoord").fill(server.password)
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gebieden · Hoogeveen")
