"""Dividing doors over people: none is lost or doubled, it is even, and streets stay together."""

from collections import Counter
from itertools import pairwise, permutations, product
from math import cos, sin
from random import Random
from time import perf_counter
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.divide import SLACK, Walks, divide
from maps.doors import Door, Pace, Walk, distance_m, length_m, walking_order
from maps.redivide import ROOM, Manner, hand_out, redistribute, take_in

PACE = Pace(minutes=10, metres_per_minute=60)
STANDING = Manner(Pace(minutes=10, metres_per_minute=1e12))
"""As if all doors were beside each other: then only what is at the doors counts, and a bound is exact."""
WORST_FACTOR = 1.2
"""How much longer the longest walk may be than with the best division there is (1.09 at most in 900 small villages)."""


def door(key: int, street: str, number: int, x_m: float, y_m: float, households: int = 1) -> Door:
    return Door(UUID(int=key), street, number, "", x_m, y_m, households)


def street(name: str, count: int, start: tuple[float, float] = (0, 0), heading: float = 0, first_key: int = 1) -> Walk:
    """Odd numbers on one side and even ones on the other, 12 metres apart."""
    doors = []
    for index in range(count):
        along, side = 12.0 * (index // 2), 9 if index % 2 else -9
        x_m = start[0] + along * cos(heading) - side * sin(heading)
        y_m = start[1] + along * sin(heading) + side * cos(heading)
        doors.append(door(first_key + index, name, index + 1, x_m, y_m))
    return tuple(doors)


def village(streets: int, doors_a_street: int, seed: int = 1) -> list[Door]:
    random = Random(seed)
    found: list[Door] = []
    for index in range(streets):
        start = (random.uniform(0, 1500), random.uniform(0, 1500))
        found += street(f"Straat {index}", doors_a_street, start, random.uniform(0, 3.14), len(found) + 1)
    return found


def people(count: int) -> list[UUID]:
    return [UUID(int=10**6 + index) for index in range(count)]


def ids(walks: Walks) -> Counter[UUID]:
    return Counter(one.id for walk in walks.values() for one in walk)


def efforts(walks: Walks) -> list[float]:
    return [PACE.effort_min(walk) for walk in walks.values()]


@st.composite
def any_doors(draw: st.DrawFn, most: int = 40) -> list[Door]:
    """Doors anywhere, in a few streets, with numbers that may be the same and households that may be many."""
    metres = st.floats(0, 3000).map(lambda value: round(value, 1))
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from("ABCDE"), st.integers(1, 60), metres, metres, st.integers(0, 4)), max_size=most
        )
    )
    return [door(key + 1, *row) for key, row in enumerate(rows)]


@given(any_doors(), st.randoms())
def test_walking_order_has_each_door_once_whatever_order_they_came_in(doors: list[Door], random: Random) -> None:
    order = walking_order(doors)
    random.shuffle(doors)

    assert sorted(order, key=lambda one: one.id.int) == sorted(doors, key=lambda one: one.id.int)
    assert walking_order(doors) == order


def test_street_is_walked_up_one_side_and_down_the_other() -> None:
    assert [one.number for one in walking_order(street("Laan", 8))] in [
        [1, 3, 5, 7, 8, 6, 4, 2],
        [2, 4, 6, 8, 7, 5, 3, 1],
        [7, 5, 3, 1, 2, 4, 6, 8],
        [8, 6, 4, 2, 1, 3, 5, 7],
    ]


def test_hofje_with_numbers_in_a_row_is_walked_in_that_row() -> None:
    hofje = [door(number, "Hofje", number, 12.0 * number, 0) for number in range(1, 8)]

    assert [one.number for one in walking_order(hofje)] in [[1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1]]


def test_streets_in_a_row_are_walked_in_that_row_and_not_to_and_fro() -> None:
    names = ["C", "A", "E", "B", "D"]
    doors = [
        one for place, name in enumerate(names) for one in street(name, 4, (200.0 * place, 0), 1.57, 10 * place + 1)
    ]

    walked = list(dict.fromkeys(one.street for one in walking_order(doors)))

    assert walked in [names, names[::-1]]


@given(any_doors(), st.integers(1, 60), st.booleans())
def test_division_never_loses_or_doubles_a_door(doors: list[Door], count: int, whole: bool) -> None:
    walks = divide(doors, people(count), PACE, whole_streets=whole)

    assert list(walks) == people(count)
    assert ids(walks) == Counter(one.id for one in doors)
    assert walks == divide(doors[::-1], people(count), PACE, whole_streets=whole)


