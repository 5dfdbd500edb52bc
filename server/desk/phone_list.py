"""Phones as the coordinator sees them: the same account as the volunteer's, and what there is to do about it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from maps.models import Address
from maps.queries import addresses_by_id
from server.desk.titles import form_titles, title_of
from server.desk.words import _, observation_state, outcome
from sync.ledger import Account, accounts_of
from sync.models import CONFLICT, Device, Mutation, Observation, Visit
from sync.queries import (
    enrolled_among,
    mutations_of_device,
    placed_observations,
    round_names_by_device,
    route_names_of_walks,
    visits_by_id,
)

SILENT_AFTER = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone with its account. One that never enrolled is known by its koffer only."""

    device: Device
    account: Account
    rounds: Sequence[str]
    is_enrolled: bool
    is_silent: bool

    @property
    def is_revoked(self) -> bool:
        """Whether somebody took its access away; a phone that only sent a koffer never had any."""
        return self.is_enrolled and self.device.revoked_at is not None

    @property
    def tells_more(self) -> bool:
        """Whether it made more than came in from it: it counts what it sent before it was enrolled anew, too."""
        made, unsent = self.account.made, self.account.unsent or 0
        return made is not None and made - unsent > self.account.received


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One mutation that a phone brought: what it is about, what became of it then, and how that is now."""

    title: str
    received_at: datetime
    status: str
    state: str
    observation_id: UUID | None


def listed_phones(devices: Collection[Device], now: datetime) -> list[Phone]:
    """Each of these devices with its account, in the order given."""
    ids = [device.id for device in devices]
    accounts, rounds, enrolled = accounts_of(devices), round_names_by_device(ids), enrolled_among(ids)
    return [
        Phone(
            device=device,
            account=accounts[device.id],
            rounds=rounds.get(device.id, []),
            is_enrolled=device.id in enrolled,
            is_silent=is_silent(accounts[device.id], now),
        )
        for device in devices
    ]


def is_silent(account: Account, now: datetime) -> bool:
    """Whether the phone holds work by its own account, and was not heard of for two days or more."""
    holds = (account.unsent or 0) + (account.photos_unsent or 0) > 0
    return holds and account.last_contact_at is not None and now - account.last_contact_at >= SILENT_AFTER


def handed_in(device_id: UUID, limit: int) -> list[HandedIn]:
    """The newest that this phone brought."""
    mutations = mutations_of_device(device_id, limit)
    subjects = {mutation.subject_id for mutation in mutations if mutation.subject_id}
    observations = placed_observations(subjects)
    visits = {visit.id: visit for visit in visits_by_id(subjects - observations.keys())}
    visited = {visit.address_id for visit in visits.values()}
    addresses = {address.id: address for address in addresses_by_id(visited | (subjects - observations.keys()))}
    walks = route_names_of_walks(subjects - observations.keys())
    titles = form_titles()
    found = []
    for mutation in mutations:
        placed = observations.get(mutation.subject_id) if mutation.subject_id else None
        visit = visits.get(mutation.subject_id) if mutation.subject_id else None
        found.append(
            HandedIn(
                title=title_of(*placed, titles) if placed else _title_of_other(mutation, visit, addresses, walks),
                received_at=mutation.received_at,
                status=mutation.status,
                state=_state(mutation, placed[0] if placed else None),
                observation_id=placed[0].id if placed else None,
            )
        )
    return found


def _title_of_other(
    mutation: Mutation, visit: Visit | None, addresses: Mapping[UUID, Address], walks: Mapping[UUID, str]
) -> str:
    """The title of what is no observation: a visit, the walk of a route, or a door that the list lacked."""
    if visit is not None:
        return _title_of_visit(visit, addresses)
    route = walks.get(mutation.subject_id) if mutation.subject_id else None
    if route is not None:
        return _("Schouw: %(route)s", route=route)
    address = addresses.get(mutation.subject_id) if mutation.subject_id else None
    if address is not None:
        return _("Nieuwe deur: %(address)s", address=address.label)
    return _("Een observatie die nog niet is aangekomen")


def _title_of_visit(visit: Visit, addresses: Mapping[UUID, Address]) -> str:
    address = addresses.get(visit.address_id)
    place = address.label if address else _("Onbekend")
    return _("Bezoek aan %(place)s: %(outcome)s", place=place, outcome=outcome(visit.outcome))


def _state(mutation: Mutation, observation: Observation | None) -> str:
    """How it is now with what this mutation is about."""
    if mutation.waits_for is not None:
        return _("Wacht op een eerdere versie")
    if mutation.status == CONFLICT and mutation.raw is not None:
        return _("Tweemaal hetzelfde nummer")
    return _("Telt mee") if observation is None else observation_state(observation)
