"""Features, and pages of them. Pure.

A page is bounded by ids and not by counting, so that every feature that was there when reading began comes once,
whatever is added meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shapely.geometry.base import BaseGeometry

from server.ogc.parameters import ItemsQuery


@dataclass(frozen=True, slots=True)
class Feature:
    """Something on the map; `geometry` in longitude and latitude."""

    id: UUID
    geometry: BaseGeometry | None
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the features that match, by id. `before` and `after`: where to go on in either direction, if anywhere."""

    features: Sequence[Feature]
    matched: int
    before: UUID | None = None
    after: UUID | None = None


def page_of(features: Sequence[Feature], query: ItemsQuery) -> Page:
    """The page that is asked for of these features, which need not be in order."""
    found = sorted((one for one in features if _is_in_window(one, query)), key=lambda one: one.id)
    first, last = 0, len(found)
    if query.after is not None:
        first = sum(one.id <= query.after for one in found)
    if query.before is not None:
        last = sum(one.id < query.before for one in found)
        first = max(first, last - query.limit)
    first = min(first + query.offset, last)
    last = min(first + query.limit, last)
    shown = found[first:last]
    return Page(
        shown,
        len(found),
        before=shown[0].id if shown and first > 0 else None,
        after=shown[-1].id if shown and last < len(found) else None,
    )


def _is_in_window(feature: Feature, query: ItemsQuery) -> bool:
    """What has no place is in every window: the standard wants it so."""
    return query.window is None or feature.geometry is None or query.window.meets(feature.geometry)
