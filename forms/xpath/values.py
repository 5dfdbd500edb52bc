"""Values of XPath 1.0 as ODK extends them, and how one kind becomes another (ODK XForms spec, XPath Operators)."""

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from forms.xpath.nodes import Node

SECONDS_A_DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}(T\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?", re.ASCII
)  # what is longer, or has words in it, is text


class NotEvaluated(Exception):
    """This expression says nothing here: it asks for what the server does not have, or what we do not know."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date or time. It is a number (days since 1970, UTC) where one is asked for, and ISO 8601 as text."""

    at: datetime

    @property
    def days(self) -> float:
        return (self.at - _EPOCH).total_seconds() / SECONDS_A_DAY

    def __str__(self) -> str:
        if (self.at.hour, self.at.minute, self.at.second, self.at.microsecond) == (0, 0, 0, 0):
            return self.at.date().isoformat()
        return self.at.isoformat(timespec="milliseconds")


@dataclass(frozen=True, slots=True)
class NodeSet:
    """Nodes in document order, with the text of each as the form sees it (a node that is not relevant is empty)."""

    nodes: Sequence[Node]
    text_of: Callable[[Node], str]

    @property
    def texts(self) -> list[str]:
        return [self.text_of(node) for node in self.nodes]


Value = bool | float | str | Moment | NodeSet


def parse_moment(text: str, zone: tzinfo) -> Moment | None:
    """The date or dateTime in this text, or None. Without an offset it is in the zone of who filled it in."""
    text = text.strip()
    if not _MOMENT.fullmatch(text):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return Moment(at.astimezone(zone) if at.tzinfo else at.replace(tzinfo=zone))


def moment_of_days(days: float, zone: tzinfo) -> Moment | None:
    """The moment so many days after 1970 (UTC), to the millisecond; None when no calendar reaches that far."""
    try:
        milliseconds = round(days * SECONDS_A_DAY * 1000)
        return Moment((_EPOCH + timedelta(milliseconds=milliseconds)).astimezone(zone))
    except (ValueError, OverflowError):
        return None


def to_string(value: Value) -> str:
    if isinstance(value, NodeSet):
        return value.text_of(value.nodes[0]) if value.nodes else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, float) else str(value)


def number_text(number: float) -> str:
    """As XPath 1.0 writes it: no exponent, no ".0"."""
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    if number.is_integer():
        return str(int(number))
    text = repr(number)
    return f"{number:.20f}".rstrip("0") if "e" in text else text


def to_boolean(value: Value) -> bool:
    if isinstance(value, NodeSet):
        return bool(value.nodes)
    if isinstance(value, float):
        return value != 0 and not math.isnan(value)
    return True if isinstance(value, Moment) else bool(value)


def to_number(value: Value, zone: tzinfo) -> float:
    """The number; text that is a date or dateTime becomes its days since 1970 (ODK's extension)."""
    if isinstance(value, Moment):
        return value.days
    if isinstance(value, bool | float):
        return float(value)
    text = to_string(value).strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    moment = parse_moment(text, zone) if text else None
    return moment.days if moment else math.nan


_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def compare(symbol: str, left: Value, right: Value, zone: tzinfo) -> bool:
    """XPath 1.0, 3.4: a node-set compares as soon as one of its nodes does."""
    if symbol in ("=", "!=") and (isinstance(left, bool) or isinstance(right, bool)):
        return (to_boolean(left) == to_boolean(right)) == (symbol == "=")
    lefts: Sequence[Value] = left.texts if isinstance(left, NodeSet) else [left]
    rights: Sequence[Value] = right.texts if isinstance(right, NodeSet) else [right]
    return any(_compare_one(symbol, one, other, zone) for one in lefts for other in rights)


def _compare_one(symbol: str, left: Value, right: Value, zone: tzinfo) -> bool:
    if symbol not in ("=", "!="):
        return _OPERATORS[symbol](to_number(left, zone), to_number(right, zone))
    numeric = isinstance(left, float | Moment) or isinstance(right, float | Moment)
    is_equal = to_number(left, zone) == to_number(right, zone) if numeric else left == right
    return is_equal == (symbol == "=")
