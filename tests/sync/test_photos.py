"""Photos: bit for bit, in any order, going on where they stopped, and only when they are photos."""

import os
import time
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import sha1, sha256
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from flask import Flask
from PIL import Image
from werkzeug.exceptions import ClientDisconnected

from core.problems import Problem
from sync.client import Photo, SyncClient
from sync.images import make_preview
from sync.photo_store import photo_store
from sync.photos import Limits
from sync.uploads import Uploads
from tests.support import LogIn, Village, make_photo

PHOTOS = "/v1/sync/photos"


def tus(phone: SyncClient, method: str, path: str = "", content: bytes = b"", **headers: str) -> httpx.Response:
    """A tus request of this phone; header names with underscores for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return phone.http.request(
        method,
        PHOTOS + path,
        content=content,
        headers={
            "Authorization": f"Bearer {phone.token}",
            "Tus-Resumable": "1.0.0",
            "Content-Type": "application/offset+octet-stream",
            **named,
        },
    )


def begin(phone: SyncClient, content: bytes, claimed: str | None = None) -> httpx.Response:
    photo_hash = claimed or sha256(content).hexdigest()
    metadata = f"sha256 {b64encode(photo_hash.encode()).decode()}"
    return tus(phone, "POST", Upload_Length=str(len(content)), Upload_Metadata=metadata)


def part_of(app: Flask) -> Path:
    """The only half upload."""
    (part,) = app.extensions["rondgang_settings"].uploads.rglob("*.part")
    assert isinstance(part, Path)
    return part


def stored(app: Flask, photo: Photo) -> bytes:
    with app.app_context():
        return photo_store().original(photo.sha256)


def test_photo_arrives_bit_for_bit_and_is_not_asked_for_again(village: Village, app: Flask) -> None:
    phone, photo = village.phone(), make_photo()
    village.talk(phone, issues=("Lamp",), photos=(photo,))

    phone.deliver()

    assert stored(app, photo) == photo.content
    assert not phone.queue
    assert not phone.photos


def test_photo_before_its_record_counts_as_well(village: Village, app: Flask) -> None:
    phone, photo = village.phone(), make_photo()
    phone.send_photo(photo)
    village.talk(phone, issues=("Lamp",), photos=(photo,))

    phone.deliver()

    assert not phone.queue


def test_upload_goes_on_from_where_it_stopped(village: Village, app: Flask) -> None:
    phone = village.phone()
    noise = Image.frombytes("RGB", (300, 300), os.urandom(270_000))
    out = BytesIO()
    noise.save(out, "PNG")
    photo = Photo("ruis.png", out.getvalue(), "image/png")
    begin(phone, photo.content)
    half = len(photo.content) // 2

    first = tus(phone, "PATCH", f"/{photo.sha256}", photo.content[:half], Upload_Offset="0")
    asked = tus(phone, "HEAD", f"/{photo.sha256}")
    rest = tus(phone, "PATCH", f"/{photo.sha256}", photo.content[half:], Upload_Offset=asked.headers["Upload-Offset"])

    assert first.headers["Upload-Offset"] == asked.headers["Upload-Offset"] == str(half)
    assert asked.headers["Upload-Expires"]
    assert rest.status_code == 204
    assert stored(app, photo) == photo.content


def test_whole_upload_that_was_not_finished_is_finished_by_the_next_request(village: Village, app: Flask) -> None:
    """As after a crash between the last byte and the photo's row."""
    phone, photo = village.phone(), make_photo()
    begin(phone, photo.content)
    part_of(app).write_bytes(photo.content)

    answer = tus(phone, "HEAD", f"/{photo.sha256}")

    assert answer.headers["Upload-Offset"] == str(len(photo.content))
    assert stored(app, photo) == photo.content


def test_bytes_at_another_offset_are_409(village: Village) -> None:
    phone, photo = village.phone(), make_photo()
    begin(phone, photo.content)

    assert tus(phone, "PATCH", f"/{photo.sha256}", b"x", Upload_Offset="5").status_code == 409


