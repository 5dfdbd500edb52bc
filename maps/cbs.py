"""CBS wijken en buurten from GeoJSON: figures with the codes for "unknown" taken out, boundaries as they are."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from core.problems import AREAS_UNREADABLE, Fault, Problem
from maps.areas import Population

SOURCE = "CBS / Kadaster, CC BY 4.0"
UNKNOWN = frozenset({-99991, -99995, -99997, -99999999})
LONGEST_NAME, LARGEST = 200, 100_000_000
KIND_OF_CODE = {"GM": "gemeente", "WK": "wijk", "BU": "buurt"}
AGE_FIELDS = ("inwoners_0_14", "inwoners_15_24", "inwoners_25_44", "inwoners_45_64", "inwoners_65_plus")


@dataclass(frozen=True, slots=True)
class AreaRecord:
    """One area in a file."""

    code: str
    name: str
    kind: str
    parent_code: str | None
    geometry: BaseGeometry
    population: Population


def read_areas(content: bytes, reference_date: date) -> list[AreaRecord]:
    """The areas in a GeoJSON file in WGS84. Raises AREAS_UNREADABLE with a fault for every feature that is wrong."""
    try:
        document = json.loads(content)
        features = list(document["features"])
    except (ValueError, KeyError, TypeError) as error:
        raise Problem(AREAS_UNREADABLE, str(error)) from error
    crs = document.get("crs") and json.dumps(document["crs"])
    if crs and not ("4326" in crs or "CRS84" in crs):
        raise Problem(AREAS_UNREADABLE, f"het bestand is in {crs}")
    records, faults = [], []
    for number, feature in enumerate(features):
        try:
            records.append(_read_feature(feature, reference_date))
        except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.GEOSException) as error:
            faults.append(Fault(f"/features/{number}", f"{type(error).__name__}: {error}"))
    twice = [code for code, count in Counter(record.code for record in records).items() if count > 1]
    faults += [Fault("/features", f"{code} staat meer dan één keer in het bestand") for code in twice]
    if faults:
        raise Problem(AREAS_UNREADABLE, "", faults)
    return records


def _read_feature(feature: Mapping[str, Any], reference_date: date) -> AreaRecord:
    properties = feature["properties"]
    code = _text(properties["statcode"])
    geometry = shape(feature["geometry"])
    west, south, east, north = geometry.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError("de coördinaten zijn geen lengte- en breedtegraden")
    if not geometry.is_valid:
        raise ValueError(shapely.is_valid_reason(geometry))
    return AreaRecord(
        code=code,
        name=_text(properties["naam"]),
        kind=KIND_OF_CODE[code[:2]],
        parent_code=properties.get("wijkcode") or properties.get("gemeentecode"),
        geometry=geometry,
        population=Population(
            reference_date=reference_date,
            inhabitants=_known(properties.get("inwoners")),
            households=_known(properties.get("huishoudens")),
            ages=tuple(_known(properties.get(name)) for name in AGE_FIELDS),  # type: ignore[arg-type]  # five fields
            source=SOURCE,
        ),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME:
        raise ValueError(f"geen naam: {value!r}")
    return value


def _known(value: Any) -> int | None:
    """The number, or None for one of the codes of CBS that mean "unknown"."""
    if value is None or int(value) in UNKNOWN:
        return None
    if not 0 <= int(value) <= LARGEST:
        raise ValueError(f"geen aantal: {value!r}")
    return int(value)
