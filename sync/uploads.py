"""Half uploads: photos that are still on their way in (protocol 6).

A half upload is a file per device and hash, its length in its name and its size the offset; nothing else is
remembered. A phone on a bad line sends slowly and may fall silent, so its bytes are read without a transaction and
without a lock; each piece is written under a lock, and only where it belongs. Two requests for one photo (a phone that
lost an answer and tries again) cannot mix their bytes: the one that comes too late finds another offset.
A crash between the last byte and the moment that the photo counts (sync/photos.py) leaves a whole upload behind, which
the next request for it finishes.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import new
from pathlib import Path
from typing import IO, BinaryIO
from uuid import UUID

from werkzeug.exceptions import ClientDisconnected

from core.db import db
from core.problems import (
    CHECKSUM_WRONG,
    PHOTO_TOO_LARGE,
    PHOTO_UNREADABLE,
    UPLOAD_OFFSET_WRONG,
    UPLOAD_UNKNOWN,
    Problem,
)
from sync.photos import Limits, take_in_photo
from sync.queries import find_photo

KEEP_HALF = timedelta(days=7)
PIECE_BYTES = 16 * 1024
HALF = ".part"
PHOTO, FILE = "photo", "file"
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
class HalfUpload:
    """One upload that is not whole, of one device; `last_at` is when its last bytes came."""

    device_id: UUID
    sha256: str
    offset: int
    length: int
    last_at: datetime


class Uploads:
    """The uploads of one device."""

    def __init__(self, folder: Path, device_id: UUID, limits: Limits) -> None:
        self._folder = folder / device_id.hex
        self._limits = limits

    def begin(self, photo_hash: str, length: int, is_photo: bool = True) -> Progress:
        """Starts the upload of this photo; one that was begun earlier, or is here, goes on from what there is.

        What is no photo (a recording, a document) is kept as it is, never shown, only handed out as a download.
        """
        if length == 0:
            raise Problem(PHOTO_UNREADABLE, "0 bytes")
        if length > self._limits.max_bytes:
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
        if not progress.is_whole:
            return progress
        self._finish(photo_hash)
        return Progress(progress.length, progress.length, None)

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
            is_photo = Path(part.name).name.split(".")[2] == PHOTO
            try:
                take_in_photo(photo_hash, part.read(), is_photo, self._limits)
            except Problem:
                self._forget(photo_hash)
                raise
            self._forget(photo_hash)

    def _progress_of_part(self, photo_hash: str) -> Progress:
        part = self._part(photo_hash)
        half = _half_upload(part) if part else None
        if half is None:
            raise Problem(UPLOAD_UNKNOWN)
        return Progress(half.offset, half.length, half.last_at + KEEP_HALF)

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


def half_uploads(folder: Path) -> list[HalfUpload]:
    """The uploads of every device that are not whole, the longest silent first."""
    found = [half for part in folder.glob(f"*/*{HALF}") if (half := _half_upload(part)) is not None]
    return sorted(found, key=lambda half: half.last_at)


def _half_upload(part: Path) -> HalfUpload | None:
    """What this file's name, size and time say; None when it was finished or removed meanwhile."""
    try:
        found = part.stat()
    except FileNotFoundError:
        return None
    photo_hash, length, *_ = part.name.split(".")
    last_at = datetime.fromtimestamp(found.st_mtime, UTC)
    return HalfUpload(UUID(part.parent.name), photo_hash, found.st_size, int(length), last_at)


def _pieces(body: BinaryIO, most: int) -> Iterator[bytes]:
    """At most `most` bytes in pieces; ends early when the body does or its connection breaks: what came is kept."""
    while most > 0:
        try:
            piece = body.read(min(PIECE_BYTES, most))
        except (OSError, ClientDisconnected):
            return
        if not piece:
            return
        yield piece
        most -= len(piece)
