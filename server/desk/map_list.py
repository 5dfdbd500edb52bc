"""What lies in a part of the map, as a list of one page; and how many lie in each area."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for
from flask_babel import get_locale

from forms.queries import choice_labels_of_role
from maps.kinds import MUNICIPALITY
from maps.models import Address, Area
from maps.queries import all_areas, families
from server.desk.observation_list import described
from server.desk.words import _, number, outcome
from server.tiles.layers import DOORS, OBSERVATIONS, STATEMENTS, Part
from server.tiles.queries import (
    count_all,
    counts_by_area,
    last_visits,
    list_doors,
    list_observations,
    list_statements,
)
from server.tiles.selection import Selection
from sync.models import Observation

PAGE = 50
MOST_LISTED = 20_000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing on the map: what it is, where, what was said or seen there, and when; `lonlat` in EPSG:4326."""

    title: str
    place: str
    words: str
    moment: datetime | None
    href: str | None
    lonlat: tuple[float, float]


@dataclass(frozen=True, slots=True)
class MapList:
    """One page of what lies in a part of the map. Without items when there are too many to list."""

    sentence: str
    total: int
    items: list[Item]
    page: int

    @property
    def is_too_long(self) -> bool:
        return self.total > MOST_LISTED

    @property
    def pages(self) -> int:
        return -(-min(self.total, MOST_LISTED) // PAGE)


@dataclass(frozen=True, slots=True)
class CountedArea:
    """An area with how many lie in it and in every area below it."""

    area: Area
    count: int


def map_list(selection: Selection, page: int) -> MapList:
    """This page (from 1) of what was selected."""
    total = count_all(selection.layer, selection.part)
    items = []
    if 0 < total <= MOST_LISTED:
        items = _LISTS[selection.layer](selection.part, (page - 1) * PAGE)
    return MapList(_sentence(selection, total), total, items, page)


def counted_areas(layer: str) -> list[CountedArea]:
    """Every area below the municipality, where most is first."""
    areas = [area for area in all_areas() if area.kind != MUNICIPALITY]
    counts, family = counts_by_area(layer), families(areas)
    rows = [CountedArea(area, sum(counts.get(member, 0) for member in family[area.id])) for area in areas]
    return sorted(rows, key=lambda row: -row.count)


def _sentence(selection: Selection, total: int) -> str:
    values = {"count": number(total), "area": selection.area.name if selection.area else ""}
    if selection.is_of_screen:
        texts = {
            OBSERVATIONS: _("Observaties in dit stuk van de kaart: %(count)s", **values),
            STATEMENTS: _("Meldingen in dit stuk van de kaart: %(count)s", **values),
            DOORS: _("Deuren in dit stuk van de kaart: %(count)s", **values),
        }
    elif selection.area:
        texts = {
            OBSERVATIONS: _("Observaties in %(area)s: %(count)s", **values),
            STATEMENTS: _("Meldingen in %(area)s: %(count)s", **values),
            DOORS: _("Deuren in %(area)s: %(count)s", **values),
        }
    else:
        texts = {
            OBSERVATIONS: _("Observaties in de hele gemeente: %(count)s", **values),
            STATEMENTS: _("Meldingen in de hele gemeente: %(count)s", **values),
            DOORS: _("Deuren in de hele gemeente: %(count)s", **values),
        }
    return texts[selection.layer]


def _observations(part: Part, offset: int) -> list[Item]:
    return [
        Item(one.title, one.place, one.summary, one.captured_at, _page_of(one.id), one.lonlat)
        for one in described(list_observations(part, PAGE, offset))
    ]


def _statements(part: Part, offset: int) -> list[Item]:
    themes = choice_labels_of_role("vraagstuk.thema", str(get_locale()))
    return [
        Item(
            title=_theme(melding.theme, themes),
            place=address.label if address else "",
            words=melding.text,
            moment=melding.captured_at,
            href=_page_of(observation.id),
            lonlat=_lonlat(observation, address),
        )
        for melding, observation, address in list_statements(part, PAGE, offset)
    ]


def _theme(code: str | None, labels: Mapping[str, str]) -> str:
    return labels.get(code, code) if code else _("Zonder thema")


def _doors(part: Part, offset: int) -> list[Item]:
    doors = list_doors(part, PAGE, offset)
    visits = last_visits([door.id for door in doors])
    return [_door(door, *visits.get(door.id, (None, None))) for door in doors]


def _door(door: Address, outcome_code: str | None, visited_at: datetime | None) -> Item:
    words = outcome(outcome_code) if outcome_code else _("Nog niet bezocht")
    return Item(door.label, door.place, words, visited_at, None, (door.lon, door.lat))


def _page_of(observation_id: UUID) -> str:
    return url_for("desk.observation", observation_id=observation_id)


def _lonlat(observation: Observation, address: Address | None) -> tuple[float, float]:
    if observation.lon is not None and observation.lat is not None:
        return observation.lon, observation.lat
    assert address is not None
    return address.lon, address.lat


_LISTS = {OBSERVATIONS: _observations, STATEMENTS: _statements, DOORS: _doors}
