"""Tiles: every point in exactly one tile of a zoom, clusters that add up, and never too many bytes."""

from collections import Counter
from itertools import pairwise

import mapbox_vector_tile
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from maps.tiles import (
    CELL_ZOOM,
    EXTENT,
    MAX_BYTES,
    MAX_ZOOM,
    MOST_RANGES,
    Single,
    Tile,
    cell_of,
    cells_of,
    clusters_of,
    cover,
    encode_clusters,
    encode_singles,
    tile_of,
)

ZOOM = st.integers(0, MAX_ZOOM)
LON, LAT = st.floats(-180, 180), st.floats(-90, 90)
ANYWHERE = st.tuples(LON, LAT)
HERE = st.tuples(st.floats(6.5, 6.6), st.floats(52.6, 52.7))


@st.composite
def on_an_edge(draw: st.DrawFn) -> tuple[float, float]:
    """The corner of some tile in the neighbourhood."""
    zoom = draw(st.integers(8, MAX_ZOOM))
    tile = tile_of(cell_of(*draw(HERE)), zoom)
    west, south, _, _ = tile.bounds
    return west, south


POINTS = st.lists(st.one_of(HERE, on_an_edge()), max_size=40)


def test_known_tile_holds_the_point_it_is_known_for() -> None:
    assert tile_of(cell_of(6.6153, 52.6881), 14) == Tile(14, 8493, 5360)
    assert tile_of(cell_of(-180, 90), 3) == Tile(3, 0, 0)
    assert tile_of(cell_of(180, -90), 3) == Tile(3, 7, 7)


@given(ANYWHERE, ZOOM)
def test_point_lies_within_the_bounds_and_the_cells_of_its_tile(point: tuple[float, float], zoom: int) -> None:
    cell = cell_of(*point)
    tile = tile_of(cell, zoom)

    first, last = tile.cells
    assert tile.exists
    assert first <= cell <= last
    west, south, east, north = tile.bounds
    lat = min(max(point[1], -85.0511), 85.0511)
    assert west - 1e-9 <= point[0] <= east + 1e-9
    assert south - 1e-6 <= lat <= north + 1e-6


@given(st.lists(ANYWHERE, min_size=1, max_size=30))
def test_cells_of_many_points_are_those_of_each(points: list[tuple[float, float]]) -> None:
    for point, found in zip(points, cells_of(np.array(points)).tolist(), strict=True):
        one, other = (tile_of(cell, CELL_ZOOM) for cell in (cell_of(*point), found))
        assert abs(one.x - other.x) <= 1
        assert abs(one.y - other.y) <= 1


@given(POINTS, ZOOM)
def test_clusters_of_all_tiles_of_a_zoom_add_up_to_the_points(points: list[tuple[float, float]], zoom: int) -> None:
    cells = [cell_of(*point) for point in points]
    counted = 0
    for tile in {tile_of(cell, zoom) for cell in cells}:
        first, last = tile.cells
        width = 2 * (CELL_ZOOM - tile.parts_zoom)
        inside = [cell for cell in cells if first <= cell <= last]
        clusters = clusters_of(tile, Counter(cell >> width for cell in inside).items())

        for cluster in clusters:
            low, high = cluster.tile.cells
            assert cluster.count == sum(low <= cell <= high for cell in inside)
            assert (low, high) != (first, last)
        decoded = mapbox_vector_tile.decode(encode_clusters("a", clusters), default_options={"y_coord_down": True})[
            "a"
        ]["features"]
        for feature in decoded:
            assert all(0 <= one < EXTENT for one in feature["geometry"]["coordinates"])
        counted += sum(feature["properties"]["count"] for feature in decoded)
    assert counted == len(points)


@given(HERE, st.integers(16, MAX_ZOOM))
def test_single_point_is_drawn_where_it_lies(point: tuple[float, float], zoom: int) -> None:
    cell = cell_of(*point)
    tile = tile_of(cell, zoom)

    content = encode_singles("a", tile, [Single(cell, {"id": "x", "score": "A+", "persons": 3})])

    assert content is not None
    (feature,) = mapbox_vector_tile.decode(content, default_options={"y_coord_down": True})["a"]["features"]
    assert feature["properties"] == {"id": "x", "score": "A+", "persons": 3}
    x, y = feature["geometry"]["coordinates"]
    west, south, east, north = tile.bounds
    step = max(1 / EXTENT, 1 / 2 ** (CELL_ZOOM - zoom))
    assert abs(west + x / EXTENT * (east - west) - point[0]) <= 1.1 * step * (east - west)
    assert abs(north - y / EXTENT * (north - south) - point[1]) <= 1.1 * step * (north - south)


def test_full_tile_of_clusters_is_small_enough_and_too_many_singles_are_no_tile() -> None:
    tile = Tile(20, 543_000, 341_000)
    width = 2 * (CELL_ZOOM - tile.parts_zoom)
    first, last = tile.cells
    clusters = clusters_of(tile, [(part, 10**12) for part in range(first >> width, (last >> width) + 1)])
    singles = [Single(first, {"id": f"{number:050}"}) for number in range(2000)]

    assert len(clusters) == 256
    assert len(encode_clusters("observaties", clusters)) <= MAX_BYTES
    assert encode_singles("a", tile, singles) is None
    assert encode_singles("a", tile, []) == encode_clusters("a", [])


def test_counts_that_cancel_out_make_no_cluster() -> None:
    tile = Tile(10, 530, 330)
    part = tile.cells[0] >> 2 * (CELL_ZOOM - tile.parts_zoom)

    assert clusters_of(tile, [(part, 0)]) == []


@given(st.tuples(ANYWHERE, ANYWHERE), ANYWHERE)
def test_cover_holds_everything_within_the_bounds(
    corners: tuple[tuple[float, float], tuple[float, float]], point: tuple[float, float]
) -> None:
    (a, b), (c, d) = corners
    west, south, east, north = min(a, c), min(b, d), max(a, c), max(b, d)
    ranges = cover((west, south, east, north))

    assert 1 <= len(ranges) <= MOST_RANGES
    assert all(one[1] + 1 < other[0] for one, other in pairwise(ranges))
    inside = min(max(point[0], west), east), min(max(point[1], south), north)
    for corner in ((west, south), (east, north), inside):
        assert any(first <= cell_of(*corner) <= last for first, last in ranges)


@given(HERE, st.floats(0.0001, 0.2), st.floats(0.0001, 0.2))
def test_cover_holds_little_more_than_what_is_within_the_bounds(
    corner: tuple[float, float], width: float, height: float
) -> None:
    lon, lat = corner
    west, south, east, north = lon, lat, lon + width, lat + height
    spread = 2 * max(width, height)
    for first, last in cover((west, south, east, north)):
        for cell in (first, last):
            x, _, _, y = tile_of(cell, CELL_ZOOM).bounds
            assert west - spread <= x <= east + spread
            assert south - spread <= y <= north + spread


@given(HERE, st.integers(4, CELL_ZOOM - 1))
def test_cover_of_a_tile_is_that_tile(point: tuple[float, float], zoom: int) -> None:
    tile = tile_of(cell_of(*point), zoom)
    west, south, east, north = tile.bounds
    inner = (east - west) / 1000

    found = cover((west + inner, south + inner, east - inner, north - inner))

    assert found == [tile.cells] or zoom > CELL_ZOOM - 4
