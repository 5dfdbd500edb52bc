"""Rounds: which there are, making and changing one, and how far it is."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.clock import now_utc
from core.problems import Problem
from forms.queries import all_newest_versions, definition_of
from maps.kinds import LISTED, OWN_AREA
from maps.models import Area
from maps.queries import all_areas, families
from server.desk.blueprint import desk
from server.rounds.edit import areas_of, change_round, end_round, existing_round, make_round, read_round
from server.rounds.overview import OVER, figures_of
from server.rounds.queries import door_counts
from server.rounds.shares import shares_of
from server.rounds.situation import situation_of
from sync.models import Round
from sync.queries import all_rounds, forms_of_rounds

NEW_ROUND_DAYS = 90
Fields = Mapping[str, object]


@desk.get("/rondes")
def rounds() -> str:
    """Every round with its figures: what runs or is to come first."""
    rows = figures_of(all_rounds(), now_utc().date())
    return render_template(
        "rounds.html",
        current=[row for row in rows if row.state != OVER],
        past=[row for row in rows if row.state == OVER],
        has_areas=bool(all_areas()),
    )


@desk.get("/rondes/nieuw")
def new_round() -> str:
    today = now_utc().date()
    chosen = request.args.getlist("gebied")
    begin, end = today.isoformat(), (today + timedelta(days=NEW_ROUND_DAYS)).isoformat()
    return _form(None, {"naam": "", "begin": begin, "eind": end, "doel": "", "gebied": chosen, "werkvorm": []})


@desk.post("/rondes/nieuw")
def save_new_round() -> ResponseReturnValue:
    try:
        round_ = make_round(read_round(request.form, request.form.getlist("gebied"), request.form.getlist("werkvorm")))
    except Problem as problem:
        return _form(None, _as_sent(), problem), problem.kind.status
    return redirect(url_for("desk.round_people", round_id=round_.id))


@desk.get("/rondes/<uuid:round_id>")
def round_overview(round_id: UUID) -> str:
    """One round: what it is, and how far."""
    round_ = existing_round(round_id)
    situation = situation_of(round_)
    titles = {version.form_id: definition_of(version).title for version in all_newest_versions()}
    return render_template(
        "round.html",
        round=round_,
        row=figures_of([round_], now_utc().date())[0],
        situation=situation,
        done=len(situation.done & situation.doors.keys()),
        visited=len(situation.outcomes.keys() & situation.doors.keys()),
        shares=shares_of(situation),
        forms=[titles.get(form_id, form_id) for form_id in forms_of_rounds([round_id])[round_id]],
    )


@desk.get("/rondes/<uuid:round_id>/wijzigen")
def edit_round(round_id: UUID) -> str:
    round_ = existing_round(round_id)
    fields = {
        "naam": round_.name,
        "begin": round_.starts_on.isoformat(),
        "eind": round_.ends_on.isoformat(),
        "doel": "" if round_.target is None else f"{round_.target * 100:g}",
        "gebied": [str(area.id) for area in areas_of(round_)],
        "werkvorm": forms_of_rounds([round_id])[round_id],
    }
    return _form(round_, fields)


@desk.post("/rondes/<uuid:round_id>/wijzigen")
def save_round(round_id: UUID) -> ResponseReturnValue:
    round_ = existing_round(round_id)
    try:
        wanted = read_round(request.form, request.form.getlist("gebied"), request.form.getlist("werkvorm"))
    except Problem as problem:
        return _form(round_, _as_sent(), problem), problem.kind.status
    change_round(round_id, wanted)
    return redirect(url_for("desk.round_overview", round_id=round_id))


@desk.get("/rondes/<uuid:round_id>/beeindigen")
def confirm_ending(round_id: UUID) -> str:
    """Asks once more, and says what it means."""
    return render_template("round_end.html", round=existing_round(round_id), today=now_utc().date())


@desk.post("/rondes/<uuid:round_id>/beeindigen")
def close_round(round_id: UUID) -> ResponseReturnValue:
    end_round(round_id)
    return redirect(url_for("desk.round_overview", round_id=round_id))


def _as_sent() -> Fields:
    """The form as somebody filled it in."""
    texts = {name: request.form.get(name, "").replace("\0", "")[:300] for name in ("naam", "begin", "eind", "doel")}
    return {**texts, "gebied": request.form.getlist("gebied"), "werkvorm": request.form.getlist("werkvorm")}


def _form(round_: Round | None, fields: Fields, problem: Problem | None = None) -> str:
    areas = all_areas()
    return render_template(
        "round_form.html",
        round=round_,
        fields=fields,
        faults={fault.pointer.strip("/"): fault.detail for fault in problem.faults} if problem else {},
        tree=_tree([area for area in areas if area.kind != OWN_AREA]),
        own=[area for area in areas if area.kind == OWN_AREA],
        empty=_without_doors(areas),
        hints=_hints(areas),
        forms=[(version.form_id, definition_of(version)) for version in all_newest_versions()],
    )


def _tree(areas: Sequence[Area]) -> list[tuple[Area, list[object]]]:
    """The areas with what is below them, as deep as they go."""
    known = {area.id for area in areas}
    below: dict[UUID | None, list[Area]] = {}
    for area in areas:
        below.setdefault(area.parent_id if area.parent_id in known else None, []).append(area)

    def branch(parent_id: UUID | None) -> list[tuple[Area, list[object]]]:
        return [(area, list(branch(area.id))) for area in below.get(parent_id, [])]

    return branch(None)


def _hints(areas: Sequence[Area]) -> list[tuple[str, list[str]]]:
    """(initiatiefkracht, the names of the areas where residents are that organised), where it is known."""
    found: dict[str, list[str]] = {}
    for area in areas:
        if area.initiatiefkracht:
            found.setdefault(area.initiatiefkracht, []).append(area.name)
    return sorted(found.items())


def _without_doors(areas: Sequence[Area]) -> set[UUID]:
    """The areas in which no address lies."""
    family = families(areas)
    counted = door_counts({area.id for area in areas}, LISTED)
    full = {area_id for row in counted for area_id in row[:2] if area_id}
    return {area.id for area in areas if full.isdisjoint(family[area.id])}
