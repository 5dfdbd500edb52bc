"""Taking in a koffer at the desk or in the terminal, and saying in words what became of it."""

from typing import BinaryIO

from flask import current_app
from flask_babel import gettext

from core.config import Settings
from core.db import db
from core.problems import N_, translate
from server.people.audit import record_change
from sync.models import APPLIED, CONFLICT, DUPLICATE, HELD, MERGED, REJECTED
from sync.unpack import Unpacked, unpack_koffer

BECAME = {
    APPLIED: N_("Nieuw"),
    MERGED: N_("Samengevoegd met wat een ander veranderde"),
    DUPLICATE: N_("Waren er al"),
    HELD: N_("Bewaard, maar tellen nog niet mee"),
    CONFLICT: N_("Bewaard naast een ander antwoord: u kiest"),
    REJECTED: N_("Niet leesbaar, bewaard zoals ze kwamen"),
}
FOR_REVIEW = (HELD, CONFLICT, REJECTED)


def take_in_koffer(file: BinaryIO, name: str) -> Unpacked:
    """What became of this koffer; who took it in is written down. Raises KOFFER_UNREADABLE."""
    settings: Settings = current_app.extensions["rondgang_settings"]
    found = unpack_koffer(file, settings, current_app.extensions["rondgang_process"])
    counts = f"{found.mutations} observaties en bezoeken, {found.photos_new + found.photos_known} foto's"
    lost = "" if found.is_whole else ", niet alles leesbaar of aanwezig"
    record_change("koffer.inlezen", f"{name} van {found.volunteer or '?'}: {counts}{lost}")
    db.session.commit()
    return found


def what_came_in(found: Unpacked) -> list[tuple[str, list[tuple[str, int]]]]:
    """What was in the koffer by sort, and how many of it became what; only what there is."""
    work = [(translate(words), found.statuses[status]) for status, words in BECAME.items()]
    photos = [(gettext("Nieuw"), found.photos_new), (gettext("Waren er al"), found.photos_known)]
    sorts = [(gettext("Observaties en bezoeken"), work), (gettext("Foto's"), photos)]
    return [(sort, [one for one in counts if one[1]]) for sort, counts in sorts]


def what_is_lost(found: Unpacked) -> list[str]:
    """A sentence for each thing that is not right about this koffer; none when all was taken in."""
    said = []
    if found.fault_count:
        said.append(gettext("Regels die niet te lezen zijn: %(count)s.", count=found.fault_count))
    if found.mutations_lost:
        said.append(gettext("Observaties en bezoeken die niet meekwamen: %(count)s.", count=found.mutations_lost))
    if found.photos_lost:
        said.append(gettext("Foto's die niet meekwamen: %(count)s.", count=found.photos_lost))
    if found.statuses[REJECTED]:
        said.append(gettext("Niet leesbaar als observatie of bezoek: %(count)s.", count=found.statuses[REJECTED]))
    if found.mutations_lost is None or found.photos_lost is None:
        said.append(gettext("De regel die zegt van wie de koffer is en hoeveel erin zit, ontbreekt."))
    if found.photos_missing:
        said.append(
            gettext("Foto's die bij deze observaties nog ontbreken: %(count)s.", count=len(found.photos_missing))
        )
    return said


def needs_review(found: Unpacked) -> bool:
    """Whether something of it stands on the page Te bekijken."""
    return any(found.statuses[status] for status in FOR_REVIEW)
