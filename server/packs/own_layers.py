"""The project's own data around an area, as the layers of a plain map."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import shapely
from shapely.geometry.base import BaseGeometry

from core.problems import AREA_WITHOUT_BOUNDARY, Problem
from maps.models import Address, Area, Route
from maps.packs.cover import with_margin
from maps.packs.own import Layers, Shape, street_names
from maps.queries import addresses_in, current_boundary, families, routes_in, stops_of_routes
from server.packs.queries import areas_above, named_boundaries


def area_shape(area: Area) -> BaseGeometry:
    """The boundary in force. Raises AREA_WITHOUT_BOUNDARY."""
    boundary = current_boundary(area.id)
    if boundary is None:
        raise Problem(AREA_WITHOUT_BOUNDARY)
    return shapely.from_wkb(boundary.geometry_wkb)


def own_layers(area: Area) -> Layers:
    """What is drawn, by layer: this area and its neighbours, its doors and streets, routes and stops."""
    members = families([area])[area.id]
    doors = addresses_in(members)
    routes = routes_in(members | set(areas_above(area.id)))
    near = _near(area)
    return {
        "areas": [Shape(shape, told) for shape, told in near],
        "routes": [Shape(shapely.from_wkb(one.line_wkb), {"name": one.name}) for one in routes if one.line_wkb],
        "addresses": [_door(one) for one in doors],
        "streets": street_names((one.street, one.lon, one.lat) for one in doors),
        "stops": _stops(routes),
        "area_names": [Shape(shapely.point_on_surface(shape), told) for shape, told in near],
    }


def _near(area: Area) -> list[tuple[BaseGeometry, Mapping[str, object]]]:
    """The boundaries that this area or its margin touches, with what is told of them."""
    around = with_margin(area_shape(area))
    boundaries = ((area_id, name, shapely.from_wkb(wkb)) for area_id, name, wkb in named_boundaries())
    return [
        (shape, {"name": name, "own": area_id == area.id})
        for area_id, name, shape in boundaries
        if shapely.intersects(shape, around)
    ]


def _door(door: Address) -> Shape:
    number = door.label.removeprefix(door.street).strip()
    return Shape(shapely.Point(door.lon, door.lat), {"number": number, "street": door.street})


def _stops(routes: Sequence[Route]) -> list[Shape]:
    names: dict[UUID, str] = {route.id: route.name for route in routes}
    return [
        Shape(
            shapely.Point(stop.lon, stop.lat), {"number": stop.number, "name": stop.name, "route": names[stop.route_id]}
        )
        for stops in stops_of_routes(names).values()
        for stop in stops
    ]
