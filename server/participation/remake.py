"""Reports of an area that can be made again exactly.

A report is made by the same steps the first time and every time after: from the observations as received until its
moment, placed by the boundaries that the software used at that moment. What may be otherwise later and is not kept as
versions (which areas lay below it, how many people lived there, how its forms count) stands in the report itself.
So when boundaries moved since, a report comes out the same to the byte; what people changed or withdrew since shows as
a difference.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row

from core.clock import now_utc
from core.db import db
from forms.queries import all_newest_versions, definition_of
from maps.assign import AreaIndex
from maps.kinds import LAPSED
from maps.models import Address, Area
from maps.queries import area_index_at, families, newest_population
from server.participation.compute import Reach, participation
from server.participation.models import Report
from server.participation.queries import addresses_in_box, observations_until, visits_until
from server.participation.report import TALKED

Content = dict[str, Any]
Pair = tuple[UUID | None, UUID | None]
NOWHERE: Pair = (None, None)


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it counted when the report was made: `unit` is per household, per person, or not at all."""

    title: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Basis:
    """What a report stands on besides what was received: all that is not kept as versions."""

    area_id: UUID
    name: str
    kind: str
    family: frozenset[UUID]
    moment: datetime
    inhabitants: int | None
    households: int | None
    source: str
    reference_date: date | None
    forms: Mapping[str, Form]


def make_report(area: Area, person: str) -> Report:
    """The participation of the area as it is now, stored in the current transaction."""
    basis = _basis_now(area)
    boundary = area_index_at(basis.moment).of_area(area.id)
    report = Report(
        area_id=area.id,
        boundary_id=boundary.id if boundary else None,
        made_at=basis.moment,
        made_by=person,
        inhabitants=basis.inhabitants,
        households=basis.households,
        source=basis.source,
        content=canonical(content_of(basis)),
    )
    db.session.add(report)
    db.session.flush()
    return report


def remake(report: Report) -> str:
    """The content of the report, made again from what was received until its moment."""
    return canonical(content_of(_basis_of(json.loads(report.content), report)))


