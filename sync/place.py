"""Where an observation belongs: to the area of its address, else of its position (DESIGN 5)."""

from dataclasses import dataclass
from uuid import UUID

from core.problems import INPUT_INVALID, Fault, Problem
from forms.answers import Point
from forms.roles import Facts
from maps.assign import NO_AREAS, AreaIds, AreaIndex
from maps.models import Address
from sync.lookups import Lookups
from sync.models import BY_ADDRESS, BY_POSITION, Observation


@dataclass(frozen=True, slots=True)
class Place:
    """A place with the area it lies in. Position in EPSG:4326; `problem` when the address is not known.

    `on_map` (lon, lat) is where a map shows it: its own position, else its address.
    """

    address_id: UUID | None = None
    areas: AreaIds = NO_AREAS
    is_uncertain: bool = False
    source: str | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    on_map: tuple[float, float] | None = None
    problem: Problem | None = None


def find_place(observation: Observation, address_id: UUID | None, facts: Facts, lookups: Lookups) -> Place:
    """The place of an observation that is about to be counted."""
    point = _point_of(observation, facts)
    address = lookups.address(address_id)
    areas, is_uncertain, source = NO_AREAS, False, None
    if address is not None and (address.area_id or address.gebied_id):
        areas, source = areas_of_address(address, lookups.boundaries), BY_ADDRESS
    elif point is not None:
        placing = lookups.boundaries.place_one(point.lon, point.lat, point.accuracy_m)
        areas, is_uncertain, source = placing.ids, placing.is_uncertain, BY_POSITION if any(placing.ids) else None
    return Place(
        address_id=address.id if address else None,
        areas=areas,
        is_uncertain=is_uncertain,
        source=source,
        lon=point.lon if point else None,
        lat=point.lat if point else None,
        accuracy_m=point.accuracy_m if point else None,
        on_map=(point.lon, point.lat) if point else (address.lon, address.lat) if address else None,
        problem=_unknown_address(address_id) if address_id and address is None else None,
    )


def areas_of_address(address: Address, index: AreaIndex) -> AreaIds:
    """The areas that an address counts in, and their boundary versions."""
    area, own = index.of_area(address.area_id), index.of_area(address.gebied_id)
    return address.area_id, area.id if area else None, address.gebied_id, own.id if own else None


def put_in_place(observation: Observation, areas: AreaIds, is_uncertain: bool, source: str | None) -> None:
    """Writes down where an observation lies, and by which boundary versions."""
    observation.area_id, observation.boundary_id, observation.gebied_id, observation.gebied_boundary_id = areas
    observation.area_source, observation.area_is_uncertain = source, is_uncertain


def _point_of(observation: Observation, facts: Facts) -> Point | None:
    if observation.lon is not None and observation.lat is not None:
        return Point(observation.lon, observation.lat, observation.accuracy_m)
    return facts.location or next((issue.location for issue in facts.issues if issue.location), None)


def _unknown_address(address_id: UUID) -> Problem:
    return Problem(INPUT_INVALID, faults=[Fault("/addressId", f"Het adres {address_id} staat niet in de lijst.")])
