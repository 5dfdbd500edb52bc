"""What a device may see: its rounds, their areas and forms."""

from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from sync.models import Round
from sync.queries import areas_of_rounds, forms_of_rounds, rounds_of_device


@dataclass(frozen=True, slots=True)
class Scope:
    """What a device may see now. `koffer_key` is part of it, so that a new key reaches every phone."""

    device_id: UUID
    koffer_key: str
    rounds: dict[UUID, Round]
    areas_of_round: dict[UUID, list[UUID]]
    forms_of_round: dict[UUID, list[str]]

    @property
    def area_ids(self) -> frozenset[UUID]:
        return frozenset(area_id for ids in self.areas_of_round.values() for area_id in ids)

    @property
    def form_ids(self) -> frozenset[str]:
        return frozenset(form_id for ids in self.forms_of_round.values() for form_id in ids)

    @property
    def digest(self) -> str:
        """Eight characters that are others as soon as this device may see more or less."""
        parts = (self.rounds, self.area_ids, self.form_ids)
        text = "|".join([self.koffer_key, *(",".join(sorted(map(str, part))) for part in parts)])
        return sha256(text.encode()).hexdigest()[:8]


def scope_of(device_id: UUID, koffer_key: str) -> Scope:
    """What this device may see."""
    rounds = {round_.id: round_ for round_ in rounds_of_device(device_id)}
    return Scope(device_id, koffer_key, rounds, areas_of_rounds(rounds), forms_of_rounds(rounds))
