"""Functions on text and on lists of choices (ODK XForms spec: string, boolean and select functions)."""

import base64
import binascii
import hashlib
import math
import re

from forms.xpath.context import Context
from forms.xpath.pattern import matches
from forms.xpath.registry import each_text, function
from forms.xpath.values import NotEvaluated, Value, to_boolean, to_string

WHITESPACE = " \t\r\n"
_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384", "SHA-512": "sha512"}


@function("string", 0, 1)
def string(context: Context, value: Value | None = None) -> Value:
    return context.run.text_of(context.node) if value is None else to_string(value)


@function("concat", 0, None)
def concat(_context: Context, *values: Value) -> Value:
    return "".join(each_text(values, to_string))


@function("join", 1, None)
def join(_context: Context, separator: Value, *values: Value) -> Value:
    return to_string(separator).join(each_text(values, to_string))


@function("substr", 2, 3)
def substr(context: Context, value: Value, start: Value, end: Value | None = None) -> Value:
    text = to_string(value)
    first = _index(context.number(start), len(text))
    last = len(text) if end is None else _index(context.number(end), len(text))
    return text[first:last] if first <= last else ""


def _index(number: float, length: int) -> int:
    """The place of a 0-based index; a negative one counts from the end."""
    if math.isnan(number):
        return 0
    whole = int(max(min(number, length), -length))
    return max(0, length + whole if whole < 0 else whole)


@function("substring", 2, 3)
def substring(context: Context, value: Value, start: Value, length: Value | None = None) -> Value:
    """XPath 1.0, 4.2: places count from 1 and numbers are rounded; NaN finds nothing."""
    first = _rounded(context.number(start))
    end = float("inf") if length is None else first + _rounded(context.number(length))
    return "".join(letter for place, letter in enumerate(to_string(value), 1) if first <= place < end)


def _rounded(number: float) -> float:
    return float(math.floor(number + 0.5)) if math.isfinite(number) else number


@function("substring-before", 2)
def substring_before(_context: Context, value: Value, needle: Value) -> Value:
    before, found, _ = _partition(to_string(value), to_string(needle))
    return before if found else ""


@function("substring-after", 2)
def substring_after(_context: Context, value: Value, needle: Value) -> Value:
    return _partition(to_string(value), to_string(needle))[2]


def _partition(text: str, needle: str) -> tuple[str, bool, str]:
    place = text.find(needle)
    return ("", False, "") if place < 0 else (text[:place], True, text[place + len(needle) :])


@function("translate", 3)
def translate(_context: Context, value: Value, letters: Value, replacements: Value) -> Value:
    new = to_string(replacements)
    table: dict[int, str] = {}
    for place, letter in enumerate(to_string(letters)):
        table.setdefault(ord(letter), new[place] if place < len(new) else "")
    return to_string(value).translate(table)


@function("string-length", 0, 1)
def string_length(context: Context, value: Value | None = None) -> Value:
    return float(len(context.run.text_of(context.node) if value is None else to_string(value)))


@function("normalize-space", 0, 1)
def normalize_space(context: Context, value: Value | None = None) -> Value:
    text = context.run.text_of(context.node) if value is None else to_string(value)
    return re.sub(f"[{WHITESPACE}]+", " ", text.strip(WHITESPACE))


@function("contains", 2)
def contains(_context: Context, value: Value, needle: Value) -> Value:
    return to_string(needle) in to_string(value)


@function("starts-with", 2)
def starts_with(_context: Context, value: Value, needle: Value) -> Value:
    return to_string(value).startswith(to_string(needle))


@function("ends-with", 2)
def ends_with(_context: Context, value: Value, needle: Value) -> Value:
    return to_string(value).endswith(to_string(needle))


@function("regex", 2)
def regex(context: Context, value: Value, pattern: Value) -> Value:
    return matches(to_string(pattern), to_string(value), context.run.spend)


@function("digest", 2, 3)
def digest(_context: Context, value: Value, algorithm: Value, encoding: Value = "base64") -> Value:
    name = _ALGORITHMS.get(to_string(algorithm).upper())
    if name is None:
        raise NotEvaluated(f"digest(): unknown algorithm {to_string(algorithm)!r}")
    digested = hashlib.new(name, to_string(value).encode(), usedforsecurity=False)
    return digested.hexdigest() if to_string(encoding) == "hex" else base64.b64encode(digested.digest()).decode()


@function("base64-decode", 1)
def base64_decode(_context: Context, value: Value) -> Value:
    try:
        return base64.b64decode(to_string(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


@function("coalesce", 2, None)
def coalesce(_context: Context, *values: Value) -> Value:
    return next((text for text in map(to_string, values) if text), "")


@function("true", 0)
def true(_context: Context) -> Value:
    return True


@function("false", 0)
def false(_context: Context) -> Value:
    return False


@function("boolean", 1)
def boolean(_context: Context, value: Value) -> Value:
    return to_boolean(value)


@function("not", 1)
def not_(_context: Context, value: Value) -> Value:
    return not to_boolean(value)


@function("boolean-from-string", 1)
def boolean_from_string(_context: Context, value: Value) -> Value:
    return to_string(value) in ("1", "true")


@function("selected", 2)
def selected(_context: Context, value: Value, choice: Value) -> Value:
    return to_string(choice).strip() in (to_string(value).split() or [""])


@function("selected-at", 2)
def selected_at(context: Context, value: Value, index: Value) -> Value:
    choices, place = to_string(value).split(), context.number(index)
    return choices[int(place)] if 0 <= place < len(choices) else ""


@function("count-selected", 1)
def count_selected(_context: Context, value: Value) -> Value:
    return float(len(to_string(value).split()))
