"""Areas from files: figures with their source, unknown stays unknown, all of a file or nothing."""

import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from core.problems import AREAS_UNREADABLE, IMPORT_CHOICE_MISSING, Problem
from maps.area_plan import is_same_boundary, moved_hectares
from maps.area_reading import look_into, read_areas
from maps.models import Area, AreaBoundary, AreaPopulation
from maps.projection import to_lonlat, to_rd
from server.areas_import import AreaChoices, import_areas, planned_areas
from server.people.models import AuditEntry
from sync.models import Change
from tests.support import Rows

REAL = Path(__file__).parents[3] / "shared" / "data"
needs_real = pytest.mark.skipif(
    not (REAL / "hoogeveen-buurten.geojson").exists(),
    reason="the real neighbourhoods of Hoogeveen are not beside this checkout",
)
CHOICES = AreaChoices(date(2024, 1, 1))
CORNERS = [[6.6, 52.6], [6.7, 52.6], [6.7, 52.7], [6.6, 52.6]]
SQUARE = {"type": "Polygon", "coordinates": [CORNERS]}
BOWTIE = {"type": "Polygon", "coordinates": [[[6, 52], [7, 53], [7, 52], [6, 53], [6, 52]]]}
SPIKE = {
    "type": "Polygon",
    "coordinates": [[[6, 52], [6.1, 52], [6.2, 52], [6.1, 52], [6.1, 52.1], [6, 52.1], [6, 52]]],
}
IN_METRES = {
    "type": "Polygon",
    "coordinates": [[[220000, 520000], [221000, 520000], [220000, 521000], [220000, 520000]]],
}
Layers = dict[str, tuple[dict[str, list[Any]], list[Any]]]
"""By the name of a layer: its columns, and its geometries."""
RD_CRS = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::28992"}}


def geojson(*features: dict[str, Any], geometry: Any = SQUARE, **more: Any) -> bytes:
    """A file with these features; fields that are not given are those of a buurt."""
    fields = {"statcode": "BU01180001", "naam": "Kern", "inwoners": 100, "huishoudens": 40}
    rows = [{"type": "Feature", "properties": {**fields, **one}, "geometry": geometry} for one in features or ({},)]
    return json.dumps({"type": "FeatureCollection", "features": rows, **more}).encode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "gebieden.geojson"


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def write_layers(path: Path, layers: Layers, crs: str | None) -> Path:
    """A file with these layers, each its columns and its geometries in `crs`, as GDAL writes it."""
    for name, (columns, geometries) in layers.items():
        pyogrio.raw.write(
            path,
            np.array([shapely.to_wkb(one) for one in geometries], dtype=object),
            [np.array(values, dtype=object if isinstance(values[0], str) else None) for values in columns.values()],
            list(columns),
            geometry_type="Unknown" if path.suffix == ".gpkg" else "Polygon",
            crs=crs,
            layer=name,
            append=path.exists(),
        )
    return path


def problem_of(path: Path) -> Problem:
    with pytest.raises(Problem) as raised:
        read_areas(path, path.name)
    assert raised.value.kind is AREAS_UNREADABLE
    return raised.value


def test_codes_for_unknown_are_not_numbers(file: Path) -> None:
    write(file, geojson({"inwoners": -99997, "huishoudens": -99995, "inwoners_0_14": -99991}))

    (record,) = read_areas(file, file.name).records

    assert record.figures is not None
    assert (record.figures.inhabitants, record.figures.households, record.figures.ages[0]) == (None, None, None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"geen json", ""),
        (b"", ""),
        (b"[]", ""),
        (b'{"features": 3}', ""),
        (b'{"type": "FeatureCollection", "features": [null]}', "kolommen"),
        (b"<OGRVRTDataSource><OGRVRTLayer name='x'></OGRVRTLayer></OGRVRTDataSource>", ""),
        (geojson()[:-30], ""),
        (geojson({"statcode": "XX1"}), "geen code van CBS"),
        (geojson({"naam": None}), "naam ontbreekt"),
        (geojson({"naam": "x" * 201}), "naam ontbreekt"),
        (geojson({"inwoners": "veel"}), "geen getal"),
        (geojson({"inwoners": -5}), "geen aantal"),
        (geojson({"inwoners": "inf"}), "geen aantal"),
        (geojson({}, {}), "meer dan één keer"),
        (geojson(geometry={"type": "Point", "coordinates": [6.6, 52.6]}), "geen vlak"),
        (geojson(geometry=None), "geen vlak"),
        (geojson(geometry=IN_METRES), "geen lengte- en breedtegraden"),
        (geojson(geometry=SQUARE, crs=RD_CRS), "passen niet bij het stelsel"),
        (geojson(geometry=BOWTIE), "geen vlak"),
    ],
)
def test_file_that_is_no_areas_is_a_problem_in_words(file: Path, content: bytes, words: str) -> None:
    problem = problem_of(write(file, content))

    assert words in f"{problem.detail} {[fault.detail for fault in problem.faults]}"


