"""Where an observation belongs: to the area of its address, else of its position (DESIGN 5)."""

from dataclasses import dataclass
from uuid import UUID

from core.problems import INPUT_INVALID, Fault, Problem
from forms.answers import Point
from forms.roles import Facts
from sync.lookups import Lookups
from sync.models import BY_ADDRESS, BY_POSITION, Observation


@dataclass(frozen=True, slots=True)
class Place:
    """A place with the area it lies in. Position in EPSG:4326; `problem` when the address is not known."""

    address_id: UUID | None = None
    area_id: UUID | None = None
    boundary_id: UUID | None = None
    source: str | None = None
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    problem: Problem | None = None


def find_place(observation: Observation, address_id: UUID | None, facts: Facts, lookups: Lookups) -> Place:
    """The place of an observation that is about to be counted."""
    point = _point_of(observation, facts)
    address = lookups.address(address_id)
    area_id, boundary, source = None, None, None
    if address is not None and address.area_id is not None:
        area_id, source = address.area_id, BY_ADDRESS
        boundary = lookups.boundaries.of_area(address.area_id)
    elif point is not None:
        boundary = lookups.boundaries.assign_one(point.lon, point.lat, lookups.areas_of(observation.round_id))
        area_id, source = (boundary.area_id, BY_POSITION) if boundary else (None, None)
    return Place(
        address_id=address.id if address else None,
        area_id=area_id,
        boundary_id=boundary.id if boundary else None,
        source=source,
        lon=point.lon if point else None,
        lat=point.lat if point else None,
        accuracy_m=point.accuracy_m if point else None,
        problem=_unknown_address(address_id) if address_id and address is None else None,
    )


def _point_of(observation: Observation, facts: Facts) -> Point | None:
    if observation.lon is not None and observation.lat is not None:
        return Point(observation.lon, observation.lat, observation.accuracy_m)
    return facts.location or next((issue.location for issue in facts.issues if issue.location), None)


def _unknown_address(address_id: UUID) -> Problem:
    return Problem(INPUT_INVALID, faults=[Fault("/addressId", f"Het adres {address_id} staat niet in de lijst.")])
