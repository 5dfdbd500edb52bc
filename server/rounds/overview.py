"""Rounds as the desk lists them: period, areas, who takes part, participation against the target, doors visited."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from maps.kinds import LISTED, OWN_AREA
from maps.models import Area
from maps.queries import areas_by_id, families, newest_population
from server.participation.compute import Participation, participation
from server.participation.report import counting_units
from server.rounds.queries import door_counts, members_of, reaches_of_rounds, visited_counts
from sync.models import Round, RoundMember
from sync.queries import areas_of_rounds

PLANNED, RUNNING, OVER = "gepland", "loopt", "voorbij"


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """A round with how far it is. `figures.inhabitants` is None where that cannot be told of these areas together."""

    round: Round
    state: str
    areas: Sequence[Area]
    figures: Participation
    members: Sequence[RoundMember]
    doors: int
    visited: int
    without_doors: Sequence[Area]

    @property
    def staying(self) -> int:
        return sum(member.left_on is None for member in self.members)

    @property
    def target_persons(self) -> int | None:
        """How many persons the target is; None without a target or a number of inhabitants."""
        target, inhabitants = self.round.target, self.figures.inhabitants
        return None if target is None or inhabitants is None else round(target * inhabitants)


def figures_of(rounds: Sequence[Round], today: date) -> list[RoundFigures]:
    """Each of these rounds with its figures, in the order given."""
    ids = [round_.id for round_ in rounds]
    area_ids = areas_of_rounds(ids)
    areas = {area.id: area for area in areas_by_id({one for found in area_ids.values() for one in found})}
    family = families(list(areas.values()))
    population = newest_population(list(areas))
    inhabitants = {area_id: row.inhabitants for area_id, row in population.items()}
    counted = door_counts({one for members in family.values() for one in members}, LISTED)
    members, visited, reaches = members_of(ids), visited_counts(ids), reaches_of_rounds(ids)
    units = counting_units()
    found = []
    for round_ in rounds:
        own = sorted((areas[one] for one in area_ids[round_.id]), key=lambda area: (area.name, area.id))
        persons = participation(reaches[round_.id], units, inhabitants_of(own, family, inhabitants))
        found.append(
            RoundFigures(
                round=round_,
                state=state_of(round_, today),
                areas=own,
                figures=persons,
                members=members[round_.id],
                doors=_doors(frozenset().union(*(family[area.id] for area in own)), counted),
                visited=visited.get(round_.id, 0),
                without_doors=[area for area in own if not _doors(family[area.id], counted)],
            )
        )
    return found


def state_of(round_: Round, today: date) -> str:
    if today < round_.starts_on:
        return PLANNED
    return RUNNING if today <= round_.ends_on else OVER


def inhabitants_of(
    areas: Sequence[Area], family: Mapping[UUID, frozenset[UUID]], inhabitants: Mapping[UUID, int | None]
) -> int | None:
    """How many people live in these areas together, each counted once.

    None where one of them has no figure, or where areas of both layers are chosen: those may lie over each other.
    """
    if not areas or len({area.kind == OWN_AREA for area in areas}) > 1:
        return None
    within = {below for area in areas for below in family[area.id] if below != area.id}
    counts = [inhabitants.get(area.id) for area in areas if area.id not in within]
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) else None


def _doors(area_ids: frozenset[UUID], counted: Sequence[tuple[UUID | None, UUID | None, int]]) -> int:
    return sum(count for area_id, gebied_id, count in counted if area_id in area_ids or gebied_id in area_ids)
