"""HTTP of the tiles: for people at the desk, kept by their browser only, and asked for anew each time."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from core.problems import NOT_FOUND, Problem
from maps.queries import families
from maps.tiles import MAX_ZOOM, Tile
from server.desk.blueprint import desk
from server.tiles.layers import LAYERS
from server.tiles.make import make_tile
from server.tiles.selection import read_area

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


@desk.get("/kaart/<layer>/<int:zoom>/<int:x>/<int:y>.mvt")
def tile(layer: str, zoom: int, x: int, y: int) -> ResponseReturnValue:
    """A vector tile of one layer, of the area `gebied` and all below it when that is asked."""
    asked = Tile(zoom, x, y)
    if layer not in LAYERS or zoom > MAX_ZOOM or not asked.exists:
        raise Problem(NOT_FOUND)
    area = read_area(request.args.get("gebied", ""))
    response = Response(make_tile(layer, asked, families([area])[area.id] if area else None), mimetype=MEDIA_TYPE)
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)