def test_every_wrong_feature_is_named(file: Path) -> None:
    write(file, geojson({"inwoners": "veel"}, {"statcode": "BU01180002", "naam": ""}, {"statcode": "BU01180003"}))

    pointers = [fault.pointer for fault in problem_of(file).faults]

    assert pointers == ["/gebieden/BU01180001 Kern", "/gebieden/BU01180002"]


def test_file_without_reference_system_is_refused(tmp_path: Path) -> None:
    columns = {"buurtcode": ["BU01180001"], "buurtnaam": ["Kern"]}
    with pytest.warns(UserWarning, match="crs"):
        path = write_layers(
            tmp_path / "a.gpkg", {"buurten": (columns, [shapely.box(220000, 520000, 221000, 521000)])}, None
        )

    (fault,) = problem_of(path).faults

    assert "zegt niet in welk stelsel" in fault.detail


def test_spike_in_a_boundary_is_repaired_and_said(file: Path) -> None:
    read = read_areas(write(file, geojson(geometry=SPIKE)), file.name)

    assert [record.name for record in read.repaired] == ["Kern"]
    assert read.records[0].geometry.is_valid


def test_heights_are_dropped(file: Path) -> None:
    high = {"type": "Polygon", "coordinates": [[[*corner, 12.5] for corner in CORNERS]]}

    (record,) = read_areas(write(file, geojson(geometry=high)), file.name).records

    assert not record.geometry.has_z


def test_geopackage_of_cbs_with_three_layers_in_rd_is_linked_by_code(app: Flask, tmp_path: Path, rows: Rows) -> None:
    path = write_layers(tmp_path / "wijkenbuurten_2023_v1.gpkg", layers_of_cbs(), "EPSG:28992")

    with app.app_context():
        plan = import_areas(path, path.name, AreaChoices(municipality="GM0118"))

    assert (len(plan.new), plan.water) == (3, 1)
    parents = dict(rows(select(Area.code, Area.parent_id)))
    ids = dict(rows(select(Area.code, Area.id)))
    assert parents == {"GM0118": None, "WK011800": ids["GM0118"], "BU01180001": ids["WK011800"]}
    (figures,) = rows(select(AreaPopulation).join(Area, Area.id == AreaPopulation.area_id).where(Area.kind == "buurt"))
    row = figures[0]
    assert (row.reference_date, row.inhabitants, row.age_0_14, row.age_65_plus) == (date(2023, 1, 1), 200, 30, 51)
    assert row.source == "CBS / Kadaster, CC BY 4.0; leeftijden uit percentages"


def layers_of_cbs() -> Layers:
    """As CBS writes it: two municipalities, one with water."""
    here, there = shapely.box(220000, 520000, 221000, 521000), shapely.box(230000, 520000, 231000, 521000)
    percentages: dict[str, list[Any]] = {
        "percentage_personen_0_tot_15_jaar": [15, -99997, 20],
        "percentage_personen_15_tot_25_jaar": [10, -99997, 20],
        "percentage_personen_25_tot_45_jaar": [25, -99997, 20],
        "percentage_personen_45_tot_65_jaar": [24, -99997, 20],
        "percentage_personen_65_jaar_en_ouder": [25.5, -99997, 20],
    }
    buurten: dict[str, list[Any]] = {
        "buurtcode": ["BU01180001", "BU01189997", "BU16800001"],
        "buurtnaam": ["Kern", "Water", "Elders"],
        "wijkcode": ["WK011800", "WK011899", "WK168000"],
        "gemeentecode": ["GM0118", "GM0118", "GM1680"],
        "gemeentenaam": ["Hoogeveen", "Hoogeveen", "Aa en Hunze"],
        "water": ["NEE", "JA", "NEE"],
        "aantal_inwoners": [200, -99997, 50],
        "aantal_huishoudens": [90, -99997, 20],
        **percentages,
    }
    wijken = {"wijkcode": ["WK011800", "WK168000"], "wijknaam": ["Wijk 00", "Elders"], "water": ["NEE", "NEE"]}
    gemeenten = {"gemeentecode": ["GM0118", "GM1680"], "gemeentenaam": ["Hoogeveen", "Aa en Hunze"]}
    return {
        "buurten": (buurten, [here, here, there]),
        "wijken": (wijken, [here, there]),
        "gemeenten": (gemeenten, [here, there]),
    }


