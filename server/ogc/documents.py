"""The documents of OGC API – Features that are no features: landing page, conformance, collections, and links."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from core.problems import N_, translate
from server.ogc.collections import Collection
from server.ogc.crs import CRS84, SYSTEMS, geojson_in
from server.ogc.pages import Feature, Page

JSON, GEOJSON = "application/json", "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"
CONFORMS_TO = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)
TITLE = N_("Rondgang: gebieden, routes en wat er gezien en gezegd werd")
ABOUT = N_(
    "Kaartlagen voor GIS-programma's, alleen om te lezen. Er staan geen antwoorden, woorden, namen of adressen in."
)

Document = dict[str, Any]
Bounds = tuple[float, float, float, float]


def landing_page(root: str) -> Document:
    return {
        "title": translate(TITLE),
        "description": translate(ABOUT),
        "links": [
            _link(root, "self", JSON, translate(N_("Dit document"))),
            _link(f"{root}/api", "service-desc", OPENAPI, translate(N_("Beschrijving van deze API (OpenAPI)"))),
            _link(f"{root}/conformance", "conformance", JSON, translate(N_("Aan welke standaarden dit voldoet"))),
            _link(f"{root}/collections", "data", JSON, translate(N_("De kaartlagen"))),
        ],
    }


def conformance(root: str) -> Document:
    return {"conformsTo": list(CONFORMS_TO), "links": [_link(f"{root}/conformance", "self", JSON)]}


def collections_document(root: str, collections: Mapping[str, Collection], bounds: Bounds | None) -> Document:
    return {
        "links": [_link(f"{root}/collections", "self", JSON)],
        "collections": [collection_document(root, one, bounds) for one in collections.values()],
    }


def collection_document(root: str, collection: Collection, bounds: Bounds | None) -> Document:
    here = f"{root}/collections/{collection.id}"
    title = translate(collection.title)
    found: Document = {
        "id": collection.id,
        "title": title,
        "description": translate(collection.description),
        "itemType": "feature",
        "crs": list(SYSTEMS),
        "storageCrs": CRS84,
        "links": [
            _link(here, "self", JSON, title),
            _link(f"{here}/items", "items", GEOJSON, title),
            _link(f"{here}/schema", "describedby", SCHEMA, title),
        ],
    }
    if bounds is not None:
        found["extent"] = {"spatial": {"bbox": [list(bounds)], "crs": CRS84}}
    return found


def schema_document(root: str, collection: Collection) -> Document:
    """The JSON Schema of a feature of this collection."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{root}/collections/{collection.id}/schema",
        "title": translate(collection.title),
        "type": "object",
        "properties": {
            "type": {"const": "Feature"},
            "id": {"type": "string", "format": "uuid"},
            "geometry": {"$ref": f"https://geojson.org/schema/{collection.geometry}.json"},
            "properties": {"type": "object", "properties": dict(collection.properties)},
        },
    }


def items_document(
    root: str, collection: Collection, page: Page, asked: Mapping[str, str], crs: str, now: str
) -> Document:
    """A feature collection. `asked` are the parameters of the request, which the links to other pages repeat."""
    here = f"{root}/collections/{collection.id}/items"
    links = [
        _link(_with(here, asked), "self", GEOJSON),
        _link(f"{root}/collections/{collection.id}", "collection", JSON),
    ]
    rest = {name: value for name, value in asked.items() if name not in {"offset", "after", "before"}}
    if page.after is not None:
        links.append(_link(_with(here, {**rest, "after": str(page.after)}), "next", GEOJSON))
    if page.before is not None:
        links.append(_link(_with(here, {**rest, "before": str(page.before)}), "prev", GEOJSON))
    return {
        "type": "FeatureCollection",
        "timeStamp": now,
        "numberMatched": page.matched,
        "numberReturned": len(page.features),
        "links": links,
        "features": [_feature(one, crs) for one in page.features],
    }


def item_document(root: str, collection: Collection, feature: Feature, crs: str) -> Document:
    here = f"{root}/collections/{collection.id}"
    links = [_link(f"{here}/items/{feature.id}", "self", GEOJSON), _link(here, "collection", JSON)]
    return {**_feature(feature, crs), "links": links}


def _feature(feature: Feature, crs: str) -> Document:
    return {
        "type": "Feature",
        "id": str(feature.id),
        "geometry": None if feature.geometry is None else geojson_in(feature.geometry, crs),
        "properties": dict(feature.properties),
    }


def _with(url: str, parameters: Mapping[str, str]) -> str:
    return f"{url}?{urlencode(parameters)}" if parameters else url


def _link(href: str, rel: str, media_type: str, title: str | None = None) -> Document:
    link = {"href": href, "rel": rel, "type": media_type}
    return {**link, "title": title} if title else link
