"""Applying a kept file: at once when it is small, else as a job whose progress a page shows.

The file is applied in one transaction, so a job that was lost or failed changed nothing, and can be begun again.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from uuid import UUID

from core.db import db
from core.jobs import enqueue_after_commit
from core.problems import Problem, translate
from core.progress import Progress, begin_progress
from server.addresses_import import apply_addresses
from server.areas_import import AreaChoices, apply_areas
from server.importing import address_words, area_words
from server.importing.kept import ADDRESSES, AREAS, KeptFile, find_kept

JOB = "bestand.inlezen"
AT_ONCE_BYTES = 1024 * 1024
STEPS = 2

Options = Mapping[str, str]
Done = tuple[list[str], UUID | None]
"""What was done, in sentences, and the job that places everything again, if there is one."""


def apply_kept(kept: KeptFile, options: Options) -> None:
    """Applies the file now, or later as a job when it is large; what became of it is remembered with the file.

    Raises what is wrong with it, when it is applied now.
    """
    if kept.path.stat().st_size <= AT_ONCE_BYTES:
        _apply(kept, options)
        return
    progress = begin_progress(JOB, kept.name)
    kept.remember(progress=str(progress.id))
    enqueue_after_commit(apply_later, progress.id, kept.id, kept.about["sort"], dict(options))
    db.session.commit()


def apply_later(progress_id: UUID, import_id: UUID, sort: str, options: Options) -> None:
    """The job: all of the file or nothing of it."""
    progress = db.session.get(Progress, progress_id)
    if progress is None or progress.is_over:
        return
    progress.advance(1, STEPS)
    try:
        _apply(find_kept(import_id, sort), options)
    except Problem as problem:
        db.session.rollback()
        progress.end(" ".join([translate(problem.kind.title), problem.detail]).strip())
        return
    progress.end()


def _apply(kept: KeptFile, options: Options) -> None:
    lines, placing_id = _SORTS[kept.about["sort"]](kept, options)
    kept.remember(lines=lines, placing=str(placing_id) if placing_id else None)
    kept.forget_content()


def _apply_areas(kept: KeptFile, options: Options) -> Done:
    moment = None
    with suppress(ValueError):
        moment = date.fromisoformat(options.get("datum", ""))
    plan, placing_id = apply_areas(kept.path, kept.name, AreaChoices(moment, options.get("gemeente") or None))
    return [*area_words.summary(plan), *area_words.remarks(plan)], placing_id


def _apply_addresses(kept: KeptFile, options: Options) -> Done:
    plan, placing_id = apply_addresses(kept.path, kept.name, bool(options.get("hele_lijst")))
    return [*address_words.summary(plan), *address_words.remarks(plan)], placing_id


_SORTS: Mapping[str, Callable[[KeptFile, Options], Done]] = {AREAS: _apply_areas, ADDRESSES: _apply_addresses}
