"""Tiles of a map for onderweg: which an area needs, copied as they are out of a source, and a plain map of our own."""

import gzip
import io
import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pmtiles.tile import Compression, TileType

from core.problems import Problem
from maps.packs.archive import Kind, in_file_order, measure_archive, write_archive
from maps.packs.cover import MARGIN_M, Tile, tiles_covering, to_unit_square, with_margin
from maps.packs.own import Shape, own_kind, own_tiles, street_names
from maps.packs.sources import attribution_of, open_source
from maps.projection import to_rd
from tests.archives import read_archive

PNG = Kind(TileType.PNG, Compression.NONE, {"attribution": "<a href='x'>Kadaster</a>"})
VILLAGE = shapely.box(6.6, 52.6, 6.64, 52.63)


def lonlat_of(tile: Tile) -> shapely.Polygon:
    """The tile in degrees, its edges in many points."""

    def lat(y: float) -> float:
        return float(np.degrees(np.arctan(np.sinh(np.pi * (1 - 2 * y / 2**tile.zoom)))))

    west, east = (x / 2**tile.zoom * 360 - 180 for x in (tile.x, tile.x + 1))
    return shapely.segmentize(shapely.box(west, lat(tile.y + 1), east, lat(tile.y)), 0.001)


def a_map(zooms: range, kind: Kind = PNG, area: shapely.Polygon = VILLAGE) -> tuple[bytes, dict[Tile, bytes]]:
    """A PMTiles file that is larger than the area, and its tiles."""
    around = area.buffer(0.05)
    tiles = in_file_order(tiles_covering(around, zooms.start, zooms.stop - 1))
    contents = {tile: f"{tile.zoom} {tile.x % 7} {tile.y}".encode() for tile in tiles}
    out = io.BytesIO()
    write_archive(out, contents.items(), kind, around.bounds)
    return out.getvalue(), contents


def an_mbtiles(path: Path, contents: dict[Tile, bytes], **metadata: str) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE metadata (name text, value text)")
        database.execute("CREATE TABLE tiles (zoom_level int, tile_column int, tile_row int, tile_data blob)")
        database.executemany("INSERT INTO metadata VALUES (?, ?)", metadata.items())
        rows = [(zoom, x, 2**zoom - 1 - y, content) for (zoom, x, y), content in contents.items()]
        database.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    database.close()


@settings(deadline=None, max_examples=30)
@given(
    st.floats(3.4, 7.1),
    st.floats(50.8, 53.4),
    st.lists(st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02)), min_size=3, max_size=8),
    st.integers(10, 14),
)
def test_cover_has_every_tile_within_the_margin_and_no_other(
    lon: float, lat: float, corners: list[tuple[float, float]], zoom: int
) -> None:
    """Against each tile around it, measured in metres; a metre either way is left open."""
    area = shapely.MultiPoint([(lon + x, lat + y) for x, y in corners]).convex_hull
    found = set(tiles_covering(with_margin(area), zoom, zoom))
    area_rd = to_rd(area)

    reach = shapely.box(*to_unit_square(with_margin(area, 3000)).bounds)
    west, north, east, south = (int(edge * 2**zoom) for edge in reach.bounds)
    for x in range(west, east + 1):
        for y in range(north, south + 1):
            tile = Tile(zoom, x, y)
            distance_m = shapely.distance(to_rd(lonlat_of(tile)), area_rd)
            if abs(distance_m - MARGIN_M) > 1:
                assert (tile in found) == (distance_m < MARGIN_M), (tile, distance_m)


def test_cover_goes_down_zoom_by_zoom_to_the_same_as_each_alone() -> None:
    area = with_margin(VILLAGE)

    assert set(tiles_covering(area, 10, 15)) == {
        tile for zoom in range(10, 16) for tile in tiles_covering(area, zoom, zoom)
    }


@pytest.mark.parametrize("suffix", ["pmtiles", "mbtiles"])
def test_tiles_come_out_of_a_source_as_they_are(tmp_path: Path, suffix: str) -> None:
    content, tiles = a_map(range(10, 16))
    path = tmp_path / f"bron.{suffix}"
    if suffix == "pmtiles":
        path.write_bytes(content)
    else:
        an_mbtiles(path, tiles, format="png", attribution="<b>Kadaster</b>")

    with open_source(path) as source:
        assert (source.min_zoom, source.max_zoom) == (10, 15)
        assert source.kind.tile_type == TileType.PNG
        assert attribution_of(source.kind) == "Kadaster"
        assert {tile: source.tile(tile) for tile in tiles} == tiles
        assert source.tile(Tile(15, 0, 0)) is None


