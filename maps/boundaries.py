"""Boundaries that people draw: reading them, what lies across or between them, joining, cutting and taking along.

Pure. Geometry is in EPSG:4326; areas and distances are measured in RD. What is wrong with a boundary is a `Problem`
with a fault for each flaw, in words and with the place where it is.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from core.problems import INPUT_INVALID, N_, Fault, Problem, translate
from maps.assign import Boundary
from maps.projection import to_lonlat, to_rd

MOST_CORNERS, LONGEST_TEXT, MOST_PIECES = 20_000, 2_000_000, 50
WEST, SOUTH, EAST, NORTH = 3.0, 50.0, 8.0, 54.0
SNAP_M = 15.0
LEAST_M2 = 2.0  # less than this is no overlap, gap or piece: it comes from rounding
_PASSES = 10
_GRID_M = 0.001  # overlays are made on a grid of a millimetre: they are valid then
_TOUCHES_M = 0.01
_MITRE_LIMIT = 2.0
_SQUARE_METRES_PER_HECTARE = 10_000

CROSSES = N_("De lijn kruist of raakt zichzelf bij %(place)s. Versleep daar een punt.")
HOLE_OUTSIDE = N_("Een gat ligt buiten het vlak, bij %(place)s.")
PARTS_OVERLAP = N_("Twee delen liggen over elkaar heen, bij %(place)s. Teken ze als één vlak.")
TOO_FEW = N_("Een deel heeft te weinig hoekpunten. Een vlak heeft er minstens drie.")
_WORDS_OF_REASON = {
    "Self-intersection": CROSSES,
    "Ring Self-intersection": CROSSES,
    "Duplicate Rings": PARTS_OVERLAP,
    "Nested shells": PARTS_OVERLAP,
    "Nested holes": HOLE_OUTSIDE,
    "Hole lies outside shell": HOLE_OUTSIDE,
    "Too few points in geometry component": TOO_FEW,
}


@dataclass(frozen=True, slots=True)
class Across:
    """Where a boundary lies over that of another area."""

    other: Boundary
    geometry: BaseGeometry
    hectares: float


@dataclass(frozen=True, slots=True)
class Gap:
    """A sliver between a boundary and its neighbours that belongs to none of them. `lonlat` is a point in it."""

    area_m2: float
    lonlat: tuple[float, float]


def read_boundary(text: str) -> BaseGeometry:
    """The polygon or multipolygon of a GeoJSON geometry. Raises INPUT_INVALID with every flaw."""
    geometry = _read(text, "/grens", ("Polygon", "MultiPolygon"), N_("Teken eerst een grens: een vlak op de kaart."))
    if not geometry.is_valid:
        raise _invalid("/grens", _flaw(geometry))
    if hectares(geometry) * _SQUARE_METRES_PER_HECTARE < LEAST_M2:
        raise _invalid("/grens", translate(N_("Dit vlak is te klein om een gebied te zijn.")))
    return geometry


def read_line(text: str) -> BaseGeometry:
    """The line of a GeoJSON geometry. Raises INPUT_INVALID."""
    line = _read(text, "/lijn", ("LineString",), N_("Teken eerst een lijn op de kaart."))
    if line.length == 0:
        raise _invalid("/lijn", translate(N_("De lijn heeft geen lengte.")))
    return line


def hectares(geometry: BaseGeometry) -> float:
    return float(to_rd(geometry).area) / _SQUARE_METRES_PER_HECTARE


def overlaps(geometry: BaseGeometry, others: Sequence[Boundary]) -> list[Across]:
    """Where it lies over other areas, the largest first."""
    found = []
    for other in _touching(geometry, others):
        common = _only_polygons(shapely.intersection(geometry, other.geometry))
        area_ha = hectares(common)
        if area_ha * _SQUARE_METRES_PER_HECTARE >= LEAST_M2:
            found.append(Across(other, common, area_ha))
    return sorted(found, key=lambda across: (-across.hectares, str(across.other.area_id)))


def gaps(geometry: BaseGeometry, others: Sequence[Boundary], width_m: float = SNAP_M) -> list[Gap]:
    """The slivers between it and its neighbours that are narrower than this, the largest first."""
    slivers = _slivers(_on_grid(to_rd(geometry)), _near_rd(geometry, others, width_m), width_m)
    found = [Gap(float(one.area), _lonlat(one.representative_point())) for one in slivers]
    return sorted(found, key=lambda gap: (-gap.area_m2, gap.lonlat))


def snap_to_neighbours(geometry: BaseGeometry, others: Sequence[Boundary], width_m: float = SNAP_M) -> BaseGeometry:
    """The boundary laid against its neighbours: slivers between them are taken in, and narrow overlaps given up.

    Wider gaps and overlaps stay: those are for people to decide. The same boundary when there is nothing to do.
    """
    near = _near_rd(geometry, others, width_m)
    before = now = _on_grid(to_rd(geometry))
    for _ in range(_PASSES):
        after = _laid_against(now, near, width_m)
        if after is now:
            break
        now = after
    if now is before:
        return geometry
    snapped = _valid_lonlat(now)
    return geometry if snapped.is_empty else snapped


def merged(geometries: Sequence[BaseGeometry]) -> BaseGeometry:
    """All of them as one boundary, without the slivers inside that come from rounding."""
    united_rd = _only_polygons(shapely.union_all([to_rd(one) for one in geometries], grid_size=_GRID_M))
    parts = [_without_specks(part) for part in shapely.get_parts(united_rd)]
    return _valid_lonlat(parts[0] if len(parts) == 1 else MultiPolygon(parts))


def split(geometry: BaseGeometry, line: BaseGeometry) -> list[BaseGeometry]:
    """The pieces that the line cuts it into, from west to east; parts that it does not meet are pieces of their own.

    Raises INPUT_INVALID when the line cuts nothing off, or too much into pieces.
    """
    boundary_rd, line_rd = _on_grid(to_rd(geometry)), to_rd(line)
    edges = shapely.union_all([boundary_rd.boundary, line_rd], grid_size=_GRID_M)
    pieces = [
        piece
        for piece in shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
        if piece.area >= LEAST_M2 and shapely.intersects(boundary_rd, piece.representative_point())
    ]
    if len(pieces) <= len(shapely.get_parts(boundary_rd)):
        raise _invalid(
            "/lijn",
            translate(N_("De lijn gaat niet helemaal door het gebied. Begin en eindig haar buiten de grens.")),
        )
    if len(pieces) > MOST_PIECES:
        raise _invalid("/lijn", translate(N_("De lijn geeft te veel stukken. Teken haar eenvoudiger.")))
    pieces.sort(key=lambda piece: (piece.centroid.x, piece.centroid.y))
    return [_valid_lonlat(piece) for piece in pieces]


def _read(text: str, pointer: str, kinds: Sequence[str], empty: str) -> BaseGeometry:
    if not text.strip():
        raise _invalid(pointer, translate(empty))
    if len(text) > LONGEST_TEXT:
        raise _invalid(pointer, _too_many())
    try:
        document = json.loads(text)
        if document["type"] not in kinds:
            raise ValueError(document["type"])
        geometry = shapely.force_2d(shape(_numbers_only(document)))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, shapely.errors.ShapelyError) as error:
        raise _invalid(pointer, translate(N_("Dit is geen GeoJSON van de goede soort."))) from error
    if geometry.is_empty:
        raise _invalid(pointer, translate(empty))
    if shapely.get_num_coordinates(geometry) > MOST_CORNERS:
        raise _invalid(pointer, _too_many())
    west, south, east, north = geometry.bounds
    if not (west >= WEST and east <= EAST and south >= SOUTH and north <= NORTH):
        raise _invalid(pointer, translate(N_("Dit ligt niet in Nederland. Klopt de volgorde: lengte, dan breedte?")))
    return geometry


def _numbers_only(document: dict[str, Any]) -> dict[str, Any]:
    """The geometry with its coordinates as an array would have them; raises ValueError for anything else."""

    def checked(value: Any) -> Any:
        if isinstance(value, list):
            return [checked(one) for one in value]
        if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
            raise ValueError(repr(value)[:50])
        return float(value)

    return {"type": document["type"], "coordinates": checked(document["coordinates"])}


def _flaw(geometry: BaseGeometry) -> str:
    reason = shapely.is_valid_reason(geometry)
    found = re.match(r"([A-Za-z -]+?)\s*\[([-\d.]+) ([-\d.]+)\]", reason)
    words = _WORDS_OF_REASON.get(found[1] if found else reason, CROSSES)
    place = f"{float(found[3]):.5f}, {float(found[2]):.5f}" if found else "?"
    return translate(words) % {"place": place}


def _invalid(pointer: str, words: str) -> Problem:
    return Problem(INPUT_INVALID, faults=[Fault(pointer, words)])


def _too_many() -> str:
    words = N_("De grens heeft te veel hoekpunten. Het mogen er %(most)s zijn: vereenvoudig haar eerst.")
    return translate(words) % {"most": MOST_CORNERS}


def _touching(geometry: BaseGeometry, others: Sequence[Boundary]) -> list[Boundary]:
    if not others:
        return []
    shapely.prepare(geometry)
    meets = shapely.intersects(geometry, np.array([other.geometry for other in others], dtype=object))
    return [other for other, one in zip(others, meets.tolist(), strict=True) if one]


def _near_rd(geometry: BaseGeometry, others: Sequence[Boundary], width_m: float) -> list[BaseGeometry]:
    """The other areas near it, in RD."""
    margin = width_m / 50_000  # a degree is more than 50 km here, so this is always enough
    west, south, east, north = geometry.bounds
    near = shapely.box(west - margin, south - margin, east + margin, north + margin)
    return [_on_grid(to_rd(other.geometry)) for other in others if shapely.intersects(near, other.geometry)]


def _laid_against(own_rd: BaseGeometry, near_rd: Sequence[BaseGeometry], width_m: float) -> BaseGeometry:
    """One pass: without narrow overlaps, then with the slivers. The very same geometry when there are none."""
    common = [part for other in near_rd for part in _parts(shapely.intersection(own_rd, other, grid_size=_GRID_M))]
    given_up = [part for part in common if _is_narrow(part, width_m)]
    after = own_rd
    if given_up:
        narrow = _only_polygons(shapely.union_all(given_up, grid_size=_GRID_M))
        after = _only_polygons(shapely.difference(own_rd, narrow, grid_size=_GRID_M))
    taken_in = _slivers(after, near_rd, width_m)
    if taken_in:
        after = _only_polygons(shapely.union_all([after, *taken_in], grid_size=_GRID_M))
    if after is own_rd:
        return own_rd
    parts = [_without_specks(part) for part in _parts(after)]
    return MultiPolygon(parts) if len(parts) != 1 else parts[0]


def _slivers(own_rd: BaseGeometry, near_rd: Sequence[BaseGeometry], width_m: float) -> list[BaseGeometry]:
    """What lies between it and the others and is narrower than this."""
    if not near_rd:
        return []
    others = _only_polygons(shapely.union_all(near_rd, grid_size=_GRID_M))
    both = _only_polygons(shapely.union(own_rd, others, grid_size=_GRID_M))
    half = width_m / 2
    grown = shapely.buffer(both, half, join_style="mitre", mitre_limit=_MITRE_LIMIT)
    filled = shapely.buffer(grown, -half, join_style="mitre", mitre_limit=_MITRE_LIMIT)
    parts = _parts(shapely.difference(filled, both, grid_size=_GRID_M))
    return [one for one in parts if one.distance(own_rd) < _TOUCHES_M and one.distance(others) < _TOUCHES_M]


def _on_grid(geometry_rd: BaseGeometry) -> BaseGeometry:
    return _only_polygons(shapely.set_precision(geometry_rd, _GRID_M))


def _is_narrow(part: BaseGeometry, width_m: float) -> bool:
    return bool(shapely.is_empty(shapely.buffer(part, -width_m / 2)))


def _parts(geometry: BaseGeometry) -> list[BaseGeometry]:
    """The polygons in it that are more than rounding."""
    return [part for part in shapely.get_parts(_only_polygons(geometry)) if part.area >= LEAST_M2]


def _without_specks(polygon_rd: BaseGeometry) -> Polygon:
    """The polygon without holes that come from rounding."""
    outside, *rings = map(Polygon, shapely.get_rings(polygon_rd))
    return Polygon(outside.exterior, [ring.exterior for ring in rings if ring.area >= LEAST_M2])


def _valid_lonlat(geometry_rd: BaseGeometry) -> BaseGeometry:
    return _only_polygons(shapely.make_valid(to_lonlat(geometry_rd)))


def _only_polygons(geometry: BaseGeometry) -> BaseGeometry:
    """The polygons of a geometry: an overlay may leave points and lines where boundaries only touch."""
    if isinstance(geometry, Polygon | MultiPolygon):
        return geometry
    collected = shapely.get_parts(shapely.get_parts(geometry))
    polygons = [part for part in collected if isinstance(part, Polygon)]
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def _lonlat(point_rd: BaseGeometry) -> tuple[float, float]:
    ((lon, lat),) = shapely.get_coordinates(to_lonlat(point_rd)).tolist()
    return round(lon, 6), round(lat, 6)
