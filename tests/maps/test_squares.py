"""Measuring squares: the same lot everywhere, within the area, in an order that can be walked."""

from itertools import pairwise
from math import hypot

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from core.problems import Problem
from maps.squares import Square, draw, squares_in, walking_order

boxes = st.builds(
    lambda x, y, width, height: shapely.box(x, y, x + width, y + height),
    st.floats(230_000, 231_000),
    st.floats(520_000, 521_000),
    st.floats(50, 900),
    st.floats(50, 900),
)
points = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 2000)), min_size=1, max_size=12, unique=True)


@given(boxes, st.sampled_from([0.25, 0.5, 1.0]))
def test_squares_are_those_of_the_grid_that_lie_in_the_area_for_their_share(area: BaseGeometry, share: float) -> None:
    west, south, east, north = area.bounds
    brute = [
        Square(column, row)
        for column in range(int(west // 100) - 1, int(east // 100) + 2)
        for row in range(int(south // 100) - 1, int(north // 100) + 2)
        if Square(column, row).geometry_rd().intersection(area).area >= share * 10_000 - 1e-5
    ]

    assert squares_in(area, share) == brute


@given(boxes, st.integers(0, 10**9), st.integers(0, 30), st.integers(0, 30))
@settings(max_examples=50)
def test_drawing_more_keeps_what_was_drawn(area: BaseGeometry, seed: int, fewer: int, more: int) -> None:
    squares = squares_in(area)

    drawn = draw(squares, fewer + more, seed)

    assert drawn[:fewer] == draw(list(reversed(squares)), fewer, seed)
    assert len(drawn) == min(fewer + more, len(squares))
    assert len(set(drawn)) == len(drawn)
    assert set(drawn) <= set(squares)


def test_lot_is_the_same_on_every_machine() -> None:
    squares = [Square(column, row) for column in range(2300, 2310) for row in range(5200, 5210)]

    assert draw(squares, 3, seed=118) == [Square(2307, 5206), Square(2304, 5207), Square(2309, 5204)]


@given(boxes)
@settings(max_examples=50)
def test_point_of_a_square_lies_in_the_square_and_in_the_area(area: BaseGeometry) -> None:
    for square in squares_in(area, 0.25):
        point = shapely.Point(square.point_in(area))
        assert square.geometry_rd().intersects(point)
        assert area.buffer(1e-6).intersects(point)


def test_point_of_a_square_at_the_edge_of_a_crooked_area_lies_in_it() -> None:
    area = shapely.Polygon([(0, 0), (100, 0), (100, 20), (20, 20), (20, 100), (0, 100)])

    assert area.intersects(shapely.Point(Square(0, 0).point_in(area)))


def test_area_that_is_far_too_large_is_refused_in_words() -> None:
    with pytest.raises(Problem) as refused:
        squares_in(shapely.box(0, 0, 300_000, 300_000))

    assert "te groot" in refused.value.faults[0].detail


def length_of(order: list[int], found: list[tuple[int, int]]) -> float:
    walked = [found[index] for index in order]
    return sum(hypot(a[0] - b[0], a[1] - b[1]) for a, b in pairwise(walked))


@given(points)
@settings(max_examples=60)
def test_walking_order_has_each_point_once_and_no_part_that_were_better_turned_around(
    found: list[tuple[int, int]],
) -> None:
    order = walking_order(found)

    assert sorted(order) == list(range(len(found)))
    assert found[order[0]] == min(found)
    for first in range(1, len(order)):
        for last in range(first + 1, len(order)):
            turned = order[:first] + order[first : last + 1][::-1] + order[last + 1 :]
            assert length_of(order, found) <= length_of(turned, found) + 1e-3
