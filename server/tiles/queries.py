"""SQL of the tiles and lists: what counts on the map, by cell, by area, and one by one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, defer

from core.db import db
from maps.kinds import LAPSED
from maps.models import Address
from maps.queries import lies_in
from maps.tiles import CELL_ZOOM, COUNT_ZOOM, Bounds, Single, Tile, cells_of
from server.inventory.models import Melding
from server.tiles.layers import DOORS, OBSERVATIONS, STATEMENTS, Part
from sync.models import MapCount, Observation, Visit
from sync.queries import COUNT_SHIFT, coarser

_MARGIN_DEGREES = 1e-6
_COUNTS = {OBSERVATIONS: MapCount.observations, STATEMENTS: MapCount.statements}
_EACH: dict[str, ColumnElement[int]] = {OBSERVATIONS: func.count(), STATEMENTS: func.sum(Observation.map_statements)}


def count_parts(layer: str, tile: Tile, part: Part) -> Sequence[tuple[int, int]]:
    """(cell of the tile's `parts_zoom`, how many lie in it) of what counts in this part of the tile."""
    if layer == DOORS:
        return _count_doors(tile, part)
    if tile.parts_zoom <= COUNT_ZOOM:
        key = coarser(MapCount.cell, 2 * (COUNT_ZOOM - tile.parts_zoom)).label("part")
        query = select(key, func.sum(_COUNTS[layer])).where(*_counted_in(part))
    else:
        key = coarser(Observation.map_cell, 2 * (CELL_ZOOM - tile.parts_zoom)).label("part")
        query = select(key, _EACH[layer]).where(*_observed_in(part))
    return [(cell, count) for cell, count in db.session.execute(query.group_by("part"))]


def count_all(layer: str, part: Part) -> int:
    """How many of the layer there are in this part of the map."""
    if layer == DOORS:
        query = select(func.count()).select_from(Address).where(*_doors_in(part))
    elif part.is_whole_cells:
        query = select(func.sum(_COUNTS[layer])).where(*_counted_in(part))
    else:
        query = select(_EACH[layer]).where(*_observed_in(part))
    return int(db.session.scalar(query) or 0)


def counts_by_area(layer: str) -> dict[UUID, int]:
    """How many of the layer lie in each area itself, of both sorts of areas; those below it are not added."""
    found: dict[UUID, int] = {}
    columns: tuple[tuple[InstrumentedAttribute[UUID | None], ColumnElement[int]], ...] = (
        tuple((area, func.count()) for area in (Address.area_id, Address.gebied_id))
        if layer == DOORS
        else tuple((area, func.sum(_COUNTS[layer])) for area in (MapCount.area_id, MapCount.gebied_id))
    )
    for area, count in columns:
        query = select(area, count).where(area.is_not(None)).group_by(area)
        rows = db.session.execute(query.where(Address.status != LAPSED) if layer == DOORS else query)
        found |= {area_id: int(number) for area_id, number in rows if area_id is not None}
    return found


def singles(layer: str, part: Part, limit: int) -> list[Single]:
    """Each that counts in this part of the map, with what the map shows of it; at most `limit`."""
    return {OBSERVATIONS: _observations, STATEMENTS: _statements, DOORS: _doors}[layer](part, limit)


def _observations(part: Part, limit: int) -> list[Single]:
    query = select(Observation.map_cell, Observation.id, Observation.form_id, Observation.schouw_score)
    rows = db.session.execute(query.where(*_observed_in(part)).limit(limit))
    return [Single(cell or 0, _known(id=str(id_), form=form, score=score)) for cell, id_, form, score in rows]


def _statements(part: Part, limit: int) -> list[Single]:
    query = select(Observation.map_cell, Melding.id, Melding.observation_id, Melding.theme, Melding.willing)
    query = query.join(Melding, Melding.observation_id == Observation.id).where(*_observed_in(part))
    rows = db.session.execute(query.limit(limit))
    return [Single(row[0] or 0, _known(id=str(row[1]), of=str(row[2]), theme=row[3], willing=row[4])) for row in rows]


def _doors(part: Part, limit: int) -> list[Single]:
    doors = db.session.scalars(select(Address).where(*_doors_in(part)).order_by(Address.id).limit(limit)).all()
    cells = _cells([(door.lon, door.lat) for door in doors])
    outcomes = last_visits([door.id for door in doors])
    found = []
    for door, cell in zip(doors, cells.tolist(), strict=True):
        outcome = outcomes[door.id][0] if door.id in outcomes else None
        found.append(Single(cell, _known(id=str(door.id), label=door.label, outcome=outcome)))
    ranges = part.ranges or ()
    return [one for one in found if not ranges or any(first <= one.cell <= last for first, last in ranges)]


def _known(**properties: str | None) -> dict[str, str | int]:
    return {name: value for name, value in properties.items() if value}


def last_visits(address_ids: Collection[UUID]) -> dict[UUID, tuple[str, datetime]]:
    """What happened last at each of these doors, and when."""
    rows = db.session.execute(
        select(Visit.address_id, Visit.outcome, Visit.corrected_at)
        .where(Visit.address_id.in_(address_ids))
        .order_by(Visit.corrected_at, Visit.id)
    )
    return {address_id: (outcome, moment) for address_id, outcome, moment in rows}


def list_observations(part: Part, limit: int, offset: int) -> list[tuple[Observation, Address | None]]:
    """Those that count in this part, the newest first, with their address."""
    rows = db.session.execute(
        select(Observation, Address)
        .outerjoin(Address, Address.id == Observation.address_id)
        .where(*_observed_in(part))
        .order_by(Observation.corrected_at.desc(), Observation.id)
        .limit(limit)
        .offset(offset)
    )
    return [(row[0], row[1]) for row in rows]


def list_statements(part: Part, limit: int, offset: int) -> list[tuple[Melding, Observation, Address | None]]:
    """Those that count in this part, the newest first, with their observation and its address."""
    rows = db.session.execute(
        select(Melding, Observation, Address)
        .join(Observation, Observation.id == Melding.observation_id)
        .outerjoin(Address, Address.id == Observation.address_id)
        .where(*_observed_in(part))
        .order_by(Melding.captured_at.desc(), Melding.id)
        .limit(limit)
        .offset(offset)
        .options(defer(Observation.instance_xml))
    )
    return [(row[0], row[1], row[2]) for row in rows]


def list_doors(part: Part, limit: int, offset: int) -> list[Address]:
    """The doors in this part, by street and number."""
    order = (Address.street, Address.number, Address.letter, Address.addition, Address.id)
    query = select(Address).where(*_doors_in(part)).order_by(*order)
    return list(db.session.scalars(query.limit(limit).offset(offset)))


def _counted_in(part: Part) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if part.ranges is not None:
        whole = ((first >> COUNT_SHIFT, last >> COUNT_SHIFT) for first, last in part.ranges)
        conditions.append(or_(*(MapCount.cell.between(*ends) for ends in whole)))
    if part.area_ids is not None:
        conditions.append(or_(MapCount.area_id.in_(part.area_ids), MapCount.gebied_id.in_(part.area_ids)))
    return conditions


def _observed_in(part: Part) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Observation.map_cell.is_not(None)]
    if part.ranges is not None:
        conditions.append(or_(*(Observation.map_cell.between(*ends) for ends in part.ranges)))
    if part.area_ids is not None:
        conditions.append(lies_in(Observation, part.area_ids))
    return conditions


def _doors_in(part: Part, margin: float = 0.0) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Address.status != LAPSED]
    if part.bounds is not None:
        conditions.append(_within(part.bounds, margin))
    if part.area_ids is not None:
        conditions.append(lies_in(Address, part.area_ids))
    return conditions


def _within(bounds: Bounds, margin: float) -> ColumnElement[bool]:
    west, south, east, north = bounds
    return and_(
        Address.lon.between(west - margin, east + margin),
        Address.lat.between(south - margin, north + margin),
    )


def _count_doors(tile: Tile, part: Part) -> list[tuple[int, int]]:
    rows = db.session.execute(select(Address.lon, Address.lat).where(*_doors_in(part, _MARGIN_DEGREES))).all()
    first, last = tile.cells
    cells = _cells(rows)
    cells = cells[(cells >= first) & (cells <= last)] >> 2 * (CELL_ZOOM - tile.parts_zoom)
    numbers, counts = np.unique(cells, return_counts=True)
    return list(zip(numbers.tolist(), counts.tolist(), strict=True))


def _cells(lonlat: Sequence[Sequence[float]]) -> np.ndarray:
    return cells_of(np.array([tuple(one) for one in lonlat], dtype=float).reshape(-1, 2))
