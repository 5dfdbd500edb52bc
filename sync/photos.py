"""Photos on their way in: half uploads, and what makes a whole one count.

A half upload is a file per device and hash, and its size is the offset; nothing else is remembered. Its file is
locked while it is written, so two requests for one photo (a phone that lost an answer and tries again) cannot mix their
bytes. A photo counts once its hash is verified, its bytes are in the store and its row is committed, in that order: a
crash in between leaves a whole upload behind, which the next request for it finishes.
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
    UPLOAD_LOCKED,
    UPLOAD_OFFSET_WRONG,
    UPLOAD_UNKNOWN,
    Problem,
)
from sync.images import inspect_image, make_preview
from sync.models import Photo
from sync.photo_store import photo_store
from sync.queries import find_photo

KEEP_HALF = timedelta(days=7)
CHUNK_BYTES = 64 * 1024
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

    def begin(self, photo_hash: str, length: int) -> Progress:
        """Starts the upload of this photo; one that was begun earlier, or is here, goes on from what there is."""
        if length > self._limits.max_bytes:
            raise Problem(PHOTO_TOO_LARGE, f"{length} bytes, ten hoogste {self._limits.max_bytes}")
        self._remove_expired()
        try:
            return self.progress(photo_hash)
        except Problem:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._length_file(photo_hash).write_text(str(length))
            self._part(photo_hash).touch()
            return self.progress(photo_hash)

    def progress(self, photo_hash: str) -> Progress:
        """How far this photo is. Raises UPLOAD_UNKNOWN when it was never begun."""
        photo = find_photo(photo_hash)
        if photo is not None:
            return Progress(photo.size, photo.size, None)
        progress = self._progress_of_part(photo_hash)
        if progress.is_whole:
            with self._locked(photo_hash):
                self._finish(photo_hash)
        return progress

    def append(self, photo_hash: str, offset: int, body: BinaryIO, checksum: tuple[str, bytes] | None) -> Progress:
        """Adds the bytes of the body from this offset on; keeps what arrived when the connection breaks."""
        before = self.progress(photo_hash)
        if before.offset != offset:
            raise Problem(UPLOAD_OFFSET_WRONG, f"{before.offset}")
        if before.is_whole:
            return before
        with self._locked(photo_hash) as part:
            if part.seek(0, os.SEEK_END) != offset:
                raise Problem(UPLOAD_OFFSET_WRONG)
            _copy(body, part, before.length - offset)
            if checksum is not None:
                self._verify_chunk(part, offset, *checksum)
            progress = self._progress_of_part(photo_hash)
            if progress.is_whole:
                self._finish(photo_hash)
        return progress

    def remove(self, photo_hash: str) -> None:
        """Forgets a half upload. Raises UPLOAD_UNKNOWN when there is none."""
        self._progress_of_part(photo_hash)
        with self._locked(photo_hash):
            self._forget(photo_hash)

    def _finish(self, photo_hash: str) -> None:
        content = self._part(photo_hash).read_bytes()
        try:
            if sha256(content).hexdigest() != photo_hash:
                raise Problem(PHOTO_HASH_WRONG)
            facts = inspect_image(content, self._limits.max_pixels)
        except Problem:
            self._forget(photo_hash)
            raise
        photo_store().put_original(photo_hash, content)
        db.session.add(
            Photo(
                sha256=photo_hash,
                size=len(content),
                media_type=facts.media_type,
                width=facts.width,
                height=facts.height,
            )
        )
        enqueue_after_commit(store_preview, photo_hash)
        try:
            db.session.commit()
        except IntegrityError:  # another phone brought the same photo just now
            db.session.rollback()
        self._forget(photo_hash)

    def _verify_chunk(self, part: IO[bytes], offset: int, algorithm: str, digest: bytes) -> None:
        part.flush()
        part.seek(offset)
        if new(algorithm, part.read()).digest() != digest:
            part.truncate(offset)
            raise Problem(CHECKSUM_WRONG)

    def _progress_of_part(self, photo_hash: str) -> Progress:
        try:
            length = int(self._length_file(photo_hash).read_text())
            part = self._part(photo_hash).stat()
        except FileNotFoundError as error:
            raise Problem(UPLOAD_UNKNOWN) from error
        expires_at = datetime.fromtimestamp(part.st_mtime, UTC) + KEEP_HALF
        return Progress(part.st_size, length, expires_at)

    @contextmanager
    def _locked(self, photo_hash: str) -> Iterator[IO[bytes]]:
        try:
            part = self._part(photo_hash).open("r+b", buffering=0)
        except FileNotFoundError as error:
            raise Problem(UPLOAD_UNKNOWN) from error
        with part:
            try:
                fcntl.flock(part, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise Problem(UPLOAD_LOCKED) from error
            yield part

    def _remove_expired(self) -> None:
        oldest = time.time() - KEEP_HALF.total_seconds()
        for part in self._folder.glob("*.part"):
            if part.stat().st_mtime < oldest:
                self._forget(part.stem)

    def _forget(self, photo_hash: str) -> None:
        for path in (self._part(photo_hash), self._length_file(photo_hash)):
            path.unlink(missing_ok=True)

    def _part(self, photo_hash: str) -> Path:
        return self._folder / f"{photo_hash}.part"

    def _length_file(self, photo_hash: str) -> Path:
        return self._folder / f"{photo_hash}.length"


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


def _copy(body: BinaryIO, part: IO[bytes], most: int) -> None:
    """Writes at most `most` bytes; returns early when the body ends, which a broken connection does too."""
    while most > 0:
        try:
            chunk = body.read(min(CHUNK_BYTES, most))
        except OSError:
            return
        if not chunk:
            return
        part.write(chunk)
        most -= len(chunk)
