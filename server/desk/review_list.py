"""What somebody has to look at, in words: why it is there, whose it is and where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from maps.models import Address
from maps.queries import addresses_by_id
from server.desk.titles import form_titles, title_of
from server.desk.words import _, outcome
from sync.models import Mutation, Visit
from sync.mutations import OBSERVATION_WITHDRAW, VISIT_PUT
from sync.queries import (
    Reviewed,
    clashing_observations,
    clashing_visits,
    waiting_for_review,
    waiting_mutations,
)
from sync.versions import WHOLE, OpenClash


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One thing to look at. `link` is its observation, when there is a page of it; `problem` as it was recorded."""

    title: str
    volunteer: str
    received_at: datetime
    reason: str = ""
    link: UUID | None = None
    problem: Mapping[str, Any] | None = None
    raw: Mapping[str, Any] | None = None
    mutation_id: UUID | None = None


def open_choices(limit: int) -> list[ReviewItem]:
    """Observations about which somebody has to choose."""
    titles = form_titles()
    return [_item(row, titles, reason=reason_of(row[0].clashes or [])) for row in clashing_observations(limit)]


def held_items(limit: int) -> list[ReviewItem]:
    """Observations that do not count yet."""
    titles = form_titles()
    return [_item(row, titles, problem=row[0].problem) for row in waiting_for_review(limit)]


def waiting_items(limit: int) -> list[ReviewItem]:
    """Changes and withdrawals that wait for a version that is not here."""
    titles, rows = form_titles(), waiting_mutations(limit)
    addresses = _by_id({raw["addressId"] for mutation, _, _ in rows if (raw := mutation.raw) and raw.get("addressId")})
    return [
        ReviewItem(
            title=_title_of_waiting(mutation.raw or {}, titles, addresses),
            volunteer=volunteer,
            received_at=mutation.received_at,
            link=observation_id,
            raw=mutation.raw,
            mutation_id=mutation.id,
        )
        for mutation, volunteer, observation_id in rows
    ]


def visit_items(limit: int) -> list[ReviewItem]:
    """Visits that have the number of another one."""
    rows = clashing_visits(limit)
    addresses = _addresses_of(rows)
    return [
        ReviewItem(
            title=_("Bezoek"),
            volunteer=volunteer,
            received_at=mutation.received_at,
            reason=_both_visits(mutation.raw or {}, visit, addresses),
            problem=mutation.problem,
            raw=mutation.raw,
        )
        for mutation, volunteer, visit in rows
    ]


def reason_of(clashes: Sequence[OpenClash]) -> str:
    """Why there is something to choose, in words."""
    if any(clash.get("withdrawn") for clash in clashes):
        return _("De een trok dit in, de ander veranderde het.")
    if any(clash["key"] == WHOLE for clash in clashes):
        return _("Er zijn twee observaties met hetzelfde nummer.")
    count = len({clash["key"] for clash in clashes})
    return _("Vragen met verschillende antwoorden: %(count)s.", count=count)


def _item(row: Reviewed, titles: Mapping[str, str], **more: Any) -> ReviewItem:
    observation, address, volunteer = row
    title = title_of(observation, address, titles)
    return ReviewItem(title, volunteer, observation.received_at, link=observation.id, **more)


def _title_of_waiting(raw: Mapping[str, Any], titles: Mapping[str, str], addresses: Mapping[str, Address]) -> str:
    if raw.get("type") == OBSERVATION_WITHDRAW:
        return _("Een intrekking")
    form, address = raw.get("form", ""), addresses.get(raw.get("addressId") or "")
    title = titles.get(form, form)
    return _("Een verandering van %(form)s", form=f"{title} · {address.label}" if address else title)


def _addresses_of(rows: Sequence[tuple[Mutation, str, Visit | None]]) -> dict[str, Address]:
    """The addresses of these visits, of both sides, by their id."""
    asked = {raw["addressId"] for mutation, _, _ in rows if (raw := mutation.raw) and raw["type"] == VISIT_PUT}
    return _by_id(asked | {str(visit.address_id) for _, _, visit in rows if visit})


def _by_id(address_ids: Iterable[str]) -> dict[str, Address]:
    return {str(address.id): address for address in addresses_by_id([UUID(one) for one in address_ids])}


def _both_visits(raw: Mapping[str, Any], visit: Visit | None, addresses: Mapping[str, Address]) -> str:
    """What counts, and what was told with the same number."""
    if visit is None or raw.get("type") != VISIT_PUT:
        return ""
    return _(
        "Dit telt: %(first)s. Hetzelfde nummer zegt ook: %(second)s.",
        first=_visit_in_words(str(visit.address_id), visit.outcome, addresses),
        second=_visit_in_words(raw["addressId"], raw["outcome"], addresses),
    )


def _visit_in_words(address_id: str, code: str, addresses: Mapping[str, Address]) -> str:
    address = addresses.get(address_id)
    return f"{address.label if address else _('Onbekend')}, {outcome(code)}"
