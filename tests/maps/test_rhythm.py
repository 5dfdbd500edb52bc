"""The rhythm of a route: choices as RRULE and back, and the moments that a rule gives."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problems import Problem
from maps.rhythm import (
    HERE,
    WEEKS,
    WHICH,
    Monthly,
    Weekly,
    begin_on,
    choice_of,
    next_occurrence,
    occurrences,
    read_rule,
    rule_of,
)

days = st.integers(0, 6)
choices = st.builds(Weekly, st.sampled_from(WEEKS), days) | st.builds(Monthly, st.sampled_from(WHICH), days)
dates = st.dates(date(2024, 1, 1), date(2030, 1, 1))


def fits(choice: Weekly | Monthly, begin: date, day: date) -> bool:
    """Whether the day is one of the choice, by counting."""
    if day.weekday() != choice.day or day < begin:
        return False
    if isinstance(choice, Weekly):
        return (day - begin).days % (7 * choice.weeks) == 0
    if choice.which > 0:
        return (day.day - 1) // 7 + 1 == choice.which
    return (day + timedelta(days=7)).month != day.month


@given(choices)
def test_choice_comes_back_from_its_rule(choice: Weekly | Monthly) -> None:
    assert choice_of(rule_of(choice)) == choice


@given(choices, dates, st.integers(0, 400))
def test_moments_are_the_days_that_counting_gives(choice: Weekly | Monthly, start: date, later: int) -> None:
    begin = begin_on(choice, start)
    first = start + timedelta(days=later)
    span = [first + timedelta(days=number) for number in range(120)]

    found = occurrences(rule_of(choice), begin, "09:30", first, span[-1])

    assert [moment.date() for moment in found] == [day for day in span if fits(choice, begin, day)]
    assert {(moment.hour, moment.minute) for moment in found} <= {(9, 30)}


def test_time_on_the_clock_stays_when_the_clocks_change() -> None:
    found = occurrences(
        "FREQ=WEEKLY;INTERVAL=1;BYDAY=SU", date(2026, 3, 1), "09:00", date(2026, 3, 22), date(2026, 3, 29)
    )

    assert [moment.astimezone(UTC).hour for moment in found] == [8, 7]


def test_next_moment_is_later_today_or_on_another_day() -> None:
    rule, start = "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", date(2026, 11, 24)

    assert next_occurrence(rule, start, "09:00", datetime(2026, 11, 24, 7, 59, tzinfo=UTC)) == datetime(
        2026, 11, 24, 9, tzinfo=HERE
    )
    assert next_occurrence(rule, start, "09:00", datetime(2026, 11, 24, 8, 0, tzinfo=UTC)) == datetime(
        2026, 12, 8, 9, tzinfo=HERE
    )
    assert next_occurrence(f"{rule};COUNT=1", start, "09:00", datetime(2026, 11, 24, 8, 0, tzinfo=UTC)) is None


def test_rule_written_by_hand_works_in_one_spelling() -> None:
    rule = read_rule(" rrule:freq=monthly; bymonthday=15; until=20270115T090000Z ", date(2026, 11, 1))

    assert rule == "FREQ=MONTHLY;BYMONTHDAY=15;UNTIL=20270115T090000Z"
    assert choice_of(rule) is None
    found = occurrences(rule, date(2026, 11, 1), "10:00", date(2026, 1, 1), date(2027, 12, 31))
    assert [moment.date() for moment in found] == [date(2026, 11, 15), date(2026, 12, 15), date(2027, 1, 15)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "elke week",
        "FREQ=SECONDLY",
        "FREQ=HOURLY;INTERVAL=2",
        "FREQ=WEEKLY;BYHOUR=1,2,3",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=1000000",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;FREQ=DAILY",
        "FREQ=WEEKLY;COUNT=2;UNTIL=20270101",
        "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31",
        "FREQ=YEARLY;BYDAY=+60TU",
        "FREQ=WEEKLY;UNTIL=20200101",
        "FREQ=WEEKLY;BYDAY=" + "MO," * 100 + "MO",
        "FREQ=WEEKLY\nDTSTART:20260101T000000",
    ],
)
def test_rule_that_is_wrong_or_never_comes_is_refused_in_words(text: str) -> None:
    with pytest.raises(Problem) as refused:
        read_rule(text, date(2026, 11, 1))

    assert refused.value.faults[0].pointer == "/ritme"


def test_rule_gives_a_bounded_number_of_moments() -> None:
    assert len(occurrences("FREQ=DAILY", date(2026, 1, 1), None, date(2026, 1, 1), date(2999, 1, 1))) == 500
