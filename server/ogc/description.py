"""The description of this API in OpenAPI 3.0, as Features Part 1 asks for it."""

from collections.abc import Mapping
from typing import Any

from core.problems import translate
from server.ogc.collections import Collection
from server.ogc.crs import CRS84, SYSTEMS
from server.ogc.documents import ABOUT, GEOJSON, JSON, OPENAPI, SCHEMA, TITLE
from server.ogc.parameters import LIMIT, MOST

Document = dict[str, Any]

PROBLEM = "application/problem+json"
_URI = {"type": "string", "format": "uri", "enum": list(SYSTEMS), "default": CRS84}
_PARAMETERS: Mapping[str, Document] = {
    "f": {"schema": {"type": "string", "enum": ["json"]}},
    "crs": {"schema": _URI},
    "bbox-crs": {"schema": _URI},
    "bbox": {
        "schema": {"type": "array", "oneOf": [{"minItems": 4, "maxItems": 4}, {"minItems": 6, "maxItems": 6}]},
        "style": "form",
        "explode": False,
    },
    "datetime": {"schema": {"type": "string"}, "style": "form", "explode": False},
    "limit": {
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT},
        "style": "form",
        "explode": False,
    },
    "offset": {"schema": {"type": "integer", "minimum": 0, "default": 0}},
    "after": {"schema": {"type": "string", "format": "uuid"}},
    "before": {"schema": {"type": "string", "format": "uuid"}},
}
_ITEMS = ("bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "after", "before", "f")


def describe_api(root: str, collections: Mapping[str, Collection]) -> Document:
    """The OpenAPI document of the API at this address."""
    return {
        "openapi": "3.0.3",
        "info": {"title": translate(TITLE), "description": translate(ABOUT), "version": "1"},
        "servers": [{"url": root}],
        "security": [{"bearer": []}, {"basic": []}],
        "tags": [{"name": name} for name in ("document", *collections)],
        "paths": _paths(collections),
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "basic": {"type": "http", "scheme": "basic"},
            },
            "parameters": {
                name: {"name": name, "in": "query", "required": False, **one} for name, one in _PARAMETERS.items()
            },
            "schemas": {"problem": _problem(), **{one.id: _schema(one) for one in collections.values()}},
        },
    }


def _paths(collections: Mapping[str, Collection]) -> Document:
    any_json = {"type": "object"}
    paths: Document = {
        "/": _get("getLandingPage", "document", JSON, any_json),
        "/api": _get("getApi", "document", OPENAPI, any_json),
        "/conformance": _get("getConformance", "document", JSON, any_json),
        "/collections": _get("getCollections", "document", JSON, any_json),
    }
    for one in collections.values():
        here, item = f"/collections/{one.id}", {"$ref": f"#/components/schemas/{one.id}"}
        features = {"type": "object", "properties": {"features": {"type": "array", "items": item}}}
        feature_id = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
        paths[here] = _get(f"{one.id}.describe", one.id, JSON, any_json)
        paths[f"{here}/schema"] = _get(f"{one.id}.schema", one.id, SCHEMA, any_json)
        paths[f"{here}/items"] = _get(f"{one.id}.items", one.id, GEOJSON, features, _ITEMS)
        paths[f"{here}/items/{{featureId}}"] = _get(f"{one.id}.item", one.id, GEOJSON, item, ("crs", "f"), feature_id)
    return paths


def _get(
    name: str,
    tag: str,
    media_type: str,
    schema: Document,
    parameters: tuple[str, ...] = ("f",),
    in_path: Document | None = None,
) -> Document:
    refs: list[Document] = [{"$ref": f"#/components/parameters/{one}"} for one in parameters]
    bad = {"description": "problem", "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}}
    good = {"description": "found", "content": {media_type: {"schema": schema}}}
    return {
        "get": {
            "operationId": name,
            "tags": [tag],
            "parameters": refs if in_path is None else [in_path, *refs],
            "responses": {"200": good, **dict.fromkeys(("400", "401", "404", "429"), bad)},
        }
    }


def _schema(collection: Collection) -> Document:
    properties = {name: {**schema, "nullable": True} for name, schema in collection.properties.items()}
    return {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string", "format": "uuid"},
            "geometry": {"type": "object", "nullable": True, "description": collection.geometry},
            "properties": {"type": "object", "properties": properties},
        },
    }


def _problem() -> Document:
    text = {"type": "string"}
    fault = {"type": "object", "properties": {"pointer": text, "detail": text}}
    return {
        "type": "object",
        "properties": {
            **dict.fromkeys(("type", "title", "detail", "action"), text),
            "status": {"type": "integer"},
            "errors": {"type": "array", "items": fault},
        },
    }
