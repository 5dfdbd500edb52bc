"""Routes of a schouw: a line with stops or measuring squares, its rhythm and calendar, and what each walk covered."""

from datetime import date
from uuid import UUID

import shapely
from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from core.clock import now_utc
from core.db import db
from core.problems import INPUT_INVALID, NOT_FOUND, Fault, Problem
from forms.queries import choice_labels_of_role
from forms.roles import SCHOUW_ITEM
from maps.kinds import LINE, MUNICIPALITY, SQUARES
from maps.models import Area, Route, RouteStop
from maps.queries import all_areas, current_geometries, find_area, find_route, stops_of_routes
from maps.route_queries import all_routes
from maps.routes import StopPlace, places_in_squares
from server.desk.blueprint import desk
from server.desk.route_form import RouteForm, empty_form, form_of, schouw_forms, sent_form
from server.desk.route_list import planning_of, routes_by_area
from server.desk.words import _
from server.schouw.calendar import calendar_url
from server.schouw.features import outing_features, place_features, route_features
from server.schouw.outings import outings_of
from server.schouw.report import report_on
from server.schouw.save import end_route, renew_calendar, save_route_along, save_route_in_squares
from server.schouw.words import DAY_NAMES, day_and_time, rhythm_choices, rhythm_in_words
from sync.walk_queries import walks_of

SAVE, PREVIEW, DIVIDE, MORE = "bewaren", "voorbeeld", "verdeel", "rij"


@desk.get("/routes")
def routes() -> str:
    """Every route by area: how often it is walked, when next, and what the last walk covered."""
    return render_template("routes.html", areas=routes_by_area(all_routes(), now_utc()), **_words())


@desk.get("/routes/nieuw")
def begin_route() -> str:
    """Asks for the area and the sort first, then for the rest."""
    kind = request.args.get("soort", "")
    if kind not in {LINE, SQUARES}:
        return render_template("route_begin.html", areas=_areas_with_boundary(), LINE=LINE, SQUARES=SQUARES)
    area = _area(request.args.get("gebied", ""))
    return _form_page(Route(area_id=area.id, kind=kind), area, empty_form(kind))


@desk.post("/routes/nieuw")
def make_route() -> ResponseReturnValue:
    kind = SQUARES if request.form.get("soort") == SQUARES else LINE
    area = _area(request.form.get("gebied", ""))
    return _save(Route(area_id=area.id, kind=kind), area)


@desk.get("/routes/<uuid:route_id>")
def route(route_id: UUID) -> str:
    """One route: where it goes, when it is walked, and its walks."""
    found, now = _route(route_id), now_utc()
    stops = stops_of_routes([found.id])[found.id]
    outings = outings_of(walks_of([found.id]))
    return render_template(
        "route.html",
        route=found,
        area=find_area(found.area_id),
        stops=stops,
        outings=outings,
        planning=planning_of(found, outings, now),
        now=now,
        calendar=calendar_url(found),
        form_title=schouw_forms().get(found.form_id or "", found.form_id),
        features=route_features(found, stops),
        SQUARES=SQUARES,
        **_words(),
    )


@desk.get("/routes/<uuid:route_id>/wijzigen")
def change_route(route_id: UUID) -> str:
    found = _route(route_id)
    return _form_page(found, _area_of(found), form_of(found, stops_of_routes([found.id])[found.id]))


@desk.post("/routes/<uuid:route_id>/wijzigen")
def save_route(route_id: UUID) -> ResponseReturnValue:
    found = _route(route_id)
    return _save(found, _area_of(found))


@desk.get("/routes/<uuid:route_id>/schouw/<day>")
def walk(route_id: UUID, day: str) -> str:
    """One outing: the walks of a route on one day, what they covered, and what changed at each stop."""
    found = _route(route_id)
    outing = next((one for one in outings_of(walks_of([found.id])) if one.day == _day(day)), None)
    if outing is None:
        raise Problem(NOT_FOUND)
    report = report_on(found, outing)
    return render_template(
        "walk.html",
        route=found,
        area=find_area(found.area_id),
        outing=outing,
        report=report,
        now=now_utc(),
        items=choice_labels_of_role(SCHOUW_ITEM, str(get_locale())),
        features=outing_features(report),
        **_words(),
    )


@desk.get("/routes/<uuid:route_id>/kalender")
def confirm_new_calendar(route_id: UUID) -> str:
    """Asks once more: who has the old address sees nothing new."""
    return render_template("route_calendar.html", route=_route(route_id))


