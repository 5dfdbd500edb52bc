"""OGC API – Features over HTTP: Part 1 (core, GeoJSON, OpenAPI 3.0) and Part 2 (reference systems).

Every view goes through `reading`: a token first, then what it may read. That a token is right is looked up before
the limit on wrong tries is asked, so that one program with an old token locks nobody else out (server/app.py).
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, request

from core.clock import now_utc
from core.problems import COLLECTION_UNKNOWN, FEATURE_UNKNOWN, GIS_TOKEN_UNKNOWN, Problem
from server.ogc.collections import COLLECTIONS, Collection
from server.ogc.description import describe_api
from server.ogc.documents import (
    GEOJSON,
    JSON,
    OPENAPI,
    SCHEMA,
    collection_document,
    collections_document,
    conformance,
    item_document,
    items_document,
    landing_page,
    schema_document,
)
from server.ogc.features import extent
from server.ogc.parameters import read_item_crs, read_items_query, refuse_parameters
from server.people.tokens import find_token, note_use

View = Callable[..., Response]

CHALLENGE = 'Basic realm="Rondgang GIS", charset="UTF-8", Bearer realm="Rondgang GIS"'

ogc = Blueprint("ogc", __name__, url_prefix="/ogc")


def has_right_token() -> bool:
    """Whether this request has a token that may read. Looked up once a request."""
    if "gis_token" not in g:
        g.gis_token = find_token(request.headers.get("Authorization"))
    return g.gis_token is not None


def reading(view: View) -> View:
    """The view for who has a token. Raises GIS_TOKEN_UNKNOWN."""

    @wraps(view)
    def read(**places: Any) -> Response:
        if not has_right_token():
            raise Problem(GIS_TOKEN_UNKNOWN, headers={"WWW-Authenticate": CHALLENGE})
        note_use(g.gis_token)
        return view(**places)

    return read


@ogc.get("")
@ogc.get("/")
@reading
def start() -> Response:
    _no_parameters()
    return _answer(landing_page(_root()), JSON)


@ogc.get("/api")
@reading
def description() -> Response:
    _no_parameters()
    return _answer(describe_api(_root(), COLLECTIONS), OPENAPI)


@ogc.get("/conformance")
@reading
def conforms() -> Response:
    _no_parameters()
    return _answer(conformance(_root()), JSON)


@ogc.get("/collections")
@reading
def collections() -> Response:
    _no_parameters()
    return _answer(collections_document(_root(), COLLECTIONS, extent()), JSON)


@ogc.get("/collections/<collection_id>")
@reading
def collection(collection_id: str) -> Response:
    found = _collection(collection_id)
    _no_parameters()
    return _answer(collection_document(_root(), found, extent()), JSON)


@ogc.get("/collections/<collection_id>/schema")
@reading
def schema(collection_id: str) -> Response:
    found = _collection(collection_id)
    _no_parameters()
    return _answer(schema_document(_root(), found), SCHEMA)


@ogc.get("/collections/<collection_id>/items")
@reading
def items(collection_id: str) -> Response:
    found = _collection(collection_id)
    query = read_items_query(request.args.to_dict(flat=False))
    now = now_utc().isoformat(timespec="seconds").replace("+00:00", "Z")
    page = found.page(query)
    return _answer(items_document(_root(), found, page, request.args.to_dict(), query.crs, now), GEOJSON, query.crs)


@ogc.get("/collections/<collection_id>/items/<feature_id>")
@reading
def item(collection_id: str, feature_id: str) -> Response:
    found = _collection(collection_id)
    crs = read_item_crs(request.args.to_dict(flat=False))
    try:
        feature = found.find(UUID(feature_id))
    except ValueError:
        feature = None
    if feature is None:
        raise Problem(FEATURE_UNKNOWN, feature_id[:100])
    return _answer(item_document(_root(), found, feature, crs), GEOJSON, crs)


def _collection(collection_id: str) -> Collection:
    found = COLLECTIONS.get(collection_id)
    if found is None:
        raise Problem(COLLECTION_UNKNOWN, collection_id[:100])
    return found


def _no_parameters() -> None:
    refuse_parameters(request.args.to_dict(flat=False))


def _root() -> str:
    return f"{request.host_url}ogc"


def _answer(document: dict[str, Any], media_type: str, crs: str | None = None) -> Response:
    """The document, laid out so that a person who opens it in a browser can read it."""
    answer = Response(json.dumps(document, ensure_ascii=False, indent=2), mimetype=media_type)
    answer.headers["Cache-Control"] = "no-store"
    if crs is not None:
        answer.headers["Content-Crs"] = f"<{crs}>"
    return answer
