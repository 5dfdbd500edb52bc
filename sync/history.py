"""The versions of one observation as a graph: what led to what, and what nobody has answered yet.

Every version that somebody made is kept as it was made. Where it was not made from the version that stands, the server
makes one more: a merge, with two parents. So everything that led to a version can be found by walking back.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from core.db import db
from sync.models import APPLIED, Observation, ObservationVersion
from sync.queries import versions_of


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a phone says it was, degrees WGS84, and at which address."""

    lon: float | None
    lat: float | None
    accuracy_m: float | None
    address_id: UUID | None


@dataclass(frozen=True, slots=True)
class Made:
    """A version as somebody made it. `instance_xml` is None for a withdrawal, `base_id` for a first version.

    `settles`: a person saw all there is and chose, so nothing clashes any more. `hurries`: a person does not want to
    wait for what has not arrived.
    """

    id: UUID
    base_id: UUID | None
    form_version: str
    instance_xml: str | None
    captured_at: datetime
    reason: str | None = None
    mutation_id: UUID | None = None
    device_id: UUID | None = None
    person: str | None = None
    whereabouts: Whereabouts | None = None
    settles: bool = False
    hurries: bool = False


@dataclass
class History:
    """The versions of one observation."""

    observation: Observation
    versions: dict[UUID, ObservationVersion] = field(default_factory=dict)
    _before: dict[UUID | None, frozenset[UUID]] = field(default_factory=dict)

    @classmethod
    def of(cls, observation: Observation) -> "History":
        """The history so far. Of an observation that had one version, that one is stored as its beginning."""
        history = cls(observation, {version.id: version for version in versions_of(observation.id)})
        if not history.versions:
            first = only_version(observation)
            db.session.add(first)
            history.versions[first.id] = first
        return history

    def add(self, made: Made, status: str, other_id: UUID | None = None) -> ObservationVersion:
        """Stores a version."""
        version = ObservationVersion(
            id=made.id,
            observation_id=self.observation.id,
            number=len(self.versions) + 1,
            base_id=made.base_id,
            other_id=other_id,
            mutation_id=made.mutation_id,
            device_id=made.device_id,
            person=made.person,
            status=status,
            form_version=made.form_version,
            instance_xml=made.instance_xml,
            reason=made.reason,
            captured_at=made.captured_at,
        )
        db.session.add(version)
        self.versions[version.id] = version
        self._before.clear()
        return version

    def before(self, version_id: UUID | None) -> frozenset[UUID]:
        """All versions that led to this one, itself too; also those that have not arrived."""
        if version_id not in self._before:
            found: set[UUID] = set()
            waiting = [version_id]
            while waiting:
                one = waiting.pop()
                if one is not None and one not in found:
                    found.add(one)
                    version = self.versions.get(one)
                    waiting += [version.base_id, version.other_id] if version else []
            self._before[version_id] = frozenset(found)
        return self._before[version_id]

    def content(self, version_id: UUID) -> str:
        """The answers of a version; those of a withdrawal are what it withdrew."""
        version = self.versions[version_id]
        while version.instance_xml is None:
            if version.base_id not in self.versions:
                return self.observation.instance_xml
            version = self.versions[version.base_id]
        return version.instance_xml

    @property
    def is_withdrawn(self) -> bool:
        """Whether a withdrawal stands: one that nobody made a later version from."""
        return bool(self._open_withdrawals())

    def changed_beside_withdrawal(self) -> UUID | None:
        """A change by somebody who did not know of the withdrawal that stands, while that did not know of it."""
        withdrawals = self._open_withdrawals()
        for version in self._made():
            is_change = version.instance_xml is not None and version.base_id is not None
            if is_change and any(version.id not in self.before(withdrawal.id) for withdrawal in withdrawals):
                return version.id
        return None

    def _open_withdrawals(self) -> list[ObservationVersion]:
        made = self._made()
        followed = {one for version in made for one in self.before(version.id) - {version.id}}
        return [version for version in made if version.instance_xml is None and version.id not in followed]

    def _made(self) -> list[ObservationVersion]:
        """The versions that somebody made, without the server's merges."""
        return [version for version in self.versions.values() if version.other_id is None]


def only_version(observation: Observation) -> ObservationVersion:
    """The version of an observation that has one, not stored: that happens only when there is a second."""
    return ObservationVersion(
        id=observation.version_id,
        observation_id=observation.id,
        number=1,
        base_id=observation.base_id,
        mutation_id=observation.mutation_id,
        device_id=observation.device_id,
        status=APPLIED,
        form_version=observation.form_version,
        instance_xml=observation.instance_xml,
        captured_at=observation.captured_at,
        received_at=observation.received_at,
    )
