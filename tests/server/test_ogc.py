"""OGC API – Features: what GIS programs read, as GDAL and OWSLib do, and what they never get."""

import json
import os
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import pytest
import shapely
from flask import Flask
from owslib.ogcapi.features import Features
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert, select
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from core.db import db
from forms.models import FormVersion
from maps.models import Route, RouteStop
from maps.projection import lonlat_to_rd
from server.inventory.models import Melding
from server.ogc.features import public_space_versions
from server.people.tokens import make_token
from sync.models import APPLIED, Device, Mutation, Observation
from tests.support import NOON, MakeArea, Village

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
RD = "http://www.opengis.net/def/crs/EPSG/0/28992"
WGS84 = "http://www.opengis.net/def/crs/EPSG/0/4326"
ITEMS = "/ogc/collections/{}/items"


@dataclass(frozen=True, slots=True)
class Reader:
    """A GIS program with a token."""

    app: Flask
    token: str

    def get(self, path: str, **query: Any) -> TestResponse:
        named = {name.replace("_", "-"): str(value) for name, value in query.items()}
        return self.app.test_client().get(
            path, query_string=named, headers={"Authorization": f"Bearer {self.token}", "Accept-Language": "nl"}
        )

    def items(self, collection: str, **query: Any) -> dict[str, Any]:
        answer = self.get(ITEMS.format(collection), **query)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.get_json()
        return found

    def pages(self, collection: str, way: str = "next", **query: Any) -> list[list[str]]:
        """The ids of every page from this one on."""
        page = self.items(collection, **query)
        found = [[one["id"] for one in page["features"]]]
        while href := link(page, way):
            answer = self.app.test_client().get(href, headers={"Authorization": f"Bearer {self.token}"})
            page = answer.get_json()
            found.append([one["id"] for one in page["features"]])
        return found


def link(page: dict[str, Any], rel: str) -> str | None:
    return next((one["href"] for one in page["links"] if one["rel"] == rel), None)


@pytest.fixture
def reader(app: Flask) -> Reader:
    with app.app_context():
        _, token = make_token("QGIS", "anna@gemeente.example")
        db.session.commit()
    return Reader(app, token)


@pytest.fixture
def schouw(village: Village) -> Callable[..., list[UUID]]:
    """Stores observations of the wijkschouw at these places, one a minute, and gives their ids in order."""

    def make(lonlats: list[tuple[float, float] | None], form: str = "wijkschouw", **more: Any) -> list[UUID]:
        with village.app.app_context():
            version = db.session.scalars(select(FormVersion).where(FormVersion.form_id == form)).one()
            device = Device(id=uuid4(), token_hash=uuid4().hex, volunteer="Team")
            db.session.add(device)
            db.session.flush()
            rows = [
                _row(number, lonlat, device.id, version, village.area_id) | more
                for number, lonlat in enumerate(lonlats)
            ]
            mutations = [{"id": row["mutation_id"], "device_id": device.id, "status": APPLIED} for row in rows]
            if rows:
                db.session.execute(insert(Mutation), mutations)
                db.session.execute(insert(Observation), rows)
            db.session.commit()
        return sorted(row["id"] for row in rows)

    return make


def _row(
    number: int, lonlat: tuple[float, float] | None, device_id: UUID, version: FormVersion, area_id: UUID
) -> dict[str, Any]:
    at = NOON + timedelta(minutes=number)
    return {
        "id": uuid4(),
        "mutation_id": uuid4(),
        "version_id": uuid4(),
        "device_id": device_id,
        "form_id": version.form_id,
        "form_version": version.version,
        "form_version_id": version.id,
        "instance_xml": "<data/>",
        "content_hash": "",
        "status": APPLIED,
        "captured_at": at,
        "corrected_at": at,
        "lon": lonlat[0] if lonlat else None,
        "lat": lonlat[1] if lonlat else None,
        "accuracy_m": 4.0,
        "area_id": area_id,
        "schouw_item": "afval",
        "schouw_score": "B",
    }


