"""What a file of areas would change: pure.

A boundary that differs by less than a metre everywhere from the one in force is the same one: files are rounded and
reprojected, and a version that says nothing new would only make reports harder to follow.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from maps.cbs import FIGURE_NAMES, AreaRecord, Figures
from maps.projection import to_rd

SAME_WITHIN_M = 1.0
SQUARE_METRES_PER_HECTARE = 10_000


@dataclass(frozen=True, slots=True)
class KnownArea:
    """An area as it is now, with its figures for the reference date of the file."""

    id: UUID
    code: str | None
    name: str
    kind: str
    parent_id: UUID | None
    has_ended: bool
    geometry: BaseGeometry | None
    figures: Figures | None


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure that becomes another; `name` is one of FIGURE_NAMES. None is unknown."""

    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class AreaChange:
    """What becomes of one area of the file.

    `moved_ha`: the surface that changes hands when the boundary becomes another; None when it is the same.
    `parent_code` is set when another area holds it from now on; `figures` when there were figures of that date.
    """

    record: AreaRecord
    known: KnownArea | None
    moved_ha: float | None = None
    has_new_figures: bool = False
    figures: tuple[FigureChange, ...] = ()
    parent_code: str | None = None

    @property
    def is_new(self) -> bool:
        return self.known is None

    @property
    def old_name(self) -> str | None:
        """The name it had, when it gets another one."""
        return self.known.name if self.known and self.known.name != self.record.name else None

    @property
    def is_changed(self) -> bool:
        told = (self.old_name, self.parent_code)
        return self.is_new or self.moved_ha is not None or self.has_new_figures or bool(self.figures) or any(told)


@dataclass(frozen=True, slots=True)
class AreaPlan:
    """What a file would change. `gone`: areas of the same kinds and municipalities that the file has no more."""

    changes: Sequence[AreaChange]
    gone: Sequence[KnownArea]
    ended: Sequence[KnownArea]
    water: int = 0

    @property
    def new(self) -> list[AreaChange]:
        return [change for change in self.changes if change.is_new]

    @property
    def redrawn(self) -> list[AreaChange]:
        """Areas that are there and get another boundary."""
        return [change for change in self.changes if not change.is_new and change.moved_ha is not None]

    @property
    def changed(self) -> list[AreaChange]:
        """Everything that would be written, new areas too."""
        return [change for change in self.changes if change.is_changed]

    @property
    def unchanged(self) -> int:
        return len(self.changes) - len(self.changed)

    @property
    def moves_boundaries(self) -> bool:
        return any(change.moved_ha is not None for change in self.changes)

    def sums(self) -> list[tuple[str, int, int, int]]:
        """(kind, areas, inhabitants, households) of the file, by kind; what is unknown counts as nobody."""
        kinds = dict.fromkeys(change.record.kind for change in self.changes)
        found = {kind: [change.record for change in self.changes if change.record.kind == kind] for kind in kinds}
        return [(kind, len(records), *_totals(records)) for kind, records in found.items()]


def plan_areas(records: Sequence[AreaRecord], known: Iterable[KnownArea]) -> AreaPlan:
    """What these records would change in what is known. Areas without a code are found by kind and name."""
    there = list(known)
    by_key = {_key(one.code, one.kind, one.name): one for one in there}
    codes_by_id = {one.id: one.code for one in there}
    in_file = {record.code for record in records if record.code}
    codes = in_file | {one.code for one in there if one.code and not one.has_ended}
    changes, ended = [], []
    for record in records:
        found = by_key.get(_key(record.code, record.kind, record.name))
        if found is not None and found.has_ended:
            ended.append(found)
            continue
        changes.append(_change(record, found, codes, codes_by_id))
    return AreaPlan(changes, _gone(records, there), ended)


def is_same_boundary(one: BaseGeometry, other: BaseGeometry) -> bool:
    """Whether two boundaries lie within a metre of each other everywhere. Both in EPSG:4326."""
    one_rd, other_rd = to_rd(one), to_rd(other)
    if any(abs(a - b) >= SAME_WITHIN_M for a, b in zip(one_rd.bounds, other_rd.bounds, strict=True)):
        return False
    if shapely.equals_exact(one_rd.normalize(), other_rd.normalize(), SAME_WITHIN_M / 2):
        return True
    return bool(shapely.hausdorff_distance(one_rd.boundary, other_rd.boundary) < SAME_WITHIN_M)


def moved_hectares(one: BaseGeometry, other: BaseGeometry) -> float:
    """The surface that lies in one of these two and not in the other. Both in EPSG:4326."""
    return float(to_rd(one).symmetric_difference(to_rd(other)).area / SQUARE_METRES_PER_HECTARE)


def _key(code: str | None, kind: str, name: str) -> tuple[str, ...]:
    return (code,) if code else (kind, name.casefold())


def _change(
    record: AreaRecord, known: KnownArea | None, codes: set[str], codes_by_id: Mapping[UUID, str | None]
) -> AreaChange:
    parent = next((code for code in record.parents if code in codes), None)
    change = AreaChange(record, known, has_new_figures=record.figures is not None, parent_code=parent)
    if known is None or known.geometry is None:
        moved = to_rd(record.geometry).area / SQUARE_METRES_PER_HECTARE
    elif is_same_boundary(known.geometry, record.geometry):
        moved = None
    else:
        moved = moved_hectares(known.geometry, record.geometry)
    change = replace(change, moved_ha=moved)
    if known is None:
        return change
    current = codes_by_id.get(known.parent_id) if known.parent_id else None
    figures = _filled(known.figures, record.figures)
    differ = _figure_changes(known.figures, figures)
    return replace(
        change,
        record=replace(record, figures=figures),
        parent_code=None if parent == current else parent,
        has_new_figures=record.figures is not None and known.figures is None,
        figures=differ,
    )


def _filled(before: Figures | None, after: Figures | None) -> Figures | None:
    """The figures of the file; those that it says nothing about stay as they were."""
    if before is None or after is None:
        return after
    rows = zip(FIGURE_NAMES, before.row(), after.row(), strict=True)
    inhabitants, households, first, second, third, fourth, fifth = (
        new if name in after.told else old for name, old, new in rows
    )
    return Figures(inhabitants, households, (first, second, third, fourth, fifth), after.told)


def _figure_changes(before: Figures | None, after: Figures | None) -> tuple[FigureChange, ...]:
    if before is None or after is None:
        return ()
    rows = zip(FIGURE_NAMES, before.row(), after.row(), strict=True)
    return tuple(FigureChange(name, old, new) for name, old, new in rows if old != new)


def _gone(records: Sequence[AreaRecord], known: Iterable[KnownArea]) -> list[KnownArea]:
    codes = {record.code for record in records if record.code}
    covered = {(code[:6].replace("WK", "GM").replace("BU", "GM"), code[:2]) for code in codes if len(code) >= 6}
    return sorted(
        (
            one
            for one in known
            if one.code
            and one.code not in codes
            and not one.has_ended
            and (f"GM{one.code[2:6]}", one.code[:2]) in covered
        ),
        key=lambda one: one.code or "",
    )


def _totals(records: Sequence[AreaRecord]) -> tuple[int, int]:
    figures = [record.figures for record in records if record.figures]
    return sum(one.inhabitants or 0 for one in figures), sum(one.households or 0 for one in figures)
