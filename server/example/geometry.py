"""The example's geography. Nothing here is a real boundary or address: cells around village centres, invented streets.

Pure: the same centres and seed give the same cells and doors.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import cos, pi, radians, sin
from random import Random

import shapely
from shapely.affinity import scale
from shapely.geometry import MultiPoint, Point
from shapely.geometry.base import BaseGeometry

METRES_PER_DEGREE = 111_320.0
MARGIN_M = 2_500.0
VILLAGE_RADIUS_M = 650.0
DOOR_EVERY_M = 18.0
DOORS_PER_STREET = 28
STREETS = (
    "Boekweitlaan",
    "Turfschipperstraat",
    "Heideveld",
    "Sluiswachterspad",
    "Bijenkampweg",
    "Roggestraat",
    "Veenpluisweg",
    "Kraanvogellaan",
    "Wijkmeent",
    "Schapendrift",
    "Gagelpad",
    "Bosbesstraat",
    "Hooiwagen",
    "Ploegstraat",
    "Leeuweriklaan",
    "Oosterkavel",
    "Westerkavel",
    "Meidoornlaan",
    "Wilgenroosstraat",
    "Petgat",
)


@dataclass(frozen=True, slots=True)
class Door:
    """An invented address, EPSG:4326."""

    street: str
    number: int
    lon: float
    lat: float


def cells(centres: Sequence[tuple[float, float]]) -> list[BaseGeometry]:
    """A Voronoi cell around each centre (lon, lat), together the hull of all centres with a margin around it."""
    stretch = cos(radians(centres[0][1]))
    points = [Point(lon * stretch, lat) for lon, lat in centres]
    outline = MultiPoint(points).convex_hull.buffer(MARGIN_M / METRES_PER_DEGREE)
    raw = shapely.get_parts(shapely.voronoi_polygons(MultiPoint(points), extend_to=outline))
    own = [next(cell for cell in raw if cell.contains(point)) for point in points]
    return [
        shapely.set_precision(scale(cell.intersection(outline), 1 / stretch, 1, origin=(0, 0)), 1e-5) for cell in own
    ]


def doors(cell: BaseGeometry, centre: tuple[float, float], count: int, seed: str) -> list[Door]:
    """`count` doors along invented streets around the centre, all within the cell."""
    found: list[Door] = []
    random = Random(seed)
    for number, name in enumerate(_street_names()):
        wanted = min(DOORS_PER_STREET, count - len(found))
        if wanted == 0:
            return found
        found += _street(name, wanted, cell, centre, random, VILLAGE_RADIUS_M * (1 + number / len(STREETS)))
    raise AssertionError("street names never run out")


def _street_names() -> Iterator[str]:
    yield from STREETS
    number = 2
    while True:
        yield from (f"{number}e {name}" for name in STREETS)
        number += 1


def _street(
    name: str, count: int, cell: BaseGeometry, centre: tuple[float, float], random: Random, radius_m: float
) -> list[Door]:
    """A straight street that lies in the cell, odd numbers on one side and even ones on the other."""
    east = METRES_PER_DEGREE * cos(radians(centre[1]))
    while True:
        heading, bearing, away = random.uniform(0, pi), random.uniform(0, 2 * pi), radius_m * random.random() ** 0.5
        start_x, start_y = away * cos(bearing), away * sin(bearing)
        street = []
        for index in range(count):
            along, side = DOOR_EVERY_M * (index // 2), 9 if index % 2 else -9
            x = start_x + along * cos(heading) - side * sin(heading)
            y = start_y + along * sin(heading) + side * cos(heading)
            lon, lat = round(centre[0] + x / east, 6), round(centre[1] + y / METRES_PER_DEGREE, 6)
            street.append(Door(name, index + 1, lon, lat))
        if all(cell.contains(Point(door.lon, door.lat)) for door in street):
            return street
