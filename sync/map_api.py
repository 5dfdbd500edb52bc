"""Packed maps for phones: one file under its hash, in as many parts as the line allows (RFC 9110, range requests).

A file never changes, so a phone that was cut off asks for the rest with the file's ETag and goes on where it stopped.
"""

from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request

from core.config import Settings
from core.problems import MAP_UNKNOWN, Problem
from maps.models import MapPack
from sync.devices import authenticate, refuse_revoked
from sync.photo_store import PhotoStore, photo_store
from sync.queries import pack_in_areas
from sync.schemas import SHA256_PATTERN
from sync.scope import scope_of

PMTILES = "application/vnd.pmtiles"
STEP_BYTES = 256 * 1024
YEAR_S = 365 * 24 * 3600

maps = Blueprint("maps", __name__, url_prefix="/v1/sync/maps")


@maps.get("/<sha256>.pmtiles")
def packed_map(sha256: str) -> Response:
    """The file, or the range of it that is asked for. A range that cannot be read is answered with the whole."""
    pack = _pack(sha256)
    etag = f'"{pack.sha256}"'
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": etag,
        "Cache-Control": f"private, max-age={YEAR_S}, immutable",
        "Content-Type": PMTILES,
    }
    if request.if_none_match.contains(pack.sha256):
        return Response(status=304, headers=headers)
    start, end, status = 0, pack.size, 200
    if _asks_for_a_part(etag):
        found = request.range.range_for_length(pack.size) if request.range else None
        if found is None:
            return Response(status=416, headers={**headers, "Content-Range": f"bytes */{pack.size}"})
        (start, end), status = found, 206
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{pack.size}"
    headers["Content-Length"] = str(end - start)
    return Response(_parts(photo_store(), pack.sha256, start, end), status, headers)


def _asks_for_a_part(etag: str) -> bool:
    """Whether one range of this very file is asked for."""
    asked, only_if = request.range, request.headers.get("If-Range")
    is_one = asked is not None and asked.units == "bytes" and len(asked.ranges) == 1
    return is_one and only_if in {None, etag}


def _parts(store: PhotoStore, sha256: str, start: int, end: int) -> Iterator[bytes]:
    for begin in range(start, end, STEP_BYTES):
        yield store.map_part(sha256, begin, min(begin + STEP_BYTES, end))


def _pack(sha256: str) -> MapPack:
    """The map with this hash of an area that the phone sees, when its file is there. Raises MAP_UNKNOWN."""
    settings: Settings = current_app.extensions["rondgang_settings"]
    device = authenticate(request.headers.get("Authorization"))
    refuse_revoked(device)
    found = None
    if SHA256_PATTERN.match(sha256):
        found = pack_in_areas(sha256, scope_of(device.id, settings.koffer_public_key).area_ids)
    if found is None or not photo_store().has_map(found.sha256):
        raise Problem(MAP_UNKNOWN)
    return found
