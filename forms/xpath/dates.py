"""Functions on dates and times (ODK XForms spec, same heading). The clock is the run's, never the machine's."""

import math
import re
from datetime import timedelta

from forms.xpath.context import Context
from forms.xpath.registry import function
from forms.xpath.values import SECONDS_A_DAY, Moment, NotEvaluated, Value, moment_of_days, parse_moment, to_string

_TIME = re.compile(r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?", re.ASCII)
_UNPADDED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(T.*)?", re.ASCII)
_DATE_PARTS = {
    "%Y": "{0.year:04}",
    "%m": "{0.month:02}",
    "%n": "{0.month}",
    "%d": "{0.day:02}",
    "%e": "{0.day}",
    "%H": "{0.hour:02}",
    "%h": "{0.hour}",
    "%M": "{0.minute:02}",
    "%S": "{0.second:02}",
}


@function("today", 0)
def today(context: Context) -> Value:
    return Moment(context.run.now.replace(hour=0, minute=0, second=0, microsecond=0))


@function("now", 0)
def now(context: Context) -> Value:
    return Moment(context.run.now)


@function("date", 1)
@function("date-time", 1)
def date(context: Context, value: Value) -> Value:
    """The date or dateTime; of a number, so many days since 1970 (UTC). Text that is none is as good as NaN."""
    if isinstance(value, Moment):
        return value
    if isinstance(value, bool):
        return ""
    if isinstance(value, float):
        return moment_of_days(value, context.run.zone) or math.nan
    text = to_string(value).strip()
    return "" if not text else _moment(text, context) or math.nan


def _moment(text: str, context: Context) -> Moment | None:
    unpadded = _UNPADDED.fullmatch(text)
    if unpadded:
        year, month, day, rest = unpadded.groups(default="")
        text = f"{year}-{month:0>2}-{day:0>2}{rest}"
    return parse_moment(text, context.run.zone)


@function("decimal-date-time", 1)
def decimal_date_time(context: Context, value: Value) -> Value:
    if isinstance(value, Moment | float):
        return context.number(value)
    moment = parse_moment(to_string(value), context.run.zone)
    return moment.days if moment else math.nan


@function("decimal-time", 1)
def decimal_time(context: Context, value: Value) -> Value:
    """The part of the day, in the zone of the person who filled it in: noon is 0.5."""
    text = to_string(value)
    moment = parse_moment(f"1970-01-01T{text}", context.run.zone) if _TIME.fullmatch(text) else None
    if moment is None:
        return math.nan
    at = moment.at
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return (at.replace(tzinfo=None) - midnight) / timedelta(seconds=SECONDS_A_DAY)


@function("format-date", 2)
@function("format-date-time", 2)
def format_date(context: Context, value: Value, pattern: Value) -> Value:
    moment = date(context, value)
    if not isinstance(moment, Moment):
        return ""
    return re.sub("%.", lambda found: _formatted(found[0], moment), to_string(pattern))


def _formatted(code: str, moment: Moment) -> str:
    if code in ("%a", "%b"):
        raise NotEvaluated(f"format-date(): {code} depends on the language of the phone")
    if code == "%y":
        return f"{moment.at.year:04}"[2:]
    if code == "%3":
        return f"{moment.at.microsecond // 1000:03}"
    return _DATE_PARTS[code].format(moment.at) if code in _DATE_PARTS else code
