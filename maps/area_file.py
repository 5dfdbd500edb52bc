"""Reading areas from any file that municipalities have: GeoPackage, GeoJSON, shapefile in a zip.

A file may come from anybody. So what it is follows from its first bytes and not from its name, only these kinds are
opened, and a zip is unpacked to names of our own, within a limit.
"""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from core.problems import AREAS_UNREADABLE, Fault, Problem
from maps.projection import from_crs

DRIVERS = {".gpkg": "GPKG", ".geojson": "GeoJSON", ".shp": "ESRI Shapefile"}
SHAPEFILE_PARTS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
MOST_UNPACKED_BYTES = 4 * 1024**3
MOST_IN_ZIP = 200
MOST_FEATURES = 50_000
BATCH = 1000
WGS84_CODES = frozenset({4326, 4979})
NO_CRS = (
    "Het bestand zegt niet in welk stelsel de coördinaten staan. Bewaar het opnieuw met het stelsel erbij: RD"
    " (EPSG:28992) of WGS84 (EPSG:4326)."
)
NO_DEGREES = (
    "De coördinaten zijn geen lengte- en breedtegraden, en het bestand noemt geen ander stelsel. Bewaar het opnieuw als"
    " GeoPackage, of als GeoJSON in WGS84."
)
WRONG_CRS = "De coördinaten passen niet bij het stelsel dat het bestand noemt ({crs})."
_UNREADABLE = (RuntimeError, UnicodeDecodeError)  # every error of GDAL and PROJ is a RuntimeError


@dataclass(frozen=True, slots=True)
class Layer:
    """One table of areas in a file. `crs` is as the file says; `columns` as they are written there."""

    path: Path
    name: str
    columns: tuple[str, ...]
    crs: str | None
    is_geojson: bool


@dataclass(frozen=True, slots=True)
class Feature:
    """One row: its fields by column name, and its geometry in EPSG:4326 without heights, if it has one."""

    number: int
    fields: Mapping[str, Any]
    geometry: BaseGeometry | None


@contextmanager
def open_areas(path: Path, name: str) -> Iterator[list[Layer]]:
    """The layers of a file that its owner calls `name`, to be read inside. Raises AREAS_UNREADABLE."""
    with TemporaryDirectory(prefix="gebieden-") as folder:
        try:
            yield [layer for file in _files(path, name, Path(folder)) for layer in _layers(file)]
        except _UNREADABLE as error:
            raise Problem(
                AREAS_UNREADABLE, str(error).splitlines()[0].replace(folder, "").replace(str(path), name)[:300]
            ) from error


def read_column(layer: Layer, column: str, name_column: str | None = None) -> list[tuple[Any, Any]]:
    """(value, value of `name_column` or None) of every row, without the geometries."""
    columns = [one for one in layer.columns if one in {column, name_column}]
    meta, _, _, data = _gdal().raw.read(layer.path, layer=layer.name, columns=columns, read_geometry=False)
    by_name = dict(zip(meta["fields"].tolist(), data, strict=True))
    values = by_name[column].tolist()
    return list(zip(values, by_name[name_column].tolist() if name_column else [None] * len(values), strict=True))


def read_features(layer: Layer, where: str | None = None) -> Iterator[Feature]:
    """The rows of a layer, those for which `where` (OGR SQL) holds, a batch at a time. Raises AREAS_UNREADABLE."""
    crs = _crs_of(layer)
    for start in range(0, MOST_FEATURES + 1, BATCH):
        meta, fids, geometries, data = _gdal().raw.read(
            layer.path,
            layer=layer.name,
            where=where,
            skip_features=start,
            max_features=BATCH,
            return_fids=True,
            force_2d=True,
        )
        if geometries is None or start >= MOST_FEATURES:
            detail = f"{layer.name}: geen vlakken, of meer dan {MOST_FEATURES} gebieden."
            raise Problem(AREAS_UNREADABLE, detail)
        names = meta["fields"].tolist()
        for place, (fid, wkb) in enumerate(zip(fids.tolist(), geometries, strict=True)):
            fields = {name: _plain(column[place]) for name, column in zip(names, data, strict=True)}
            yield Feature(fid, fields, _lonlat(wkb, crs, layer))
        if len(fids) < BATCH:
            return


def _gdal() -> Any:
    """GDAL, once a file is read: it takes 50 MB, and most processes never need it."""
    import pyogrio

    return pyogrio


def _files(path: Path, name: str, folder: Path) -> Sequence[Path]:
    """The files with areas: this one itself under a name that says what it is, or those that were in the zip."""
    suffix = _kind_of(path)
    if suffix == ".zip":
        return _unpack(path, folder)
    named = folder / _plain_name(f"{PurePosixPath(name).stem or 'gebieden'}{suffix}")
    named.symlink_to(path.resolve())
    return [named]


