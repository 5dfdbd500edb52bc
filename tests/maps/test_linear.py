"""Where along a line something lies, and what a track walked of it, held against sampling the line."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maps.linear import LEAST_GAP_M, Coverage, Fix, Line, coverage_of

STRAIGHT = Line(np.array([[0.0, 0.0], [1000.0, 0.0]]))
THERE_AND_BACK = Line(np.array([[0.0, 0.0], [300.0, 0.0], [0.0, 0.0]]))
CROSSING = Line(np.array([[0.0, 0.0], [400.0, 0.0], [400.0, 200.0], [200.0, 200.0], [200.0, -200.0]]))

corners = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=2, max_size=8).filter(
    lambda points: any(one != other for one, other in pairwise(points))
)
lines = corners.map(lambda points: Line(np.array(points, dtype=float)))
places = st.tuples(st.floats(-100, 500), st.floats(-100, 500))
Step = tuple[tuple[float, float], float | None, float]
steps = st.tuples(places, st.sampled_from([None, 3.0, 8.0, 20.0, 60.0, 400.0]), st.floats(0, 90))


def walk(
    points: Sequence[tuple[float, float]], every_s: float = 5, accuracy_m: float | None = 5, at_s: float = 0
) -> list[Fix]:
    return [Fix(x, y, accuracy_m, at_s + every_s * number) for number, (x, y) in enumerate(points)]


def along(first_m: float, last_m: float, step_m: float = 5) -> list[tuple[float, float]]:
    way = np.arange(first_m, last_m, step_m if last_m > first_m else -step_m)
    return [(float(x), 0.0) for x in (*way, last_m)]


def make_track(found: Sequence[Step]) -> list[Fix]:
    at_s, track = 0.0, []
    for (x, y), accuracy_m, later_s in found:
        at_s += later_s
        track.append(Fix(x, y, accuracy_m, at_s))
    return track


def rounded(coverage: Coverage) -> list[tuple[int, int]]:
    return [(round(first), round(last)) for first, last in coverage.gaps]


@given(lines, places)
def test_nearest_place_is_no_farther_than_any_sampled_point_of_the_line(line: Line, place: tuple[float, float]) -> None:
    near = line.nearest(*place)
    sampled = [line.point_at(measure) for measure in np.linspace(0, line.length_m, 500)]
    brute = min(np.hypot(x - place[0], y - place[1]) for x, y in sampled)

    assert near.distance_m <= brute + 1e-6
    assert np.hypot(*np.subtract(line.point_at(near.measure_m), place)) == pytest.approx(near.distance_m, abs=1e-6)


@given(lines, st.floats(0, 1))
def test_point_at_a_measure_has_that_measure_again(line: Line, share: float) -> None:
    measure = share * line.length_m
    x, y = line.point_at(measure)

    again = line.measure_of(x, y, previous_m=measure)

    assert again == pytest.approx(measure, abs=1e-3)
    assert line.point_at(again) == pytest.approx((x, y), abs=1e-3)


def test_on_the_way_back_over_the_same_street_the_measure_goes_on() -> None:
    assert THERE_AND_BACK.measure_of(100, 3) == 100
    assert THERE_AND_BACK.measure_of(100, 3, previous_m=90) == 100
    assert THERE_AND_BACK.measure_of(100, 3, previous_m=480) == 500


def test_at_a_crossing_the_measure_stays_on_the_street_that_was_walked() -> None:
    assert CROSSING.measure_of(200, 0, previous_m=190) == 200
    assert CROSSING.measure_of(200, 0, previous_m=990) == 1000
    assert CROSSING.nearest(201, 1).measure_m == pytest.approx(201)


def test_walked_line_is_covered_whole_in_either_direction() -> None:
    for points in (along(0, 1000), along(1000, 0)):
        coverage = coverage_of(STRAIGHT, [walk(points)])
        assert (coverage.walked_m, coverage.gaps) == (1000, ())


@pytest.mark.parametrize(
    "track",
    [
        [],
        walk([(500, 0)]),
        walk(along(0, 1000), accuracy_m=150),
        walk([(0, 90), (500, 90)]),
    ],
)
def test_track_that_says_nothing_of_the_line_covers_nothing(track: list[Fix]) -> None:
    assert coverage_of(STRAIGHT, [track]) == Coverage(1000, ())
    assert coverage_of(STRAIGHT, []) == Coverage(1000, ())


def test_part_that_was_not_walked_is_a_gap() -> None:
    coverage = coverage_of(STRAIGHT, [walk(along(0, 300)), walk(along(420, 1000), at_s=900)])

    assert rounded(coverage) == [(300, 420)]
    assert coverage.walked_m == 880
    assert coverage.holds(299)
    assert not coverage.holds(350)


def test_detour_by_another_street_is_a_gap_although_it_ends_on_the_line() -> None:
    around = [(300.0, float(y)) for y in range(0, 80, 5)] + [(float(x), 80.0) for x in range(300, 500, 5)]
    around += [(500.0, float(y)) for y in range(80, 0, -5)]

    (gap,) = coverage_of(STRAIGHT, [walk(along(0, 300) + around + along(500, 1000), every_s=4)]).gaps

    assert 300 <= gap[0] <= 320
    assert 480 <= gap[1] <= 500


def test_noise_and_a_pause_leave_no_gap_and_add_nothing_beyond() -> None:
    random = np.random.default_rng(1)
    points = along(0, 500) + [(500.0, 0.0)] * 100
    noisy = [(x + random.normal(0, 5), y + random.normal(0, 5)) for x, y in points]

    coverage = coverage_of(STRAIGHT, [walk(noisy, accuracy_m=8)])

    assert coverage.walked[0][0] == 0
    assert 495 <= coverage.walked_m <= 530


def test_jump_along_the_line_does_not_count_as_walked() -> None:
    points = [*along(0, 200), (700.0, 0.0), *along(205, 400)]

    assert rounded(coverage_of(STRAIGHT, [walk(points)])) == [(400, 1000)]


def test_phone_that_tells_its_place_once_a_minute_covers_what_lies_between() -> None:
    assert rounded(coverage_of(STRAIGHT, [walk(along(0, 1000, 80), every_s=60)])) == []


def test_phone_that_was_silent_for_long_covers_nothing_in_between() -> None:
    assert rounded(coverage_of(STRAIGHT, [walk([*along(0, 300)]) + walk(along(500, 1000), at_s=600)])) == [(300, 500)]


def test_short_way_across_an_open_end_is_not_the_long_way_around() -> None:
    horseshoe = Line(np.array([[0.0, 0.0], [200.0, 0.0], [200.0, 50.0], [0.0, 50.0]]))

    coverage = coverage_of(horseshoe, [walk([(0, 0), (0, 25), (0, 50)], every_s=20)])

    assert coverage.walked_m == 0


def test_street_that_the_line_does_twice_is_covered_by_walking_it_once() -> None:
    assert coverage_of(THERE_AND_BACK, [walk(along(0, 300))]).walked_m == 600


def test_parallel_street_counts_only_for_who_was_there() -> None:
    block = Line(np.array([[0.0, 0.0], [300.0, 0.0], [300.0, 30.0], [0.0, 30.0]]))

    assert coverage_of(block, [walk(along(0, 300), accuracy_m=15)]).walked_m == pytest.approx(300, abs=20)


@given(lines, st.lists(st.lists(steps, max_size=12), max_size=3))
def test_coverage_lies_within_the_line_and_its_gaps_are_the_rest(line: Line, found: list[list[Step]]) -> None:
    coverage = coverage_of(line, [make_track(one) for one in found])

    edges = [edge for stretch in coverage.walked for edge in stretch]
    assert edges == sorted(edges)
    assert all(0 <= edge <= line.length_m + 1e-9 for edge in edges)
    assert coverage.walked_m + sum(last - first for first, last in coverage.gaps) == pytest.approx(line.length_m)
    assert all(last - first >= LEAST_GAP_M - 1e-9 for first, last in coverage.gaps) or not coverage.walked


@given(lines, st.lists(steps, max_size=12), st.lists(steps, max_size=12), st.integers(0, 12))
def test_more_track_never_covers_less(line: Line, found: list[Step], other: list[Step], count: int) -> None:
    track = make_track(found)
    less = coverage_of(line, [track[:count]])

    for more in ([track], [track[:count], make_track(other)]):
        coverage = coverage_of(line, more)
        assert coverage.walked_m >= less.walked_m - 1e-6
        assert all(
            any(one[0] <= first + 1e-6 and last - 1e-6 <= one[1] for one in coverage.walked)
            for first, last in less.walked
        )


@given(lines)
@settings(max_examples=50)
def test_track_that_is_the_line_covers_all_of_it(line: Line) -> None:
    measures = [*np.arange(0, line.length_m, 4), line.length_m]

    coverage = coverage_of(line, [walk([line.point_at(measure) for measure in measures])])

    assert coverage.gaps == ()
    assert coverage.walked_m == pytest.approx(line.length_m)


@given(lines, st.lists(steps, max_size=12))
@settings(max_examples=60)
def test_walked_metres_lie_near_the_track(line: Line, found: list[Step]) -> None:
    """By brute force: who walked a metre of the line was near it, or passed it between two places near in time."""
    track = make_track(found)
    coverage = coverage_of(line, [track])
    useful = [fix for fix in track if fix.within_m <= 100]
    ways = [
        np.hypot(one.x - other.x, one.y - other.y)
        for index, one in enumerate(useful)
        for other in useful[index + 1 : index + 3]
    ]
    reach = 1.5 * max(ways, default=0) + 45 + 35

    for measure in np.arange(0, line.length_m, 7):
        if any(first < measure < last for first, last in coverage.walked):
            x, y = line.point_at(float(measure))
            assert min(np.hypot(fix.x - x, fix.y - y) for fix in useful) <= reach + LEAST_GAP_M