def test_national_file_lists_its_municipalities_and_wants_one_chosen(app: Flask, tmp_path: Path) -> None:
    path = write_layers(tmp_path / "wijkenbuurten_2023_v1.gpkg", layers_of_cbs(), "EPSG:28992")

    assert look_into(path, path.name).municipalities == {"GM1680": "Aa en Hunze", "GM0118": "Hoogeveen"}
    with app.app_context(), pytest.raises(Problem) as raised:
        import_areas(path, path.name, AreaChoices())
    assert raised.value.kind is IMPORT_CHOICE_MISSING
    assert "GM0118 Hoogeveen" in raised.value.faults[0].detail


def test_shapefile_of_cbs_has_short_names(tmp_path: Path) -> None:
    columns: dict[str, list[Any]] = {
        "BU_CODE": ["BU01180001"],
        "BU_NAAM": ["Súdwest"],
        "WATER": ["NEE"],
        "AANT_INW": [100],
        "AANTAL_HH": [40],
        "P_00_14_JR": [10],
        "P_15_24_JR": [10],
        "P_25_44_JR": [30],
        "P_45_64_JR": [30],
        "P_65_EO_JR": [20],
    }
    path = zipped_shapefile(tmp_path, columns, [shapely.box(220000, 520000, 221000, 521000)])

    (record,) = read_areas(path, path.name).records

    assert (record.code, record.name, record.kind) == ("BU01180001", "Súdwest", "buurt")
    assert record.figures is not None
    assert record.figures.ages == (10, 10, 30, 30, 20)


def zipped_shapefile(folder: Path, columns: dict[str, list[Any]], geometries: list[Any]) -> Path:
    write_layers(folder / "buurt.shp", {"buurt": (columns, geometries)}, "EPSG:28992")
    path = folder / "buurt.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in folder.glob("buurt.[sdpc]*"):
            archive.write(part, f"WijkBuurtkaart/{part.name}")
    return path


def test_zip_that_says_less_than_it_holds_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.geojson", b"{" + b" " * 5_000_000)
    content = path.read_bytes().replace((5_000_001).to_bytes(4, "little"), (1000).to_bytes(4, "little"))

    problem_of(write(path, content))


def test_file_of_ones_own_is_found_by_kind_and_name(app: Flask, file: Path, rows: Rows) -> None:
    content = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "De Bonk", "soort": "gebied"}, "geometry": SQUARE}
    ]}  # fmt: skip
    write(file, json.dumps(content).encode())

    with app.app_context():
        import_areas(file, file.name, AreaChoices())
        again = import_areas(file, file.name, AreaChoices())

    assert again.changed == []
    assert rows(select(Area.name, Area.kind, Area.code)) == [("De Bonk", "gebied", None)]


def test_importing_again_changes_nothing_and_a_moved_boundary_keeps_the_old_one(
    app: Flask, file: Path, rows: Rows
) -> None:
    moved = {**SQUARE, "coordinates": [[[6.6, 52.6], [6.8, 52.6], [6.7, 52.7], [6.6, 52.6]]]}
    with app.app_context():
        assert len(import_areas(write(file, geojson()), file.name, CHOICES).new) == 1
        log = rows(select(func.count()).select_from(Change)), rows(select(func.count()).select_from(AuditEntry))
        assert import_areas(file, file.name, CHOICES).changed == []
        assert log == (
            rows(select(func.count()).select_from(Change)),
            rows(select(func.count()).select_from(AuditEntry)),
        )
        (change,) = import_areas(write(file, geojson(geometry=moved)), file.name, CHOICES).redrawn

    assert change.moved_ha == pytest.approx(moved_hectares(shapely.Polygon(CORNERS), change.record.geometry))
    assert rows(select(func.count()).select_from(Area))[0][0] == 1
    assert rows(select(func.count()).select_from(AreaBoundary))[0][0] == 2
    assert rows(select(func.count()).where(AreaBoundary.valid_to.is_(None)))[0][0] == 1


