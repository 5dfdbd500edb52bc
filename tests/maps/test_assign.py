"""Assignment: every point is in exactly the area that shapely says."""

from uuid import uuid4

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from maps.assign import AreaIndex, Boundary

COORDINATE = st.floats(-10, 10, allow_nan=False)
POINTS = st.lists(st.tuples(COORDINATE, COORDINATE), max_size=30)
BOXES = st.lists(
    st.tuples(COORDINATE, COORDINATE, st.floats(0.01, 5), st.floats(0.01, 5)).map(
        lambda box: shapely.box(box[0], box[1], box[0] + box[2], box[1] + box[3])
    ),
    max_size=8,
)


def boundaries(shapes: list[shapely.Polygon]) -> list[Boundary]:
    return [Boundary(uuid4(), uuid4(), "buurt", shape) for shape in shapes]


@given(BOXES, POINTS)
def test_point_belongs_to_smallest_area_that_contains_it(
    shapes: list[shapely.Polygon], points: list[tuple[float, float]]
) -> None:
    areas = boundaries(shapes)
    index = AreaIndex(areas)

    found = index.assign(np.array(points, dtype=float).reshape(-1, 2))

    for (lon, lat), boundary in zip(points, found, strict=True):
        hits = [area for area in areas if area.geometry.intersects(shapely.Point(lon, lat))]
        expected = min(hits, key=lambda area: (area.geometry.area, str(area.id)), default=None)
        assert boundary == expected
        assert index.assign_one(lon, lat) == expected


def test_area_of_the_round_comes_before_a_smaller_one() -> None:
    village, street = boundaries([shapely.box(0, 0, 4, 4), shapely.box(1, 1, 2, 2)])
    index = AreaIndex([village, street])

    assert index.assign_one(1.5, 1.5) == street
    assert index.assign_one(1.5, 1.5, frozenset({village.area_id})) == village
    assert index.assign_one(9, 9, frozenset({village.area_id})) is None
