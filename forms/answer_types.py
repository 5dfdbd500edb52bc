"""Whether an answer is what its question's type promises (ODK XForms spec, Data Types). Pure."""

import re
from collections.abc import Callable
from datetime import date, datetime, time

from forms.xpath.geo import parse_points

_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def is_of_type(type_name: str, text: str) -> bool:
    """Whether this text, which is not empty, is of the bind's type. Text, files, codes and unknown types always are."""
    check = _CHECKS.get(type_name.removeprefix("xsd:"))
    return check is None or check(text.strip())


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return check


def _parse_trace(text: str) -> None:
    if len(parse_points(text)) < 2:
        raise ValueError(text)


def _parse_shape(text: str) -> None:
    points = parse_points(text)
    if len(points) < 4 or points[0] != points[-1]:
        raise ValueError(text)


def _parse_point(text: str) -> None:
    if len(parse_points(text)) != 1:
        raise ValueError(text)


_CHECKS: dict[str, Callable[[str], bool]] = {
    "int": lambda text: bool(_INTEGER.fullmatch(text)),
    "integer": lambda text: bool(_INTEGER.fullmatch(text)),
    "decimal": lambda text: bool(_DECIMAL.fullmatch(text)),
    "boolean": lambda text: text in ("true", "false", "0", "1"),
    "date": _parses(date.fromisoformat),
    "dateTime": _parses(datetime.fromisoformat),
    "time": _parses(time.fromisoformat),
    "geopoint": _parses(_parse_point),
    "geotrace": _parses(_parse_trace),
    "geoshape": _parses(_parse_shape),
}
