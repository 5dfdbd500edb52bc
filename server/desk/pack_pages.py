"""Maps that phones take along: how large one would be, making it, which there is, and removing it."""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal

from core.config import Settings
from core.db import db
from core.problems import AREA_UNKNOWN, INPUT_INVALID, N_, NOT_FOUND, Fault, Problem
from maps.models import Area, MapPack
from maps.queries import find_area, newest_packs
from server.desk.blueprint import desk
from server.desk.words import _
from server.packs.make import make_pack_later, progress_of, remove_packs
from server.packs.origins import FILE, ONLINE, OWN, Size, made_of, origins, size_of
from server.packs.queries import areas_above, count_phones
from server.people.audit import record_change

ORIGINS = {
    FILE: (N_("Kaart van de server"), N_("Geknipt uit het kaartbestand dat de beheerder neerzette.")),
    ONLINE: (N_("Kaart van internet"), N_("De kaart die u ook op deze pagina's ziet, één keer opgehaald.")),
    OWN: (N_("Eigen kaart"), N_("Grenzen, straatnamen, huisnummers, routes en meetpunten uit Rondgang. Werkt altijd.")),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to make the map: how large it would be, or why it cannot be made."""

    origin: str
    title: str
    about: str
    size: Size | None
    problem: Problem | None


@desk.get("/gebieden/<uuid:area_id>/kaartpakket")
def map_pack(area_id: UUID) -> str:
    """What there is for this area, what could be made, and who gets it."""
    found = _area(area_id)
    pack = newest_packs([area_id]).get(area_id)
    progress = progress_of(area_id)
    return render_template(
        "pack.html",
        area=found,
        pack=pack,
        pack_title=_(ORIGINS[pack.origin][0]) if pack else "",
        is_outdated=pack is not None and _is_outdated(found, pack),
        choices=[_choice(found, origin) for origin in origins(_settings())],
        phones=count_phones(areas_above(area_id)),
        progress=progress if progress and (not progress.is_over or progress.problem) else None,
        is_busy=progress is not None and not progress.is_over,
        weight=weight,
    )


@desk.post("/gebieden/<uuid:area_id>/kaartpakket")
def make_map_pack(area_id: UUID) -> ResponseReturnValue:
    """Begins making the map; the page shows how far it is."""
    found, origin = _area(area_id), request.form.get("soort", "")
    if origin not in origins(_settings()):
        raise Problem(INPUT_INVALID, faults=[Fault("/soort", _("Kies welke kaart u wilt."))])
    size_of(found, origin, _settings())  # tells now what is wrong with a source, and not in a job
    make_pack_later(area_id, origin)
    record_change("kaart.inpakken", f"{found.name}, {origin}")
    db.session.commit()
    return redirect(url_for("desk.map_pack", area_id=area_id))


@desk.get("/gebieden/<uuid:area_id>/kaartpakket/weg")
def confirm_removing_map_pack(area_id: UUID) -> str:
    """Asks once more, and says what it means."""
    found = _area(area_id)
    if area_id not in newest_packs([area_id]):
        raise Problem(NOT_FOUND)
    return render_template("pack_remove.html", area=found)


@desk.post("/gebieden/<uuid:area_id>/kaartpakket/weg")
def remove_map_pack(area_id: UUID) -> ResponseReturnValue:
    """Removes the map, here and on the phones."""
    found = _area(area_id)
    record_change("kaart.weghalen", found.name)
    remove_packs(area_id)
    return redirect(url_for("desk.map_pack", area_id=area_id))


def weight(size: int) -> str:
    """A number of bytes as people say it, in the language of the request: "34,1 kB"."""
    in_kb = size / 1000
    return f"{format_decimal(round(in_kb, 1))} kB" if in_kb < 1000 else f"{format_decimal(round(in_kb / 1000, 1))} MB"


def _choice(area: Area, origin: str) -> Choice:
    title, about = (_(text) for text in ORIGINS[origin])
    try:
        return Choice(origin, title, about, size_of(area, origin, _settings()), None)
    except Problem as problem:
        return Choice(origin, title, about, None, problem)


def _is_outdated(area: Area, pack: MapPack) -> bool:
    """Whether what it was made of is other by now. Not when it cannot be made again: then it is the best there is."""
    if pack.origin not in origins(_settings()):
        return False
    try:
        return made_of(area, pack.origin, _settings()) != pack.made_of
    except Problem:
        return False


def _area(area_id: UUID) -> Area:
    found = find_area(area_id)
    if found is None:
        raise Problem(AREA_UNKNOWN)
    return found


def _settings() -> Settings:
    settings: Settings = current_app.extensions["rondgang_settings"]
    return settings
