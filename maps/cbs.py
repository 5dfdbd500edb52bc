"""Areas in the columns and codes of CBS, Kadaster and plain files of one's own: pure.

Known layouts: the GeoPackages of CBS (buurtcode, aantal_inwoners), its shapefiles (BU_CODE, AANT_INW), the areas of
PDOK (statcode, statnaam), and files with a column `naam` or `name`. Percentages of CBS become numbers of persons.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from maps.kinds import KINDS, OWN_AREA

SOURCE = "CBS / Kadaster, CC BY 4.0"
OWN_SOURCE = "Eigen bestand {name}"
FROM_PERCENTAGES = "; leeftijden uit percentages"
UNKNOWN = frozenset({-99991, -99995, -99997, -99999, -99999999})
LONGEST_NAME, LONGEST_CODE, LARGEST = 200, 20, 100_000_000
KIND_OF_CODE = {"GM": "gemeente", "WK": "wijk", "BU": "buurt"}
CODE = re.compile(r"(GM\d{4}|WK\d{6}|BU\d{8})\Z")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
MOST_REPAIRED = 0.01  # of its surface: what differs more by repairing was drawn wrong

CODE_COLUMNS = ("statcode", "buurtcode", "bu_code", "wijkcode", "wk_code", "gemeentecode", "gm_code")
NAMES_OF = {
    "statcode": ("statnaam", "naam"),
    "buurtcode": ("buurtnaam", "naam"),
    "bu_code": ("bu_naam",),
    "wijkcode": ("wijknaam", "naam"),
    "wk_code": ("wk_naam",),
    "gemeentecode": ("gemeentenaam", "naam"),
    "gm_code": ("gm_naam",),
}
OWN_NAMES, OWN_KINDS = ("naam", "name"), ("kind", "soort", "type")
MUNICIPALITY_NAMES = ("gemeentenaam", "gm_naam")
YEAR_COLUMNS = ("jaar", "peiljaar", "jrstatcode", "regiojaar")
INHABITANTS = ("aantal_inwoners", "aant_inw", "inwoners", "inhabitants")
HOUSEHOLDS = ("aantal_huishoudens", "aantal_hh", "huishoudens", "households")
AGES = (
    ("inwoners_0_14",),
    ("inwoners_15_24",),
    ("inwoners_25_44",),
    ("inwoners_45_64",),
    ("inwoners_65_plus",),
)
AGE_PERCENTAGES = (
    ("percentage_personen_0_tot_15_jaar", "p_00_14_jr"),
    ("percentage_personen_15_tot_25_jaar", "p_15_24_jr"),
    ("percentage_personen_25_tot_45_jaar", "p_25_44_jr"),
    ("percentage_personen_45_tot_65_jaar", "p_45_64_jr"),
    ("percentage_personen_65_jaar_en_ouder", "p_65_eo_jr"),
)
WATER, NO_LAND = "water", frozenset({"JA", "B"})

FIGURE_NAMES = ("inhabitants", "households", "age_0_14", "age_15_24", "age_25_44", "age_45_64", "age_65_plus")

Ages = tuple[int | None, int | None, int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Figures:
    """How many people live in an area. None is unknown; `ages` as in `maps.areas.Population`.

    `told`: the figures that the file has a column for, of FIGURE_NAMES; about the others it says nothing.
    """

    inhabitants: int | None
    households: int | None
    ages: Ages
    told: frozenset[str] = frozenset(FIGURE_NAMES)

    def row(self) -> tuple[int | None, ...]:
        """The figures in the order of FIGURE_NAMES."""
        return self.inhabitants, self.households, *self.ages


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """One area in a file. `parents` are the codes of the areas that hold it, the nearest first; EPSG:4326."""

    code: str | None
    name: str
    kind: str
    parents: tuple[str, ...]
    geometry: BaseGeometry
    figures: Figures | None
    source: str
    is_repaired: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column of a layer says what; `code` None: a file of one's own, without codes of CBS."""

    columns: Mapping[str, str]
    code: str | None
    name: str

    @property
    def has_figures(self) -> bool:
        return any(name in self.columns for name in (*INHABITANTS, *HOUSEHOLDS))

    @property
    def municipality_name(self) -> str | None:
        return next((self.columns[name] for name in MUNICIPALITY_NAMES if name in self.columns), None)

    def column(self, name: str) -> str:
        """The column as the file writes it."""
        return self.columns[name]


