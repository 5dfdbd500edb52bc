"""Assignment: every point is in exactly the areas that shapely says."""

from uuid import uuid4

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from maps.assign import AreaIndex, Boundary

COORDINATE = st.floats(-10, 10, allow_nan=False)
POINTS = st.lists(st.tuples(COORDINATE, COORDINATE), max_size=30)
BOX = st.tuples(COORDINATE, COORDINATE, st.floats(0.01, 5), st.floats(0.01, 5)).map(
    lambda box: shapely.box(box[0], box[1], box[0] + box[2], box[1] + box[3])
)


KINDS = st.sampled_from(["buurt", "dorp", "gebied"])


def boundaries(shapes: list[shapely.Polygon], kinds: list[str] | None = None) -> list[Boundary]:
    return [
        Boundary(uuid4(), uuid4(), kind, shape)
        for shape, kind in zip(shapes, kinds or ["buurt"] * len(shapes), strict=True)
    ]


def smallest(areas: list[Boundary]) -> Boundary | None:
    return min(areas, key=lambda area: (area.geometry.area, str(area.area_id)), default=None)


@given(st.lists(st.tuples(BOX, KINDS), max_size=8), POINTS)
def test_point_belongs_to_the_smallest_area_of_each_layer_that_contains_it(
    drawn: list[tuple[shapely.Polygon, str]], points: list[tuple[float, float]]
) -> None:
    areas = boundaries([shape for shape, _ in drawn], [kind for _, kind in drawn])
    index = AreaIndex(areas)

    placings = index.place(np.array(points, dtype=float).reshape(-1, 2))

    for (lon, lat), placing in zip(points, placings, strict=True):
        hits = [area for area in areas if area.geometry.intersects(shapely.Point(lon, lat))]
        assert placing.area == smallest([area for area in hits if area.kind != "gebied"])
        assert placing.own == smallest([area for area in hits if area.kind == "gebied"])
        assert index.place_one(lon, lat) == placing
        assert {area.id for area in index.containing(lon, lat)} == {area.id for area in hits}


@given(st.lists(BOX, min_size=1, max_size=5), POINTS, st.floats(1, 100_000))
def test_place_is_uncertain_when_somewhere_within_its_accuracy_it_is_another(
    shapes: list[shapely.Polygon], points: list[tuple[float, float]], accuracy_m: float
) -> None:
    index = AreaIndex(boundaries(shapes))

    for lon, lat in points:
        placing = index.place_one(lon, lat, accuracy_m)
        around = [index.place_one(*one).area for one in circle(lon, lat, accuracy_m * 0.9)]
        if not placing.is_uncertain:
            assert set(around) == {placing.area}


def circle(lon: float, lat: float, radius_m: float) -> list[tuple[float, float]]:
    """Points within this distance, on three rings."""
    east, north = radius_m / (111_320 * np.cos(np.radians(lat))), radius_m / 111_320
    return [
        (lon + share * east * np.cos(angle), lat + share * north * np.sin(angle))
        for share in (0.3, 0.6, 1)
        for angle in np.linspace(0, 2 * np.pi, 12)
    ]


def test_place_far_from_every_boundary_is_certain() -> None:
    index = AreaIndex(boundaries([shapely.box(6, 52, 7, 53)]))

    assert not index.place_one(6.5, 52.5, 50).is_uncertain
    assert index.place_one(6.0001, 52.5, 50).is_uncertain
    assert index.place_one(5.9999, 52.5, 50).is_uncertain
    assert not index.place_one(6.0001, 52.5).is_uncertain