def test_more_bytes_than_promised_are_not_taken(village: Village, app: Flask) -> None:
    phone, photo = village.phone(), make_photo()
    begin(phone, photo.content)

    answer = tus(phone, "PATCH", f"/{photo.sha256}", photo.content + b"more", Upload_Offset="0")

    assert answer.headers["Upload-Offset"] == str(len(photo.content))
    assert stored(app, photo) == photo.content


@pytest.mark.parametrize(("algorithm", "digest"), [("sha1", sha1), ("sha256", sha256)])
def test_damaged_chunk_is_460_and_thrown_away(village: Village, algorithm: str, digest: type) -> None:
    phone, photo = village.phone(), make_photo()
    begin(phone, photo.content)
    good = b64encode(digest(photo.content).digest()).decode()

    damaged = tus(
        phone, "PATCH", f"/{photo.sha256}", photo.content[:-1], Upload_Offset="0", Upload_Checksum=f"{algorithm} {good}"
    )

    assert damaged.status_code == 460
    assert tus(phone, "HEAD", f"/{photo.sha256}").headers["Upload-Offset"] == "0"
    again = tus(
        phone, "PATCH", f"/{photo.sha256}", photo.content, Upload_Offset="0", Upload_Checksum=f"{algorithm} {good}"
    )
    assert again.status_code == 204


def test_photo_that_is_none_is_problem_and_does_not_count(village: Village) -> None:
    phone, content = village.phone(), b"<svg onload=alert(1)>"
    photo = Photo("boos.jpg", content)
    begin(phone, content)

    answer = tus(phone, "PATCH", f"/{photo.sha256}", content, Upload_Offset="0")

    assert answer.status_code == 400
    assert answer.json()["type"] == "urn:rondgang:problem:photo-unreadable"
    assert tus(phone, "HEAD", f"/{photo.sha256}").status_code == 404


def test_photo_with_other_bytes_than_its_hash_is_problem(village: Village) -> None:
    phone, photo = village.phone(), make_photo()
    claimed = "0" * 64
    begin(phone, photo.content, claimed)

    answer = tus(phone, "PATCH", f"/{claimed}", photo.content, Upload_Offset="0")

    assert answer.json()["type"] == "urn:rondgang:problem:photo-hash-wrong"


def test_photo_with_too_many_pixels_is_413_without_being_decoded(village: Village) -> None:
    phone = village.phone()
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    photo = Photo("bom.png", out.getvalue())
    begin(phone, photo.content)

    assert tus(phone, "PATCH", f"/{photo.sha256}", photo.content, Upload_Offset="0").status_code == 413


def test_upload_larger_than_allowed_is_refused_at_the_start(village: Village) -> None:
    metadata = f"sha256 {b64encode(b'a' * 64).decode()}"

    answer = tus(village.phone(), "POST", Upload_Length=str(10**9), Upload_Metadata=metadata)

    assert answer.status_code == 413


@pytest.mark.parametrize("photo_hash", ["..", "%2e%2e%2fsecret", "A" * 64, "a" * 63])
def test_path_that_is_no_hash_is_refused(village: Village, photo_hash: str) -> None:
    assert tus(village.phone(), "HEAD", f"/{photo_hash}").status_code in {400, 404}


def test_upload_of_another_phone_cannot_be_touched(village: Village) -> None:
    first, second, photo = village.phone(), village.phone(), make_photo()
    begin(first, photo.content)

    assert tus(second, "HEAD", f"/{photo.sha256}").status_code == 404
    assert tus(second, "DELETE", f"/{photo.sha256}").status_code == 404
    assert tus(first, "DELETE", f"/{photo.sha256}").status_code == 204
    assert tus(first, "HEAD", f"/{photo.sha256}").status_code == 404


def test_server_says_which_tus_it_speaks(village: Village) -> None:
    phone = village.phone()

    extensions = tus(phone, "OPTIONS").headers["Tus-Extension"].split(",")
    assert extensions == ["creation", "creation-with-upload", "checksum", "expiration", "termination"]
    assert tus(phone, "HEAD", "/" + "a" * 64, Tus_Resumable="0.2").status_code == 412


