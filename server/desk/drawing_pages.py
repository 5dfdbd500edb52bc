"""Drawing an area or its boundary: the screen, the check while drawing, and saving."""

import json
from collections.abc import Mapping
from uuid import UUID

import shapely
from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from core.db import db
from core.problems import Problem
from maps.boundaries import read_boundary, snap_to_neighbours
from maps.kinds import OWN_AREA
from maps.models import Area
from maps.queries import all_areas, areas_by_id, current_boundary, current_geometries
from server.boundaries.edit import (
    check_boundary,
    check_unchanged,
    draw_area,
    neighbours,
    possible_parents,
    redraw_area,
    today,
)
from server.boundaries.effect import Effect
from server.boundaries.queries import boundaries_in_force
from server.desk.area_form import area_named, day, description, text
from server.desk.area_pages import area_of
from server.desk.blueprint import desk
from server.desk.words import _

NEW = UUID(int=0)
DECIMALS = 7
NEAR_DEGREES = 0.02


@desk.route("/gebieden/tekenen", methods=["GET", "POST"])
def draw_new_area() -> ResponseReturnValue:
    """A new area that residents draw."""
    if request.method == "GET":
        return _screen(None)
    try:
        geometry = read_boundary(request.form.get("grens", ""))
        if "aansluiten" in request.form:
            return _snapped(None, geometry, text("soort") or OWN_AREA)
        area, job = draw_area(description(OWN_AREA), geometry, day("vanaf"))
    except Problem as problem:
        db.session.rollback()
        return _screen(None, problem=problem), 400
    return redirect(url_for("desk.boundary", area_id=area.id, bezig=job))


@desk.route("/gebieden/<uuid:area_id>/grens/tekenen", methods=["GET", "POST"])
def redraw(area_id: UUID) -> ResponseReturnValue:
    """A new version of the boundary of an area."""
    area = area_of(area_id)
    try:
        if request.method == "GET":
            check_unchanged(area, _seen(area))
            return _screen(area)
        geometry = read_boundary(request.form.get("grens", ""))
        if "aansluiten" in request.form:
            return _snapped(area, geometry, area.kind)
        job = None if _is_same(area, geometry) else redraw_area(area, geometry, day("vanaf"), text("versie"))
    except Problem as problem:
        db.session.rollback()
        return _screen(area_of(area_id), problem=problem), 400
    return redirect(url_for("desk.boundary", area_id=area_id, bezig=job))


@desk.post("/gebieden/grens/controle")
def check_drawn() -> str:
    """A part of the page: what the boundary as drawn means, before it is saved."""
    area = area_named("gebied")
    if not request.form.get("grens", "").strip():
        return ""
    try:
        geometry = read_boundary(request.form.get("grens", ""))
    except Problem as problem:
        return render_template("boundary_check.html", problem=problem)
    check = check_boundary(geometry, area.kind if area else text("soort") or OWN_AREA, area.id if area else NEW)
    others = [across.other.area_id for across in check.overlaps]
    drawn = area.name if area else text("naam") or _("dit gebied")
    names = {**names_of(check.effect, others), (area.id if area else NEW): drawn}
    return render_template("boundary_check.html", check=check, names=names, problem=None)


@desk.get("/gebieden/grenzen.geojson")
def boundaries_geojson() -> Response:
    """The boundaries around an area (`bij`, without its own), or all: to see and to snap to."""
    own = _uuid(request.args.get("bij", ""))
    found = boundaries_in_force()
    here = next((one.geometry for one in found if one.area_id == own), None)
    near = shapely.box(*here.bounds).buffer(NEAR_DEGREES) if here is not None else None
    others = [one for one in found if "met" in request.args or one.area_id != own]
    shown = [one for one in others if near is None or one.geometry.intersects(near)]
    names = {area.id: area.name for area in areas_by_id([one.area_id for one in shown])}
    features = [
        {
            "type": "Feature",
            "properties": {"name": names[one.area_id], "kind": one.kind},
            "geometry": json.loads(as_text(one.geometry)),
        }
        for one in shown
    ]
    return jsonify({"type": "FeatureCollection", "features": features})


def names_of(effect: Effect, more: list[UUID]) -> Mapping[UUID | None, str]:
    """What the areas of an effect are called."""
    ids = {change.area_id for change in effect.changes} | {*more}
    ids |= {one for move in effect.moves for one in (move.from_id, move.to_id)}
    found: dict[UUID | None, str] = {area.id: area.name for area in areas_by_id([one for one in ids if one])}
    return {**found, None: _("geen gebied")}


def _snapped(area: Area | None, geometry: BaseGeometry, kind: str) -> str:
    """The screen again, with the boundary laid against its neighbours."""
    snapped = snap_to_neighbours(geometry, neighbours(kind, [area.id] if area else []))
    said = _("Er was niets om op aan te sluiten.") if snapped is geometry else _("De grens sluit nu aan op de buren.")
    return _screen(area, geometry=as_text(snapped), said=said)


def _screen(area: Area | None, problem: Problem | None = None, geometry: str | None = None, said: str = "") -> str:
    """The drawing screen as it was filled in, else as the area is now."""
    everywhere = all_areas()
    kind = area.kind if area else OWN_AREA
    return render_template(
        "boundary_draw.html",
        area=area,
        geometry=geometry if geometry is not None else _geometry(area),
        entered=request.form,
        seen=request.form.get("versie") or (_seen(area) if area else ""),
        kinds=[OWN_AREA, "wijk", "dorp", "buurt"],
        parents=possible_parents(area.id if area else None, kind, everywhere) if area else everywhere,
        today=today(),
        problem=problem,
        said=said,
    )


def _geometry(area: Area | None) -> str:
    if "grens" in request.form:
        return request.form["grens"].replace("\0", "")
    wkb = current_geometries([area.id]).get(area.id) if area else None
    return as_text(shapely.from_wkb(wkb)) if wkb else ""


def _is_same(area: Area, geometry: BaseGeometry) -> bool:
    """Whether this is the boundary as the screen showed it: nobody moved a corner."""
    wkb = current_geometries([area.id]).get(area.id)
    return wkb is not None and as_text(shapely.from_wkb(wkb)) == as_text(geometry)


def as_text(geometry: BaseGeometry) -> str:
    """GeoJSON, to the centimetre."""
    rounded = shapely.transform(geometry, lambda points: points.round(DECIMALS))
    return json.dumps(mapping(rounded if rounded.is_valid else geometry))


def _seen(area: Area) -> str:
    current = current_boundary(area.id)
    return str(current.id) if current else ""


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None
