"""How many persons took part, at least and at most (DESIGN 6). Pure; tests hold it against a brute-force count.

Assumption, shown on the page: within one round nobody fills in the same questionnaire twice. When that fails, a
questionnaire per person counts too many; a talk per household does not, because only its largest visit counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from forms.definition import HOUSEHOLD, NOBODY

Way = tuple[UUID | None, str]
"""A round and a form: what is asked in another round is another way of asking."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What one way of asking recorded at one address (None: no address was recorded): persons by observation."""

    way: Way
    address_id: UUID | None
    total: int
    largest: int
    household_size: int | None = None


@dataclass(frozen=True, slots=True)
class Participation:
    """Persons who took part in an area: between `at_least` and `at_most`, of `inhabitants` (None: unknown)."""

    at_least: int
    at_most: int
    inhabitants: int | None
    households_reached: int

    @property
    def rate(self) -> float | None:
        """`at_least` as a part of the inhabitants; None where that number is unknown."""
        return self.at_least / self.inhabitants if self.inhabitants else None


def participation(reaches: Iterable[Reach], units: Mapping[str, str], inhabitants: int | None) -> Participation:
    """The participation of one area. `units` tells by form whether it asks per household or per person."""
    surely: dict[UUID, dict[Way, int]] = defaultdict(dict)
    possibly: dict[UUID, int] = defaultdict(int)
    size: dict[UUID, int] = {}
    elsewhere: dict[Way, int] = defaultdict(int)
    for reach in reaches:
        if units.get(reach.way[1]) == NOBODY:
            continue
        if reach.address_id is None:
            elsewhere[reach.way] += reach.total
            continue
        known = surely[reach.address_id].get(reach.way, 0)
        is_talk = units.get(reach.way[1], HOUSEHOLD) == HOUSEHOLD
        surely[reach.address_id][reach.way] = max(known, reach.largest) if is_talk else known + reach.total
        possibly[reach.address_id] += reach.total
        if reach.household_size:  # nobody lives in a household of 0: that is unknown
            size[reach.address_id] = max(reach.household_size, size.get(reach.address_id, 0))

    capped = {
        address: {way: min(count, size.get(address, count)) for way, count in ways.items()}
        for address, ways in surely.items()
    }
    by_way: dict[Way, int] = defaultdict(int, elsewhere)
    for ways in capped.values():
        for way, count in ways.items():
            by_way[way] += count
    at_least = max([sum(max(ways.values()) for ways in capped.values()), *by_way.values()])
    at_most = sum(min(count, size.get(address, count)) for address, count in possibly.items())
    at_most += sum(elsewhere.values())
    return Participation(
        at_least=at_least,
        at_most=max(at_least, at_most if inhabitants is None else min(at_most, inhabitants)),
        inhabitants=inhabitants,
        households_reached=sum(1 for ways in surely.values() if max(ways.values()) > 0),
    )