def layout_of(columns: Collection[str]) -> Layout | None:
    """How these columns are to be read; None when they are not about areas."""
    known = {column.lower(): column for column in columns}
    for code in CODE_COLUMNS:
        name = next((one for one in NAMES_OF[code] if one in known), None)
        if code in known and name:
            return Layout(known, code, name)
    name = next((one for one in OWN_NAMES if one in known), None)
    return Layout(known, None, name) if name else None


def understood_columns() -> str:
    """The column names that are understood, in words."""
    pairs = [f"{code} met {' of '.join(NAMES_OF[code])}" for code in CODE_COLUMNS]
    return f"{'; '.join(pairs)}; of een eigen bestand met de kolom {' of '.join(OWN_NAMES)}"


def municipality_of(code: str | None) -> str | None:
    """The code of the municipality that an area with this code lies in."""
    return f"GM{code[2:6]}" if code and CODE.match(code) else None


def where_in(municipality: str, layout: Layout) -> str | None:
    """The condition (OGR SQL) that a row lies in this municipality; None for a file without codes."""
    if layout.code is None:
        return None
    return f"\"{layout.column(layout.code)}\" LIKE '__{municipality[2:6]}%'"


def year_in(*texts: str) -> int | None:
    """The first year that a name says."""
    found = (YEAR.search(text) for text in texts)
    return next((int(one[0]) for one in found if one), None)


def year_of(fields: Mapping[str, Any], layout: Layout) -> int | None:
    """The year that a row says it is of."""
    values = (fields.get(layout.columns[name]) for name in YEAR_COLUMNS if name in layout.columns)
    return next((int(str(value)[:4]) for value in values if YEAR.match(str(value)[:4])), None)


def is_water(fields: Mapping[str, Any], layout: Layout) -> bool:
    """Whether nobody can live there: CBS has the water of a municipality (and other countries) as an area too."""
    column = layout.columns.get(WATER)
    return column is not None and str(fields.get(column) or "").strip().upper() in NO_LAND


def label_of(fields: Mapping[str, Any], layout: Layout, number: int) -> str:
    """What to call a row that cannot be read: its code or name, else its number."""
    names = [name for name in (layout.code, layout.name) if name]
    values = [str(fields.get(layout.column(name)) or "").strip() for name in names]
    return " ".join(filter(None, values))[:100] or f"{number}"


def read_record(fields: Mapping[str, Any], geometry: BaseGeometry | None, layout: Layout, file_name: str) -> AreaRecord:
    """The area of one row. Raises ValueError with what is wrong, in words."""
    get = {name: fields.get(column) for name, column in layout.columns.items()}
    code = _code(get[layout.code]) if layout.code else _own_code(get.get("code"))
    kind = KIND_OF_CODE[code[:2]] if code and CODE.match(code) else _own_kind(get)
    surface, is_repaired = _surface(geometry)
    figures, by_percentage = _figures(get, layout)
    source = SOURCE if layout.code else OWN_SOURCE.format(name=file_name[:150])
    return AreaRecord(
        code=code,
        name=_text(get[layout.name]),
        kind=kind,
        parents=_parents(code),
        geometry=surface,
        figures=figures,
        source=source + FROM_PERCENTAGES if by_percentage else source,
        is_repaired=is_repaired,
    )


def _code(value: Any) -> str:
    text = str(value or "").strip().upper()
    if not CODE.match(text):
        raise ValueError(f"Dit is geen code van CBS: {text[:LONGEST_CODE]!r}. Zo ziet die eruit: BU01185000.")
    return text


def _own_code(value: Any) -> str | None:
    text = str(value or "").strip()
    if len(text) > LONGEST_CODE or "\0" in text:
        raise ValueError(f"De code is langer dan {LONGEST_CODE} tekens.")
    return text or None


