"""Photos on their way in: half uploads, and what makes a whole one count.

A half upload is a file per device and hash, its length in its name and its size the offset; nothing else is
remembered. A phone on a bad line sends slowly and may fall silent, so its bytes are read without a transaction and
without a lock; each piece is written under a lock, and only where it belongs. Two requests for one photo (a phone that
lost an answer and tries again) cannot mix their bytes: the one that comes too late finds another offset. A photo counts
once its hash is verified, its bytes are in the store and its row is committed, in that order: a crash in between leaves
a whole upload behind, which the next request for it finishes.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import new, sha256
from pathlib import Path
from typing import IO, BinaryIO
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core.db import db
from core.jobs import enqueue_after_commit
from core.problems import (
    CHECKSUM_WRONG,
    PHOTO_HASH_WRONG,
    PHOTO_TOO_LARGE,
    UPLOAD_OFFSET_WRONG,
    UPLOAD_UNKNOWN,
    Problem,
)
from sync.images import ImageFacts, inspect_image, make_preview
from sync.models import Photo
from sync.photo_store import photo_store
from sync.queries import find_photo

KEEP_HALF = timedelta(days=7)
PIECE_BYTES = 16 * 1024
HALF = ".part"
PHOTO, FILE = "photo", "file"
ANY_BYTES = "application/octet-stream"
CHECKSUMS = ("sha1", "sha256")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an upload is, in bytes; `expires_at` is None once it is whole."""

    offset: int
    length: int
    expires_at: datetime | None

    @property
    def is_whole(self) -> bool:
        return self.offset == self.length


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo may be."""

    max_bytes: int
    max_pixels: int


class Uploads:
    """The uploads of one device."""

    def __init__(self, folder: Path, device_id: UUID, limits: Limits) -> None:
        self._folder = folder / device_id.hex
        self._limits = limits

    def begin(self, photo_hash: str, length: int, is_photo: bool = True) -> Progress:
        """Starts the upload of this photo; one that was begun earlier, or is here, goes on from what there is.

        What is no photo (a recording, a document) is kept as it is, never shown, only handed out as a download.
        """
        if not 0 < length <= self._limits.max_bytes:
            raise Problem(PHOTO_TOO_LARGE, f"{length} bytes, ten hoogste {self._limits.max_bytes}")
        self._remove_expired()
        if find_photo(photo_hash) is None and self._part(photo_hash) is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"{photo_hash}.{length}.{PHOTO if is_photo else FILE}{HALF}").touch()
        return self.progress(photo_hash)

    def progress(self, photo_hash: str) -> Progress:
        """How far this photo is. Raises UPLOAD_UNKNOWN when it was never begun."""
        photo = find_photo(photo_hash)
        if photo is not None:
            return Progress(photo.size, photo.size, None)
        progress = self._progress_of_part(photo_hash)
        if progress.is_whole:
            self._finish(photo_hash)
        return progress

    def append(self, photo_hash: str, offset: int, body: BinaryIO, checksum: tuple[str, bytes] | None) -> Progress:
        """Adds the bytes of the body from this offset on; keeps what arrived when the connection breaks."""
        before = self.progress(photo_hash)
        if before.offset != offset:
            raise Problem(UPLOAD_OFFSET_WRONG, f"{before.offset}")
        if before.is_whole:
            return before
        db.session.commit()  # ends the transaction: others must be able to write while this phone sends
        end = offset
        for piece in _pieces(body, before.length - offset):
            self._write(photo_hash, end, piece)
            end += len(piece)
        if checksum is not None:
            self._verify(photo_hash, offset, *checksum)
        return self.progress(photo_hash)

    def remove(self, photo_hash: str) -> None:
        """Forgets a half upload. Raises UPLOAD_UNKNOWN when there is none."""
        with self._locked(photo_hash):
            self._forget(photo_hash)

    def _write(self, photo_hash: str, offset: int, piece: bytes) -> None:
        with self._locked(photo_hash) as part:
            if part.seek(0, os.SEEK_END) != offset:
                raise Problem(UPLOAD_OFFSET_WRONG)
            part.write(piece)

    def _verify(self, photo_hash: str, offset: int, algorithm: str, digest: bytes) -> None:
        """Throws away the bytes from this offset on when their checksum is another."""
        with self._locked(photo_hash) as part:
            part.seek(offset)
            if new(algorithm, part.read()).digest() != digest:
                part.truncate(offset)
                raise Problem(CHECKSUM_WRONG)

    def _finish(self, photo_hash: str) -> None:
        with self._locked(photo_hash) as part:
            content = part.read()
            try:
                if sha256(content).hexdigest() != photo_hash:
                    raise Problem(PHOTO_HASH_WRONG)
                facts = self._inspect(photo_hash, content)
            except Problem:
                self._forget(photo_hash)
                raise
            photo_store().put_original(photo_hash, content)
            _store_row(photo_hash, len(content), facts)
            self._forget(photo_hash)

    def _inspect(self, photo_hash: str, content: bytes) -> ImageFacts:
        part = self._part(photo_hash)
        if part is not None and part.name.split(".")[2] == FILE:
            return ImageFacts(ANY_BYTES, 0, 0)
        return inspect_image(content, self._limits.max_pixels)

    def _progress_of_part(self, photo_hash: str) -> Progress:
        part = self._part(photo_hash)
        try:
            found = part.stat() if part else None
        except FileNotFoundError:
            found = None
        if part is None or found is None:
            raise Problem(UPLOAD_UNKNOWN)
        length = int(part.name.split(".")[1])
        return Progress(found.st_size, length, datetime.fromtimestamp(found.st_mtime, UTC) + KEEP_HALF)

    @contextmanager
    def _locked(self, photo_hash: str) -> Iterator[IO[bytes]]:
        """The half upload, for this request alone. Locks are held for moments only, so this waits for its turn."""
        path = self._part(photo_hash)
        try:
            part = path.open("r+b", buffering=0) if path else None
        except FileNotFoundError:
            part = None
        if path is None or part is None:
            raise Problem(UPLOAD_UNKNOWN)
        with part:
            fcntl.flock(part, fcntl.LOCK_EX)
            if not path.exists():  # another request finished or removed it while this one waited
                raise Problem(UPLOAD_UNKNOWN)
            yield part

    def _remove_expired(self) -> None:
        """Forgets half uploads that are too old, of every device: a phone that is lost begins no other."""
        oldest = time.time() - KEEP_HALF.total_seconds()
        for part in self._folder.parent.glob(f"*/*{HALF}"):
            if part.stat().st_mtime < oldest:
                part.unlink(missing_ok=True)

    def _forget(self, photo_hash: str) -> None:
        for part in self._folder.glob(f"{photo_hash}.*{HALF}"):
            part.unlink(missing_ok=True)

    def _part(self, photo_hash: str) -> Path | None:
        return min(self._folder.glob(f"{photo_hash}.*{HALF}"), default=None)


def _store_row(photo_hash: str, size: int, facts: ImageFacts) -> None:
    db.session.add(
        Photo(sha256=photo_hash, size=size, media_type=facts.media_type, width=facts.width, height=facts.height)
    )
    if facts.media_type != ANY_BYTES:
        enqueue_after_commit(store_preview, photo_hash)
    try:
        db.session.commit()
    except IntegrityError:  # another phone brought the same photo just now
        db.session.rollback()


def store_preview(photo_hash: str) -> None:
    """Job: makes the preview of a photo. Whoever needs one that is not there makes it."""
    store = photo_store()
    store.put_preview(photo_hash, make_preview(store.original(photo_hash)))


def preview_of(photo_hash: str) -> bytes:
    """The preview of a photo that is here, made now if need be."""
    found = photo_store().preview(photo_hash)
    if found is None:
        store_preview(photo_hash)
        found = photo_store().preview(photo_hash)
    assert found is not None
    return found


def _pieces(body: BinaryIO, most: int) -> Iterator[bytes]:
    """At most `most` bytes in pieces; ends early when the body does, which a broken connection does too."""
    while most > 0:
        try:
            piece = body.read(min(PIECE_BYTES, most))
        except OSError:
            return
        if not piece:
            return
        yield piece
        most -= len(piece)
