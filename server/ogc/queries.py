"""SQL of what GIS programs read. Pages of long tables go by id: no page counts off those before it."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from core.db import db
from forms.models import DRAFT, FormVersion
from maps.models import Area, AreaBoundary, Route, RouteStop
from server.inventory.models import Melding
from server.ogc.crs import Box, Window
from server.ogc.parameters import Interval, ItemsQuery
from sync.models import APPLIED, Observation

AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]
AT_ONCE = 5000

_OBSERVATION = (
    Observation.id,
    Observation.form_id,
    Observation.corrected_at,
    Observation.area_id,
    Observation.gebied_id,
    Observation.lon,
    Observation.lat,
    Observation.accuracy_m,
    Observation.walk_id,
    Observation.stop_id,
    Observation.measure_m,
    Observation.schouw_item,
    Observation.schouw_score,
)
_STATEMENT = (
    Melding.id,
    Melding.theme,
    Melding.trits,
    Melding.willing,
    Melding.captured_at,
    Melding.area_id,
    Melding.gebied_id,
)


def bounded_areas() -> list[tuple[Area, AreaBoundary]]:
    """Every area that there is now, with its boundary in force."""
    rows = db.session.execute(
        select(Area, AreaBoundary)
        .join(AreaBoundary, and_(AreaBoundary.area_id == Area.id, AreaBoundary.valid_to.is_(None)))
        .where(Area.ended_on.is_(None))
    )
    return [(row[0], row[1]) for row in rows]


def walked_routes() -> list[Route]:
    """The routes that are walked now."""
    return list(db.session.scalars(select(Route).where(Route.ended_on.is_(None))))


def stops_on_routes() -> list[tuple[RouteStop, str]]:
    """Every stop of a route that is walked now, with the name of the route."""
    is_walked = and_(Route.ended_on.is_(None), RouteStop.removed_at.is_(None))
    rows = db.session.execute(
        select(RouteStop, Route.name).join(Route, Route.id == RouteStop.route_id).where(is_walked)
    )
    return [(row[0], row[1]) for row in rows]


def published_versions() -> list[FormVersion]:
    """Every version of a form that answers may be of."""
    return list(db.session.scalars(select(FormVersion).where(FormVersion.state != DRAFT)))


def observations_page(query: ItemsQuery, version_ids: Collection[UUID]) -> tuple[list[AnyRow], int]:
    """(at most one more observation than asked for, how many match) of these form versions, those that count only.

    What has an address is never among them.
    """
    conditions = [*_open(version_ids), *_within(Observation.corrected_at, query.interval)]
    if query.window is not None:
        conditions.append(or_(Observation.lon.is_(None), Observation.lat.is_(None), _in_boxes(query.window.boxes)))
    page = select(*_OBSERVATION).where(*conditions)
    if query.window is None or query.window.is_exact:
        return _page(page, Observation.id, query), _count(Observation.id, conditions)
    return _page_of_window(page, query, query.window), _count_in_window(conditions, query.window)


def find_open_observation(observation_id: UUID, version_ids: Collection[UUID]) -> AnyRow | None:
    is_it = Observation.id == observation_id
    return db.session.execute(select(*_OBSERVATION).where(is_it, *_open(version_ids))).first()


def statements_page(query: ItemsQuery, not_in: Collection[UUID]) -> tuple[list[AnyRow], int]:
    """(at most one more statement than asked for, how many match) outside these areas."""
    conditions = _within(Melding.captured_at, query.interval)
    if not_in:
        area_id = func.coalesce(Melding.area_id, Melding.gebied_id)
        conditions.append(or_(area_id.is_(None), area_id.not_in(not_in)))
    page = select(*_STATEMENT).where(*conditions)
    return _page(page, Melding.id, query), _count(Melding.id, conditions)


def find_statement(statement_id: UUID) -> AnyRow | None:
    return db.session.execute(select(*_STATEMENT).where(Melding.id == statement_id)).first()


def there_is(model: type[Observation | Melding], found: Callable[[Any], ColumnElement[bool]]) -> bool:
    """Whether there is any row with such an id."""
    return db.session.execute(select(model.id).where(found(model.id)).limit(1)).first() is not None


def _open(version_ids: Collection[UUID]) -> list[ColumnElement[bool]]:
    return [
        Observation.address_id.is_(None),
        Observation.claimed_address_id.is_(None),
        func.coalesce(Observation.status, "") == APPLIED,  # no column: else SQLite takes the index on the status
        Observation.form_version_id.in_(version_ids),
    ]


def _within(moment: Any, interval: Interval) -> list[ColumnElement[bool]]:
    ends = [(interval.begin, moment.__ge__), (interval.end, moment.__le__)]
    return [compare(end) for end, compare in ends if end is not None]


def _in_boxes(boxes: Sequence[Box]) -> ColumnElement[bool]:
    lon, lat = Observation.lon, Observation.lat
    return or_(*(and_(lon.between(west, east), lat.between(south, north)) for west, south, east, north in boxes))


def _keyed(page: AnySelect, key: Any, query: ItemsQuery) -> AnySelect:
    """The page's rows from where it begins; backwards when it is asked for by what follows it."""
    if query.after is not None:
        page = page.where(key > query.after)
    if query.before is not None:
        page = page.where(key < query.before)
    return page.order_by(key.desc() if query.before is not None else key)


def _page(page: AnySelect, key: Any, query: ItemsQuery) -> list[AnyRow]:
    return list(db.session.execute(_keyed(page, key, query).offset(query.offset).limit(query.limit + 1)))


def _count(key: Any, conditions: Sequence[ColumnElement[bool]]) -> int:
    return db.session.execute(select(func.count(key)).where(*conditions)).scalar_one()


def _page_of_window(page: AnySelect, query: ItemsQuery, window: Window) -> list[AnyRow]:
    """The page of a window that is no box in degrees: what lies in the box around it is looked at one by one."""
    keyed = _keyed(page, Observation.id, query)
    return list(islice(_rows_in_window(keyed, window), query.offset, query.offset + query.limit + 1))


def _rows_in_window(keyed: AnySelect, window: Window) -> Iterator[AnyRow]:
    result = db.session.execute(keyed.execution_options(yield_per=AT_ONCE))
    for rows in result.partitions():
        yield from (row for row, is_in in zip(rows, _has_points(window, rows), strict=True) if is_in)
    result.close()


def _count_in_window(conditions: Sequence[ColumnElement[bool]], window: Window) -> int:
    points = select(Observation.lon, Observation.lat).where(*conditions).execution_options(yield_per=AT_ONCE)
    batches = db.session.execute(points).partitions()
    return sum(int(np.count_nonzero(_has_points(window, rows))) for rows in batches)


def _has_points(window: Window, rows: Sequence[AnyRow]) -> np.ndarray:
    """Which of these rows lie in the window; what has no place lies in every one."""
    lonlat = np.array([(row.lon, row.lat) for row in rows], dtype=float)  # None becomes NaN
    without = np.isnan(lonlat).any(axis=1)
    found: np.ndarray = without | window.has_points(np.where(without[:, None], 0.0, lonlat))
    return found
