"""Which address in the list a door that was added may be: pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from maps.models import Address
from maps.projection import lonlat_to_rd

MOST_LIKELY = 6
FAR_M = 300.0


@dataclass(frozen=True, slots=True)
class Likely:
    """An address in the list, and how far the door lies from it."""

    address: Address
    distance_m: float


def likely_same(door: Address, listed: Sequence[Address], most: int = MOST_LIKELY) -> list[Likely]:
    """The addresses that the door is likeliest to be: alike in name and number, and near; the likeliest first."""
    scored = sorted(zip(_distances(door, listed), listed, strict=True), key=lambda one: -_score(door, one[1], one[0]))
    return [Likely(address, distance) for distance, address in scored[:most]]


def nearest(door: Address, listed: Sequence[Address]) -> Likely | None:
    """The address in the list that lies nearest."""
    found = min(zip(_distances(door, listed), listed, strict=True), key=lambda one: one[0], default=None)
    return Likely(found[1], found[0]) if found else None


def _distances(door: Address, listed: Iterable[Address]) -> list[float]:
    points = np.array([(one.lon, one.lat) for one in listed]).reshape(-1, 2)
    if not len(points):
        return []
    here = lonlat_to_rd(np.array([(door.lon, door.lat)]))
    metres: list[float] = np.linalg.norm(lonlat_to_rd(points) - here, axis=1).tolist()
    return metres


def _score(door: Address, one: Address, distance_m: float) -> float:
    """Higher is likelier: the same street counts most, then the number; far away it is another one after all."""
    street = SequenceMatcher(None, door.street.casefold(), one.street.casefold()).ratio()
    same = (door.letter.casefold(), door.addition.casefold()) == (one.letter.casefold(), one.addition.casefold())
    nearness = max(-3.0, 1 - distance_m / FAR_M)
    return 3 * street + 2 * (door.number == one.number) + 0.5 * same + nearness
