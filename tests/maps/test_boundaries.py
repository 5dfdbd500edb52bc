"""Boundaries that people draw: what is wrong with one, what lies across or between, joining, cutting, snapping."""

import json
from pathlib import Path
from uuid import UUID

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st
from shapely.geometry import LineString, mapping
from shapely.geometry.base import BaseGeometry

from core.problems import Problem
from maps.assign import Boundary
from maps.boundaries import (
    gaps,
    hectares,
    merged,
    overlaps,
    read_boundary,
    read_line,
    snap_to_neighbours,
    split,
)
from maps.projection import to_lonlat, to_rd

REAL = Path(__file__).parents[3] / "shared" / "data" / "hoogeveen-buurten.geojson"
X, Y = 229_000.0, 525_000.0  # somewhere in Hoogeveen, RD


def box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    """A box of metres from a point in Hoogeveen."""
    return to_lonlat(shapely.segmentize(shapely.box(X + west, Y + south, X + east, Y + north), 100))


def area(number: int, geometry: BaseGeometry) -> Boundary:
    return Boundary(UUID(int=number), UUID(int=number), "gebied", geometry)


def words_of(text: str) -> str:
    with pytest.raises(Problem) as caught:
        read_boundary(text)
    return caught.value.faults[0].detail


def square(*corners: tuple[float, float]) -> str:
    return json.dumps({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})


def test_boundary_that_crosses_itself_is_refused_with_the_place() -> None:
    words = words_of(square((6.6, 52.6), (6.7, 52.7), (6.7, 52.6), (6.6, 52.7)))

    assert "kruist" in words
    assert "52.65000, 6.65000" in words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "onzin",
        "[]",
        "null",
        '{"type":"Point","coordinates":[6.6,52.6]}',
        '{"type":"LineString","coordinates":[[6.6,52.6],[6.7,52.6]]}',
        '{"type":"Polygon","coordinates":[]}',
        '{"type":"Polygon","coordinates":[[[6.6,52.6],[6.7,52.6]]]}',
        '{"type":"Polygon","coordinates":[[["a",52.6],[6.7,52.6],[6.7,52.7],[6.6,52.6]]]}',
        '{"type":"Polygon","coordinates":[[[NaN,52.6],[6.7,52.6],[6.7,52.7],[6.6,52.6]]]}',
        '{"type":"Polygon","coordinates":' + "[" * 5000 + "]" * 5000 + "}",
        square((52.6, 6.6), (52.7, 6.6), (52.7, 6.7)),
        square((6.6, 52.6), (6.6, 52.6), (6.6, 52.6)),
        square((6.6, 52.6), (6.60000001, 52.6), (6.6, 52.60000001)),
        json.dumps(mapping(shapely.Point(6.6, 52.6).buffer(0.1, quad_segs=6000))),
    ],
)
def test_what_is_no_boundary_is_refused_in_words(text: str) -> None:
    assert words_of(text).endswith(("kaart.", "soort.", "breedte?", "drie.", "zijn.", "eerst.", "punt."))


def test_hole_and_parts_are_a_boundary() -> None:
    ring = shapely.difference(box(0, 0, 300, 300), box(100, 100, 200, 200))
    island = shapely.union(ring, box(500, 0, 600, 100))

    for one in (ring, island):
        assert read_boundary(json.dumps(mapping(one))).equals(one)


def test_hectares_are_measured_on_the_ground() -> None:
    assert hectares(box(0, 0, 200, 300)) == pytest.approx(6, abs=1e-3)


def test_overlap_is_told_with_each_other_area_and_touching_is_none() -> None:
    others = [area(1, box(100, 0, 200, 100)), area(2, box(50, 50, 100, 200)), area(3, box(-50, 0, 20, 100))]

    found = overlaps(box(0, 0, 100, 100), others)

    assert [one.other.area_id.int for one in found] == [2, 3]
    assert [one.hectares for one in found] == pytest.approx([0.25, 0.2], abs=1e-3)


