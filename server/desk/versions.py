"""The versions of one observation as people read them: who, when, why, and what changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from flask_babel import get_locale

from forms.answers import Instance, parse_instance
from forms.definition import Definition
from forms.queries import find_version, readable_definition_of
from forms.roles import ADDRESS
from maps.queries import addresses_by_id
from server.desk.answer_words import Difference, Said, Wording, answers_at, differences
from sync.history import History, only_version
from sync.models import Observation, ObservationVersion
from sync.photo_queries import volunteers_of
from sync.queries import versions_of


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the history. `base` is the number of the version it was made from, when that is here."""

    version: ObservationVersion
    who: str
    base: int | None
    differences: list[Difference]

    @property
    def is_merge(self) -> bool:
        """Whether the server made it, by putting two versions together."""
        return self.version.other_id is not None

    @property
    def made_at(self) -> datetime:
        """When somebody made it, by the clock of the phone or of the server."""
        return self.version.captured_at if self.version.device_id else self.version.received_at

    @property
    def is_withdrawal(self) -> bool:
        return self.version.instance_xml is None


class Versions:
    """The versions of one observation, with their answers in words."""

    def __init__(self, observation: Observation) -> None:
        """Reads what there is; writes nothing."""
        self.observation = observation
        stored = versions_of(observation.id) or [only_version(observation)]
        self._history = History(observation, {version.id: version for version in stored})
        self._volunteers = volunteers_of({version.device_id for version in stored if version.device_id})
        self._answers: dict[UUID, dict[str, Said]] = {}

    @property
    def definition(self) -> Definition | None:
        """The form of what stands, None when it is not known."""
        return self._definitions.get(self.observation.form_version)

    @cached_property
    def standing(self) -> dict[str, Said]:
        """The answers that stand."""
        return self._in_words(parse_instance(self.observation.instance_xml))

    @property
    def wording(self) -> Wording:
        return self._wording(self.observation.form_version)

    def lines(self) -> list[VersionLine]:
        """Every version, the newest first."""
        return [self._line(version) for version in reversed(self._history.versions.values())]

    def withdrawal(self) -> VersionLine | None:
        """The newest withdrawal."""
        return next((line for line in self.lines() if line.is_withdrawal), None)

    def find(self, version_id: UUID) -> VersionLine | None:
        """The version with this id, if it is here."""
        version = self._history.versions.get(version_id)
        return self._line(version) if version else None

    def answers(self, version_id: UUID) -> dict[str, Said]:
        """The answers of a version; those of a withdrawal are what it withdrew."""
        if version_id not in self._answers:
            self._answers[version_id] = self._in_words(self._instances[version_id])
        return self._answers[version_id]

    def giver(self, key: str, wanted: Mapping[str, Said]) -> VersionLine | None:
        """The version that first gave this answer."""
        made = (version for version in self._history.versions.values() if version.other_id is None)
        return next((self._line(version) for version in made if self._gave(version, key, wanted)), None)

    def _gave(self, version: ObservationVersion, key: str, wanted: Mapping[str, Said]) -> bool:
        """Whether this version has this answer, and what it was made from has not."""
        if answers_at(self.answers(version.id), key) != wanted:
            return False
        base = self._history.versions.get(version.base_id) if version.base_id else None
        return base is None or answers_at(self.answers(base.id), key) != wanted

    def _line(self, version: ObservationVersion) -> VersionLine:
        base = self._history.versions.get(version.base_id) if version.base_id else None
        found = differences(self.answers(base.id), self.answers(version.id)) if base else []
        return VersionLine(version, self._who(version), base.number if base else None, found)

    def _who(self, version: ObservationVersion) -> str:
        return version.person or (self._volunteers.get(version.device_id, "") if version.device_id else "")

    def _in_words(self, instance: Instance) -> dict[str, Said]:
        return self._wording(instance.version).answers(instance)

    def _wording(self, form_version: str) -> Wording:
        return Wording(self._definitions.get(form_version), str(get_locale()), self._addresses)

    @cached_property
    def _instances(self) -> dict[UUID, Instance]:
        return {version_id: parse_instance(self._history.content(version_id)) for version_id in self._history.versions}

    @cached_property
    def _definitions(self) -> dict[str, Definition]:
        """The definitions of the versions of the form that these answers are answers to."""
        names = {instance.version for instance in self._instances.values()} | {self.observation.form_version}
        found = ((name, find_version(self.observation.form_id, name)) for name in sorted(names))
        return {name: readable_definition_of(version) for name, version in found if version}

    @cached_property
    def _addresses(self) -> dict[str, str]:
        """The labels of the addresses that were answered."""
        paths = {one.path for definition in self._definitions.values() for one in definition.with_role(ADDRESS)}
        answered = {answer.text for one in self._instances.values() for path in paths for answer in one.answers(path)}
        return {str(address.id): address.label for address in addresses_by_id(_ids(answered))}


def _ids(texts: Iterable[str]) -> list[UUID]:
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
