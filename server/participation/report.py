"""The participation of areas, put together for the pages and the command line."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from forms.queries import all_newest_versions, definition_of
from maps.models import Address, Area
from maps.queries import addresses_in, families, newest_population
from server.participation.compute import Participation, Reach, participation
from server.participation.queries import last_outcomes, observations_by_form, reaches_by_area

TALKED = frozenset({"gesproken", "deels"})


@dataclass(frozen=True, slots=True)
class AreaParticipation:
    """One area with its participation and where its number of inhabitants comes from."""

    area: Area
    figures: Participation
    households: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Street:
    """The doors of one street: how many there are, were visited, and took part."""

    name: str
    doors: int
    visited: int
    took_part: int


def participation_of(areas: Sequence[Area]) -> list[AreaParticipation]:
    """The participation of each area, with all areas below it, in the order given."""
    family = families(areas)
    reaches = reaches_by_area({area_id for members in family.values() for area_id in members})
    population = newest_population([area.id for area in areas])
    units = counting_units()
    return [
        AreaParticipation(
            area=area,
            figures=participation(
                _of_family(reaches, family[area.id]),
                units,
                population[area.id].inhabitants if area.id in population else None,
            ),
            households=population[area.id].households if area.id in population else None,
            source=population[area.id].source if area.id in population else "",
        )
        for area in areas
    ]


def _of_family(reaches: Mapping[UUID, list[Reach]], members: frozenset[UUID]) -> list[Reach]:
    return [reach for area_id in members for reach in reaches.get(area_id, [])]


def counting_units() -> dict[str, str]:
    """By form: whether it asks per household or per person."""
    return {version.form_id: definition_of(version).counting_unit for version in all_newest_versions()}


def form_counts(area: Area) -> dict[str, int]:
    """How many observations each form brought in this area, by its title."""
    titles = {version.form_id: definition_of(version).title for version in all_newest_versions()}
    counts = observations_by_form(families([area])[area.id])
    return {titles.get(form_id, form_id): count for form_id, count in counts.items()}


def streets_of(area: Area) -> list[Street]:
    """Every street of the area, those where the fewest doors took part first: who was not reached matters most."""
    members = families([area])[area.id]
    outcomes = last_outcomes(members)
    streets: dict[str, list[Address]] = {}
    for address in addresses_in(members):
        streets.setdefault(address.street, []).append(address)
    rows = [
        Street(
            name=name,
            doors=len(doors),
            visited=sum(door.id in outcomes for door in doors),
            took_part=sum(outcomes.get(door.id) in TALKED for door in doors),
        )
        for name, doors in streets.items()
    ]
    return sorted(rows, key=lambda street: (street.took_part / street.doors, street.name))


def outcome_counts(area: Area) -> Counter[str]:
    """How many doors ended with each outcome, by their last visit."""
    return Counter(last_outcomes(families([area])[area.id]).values())
