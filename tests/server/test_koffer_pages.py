"""Koffers and photos at the desk and in the terminal: what came in, what did not, and what to do about it."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from html import unescape
from io import BytesIO
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from core.config import Settings
from server.people.models import TEAMLID, AuditEntry
from sync.client import Photo, SyncClient
from sync.koffer import koffer_lines
from sync.models import Mutation
from sync.photos import Limits
from sync.uploads import Uploads
from tests.support import EMAIL, NOON, LogIn, Rows, Village, csrf, make_photo

RONDGANG = str(Path(sys.executable).parent / "rondgang")
NL = {"Accept-Language": "nl"}


def working_phone(village: Village) -> SyncClient:
    phone = village.phone()
    village.talk(phone, issues=("Lamp",), photos=(make_photo(),))
    phone.put_visit(village.address_ids[1], "niet_thuis", NOON, str(village.round_id))
    return phone


def koffer_of(village: Village, phone: SyncClient) -> list[bytes]:
    ours: Settings = village.app.extensions["rondgang_settings"]
    device = {"deviceId": str(phone.device_id), "volunteer": "Truus <b>", "madeAt": NOON.isoformat()}
    photos = [(one.sha256, one.media_type, one.content) for one in phone.photos.values()]
    return list(koffer_lines(ours.koffer_public_key, device, list(phone.queue.values()), photos))


def upload(browser: FlaskClient, content: bytes, token: str | None = None) -> TestResponse:
    token = csrf(browser.get("/koffer").text) if token is None else token
    file = FileStorage(BytesIO(content), "truus.koffer")
    boundary, body = encode_multipart({"koffer": file, "csrf_token": token})
    return browser.post("/koffer", data=body, content_type=f"multipart/form-data; boundary={boundary}", headers=NL)


def words_of(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def test_page_says_what_came_in_and_who_brought_it_is_written_down(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = working_phone(village)

    answer = upload(log_in(), b"".join(koffer_of(village, phone)))

    said = words_of(answer)
    assert "Koffer van Truus <b>" in said
    assert "Alles uit deze koffer is binnen." in said
    assert "Observaties en bezoeken Nieuw: 2" in said
    assert "Foto's Nieuw: 1" in said
    ((entry,),) = rows(select(AuditEntry))
    assert (entry.actor, entry.action) == (EMAIL, "koffer.inlezen")
    assert entry.subject == "truus.koffer van Truus <b>: 2 observaties en bezoeken, 1 foto's"


def test_same_koffer_again_was_here_already(village: Village, log_in: LogIn) -> None:
    browser, content = log_in(), b"".join(koffer_of(village, working_phone(village)))
    upload(browser, content)

    said = words_of(upload(browser, content))

    assert "Alles uit deze koffer is binnen." in said
    assert "Observaties en bezoeken Waren er al: 2" in said


def test_page_says_what_was_lost_and_what_to_do(village: Village, log_in: LogIn) -> None:
    lines = koffer_of(village, working_phone(village))
    lines[2] = b"*" + lines[2][1:]

    said = words_of(upload(log_in(), b"".join(lines[:-1])))

    assert "Niet alles uit deze koffer is binnen." in said
    assert "Regels die niet te lezen zijn: 1." in said
    assert "3 Deze regel is beschadigd: er staan tekens in die daar niet horen." in said
    assert "Observaties en bezoeken die niet meekwamen: 1." in said
    assert "Foto's die niet meekwamen: 1." in said
    assert "Maak op de telefoon een nieuwe koffer" in said


def test_file_that_is_no_koffer_is_told_in_words(log_in: LogIn) -> None:
    answer = upload(log_in(), b"\x89PNG\r\n")

    assert answer.status_code == 400
    assert "geen koffer die wij kunnen lezen" in answer.text


def test_page_without_a_file_asks_for_one(log_in: LogIn) -> None:
    browser = log_in()

    answer = browser.post("/koffer", data={"csrf_token": csrf(browser.get("/koffer").text)}, headers=NL)

    assert answer.status_code == 400
    assert "Kies eerst een bestand." in answer.text


def test_koffer_from_another_site_is_refused(village: Village, log_in: LogIn, rows: Rows) -> None:
    answer = upload(log_in(), b"".join(koffer_of(village, working_phone(village))), token="")

    assert answer.status_code == 400
    assert "te lang open" in answer.text
    assert rows(select(Mutation)) == []


def test_koffer_of_a_stranger_is_not_even_read(app: Flask) -> None:
    class Unread(BytesIO):
        def read(self, *_: int | None) -> bytes:
            raise AssertionError("the body was read")

    answer = app.test_client().post("/koffer", input_stream=Unread(b"x"), content_length=2**31, content_type="x/y")

    assert answer.status_code == 302


def test_member_of_a_schouw_team_brings_in_no_koffer(log_in: LogIn) -> None:
    assert log_in(TEAMLID).get("/koffer").status_code in {302, 403}


def test_koffer_may_be_larger_than_other_bodies_but_not_without_end(
    app: Flask, village: Village, log_in: LogIn
) -> None:
    browser, content = log_in(), b"".join(koffer_of(village, working_phone(village)))
    large = content + b" " * (9 * 1024 * 1024)

    assert "Alles uit deze koffer is binnen." in upload(browser, large).text
    app.extensions["rondgang_settings"] = replace(app.extensions["rondgang_settings"], max_koffer_bytes=len(content))
    refused = upload(browser, large)

    assert refused.status_code == 413
    assert "rondgang koffer import" in words_of(refused)


def in_terminal(settings: Settings, *files: Path) -> subprocess.CompletedProcess[str]:
    own = {"RONDGANG_DATA": str(settings.data), "DATABASE_URL": settings.database_url}
    command = [RONDGANG, "koffer", "import", *map(str, files)]
    return subprocess.run(command, env={**os.environ, **own}, capture_output=True, text=True)


def test_terminal_takes_in_koffers_and_fails_when_something_is_lost(
    village: Village, settings: Settings, tmp_path: Path, rows: Rows
) -> None:
    lines = koffer_of(village, working_phone(village))
    whole, half, none = tmp_path / "heel.koffer", tmp_path / "half.koffer", tmp_path / "geen.koffer"
    whole.write_bytes(b"".join(lines))
    half.write_bytes(b"".join(lines[:-1])[:-9])
    none.write_bytes(b"iets anders")

    broken, good = in_terminal(settings, none, half), in_terminal(settings, whole, whole)

    assert broken.returncode == 1
    assert "geen.koffer: Dit bestand is geen koffer die wij kunnen lezen." in broken.stdout
    assert "regel 4: Deze regel is beschadigd" in broken.stdout
    assert "Maak op de telefoon een nieuwe koffer" in broken.stdout
    assert good.returncode == 0, good.stderr
    assert "heel.koffer: koffer van Truus <b>" in good.stdout
    assert "Observaties en bezoeken: nieuw 1, waren er al 1" in good.stdout
    assert "Observaties en bezoeken: waren er al 2" in good.stdout
    assert [entry.actor for (entry,) in rows(select(AuditEntry))] == ["opdrachtregel"] * 3


# the page Foto's


def test_page_of_photos_says_when_there_is_nothing_to_worry_about(log_in: LogIn) -> None:
    said = words_of(log_in().get("/fotos", headers=NL))

    assert said.count("Geen.") == 3


def test_photo_that_did_not_arrive_is_shown_with_its_phone_and_how_far_it_is(
    village: Village, settings: Settings, log_in: LogIn
) -> None:
    phone, browser = working_phone(village), log_in()
    (photo,) = phone.photos.values()
    phone.push(list(phone.queue.values()))
    half = len(photo.content) // 2
    with village.app.app_context():
        uploads = Uploads(settings.uploads, phone.device_id, Limits(settings.max_photo_bytes, 10**6))
        uploads.begin(photo.sha256, half * 2)
        uploads.append(photo.sha256, 0, BytesIO(photo.content[:half]), None)

    answer = browser.get("/fotos", headers=NL)

    said = words_of(answer)
    assert "Vrijwilliger keukentafelgesprek · Boekweitlaan 1" in said
    assert said.count("50% van 1 kB") == 2
    assert "/observaties/" in answer.text
    assert said.count("Geen.") == 1
    assert words_of(upload(browser, b"".join(koffer_of(village, phone)))).count("Alles uit deze koffer is binnen.") == 1
    assert words_of(browser.get("/fotos", headers=NL)).count("Geen.") == 3


def test_photo_without_an_observation_can_be_seen(village: Village, log_in: LogIn) -> None:
    photo, recording = make_photo(), Photo("gesprek.webm", b"geluid", "audio/webm")
    phone, browser = village.phone(), log_in()
    phone.send_photo(photo)
    phone.send_photo(recording)

    page = browser.get("/fotos", headers=NL).text

    assert f"/fotos/{photo.sha256}.jpg" in page
    assert f"/bestanden/{recording.sha256}" in page
