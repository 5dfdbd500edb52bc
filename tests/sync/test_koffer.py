"""The koffer: what is whole is taken in, what is damaged is named, and twice is harmless."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey
from PIL import Image
from sqlalchemy import func, select

from core.config import Settings
from core.problems import Fault, Problem
from server.inventory.process import record_meldingen
from sync.client import Photo, SyncClient
from sync.koffer import (
    MAGIC,
    NO_BEGINNING,
    NO_HEAD,
    NOT_BASE64,
    NOT_OURS,
    TOO_LONG,
    Line,
    Seals,
    koffer_lines,
    read_lines,
)
from sync.models import Attachment, Device, Mutation, Observation, Rejection
from sync.models import Photo as PhotoRow
from sync.photo_store import photo_store
from sync.unpack import NOBODY, Unpacked, unpack_koffer
from tests.support import NOON, Rows, Village

OUR_KEY = bytes(range(32))
FIXTURE = Path(__file__).parents[2] / "client" / "tests" / "fixtures" / "koffer.json"
LONGEST = 10_000


def public_key(secret_key: bytes) -> str:
    return urlsafe_b64encode(bytes(PrivateKey(secret_key).public_key)).decode().rstrip("=")


# the format, without a server


def small_koffer() -> list[bytes]:
    """Seven lines: the magic one, the device, three mutations and two photos."""
    mutations = [{"id": str(UUID(int=number)), "text": "é\n" * number} for number in range(3)]
    photos = [("a" * 64, "image/jpeg", b"\n\xff\x00photo\n"), ("b" * 64, "audio/webm", b"")]
    return list(
        koffer_lines(public_key(OUR_KEY), {"deviceId": str(UUID(int=9)), "volunteer": "Ann"}, mutations, photos)
    )


SMALL = small_koffer()


def read(content: bytes, *keys: bytes) -> tuple[list[Line], list[Fault]]:
    found = list(read_lines(BytesIO(content), Seals(keys or (OUR_KEY,)), LONGEST))
    return [one for one in found if isinstance(one, Line)], [one for one in found if isinstance(one, Fault)]


def contents(lines: list[Line]) -> list[tuple[str, bytes]]:
    return [(line.kind, line.content) for line in lines]


WHOLE = contents(read(b"".join(SMALL))[0])


def test_koffer_gives_back_what_was_put_in() -> None:
    lines, faults = read(b"".join(SMALL))

    assert faults == []
    assert [line.number for line in lines] == [2, 3, 4, 5, 6, 7]
    assert lines[0].head == {
        "kind": "device",
        "device_id": UUID(int=9),
        "volunteer": "Ann",
        "mutations": 3,
        "photos": 2,
    }
    assert json.loads(lines[3].content) == {"id": str(UUID(int=2)), "text": "é\né\n"}
    assert (lines[4].head["sha256"], lines[4].content) == ("a" * 64, b"\n\xff\x00photo\n")


def test_line_starts_where_it_says() -> None:
    content = b"".join(SMALL)

    for line in read(content)[0]:
        assert content[line.start :].startswith(SMALL[line.number - 1])


def test_older_key_still_opens_what_was_sealed_to_it() -> None:
    lines, faults = read(b"".join(SMALL), bytes(32), OUR_KEY)

    assert (len(lines), faults) == (6, [])


def test_koffer_for_another_server_stays_shut() -> None:
    lines, faults = read(b"".join(SMALL), bytes(32))

    assert lines == []
    assert [(fault.pointer, fault.detail) for fault in faults] == [(str(number), NOT_OURS) for number in range(2, 8)]


@pytest.mark.parametrize("end", [b"\r\n", b"\n\n", b"=\n", b"==\n"])
def test_line_ends_and_padding_as_programs_change_them_do_no_harm(end: bytes) -> None:
    assert contents(read(b"".join(line.replace(b"\n", end) for line in SMALL[1:]))[0]) == WHOLE


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"*" * 80, NOT_BASE64),
        (b"\xff\x00", NOT_BASE64),
        (b"A" * 81, NOT_BASE64),
        (b"AAAA", NOT_OURS),
        (b"A" * 80, NOT_OURS),
        (b"A" * 20_000, TOO_LONG),
    ],
)
def test_line_that_does_not_open_says_why_and_the_next_one_opens(line: bytes, why: str) -> None:
    lines, faults = read(b"\n".join([MAGIC, line, *SMALL[1:]]))

    assert [(fault.pointer, fault.detail) for fault in faults] == [("2", why)]
    assert contents(lines) == WHOLE


@pytest.mark.parametrize(
    "head",
    ["", "geen json", "[]", "{}", '{"kind": "taart"}', '{"kind": "photo"}', '{"kind": "photo", "sha256": "kort"}',
     '{"kind": "device"}', '{"kind": "mutation", "nieuw": 1}', "[" * 5000, '{"kind": "mutation", "a": "' + "x" * 9000],
)  # fmt: skip
def test_line_whose_head_is_unreadable_is_a_fault(head: str) -> None:
    from nacl.public import SealedBox

    sealed = SealedBox(PrivateKey(OUR_KEY).public_key).encrypt(head.encode() + b"\ninhoud")

    lines, faults = read(MAGIC + b"\n" + urlsafe_b64encode(sealed))

    assert (lines, [(fault.pointer, fault.detail) for fault in faults]) == ([], [("2", NO_HEAD)])


def test_first_line_that_is_lost_is_named_and_nothing_else_is_lost() -> None:
    for beginning in (b"", b"rondgang-koffer 2\n", b"\xff\n"):
        lines, faults = read(beginning + b"".join(SMALL[1:]))

        assert contents(lines) == WHOLE
        assert [(fault.pointer, fault.detail) for fault in faults] == [("1", NO_BEGINNING)]


@given(st.data())
def test_truncation_at_any_byte_loses_only_what_it_touches(data: st.DataObject) -> None:
    content = b"".join(SMALL)
    end = data.draw(st.integers(0, len(content)))

    lines, _ = read(content[:end])

    untouched, position = 0, len(SMALL[0])
    for line in SMALL[1:]:
        position += len(line)
        untouched += position - 1 <= end  # without the newline it is whole as well
    assert contents(lines) == WHOLE[:untouched]


@given(st.data())
def test_damaged_byte_loses_only_the_lines_it_touches_and_they_are_named(data: st.DataObject) -> None:
    content = bytearray(b"".join(SMALL))
    place = data.draw(st.integers(len(SMALL[0]), len(content) - 1))
    touched = bytes(content[:place]).count(b"\n") - 1
    was_end = content[place] == ord("\n")
    content[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))

    lines, faults = read(bytes(content))

    lost = {touched, touched + 1} if was_end else {touched}
    kept = [one for number, one in enumerate(WHOLE) if number not in lost]
    assert [one for one in contents(lines) if one in WHOLE] == contents(lines)
    assert [one for one in contents(lines) if one in kept] == kept
    assert faults or contents(lines) == WHOLE  # the last bits of a line, or its last newline, may mean nothing


# taking it in


def vivid_photo() -> Photo:
    """A photo like no other."""
    out = BytesIO()
    Image.frombytes("RGB", (16, 16), os.urandom(768)).save(out, "PNG")
    return Photo(f"{uuid4().hex}.png", out.getvalue(), "image/png")


def working_phone(village: Village, talks: int = 2) -> SyncClient:
    """A phone with so many talks, each with a photo of its own, and none of it sent."""
    phone = village.phone()
    for number in range(talks):
        village.talk(phone, persons=number + 1, issues=("Lamp",), photos=(vivid_photo(),))
    return phone


def photos_on(phone: SyncClient) -> list[tuple[str, str, bytes]]:
    return [(one.sha256, one.media_type, one.content) for one in phone.photos.values()]


def koffer_of(village: Village, phone: SyncClient, **changes: Any) -> list[bytes]:
    """The koffer of this phone, line by line."""
    ours: Settings = village.app.extensions["rondgang_settings"]
    device = {"deviceId": str(phone.device_id), "volunteer": "Truus", "madeAt": NOON.isoformat(), **changes}
    return list(koffer_lines(ours.koffer_public_key, device, list(phone.queue.values()), photos_on(phone)))


def take_in(village: Village, lines: list[bytes] | bytes) -> Unpacked:
    content = lines if isinstance(lines, bytes) else b"".join(lines)
    with village.app.app_context():
        return unpack_koffer(BytesIO(content), village.app.extensions["rondgang_settings"], record_meldingen)


def everything(rows: Rows) -> list[int]:
    tables = (Device, Mutation, Observation, Attachment, PhotoRow, Rejection)
    return [rows(select(func.count()).select_from(table))[0][0] for table in tables]


def test_koffer_is_taken_in_as_if_it_were_sent(village: Village, rows: Rows) -> None:
    phone = working_phone(village)

    found = take_in(village, koffer_of(village, phone))

    assert found.is_whole
    assert (found.volunteer, found.made_at) == ("Truus", NOON)
    assert found.statuses == {"applied": 2}
    assert (found.photos_new, found.photos_known) == (2, 0)
    assert {device for (device,) in rows(select(Observation.device_id))} == {phone.device_id}
    with village.app.app_context():
        for one in phone.photos.values():
            assert photo_store().original(one.sha256) == one.content
    phone.deliver()
    assert not phone.queue


def test_koffer_taken_in_twice_changes_nothing(village: Village, rows: Rows) -> None:
    lines = koffer_of(village, working_phone(village))
    take_in(village, lines)
    before = everything(rows)

    again = take_in(village, lines)

    assert again.is_whole
    assert again.statuses == {"duplicate": 2}
    assert (again.photos_new, again.photos_known) == (0, 2)
    assert everything(rows) == before


def test_work_of_a_phone_that_is_not_known_is_taken_in_and_the_phone_gets_nothing(village: Village, rows: Rows) -> None:
    phone, stranger = working_phone(village), uuid4()

    found = take_in(village, koffer_of(village, phone, deviceId=str(stranger), volunteer="Truus\0\ud800"))

    assert found.is_whole
    ((device,),) = rows(select(Device).where(Device.id == stranger))
    assert device.volunteer == "Truus"
    assert device.revoked_at is not None
    assert {one for (one,) in rows(select(Observation.device_id))} == {stranger}


def test_koffer_without_the_line_of_its_phone_is_taken_in_under_no_name(village: Village, rows: Rows) -> None:
    phone = working_phone(village)
    magic, _, *rest = koffer_of(village, phone)

    found, _ = take_in(village, [magic, *rest]), take_in(village, [magic, *rest])

    assert not found.is_whole
    assert (found.mutations_lost, found.photos_lost) == (None, None)
    assert found.statuses == {"applied": 2}
    assert [device.volunteer for (device,) in rows(select(Device).where(Device.id == NOBODY))] == ["Koffer zonder naam"]


def test_photo_that_is_lost_is_named_with_what_misses_it(village: Village) -> None:
    phone = working_phone(village)
    lines = koffer_of(village, phone)
    lost = photos_on(phone)[-1][0]

    found = take_in(village, lines[:-1])

    assert not found.is_whole
    assert (found.mutations_lost, found.photos_lost) == (0, 1)
    assert found.photos_missing == [lost]
    assert take_in(village, lines).is_whole


@pytest.mark.parametrize(
    ("content", "media_type", "words"),
    [(b"andere bytes", "image/jpeg", "onderweg beschadigd"), (b"<svg>", "image/svg+xml", "geen foto")],
)
def test_photo_that_is_not_what_it_says_is_a_fault(
    village: Village, rows: Rows, content: bytes, media_type: str, words: str
) -> None:
    phone = village.phone()
    claimed = "0" * 64 if content == b"andere bytes" else Photo("", content).sha256
    ours: Settings = village.app.extensions["rondgang_settings"]
    device = {"deviceId": str(phone.device_id)}

    found = take_in(village, list(koffer_lines(ours.koffer_public_key, device, [], [(claimed, media_type, content)])))

    assert [(fault.pointer, words in fault.detail) for fault in found.faults] == [("3", True)]
    assert found.photos_lost == 1
    assert rows(select(PhotoRow)) == []


def test_recording_in_a_koffer_is_kept_as_it_is(village: Village, rows: Rows) -> None:
    phone = village.phone()
    village.talk(phone, issues=("Lamp",), photos=(Photo("gesprek.webm", b"geluid", "audio/webm"),))

    assert take_in(village, koffer_of(village, phone)).is_whole
    assert [photo.media_type for (photo,) in rows(select(PhotoRow))] == ["application/octet-stream"]


def test_photo_that_was_packed_twice_is_stored_once_and_not_missed(village: Village) -> None:
    phone, photo = village.phone(), vivid_photo()
    ours: Settings = village.app.extensions["rondgang_settings"]
    twice = [(photo.sha256, photo.media_type, photo.content)] * 2
    lines = list(koffer_lines(ours.koffer_public_key, {"deviceId": str(phone.device_id)}, [], twice))

    found, copied = take_in(village, lines), take_in(village, [*lines[:-1], lines[-2]])

    assert (found.is_whole, found.photos_new) == (True, 1)
    assert copied.photos_lost == 1


def test_what_cannot_be_read_as_a_mutation_is_kept_for_the_desk(village: Village, rows: Rows) -> None:
    ours: Settings = village.app.extensions["rondgang_settings"]
    device = {"deviceId": str(village.phone().device_id)}
    mutations: list[Any] = [{"id": "x"}, "onzin", ["\ud800"]]
    lines = list(koffer_lines(ours.koffer_public_key, device, mutations[:2], []))

    found = take_in(village, lines)

    assert found.statuses == {"rejected": 2}
    assert not found.is_whole
    assert len(rows(select(Rejection))) == 2


def test_mutations_are_pushed_in_the_order_in_which_they_were_made(village: Village, rows: Rows) -> None:
    phone = working_phone(village, talks=3)
    magic, *rest = koffer_of(village, phone)

    found = take_in(village, [magic, *reversed(rest)])

    assert found.is_whole
    received = [str(one) for (one,) in rows(select(Mutation.id).order_by(Mutation.received_at))]
    assert received == sorted(received)


def test_more_than_one_batch_is_taken_in(village: Village) -> None:
    phone = village.phone()
    for _ in range(120):
        phone.put_visit(village.address_ids[0], "niet_thuis", NOON, str(village.round_id))

    assert take_in(village, koffer_of(village, phone)).statuses == {"applied": 120}


def test_line_of_a_second_phone_is_named(village: Village) -> None:
    phone = working_phone(village, talks=1)
    lines = koffer_of(village, phone)
    other = koffer_of(village, phone, deviceId=str(uuid4()))[1]

    found = take_in(village, [*lines, other])

    assert [fault.pointer for fault in found.faults] == [str(len(lines) + 1)]
    assert found.statuses == {"applied": 1}


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\x89PNG\r\n\x1a\n" + bytes(5000), MAGIC])
def test_file_that_is_no_koffer_is_a_problem(village: Village, rows: Rows, content: bytes) -> None:
    with pytest.raises(Problem, match="koffer-unreadable"):
        take_in(village, content)

    assert rows(select(Rejection)) == []


def test_koffer_of_another_server_is_a_problem(village: Village) -> None:
    with pytest.raises(Problem, match="koffer-unreadable"):
        take_in(village, list(koffer_lines(public_key(OUR_KEY), {"deviceId": str(uuid4())}, [{"id": "x"}], [])))


def damaged(draw: st.DrawFn, lines: list[bytes]) -> tuple[list[bytes], set[int]]:
    """(the lines with one thing wrong, the numbers of the lines that it touches)."""
    place = draw(st.integers(1, len(lines) - 1))
    sort = draw(st.sampled_from(["missing", "duplicated", "reordered", "byte", "truncated"]))
    line = lines[place]
    if sort == "missing":
        return lines[:place] + lines[place + 1 :], {place}
    if sort == "duplicated":
        return [*lines, line], set()
    if sort == "reordered":
        return [lines[0], *draw(st.permutations(lines[1:]))], set()
    if sort == "byte":
        at = draw(st.integers(0, len(line) - 8))
        return [*lines[:place], line[:at] + b"*" + line[at + 1 :], *lines[place + 1 :]], {place}
    at = draw(st.integers(0, len(line) - 8))
    return [*lines[:place], line[:at]], set(range(place, len(lines)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_happens_to_one_line_all_others_are_taken_in_and_the_account_is_right(
    village: Village, rows: Rows, data: st.DataObject
) -> None:
    phone = working_phone(village, talks=2)
    mutation_ids, photo_hashes = list(phone.queue), [photo[0] for photo in photos_on(phone)]
    whole = koffer_of(village, phone)
    lines, touched = damaged(data.draw, whole)  # type: ignore[arg-type]  # a DataObject draws as a DrawFn does
    of_line: list[str | None] = [None, None, *mutation_ids, *photo_hashes]
    lost = {of_line[number] for number in touched}

    if len(touched) == len(whole) - 1:
        with pytest.raises(Problem):
            take_in(village, lines)
        return
    found, again = take_in(village, lines), take_in(village, lines)

    here = {str(one) for (one,) in rows(select(Mutation.id))}
    photos_here = {one for (one,) in rows(select(PhotoRow.sha256))}
    assert {one for one in mutation_ids if one in here} == set(mutation_ids) - lost
    assert {one for one in photo_hashes if one in photos_here} == set(photo_hashes) - lost
    assert found.is_whole == (not touched)
    if 1 not in touched:
        assert found.mutations_lost == len(lost & set(mutation_ids))
        assert found.photos_lost == len(lost & set(photo_hashes))
    assert again.statuses == {"duplicate": found.mutations} if found.mutations else not again.statuses
    assert again.photos_new == 0
    assert take_in(village, whole).is_whole


def test_koffer_that_the_app_packed_opens(app: Flask) -> None:
    packed = json.loads(FIXTURE.read_text())
    secret_key = urlsafe_b64decode(packed["secretKey"] + "=")
    content = "\n".join(packed["lines"]).encode() if isinstance(packed["lines"], list) else packed["lines"].encode()

    found = list(read_lines(BytesIO(content), Seals((secret_key,)), 25 * 1024 * 1024))

    assert public_key(secret_key) == packed["publicKey"]
    assert found
    assert not [one for one in found if isinstance(one, Fault)]
    ours = replace(app.extensions["rondgang_settings"], koffer_keys=(secret_key,))
    with app.app_context():
        assert unpack_koffer(BytesIO(content), ours, record_meldingen).fault_count == 0
