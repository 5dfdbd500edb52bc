"""The features of each collection, out of what is stored. What is told of whom: decision 0013."""

from calendar import monthrange
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import numpy as np
import shapely
from flask import current_app
from shapely.geometry.base import BaseGeometry

from core.config import Settings
from forms.definition import Definition
from forms.queries import definition_of
from maps.models import Area, AreaBoundary, AreaPopulation, Route, RouteStop
from maps.queries import areas_by_id, newest_population
from server.inventory.models import Melding
from server.ogc.hidden_ids import HiddenIds
from server.ogc.pages import Feature, Page, page_of
from server.ogc.parameters import Interval, ItemsQuery
from server.ogc.queries import (
    AnyRow,
    bounded_areas,
    find_open_observation,
    find_statement,
    observations_page,
    published_versions,
    statements_page,
    stops_on_routes,
    there_is,
    walked_routes,
)
from sync.models import Observation

COUNTS_NOBODY = "geen"
PUBLIC_SPACE = frozenset({"locatie", "schouw.onderdeel", "schouw.score", "schouw.gedaan", "gevoelig"})
"""The roles that a form may have whose observations are shown one by one: nobody's home or words are in them."""
IN_AREA = "gebied"

T = TypeVar("T")


def areas_page(query: ItemsQuery) -> Page:
    """Areas whose boundary in force was so at the time asked for."""
    return page_of([one for one in _areas() if _began(one.properties["valid_from"], query.interval)], query)


def find_area_feature(area_id: UUID) -> Feature | None:
    return _with_id(_areas(), area_id)


def routes_page(query: ItemsQuery) -> Page:
    return page_of(_routes(), query)


def find_route_feature(route_id: UUID) -> Feature | None:
    return _with_id(_routes(), route_id)


def stops_page(query: ItemsQuery) -> Page:
    return page_of(_stops(), query)


def find_stop_feature(stop_id: UUID) -> Feature | None:
    return _with_id(_stops(), stop_id)


def observations_of_public_space(query: ItemsQuery) -> Page:
    """Observations of forms that count nobody and ask nothing of a home."""
    version_ids = public_space_versions()
    rows, matched = observations_page(query, version_ids)
    names = _area_names(rows)
    return _long_page(query, Observation, rows, matched, lambda row: _observation(row, names), lambda key: key)


def find_observation_feature(observation_id: UUID) -> Feature | None:
    row = find_open_observation(observation_id, public_space_versions())
    return None if row is None else _observation(row, _area_names([row]))


def statements(query: ItemsQuery) -> Page:
    """What residents said is going on, without their words: by area and month."""
    ids, middles = _hidden_ids(), _middles()
    known = ItemsQuery(
        limit=query.limit,
        offset=query.offset,
        after=ids.find(query.after) if query.after else None,
        before=ids.find(query.before) if query.before else None,
        interval=whole_months(query.interval),
    )
    rows, matched = statements_page(known, _areas_outside(query, middles))
    names = _area_names(rows)
    return _long_page(known, Melding, rows, matched, lambda row: _statement(row, names, middles, ids), ids.hide)


def find_statement_feature(shown_id: UUID) -> Feature | None:
    ids = _hidden_ids()
    row = find_statement(ids.find(shown_id))
    return None if row is None else _statement(row, _area_names([row]), _middles(), ids)


def extent() -> tuple[float, float, float, float] | None:
    """The box around all areas, in degrees."""
    bounds = [shapely.from_wkb(boundary.geometry_wkb).bounds for _, boundary in bounded_areas()]
    if not bounds:
        return None
    corners = np.array(bounds)
    low, high = corners[:, :2].min(axis=0).round(7), corners[:, 2:].max(axis=0).round(7)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def is_of_public_space(definition: Definition) -> bool:
    """Whether an observation of this form is of a place outdoors and of nobody's home."""
    roles = {question.role for question in definition.questions if question.role}
    counts_nobody = definition.counting_unit == COUNTS_NOBODY and not definition.uses_addresses
    return counts_nobody and roles <= PUBLIC_SPACE and not _is_sensitive(definition)


def whole_months(interval: Interval) -> Interval:
    """The interval widened to whole months (UTC): only the month is shown, so no filter finds out more."""
    begin, end = interval.begin, interval.end
    if begin is not None:
        begin = begin.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if end is not None:
        last = monthrange(end.year, end.month)[1]
        end = end.replace(day=last, hour=23, minute=59, second=59, microsecond=999_999)
    return Interval(begin, end)


def _is_sensitive(definition: Definition) -> bool:
    """Whether a place is sensitive to this form, or what is shown of an observation stands in such a group."""
    marked = [one for one in definition.questions if one.role == "gevoelig"]
    shown = [one for one in definition.questions if one.role in PUBLIC_SPACE - {"gevoelig"}]
    in_group = any(one.path.startswith(f"{group.path}/") for one in shown for group in marked)
    return in_group or any(one.kind == "geopoint" for one in marked)


def public_space_versions() -> list[UUID]:
    """The form versions whose observations are shown one by one."""
    return [version.id for version in published_versions() if is_of_public_space(definition_of(version))]


def _areas() -> list[Feature]:
    rows = bounded_areas()
    figures = newest_population([area.id for area, _ in rows])
    names = {area.id: area.name for area, _ in rows}
    return [_area(area, boundary, figures.get(area.id), names) for area, boundary in rows]