@pytest.fixture
def address_of(app: Flask) -> Iterator[str]:
    """The address of a real server of this app."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ogc"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True, slots=True)
class Gdal:
    """GDAL in a process of its own: in this one it would keep the server's thread from answering."""

    source: str
    token: str

    def layers(self) -> list[str]:
        return [name for name, _ in self._run(f"pyogrio.list_layers({self.source!r}).tolist()")]

    def read(self, layer: str, **options: Any) -> tuple[dict[str, list[Any]], list[BaseGeometry], str]:
        """(each column's values by its name, the geometries, the reference system) of a layer."""
        crs, columns, hexes = self._run(f"told(*read({self.source!r}, layer={layer!r}, **{options!r}))")
        return columns, [shapely.from_wkb(one) for one in hexes], crs

    def _run(self, expression: str) -> Any:
        program = """
import json, pyogrio
from pyogrio.raw import read
def told(meta, _, shapes, columns):
    fields = {name: column.astype(str).tolist() for name, column in zip(meta["fields"], columns)}
    return meta["crs"], fields, [None if one is None else one.hex() for one in shapes]
"""
        environment = {**os.environ, "GDAL_HTTP_USERPWD": f"gis:{self.token}", "GDAL_HTTP_AUTH": "BASIC"}
        command = [sys.executable, "-c", f"{program}print(json.dumps({expression}))"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def gdal(address_of: str, reader: Reader) -> Gdal:
    """GDAL, with the token as a password."""
    return Gdal(f"OAPIF:{address_of}", reader.token)


def grid(count: int) -> list[tuple[float, float] | None]:
    """Places in the village, each another one."""
    return [(6.61 + (number % 40) * 0.002, 52.61 + (number // 40) * 0.002) for number in range(count)]


def test_gdal_reads_every_collection(gdal: Gdal, village: Village) -> None:
    assert gdal.layers() == ["areas", "routes", "route_stops", "observations", "statements"]


def test_gdal_reads_all_pages_of_observations_once(gdal: Gdal, schouw: Callable[..., list[UUID]]) -> None:
    known = schouw(grid(257))

    columns, geometries, _ = gdal.read("observations", PAGE_SIZE="10")

    assert sorted(map(UUID, columns["id"])) == known
    assert len(geometries) == 257


def test_gdal_reads_rd_and_a_window_of_it(gdal: Gdal, schouw: Callable[..., list[UUID]]) -> None:
    places = grid(120)
    schouw(places)
    expected = lonlat_to_rd(np.array([place for place in places if place]))
    west, south, east, north = map(float, (*expected[:60].min(axis=0) - 1, *expected[:60].max(axis=0) + 1))
    inside = [west <= x <= east and south <= y <= north for x, y in expected]

    _, geometries, crs = gdal.read("observations", CRS=RD)
    _, in_window, _ = gdal.read("observations", CRS=RD, bbox=(west, south, east, north))

    assert crs == "EPSG:28992"
    for found, known in ((geometries, expected), (in_window, expected[inside])):
        points = shapely.get_coordinates(found)
        assert np.abs(np.sort(points, axis=0) - np.sort(known, axis=0)).max() < 0.01


def test_gdal_reads_figures_of_areas_as_numbers(gdal: Gdal, village: Village) -> None:
    columns, geometries, _ = gdal.read("areas")

    assert (columns["name"], columns["inhabitants"]) == (["Nieuwlande"], ["100"])
    assert geometries[0].equals(shapely.box(6.6, 52.6, 6.7, 52.7))


def test_owslib_reads_collections_pages_and_description(
    address_of: str, reader: Reader, schouw: Callable[..., list[UUID]]
) -> None:
    known = schouw(grid(25))
    features = Features(address_of, headers={"Authorization": f"Bearer {reader.token}"})

    assert features.feature_collections() == ["areas", "routes", "route_stops", "observations", "statements"]
    assert "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs" in features.conformance()["conformsTo"]
    assert "/collections/areas/items" in features.api()["paths"]
    pages = [features.collection_items("observations", limit=10, offset=offset) for offset in (0, 10, 20)]
    assert [page["numberReturned"] for page in pages] == [10, 10, 5]
    assert [UUID(one["id"]) for page in pages for one in page["features"]] == known
    in_window = features.collection_items("observations", bbox=[6.605, 52.605, 6.613, 52.7])
    assert in_window["numberMatched"] == 2
    item = features.collection_item("observations", str(known[3]))
    assert item["properties"]["schouw_score"] == "B"


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_every_row_comes_once_in_both_directions(reader: Reader, schouw: Callable[..., list[UUID]], limit: int) -> None:
    known = [str(one) for one in schouw(grid(21))]

    forwards = reader.pages("observations", limit=limit)
    backwards = reader.pages("observations", way="prev", limit=limit, before=UUID(int=2**128 - 1))

    assert [one for page in forwards for one in page] == known
    assert [one for page in reversed(backwards) for one in page] == known
    assert all(len(page) == limit for page in forwards[:-1])


def test_rows_that_come_in_between_shift_no_page(reader: Reader, schouw: Callable[..., list[UUID]]) -> None:
    known = {str(one) for one in schouw(grid(10))}
    first = reader.items("observations", limit=4)
    schouw(grid(10))

    rest = reader.pages("observations", limit=4, after=first["features"][-1]["id"])

    found = [one["id"] for one in first["features"]] + [one for page in rest for one in page]
    assert len(found) == len(set(found))
    assert known <= set(found)


def test_next_page_keeps_what_was_asked_for(reader: Reader, schouw: Callable[..., list[UUID]]) -> None:
    schouw(grid(200))
    box = "6.605,52.605,6.643,52.7"

    pages = reader.pages("observations", limit=5, bbox=box)

    assert sum(map(len, pages)) == reader.items("observations", bbox=box)["numberMatched"] == 85
    page = reader.items("observations", limit=5, offset=5, crs=RD)
    assert "crs=http" in (link(page, "next") or "")
    assert "offset" not in (link(page, "next") or "")
    assert link(page, "prev")


def test_windows_in_rd_are_exact_and_paged(reader: Reader, schouw: Callable[..., list[UUID]]) -> None:
    """Against the points one by one: the window is turned against the degrees, so its corners tell."""
    places = [place for place in grid(200) if place]
    schouw([*places])
    expected_rd = lonlat_to_rd(np.array(places))
    west, south = expected_rd.mean(axis=0) - 900
    east, north = expected_rd.mean(axis=0) + np.array([1500, 700])
    inside = ((expected_rd >= (west, south)) & (expected_rd <= (east, north))).all(axis=1)
    box = f"{west},{south},{east},{north}"

    pages = reader.pages("observations", limit=7, bbox=box, bbox_crs=RD)

    assert sum(map(len, pages)) == inside.sum() > 10
    assert len({one for page in pages for one in page}) == inside.sum()
    assert reader.items("observations", bbox=box, bbox_crs=RD)["numberMatched"] == inside.sum()


def test_coordinates_follow_the_axes_of_the_system(reader: Reader, schouw: Callable[..., list[UUID]]) -> None:
    schouw([(6.65, 52.65)])
    x, y = lonlat_to_rd(np.array([[6.65, 52.65]]))[0]

    found = {}
    for crs in (CRS84, WGS84, RD):
        answer = reader.get(ITEMS.format("observations"), crs=crs)
        assert answer.headers["Content-Crs"] == f"<{crs}>"
        found[crs] = answer.get_json()["features"][0]["geometry"]["coordinates"]

    assert found[CRS84] == [6.65, 52.65]
    assert found[WGS84] == [52.65, 6.65]
    assert found[RD] == pytest.approx([x, y], abs=0.001)
    assert reader.items("observations", bbox="52.6,6.6,52.7,6.7", bbox_crs=WGS84)["numberMatched"] == 1
    assert reader.items("observations", bbox="6.6,52.6,6.7,52.7")["numberMatched"] == 1
    assert reader.items("observations", bbox="6.6,52.6,-5,6.7,52.7,5")["numberMatched"] == 1
    assert reader.items("observations", bbox="52.6,6.6,52.7,6.7")["numberMatched"] == 0


def test_box_across_the_antimeridian_is_two(reader: Reader, schouw: Callable[..., list[UUID]]) -> None:
    schouw([(179.5, 10.0), (-179.5, 10.0), (0.0, 10.0)])

    assert reader.items("observations", bbox="179,5,-179,15")["numberMatched"] == 2


@pytest.mark.parametrize(
    ("datetime_", "count"),
    [
        ("2026-11-22T12:03:00Z", 1),
        ("2026-11-22T13:03:00+01:00", 1),
        ("2026-11-22T12:03:00Z/..", 7),
        ("/2026-11-22T12:03:00Z", 4),
        ("2026-11-22T12:02:00Z/2026-11-22T12:04:30Z", 3),
        ("2026-11-22", 10),
        ("2026-11-21/2026-11-22", 10),
        ("2026-11-23/..", 0),
    ],
)
def test_observations_of_a_time(reader: Reader, schouw: Callable[..., list[UUID]], datetime_: str, count: int) -> None:
    schouw(grid(10))

    assert reader.items("observations", datetime=datetime_)["numberMatched"] == count


def test_what_has_no_place_is_in_every_window_and_routes_are_of_every_time(
    app: Flask, reader: Reader, village: Village, schouw: Callable[..., list[UUID]]
) -> None:
    """The standard wants both (fc-bbox-response C, fc-time-response C)."""
    schouw([None])
    with app.app_context():
        route = Route(area_id=village.area_id, name="Vakken", kind="vakken", team="Geheime Naam")
        db.session.add(route)
        db.session.flush()
        db.session.add(RouteStop(route_id=route.id, number=1, name="Brink", lon=6.65, lat=52.65, measure_m=0.0))
        db.session.commit()

    assert reader.items("observations", bbox="1,1,2,2")["numberMatched"] == 1
    assert reader.items("observations", bbox="1,300000,2,300002", bbox_crs=RD)["numberMatched"] == 1
    assert reader.items("routes", bbox="1,1,2,2", datetime="1999-01-01")["numberMatched"] == 1
    assert reader.items("route_stops", bbox="6.6,52.6,6.7,52.7")["features"][0]["properties"]["route"] == "Vakken"
    assert reader.items("route_stops", bbox="1,1,2,2")["numberMatched"] == 0
    assert "Geheime Naam" not in reader.get(ITEMS.format("routes")).text


def test_area_tells_its_figures_and_parent(app: Flask, reader: Reader, make_area: MakeArea) -> None:
    parent = make_area("Hoogeveen", kind="gemeente", code="GM0118")
    child = make_area("Nieuwlande", parent_id=parent, code="BU01180901", inhabitants=1415)

    item = reader.get(f"{ITEMS.format('areas')}/{child}", crs=RD)

    properties = item.get_json()["properties"]
    assert properties["inhabitants"] == 1415
    assert (properties["parent"], properties["parent_id"], properties["code"]) == (
        "Hoogeveen",
        str(parent),
        "BU01180901",
    )
    assert properties["figures_on"] == date(2024, 1, 1).isoformat()
    ring = np.array(item.get_json()["geometry"]["coordinates"][0])
    corners = lonlat_to_rd(shapely.get_coordinates(shapely.box(6.6, 52.6, 6.7, 52.7)))
    assert np.abs(np.unique(ring.round(3), axis=0) - np.unique(corners.round(3), axis=0)).max() < 0.01
    assert reader.items("areas", limit=1)["numberMatched"] == 2
    assert reader.items("areas", datetime="../1999-01-01")["numberMatched"] == 0


def test_talk_is_nowhere_and_its_statements_tell_only_area_and_month(village: Village, reader: Reader) -> None:
    phone = village.phone()
    village.talk(phone, issues=("Mijn buurman Jansen drinkt", "Te hard rijden"))
    phone.deliver()
    with village.app.app_context():
        (row, other) = db.session.scalars(select(Melding).order_by(Melding.id)).all()

    assert reader.items("observations")["numberMatched"] == 0
    found = reader.items("statements")
    assert found["numberMatched"] == 2
    feature = found["features"][0]
    assert feature["properties"] == {
        "theme": "verkeer",
        "trits": "anderen",
        "willing": "ja",
        "month": "2026-11",
        "area_id": str(village.area_id),
        "area": "Nieuwlande",
        "gebied_id": None,
        "gebied": None,
        "place": "gebied",
    }
    assert feature["geometry"]["coordinates"] == pytest.approx([6.65, 52.65])
    text = reader.get(ITEMS.format("statements")).text
    for secret in ("Jansen", "Boekweitlaan", village.address_ids[0], str(row.id), str(other.id), "2026-11-22T"):
        assert secret not in text.replace(found["timeStamp"], "")
    assert reader.get(f"{ITEMS.format('statements')}/{feature['id']}").get_json()["properties"]["month"] == "2026-11"


def test_statements_are_paged_and_filtered_by_what_is_shown(village: Village, reader: Reader) -> None:
    phone = village.phone()
    for door in (0, 1):
        village.talk(phone, issues=tuple(f"Vraag {number}" for number in range(4)), door=door)
    phone.deliver()

    pages = reader.pages("statements", limit=3)

    assert [len(page) for page in pages] == [3, 3, 2]
    assert len({one for page in pages for one in page}) == 8
    backwards = reader.pages("statements", way="prev", limit=3, after=pages[0][-1])
    assert backwards == [pages[1], pages[0]]
    assert reader.items("statements", bbox="6.64,52.64,6.66,52.66")["numberMatched"] == 8
    assert reader.items("statements", bbox="6.6,52.6,6.61,52.61")["numberMatched"] == 0
    for moment in ("2026-11-01", "2026-11-22T12:00:01Z/..", "../2026-11-01T00:00:00Z"):
        assert reader.items("statements", datetime=moment)["numberMatched"] == 8
    assert reader.items("statements", datetime="2026-12-01/..")["numberMatched"] == 0


@pytest.mark.parametrize("change", [{"status": "withdrawn"}, {"status": "held"}, {"claimed_address_id": UUID(int=7)}])
def test_observation_that_does_not_count_or_names_an_address_is_not_shown(
    reader: Reader, schouw: Callable[..., list[UUID]], change: dict[str, Any]
) -> None:
    (hidden,) = schouw([(6.65, 52.65)], **change)

    assert reader.items("observations")["numberMatched"] == 0
    assert reader.get(f"{ITEMS.format('observations')}/{hidden}").status_code == 404


def test_only_forms_of_public_space_are_shown_one_by_one(village: Village, schouw: Callable[..., list[UUID]]) -> None:
    with village.app.app_context():
        shown = public_space_versions()
        forms = db.session.scalars(select(FormVersion.form_id).where(FormVersion.id.in_(shown))).all()

    assert set(forms) == {"wijkschouw"}


@pytest.mark.parametrize(
    ("path", "query", "status", "pointer"),
    [
        ("/ogc/collections/nergens", {}, 404, None),
        ("/ogc/collections/nergens/items", {}, 404, None),
        ("/ogc/collections/areas/items/nummer-een", {}, 404, None),
        (f"/ogc/collections/areas/items/{UUID(int=1)}", {}, 404, None),
        (f"/ogc/collections/statements/items/{UUID(int=1)}", {}, 404, None),
        ("/ogc/nergens", {}, 404, None),
        ("/ogc/collections/areas/items", {"bbox": "1,2,3"}, 400, "/bbox"),
        ("/ogc/collections/areas/items", {"bbox": "a,b,c,d"}, 400, "/bbox"),
        ("/ogc/collections/areas/items", {"bbox": "nan,1,2,3"}, 400, "/bbox"),
        ("/ogc/collections/areas/items", {"bbox": "6,53,7,52"}, 400, "/bbox"),
        ("/ogc/collections/areas/items", {"bbox": "181,1,182,2"}, 400, "/bbox"),
        ("/ogc/collections/areas/items", {"bbox": "1e300,1,1e301,2", "bbox_crs": RD}, 400, "/bbox"),
        ("/ogc/collections/areas/items", {"bbox": "1,2,3,4", "bbox_crs": "EPSG:28992"}, 400, "/bbox-crs"),
        ("/ogc/collections/areas/items", {"crs": "http://www.opengis.net/def/crs/EPSG/0/3857"}, 400, "/crs"),
        ("/ogc/collections/areas/items", {"datetime": "gisteren"}, 400, "/datetime"),
        ("/ogc/collections/areas/items", {"datetime": "2026-11-22T12:00:00"}, 400, "/datetime"),
        ("/ogc/collections/areas/items", {"datetime": "2026-12-01/2026-11-01"}, 400, "/datetime"),
        ("/ogc/collections/areas/items", {"limit": "0"}, 400, "/limit"),
        ("/ogc/collections/areas/items", {"limit": "veel"}, 400, "/limit"),
        ("/ogc/collections/areas/items", {"offset": "-1"}, 400, "/offset"),
        ("/ogc/collections/areas/items", {"after": "x"}, 400, "/after"),
        ("/ogc/collections/areas/items", {"naam": "Nieuwlande"}, 400, "/naam"),
        ("/ogc/collections/areas/items", {"f": "html"}, 400, "/f"),
        ("/ogc", {"naam": "x"}, 400, "/naam"),
        ("/ogc/collections", {"limit": "3"}, 400, "/limit"),
    ],
)
def test_wrong_question_is_answered_with_what_is_wrong(
    reader: Reader, path: str, query: dict[str, str], status: int, pointer: str | None
) -> None:
    answer = reader.get(path, **query)

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ([pointer] if pointer else [])


def test_more_than_the_most_is_the_most(reader: Reader, schouw: Callable[..., list[UUID]]) -> None:
    schouw(grid(3))

    assert reader.items("observations", limit=100_000)["numberReturned"] == 3


@pytest.mark.parametrize("path", ["/ogc", "/ogc/api", "/ogc/collections", ITEMS.format("areas")])
def test_without_a_token_nothing_is_told(app: Flask, reader: Reader, path: str) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer fout"},
        {"Authorization": "Basic !"},
        {"Authorization": "Basic YQ=="},
    ):
        answer = app.test_client().get(path, headers=headers)

        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic realm=")
        assert answer.get_json()["type"] == "urn:rondgang:problem:gis-token-unknown"


def test_token_is_taken_as_password_whatever_the_name(reader: Reader) -> None:
    for name in ("", "anna", "é"):
        basic = b64encode(f"{name}:{reader.token}".encode()).decode()
        answer = reader.app.test_client().get("/ogc/", headers={"Authorization": f"Basic {basic}"})
        assert answer.status_code == 200


def test_wrong_tokens_are_few_but_a_right_one_goes_on(app: Flask, reader: Reader) -> None:
    tries = [app.test_client().get("/ogc", headers={"Authorization": f"Bearer {number}"}) for number in range(21)]

    assert [answer.status_code for answer in tries] == [401] * 20 + [429]
    assert reader.get("/ogc").status_code == 200


def test_documents_lead_from_one_to_the_next(reader: Reader, make_area: MakeArea) -> None:
    make_area("Nieuwlande")
    landing = reader.get("/ogc").get_json()

    for rel in ("self", "service-desc", "conformance", "data"):
        answer = reader.get((link(landing, rel) or "").removeprefix("http://localhost"))
        assert answer.status_code == 200
    for one in reader.get("/ogc/collections").get_json()["collections"]:
        assert one["extent"]["spatial"]["bbox"] == [[6.6, 52.6, 6.7, 52.7]]
        assert one["crs"][0] == one["storageCrs"] == CRS84
        for rel in ("self", "items", "describedby"):
            assert reader.get((link(one, rel) or "").removeprefix("http://localhost")).status_code == 200


def test_description_names_every_path_that_there_is(reader: Reader) -> None:
    found = reader.get("/ogc/api")

    assert found.mimetype == "application/vnd.oai.openapi+json"
    document = found.get_json()
    assert document["openapi"].startswith("3.0")
    for path, operations in document["paths"].items():
        if "{" not in path:
            assert reader.get(f"/ogc{path}").status_code == 200
        for one in operations["get"]["parameters"]:
            name = one.get("$ref", "").removeprefix("#/components/parameters/")
            assert one.get("in") == "path" or name in document["components"]["parameters"]
