"""The page Foto's: which are missing, which nobody asked for, and which are half here."""

from collections.abc import Iterable
from uuid import UUID

from flask import current_app, render_template

from core.config import Settings
from server.desk.blueprint import desk
from sync.photo_queries import MissingPhoto, missing_photos, unnamed_photos, volunteers_of
from sync.photos import ANY_BYTES
from sync.queries import missing_of
from sync.uploads import HalfUpload, half_uploads

LONGEST_LIST = 500


@desk.get("/fotos")
def photos() -> str:
    missing, halves = missing_photos(LONGEST_LIST), _unfinished()
    return render_template(
        "photos.html",
        missing=_by_phone(missing),
        unnamed=unnamed_photos(LONGEST_LIST),
        halves=halves,
        half_of={half.sha256: half for half in halves},
        volunteers=volunteers_of({one.device_id for one in missing} | {half.device_id for half in halves}),
        any_bytes=ANY_BYTES,
        longest=LONGEST_LIST,
        is_cut=len(missing) == LONGEST_LIST,
    )


def _unfinished() -> list[HalfUpload]:
    """Half uploads of photos that did not come in some other way meanwhile."""
    settings: Settings = current_app.extensions["rondgang_settings"]
    halves = half_uploads(settings.uploads)[:LONGEST_LIST]
    wanted = set(missing_of([half.sha256 for half in halves]))
    return [half for half in halves if half.sha256 in wanted]


def _by_phone(missing: Iterable[MissingPhoto]) -> dict[UUID, list[MissingPhoto]]:
    """The phone that misses something the longest first."""
    found: dict[UUID, list[MissingPhoto]] = {}
    for one in missing:
        found.setdefault(one.device_id, []).append(one)
    return found
