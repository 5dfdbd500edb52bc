"""Files that somebody uploaded and has not applied yet: kept in the data folder for a day, under a name of our own.

Beside each lies what is known of it, as JSON. With several machines the data folder must be a shared disk.
"""

import json
import shutil
import time
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID, uuid4

from flask import current_app

from core.config import Settings
from core.problems import IMPORT_GONE, Problem

KEPT_SECONDS = 24 * 3600
AREAS, ADDRESSES = "gebieden", "adressen"


class KeptFile:
    """One uploaded file and what is known of it."""

    def __init__(self, import_id: UUID, about: dict[str, Any]) -> None:
        self.id, self.about = import_id, about

    @property
    def path(self) -> Path:
        return _folder() / f"{self.id}.bin"

    @property
    def name(self) -> str:
        """As the person's own computer calls it."""
        return str(self.about["name"])

    def remember(self, **more: Any) -> None:
        """Writes down more about it."""
        self.about |= more
        draft = _folder() / f"{self.id}.new"
        draft.write_text(json.dumps(self.about))
        draft.replace(_folder() / f"{self.id}.json")

    def forget_content(self) -> None:
        """Removes the file itself; what is known of it stays for a day."""
        self.path.unlink(missing_ok=True)


def keep(stream: BinaryIO, name: str, sort: str) -> KeptFile:
    """Keeps an uploaded file; removes what is older than a day."""
    _tidy()
    kept = KeptFile(uuid4(), {"name": name.replace("\0", "")[-200:], "sort": sort})
    with kept.path.open("wb") as out:
        shutil.copyfileobj(stream, out, 1 << 20)
    kept.remember()
    return kept


def find_kept(import_id: UUID, sort: str, whole: bool = True) -> KeptFile:
    """The file with this id; with `whole`, only while its content is there. Raises IMPORT_GONE."""
    try:
        about = json.loads((_folder() / f"{import_id}.json").read_text())
    except (OSError, ValueError) as error:
        raise Problem(IMPORT_GONE) from error
    kept = KeptFile(import_id, about)
    if about.get("sort") != sort or (whole and not kept.path.exists()):
        raise Problem(IMPORT_GONE)
    return kept


def _folder() -> Path:
    settings: Settings = current_app.extensions["rondgang_settings"]
    folder = settings.data / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _tidy() -> None:
    oldest = time.time() - KEPT_SECONDS
    for path in _folder().iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
