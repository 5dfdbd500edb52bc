"""Making the map of an area that phones take along, as a job, and removing it.

A job may be lost or run twice, and two may run at once: a file is kept under its hash before its row is there, and the
same data makes the same file. The newest row counts; what no row names is removed.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path
from uuid import UUID

from flask import current_app

from core.clock import now_utc
from core.config import Settings
from core.db import db
from core.jobs import enqueue_after_commit
from core.problems import Problem, translate
from core.progress import Progress, begin_progress
from maps.models import Area, MapPack
from maps.packs.archive import write_archive
from maps.packs.cover import Tile
from maps.queries import find_area
from server.packs.origins import Contents, made_of, open_contents
from server.packs.queries import area_to_change, forget_packs, is_kept, newest_progress, packs_of
from sync.photo_store import photo_store
from sync.pull import MAP
from sync.queries import log_changes

JOB = "kaart.inpakken"
STEP = 100
LOST_AFTER = timedelta(minutes=30)


def make_pack_later(area_id: UUID, origin: str) -> UUID:
    """The id of the job that will make the map once this transaction is committed; of the one that does so already."""
    running = progress_of(area_id)
    if running is not None and not running.is_over and now_utc() - running.made_at < LOST_AFTER:
        return running.id
    progress = begin_progress(JOB, str(area_id))
    enqueue_after_commit(make_pack, progress.id, area_id, origin)
    return progress.id


def progress_of(area_id: UUID) -> Progress | None:
    """The job that made the map of this area last, or makes it now."""
    return newest_progress(JOB, str(area_id))


def make_pack(progress_id: UUID, area_id: UUID, origin: str) -> None:
    """Makes the map of this area and tells the phones; what goes wrong is told with the progress."""
    progress, area = db.session.get(Progress, progress_id), find_area(area_id)
    if progress is None or progress.is_over or area is None:
        return
    try:
        _make(progress, area, origin)
    except Problem as problem:
        db.session.rollback()
        progress.end(f"{translate(problem.kind.title)} {problem.detail}".strip())
    except Exception:
        db.session.rollback()
        progress.end("onverwachte fout")
        raise


def remove_packs(area_id: UUID) -> None:
    """Removes the map of this area and tells the phones; commits."""
    area_to_change(area_id)
    gone = packs_of(area_id)
    forget_packs([pack.id for pack in gone])
    log_changes(MAP, [area_id], area_id=area_id, deleted=True)
    db.session.commit()
    _remove_files({pack.sha256 for pack in gone})


def _make(progress: Progress, area: Area, origin: str) -> None:
    settings: Settings = current_app.extensions["rondgang_settings"]
    made = made_of(area, origin, settings)
    with _draft(settings) as path, open_contents(area, origin, settings) as contents:
        zooms = {tile.zoom for tile in contents.wanted}
        progress.advance(0, len(contents.wanted))
        with path.open("wb") as out:
            tiles = write_archive(out, _counted(contents, progress), contents.kind, contents.bounds)
        pack = MapPack(
            area_id=area.id,
            origin=origin,
            attribution=contents.attribution[:300],
            min_zoom=min(zooms),
            max_zoom=max(zooms),
            tiles=tiles,
            size=path.stat().st_size,
            sha256=_hash_of(path),
            made_of=made,
        )
        photo_store().put_map(pack.sha256, path)
        _record(pack)
        if not photo_store().has_map(pack.sha256):  # another job removed the same file in between
            photo_store().put_map(pack.sha256, path)
    progress.end()


def _counted(contents: Contents, progress: Progress) -> Iterator[tuple[Tile, bytes]]:
    place = {tile: number for number, tile in enumerate(contents.wanted, 1)}
    shown = 0
    for tile, content in contents.tiles:
        if place[tile] - shown >= STEP:
            shown = place[tile]
            progress.advance(shown)
        yield tile, content


def _record(pack: MapPack) -> None:
    """Makes this the map of its area, in a transaction of its own."""
    area_to_change(pack.area_id)
    older = packs_of(pack.area_id)
    forget_packs([one.id for one in older])
    db.session.add(pack)
    log_changes(MAP, [pack.area_id], area_id=pack.area_id)
    db.session.commit()
    _remove_files({one.sha256 for one in older} - {pack.sha256})


def _remove_files(hashes: set[str]) -> None:
    for sha256 in hashes:
        if not is_kept(sha256):
            photo_store().remove_map(sha256)
    db.session.commit()


@contextmanager
def _draft(settings: Settings) -> Iterator[Path]:
    """A file to write in that is gone afterwards."""
    settings.data.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="kaart-", suffix=".pmtiles", dir=settings.data)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
