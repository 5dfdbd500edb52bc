"""From a file to the areas in it: which municipalities and which year, and then the areas of one municipality."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from core.problems import AREAS_UNREADABLE, Fault, Problem
from maps.area_file import Feature, Layer, open_areas, read_column, read_features
from maps.cbs import (
    YEAR_COLUMNS,
    AreaRecord,
    Layout,
    first_of_january,
    is_water,
    label_of,
    layout_of,
    municipality_of,
    read_record,
    understood_columns,
    where_in,
    year_in,
    year_of,
)

MOST_FAULTS = 200


@dataclass(frozen=True, slots=True)
class AreasInFile:
    """What a file is about. `municipalities`: their names (else codes) by code; `reference_date`: as the file says."""

    municipalities: dict[str, str]
    reference_date: date | None
    has_figures: bool
    other_layers: list[str]


@dataclass(frozen=True, slots=True)
class ReadAreas:
    """The areas that were read; `water` counts those where nobody can live."""

    records: list[AreaRecord] = field(default_factory=list)
    water: int = 0

    @property
    def repaired(self) -> list[AreaRecord]:
        return [record for record in self.records if record.is_repaired]


def look_into(path: Path, name: str) -> AreasInFile:
    """What the file is about, without reading its boundaries. Raises AREAS_UNREADABLE."""
    with open_areas(path, name) as layers:
        known = _known(layers)
        municipalities: dict[str, str] = {}
        for layer, layout in known:
            municipalities |= _municipalities(layer, layout)
        year = year_in(name, *(layer.name for layer, _ in known)) or next(filter(None, map(_year, known)), None)
        return AreasInFile(
            municipalities=dict(sorted(municipalities.items(), key=lambda pair: pair[1].casefold())),
            reference_date=first_of_january(year),
            has_figures=any(layout.has_figures for _, layout in known),
            other_layers=[layer.name for layer in layers if layout_of(layer.columns) is None],
        )


def read_areas(path: Path, name: str, municipality: str | None = None) -> ReadAreas:
    """The areas in the file, of one municipality when it is given. Raises AREAS_UNREADABLE with every fault."""
    records: list[AreaRecord] = []
    faults: list[Fault] = []
    water = 0
    with open_areas(path, name) as layers:
        for layer, layout, feature in _features(_known(layers), municipality):
            if is_water(feature.fields, layout):
                water += 1
                continue
            try:
                records.append(read_record(feature.fields, feature.geometry, layout, name))
            except ValueError as error:
                place = label_of(feature.fields, layout, feature.number)
                faults.append(Fault(f"/{layer.name}/{place.replace('/', '-')}", str(error)))
    faults += _twice(records)
    if faults:
        more = len(faults) - MOST_FAULTS
        raise Problem(AREAS_UNREADABLE, f"Fouten: {len(faults)}" if more > 0 else "", faults[:MOST_FAULTS])
    if not records:
        raise Problem(AREAS_UNREADABLE, "Er staat geen enkel gebied in.")
    return ReadAreas(records, water)


def _known(layers: Iterable[Layer]) -> list[tuple[Layer, Layout]]:
    """The layers that are about areas. Raises AREAS_UNREADABLE when there is none."""
    there = list(layers)
    found = [(layer, layout) for layer in there if (layout := layout_of(layer.columns)) is not None]
    if not found:
        columns = ", ".join(there[0].columns[:30]) if there else ""
        detail = f"De kolommen zeggen niet welke gebieden het zijn: {columns or 'er zijn geen kolommen'}."
        raise Problem(AREAS_UNREADABLE, detail, [Fault("", f"Wij kennen {understood_columns()}.")])
    return found


def _features(
    layers: Iterable[tuple[Layer, Layout]], municipality: str | None
) -> Iterator[tuple[Layer, Layout, Feature]]:
    for layer, layout in layers:
        where = where_in(municipality, layout) if municipality else None
        for feature in read_features(layer, where):
            yield layer, layout, feature


def _municipalities(layer: Layer, layout: Layout) -> dict[str, str]:
    if layout.code is None:
        return {}
    name_column = layout.municipality_name
    found: dict[str, str] = {}
    for code, name in read_column(layer, layout.column(layout.code), name_column):
        municipality = municipality_of(str(code).strip().upper())
        if municipality:
            found[municipality] = str(name) if name else found.get(municipality, municipality)
    return found


def _year(known: tuple[Layer, Layout]) -> int | None:
    layer, layout = known
    column = next((layout.columns[name] for name in YEAR_COLUMNS if name in layout.columns), None)
    if column is None:
        return None
    values = (value for value, _ in read_column(layer, column))
    return next((year for value in values if (year := year_of({column: value}, layout))), None)


def _twice(records: Iterable[AreaRecord]) -> list[Fault]:
    counts = Counter(record.code or f"{record.kind} {record.name}" for record in records)
    return [Fault("", f"{key} staat meer dan één keer in het bestand.") for key, count in counts.items() if count > 1]
