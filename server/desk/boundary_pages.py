"""Boundary and figures of an area: its versions, where it came from, who lives there, how organised they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import shapely
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.db import db
from core.problems import Problem
from core.progress import Progress
from maps.boundaries import hectares
from maps.kinds import INITIATIEFKRACHT, MUNICIPALITY, OWN_AREA
from maps.models import Area, AreaBoundary
from maps.queries import all_areas, areas_by_id, current_boundary
from server.boundaries.edit import (
    check_unchanged,
    describe_area,
    end_area,
    possible_parents,
    record_population,
    set_initiatiefkracht,
    today,
)
from server.boundaries.queries import came_out_of, children_of, history_of, populations_of, versions_of, went_into
from server.desk.area_form import AGES, day, description, population, text
from server.desk.area_pages import area_of
from server.desk.blueprint import desk
from server.desk.words import AGE_GROUPS, KRACHT
from server.participation.queries import reports_of


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a boundary as the page tells it. `by` is who made it, as far as that was written down."""

    boundary: AreaBoundary
    hectares: float
    by: str


@desk.get("/gebieden/<uuid:area_id>/grens")
def boundary(area_id: UUID) -> str:
    """The boundary of an area with its history, and its figures."""
    return _page(area_of(area_id))


@desk.post("/gebieden/<uuid:area_id>/beschrijving")
def describe(area_id: UUID) -> ResponseReturnValue:
    found = area_of(area_id)
    return _do(found, lambda: describe_area(found, description(found.kind)))


@desk.post("/gebieden/<uuid:area_id>/initiatiefkracht")
def choose_initiatiefkracht(area_id: UUID) -> ResponseReturnValue:
    found = area_of(area_id)
    return _do(found, lambda: set_initiatiefkracht(found, text("initiatiefkracht")))


@desk.post("/gebieden/<uuid:area_id>/cijfers")
def save_figures(area_id: UUID) -> ResponseReturnValue:
    found = area_of(area_id)
    return _do(found, lambda: record_population(found, population()))


@desk.route("/gebieden/<uuid:area_id>/beeindigen", methods=["GET", "POST"])
def end(area_id: UUID) -> ResponseReturnValue:
    """Asks once more; then ends the area."""
    found = area_of(area_id)
    problem = None
    if request.method == "POST":
        try:
            check_unchanged(found, text("versie"))
            return redirect(url_for("desk.boundary", area_id=area_id, bezig=end_area(found, day("vanaf"))))
        except Problem as refused:
            db.session.rollback()
            problem = refused
    page = render_template("boundary_end.html", area=found, seen=_seen(found), today=today(), problem=problem)
    return page, 400 if problem else 200


def _do(area: Area, deed: object) -> ResponseReturnValue:
    """The page again after this deed; with what was wrong when it was refused."""
    assert callable(deed)
    area_id = area.id
    try:
        deed()
    except Problem as problem:
        db.session.rollback()
        return _page(area_of(area_id), problem, request.form), 400
    return redirect(url_for("desk.boundary", area_id=area_id))


def _page(area: Area, problem: Problem | None = None, entered: Mapping[str, str] | None = None) -> str:
    parent = next(iter(areas_by_id([area.parent_id])), None) if area.parent_id else None
    return render_template(
        "boundary.html",
        area=area,
        parent=parent,
        children=[child for child in children_of([area.id]) if child.ended_on is None],
        versions=_versions(area),
        came_from=came_out_of(area.id),
        went_to=went_into(area.id),
        populations=populations_of([area.id]),
        reports=reports_of(area.id),
        history=history_of(area.id),
        parents=possible_parents(area.id, area.kind, all_areas()),
        kinds=[OWN_AREA] if area.kind == OWN_AREA else ["wijk", "dorp", "buurt"],
        is_changeable=area.kind != MUNICIPALITY and area.ended_on is None,
        levels=INITIATIEFKRACHT,
        kracht=KRACHT,
        ages=dict(zip(AGES, AGE_GROUPS, strict=True)),
        progress=_progress(),
        problem=problem,
        entered=entered or {},
    )


def _versions(area: Area) -> list[Version]:
    entries = history_of(area.id)
    found = []
    for one in versions_of(area.id):
        by = next((entry.actor for entry in reversed(entries) if f"grens {one.id}" in entry.subject), "")
        found.append(Version(one, hectares(shapely.from_wkb(one.geometry_wkb)), by))
    return found


def _seen(area: Area) -> str:
    current = current_boundary(area.id)
    return str(current.id) if current else ""


def _progress() -> Progress | None:
    """The job that the address of the page names."""
    try:
        return db.session.get(Progress, UUID(request.args.get("bezig", "")))
    except ValueError:
        return None
