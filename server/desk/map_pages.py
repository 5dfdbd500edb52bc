"""The map of the whole municipality, from vector tiles, and the same in a list."""

from urllib.parse import urlencode

import shapely
from flask import Response, jsonify, render_template, request, url_for

from maps.kinds import MUNICIPALITY
from maps.models import Area
from maps.queries import all_areas, current_geometries
from server.desk.blueprint import desk
from server.desk.map_list import MOST_LISTED, counted_areas, map_list
from server.tiles import api
from server.tiles.layers import DOORS, LAYERS
from server.tiles.selection import Selection, read_selection
from sync.pull import geojson

__all__ = ["api"]
LAST_PAGE = -(-MOST_LISTED // 50)
OUTLINE_DETAIL_DEGREES = 1e-4


@desk.get("/kaart")
def big_map() -> str:
    """One layer of the whole municipality or of an area, on a map and in a list."""
    selection = read_selection(request.args)
    areas = counted_areas(selection.layer)
    return render_template(
        "big_map.html",
        layers=LAYERS,
        doors=DOORS,
        areas=areas,
        bounds=_bounds([selection.area] if selection.area else [row.area for row in areas]),
        tiles_url=_tiles_url(selection),
        **_list_of(selection),
    )


@desk.get("/kaart/lijst")
def big_map_list() -> str:
    """The list of what lies in a part of the map: what the page beside the map is made of."""
    return render_template("big_map_list.html", **_list_of(read_selection(request.args)))


@desk.get("/kaart/gebieden.geojson")
def big_map_areas() -> Response:
    """The outlines of all areas that there are now, coarse enough to draw quickly."""
    areas = {area.id: area for area in all_areas() if area.kind != MUNICIPALITY}
    features = [
        {"type": "Feature", "properties": {"name": areas[area_id].name}, "geometry": geojson(_coarse(wkb))}
        for area_id, wkb in current_geometries(areas).items()
    ]
    return jsonify({"type": "FeatureCollection", "features": features})


def _list_of(selection: Selection) -> dict[str, object]:
    page = request.args.get("pagina", 1, type=int)
    return {
        "selection": selection,
        "found": map_list(selection, min(max(page, 1), LAST_PAGE)),
        "query": urlencode({**selection.arguments, "laag": selection.layer}),
    }


def _tiles_url(selection: Selection) -> str:
    """Where the tiles are, with {z}, {x} and {y} in it for the map to fill in."""
    path = url_for("desk.tile", layer=selection.layer, zoom=0, x=0, y=0).replace("/0/0/0.mvt", "/{z}/{x}/{y}.mvt")
    return f"{path}?gebied={selection.area.id}" if selection.area else path


def _coarse(wkb: bytes) -> bytes:
    coarse: bytes = shapely.to_wkb(shapely.simplify(shapely.from_wkb(wkb), OUTLINE_DETAIL_DEGREES))
    return coarse


def _bounds(areas: list[Area]) -> str:
    """West, south, east and north of these areas together, with commas; empty when none has a boundary."""
    found = [shapely.from_wkb(wkb) for wkb in current_geometries([area.id for area in areas]).values()]
    return ",".join(f"{one:.5f}" for one in shapely.total_bounds(found).tolist()) if found else ""
