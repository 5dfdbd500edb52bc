"""Joining areas into one, and cutting one into parts: chosen, shown with what it does to the counts, then done."""

from uuid import UUID

import shapely
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from shapely.geometry.base import BaseGeometry

from core.db import db
from core.problems import INPUT_INVALID, Fault, Problem
from maps.boundaries import hectares, merged, read_line, split
from maps.kinds import MUNICIPALITY
from maps.models import Area
from maps.queries import all_areas, current_boundary, current_geometries
from server.boundaries.edit import check_unchanged, effect_on, today
from server.boundaries.lineage import Merging, check_merging, merge_areas, split_area, summed_population
from server.desk.area_form import area_named, day, text
from server.desk.area_pages import area_of
from server.desk.blueprint import desk
from server.desk.drawing_pages import names_of
from server.desk.words import _

MOST_MERGED = 50


@desk.route("/gebieden/samenvoegen", methods=["GET", "POST"])
def merge() -> ResponseReturnValue:
    """Choose areas; see what they are together; then merge them."""
    if request.method == "GET":
        return _merge_page()
    try:
        merging = _merging()
        check_merging(merging)
        if "bevestig" not in request.form:
            return _merge_preview(merging)
        area, job = merge_areas(merging)
    except Problem as problem:
        db.session.rollback()
        return _merge_page(problem), 400
    return redirect(url_for("desk.boundary", area_id=area.id, bezig=job))


@desk.route("/gebieden/<uuid:area_id>/splitsen", methods=["GET", "POST"])
def cut(area_id: UUID) -> ResponseReturnValue:
    """Draw a line; name the pieces; then split the area."""
    area = area_of(area_id)
    pieces: list[BaseGeometry] = []
    try:
        check_unchanged(area, text("versie") if request.method == "POST" else _seen(area))
        if request.method == "GET":
            return _cut_page(area)
        pieces = _pieces(area)
        if "bevestig" not in request.form:
            return _cut_preview(area, pieces)
        made, job = split_area(area, _parts(pieces), day("vanaf"))
    except Problem as problem:
        db.session.rollback()
        found = area_of(area_id)
        return (_cut_preview(found, pieces, problem) if pieces else _cut_page(found, problem)), 400
    return redirect(url_for("desk.boundary", area_id=made[0].id, bezig=job))


def _merging() -> Merging:
    chosen = set(request.form.getlist("gebied")[:MOST_MERGED])
    areas = [area for area in all_areas() if str(area.id) in chosen]
    into = area_named("wordt")
    if into is not None and into.id not in {area.id for area in areas}:
        raise Problem(INPUT_INVALID, faults=[Fault("/wordt", _("Kies een van de gebieden die u samenvoegt."))])
    return Merging(areas, into, text("naam"), day("vanaf"))


def _merge_page(problem: Problem | None = None) -> str:
    chosen = set(request.form.getlist("gebied")) | set(request.args.getlist("met"))
    everywhere = [area for area in all_areas() if area.kind != MUNICIPALITY]
    kinds = {area.kind for area in everywhere if str(area.id) in chosen}
    areas = [area for area in everywhere if len(kinds) != 1 or area.kind in kinds]
    return render_template(
        "boundary_merge.html", areas=areas, chosen=chosen, entered=request.form, today=today(), problem=problem
    )


def _merge_preview(merging: Merging) -> str:
    geometry = merging.geometry
    changed: dict[UUID, BaseGeometry | None] = {area.id: None for area in merging.areas}
    effect = effect_on(merging.areas[0].kind, {**changed, merging.target_id: geometry})
    name = merging.into.name if merging.into else merging.name
    return render_template(
        "boundary_merge_preview.html",
        merging=merging,
        name=name,
        hectares=hectares(geometry),
        part_count=len(shapely.get_parts(geometry)),
        effect=effect,
        names={**names_of(effect, []), merging.target_id: name},
        figures=summed_population(merging.areas),
    )


def _cut_page(area: Area, problem: Problem | None = None) -> str:
    line = request.form.get("lijn", "").replace("\0", "")
    seen = text("versie") or _seen(area)
    return render_template("boundary_split.html", area=area, line=line, seen=seen, problem=problem)


def _pieces(area: Area) -> list[BaseGeometry]:
    line = read_line(request.form.get("lijn", ""))
    wkb = current_geometries([area.id]).get(area.id)
    if wkb is None:
        raise Problem(INPUT_INVALID, faults=[Fault("/lijn", _("Dit gebied heeft nog geen grens."))])
    return split(shapely.from_wkb(wkb), line)


def _names() -> list[str]:
    return [" ".join(name.replace("\0", "").split()) for name in request.form.getlist("naam")]


def _parts(pieces: list[BaseGeometry]) -> dict[str, BaseGeometry]:
    """The pieces by the name that they got; those of one name are one area."""
    names = _names()
    if len(names) != len(pieces):
        raise Problem(INPUT_INVALID, faults=[Fault("/naam", _("Geef elk stuk een naam."))])
    by_name: dict[str, list[BaseGeometry]] = {}
    for name, piece in zip(names, pieces, strict=True):
        by_name.setdefault(name, []).append(piece)
    return {name: merged(found) if len(found) > 1 else found[0] for name, found in by_name.items()}


def _cut_preview(area: Area, pieces: list[BaseGeometry], problem: Problem | None = None) -> str:
    given = _names()
    names = given if len(given) == len(pieces) else [f"{area.name} {at}" for at in range(1, len(pieces) + 1)]
    ids = [UUID(int=at) for at in range(1, len(pieces) + 1)]
    changed: dict[UUID, BaseGeometry | None] = {area.id: None, **dict(zip(ids, pieces, strict=True))}
    effect = effect_on(area.kind, changed)
    labels = {one: _("stuk %(number)s", number=at) for at, one in enumerate(ids, 1)}
    return render_template(
        "boundary_split_preview.html",
        area=area,
        pieces=[(name, hectares(piece)) for name, piece in zip(names, pieces, strict=True)],
        line=request.form.get("lijn", "").replace("\0", ""),
        seen=text("versie") or _seen(area),
        today=today(),
        effect=effect,
        names={**names_of(effect, []), **labels},
        problem=problem,
    )


def _seen(area: Area) -> str:
    current = current_boundary(area.id)
    return str(current.id) if current else ""