def _area(area: Area, boundary: AreaBoundary, figures: AreaPopulation | None, names: Mapping[UUID, str]) -> Feature:
    counted = ("inhabitants", "households", "age_0_14", "age_15_24", "age_25_44", "age_45_64", "age_65_plus")
    properties = {
        "name": area.name,
        "kind": area.kind,
        "code": area.code,
        "parent_id": _text(area.parent_id),
        "parent": names.get(area.parent_id) if area.parent_id else None,
        **{name: getattr(figures, name, None) for name in counted},
        "figures_on": figures.reference_date.isoformat() if figures else None,
        "figures_source": figures.source if figures else None,
        "valid_from": boundary.valid_from.isoformat(),
        "boundary_source": boundary.source,
    }
    return Feature(area.id, shapely.from_wkb(boundary.geometry_wkb), properties)


def _began(valid_from: str, interval: Interval) -> bool:
    return interval.end is None or valid_from <= interval.end.date().isoformat()


def _routes() -> list[Feature]:
    return [_route(route) for route in walked_routes()]


def _route(route: Route) -> Feature:
    properties = {
        "name": route.name,
        "kind": route.kind,
        "area_id": str(route.area_id),
        "rhythm": route.rhythm,
        "starts_on": route.starts_on.isoformat() if route.starts_on else None,
        "form": route.form_id,
    }
    return Feature(route.id, shapely.from_wkb(route.line_wkb) if route.line_wkb else None, properties)


def _stops() -> list[Feature]:
    return [_stop(stop, route_name) for stop, route_name in stops_on_routes()]


def _stop(stop: RouteStop, route_name: str) -> Feature:
    properties = {
        "route_id": str(stop.route_id),
        "route": route_name,
        "number": stop.number,
        "name": stop.name,
        "measure_m": stop.measure_m,
    }
    return Feature(stop.id, shapely.Point(stop.lon, stop.lat), properties)


def _observation(row: AnyRow, names: Mapping[UUID, str]) -> Feature:
    properties = {
        "form": row.form_id,
        "captured_at": _moment(row.corrected_at),
        **_areas_of(row, names),
        "accuracy_m": row.accuracy_m,
        "walk_id": _text(row.walk_id),
        "stop_id": _text(row.stop_id),
        "measure_m": row.measure_m,
        "schouw_item": row.schouw_item,
        "schouw_score": row.schouw_score,
    }
    has_place = row.lon is not None and row.lat is not None
    return Feature(row.id, shapely.Point(row.lon, row.lat) if has_place else None, properties)


def _statement(row: AnyRow, names: Mapping[UUID, str], middles: Mapping[UUID, BaseGeometry], ids: HiddenIds) -> Feature:
    properties = {
        "theme": row.theme,
        "trits": row.trits,
        "willing": row.willing,
        "month": row.captured_at.strftime("%Y-%m"),
        **_areas_of(row, names),
        "place": IN_AREA,
    }
    return Feature(ids.hide(row.id), middles.get(row.area_id or row.gebied_id), properties)


def _areas_of(row: AnyRow, names: Mapping[UUID, str]) -> dict[str, str | None]:
    return {
        "area_id": _text(row.area_id),
        "area": names.get(row.area_id),
        "gebied_id": _text(row.gebied_id),
        "gebied": names.get(row.gebied_id),
    }


def _area_names(rows: Collection[AnyRow]) -> dict[UUID, str]:
    area_ids = {area_id for row in rows for area_id in (row.area_id, row.gebied_id) if area_id}
    return {area.id: area.name for area in areas_by_id(area_ids)}


def _middles() -> dict[UUID, BaseGeometry]:
    """A point inside each area."""
    rows = bounded_areas()
    points = shapely.point_on_surface([shapely.from_wkb(boundary.geometry_wkb) for _, boundary in rows])
    return {area.id: point for (area, _), point in zip(rows, points, strict=True)}


def _areas_outside(query: ItemsQuery, middles: Mapping[UUID, BaseGeometry]) -> list[UUID]:
    """The areas whose point lies outside the window."""
    window = query.window
    return [] if window is None else [area_id for area_id, middle in middles.items() if not window.meets(middle)]


def _long_page(
    query: ItemsQuery,
    model: type[Observation | Melding],
    rows: list[AnyRow],
    matched: int,
    feature: Callable[[AnyRow], Feature],
    shown_id: Callable[[UUID], UUID],
) -> Page:
    """The page of these rows, of which there is one too many when more follow.

    Whether anything lies in the direction it came from is told without the filters: that page may turn out empty.
    """
    goes_on, rows = len(rows) > query.limit, rows[: query.limit]
    if query.before is not None:
        rows.reverse()
    if not rows:
        return Page([], matched)
    first, last = rows[0].id, rows[-1].id
    is_later = query.before is None and (query.after is not None or query.offset > 0)
    has_before = goes_on if query.before is not None else is_later and there_is(model, lambda key: key < first)
    has_after = there_is(model, lambda key: key > last) if query.before is not None else goes_on
    return Page(
        [feature(row) for row in rows],
        matched,
        before=shown_id(first) if has_before else None,
        after=shown_id(last) if has_after else None,
    )


def _with_id(features: list[Feature], feature_id: UUID) -> Feature | None:
    return next((one for one in features if one.id == feature_id), None)


def _hidden_ids() -> HiddenIds:
    settings: Settings = current_app.extensions["rondgang_settings"]
    return HiddenIds(settings.secret_key, "ogc.statements")


def _moment(value: datetime) -> str:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z")


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
