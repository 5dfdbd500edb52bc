"""Where photos and packed maps are kept: a folder or S3 alike, by the SHA-256 of their bytes."""

import os
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from flask import Flask, current_app
from obstore.store import LocalStore, ObjectStore, from_url

EXTENSION = "rondgang_photos"


class PhotoStore:
    """Originals, exactly as they were sent, the previews made of them, and the maps that phones take along."""

    def __init__(self, app: Flask, url: str) -> None:
        if url.startswith("file://"):
            self._folder: Path | None = Path(url2pathname(urlsplit(url).path))
            self._store: ObjectStore = LocalStore(self._folder, mkdir=True)
        else:
            self._folder, self._store = None, from_url(url)
        app.extensions[EXTENSION] = self

    def put_original(self, sha256: str, content: bytes) -> None:
        self._put(_original(sha256), content)

    def original(self, sha256: str) -> bytes:
        return bytes(obstore.get(self._store, _original(sha256)).bytes())

    def put_preview(self, sha256: str, content: bytes) -> None:
        self._put(_preview(sha256), content)

    def preview(self, sha256: str) -> bytes | None:
        """The preview, or None when it has not been made yet."""
        try:
            return bytes(obstore.get(self._store, _preview(sha256)).bytes())
        except FileNotFoundError:
            return None

    def put_map(self, sha256: str, path: Path) -> None:
        """Stores a packed map, out of a file: it may be larger than what fits in memory."""
        obstore.put(self._store, _map(sha256), path)
        self._keep(_map(sha256))

    def has_map(self, sha256: str) -> bool:
        try:
            obstore.head(self._store, _map(sha256))
        except FileNotFoundError:
            return False
        return True

    def map_part(self, sha256: str, start: int, end: int) -> bytes:
        """The bytes of a packed map from `start` up to `end`. Raises FileNotFoundError."""
        return bytes(obstore.get_range(self._store, _map(sha256), start=start, end=end))

    def remove_map(self, sha256: str) -> None:
        if self.has_map(sha256):
            obstore.delete(self._store, _map(sha256))

    def _put(self, key: str, content: bytes) -> None:
        """Stores the bytes; when this returns they survive a power cut (S3 promises that, a folder needs fsync)."""
        obstore.put(self._store, key, content)
        self._keep(key)

    def _keep(self, key: str) -> None:
        if self._folder is not None:
            for path in (self._folder / key, (self._folder / key).parent):
                _sync_to_disk(path)


def photo_store() -> PhotoStore:
    """The store of this app."""
    store: PhotoStore = current_app.extensions[EXTENSION]
    return store


def _original(sha256: str) -> str:
    return f"original/{sha256[:2]}/{sha256}"


def _preview(sha256: str) -> str:
    return f"preview/{sha256[:2]}/{sha256}.jpg"


def _map(sha256: str) -> str:
    return f"maps/{sha256[:2]}/{sha256}.pmtiles"


def _sync_to_disk(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
