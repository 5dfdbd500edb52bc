"""Tiles of the online base map, asked for within its terms: few, one after another, by name, and stopping at once
when the map's server does not want it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import httpx
from pmtiles.tile import Compression, TileType

from core.problems import MAP_REFUSED, Problem
from maps.packs.archive import Kind
from maps.packs.cover import Tile

MOST_TILES = 3000
MOST_BYTES = 2 * 1024 * 1024
BYTES_PER_TILE = 16_000
TIMEOUT_S = 20
NOTHING_THERE = (204, 404)
BEGINS = {
    b"\x89PNG": (TileType.PNG, Compression.NONE),
    b"\xff\xd8\xff": (TileType.JPEG, Compression.NONE),
    b"RIFF": (TileType.WEBP, Compression.NONE),
    b"\x1f\x8b": (TileType.MVT, Compression.GZIP),
}


@contextmanager
def tile_client(base_url: str) -> Iterator[httpx.Client]:
    """A client with one connection that says who asks."""
    name = f"Rondgang (offline map for field work; {base_url})"
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
    with httpx.Client(headers={"User-Agent": name}, limits=limits, timeout=TIMEOUT_S) as client:
        yield client


def fetch_tiles(client: httpx.Client, url: str, tiles: Iterable[Tile]) -> Iterator[tuple[Tile, bytes]]:
    """These tiles, those that are there. Raises MAP_REFUSED at the first that goes wrong."""
    for tile in tiles:
        content = _fetch(client, url.replace("{z}", str(tile.zoom)).replace("{x}", str(tile.x)), tile)
        if content:
            yield tile, content


def kind_of(content: bytes, attribution: str) -> Kind:
    """What tiles that begin like this one are. Raises MAP_REFUSED when it is no tile."""
    for begin, (tile_type, compression) in BEGINS.items():
        if content.startswith(begin):
            return Kind(tile_type, compression, {"attribution": attribution})
    raise Problem(MAP_REFUSED, "geen tegel")


def _fetch(client: httpx.Client, url: str, tile: Tile) -> bytes:
    try:
        answer = client.get(url.replace("{y}", str(tile.y)))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Problem(MAP_REFUSED, type(error).__name__) from error
    if answer.status_code in NOTHING_THERE:
        return b""
    if answer.status_code != 200 or len(answer.content) > MOST_BYTES:
        raise Problem(MAP_REFUSED, f"{answer.status_code} ({tile.zoom}/{tile.x}/{tile.y})")
    return answer.content
