"""Making one tile: clusters from afar, single points from nearby while they fit."""

from collections.abc import Collection
from uuid import UUID

from maps.tiles import Tile, clusters_of, encode_clusters, encode_singles
from server.tiles.layers import Part
from server.tiles.queries import count_parts, singles

SINGLES_FROM_ZOOM = 16
MOST_SINGLES = 500


def make_tile(layer: str, tile: Tile, area_ids: Collection[UUID] | None = None) -> bytes:
    """The tile as a Mapbox vector tile of at most MAX_BYTES; of these areas only when they are given."""
    part = Part.of_tile(tile, area_ids)
    if tile.zoom >= SINGLES_FROM_ZOOM:
        found = singles(layer, part, MOST_SINGLES + 1)
        content = encode_singles(layer, tile, found) if len(found) <= MOST_SINGLES else None
        if content is not None:
            return content
    return encode_clusters(layer, clusters_of(tile, count_parts(layer, tile, part)))
