"""The koffer: unsent work of a phone as lines of text, each sealed to the server's key by itself (protocol 8).

A sealed box opens only when every bit of it is right. So a line that opens is whole, a line that does not is lost, and
it takes no other with it. Whoever has the public key can seal a koffer: that a line opens says nothing of who made it.
Therefore a person brings it in, and what is in it is judged like anything that is pushed.
A koffer may be larger than the memory: it is read line by line, and a line that is too long is passed over unread.
"""

import binascii
import json
from base64 import b64decode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from marshmallow import ValidationError
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from core.problems import N_, Fault
from sync.schemas import KofferHead

MAGIC = b"rondgang-koffer 1"
DEVICE, MUTATION, PHOTO = "device", "mutation", "photo"
NEEDED = {DEVICE: "device_id", MUTATION: "kind", PHOTO: "sha256"}
LONGEST_HEAD = 4096
SEAL_BYTES = 48
SEAL_ID = 42  # characters that hold nothing but the key that was made for this one box
PIECE_BYTES = 64 * 1024

NO_BEGINNING = N_("De eerste regel van de koffer ontbreekt of is beschadigd.")
TOO_LONG = N_("Deze regel is te lang.")
NOT_BASE64 = N_("Deze regel is beschadigd: er staan tekens in die daar niet horen.")
NOT_OURS = N_("Deze regel is beschadigd, of verzegeld voor een andere server.")
NO_HEAD = N_("Deze regel gaat open, maar er staat niet in wat het is.")

_HEAD = KofferHead()


class Unopened(Exception):
    """A line that gives nothing, and why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line that opened: its number, where it starts in the file, what its head says, and its content.

    `seal` is the part of it that no other sealing has: the same line twice has the same, the same photo twice has not.
    """

    number: int
    start: int
    seal: bytes
    head: Mapping[str, Any]
    content: bytes

    @property
    def kind(self) -> str:
        return str(self.head["kind"])


class Seals:
    """The server's keys: the one that is handed out now, and older ones that koffers may still be sealed to."""

    def __init__(self, keys: Iterable[bytes]) -> None:
        self._boxes = [SealedBox(PrivateKey(key)) for key in keys]

    def open(self, text: bytes) -> bytes:
        """What is sealed in this text. Raises Unopened."""
        bare = text.rstrip(b"=")
        try:
            sealed = b64decode(bare + b"=" * (-len(bare) % 4), b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise Unopened(NOT_BASE64) from error
        for box in self._boxes:
            try:
                return bytes(box.decrypt(sealed))
            except CryptoError:
                continue
        raise Unopened(NOT_OURS)


def koffer_lines(
    public_key: str,
    device: Mapping[str, Any],
    mutations: Iterable[Mapping[str, Any]],
    photos: Iterable[tuple[str, str, bytes]],
) -> Iterator[bytes]:
    """The lines of a koffer, each with its newline. Photos are (SHA-256, media type, content).

    `device` has what stands in the head of its line, but for the numbers: those are counted here.
    """
    box = SealedBox(PublicKey(urlsafe_b64decode(public_key + "=" * (-len(public_key) % 4))))
    mutations, photos = list(mutations), list(photos)
    yield MAGIC + b"\n"
    yield _sealed(box, {**device, "kind": DEVICE, "mutations": len(mutations), "photos": len(photos)}, b"")
    for mutation in mutations:
        yield _sealed(box, {"kind": MUTATION}, json.dumps(mutation).encode())
    for photo_hash, media_type, content in photos:
        yield _sealed(box, {"kind": PHOTO, "sha256": photo_hash, "mediaType": media_type}, content)


def _sealed(box: SealedBox[PublicKey], head: Mapping[str, Any], content: bytes) -> bytes:
    sealed: bytes = box.encrypt(json.dumps(head).encode() + b"\n" + content)
    return urlsafe_b64encode(sealed).rstrip(b"=") + b"\n"


def read_lines(file: BinaryIO, seals: Seals, most_content: int) -> Iterator[Line | Fault]:
    """Each line that opens, and for each that does not a fault: its number and why (a text to translate)."""
    for number, start, text in _lines(file, _longest_line(most_content)):
        is_magic = text == MAGIC
        if number == 1 and not is_magic:
            yield Fault("1", NO_BEGINNING)
        if is_magic or text == b"":
            continue
        try:
            yield _opened(number, start, text, seals)
        except Unopened as error:
            if number > 1:
                yield Fault(str(number), str(error))


def read_line_at(file: BinaryIO, start: int, seals: Seals, most_content: int) -> Line:
    """The line that starts here, which opened before."""
    file.seek(start)
    return _opened(0, start, file.readline(_longest_line(most_content) + 2).strip(), seals)


def _opened(number: int, start: int, text: bytes | None, seals: Seals) -> Line:
    if text is None:
        raise Unopened(TOO_LONG)
    head, _, content = seals.open(text).partition(b"\n")
    return Line(number, start, text[:SEAL_ID], _read_head(head), content)


def _read_head(text: bytes) -> Mapping[str, Any]:
    try:
        head: Mapping[str, Any] = _HEAD.load(json.loads(text[: LONGEST_HEAD + 1]))
        head[NEEDED[head["kind"]]]
    except (ValueError, RecursionError, ValidationError, KeyError) as error:
        raise Unopened(NO_HEAD) from error
    return head


def _lines(file: BinaryIO, longest: int) -> Iterator[tuple[int, int, bytes | None]]:
    """(number, where it starts, the line without its end); None for a line that is too long."""
    number, start = 0, file.tell()
    while raw := file.readline(longest + 2):
        number += 1
        after = file.tell()
        if len(raw) == longest + 2 and not raw.endswith(b"\n"):
            after = _pass_over(file)
            yield number, start, None
        else:
            yield number, start, raw.strip()
        file.seek(after)  # whoever reads along may have read elsewhere meanwhile
        start = after


def _pass_over(file: BinaryIO) -> int:
    """Reads to the end of the line, keeping nothing of it; where the next one starts."""
    while (piece := file.readline(PIECE_BYTES)) and not piece.endswith(b"\n"):
        pass
    return file.tell()


def _longest_line(most_content: int) -> int:
    """How many characters a line may have: a head and so much content, sealed, as base64."""
    return -(-(LONGEST_HEAD + 1 + most_content + SEAL_BYTES) // 3) * 4