def test_source_with_leaf_directories_is_read(tmp_path: Path) -> None:
    """A file of many tiles has its directory in parts."""
    content, tiles = a_map(range(12, 18), area=shapely.box(6.5, 52.5, 6.8, 52.7))
    path = tmp_path / "groot.pmtiles"
    path.write_bytes(content)
    assert read_archive(content).header["leaf_directory_length"] > 0

    with open_source(path) as source:
        some = list(tiles)[:: len(tiles) // 500]
        assert all(source.tile(tile) == tiles[tile] for tile in some)


def test_packed_vector_tiles_of_mbtiles_stay_packed_with_their_layers(tmp_path: Path) -> None:
    path = tmp_path / "bron.mbtiles"
    tile = Tile(10, 530, 333)
    layers = {"vector_layers": [{"id": "wegen", "fields": {}}]}
    an_mbtiles(path, {tile: gzip.compress(b"x", mtime=0)}, format="pbf", json=json.dumps(layers))

    with open_source(path) as source:
        assert source.kind.compression == Compression.GZIP
        assert source.kind.metadata["vector_layers"] == layers["vector_layers"]
        assert source.tile(tile) == gzip.compress(b"x", mtime=0)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PMTiles",
        b"PMTiles\x03" + b"\xff" * 200,
        b"PMTiles\x02" + b"\0" * 200,
        b"SQLite format 3\0" + b"\0" * 100,
        b"<html>",
        a_map(range(10, 14))[0][:400],
        a_map(range(10, 14))[0][:-5],
    ],
)
def test_broken_source_is_a_problem_with_its_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bron.pmtiles"
    path.write_bytes(content)

    def read() -> None:
        with open_source(path) as source:
            for tile in tiles_covering(VILLAGE.buffer(0.05), 10, 13):
                source.tile(tile)

    with pytest.raises(Problem, match=r"map-source-unusable: bron\.pmtiles"):
        read()


def test_what_goes_wrong_elsewhere_is_not_laid_on_the_source(tmp_path: Path) -> None:
    path = tmp_path / "bron.pmtiles"
    path.write_bytes(a_map(range(10, 12))[0])

    with pytest.raises(OSError, match="disk full"), open_source(path):
        raise OSError("disk full")


def test_source_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="map-source-unusable"), open_source(tmp_path / "weg.pmtiles"):
        pass


def test_measured_size_is_the_size_that_is_written() -> None:
    content, tiles = a_map(range(10, 17))

    assert measure_archive(tiles.items(), PNG, VILLAGE.buffer(0.05).bounds) == (len(content), len(tiles))
    assert a_map(range(10, 17))[0] == content
    with pytest.raises(Problem, match="map-empty"):
        measure_archive([], PNG, VILLAGE.bounds)


def own_map() -> tuple[bytes, int]:
    doors = [("Boekweitlaan", 6.61 + number / 10_000, 52.61) for number in range(9)]
    layers = {
        "areas": [Shape(VILLAGE, {"name": "Nieuwlande", "own": True})],
        "routes": [Shape(shapely.LineString([(6.61, 52.61), (6.62, 52.62)]), {"name": "Ronde"})],
        "addresses": [Shape(shapely.Point(lon, lat), {"number": "1a", "street": name}) for name, lon, lat in doors],
        "streets": street_names(doors),
        "stops": [Shape(shapely.Point(6.615, 52.615), {"number": 1, "name": "Brink", "route": "Ronde"})],
        "area_names": [Shape(shapely.Point(6.62, 52.615), {"name": "Nieuwlande", "own": True})],
    }
    tiles = in_file_order(tiles_covering(with_margin(VILLAGE), 11, 16))
    out = io.BytesIO()
    number = write_archive(out, own_tiles(layers, tiles), own_kind(layers, "Rondgang"), with_margin(VILLAGE).bounds)
    return out.getvalue(), number


def test_own_map_has_each_layer_at_its_zooms_and_in_its_place() -> None:
    content, _ = own_map()

    seen: dict[str, set[int]] = {}
    numbers = set()
    for (zoom, x, y), packed in read_archive(content).tiles.items():
        for name, layer in mapbox_vector_tile.decode(
            gzip.decompress(packed), default_options={"y_coord_down": True}
        ).items():
            seen.setdefault(name, set()).add(zoom)
            if name == "stops" and zoom == 16:
                east, south = layer["features"][0]["geometry"]["coordinates"]
                place = ((x + east / 4096) / 2**16, (y + south / 4096) / 2**16)
                numbers.add(tuple(round(part * 2**28) // 64 for part in place))
    expected = to_unit_square(shapely.Point(6.615, 52.615))
    ((x, y),) = shapely.get_coordinates(expected).tolist()
    assert numbers == {(round(x * 2**28) // 64, round(y * 2**28) // 64)}
    assert {name: min(zooms) for name, zooms in seen.items()} == {
        "areas": 11,
        "area_names": 11,
        "routes": 11,
        "streets": 13,
        "stops": 13,
        "addresses": 15,
    }


def test_gdal_opens_the_own_map(tmp_path: Path) -> None:
    path = tmp_path / "kaart.pmtiles"
    path.write_bytes(own_map()[0])
    program = (
        "import json, sys, pyogrio\n"
        "from pyogrio.raw import read\n"
        "meta, _, shapes, columns = read(sys.argv[1], layer='streets')\n"
        "names = columns[list(meta['fields']).index('name')].tolist()\n"
        "print(json.dumps([sorted(pyogrio.list_layers(sys.argv[1])[:, 0]), names, len(shapes)]))"
    )

    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, timeout=60)

    layers, names, count = json.loads(done.stdout)
    assert layers == ["addresses", "area_names", "areas", "routes", "stops", "streets"]
    assert set(names) == {"Boekweitlaan"}
    assert count


def test_name_of_a_street_stands_at_its_middle_door() -> None:
    doors = [("Dorpsstraat", 6.6 + number * 0.001, 52.6) for number in range(5)]
    far_off = ("Dorpsstraat", 6.9, 52.9)

    (shape,) = street_names([*doors, far_off])

    ((lon, lat),) = shapely.get_coordinates(shape.geometry).tolist()
    assert (lon, lat) in {door[1:] for door in doors[1:4]}
