"""Writing tiles into one PMTiles file (version 3), and how large that would be. The same tiles give the same bytes."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import IO, Any

from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from core.problems import MAP_EMPTY, Problem
from maps.packs.cover import Tile

E7 = 10_000_000
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Kind:
    """What all tiles of a file have in common."""

    tile_type: TileType
    compression: Compression
    metadata: Mapping[str, Any] = field(default_factory=dict)


def in_file_order(tiles: Iterable[Tile]) -> list[Tile]:
    """The tiles as they stand in a file: then a phone reads neighbours in one go."""
    return sorted(tiles, key=lambda tile: zxy_to_tileid(*tile))


def write_archive(out: IO[bytes], tiles: Iterable[tuple[Tile, bytes]], kind: Kind, bounds: Bounds) -> int:
    """Writes a file of these tiles, which are in file order, and returns how many. Raises MAP_EMPTY without any."""
    return _write(_writer(out), tiles, kind, bounds)


def measure_archive(tiles: Iterable[tuple[Tile, bytes]], kind: Kind, bounds: Bounds) -> tuple[int, int]:
    """(bytes of the file that `write_archive` would write, how many tiles). Raises MAP_EMPTY."""
    counted, forgotten = _Count(), _Count()
    writer = _writer(counted)
    writer.tile_f.close()
    writer.tile_f = forgotten
    number = _write(writer, tiles, kind, bounds)
    return counted.size + forgotten.size, number


def _writer(out: Any) -> Any:
    return Writer(out)  # type: ignore[no-untyped-call]  # pmtiles has few types


def _write(writer: Any, tiles: Iterable[tuple[Tile, bytes]], kind: Kind, bounds: Bounds) -> int:
    with closing(writer.tile_f):
        for tile, content in tiles:
            writer.write_tile(zxy_to_tileid(*tile), content)
        if not writer.tile_entries:
            raise Problem(MAP_EMPTY)
        return _finish(writer, kind, bounds)


def _finish(writer: Any, kind: Kind, bounds: Bounds) -> int:
    west, south, east, north = (round(edge * E7) for edge in bounds)
    header = {
        "tile_type": kind.tile_type,
        "tile_compression": kind.compression,
        "min_lon_e7": west,
        "min_lat_e7": south,
        "max_lon_e7": east,
        "max_lat_e7": north,
    }
    writer.finalize(header, dict(kind.metadata))
    number: int = writer.addressed_tiles
    return number


class _Count:
    """A file that keeps nothing but its size."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, content: bytes) -> int:
        self.size += len(content)
        return len(content)

    def seek(self, _position: int) -> None:
        """There is nothing to go to."""

    def read(self, _size: int = -1) -> bytes:
        return b""

    def close(self) -> None:
        """There is nothing to close."""
