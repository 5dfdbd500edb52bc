"""Participation: the figures against a count by hand, for every mix of ways of asking."""

from itertools import product
from uuid import UUID

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from forms.definition import HOUSEHOLD, NOBODY, PERSON
from maps.queries import find_area
from server.participation.compute import Participation, Reach, Way, participation
from server.participation.report import outcome_counts, participation_of, streets_of
from tests.support import NOON, MakeArea, Village

ADDRESSES = [UUID(int=number) for number in range(3)]
UNITS = {"gesprek": HOUSEHOLD, "enquete": PERSON}
WAYS: list[Way] = [*((UUID(int=9), form) for form in UNITS), (UUID(int=8), "gesprek")]
OBSERVATION = st.tuples(st.sampled_from(WAYS), st.sampled_from([*ADDRESSES, None]), st.integers(0, 6))
OBSERVATIONS = st.lists(OBSERVATION, max_size=12)
SIZES = st.dictionaries(st.sampled_from(ADDRESSES), st.integers(1, 5))

Observation = tuple[Way, UUID | None, int]


def reaches(observations: list[Observation], sizes: dict[UUID, int]) -> list[Reach]:
    """The observations grouped as the database groups them."""
    found = []
    for way, address in product(WAYS, [*ADDRESSES, None]):
        persons = [count for w, a, count in observations if (w, a) == (way, address)]
        if persons:
            size = None if address is None else sizes.get(address)
            found.append(Reach(way, address, sum(persons), max(persons), size))
    return found


def by_hand(observations: list[Observation], sizes: dict[UUID, int], inhabitants: int | None) -> tuple[int, int]:
    """DESIGN 6 word for word, slowly."""

    def persons(way: Way, address: UUID | None) -> list[int]:
        return [count for w, a, count in observations if (w, a) == (way, address)]

    def surely(way: Way, address: UUID) -> int:
        counts = persons(way, address)
        total = max(counts, default=0) if UNITS[way[1]] == HOUSEHOLD else sum(counts)
        return min(total, sizes.get(address, total))

    def elsewhere(way: Way) -> int:
        return sum(persons(way, None))

    at_least = max(
        sum(max(surely(way, address) for way in WAYS) for address in ADDRESSES),
        max(sum(surely(way, address) for address in ADDRESSES) + elsewhere(way) for way in WAYS),
    )
    totals = {address: sum(sum(persons(way, address)) for way in WAYS) for address in ADDRESSES}
    at_most = sum(min(total, sizes.get(address, total)) for address, total in totals.items())
    at_most += sum(elsewhere(way) for way in WAYS)
    return at_least, max(at_least, at_most if inhabitants is None else min(at_most, inhabitants))


@given(OBSERVATIONS, SIZES, st.none() | st.integers(1, 50))
def test_figures_equal_a_count_by_hand(
    observations: list[Observation], sizes: dict[UUID, int], inhabitants: int | None
) -> None:
    found = participation(reaches(observations, sizes), UNITS, inhabitants)

    assert (found.at_least, found.at_most) == by_hand(observations, sizes, inhabitants)


@given(OBSERVATIONS, OBSERVATION, SIZES)
def test_more_observations_never_make_fewer_persons(
    observations: list[Observation], one_more: Observation, sizes: dict[UUID, int]
) -> None:
    before = participation(reaches(observations, sizes), UNITS, None)
    after = participation(reaches([*observations, one_more], sizes), UNITS, None)

    assert after.at_least >= before.at_least
    assert after.at_most >= before.at_most
    assert after.at_least <= after.at_most


def test_one_way_at_one_address_counts_the_same_however_its_rows_are_split() -> None:
    talk, survey = WAYS[0], WAYS[1]
    rows = [Reach(way, ADDRESSES[0], total, total) for way in (talk, survey) for total in (3, 1)]

    for order in (rows, rows[::-1]):
        assert participation(order, UNITS, None).at_least == 4


def test_schouw_counts_no_persons_and_an_unknown_household_size_caps_nothing() -> None:
    schouw, talk = Reach((None, "schouw"), ADDRESSES[0], 30, 30), Reach(WAYS[0], ADDRESSES[1], 2, 2, household_size=0)

    found = participation([schouw, talk], {**UNITS, "schouw": NOBODY}, None)

    assert (found.at_least, found.at_most, found.households_reached) == (2, 2, 1)


def test_nieuwlande_is_83_percent() -> None:
    assert round(Participation(1174, 1174, 1415, 560).rate or 0, 2) == 0.83


def test_rate_is_unknown_where_inhabitants_are() -> None:
    assert Participation(3, 3, None, 1).rate is None


def test_second_visit_to_a_household_counts_its_largest_talk(village: Village, app: Flask) -> None:
    phone = village.phone()
    for persons in (2, 3):
        village.talk(phone, persons=persons)
    village.talk(phone, persons=1, door=1)
    phone.deliver()

    with app.app_context():
        area = find_area(village.area_id)
        assert area is not None
        figures = participation_of([area])[0].figures

    assert (figures.at_least, figures.at_most, figures.households_reached) == (4, 6, 2)


def test_area_counts_what_lies_below_it(village: Village, app: Flask, make_area: MakeArea) -> None:
    district = make_area("Wijk 56", kind="wijk", inhabitants=500)
    with app.app_context():
        from core.db import db

        child, parent = find_area(village.area_id), find_area(district)
        assert child is not None
        assert parent is not None
        child.parent_id = district
        db.session.commit()
    phone = village.phone()
    village.talk(phone, persons=5)
    phone.deliver()

    with app.app_context():
        rows = participation_of([parent, child])

    assert [row.figures.rate for row in rows] == [0.01, 0.05]


def test_streets_and_doors_show_who_was_not_reached(village: Village, app: Flask) -> None:
    phone = village.phone()
    phone.put_visit(village.address_ids[0], "niet_thuis", NOON)
    village.talk(phone)
    phone.put_visit(village.address_ids[1], "weigert", NOON)
    phone.deliver()

    with app.app_context():
        area = find_area(village.area_id)
        assert area is not None
        (street,), outcomes = streets_of(area), outcome_counts(area)

    assert (street.name, street.doors, street.visited, street.took_part) == ("Boekweitlaan", 2, 2, 1)
    assert outcomes == {"gesproken": 1, "weigert": 1}
