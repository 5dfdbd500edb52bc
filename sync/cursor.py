"""The pull cursor: a position in the change log and what the device could see then, opaque to clients. Pure."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from core.problems import CURSOR_GONE, Problem

Position = tuple[int, int]
WORD = re.compile(r"[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a device has read: which log, which (transaction, number), and a digest of its scope."""

    epoch: str
    position: Position
    scope: str


def encode_cursor(cursor: Cursor) -> str:
    """A short text for the cursor."""
    transaction, number = cursor.position
    text = f"{cursor.epoch}.{transaction}.{number}.{cursor.scope}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(text: str) -> Cursor:
    """The cursor in a text that we made. Raises CURSOR_GONE for anything else."""
    try:
        epoch, transaction, number, scope = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().split(".")
        cursor = Cursor(epoch, (int(transaction), int(number)), scope)
    except ValueError as error:
        raise Problem(CURSOR_GONE) from error
    is_ours = WORD.fullmatch(epoch) and WORD.fullmatch(scope) and all(0 <= part < 2**63 for part in cursor.position)
    if not is_ours or encode_cursor(cursor) != text:
        raise Problem(CURSOR_GONE)
    return cursor