def _kind_of(path: Path) -> str:
    """What a file is, by its first bytes. Raises AREAS_UNREADABLE."""
    with path.open("rb") as file:
        head = file.read(1024)
    if head.startswith(b"SQLite format 3\0") and head[68:72] in {b"GPKG", b"GP10", b"GP11"}:
        return ".gpkg"
    if head.startswith(b"PK\x03\x04"):
        return ".zip"
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return ".geojson"
    raise Problem(AREAS_UNREADABLE)


def _unpack(path: Path, folder: Path) -> list[Path]:
    """The GeoPackages, GeoJSONs and shapefiles of a zip, under plain names. Raises AREAS_UNREADABLE."""
    found: list[Path] = []
    try:
        with zipfile.ZipFile(path) as archive:
            parts = [one for one in archive.infolist() if _suffix(one.filename) in {*DRIVERS, *SHAPEFILE_PARTS}]
            if len(parts) > MOST_IN_ZIP or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
                raise Problem(AREAS_UNREADABLE, "De zip is uitgepakt te groot.")
            for part in parts:
                target = folder / _plain_name(part.filename)
                with archive.open(part) as source, target.open("wb") as out:
                    _copy(source, out, part.file_size)
                if target.suffix in DRIVERS:
                    found.append(target)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise Problem(AREAS_UNREADABLE, f"De zip is niet leesbaar: {error}"[:300]) from error
    if not found:
        raise Problem(AREAS_UNREADABLE, "In de zip zit geen GeoPackage, GeoJSON of shapefile.")
    for one in found:
        if one.suffix != ".shp" and _kind_of(one) != one.suffix:
            raise Problem(AREAS_UNREADABLE)
    return sorted(found)


def _suffix(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _plain_name(name: str) -> str:
    """The name without its folders and without signs that a file system minds."""
    stem = "".join(sign if sign.isalnum() or sign in "-_" else "_" for sign in PurePosixPath(name).stem)
    return f"{stem[:100]}{_suffix(name)}"


def _copy(source: Any, out: Any, size: int) -> None:
    """No more than the zip said it would be."""
    left = size
    while chunk := source.read(min(left + 1, 1 << 20)):
        left -= len(chunk)
        if left < 0:
            raise Problem(AREAS_UNREADABLE, "De zip is uitgepakt groter dan hij zegt.")
        out.write(chunk)


def _layers(path: Path) -> Iterator[Layer]:
    driver = DRIVERS[path.suffix]
    for name, geometry_type in _gdal().list_layers(path).tolist():
        if geometry_type is None:
            continue  # a table without geometry
        info = _gdal().read_info(path, layer=name)
        if info["driver"] != driver:
            raise Problem(AREAS_UNREADABLE, f"{info['driver']}")
        yield Layer(path, name, tuple(map(str, info["fields"])), info["crs"], driver == "GeoJSON")


def _crs_of(layer: Layer) -> CRS:
    if not layer.crs:
        raise Problem(AREAS_UNREADABLE, faults=[Fault(f"/{layer.name}", NO_CRS)])
    return CRS.from_user_input(layer.crs)


def _lonlat(wkb: bytes | None, crs: CRS, layer: Layer) -> BaseGeometry | None:
    """The geometry in longitude and latitude; None where there is none that can be read. Raises AREAS_UNREADABLE."""
    try:
        geometry = None if wkb is None else shapely.force_2d(shapely.from_wkb(wkb))
    except shapely.errors.GEOSException:
        return None
    if geometry is None or geometry.is_empty:
        return None
    is_wgs84 = crs.to_epsg() in WGS84_CODES
    if not is_wgs84:
        geometry = from_crs(geometry, crs)
    if not _lies_within(geometry, None if is_wgs84 else crs):
        words = NO_DEGREES if layer.is_geojson and is_wgs84 else WRONG_CRS.format(crs=crs.name)
        raise Problem(AREAS_UNREADABLE, faults=[Fault(f"/{layer.name}", words)])
    return geometry


def _lies_within(geometry: BaseGeometry, crs: CRS | None) -> bool:
    """Whether this is on the globe, and where its reference system is meant for, give or take a degree."""
    west, south, east, north = geometry.bounds
    use = crs.area_of_use if crs is not None else None
    least_x, least_y, most_x, most_y = use.bounds if use else (-180, -90, 180, 90)
    slack = 1 if use else 0
    return bool(
        least_x - slack <= west <= east <= most_x + slack and least_y - slack <= south <= north <= most_y + slack
    )


def _plain(value: Any) -> Any:
    """A cell as Python has it; None where it is empty."""
    found = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(found, float) and np.isnan(found) else found
