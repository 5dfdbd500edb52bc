"""What a phone tells of itself with every call (docs/protocol.md, 2.3), and what its clock is worth. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from werkzeug.http import parse_dict_header

LARGEST_SKEW_S = 100 * 365 * 86_400.0
NO_SKEW_BELOW_S = 60.0


@dataclass(frozen=True, slots=True)
class Report:
    """How many mutations a phone made and has not sent, how many photos wait, and its clock; None: it did not say."""

    made: int | None = None
    unsent: int | None = None
    photos_unsent: int | None = None
    clock: datetime | None = None

    def skew_s(self, now: datetime) -> float | None:
        """The server's clock minus the phone's, in seconds."""
        if self.clock is None:
            return None
        skew = (now - self.clock).total_seconds()
        return skew if abs(skew) <= LARGEST_SKEW_S else None


def read_report(header: str | None) -> Report:
    """What the header says; what cannot be read of it counts as not said, for no call may fail on it."""
    try:
        said = parse_dict_header(header or "")
    except ValueError:
        return Report()
    return Report(_count(said.get("made")), _count(said.get("unsent")), _count(said.get("photos")), _moment(said))


def corrected(moment: datetime, skew_s: float | None) -> datetime:
    """This moment by the server's clock. Below a minute the clocks count as equal: so long may a bad line take."""
    if skew_s is None or abs(skew_s) < NO_SKEW_BELOW_S:
        return moment
    try:
        return moment + timedelta(seconds=round(skew_s))
    except OverflowError:
        return moment


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None


def _moment(said: dict[str, str | None]) -> datetime | None:
    try:
        clock = datetime.fromisoformat(said.get("clock") or "")
    except ValueError:
        return None
    return clock if clock.tzinfo else None