@given(any_doors(), st.integers(1, 12))
def test_nobody_gets_more_than_an_even_share_and_one_door_and_a_tenth(doors: list[Door], count: int) -> None:
    order = walking_order(doors)
    largest = max((PACE.at_door(one) for one in doors), default=0)
    longest_step = max((PACE.between(*pair) for pair in pairwise(order)), default=0)

    walks = divide(doors, people(count), PACE)

    bound = SLACK * (PACE.effort_min(order) / count + largest + longest_step)
    assert max(efforts(walks)) <= bound + 1e-6


@given(any_doors(), st.integers(1, 12))
def test_nobody_stays_at_home_as_long_as_there_are_doors(doors: list[Door], count: int) -> None:
    walks = divide(doors, people(count), PACE)

    assert sum(bool(walk) for walk in walks.values()) == min(count, len(doors))


@given(any_doors(), st.integers(1, 5))
def test_street_is_never_cut_when_streets_are_to_stay_whole(doors: list[Door], count: int) -> None:
    walks = divide(doors, people(count), PACE, whole_streets=True)

    names = {one.street for one in doors}
    if len(names) >= count:
        assert all(sum(any(one.street == name for one in walk) for walk in walks.values()) == 1 for name in names)


def test_one_street_for_two_people_is_cut_where_it_crosses_to_the_other_side() -> None:
    first, second = divide(street("Laan", 20), people(2), PACE).values()

    assert {one.number % 2 for one in first} != {one.number % 2 for one in second}
    assert len({one.number % 2 for one in first}) == len({one.number % 2 for one in second}) == 1


def test_streets_of_one_size_are_not_cut() -> None:
    doors = village(streets=12, doors_a_street=20)

    walks = divide(doors, people(4), PACE)

    assert [len({one.street for one in walk}) for walk in walks.values()] == [3, 3, 3, 3]


def test_household_counts_as_much_as_a_door_of_its_own() -> None:
    flat = [door(1, "Flat", 1, 0, 0, households=30)]
    houses = [door(number, "Laan", number, 0, 0) for number in range(2, 32)]

    first, second = divide([*flat, *houses], people(2), PACE).values()

    assert {len(first), len(second)} == {1, 30}


def best_longest(doors: list[Door], count: int) -> float:
    """The shortest possible longest walk: every way to give the doors away, every order to walk them in."""
    shortest = {
        chosen: min((PACE.effort_min(order) for order in permutations(_picked(doors, chosen))), default=0.0)
        for chosen in product((False, True), repeat=len(doors))
    }
    given_to = product(range(count), repeat=len(doors))
    return min(max(shortest[tuple(one == person for one in giving)] for person in range(count)) for giving in given_to)


def _picked(doors: list[Door], chosen: tuple[bool, ...]) -> list[Door]:
    return [one for one, is_in in zip(doors, chosen, strict=True) if is_in]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(2, 3))