def test_preview_has_no_metadata_and_stands_upright() -> None:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turned a quarter
    exif[0x010F] = "Secret Phone"
    Image.new("RGB", (40, 20), "red").save(out, "JPEG", exif=exif)

    preview = make_preview(out.getvalue())

    with Image.open(BytesIO(preview)) as image:
        assert image.size == (20, 40)
        assert not image.getexif()
    assert b"Secret" not in preview


def test_photo_begun_many_times_at_once_is_begun_once(village: Village) -> None:
    phone, photo = village.phone(), make_photo()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: begin(phone, photo.content).status_code, range(16)))

    assert set(statuses) == {201}


def test_bytes_sent_twice_at_once_are_written_once(village: Village, app: Flask) -> None:
    phone, photo = village.phone(), make_photo(edge=900)
    begin(phone, photo.content)

    with ThreadPoolExecutor(4) as pool:
        sent = list(
            pool.map(lambda _: tus(phone, "PATCH", f"/{photo.sha256}", photo.content, Upload_Offset="0"), range(4))
        )

    assert {answer.status_code for answer in sent} <= {204, 404, 409}
    phone.send_photo(photo)
    assert stored(app, photo) == photo.content


def test_half_upload_of_a_lost_phone_is_forgotten_after_a_week(village: Village, app: Flask) -> None:
    lost, other, photo = village.phone(), village.phone(), make_photo()
    begin(lost, photo.content)
    week_ago = time.time() - 8 * 24 * 3600
    os.utime(part_of(app), (week_ago, week_ago))

    begin(other, make_photo("blue").content)

    assert tus(lost, "HEAD", f"/{photo.sha256}").status_code == 404


def test_photo_larger_than_a_json_body_may_come_in_one_piece(village: Village) -> None:
    phone = village.phone()
    noise = Image.frombytes("RGB", (1800, 1700), os.urandom(1800 * 1700 * 3))
    out = BytesIO()
    noise.save(out, "PNG", compress_level=0)
    photo = Photo("groot.png", out.getvalue(), "image/png")
    assert len(photo.content) > 8 * 1024 * 1024
    begin(phone, photo.content)

    assert tus(phone, "PATCH", f"/{photo.sha256}", photo.content, Upload_Offset="0").status_code == 204


def test_photo_damaged_behind_its_header_is_kept_and_its_preview_is_a_problem(village: Village, app: Flask) -> None:
    phone = village.phone()
    whole = make_photo(edge=600).content
    photo = Photo("half.jpg", whole[: len(whole) // 2])

    phone.send_photo(photo)

    assert stored(app, photo) == photo.content
    with pytest.raises(Problem, match="photo-unreadable"):
        make_preview(photo.content)


def test_recording_arrives_bit_for_bit_and_is_handed_out_as_a_download_only(
    village: Village, app: Flask, log_in: LogIn
) -> None:
    phone = village.phone()
    recording = Photo("gesprek.webm", b"<script>alert(1)</script>" * 100, "audio/webm")
    village.talk(phone, issues=("Lamp",), photos=(recording,))

    phone.deliver()

    assert not phone.queue
    answer = log_in().get(f"/bestanden/{recording.sha256}")
    assert answer.data == recording.content
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert app.test_client().get(f"/bestanden/{recording.sha256}").status_code == 302


def with_bytes(phone: SyncClient, content: bytes, body: bytes, **headers: str) -> httpx.Response:
    """A creation that brings the first bytes along."""
    metadata = f"sha256 {b64encode(sha256(content).hexdigest().encode()).decode()}"
    return tus(phone, "POST", "", body, Upload_Length=str(len(content)), Upload_Metadata=metadata, **headers)


def test_photo_may_come_along_with_its_creation(village: Village, app: Flask) -> None:
    phone, photo = village.phone(), make_photo()

    answer = with_bytes(phone, photo.content, photo.content)

    assert answer.status_code == 201
    assert answer.headers["Upload-Offset"] == str(len(photo.content))
    assert stored(app, photo) == photo.content


def test_first_bytes_that_came_with_a_creation_are_kept_and_a_repeat_adds_none(village: Village, app: Flask) -> None:
    phone, photo = village.phone(), make_photo()

    first = with_bytes(phone, photo.content, photo.content[:100])
    again = with_bytes(phone, photo.content, photo.content[:200])

    assert (first.status_code, first.headers["Upload-Offset"]) == (201, "100")
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, "100")
    assert first.headers["Upload-Expires"]
    phone.send_photo(photo)
    assert stored(app, photo) == photo.content


def test_first_bytes_that_are_damaged_are_460_and_can_be_sent_again(village: Village) -> None:
    phone, photo = village.phone(), make_photo()
    digest = b64encode(sha1(photo.content).digest()).decode()

    damaged = with_bytes(phone, photo.content, photo.content[:-1], Upload_Checksum=f"sha1 {digest}")

    assert damaged.status_code == 460
    assert tus(phone, "HEAD", f"/{photo.sha256}").headers["Upload-Offset"] == "0"


def test_body_of_a_creation_that_is_no_bytes_of_a_photo_is_passed_over(village: Village) -> None:
    phone, photo = village.phone(), make_photo()

    answer = with_bytes(phone, photo.content, photo.content, Content_Type="application/json")

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "0")