def test_gap_between_neighbours_is_found_and_a_wide_one_is_none() -> None:
    own, near, far = box(0, 0, 400, 400), area(1, box(405, 0, 800, 400)), area(2, box(0, 430, 400, 800))

    (gap,) = gaps(own, [near, far])

    assert gap.area_m2 == pytest.approx(2000, rel=0.01)
    assert shapely.intersects_xy(box(400, 0, 405, 400), *gap.lonlat)
    assert gaps(own, [far]) == []


def test_snapping_closes_gaps_and_narrow_overlaps_and_leaves_wide_ones() -> None:
    own = box(0, 0, 400, 400)
    others = [area(1, box(405, 0, 800, 400)), area(2, box(0, 396, 400, 800)), area(3, box(-400, 0, 60, 400))]

    snapped = snap_to_neighbours(own, others)

    assert gaps(snapped, others) == []
    assert [one.other.area_id.int for one in overlaps(snapped, others)] == [3]
    assert hectares(snapped) == pytest.approx((405 * 396 - 0) / 10_000, rel=0.002)


METRES = st.integers(-40, 40)


@st.composite
def wobbly(draw: st.DrawFn, west: int) -> BaseGeometry:
    """A field of 400 by 400 metres with crooked sides."""
    around = [(0, 0), (200, 0), (400, 0), (400, 200), (400, 400), (200, 400), (0, 400), (0, 200)]
    corners = [(X + west + x + draw(METRES) / 2, Y + y + draw(METRES) / 2) for x, y in around]
    return to_lonlat(shapely.Polygon(corners))


@given(wobbly(0), wobbly(405), wobbly(-410))
def test_snapping_is_valid_and_stable_and_moves_little(
    own: BaseGeometry, east: BaseGeometry, west: BaseGeometry
) -> None:
    assume(all(one.is_valid for one in (own, east, west)))
    others = [area(1, east), area(2, west)]

    once = snap_to_neighbours(own, others)
    twice = snap_to_neighbours(once, others)

    assert once.is_valid
    assert to_rd(once).symmetric_difference(to_rd(twice)).area < 3
    changed = shapely.symmetric_difference(to_rd(own), to_rd(once))
    assert shapely.buffer(changed, -7.6).is_empty


def test_snapping_changes_nothing_where_there_is_nothing_to_do() -> None:
    own = box(0, 0, 100, 100)

    assert snap_to_neighbours(own, []) is own
    assert snap_to_neighbours(own, [area(1, box(200, 0, 300, 100))]) is own


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(-20, 420)), min_size=1, max_size=5))
def test_pieces_of_a_cut_add_up_and_lie_beside_each_other(between: list[tuple[int, int]]) -> None:
    whole = box(0, 0, 400, 400)
    points = [(-50, 200), *between, (450, 210)]
    line = to_lonlat(LineString([(X + x, Y + y) for x, y in points]))

    pieces = split(whole, line)

    assert len(pieces) > 1
    assert all(piece.is_valid for piece in pieces)
    assert sum(map(hectares, pieces)) == pytest.approx(16, abs=0.01)
    assert to_rd(merged(pieces)).symmetric_difference(to_rd(whole)).area < 20


def test_line_that_does_not_go_through_cuts_nothing() -> None:
    with pytest.raises(Problem) as caught:
        split(box(0, 0, 100, 100), to_lonlat(LineString([(X - 10, Y + 50), (X + 50, Y + 50)])))

    assert "niet helemaal door het gebied" in caught.value.faults[0].detail
    with pytest.raises(Problem):
        read_line(square((6.6, 52.6), (6.7, 52.6), (6.7, 52.7)))


def test_real_neighbourhoods_join_and_have_no_gaps_or_overlaps() -> None:
    if not REAL.exists():
        pytest.skip("the real neighbourhoods are not beside this checkout")
    features = json.loads(REAL.read_bytes())["features"]
    boundaries = [area(number, shapely.geometry.shape(one["geometry"])) for number, one in enumerate(features)]
    own, others = boundaries[0], boundaries[1:]

    assert overlaps(own.geometry, others) == []
    assert gaps(own.geometry, others, width_m=1) == []
    together = merged([one.geometry for one in boundaries])
    assert together.geom_type == "Polygon"
    assert sum(hectares(one.geometry) for one in boundaries) == pytest.approx(hectares(together), rel=1e-6)
