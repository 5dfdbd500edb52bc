"""What makes a photo count, whichever way it came, and the copy of it that people see.

A photo counts once its hash is verified, its bytes are in the store and its row is committed, in that order. A crash in
between leaves bytes that nobody knows of; the same photo again puts them there again.
"""

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy.exc import IntegrityError

from core.db import db
from core.jobs import enqueue_after_commit
from core.problems import PHOTO_HASH_WRONG, PHOTO_TOO_LARGE, Problem
from sync.images import ImageFacts, inspect_image, make_preview
from sync.models import Photo
from sync.photo_store import photo_store
from sync.queries import find_photo

ANY_BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one photo may be."""

    max_bytes: int
    max_pixels: int


def take_in_photo(photo_hash: str, content: bytes, is_photo: bool, limits: Limits) -> bool:
    """Whether this photo is new here; when it returns, the photo counts and its row is committed.

    What is no photo (a recording, a document) is kept as it is, never shown, only handed out as a download.
    Raises PHOTO_HASH_WRONG, PHOTO_TOO_LARGE or PHOTO_UNREADABLE.
    """
    if len(content) > limits.max_bytes:
        raise Problem(PHOTO_TOO_LARGE, f"{len(content)} bytes, ten hoogste {limits.max_bytes}")
    if sha256(content).hexdigest() != photo_hash:
        raise Problem(PHOTO_HASH_WRONG)
    if find_photo(photo_hash) is not None:
        return False
    facts = inspect_image(content, limits.max_pixels) if is_photo else ImageFacts(ANY_BYTES, 0, 0)
    photo_store().put_original(photo_hash, content)
    return _store_row(photo_hash, len(content), facts)


def _store_row(photo_hash: str, size: int, facts: ImageFacts) -> bool:
    db.session.add(
        Photo(sha256=photo_hash, size=size, media_type=facts.media_type, width=facts.width, height=facts.height)
    )
    if facts.media_type != ANY_BYTES:
        enqueue_after_commit(store_preview, photo_hash)
    try:
        db.session.commit()
    except IntegrityError:  # another phone brought the same photo just now
        db.session.rollback()
        return False
    return True


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
