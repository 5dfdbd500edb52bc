"""Whether all is well: what the server holds against what people meant, told from the tables themselves."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from server.inventory.models import Melding
from sync.client import SyncClient
from sync.models import Mutation, Observation, ObservationVersion, Photo, Visit
from sync.photo_store import photo_store
from tests.world.oracle import WITHDRAWN, YES, Answers, Subject
from tests.world.people import Intents, Volunteer
from tests.world.stage import INHABITANTS, INSIDE, Place, Stage, all_of
from tests.world.talk import HOUSEHOLD, PERSONS, TOO_MANY, part_path, parts_of
from tests.world.weather import Weather

TRIES = 5
ROOT = "/data/"


@dataclass(frozen=True, slots=True)
class Audit:
    """The checks of one example."""

    stage: Stage
    place: Place
    intents: Intents
    volunteers: list[Volunteer]
    weather: Weather

    def come_to_rest(self) -> None:
        """What is late arrives, and every phone hands in all it has, over a good line."""
        while self.weather.late:
            self.weather.deliver_late(0)
        for volunteer in [*self.volunteers, *self.volunteers]:
            for _ in range(TRIES):
                if volunteer.phone.queue:
                    volunteer.do(lambda phone: phone.deliver())
        for volunteer in self.volunteers:
            if not volunteer.is_revoked:
                volunteer.do(lambda phone: phone.pull())

    def check_all(self) -> None:
        assert not self.weather.failures, self.weather.failures
        self.check_acknowledged()
        self._check_phones_are_empty()
        self._check_visits()
        self._check_photos()
        for subject in self.intents.subjects.values():
            self.check_content(subject)
            self._check_every_word_is_kept(subject)
        self._check_participation()
        self._check_pulls_converge()

    def check_acknowledged(self) -> None:
        """What a phone was told is safe, is there."""
        ids = [UUID(key) for key in self.intents.acknowledged]
        there = {str(row[0]) for row in self.stage.rows(select(Mutation.id).where(Mutation.id.in_(ids)))}
        assert there == self.intents.acknowledged

    def arrived(self, subject: Subject) -> set[str]:
        """The versions that the server has, apart from those that wait for another."""
        pushed = self.stage.rows(
            select(Mutation.id, Mutation.status).where(
                Mutation.subject_id == UUID(subject.id), Mutation.waits_for.is_(None)
            )
        )
        sent = {str(row[0]) for row in pushed if row[1] != "duplicate"}
        return (sent | {str(one.id) for one in self.chosen(subject)}) & subject.versions.keys()

    def standing(self, subject: Subject) -> Observation | None:
        """The observation as it stands; None when it has not arrived."""
        return next(iter(all_of(self.stage, Observation, Observation.id == UUID(subject.id))), None)

    def content(self, subject: Subject) -> Answers:
        """What the observation says as it stands, and whether it was withdrawn."""
        stands = self.standing(subject)
        if stands is None:
            return {}
        answers = self.intents.answers(stands.instance_xml)
        return {**answers, WITHDRAWN: YES} if stands.status == "withdrawn" else answers

    def clashes(self, subject: Subject) -> list[str]:
        """The answers that wait for somebody to choose."""
        stands = self.standing(subject)
        return [] if stands is None else list(dict.fromkeys(clash["key"] for clash in stands.clashes or ()))

    def chosen(self, subject: Subject) -> list[ObservationVersion]:
        """The versions that were made at the desk."""
        made = ObservationVersion.observation_id == UUID(subject.id)
        return all_of(self.stage, ObservationVersion, made, ObservationVersion.person.is_not(None))

    def check_content(self, subject: Subject) -> None:
        """Each answer is one that nobody overwrote; where there are several, somebody is asked to choose."""
        arrived = self.arrived(subject)
        found = all_of(self.stage, Observation, Observation.id == UUID(subject.id))
        assert len(found) == bool(arrived)
        if not found:
            return
        observation, maximal = found[0], subject.maximal(arrived)
        is_withdrawn = YES in maximal.get(WITHDRAWN, ())
        assert (observation.status == "withdrawn") == is_withdrawn, f"it is {observation.status}: {subject}"
        if not is_withdrawn:
            flagged = {clash["key"].removeprefix(ROOT) for clash in observation.clashes or ()}
            faults = _faults(self.intents.answers(observation.instance_xml), maximal, flagged)
            assert not faults, f"{faults} of {subject}\n{observation.clashes}"

    def _check_phones_are_empty(self) -> None:
        for volunteer in self.volunteers:
            assert not volunteer.phone.queue, dict(volunteer.phone.receipts)
            assert not volunteer.phone.photos

    def _check_visits(self) -> None:
        ids = [UUID(key) for key in self.intents.visits]
        there = {
            str(one.id): (str(one.address_id), one.outcome) for one in all_of(self.stage, Visit, Visit.id.in_(ids))
        }
        assert there == {key: (one["addressId"], one["outcome"]) for key, one in self.intents.visits.items()}

    def _check_photos(self) -> None:
        hashes = list(self.intents.photos)
        there = {row[0] for row in self.stage.rows(select(Photo.sha256).where(Photo.sha256.in_(hashes)))}
        assert there == self.intents.photos.keys()
        with self.stage.app.app_context():
            for key, content in self.intents.photos.items():
                assert photo_store().original(key) == content

    def _check_every_word_is_kept(self, subject: Subject) -> None:
        """Every XML that was handed in is somewhere, to the letter."""
        key = UUID(subject.id)
        kept: set[str | None] = {one.instance_xml for one in all_of(self.stage, Observation, Observation.id == key)}
        history = all_of(self.stage, ObservationVersion, ObservationVersion.observation_id == key)
        kept |= {one.instance_xml for one in history}
        mutations = all_of(self.stage, Mutation, Mutation.subject_id == key)
        kept |= {(one.raw or {}).get("instanceXml") for one in mutations}
        sent = {
            one.get("instanceXml") for one in self.intents.mutations.values() if one.get("observationId") == subject.id
        }
        assert sent - {None} <= kept

    def _counts(self, observation: Observation) -> bool:
        """Whether it should count: not withdrawn, and as the form wants it or accepted as it is."""
        persons = self.intents.answers(observation.instance_xml).get(PERSONS)
        is_accepted = self.intents.accepted.get(str(observation.id)) == observation.version_id
        return observation.status != "withdrawn" and (persons != TOO_MANY or is_accepted)

    def _check_participation(self) -> None:
        """As many people took part as a count by hand says, and each issue of theirs is in the inventory once."""
        ids = [UUID(key) for key in self.intents.subjects]
        observations = all_of(self.stage, Observation, Observation.id.in_(ids))
        standing = [one for one in observations if self._counts(one)]
        assert {one.id for one in observations if one.status == "applied"} == {one.id for one in standing}
        self._check_inventory(ids, standing)
        people: dict[str, list[int]] = {}
        sizes: dict[str, int] = {}
        for observation in standing:
            answers = self.intents.answers(observation.instance_xml)
            door = answers["deur/adres"]
            people.setdefault(door, []).append(int(answers.get(PERSONS, 0)))
            sizes[door] = max(sizes.get(door, 0), int(answers.get(HOUSEHOLD, 0)))
        capped = {door: sizes[door] or 10**9 for door in people}
        at_least = sum(min(max(counts), capped[door]) for door, counts in people.items())
        at_most = sum(min(sum(counts), capped[door]) for door, counts in people.items())
        figures = self.stage.participation(self.place.area_ids[INSIDE])
        assert (figures.at_least, figures.at_most) == (at_least, max(at_least, min(at_most, INHABITANTS)))

    def _check_inventory(self, ids: list[UUID], standing: list[Observation]) -> None:
        found = Counter(one.text for one in all_of(self.stage, Melding, Melding.observation_id.in_(ids)))
        said = [self.intents.answers(one.instance_xml) for one in standing]
        assert found == Counter(one[part_path(part, "tekst")] for one in said for part in parts_of(one))

    def _check_pulls_converge(self) -> None:
        """A phone that followed every change sees what a phone sees that asks for everything."""
        for volunteer in self.volunteers:
            if not volunteer.is_revoked:
                fresh = SyncClient(volunteer.http, volunteer.phone.device_id, volunteer.phone.token)
                fresh.pull()
                mine, all_there_is = _entities(volunteer.phone), _entities(fresh)
                assert {key for key in mine | all_there_is if mine.get(key) != all_there_is.get(key)} == set()
                fresh.store.close()


def _entities(phone: SyncClient) -> dict[tuple[str, str], Any]:
    return {(kind, key): data for kind, shelf in phone.entities.items() for key, data in shelf.items()}


def _faults(answers: Answers, maximal: dict[str, set[str | None]], flagged: set[str]) -> list[str]:
    """What is wrong with these answers, given what was said last of each, and which of them wait for a choice."""
    found = []
    for key in sorted((answers.keys() | maximal.keys()) - {WITHDRAWN}):
        values = maximal.get(key, {None})
        if {key.partition("}")[0] + "}", ""} & flagged:
            continue  # one removed a part that another changed, or two began it: all of it waits for a choice
        if answers.get(key) not in values:
            found.append(f"{key}: {answers.get(key)!r} stands, {values} were said last")
        elif len(values) > 1 and key not in flagged:
            found.append(f"{key}: nobody is asked to choose from {values}")
    return found
