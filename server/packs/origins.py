"""What a map of an area can be made of, and how large each would be.

Three origins: a file that the administrator put in place, the online base map where its terms allow it, and always a
plain map of the project's own data.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

import shapely
from shapely.geometry.base import BaseGeometry

from core.config import Settings
from core.problems import MAP_EMPTY, MAP_TOO_LARGE, Problem
from maps.models import Area
from maps.packs.archive import Kind, in_file_order, measure_archive
from maps.packs.cover import Tile, tiles_covering, with_margin
from maps.packs.own import MAX_ZOOM, MIN_ZOOM, estimated_size, own_kind, own_tiles
from maps.packs.sources import attribution_of, open_source
from server.packs.online import BYTES_PER_TILE, MOST_TILES, fetch_tiles, kind_of, tile_client
from server.packs.own_layers import area_shape, own_layers

FILE, ONLINE, OWN = "bron", "online", "eigen"
LEAST_ZOOM = 10
MOST_PACK_TILES = 20_000
MOST_MEASURED_DOORS = 1000
OWN_ATTRIBUTION = "Rondgang"


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a file: `wanted` tiles are looked for, `tiles` are those that are there."""

    kind: Kind
    attribution: str
    wanted: Sequence[Tile]
    tiles: Iterator[tuple[Tile, bytes]]
    bounds: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Size:
    """How large a map would be. It is `about` that when not every tile was looked at. `made_of`: see MapPack."""

    size: int
    tiles: int
    is_about: bool
    made_of: str


def origins(settings: Settings) -> list[str]:
    """What maps can be made of here, the best first."""
    found = [FILE] if settings.basemap_source is not None else []
    if settings.basemap_pack and settings.basemap_url:
        found.append(ONLINE)
    return [*found, OWN]


def size_of(area: Area, origin: str, settings: Settings) -> Size:
    """How large the map of this area would be. Raises what `open_contents` raises."""
    if origin == ONLINE:
        wanted = _online_tiles(area_shape(area), settings)
        return Size(len(wanted) * BYTES_PER_TILE, len(wanted), True, made_of(area, origin, settings))
    if origin == OWN:
        layers = own_layers(area)
        if len(layers["addresses"]) > MOST_MEASURED_DOORS:
            wanted = _covering(with_margin(area_shape(area)), MIN_ZOOM, MAX_ZOOM)
            about = estimated_size(len(wanted), len(layers["addresses"]))
            return Size(about, len(wanted), True, made_of(area, origin, settings))
    with open_contents(area, origin, settings) as found:
        size, tiles = measure_archive(found.tiles, found.kind, found.bounds)
    return Size(size, tiles, False, made_of(area, origin, settings))


@contextmanager
def open_contents(area: Area, origin: str, settings: Settings) -> Iterator[Contents]:
    """What goes into the map of this area.

    Raises MAP_TOO_LARGE, MAP_EMPTY, MAP_SOURCE_UNUSABLE and MAP_REFUSED.
    """
    shape = area_shape(area)
    if origin == FILE and settings.basemap_source is not None:
        with open_source(settings.basemap_source) as source:
            most = min(settings.basemap_max_zoom, source.max_zoom)
            wanted = _covering(with_margin(shape), max(LEAST_ZOOM, source.min_zoom), most)
            there = ((tile, content) for tile in wanted if (content := source.tile(tile)) is not None)
            yield Contents(source.kind, attribution_of(source.kind), wanted, there, with_margin(shape).bounds)
    elif origin == ONLINE:
        wanted = _online_tiles(shape, settings)
        with tile_client(settings.base_url) as client:
            tiles = fetch_tiles(client, settings.basemap_url, wanted)
            first = next(tiles, None)
            if first is None:
                raise Problem(MAP_EMPTY)
            kind = kind_of(first[1], settings.basemap_attribution)
            yield Contents(kind, attribution_of(kind), wanted, chain([first], tiles), with_margin(shape).bounds)
    else:
        layers = own_layers(area)
        wanted = _covering(with_margin(shape), MIN_ZOOM, MAX_ZOOM)
        kind = own_kind(layers, OWN_ATTRIBUTION)
        yield Contents(kind, OWN_ATTRIBUTION, wanted, own_tiles(layers, wanted), with_margin(shape).bounds)


def made_of(area: Area, origin: str, settings: Settings) -> str:
    """The SHA-256 of what goes into the map: another one as soon as there is something newer."""
    parts = [origin, str(settings.basemap_max_zoom), shapely.to_wkb(area_shape(area)).hex()]
    if origin == FILE and settings.basemap_source is not None:
        stat = settings.basemap_source.stat() if settings.basemap_source.exists() else None
        parts += [str(settings.basemap_source), f"{stat.st_size} {stat.st_mtime_ns}" if stat else ""]
    elif origin == ONLINE:
        parts.append(settings.basemap_url)
    else:
        for name, shapes in own_layers(area).items():
            parts += [f"{name} {sorted(shape.told.items())} {shape.geometry.wkb_hex}" for shape in shapes]
    return sha256("\n".join(parts).encode()).hexdigest()


def _covering(shape: BaseGeometry, min_zoom: int, max_zoom: int) -> list[Tile]:
    found = tiles_covering(shape, min_zoom, max_zoom) if max_zoom >= min_zoom else []
    if len(found) > MOST_PACK_TILES:
        raise Problem(MAP_TOO_LARGE)
    return in_file_order(found)


def _online_tiles(shape: BaseGeometry, settings: Settings) -> list[Tile]:
    """The tiles down to the deepest zoom that stays within what is asked of another's server."""
    tiles = _covering(with_margin(shape), LEAST_ZOOM, settings.basemap_max_zoom)
    deepest = max(
        (zoom for zoom in range(LEAST_ZOOM, 20) if sum(tile.zoom <= zoom for tile in tiles) <= MOST_TILES),
        default=None,
    )
    if deepest is None or not tiles:
        raise Problem(MAP_TOO_LARGE)
    return [tile for tile in tiles if tile.zoom <= deepest]