def _own_kind(get: Mapping[str, Any]) -> str:
    value = next((get[name] for name in OWN_KINDS if get.get(name)), OWN_AREA)
    kind = str(value).strip().lower()
    if kind not in KINDS:
        raise ValueError(f"De soort {kind[:30]!r} kennen wij niet. Kies uit {', '.join(KINDS)}.")
    return kind


def _text(value: Any) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not 0 < len(text) <= LONGEST_NAME or "\0" in text:
        raise ValueError(f"De naam ontbreekt of is langer dan {LONGEST_NAME} tekens.")
    return text


def _parents(code: str | None) -> tuple[str, ...]:
    """WK011850 and GM0118 for BU01185000: CBS makes its codes so that each begins with that of what holds it."""
    if not code or not CODE.match(code) or code.startswith("GM"):
        return ()
    municipality = f"GM{code[2:6]}"
    return (f"WK{code[2:8]}", municipality) if code.startswith("BU") else (municipality,)


def _surface(geometry: BaseGeometry | None) -> tuple[BaseGeometry, bool]:
    """(the surface, whether it had to be repaired). Raises ValueError when it is none, or not to be repaired safely."""
    if geometry is None or geometry.geom_type not in {"Polygon", "MultiPolygon"} or not geometry.area:
        raise ValueError("Dit gebied heeft geen vlak.")
    if geometry.is_valid:
        return geometry, False
    repaired = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    is_surface = repaired.geom_type in {"Polygon", "MultiPolygon"} and not repaired.is_empty
    if not is_surface or abs(repaired.area - geometry.area) > MOST_REPAIRED * repaired.area:
        reason = shapely.is_valid_reason(geometry)
        raise ValueError(f"De grens klopt niet en is niet vanzelf te herstellen ({reason}).")
    return repaired, True


def _figures(get: Mapping[str, Any], layout: Layout) -> tuple[Figures | None, bool]:
    """(the figures, whether the ages come from percentages)."""
    if not layout.has_figures:
        return None, False
    inhabitants, households = _number(get, INHABITANTS), _number(get, HOUSEHOLDS)
    ages = [_number(get, names) for names in AGES]
    by_percentage = all(age is None for age in ages)
    if by_percentage:
        ages = [_share(inhabitants, _percentage(get, names)) for names in AGE_PERCENTAGES]
        by_percentage = any(age is not None for age in ages)
    first, second, third, fourth, fifth = ages
    return Figures(inhabitants, households, (first, second, third, fourth, fifth), _told(get)), by_percentage


def _told(get: Mapping[str, Any]) -> frozenset[str]:
    ages = (counts + percentages for counts, percentages in zip(AGES, AGE_PERCENTAGES, strict=True))
    columns = zip(FIGURE_NAMES, (INHABITANTS, HOUSEHOLDS, *ages), strict=True)
    return frozenset(figure for figure, names in columns if any(name in get for name in names))


def _number(get: Mapping[str, Any], names: Sequence[str]) -> int | None:
    """The number, or None for one of the codes of CBS that mean "unknown"."""
    found = _value(get, names)
    if found is None:
        return None
    if not 0 <= found <= LARGEST or found != int(found):
        raise ValueError(f"{names[0]}: {found:g} is geen aantal.")
    return int(found)


def _percentage(get: Mapping[str, Any], names: Sequence[str]) -> float | None:
    found = _value(get, names)
    if found is not None and not 0 <= found <= 100:
        raise ValueError(f"{names[0]}: {found:g} is geen percentage.")
    return found


def _value(get: Mapping[str, Any], names: Sequence[str]) -> float | None:
    value = next((get[name] for name in names if name in get), None)
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    try:
        found = float(str(value).strip().replace(",", "."))
    except ValueError as error:
        raise ValueError(f"{names[0]}: {str(value)[:30]!r} is geen getal.") from error
    return None if found in UNKNOWN or found != found else found


def _share(inhabitants: int | None, percentage: float | None) -> int | None:
    return None if inhabitants is None or percentage is None else round(inhabitants * percentage / 100)


def first_of_january(year: int | None) -> date | None:
    return None if year is None else date(year, 1, 1)