def test_longest_walk_is_not_far_above_the_best_there_is(seed: int, streets: int, count: int) -> None:
    doors = village(streets, 6 // streets, seed)

    assert max(efforts(divide(doors, people(count), PACE))) <= WORST_FACTOR * best_longest(doors, count)


def test_two_thousand_doors_over_25_people_are_divided_at_once_and_evenly() -> None:
    doors = village(streets=70, doors_a_street=28)
    begin = perf_counter()

    walks = divide(doors, people(25), PACE)

    assert perf_counter() - begin < 2
    mean = sum(efforts(walks)) / 25
    assert max(efforts(walks)) <= 1.15 * mean
    cut = sum(
        sum(any(one.street == f"Straat {index}" for one in walk) for walk in walks.values()) - 1 for index in range(70)
    )
    assert cut <= 10
    assert sum(map(length_m, walks.values())) <= length_m(walking_order(doors))


@st.composite
def under_way(draw: st.DrawFn) -> tuple[Walks, set[UUID], Manner]:
    """A division of which some doors are done."""
    doors = draw(any_doors())
    manner = Manner(PACE, whole_streets=draw(st.booleans()))
    walks = divide(doors, people(draw(st.integers(1, 6))), PACE, whole_streets=manner.whole_streets)
    done = draw(st.sets(st.sampled_from([one.id for one in doors]))) if doors else set()
    return walks, done, manner


def is_in_order(kept: Walk, walk: Walk) -> bool:
    """Whether the doors of `kept` are all in the walk, in that order."""
    left = iter(walk)
    return all(one in left for one in kept)


@given(under_way(), st.data())
def test_leavers_open_doors_go_to_who_stays_and_nobody_elses_move(
    case: tuple[Walks, set[UUID], Manner], data: st.DataObject
) -> None:
    walks, done, manner = case
    leaver = data.draw(st.sampled_from(list(walks)))
    stay = [one for one in walks if one != leaver]

    handed = redistribute(walks, leaver, done, stay, manner)

    assert ids({**handed.walks, leaver: handed.walks[leaver] + handed.nobodys}) == ids(walks)
    assert handed.walks[leaver] == tuple(one for one in walks[leaver] if one.id in done)
    assert all(is_in_order(walks[one], handed.walks[one]) for one in stay)
    assert bool(handed.nobodys) == (not stay and any(one.id not in done for one in walks[leaver]))
    assert handed == redistribute(walks, leaver, done, stay, manner)


@given(under_way(), st.data())
def test_three_people_who_stop_one_after_another_lose_no_door(
    case: tuple[Walks, set[UUID], Manner], data: st.DataObject
) -> None:
    walks, done, manner = case
    everything, stay = ids(walks), list(walks)
    for _ in range(min(3, len(walks) - 1)):
        leaver = stay.pop(data.draw(st.integers(0, len(stay) - 1)))
        walks = redistribute(walks, leaver, done, stay, manner).walks

    assert ids(walks) == everything
    assert all(one.id in done for key, walk in walks.items() if key not in stay for one in walk)


def load(walk: Walk, done: set[UUID]) -> float:
    return sum(STANDING.pace.at_door(one) for one in walk if one.id not in done)


@given(under_way(), any_doors(most=20))
def test_what_is_handed_out_fills_up_who_has_least(case: tuple[Walks, set[UUID], Manner], more: list[Door]) -> None:
    walks, done, _ = case
    new = [door(one.id.int + 1000, f"Nieuw {one.street}", one.number, one.x_m, one.y_m, one.households) for one in more]
    before = {one: load(walk, done) for one, walk in walks.items()}

    handed = hand_out(walks, new, done, list(walks), STANDING)

    assert ids(handed.walks) == ids(walks) + Counter(one.id for one in new)
    level = water_level(list(before.values()), sum(STANDING.pace.at_door(one) for one in new))
    largest = max((STANDING.pace.at_door(one) for one in new), default=0)
    for one, walk in handed.walks.items():
        assert load(walk, done) <= max(before[one], level * (1 + ROOM), level + largest) + 1e-3


def water_level(loads: list[float], more: float) -> float:
    """Poured in drop by drop: always to who has least."""
    low, high = min(loads), max(loads) + more
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if sum(max(middle - one, 0) for one in loads) < more else (low, middle)
    return high


def test_given_up_street_goes_to_the_neighbour_when_all_have_as_much() -> None:
    streets = [street(name, 10, (300.0 * place, 0), 1.57, 100 * place + 1) for place, name in enumerate("ABCD")]
    walks = dict(zip(people(4), streets, strict=True))
    leaver = people(4)[3]

    handed = redistribute(walks, leaver, set(), people(3), Manner(PACE, whole_streets=True))

    assert {one.street for one in handed.walks[people(4)[2]]} == {"C", "D"}


@given(under_way())
def test_who_joins_late_gets_a_share_of_what_is_open_and_nothing_that_is_done(
    case: tuple[Walks, set[UUID], Manner],
) -> None:
    walks, done, manner = case
    newcomer = UUID(int=5)

    new = take_in(walks, newcomer, done, list(walks), manner)

    assert ids(new) == ids(walks)
    assert not {one.id for one in new[newcomer]} & done
    assert all(is_in_order(new[one], walks[one]) for one in walks)


@given(under_way())
def test_who_joins_late_does_not_get_more_than_the_others_and_leaves_nobody_with_less(
    case: tuple[Walks, set[UUID], Manner],
) -> None:
    walks, done, _ = case
    newcomer = UUID(int=5)
    share = sum(load(walk, done) for walk in walks.values()) / (len(walks) + 1)
    largest = max((STANDING.pace.at_door(one) for walk in walks.values() for one in walk), default=0)

    new = take_in(walks, newcomer, done, list(walks), STANDING)

    assert load(new[newcomer], done) <= share * (1 + 2 * ROOM) + largest * len(walks)
    for one, walk in walks.items():
        taken = load(walk, done) - load(new[one], done)
        assert taken <= 0 or load(new[one], done) >= share - max(0.2 * taken, 1.0) - 2 * largest


@pytest.mark.parametrize("count", [1, 3])
def test_division_of_no_doors_gives_everybody_nothing(count: int) -> None:
    assert divide([], people(count), PACE) == dict.fromkeys(people(count), ())
    assert divide(village(1, 4), [], PACE) == {}


def test_late_joiner_of_an_even_division_gets_about_as_much_as_the_others() -> None:
    walks = divide(village(streets=20, doors_a_street=20), people(4), PACE)

    new = take_in(walks, UUID(int=5), set(), list(walks), Manner(PACE))

    loads = efforts(new)
    assert max(loads) <= 1.25 * min(loads)
    assert all(distance_m(a, b) < 1500 for walk in new.values() for a, b in pairwise(walk))