def test_what_changed_is_in_the_log_and_figures_of_another_date_stay(app: Flask, file: Path, rows: Rows) -> None:
    with app.app_context():
        import_areas(write(file, geojson()), file.name, CHOICES)
        import_areas(write(file, geojson({"inwoners": 110, "naam": "Kern-Zuid"})), file.name, CHOICES)
        later = import_areas(file, file.name, AreaChoices(date(2025, 1, 1)))

    subjects = [row[0] for row in rows(select(AuditEntry.subject).order_by(AuditEntry.id))]
    assert "gebieden.geojson: BU01180001 Kern-Zuid: heette Kern; inwoners 100 → 110" in subjects
    assert [change.has_new_figures for change in later.changed] == [True]
    figures = rows(select(AreaPopulation.reference_date, AreaPopulation.inhabitants).order_by("reference_date"))
    assert figures == [(date(2024, 1, 1), 110), (date(2025, 1, 1), 110)]


def test_area_that_the_file_lacks_is_only_told(app: Flask, file: Path, rows: Rows) -> None:
    with app.app_context():
        import_areas(write(file, geojson({}, {"statcode": "BU01180002"})), file.name, CHOICES)
        plan = import_areas(write(file, geojson()), file.name, CHOICES)

    assert [one.code for one in plan.gone] == ["BU01180002"]
    assert rows(select(func.count()).where(Area.ended_on.is_(None)))[0][0] == 2


def test_preview_writes_nothing(app: Flask, file: Path, rows: Rows) -> None:
    with app.app_context():
        assert len(planned_areas(write(file, geojson()), file.name, CHOICES).new) == 1

    assert rows(select(Area)) == []


def test_figures_without_a_date_want_one(app: Flask, file: Path) -> None:
    with app.app_context(), pytest.raises(Problem) as raised:
        import_areas(write(file, geojson()), file.name, AreaChoices())

    assert raised.value.kind is IMPORT_CHOICE_MISSING


@given(shift_m=st.floats(0, 5), side_m=st.floats(50, 5000))
def test_boundary_is_the_same_until_it_is_a_metre_off(shift_m: float, side_m: float) -> None:
    one = shapely.box(220000, 520000, 220000 + side_m, 520000 + side_m)
    other = shapely.affinity.translate(one, shift_m)

    found = is_same_boundary(to_lonlat(one), to_lonlat(other))

    if abs(shift_m - 1) > 0.01:
        assert found == (shift_m < 1)


def test_corner_on_a_straight_line_makes_no_other_boundary() -> None:
    one = shapely.box(220000, 520000, 221000, 521000)

    assert is_same_boundary(to_lonlat(one), to_lonlat(shapely.segmentize(one, 100)))


@needs_real
def test_real_areas_of_hoogeveen_import_and_add_up(app: Flask, rows: Rows) -> None:
    with app.app_context():
        for name, count in (("wijken", 13), ("buurten", 48)):
            path = REAL / f"hoogeveen-{name}.geojson"
            plan = import_areas(path, path.name, CHOICES)
            assert len(plan.new) == count
            assert plan.sums() == [(name.removesuffix("en"), count, 56_585, 25_085)]
            assert import_areas(path, path.name, CHOICES).changed == []

    figures = select(func.sum(AreaPopulation.inhabitants), func.sum(AreaPopulation.households))
    for kind in ("wijk", "buurt"):
        of_kind = figures.join(Area, Area.id == AreaPopulation.area_id).where(Area.kind == kind)
        assert tuple(rows(of_kind)[0]) == (56_585, 25_085)
    assert rows(select(func.count()).where(Area.kind == "buurt", Area.parent_id.is_(None)))[0][0] == 0


@needs_real
@pytest.mark.parametrize("kind", ["gpkg", "shp"])
def test_real_areas_in_other_files_and_rd_are_the_same_within_a_metre(app: Flask, tmp_path: Path, kind: str) -> None:
    source = REAL / "hoogeveen-buurten.geojson"
    records = read_areas(source, source.name).records
    geometries = [to_rd(record.geometry) for record in records]
    columns: dict[str, list[Any]] = {
        "BU_CODE": [str(record.code) for record in records],
        "BU_NAAM": [record.name for record in records],
        "AANT_INW": [record.figures.inhabitants for record in records if record.figures],
        "AANTAL_HH": [record.figures.households for record in records if record.figures],
    }
    if kind == "gpkg":
        path = write_layers(tmp_path / "buurten.gpkg", {"buurten": (columns, geometries)}, "EPSG:28992")
    else:
        path = zipped_shapefile(tmp_path, columns, geometries)
    with app.app_context():
        import_areas(source, source.name, CHOICES)
        plan = planned_areas(path, path.name, CHOICES)

    assert len(plan.changes) == 48
    assert plan.changed == []
    for change, record in zip(plan.changes, records, strict=True):
        assert shapely.hausdorff_distance(to_rd(change.record.geometry), to_rd(record.geometry)) < 1
