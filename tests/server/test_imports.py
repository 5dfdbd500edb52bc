"""Files brought in at the desk: a preview first, all or nothing, told to the phones and in the log."""

import json
from datetime import date, timedelta
from io import BytesIO
from os import utime
from pathlib import Path
from time import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.config import Settings
from core.problems import ADDRESSES_UNREADABLE, Problem
from core.progress import Progress
from maps.area_reading import look_into
from maps.kinds import LAPSED, LISTED
from maps.models import Address, Area, AreaBoundary
from server.addresses_import import import_addresses, preview_addresses
from server.desk import import_pages
from server.importing import jobs
from server.people.models import AuditEntry
from sync.models import Observation
from tests.support import LogIn, MakeArea, Rows, Village, csrf

NL = {"Accept-Language": "nl"}
HEADER = "straat,nummer,postcode,plaats,lon,lat,huishoudens\n"
SQUARE = {"type": "Polygon", "coordinates": [[[6.6, 52.6], [6.7, 52.6], [6.7, 52.7], [6.6, 52.7], [6.6, 52.6]]]}


def areas(*names: str, geometry: Any = SQUARE) -> bytes:
    rows = [
        {
            "type": "Feature",
            "properties": {"statcode": f"BU0118000{number}", "naam": name, "inwoners": 100, "huishoudens": 40},
            "geometry": geometry,
        }
        for number, name in enumerate(names)
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


def addresses(*rows: str) -> bytes:
    return (HEADER + "".join(f"{row}\n" for row in rows)).encode()


def upload(browser: FlaskClient, path: str, content: bytes, name: str, **fields: str) -> str:
    """Uploads a file and gives the place of its preview."""
    token = csrf(browser.get(path).text)
    data = {"bestand": (BytesIO(content), name), "csrf_token": token, **fields}
    answer = browser.post(path, data=data, content_type="multipart/form-data", headers=NL)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def apply(browser: FlaskClient, preview: str, **fields: str) -> str:
    """Applies what was previewed and gives the page that follows."""
    token = csrf(browser.get(preview).text)
    answer = browser.post(
        preview.partition("?")[0], data={"csrf_token": token, **fields}, follow_redirects=True, headers=NL
    )
    assert answer.status_code == 200, answer.text
    return answer.text


def test_preview_says_what_changes_and_writes_nothing_until_it_is_applied(log_in: LogIn, rows: Rows) -> None:
    browser = log_in()
    preview = upload(browser, "/gebieden/inlezen", areas("Kern", "Zuid"), "buurten 2024.geojson")

    page = browser.get(preview, headers=NL).text

    assert "Nieuwe gebieden: 2." in page
    assert "Buurt: 2, inwoners 200, huishoudens 80." in page
    assert rows(select(Area)) == []
    done = apply(browser, preview, datum="2024-01-01")
    assert "Nieuwe gebieden: 2." in done
    assert len(rows(select(Area))) == 2
    assert [row[0] for row in rows(select(AuditEntry.actor).distinct())] == ["anna@gemeente.example"]


def test_same_file_again_says_nothing_changed(log_in: LogIn, rows: Rows) -> None:
    browser = log_in()
    for _ in range(2):
        preview = upload(browser, "/gebieden/inlezen", areas("Kern"), "buurten 2024.geojson")
        page = browser.get(preview, headers=NL).text
        done = apply(browser, preview, datum="2024-01-01") if "Toepassen" in page else ""

    assert "Niets veranderd." in page
    assert done == ""
    assert rows(select(func.count()).select_from(AreaBoundary))[0][0] == 1


def test_date_that_the_file_does_not_say_is_asked_first(log_in: LogIn) -> None:
    browser = log_in()
    preview = upload(browser, "/gebieden/inlezen", areas("Kern"), "buurten.geojson")

    assert "Vul eerst in wat hierboven staat" in browser.get(preview, headers=NL).text
    assert "Nieuwe gebieden: 1." in browser.get(f"{preview}?datum=2024-01-01", headers=NL).text
    assert "Vul eerst in wat hierboven staat" in browser.get(f"{preview}?datum=gisteren", headers=NL).text


def test_year_and_layer_come_from_the_name_that_its_owner_gave(tmp_path: Path) -> None:
    kept = tmp_path / "9a3e1f0c-2011-4b1e-8a55-1999aaaa2020.bin"
    kept.write_bytes(areas("Kern"))

    assert look_into(kept, "buurten.geojson").reference_date is None
    assert look_into(kept, "../buurten 2024.geojson").reference_date == date(2024, 1, 1)


def test_faults_are_shown_by_area_and_nothing_is_stored(log_in: LogIn, rows: Rows) -> None:
    browser = log_in()
    preview = upload(browser, "/gebieden/inlezen", areas("Kern", ""), "buurten 2024.geojson")

    answer = browser.get(preview, headers=NL)

    assert answer.status_code == 400
    assert "De naam ontbreekt" in answer.text
    assert "BU01180001" in answer.text
    assert rows(select(Area)) == []


@pytest.mark.parametrize("path", ["/gebieden/inlezen", "/adressen/inlezen"])
def test_upload_needs_log_in_a_token_and_a_file(app: Flask, log_in: LogIn, path: str) -> None:
    stranger = app.test_client().post(path, data={"bestand": (BytesIO(b"x"), "x")})
    browser = log_in()

    assert stranger.headers["Location"].startswith("/inloggen")
    assert browser.post(path, data={"bestand": (BytesIO(b"x"), "x")}).status_code == 400
    assert browser.post(path, data={"csrf_token": csrf(browser.get(path).text)}).status_code == 400


def test_file_that_is_too_large_is_refused_in_words(log_in: LogIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_pages, "MOST_BYTES", 2000)
    browser = log_in()
    token = csrf(browser.get("/gebieden/inlezen").text)

    answer = browser.post(
        "/gebieden/inlezen", data={"csrf_token": token, "bestand": (BytesIO(b"x" * 5000), "a.gpkg")}, headers=NL
    )

    assert answer.status_code == 413
    assert "te groot voor deze pagina" in answer.text


def test_file_is_gone_after_a_day_and_after_it_was_applied(log_in: LogIn, settings: Settings) -> None:
    browser = log_in()
    old = upload(browser, "/gebieden/inlezen", areas("Kern"), "buurten 2024.geojson")
    for path in (settings.data / "imports").iterdir():
        utime(path, (time() - timedelta(days=2).total_seconds(),) * 2)
    new = upload(browser, "/gebieden/inlezen", areas("Kern"), "buurten 2024.geojson")
    apply(browser, new, datum="2024-01-01")

    for preview in (old, new):
        answer = browser.get(preview, headers=NL)
        assert answer.status_code == 404
        assert "Kies het opnieuw" in answer.text
    assert list((settings.data / "imports").glob("*.bin")) == []


def test_large_file_is_applied_by_a_job_that_tells_how_it_ended(
    app: Flask, log_in: LogIn, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE_BYTES", 0)
    browser = log_in()
    preview = upload(browser, "/gebieden/inlezen", areas("Kern"), "buurten 2024.geojson")

    apply(browser, preview, datum="2024-01-01")
    app.extensions["rondgang_jobs"].finish()

    assert "Nieuwe gebieden: 1." in browser.get(f"{preview.partition('?')[0]}/klaar", headers=NL).text
    assert len(rows(select(Area))) == 1
    assert rows(select(Progress.problem).where(Progress.job == jobs.JOB)) == [(None,)]


def test_job_that_fails_changes_nothing_and_says_why(
    app: Flask, log_in: LogIn, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE_BYTES", 0)
    browser = log_in()
    preview = upload(browser, "/gebieden/inlezen", areas("Kern"), "buurten.geojson")

    apply(browser, f"{preview}?datum=2024-01-01")  # without the date
    app.extensions["rondgang_jobs"].finish()

    page = browser.get(f"{preview.partition('?')[0]}/klaar", headers=NL).text
    assert "Er is niets ingelezen." in page
    assert rows(select(Area)) == []


def test_new_boundary_places_doors_again_and_phones_hear_of_it(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone, browser = village.phone(), log_in()
    west_half = {
        "type": "Polygon",
        "coordinates": [[[6.6, 52.6], [6.64, 52.6], [6.64, 52.7], [6.6, 52.7], [6.6, 52.6]]],
    }
    rows_of = [{"type": "Feature", "properties": {"naam": "Nieuwlande", "soort": "dorp"}, "geometry": west_half}]
    content = json.dumps({"type": "FeatureCollection", "features": rows_of}).encode()

    done = apply(browser, upload(browser, "/gebieden/inlezen", content, "dorp.geojson"))
    village.app.extensions["rondgang_jobs"].finish()
    phone.pull()

    assert "Andere grens: 1." in done
    assert "Opnieuw plaatsen" in done
    assert phone.entities["address"] == {}
    assert rows(select(Address.area_id).distinct()) == [(None,)]


# addresses


def test_addresses_are_previewed_applied_and_heard_of_by_phones(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone, browser = village.phone(), log_in()
    content = addresses("Boekweitlaan,1,7918AB,Nieuwlande,6.65,52.65,1", "Vaart,3,7918AC,Nieuwlande,6.66,52.66,4",
                        "Verweg,1,7918AC,Elders,6.1,52.1,1")  # fmt: skip

    preview = upload(browser, "/adressen/inlezen", content, "adressen.csv")
    page = browser.get(preview, headers=NL).text
    done = apply(browser, preview)
    phone.pull()

    for text in ("Nieuwe adressen: 2.", "Veranderde adressen: 1.", "Buiten alle gebieden: 1.", "postcode – → 7918AB"):
        assert text in page
    assert "Nieuwe adressen: 2." in done
    assert rows(select(Address.households, Address.area_id).where(Address.street == "Vaart")) == [(4, village.area_id)]
    doors = phone.entities["address"]
    assert {door["street"] for door in doors.values()} == {"Boekweitlaan", "Vaart"}
    assert doors[village.address_ids[0]]["postcode"] == "7918AB"


def test_whole_list_lets_the_other_doors_of_its_places_lapse(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone, browser = village.phone(), log_in()
    village.talk(phone, door=1)
    phone.deliver()
    content = addresses("Boekweitlaan,1,,Nieuwlande,6.65,52.65,1")

    preview = upload(browser, "/adressen/inlezen", content, "adressen.csv", hele_lijst="ja")
    page = browser.get(preview, headers=NL).text
    apply(browser, preview, hele_lijst="ja")
    phone.pull()

    assert "Vervallen adressen: 1." in page
    assert rows(select(Address.status).order_by(Address.number)) == [(LISTED,), (LAPSED,)]
    assert list(phone.entities["address"]) == [village.address_ids[0]]
    assert "2 van de 100 inwoners deden mee" in browser.get(f"/gebieden/{village.area_id}", headers=NL).text


def test_without_that_tick_nothing_lapses(village: Village, log_in: LogIn, rows: Rows) -> None:
    browser = log_in()
    preview = upload(browser, "/adressen/inlezen", addresses("Vaart,3,,Nieuwlande,6.66,52.66,1"), "adressen.csv")

    apply(browser, preview)

    assert rows(select(Address.status).distinct()) == [(LISTED,)]


def test_faults_of_addresses_are_shown_by_row_and_nothing_is_stored(log_in: LogIn, rows: Rows) -> None:
    browser = log_in()
    content = addresses("Vaart,3,7918AC,Nieuwlande,6.66,52.66,1", "Vaart,3a,7918,Nieuwlande,52.66,6.66,1")
    preview = upload(browser, "/adressen/inlezen", content, "adressen.csv")

    answer = browser.get(preview, headers=NL)

    assert answer.status_code == 400
    for text in ("Fouten: 3", "Hier hoort een getal", "geen postcode", "niet in Nederland"):
        assert text in answer.text
    assert rows(select(Address)) == []


def test_same_addresses_again_change_nothing(app: Flask, make_area: MakeArea, tmp_path: Path, rows: Rows) -> None:
    make_area("Nieuwlande")
    file = tmp_path / "adressen.csv"
    file.write_bytes(addresses("Vaart,3,7918AC,Nieuwlande,6.66,52.66,4", "Vaart,5,7918AC,Nieuwlande,6.66,52.66,"))
    with app.app_context():
        assert len(import_addresses(file, file.name).new) == 2
        before = rows(select(func.count()).select_from(AuditEntry))
        again = import_addresses(file, file.name, is_whole=True)

    assert again.is_empty
    assert again.unchanged == 2
    assert rows(select(func.count()).select_from(AuditEntry)) == before


def test_moved_address_takes_its_observations_along(
    village: Village, tmp_path: Path, rows: Rows, make_area: MakeArea
) -> None:
    phone = village.phone()
    village.talk(phone)
    phone.deliver()
    other = make_area("Tiendeveen", west=6.8)
    file = tmp_path / "adressen.csv"
    file.write_bytes(addresses("Boekweitlaan,1,,Nieuwlande,6.85,52.65,1"))
    with village.app.app_context():
        assert len(import_addresses(file, file.name).moved) == 1
    village.app.extensions["rondgang_jobs"].finish()
    phone.pull()

    assert rows(select(Observation.area_id)) == [(other,)]
    assert village.address_ids[0] not in phone.entities["address"]


def test_whole_list_without_places_is_refused(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "adressen.csv"
    file.write_bytes(addresses("Vaart,3,7918AC,,6.66,52.66,4"))
    with app.app_context(), pytest.raises(Problem) as raised:
        preview_addresses(file, is_whole=True)

    assert raised.value.kind is ADDRESSES_UNREADABLE