def test_methods_that_a_network_refuses_may_be_named_in_a_post(village: Village, app: Flask) -> None:
    phone, photo = village.phone(), make_photo()
    begin(phone, photo.content)
    path = f"/{photo.sha256}"

    asked = tus(phone, "POST", path, X_HTTP_Method_Override="HEAD")
    sent = tus(phone, "POST", path, photo.content, Upload_Offset="0", X_HTTP_Method_Override="PATCH")
    plain = tus(phone, "POST", path)

    assert asked.headers["Upload-Offset"] == "0"
    assert sent.status_code == 204
    assert plain.status_code == 405
    assert stored(app, photo) == photo.content


def test_every_answer_about_a_half_upload_tells_when_it_is_forgotten(village: Village) -> None:
    phone, photo = village.phone(), make_photo()

    begun = begin(phone, photo.content)
    sent = tus(phone, "PATCH", f"/{photo.sha256}", photo.content[:10], Upload_Offset="0")
    whole = tus(phone, "PATCH", f"/{photo.sha256}", photo.content[10:], Upload_Offset="10")

    assert begun.headers["Upload-Expires"].endswith("GMT")
    assert sent.headers["Upload-Expires"].endswith("GMT")
    assert "Upload-Expires" not in whole.headers


def test_upload_of_unknown_length_is_refused_in_words(village: Village) -> None:
    answer = tus(village.phone(), "POST", Upload_Defer_Length="1", Upload_Metadata="")

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "Upload-Defer-Length"


def test_bytes_of_another_content_type_are_415(village: Village) -> None:
    phone, photo = village.phone(), make_photo()
    begin(phone, photo.content)

    answer = tus(phone, "PATCH", f"/{photo.sha256}", photo.content, Upload_Offset="0", Content_Type="image/jpeg")

    assert answer.status_code == 415


def test_checksum_of_a_sort_that_is_not_offered_is_400(village: Village) -> None:
    phone, photo = village.phone(), make_photo()
    begin(phone, photo.content)

    answer = tus(phone, "PATCH", f"/{photo.sha256}", b"x", Upload_Offset="0", Upload_Checksum="md5 eA==")

    assert answer.status_code == 400


class BrokenLine(BytesIO):
    """A body whose connection breaks when its bytes are used up."""

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        if not piece:
            raise ClientDisconnected
        return piece


@pytest.mark.parametrize(("checksum", "kept"), [(None, 100), (("sha1", b"of all of it"), 0)])
def test_bytes_before_a_break_are_kept_unless_a_checksum_cannot_be_held_against_them(
    village: Village, app: Flask, checksum: tuple[str, bytes] | None, kept: int
) -> None:
    phone, photo = village.phone(), make_photo()
    settings = app.extensions["rondgang_settings"]
    uploads = Uploads(settings.uploads, phone.device_id, Limits(settings.max_photo_bytes, settings.max_photo_pixels))
    with app.app_context():
        uploads.begin(photo.sha256, len(photo.content))

        with suppress(Problem):
            uploads.append(photo.sha256, 0, BrokenLine(photo.content[:100]), checksum)

        assert uploads.progress(photo.sha256).offset == kept
