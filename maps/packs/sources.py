"""Files of tiles that an administrator puts in place: PMTiles or MBTiles, vector or raster, read tile by tile.

Assumption: such a file may be cut off, replaced or no map at all. Whatever is wrong with it is MAP_SOURCE_UNUSABLE with
its name, so that a page can say so; the plain map of our own data works without it.
"""

import json
import mmap
import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from pmtiles.reader import Reader
from pmtiles.tile import (
    Compression,
    Entry,
    MagicNumberNotFound,
    SpecVersionUnsupported,
    TileType,
    deserialize_directory,
    find_tile,
    zxy_to_tileid,
)

from core.problems import MAP_SOURCE_UNUSABLE, Problem
from maps.packs.archive import Kind
from maps.packs.cover import Tile

TYPES = {"pbf": TileType.MVT, "mvt": TileType.MVT, "png": TileType.PNG, "jpg": TileType.JPEG, "jpeg": TileType.JPEG}
TYPES |= {"webp": TileType.WEBP}
GZIP = b"\x1f\x8b"
PMTILES = b"PMTiles"
DEEPEST = 4
DIRECTORIES_KEPT = 64
BROKEN = (
    OSError,
    ValueError,
    LookupError,
    EOFError,
    MemoryError,
    OverflowError,
    zlib.error,
    sqlite3.Error,
    MagicNumberNotFound,
    SpecVersionUnsupported,
)


class TileSource(Protocol):
    """Tiles of one kind, from a zoom up to another. `attribution` names whom to thank."""

    kind: Kind
    min_zoom: int
    max_zoom: int

    def tile(self, tile: Tile) -> bytes | None:
        """The tile as it is, or None when there is none."""
        ...


def attribution_of(kind: Kind) -> str:
    """Whom to name on the map, without markup."""
    text = re.sub(r"<[^>]*>", "", str(kind.metadata.get("attribution") or ""))
    return " ".join(text.split())


@contextmanager
def open_source(path: Path) -> Iterator[TileSource]:
    """The source in this file. Raises MAP_SOURCE_UNUSABLE, also when it turns out broken while a tile is read."""
    with ExitStack() as opened:
        with _telling(path):
            source = _open(path, opened)
        yield ToldSource(source, path)


def _open(path: Path, opened: ExitStack) -> "PmtilesSource | MbtilesSource":
    file = opened.enter_context(path.open("rb"))
    if file.read(len(PMTILES)) == PMTILES:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return PmtilesSource(opened.enter_context(closing(content)))
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    return MbtilesSource(opened.enter_context(closing(database)))


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except BROKEN as error:
        raise Problem(MAP_SOURCE_UNUSABLE, f"{path.name}: {type(error).__name__}") from error


class ToldSource:
    """A source that says which file is broken when a tile of it is."""

    def __init__(self, source: "PmtilesSource | MbtilesSource", path: Path) -> None:
        self._source, self._path = source, path
        self.kind, self.min_zoom, self.max_zoom = source.kind, source.min_zoom, source.max_zoom

    def tile(self, tile: Tile) -> bytes | None:
        with _telling(self._path):
            return self._source.tile(tile)


class PmtilesSource:
    """A PMTiles file, mapped into memory."""

    def __init__(self, content: mmap.mmap) -> None:
        self._content = content
        reader: Any = Reader(self._bytes)  # type: ignore[no-untyped-call]  # pmtiles has few types
        self._header = header = reader.header()
        self.kind = Kind(header["tile_type"], header["tile_compression"], reader.metadata())
        self.min_zoom, self.max_zoom = header["min_zoom"], header["max_zoom"]
        self._directory = lru_cache(maxsize=DIRECTORIES_KEPT)(self._read_directory)

    def tile(self, tile: Tile) -> bytes | None:
        tile_id, header = zxy_to_tileid(*tile), self._header
        offset, length = header["root_offset"], header["root_length"]
        for _ in range(DEEPEST):
            entry = find_tile(self._directory(offset, length), tile_id)
            if entry is None:
                return None
            if entry.run_length:
                return self._bytes(header["tile_data_offset"] + entry.offset, entry.length)
            offset, length = header["leaf_directory_offset"] + entry.offset, entry.length
        return None

    def _read_directory(self, offset: int, length: int) -> list[Entry]:
        return deserialize_directory(self._bytes(offset, length))

    def _bytes(self, offset: int, length: int) -> bytes:
        content = self._content[offset : offset + length]
        if len(content) != length:
            raise EOFError("cut off")
        return content


class MbtilesSource:
    """An MBTiles database. Its rows count from the south."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        said = dict(database.execute("SELECT name, value FROM metadata").fetchall())
        zooms = database.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        self.min_zoom, self.max_zoom = int(zooms[0] or 0), int(zooms[1] or 0)
        tile_type = TYPES[str(said.get("format", "")).lower()]
        self.kind = Kind(tile_type, self._compression(tile_type), _metadata(said))

    def tile(self, tile: Tile) -> bytes | None:
        place = (tile.zoom, tile.x, 2**tile.zoom - 1 - tile.y)
        row = self._database.execute(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?", place
        ).fetchone()
        return None if row is None else bytes(row[0])

    def _compression(self, tile_type: TileType) -> Compression:
        row = self._database.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
        is_packed = tile_type == TileType.MVT and row is not None and bytes(row[0][:2]) == GZIP
        return Compression.GZIP if is_packed else Compression.NONE


def _metadata(said: dict[str, Any]) -> dict[str, Any]:
    """The metadata of an MBTiles file as PMTiles has it: layers of vector tiles are not a text in a text."""
    kept = {name: value for name, value in said.items() if name not in {"json", "minzoom", "maxzoom", "bounds"}}
    nested = json.loads(said.get("json") or "{}")
    return {**kept, **nested} if isinstance(nested, dict) else kept
