"""The rhythm of a route: what people choose, as an RRULE (RFC 5545) and back, and the moments it gives. Pure.

A schouw begins at the same time on the clock all year, summer and winter. A rule is about whole days: nothing more
often than daily, and never more than `MOST_DAYS` at once.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr

from core.problems import INPUT_INVALID, Fault, Problem

HERE = ZoneInfo("Europe/Amsterdam")
WEEKLY, MONTHLY, NEVER, OTHER = "week", "maand", "geen", "anders"
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEKS = (1, 2, 3, 4)
WHICH = (1, 2, 3, 4, -1)
LONGEST_RULE = 200
MOST_DAYS = 500
LONGEST_SEARCH = timedelta(days=366 * 5)
MORNING = time(9, 0)
_PARTS = re.compile(r"[A-Z]+=[A-Z0-9,+\-]+(;[A-Z]+=[A-Z0-9,+\-]+)*\Z")
_ALWAYS = {"FREQ", "INTERVAL", "BYDAY", "COUNT", "UNTIL", "WKST"}
_ALLOWED = {
    "DAILY": _ALWAYS,
    "WEEKLY": _ALWAYS,
    "MONTHLY": _ALWAYS | {"BYMONTHDAY", "BYMONTH", "BYSETPOS"},
    "YEARLY": _ALWAYS | {"BYMONTHDAY", "BYMONTH", "BYSETPOS"},
}
"""What each frequency may be told. A rule that never comes would be searched for until the year 9999, day by day."""
LONGEST_INTERVAL = 100
_WEEKLY_RULE = re.compile(r"FREQ=WEEKLY;INTERVAL=([1-4]);BYDAY=(MO|TU|WE|TH|FR|SA|SU)\Z")
_MONTHLY_RULE = re.compile(r"FREQ=MONTHLY;BYDAY=(-1|[1-4])(MO|TU|WE|TH|FR|SA|SU)\Z")


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every `weeks` weeks on a weekday (0 is Monday)."""

    weeks: int
    day: int


@dataclass(frozen=True, slots=True)
class Monthly:
    """Each month on the first to fourth (1 to 4) or last (-1) of a weekday (0 is Monday)."""

    which: int
    day: int


def rule_of(choice: Weekly | Monthly) -> str:
    """The RRULE of what somebody chose."""
    if isinstance(choice, Weekly):
        return f"FREQ=WEEKLY;INTERVAL={choice.weeks};BYDAY={DAYS[choice.day]}"
    return f"FREQ=MONTHLY;BYDAY={choice.which}{DAYS[choice.day]}"


def choice_of(rule: str) -> Weekly | Monthly | None:
    """What somebody chose when this is the rule of it; None for a rule that was written by hand."""
    if weekly := _WEEKLY_RULE.match(rule):
        return Weekly(int(weekly[1]), DAYS.index(weekly[2]))
    if monthly := _MONTHLY_RULE.match(rule):
        return Monthly(int(monthly[1]), DAYS.index(monthly[2]))
    return None


def read_rule(text: str, starts_on: date) -> str:
    """The rule that somebody wrote, in one spelling. Raises INPUT_INVALID with what is wrong with it.

    A rule that gives no day at all in the first years is wrong too: nobody meant that.
    """
    rule = "".join(text.split()).upper().removeprefix("RRULE:")
    if len(rule) > LONGEST_RULE or not _PARTS.match(rule):
        raise _wrong("Schrijf de regel als FREQ=WEEKLY;INTERVAL=2;BYDAY=TU.")
    pairs = [part.split("=") for part in rule.split(";")]
    parts = {name: value for name, value in pairs}  # noqa: C416, `dict` of lists has no type
    allowed = _ALLOWED.get(parts.get("FREQ", ""))
    if allowed is None:
        raise _wrong("Een route wordt op zijn vaakst elke dag gelopen: kies DAILY, WEEKLY, MONTHLY of YEARLY.")
    if len(parts) < len(pairs) or not parts.keys() <= allowed:
        raise _wrong(f"Gebruik bij {parts['FREQ']} elk hoogstens één keer: {', '.join(sorted(allowed))}.")
    interval = parts.get("INTERVAL", "1")
    if not interval.isdecimal() or not 1 <= int(interval) <= LONGEST_INTERVAL:
        raise _wrong(f"INTERVAL is een getal van 1 tot en met {LONGEST_INTERVAL}.")
    if "COUNT" in parts and "UNTIL" in parts:
        raise _wrong("Gebruik COUNT of UNTIL, niet allebei.")
    try:
        found = occurrences(rule, starts_on, None, starts_on, starts_on + LONGEST_SEARCH)
    except (ValueError, TypeError, OverflowError, IndexError) as error:
        raise _wrong("Deze regel is geen RRULE.") from error
    if not found:
        raise _wrong("Deze regel geeft geen enkele dag.")
    return rule


def begin_on(choice: Weekly | Monthly, day: date) -> date:
    """The first day from this one on that fits the choice: counting in weeks begins there."""
    if isinstance(choice, Monthly):
        return day
    return day + timedelta(days=(choice.day - day.weekday()) % 7)


def time_of(text: str | None) -> time:
    """The time on the clock of "09:30"; nine o'clock when there is none."""
    return time.fromisoformat(text) if text else MORNING


def occurrences(rule: str, starts_on: date, starts_at: str | None, first: date, last: date) -> list[datetime]:
    """The moments that the rule gives from the first day up to and including the last, at most `MOST_DAYS`.

    Aware moments in the zone of the Netherlands: the time on the clock stays what it is in summer and in winter.
    """
    last = min(last, first + LONGEST_SEARCH)
    begin = max(first, starts_on)
    if begin > last:
        return []
    found = _rrule(rule, starts_on, time_of(starts_at))
    return [moment.replace(tzinfo=HERE) for moment in _between(found, begin, last)]


def next_occurrence(rule: str, starts_on: date, starts_at: str | None, after: datetime) -> datetime | None:
    """The first moment after this one."""
    day = after.astimezone(HERE).date()
    for moment in occurrences(rule, starts_on, starts_at, day, day + LONGEST_SEARCH):
        if moment > after:
            return moment
    return None


def _between(found: rrule, first: date, last: date) -> Iterator[datetime]:
    end = datetime.combine(last, time.max)
    moments: Iterator[datetime] = found.xafter(datetime.combine(first, time.min), count=MOST_DAYS, inc=True)
    return takewhile(lambda moment: moment <= end, moments)


def _rrule(rule: str, starts_on: date, starts_at: time) -> rrule:
    """The rule on the clock, without a zone: a day is a day, whatever the clocks do that night."""
    return rrulestr(_until_on_the_clock(rule), dtstart=datetime.combine(starts_on, starts_at))


def _until_on_the_clock(rule: str) -> str:
    """The same with the moment of UNTIL as the clock says it here."""
    return re.sub(r"UNTIL=(\d{8})(T\d{6}Z?)?(?=;|\Z)", _local_until, rule)


def _local_until(found: re.Match[str]) -> str:
    day, clock = found[1], found[2]
    if clock is None:
        return f"UNTIL={day}T235959"
    if not clock.endswith("Z"):
        return f"UNTIL={day}{clock}"
    moment = datetime.strptime(day + clock, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(HERE)
    return f"UNTIL={moment:%Y%m%dT%H%M%S}"


def _wrong(words: str) -> Problem:
    return Problem(INPUT_INVALID, faults=[Fault("/ritme", words)])