def canonical(content: Content) -> str:
    """The one text of these figures: the same figures are the same bytes."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1)


def content_of(basis: Basis) -> Content:
    """The figures, by the boundaries that the software used at the moment."""
    index = area_index_at(basis.moment)
    own = index.of_area(basis.area_id)
    places = [found for member in sorted(basis.family, key=str) if (found := index.of_area(member))]
    figures = _found(basis, index, [place.geometry for place in places]) if places else _nothing(basis)
    return {
        "version": 1,
        "madeAt": basis.moment.isoformat(),
        "area": {"id": str(basis.area_id), "name": basis.name, "kind": basis.kind},
        "boundary": str(own.id) if own else None,
        "boundaries": {str(place.area_id): str(place.id) for place in places},
        "family": sorted(map(str, basis.family)),
        "inhabitants": basis.inhabitants,
        "households": basis.households,
        "source": basis.source,
        "referenceDate": basis.reference_date.isoformat() if basis.reference_date else None,
        **figures,
    }


def _basis_now(area: Area) -> Basis:
    population = newest_population([area.id]).get(area.id)
    definitions = {version.form_id: definition_of(version) for version in all_newest_versions()}
    return Basis(
        area_id=area.id,
        name=area.name,
        kind=area.kind,
        family=families([area])[area.id],
        moment=now_utc(),
        inhabitants=population.inhabitants if population else None,
        households=population.households if population else None,
        source=population.source if population else "",
        reference_date=population.reference_date if population else None,
        forms={form_id: Form(one.title, one.counting_unit) for form_id, one in definitions.items()},
    )


def _basis_of(content: Content, report: Report) -> Basis:
    day = content["referenceDate"]
    return Basis(
        area_id=report.area_id,
        name=content["area"]["name"],
        kind=content["area"]["kind"],
        family=frozenset(map(UUID, content["family"])),
        moment=report.made_at,
        inhabitants=report.inhabitants,
        households=report.households,
        source=report.source,
        reference_date=date.fromisoformat(day) if day else None,
        forms={one["id"]: Form(one["title"], one["unit"]) for one in content["forms"]},
    )


def _nothing(basis: Basis) -> Content:
    return _figures(basis, [], {}, [])


def _found(basis: Basis, index: AreaIndex, geometries: Sequence[BaseGeometry]) -> Content:
    west, south, east, north = shapely.total_bounds(geometries).tolist()
    box = (west, south, east, north)
    rows = observations_until(basis.moment, box)
    inside = [row for row, areas in zip(rows, _areas_of(rows, index), strict=True) if _is_in(areas, basis.family)]
    addresses = addresses_in_box(box)
    places = _placed([(one.lon, one.lat) for one in addresses], index)
    here = [one for one, areas in zip(addresses, places, strict=True) if _is_in(areas, basis.family)]
    ids = {one.id for one in here}
    outcomes = {row.address_id: row.outcome for row in visits_until(basis.moment, box) if row.address_id in ids}
    return _figures(basis, inside, outcomes, here)


def _figures(
    basis: Basis, rows: Sequence[Row[*tuple[Any, ...]]], outcomes: Mapping[UUID, str], addresses: Sequence[Address]
) -> Content:
    units = {form_id: form.unit for form_id, form in basis.forms.items() if form.unit}
    figures = participation(_reaches(rows), units, basis.inhabitants)
    counts = Counter(row.form_id for row in rows)
    return {
        "participation": {
            "atLeast": figures.at_least,
            "atMost": figures.at_most,
            "householdsReached": figures.households_reached,
            "rate": None if figures.rate is None else round(figures.rate, 6),
        },
        "observations": len(rows),
        "forms": [_form(basis, form_id, count) for form_id, count in sorted(counts.items())],
        "outcomes": dict(sorted(Counter(outcomes.values()).items())),
        "streets": _streets(addresses, outcomes),
    }


def _form(basis: Basis, form_id: str, count: int) -> Content:
    known = basis.forms.get(form_id, Form(form_id, None))
    return {"id": form_id, "title": known.title, "unit": known.unit, "observations": count}


def _reaches(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Reach]:
    """What every way of asking recorded at every address, in an order of its own."""
    groups: dict[tuple[str, str, str], list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in rows:
        if row.persons is not None:
            groups[str(row.round_id), row.form_id, str(row.address_id)].append(row)
    return [_reach(groups[key]) for key in sorted(groups)]


def _reach(rows: Sequence[Row[*tuple[Any, ...]]]) -> Reach:
    first, persons = rows[0], [row.persons for row in rows]
    sizes = [row.household_size for row in rows if row.household_size is not None]
    size = first.address_size if first.address_size is not None else max(sizes, default=None)
    return Reach((first.round_id, first.form_id), first.address_id, sum(persons), max(persons), size)


def _streets(addresses: Sequence[Address], outcomes: Mapping[UUID, str]) -> list[Content]:
    streets: dict[str, list[Address]] = defaultdict(list)
    for address in addresses:
        if address.status != LAPSED:
            streets[address.street].append(address)
    return [
        {
            "name": name,
            "doors": len(doors),
            "visited": sum(door.id in outcomes for door in doors),
            "tookPart": sum(outcomes.get(door.id) in TALKED for door in doors),
        }
        for name, doors in sorted(streets.items())
    ]


def _areas_of(rows: Sequence[Row[*tuple[Any, ...]]], index: AreaIndex) -> list[Pair]:
    """Where each observation lay: by its address where that lies in any area, else by its own position."""
    by_address = _placed([(row.address_lon, row.address_lat) for row in rows], index)
    by_position = _placed([(row.lon, row.lat) for row in rows], index)
    return [one if any(one) else other for one, other in zip(by_address, by_position, strict=True)]


def _placed(points: Sequence[tuple[float | None, float | None]], index: AreaIndex) -> list[Pair]:
    """The area of each layer that each point lies in."""
    found = [NOWHERE] * len(points)
    known = [at for at, point in enumerate(points) if None not in point]
    if known:
        lonlat = np.array([points[at] for at in known], dtype=float)
        for at, placing in zip(known, index.place(lonlat), strict=True):
            area_id, _, own_id, _ = placing.ids
            found[at] = area_id, own_id
    return found


def _is_in(areas: Pair, family: frozenset[UUID]) -> bool:
    return not family.isdisjoint(areas)
