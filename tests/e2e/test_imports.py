"""A municipality begins: its areas from a file, then its addresses, first with faults in them."""

import csv
import json
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.test_desk import look
from tests.e2e.test_whole_way import log_in
from tests.e2e.world import Server, watch

COLUMNS = ("straat", "nummer", "postcode", "plaats", "lon", "lat")


def write_areas(path: Path, width: float = 0.02) -> Path:
    """Two buurten beside each other; the first of this width in degrees."""
    rows: list[dict[str, Any]] = []
    for number, (west, east) in enumerate(((6.90, 6.90 + width), (6.92, 6.94))):
        ring = [[west, 52.9], [east, 52.9], [east, 52.92], [west, 52.92], [west, 52.9]]
        rows.append(
            {
                "type": "Feature",
                "properties": {
                    "buurtcode": f"BU1681000{number}",
                    "buurtnaam": ("Exloo", "Odoorn")[number],
                    "water": "NEE",
                    "aantal_inwoners": 1500 + number,
                    "aantal_huishoudens": 700,
                },
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}))
    return path


def write_addresses(path: Path, *rows: tuple[object, ...]) -> Path:
    with path.open("w", newline="") as file:
        csv.writer(file, delimiter=";").writerows([COLUMNS, *rows])
    return path


def choose(page: Page, path: Path) -> None:
    page.locator("#bestand").set_input_files(path)
    page.get_by_role("button", name="Bekijken").click()


def test_areas_and_addresses_are_imported_after_a_preview(
    standing_server: Server, desk: BrowserContext, tmp_path: Path
) -> None:
    page, complaints = desk.new_page(), []  # type: Page, list[str]
    watch(page, complaints)
    page.goto(standing_server.url)
    log_in(page, standing_server)

    page.goto(f"{standing_server.url}/gebieden/inlezen")
    look(page, "gebieden-inlezen")
    choose(page, write_areas(tmp_path / "buurten 2025.geojson"))
    expect(page.get_by_text("Nieuwe gebieden: 2.")).to_be_visible()
    expect(page.get_by_text("Buurt: 2, inwoners 3.001, huishoudens 1.400.")).to_be_visible()
    expect(page.get_by_label("Peildatum van de cijfers")).to_have_value("2025-01-01")
    look(page, "gebieden-voorbeeld")
    page.get_by_role("button", name="Toepassen").click()
    expect(page.get_by_text("Nieuwe gebieden: 2.")).to_be_visible()
    expect(page.get_by_text("Klaar.")).to_be_visible()  # placed again
    look(page, "gebieden-ingelezen")

    page.get_by_role("link", name="Nog een bestand inlezen").click()
    choose(page, write_areas(tmp_path / "buurten 2025.geojson", width=0.019))
    expect(page.get_by_text("Andere grens: 1.")).to_be_visible()
    expect(page.get_by_role("cell", name="hectare anders")).to_be_visible()
    page.get_by_role("link", name="Niet doen").click()

    page.get_by_role("link", name="Adressen inlezen").click()
    look(page, "adressen-inlezen")
    good = [("Hoofdstraat", number, "7875 AA", "Exloo", "6,91", "52,91") for number in range(1, 6)]
    wrong = [("Hoofdstraat", "6a", "7875", "Exloo", "52,91", "6,91"), good[0]]
    choose(page, write_addresses(tmp_path / "adressen.csv", *good, *wrong))
    expect(page.get_by_role("alert")).to_contain_text("Er is niets ingelezen.")
    expect(page.get_by_role("row", name="7 nummer Hier hoort een getal")).to_be_visible()
    expect(page.get_by_text("Dit adres staat ook op rij 2.")).to_be_visible()
    look(page, "adressen-fouten")
    choose(page, write_addresses(tmp_path / "adressen.csv", *good, ("Verweg", 1, "1012JS", "Elders", "4,9", "52,37")))
    expect(page.get_by_text("Nieuwe adressen: 6.")).to_be_visible()
    expect(page.get_by_role("heading", name="Buiten alle gebieden")).to_be_visible()
    look(page, "adressen-voorbeeld")
    page.get_by_role("button", name="Toepassen").click()
    expect(page.get_by_role("status")).to_contain_text("Nieuwe adressen: 6.")
    look(page, "adressen-ingelezen")

    in_area = "SELECT count(*) FROM address JOIN area ON area.id = area_id WHERE area.name = 'Exloo'"
    assert standing_server.rows(in_area) == [(5,)]
    assert complaints == []


def test_new_address_is_put_together_with_one_in_the_list(
    standing_server: Server, desk: BrowserContext, tmp_path: Path
) -> None:
    page, complaints = desk.new_page(), []  # type: Page, list[str]
    watch(page, complaints)
    log_in(page, standing_server)
    added = "00000000000000000000000000000042"
    copied = "SELECT ?, 'voorgesteld', area_id, street, number, 'b', '', '', place, lon, lat, 1 FROM address"
    columns = "id, status, area_id, street, number, letter, addition, postcode, place, lon, lat, households"
    of_list = "WHERE number = 1 ORDER BY street LIMIT 1"
    standing_server.change(f"INSERT INTO address ({columns}) {copied} {of_list}", added)

    page.get_by_role("link", name="Te bekijken").click()
    page.get_by_role("link", name="Nieuwe adressen: 1").click()
    look(page, "nieuwe-adressen")
    page.get_by_role("listitem").get_by_role("link").click()
    look(page, "nieuw-adres")
    page.get_by_role("group", name="Lijkt erop, of ligt dichtbij").get_by_role("radio").first.check()
    page.get_by_role("button", name="Het is dit adres").click()
    expect(page.get_by_text("Er zijn geen nieuwe adressen.")).to_be_visible()

    assert standing_server.rows("SELECT status, same_as IS NOT NULL FROM address WHERE id = ?", added) == [
        ("vervallen", 1)
    ]
    assert complaints == []
