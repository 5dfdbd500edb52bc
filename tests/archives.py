"""Reading a PMTiles file with the reader of its own package, to hold what we wrote against."""

from dataclasses import dataclass
from typing import Any

from pmtiles import reader

from maps.packs.cover import Tile

pmtiles: Any = reader  # it has few types


@dataclass(frozen=True, slots=True)
class Archive:
    """What stands in a file."""

    header: dict[str, Any]
    metadata: dict[str, Any]
    tiles: dict[Tile, bytes]


def read_archive(content: bytes) -> Archive:
    source = pmtiles.MemorySource(content)
    found = pmtiles.Reader(source)
    return Archive(found.header(), found.metadata(), {Tile(*tile): part for tile, part in pmtiles.all_tiles(source)})
