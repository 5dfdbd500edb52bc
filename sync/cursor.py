"""The pull cursor: a position in the change log, opaque to clients. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from core.problems import CURSOR_GONE, Problem

Position = tuple[int, int]


def encode_cursor(position: Position) -> str:
    """A short text for (transaction, sequence number)."""
    return urlsafe_b64encode(f"{position[0]}.{position[1]}".encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> Position:
    """The position in a cursor that we made. Raises CURSOR_GONE for anything else."""
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        transaction, number = text.split(".")
        position = int(transaction), int(number)
    except ValueError as error:
        raise Problem(CURSOR_GONE) from error
    if not all(0 <= part < 2**63 for part in position) or encode_cursor(position) != cursor:
        raise Problem(CURSOR_GONE)
    return position