@desk.post("/routes/<uuid:route_id>/kalender")
def new_calendar(route_id: UUID) -> ResponseReturnValue:
    found = _route(route_id)
    renew_calendar(found)
    db.session.commit()
    return redirect(url_for("desk.route", route_id=found.id, _anchor="kalender"))


@desk.get("/routes/<uuid:route_id>/stoppen")
def confirm_ending_route(route_id: UUID) -> str:
    """Asks once more, and says what it means."""
    return render_template("route_end.html", route=_route(route_id))


@desk.post("/routes/<uuid:route_id>/stoppen")
def stop_route(route_id: UUID) -> ResponseReturnValue:
    found = _route(route_id)
    if found.ended_on is None:
        end_route(found)
        db.session.commit()
    return redirect(url_for("desk.routes"))


def _save(found: Route, area: Area) -> ResponseReturnValue:
    """Saves what was sent, or shows the form again: with its faults, with stops divided, or with a preview."""
    sent, action = sent_form(found.kind, request.form), request.form.get("actie", SAVE)
    if found.kind == SQUARES:
        is_saved, places = _read_squares(found, area, sent, action)
        if not is_saved:
            return _form_page(found, area, sent, places), 400 if sent.faults else 200
    elif action in {DIVIDE, MORE}:
        if action == DIVIDE:
            sent.divide()
        return _form_page(found, area, sent), 400 if sent.faults else 200
    elif not _save_line(found, sent):
        return _form_page(found, area, sent), 400
    db.session.commit()
    return redirect(url_for("desk.route", route_id=found.id))


def _save_line(found: Route, sent: RouteForm) -> bool:
    """Whether it could be saved; the form tells what is wrong."""
    fields, line = sent.fields(), sent.line()
    stops = sent.stops(line) if line is not None else None
    if fields is None or line is None or stops is None:
        return False
    save_route_along(found, fields, line, stops)
    return True


def _read_squares(found: Route, area: Area, sent: RouteForm, action: str) -> tuple[bool, list[StopPlace] | None]:
    """(whether it was saved, the squares that the lot gives)."""
    count, seed = sent.count(), sent.seed()
    there = _stops_of(found)
    places = None
    if count is not None and seed is not None:
        places = sent.attempt(lambda: places_in_squares(_boundary(area), count, seed, there))
    if action == PREVIEW:
        return False, places
    fields = sent.fields()
    if fields is None or places is None or seed is None:
        return False, places
    save_route_in_squares(found, fields, seed, places)
    return True, places


def _form_page(found: Route, area: Area, form: RouteForm, places: list[StopPlace] | None = None) -> str:
    if places is None and found.kind == SQUARES and found.id is not None and not form.faults:
        there = _stops_of(found)
        places = [StopPlace(one.id, one.name, one.lon, one.lat, None, one.square_wkb) for one in there]
    return render_template(
        "route_form.html",
        route=found,
        area=area,
        form=form,
        places=places,
        features=place_features(places) if places else None,
        forms=schouw_forms(),
        rhythms=rhythm_choices(),
        days=DAY_NAMES,
        SQUARES=SQUARES,
        LINE=LINE,
    )


def _words() -> dict[str, object]:
    return {"rhythm_in_words": rhythm_in_words, "day_and_time": day_and_time}


def _stops_of(found: Route) -> list[RouteStop]:
    return stops_of_routes([found.id])[found.id] if found.id is not None else []


def _areas_with_boundary() -> list[Area]:
    areas = [area for area in all_areas() if area.kind != MUNICIPALITY]
    drawn = current_geometries([area.id for area in areas])
    return [area for area in areas if area.id in drawn]


def _boundary(area: Area) -> shapely.geometry.base.BaseGeometry:
    found = current_geometries([area.id]).get(area.id)
    if found is None:
        raise Problem(INPUT_INVALID, faults=[Fault("/aantal", _("Dit gebied heeft geen grens meer. Teken die eerst."))])
    return shapely.from_wkb(found)


def _area(text: str) -> Area:
    """The area with this id, which has a boundary."""
    found = next((area for area in _areas_with_boundary() if str(area.id) == text), None)
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def _area_of(found: Route) -> Area:
    area = find_area(found.area_id)
    assert area is not None, "the database keeps the area of a route"
    return area


def _route(route_id: UUID) -> Route:
    found = find_route(route_id)
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(NOT_FOUND) from None
