"""Taking in a koffer: photos as they are read, mutations as if they were pushed, and an account of what was lost.

The file is read twice. The first time photos are stored at once, and of a mutation only is kept where it stands: lines
may have been shuffled, and the whole need not fit in the memory. The second time mutations are pushed in the order of
their ids, which is the order in which they were made. Everything is known by its own id or hash, so that taking in the
same koffer again changes nothing, and one that broke off halfway is simply taken in again.
"""

import json
import secrets
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core.clock import now_utc
from core.config import Settings
from core.db import db
from core.problems import KOFFER_UNREADABLE, N_, Fault, Problem, translate
from sync.devices import digest
from sync.interpret import Processor
from sync.koffer import DEVICE, MUTATION, PHOTO, Line, Seals, read_line_at, read_lines
from sync.models import REJECTED, Device
from sync.photos import Limits, take_in_photo
from sync.push import push_batch
from sync.queries import find_device

BATCH = 50
MOST_BATCH_BYTES = 8 * 1024 * 1024
MOST_FAULTS = 200
NOBODY = UUID("52f1c0de-0000-8000-8000-6b6f66666572")  # whose work it is when the line that says so is lost
NAMELESS = N_("Koffer zonder naam")
OTHER_PHONE = N_("Deze regel is van een andere telefoon dan de rest van de koffer.")


@dataclass(slots=True)
class Unpacked:
    """What became of a koffer. The numbers lost are None when the line that tells them is lost itself."""

    volunteer: str | None = None
    made_at: datetime | None = None
    statuses: Counter[str] = field(default_factory=Counter)
    photos_new: int = 0
    photos_known: int = 0
    mutations_lost: int | None = None
    photos_lost: int | None = None
    photos_missing: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0

    @property
    def mutations(self) -> int:
        return self.statuses.total()

    @property
    def is_whole(self) -> bool:
        """Whether everything that the phone put in was taken in, and nothing is missing of it."""
        is_told = self.mutations_lost == 0 and self.photos_lost == 0
        return is_told and not (self.fault_count or self.photos_missing or self.statuses[REJECTED])


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a mutation stands in the file; `key` puts it in order."""

    key: str
    start: int
    size: int


def unpack_koffer(file: BinaryIO, settings: Settings, process: Processor) -> Unpacked:
    """What became of the koffer in this file (which can seek). Raises KOFFER_UNREADABLE when no line of it opens."""
    return _Unpacking(file, settings, process).run()


class _Unpacking:
    """One koffer on its way in."""

    def __init__(self, file: BinaryIO, settings: Settings, process: Processor) -> None:
        self._file = file
        self._seals = Seals(settings.koffer_keys)
        self._limits = Limits(settings.max_photo_bytes, settings.max_photo_pixels)
        self._process = process
        self._told: dict[str, Any] = {}
        self._places: dict[bytes, _Place] = {}
        self._photos: set[str] = set()
        self._seals_of: dict[str, set[bytes]] = {MUTATION: set(), PHOTO: set()}
        self._found = Unpacked()

    def run(self) -> Unpacked:
        opened = 0
        for line in read_lines(self._file, self._seals, self._limits.max_bytes):
            if isinstance(line, Fault):
                self._fault(line.pointer, translate(line.detail))
            else:
                opened += 1
                self._take(line)
        if not opened:
            raise Problem(KOFFER_UNREADABLE, faults=self._found.faults[:1])
        self._push_mutations()
        self._compare_numbers()
        return self._found

    def _take(self, line: Line) -> None:
        if line.kind == DEVICE:
            self._take_device(line)
        elif line.kind == PHOTO:
            self._take_photo(line)
        else:
            place = _Place(_key_of(line.content), line.start, len(line.content))
            self._places.setdefault(sha256(line.content).digest(), place)
            self._seals_of[MUTATION].add(line.seal)

    def _take_device(self, line: Line) -> None:
        if self._told and self._told["device_id"] != line.head["device_id"]:
            self._fault(str(line.number), translate(OTHER_PHONE))
            return
        self._told = {**line.head}
        self._found.volunteer, self._found.made_at = _storable(line.head.get("volunteer", "")), line.head.get("made_at")

    def _take_photo(self, line: Line) -> None:
        photo_hash = line.head["sha256"]
        if photo_hash in self._photos:
            self._seals_of[PHOTO].add(line.seal)
            return
        is_photo = line.head.get("media_type", "image/").startswith("image/")
        try:
            is_new = take_in_photo(photo_hash, line.content, is_photo, self._limits)
        except Problem as problem:
            self._fault(str(line.number), f"{translate(problem.kind.title)} {problem.detail}".strip())
            return
        finally:
            db.session.commit()  # ends the reading: the next line may be long
        self._photos.add(photo_hash)
        self._seals_of[PHOTO].add(line.seal)
        if is_new:
            self._found.photos_new += 1
        else:
            self._found.photos_known += 1

    def _push_mutations(self) -> None:
        if not self._places:
            return
        device_id = _device_of(self._told.get("device_id", NOBODY), self._found.volunteer)
        missing: dict[str, None] = {}
        for batch in _batches(sorted(self._places.values(), key=lambda place: place.key)):
            raw = [self._mutation_at(place.start) for place in batch]
            receipts, named = push_batch(device_id, raw, self._process)
            self._found.statuses.update(receipt.status for receipt in receipts)
            missing.update(dict.fromkeys(named))
        self._found.photos_missing = list(missing)

    def _mutation_at(self, start: int) -> Any:
        return _read_mutation(read_line_at(self._file, start, self._seals, self._limits.max_bytes).content)

    def _compare_numbers(self) -> None:
        self._found.mutations_lost = _lost(self._told.get("mutations"), len(self._seals_of[MUTATION]))
        self._found.photos_lost = _lost(self._told.get("photos"), len(self._seals_of[PHOTO]))

    def _fault(self, line: str, why: str) -> None:
        self._found.fault_count += 1
        if len(self._found.faults) < MOST_FAULTS:
            self._found.faults.append(Fault(line, why))


def _lost(told: int | None, found: int) -> int | None:
    return None if told is None else max(0, told - found)


def _batches(places: list[_Place]) -> Iterator[list[_Place]]:
    """At most 50 at a time, and fewer when they are large, as a phone would push them."""
    batch: list[_Place] = []
    for place in places:
        if batch and (len(batch) == BATCH or sum(one.size for one in batch) + place.size > MOST_BATCH_BYTES):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _read_mutation(content: bytes) -> Any:
    """The mutation; text that is no JSON stays text: it is rejected like any mutation and kept for the desk."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content.decode("utf-8", "replace")


def _key_of(content: bytes) -> str:
    mutation = _read_mutation(content)
    return str(mutation.get("id", "")).lower() if isinstance(mutation, dict) else ""


def _storable(text: str) -> str:
    """The text without what no database stores: NUL, and halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _device_of(device_id: UUID, volunteer: str | None) -> UUID:
    """The device whose work this is; one that is not known (any more) is written down, without access."""
    if find_device(device_id) is None:
        device = Device(
            id=device_id,
            token_hash=digest(secrets.token_urlsafe(32)),
            volunteer=volunteer or translate(NAMELESS),
            revoked_at=now_utc(),
        )
        db.session.add(device)
    try:
        db.session.commit()
    except IntegrityError:  # the same koffer is taken in at the same moment
        db.session.rollback()
    return device_id
