"""The volunteers of the world, each with a phone that can die, and what they meant to say."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import httpx

from core.clock import now_utc
from sync.client import Mutation, Refused, Store, SyncClient
from sync.client.mutations import photos_of
from tests.world.mortal import Died, Memory
from tests.world.oracle import WITHDRAWN, YES, Answers, Subject, read_answers
from tests.world.talk import Writer, plain
from tests.world.weather import Fate, Weather

T = TypeVar("T")
PLAIN = {"Accept-Encoding": "identity"}  # to compress what goes nowhere takes time
EXPECTED = frozenset({"device-revoked", "not-found", "upload-offset-wrong", "upload-unknown"})


@dataclass(slots=True)
class Intents:
    """Everything that anybody meant to hand in, and what the server said of it."""

    writer: Writer
    subjects: dict[str, Subject] = field(default_factory=dict)
    visits: dict[str, Mutation] = field(default_factory=dict)
    taken: dict[str, bytes] = field(default_factory=dict)
    photos: dict[str, bytes] = field(default_factory=dict)
    mutations: dict[str, Mutation] = field(default_factory=dict)
    accepted: dict[str, UUID] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)

    def learn(self, owner: int, mutation: Mutation) -> None:
        """Somebody made this on a phone."""
        if mutation["id"] in self.mutations:
            return
        self.mutations[mutation["id"]] = mutation
        self.photos.update({key: self.taken[key] for key in photos_of([mutation]) if key in self.taken})
        if "visitId" in mutation:
            self.visits[mutation["visitId"]] = mutation
            return
        subject = self.subjects.setdefault(mutation["observationId"], Subject(mutation["observationId"], owner))
        base, is_withdrawal = mutation.get("baseVersion"), "instanceXml" not in mutation
        answers = plain(subject.content(base)) if is_withdrawal else self.answers(mutation["instanceXml"])
        subject.say(mutation["id"], base, answers, is_withdrawal)

    def answers(self, xml: str) -> Answers:
        return read_answers(xml, self.writer.keys)


class Volunteer:
    """Somebody with a phone. The phone may die and is then switched on again; its clock may be wrong."""

    def __init__(self, number: int, name: str, weather: Weather, intents: Intents) -> None:
        self.number, self.weather, self.intents = number, weather, intents
        self.memory = Memory(name)
        self.off_by = timedelta()
        self.is_revoked = False
        self.fetched: dict[str, dict[str, Any]] = {}
        self.http = httpx.Client(base_url="http://localhost", transport=weather, headers=PLAIN)
        self.phone = self._switch_on()

    def _switch_on(self) -> SyncClient:
        store = Store(self.memory.path, self.memory.connect)
        return SyncClient.new(self.http, store, self.clock)

    def clock(self) -> datetime:
        return now_utc() + self.off_by

    @property
    def subjects(self) -> list[Subject]:
        return [one for one in self.intents.subjects.values() if one.owner == self.number]

    def do(self, action: Callable[[SyncClient], T], fates: Iterable[Fate] = (), dies_at: int | None = None) -> T | None:
        """What the action gives; None when the network, the server or the phone broke it off."""
        queued = set(self.phone.queue)
        self.weather.fates.extend(fates)
        if dies_at is not None:
            self.memory.fuse.lay(dies_at)
        try:
            return action(self.phone)
        except Died:
            self.memory.lose_power()
            self.phone = self._switch_on()
        except httpx.TransportError:
            pass
        except Refused as refusal:
            if refusal.slug not in EXPECTED:
                raise
        finally:
            self.memory.fuse.put_out()
            self.weather.fates.clear()
            self._remember(queued)
        return None

    def _remember(self, queued: set[str]) -> None:
        here = dict(self.phone.queue)
        for mutation in here.values():
            self.intents.learn(self.number, mutation)
        received = {key for key, receipt in self.phone.receipts.items() if receipt["status"] != "rejected"}
        self.intents.acknowledged |= (queued - here.keys()) | received

    def newest_of(self, subject: Subject) -> str:
        """The version that a change on this phone is made from, when nothing was fetched."""
        mine = [one["id"] for one in self.intents.mutations.values() if one.get("observationId") == subject.id]
        return str(mine[-1])

    def fetch(self, subject: Subject, fate: Fate) -> bool:
        """Whether it has the observation as the server has it now, to change it later."""
        found = self.do(lambda phone: phone.fetch(UUID(subject.id)), [fate])
        if found is not None:
            self.fetched[subject.id] = dict(found)
        return found is not None

    def fetched_answers(self, subject: Subject) -> Answers:
        found = self.fetched[subject.id]
        told = self.intents.answers(found["instanceXml"])
        return {**told, WITHDRAWN: YES} if found["status"] == "withdrawn" else told

    def throw_away(self) -> None:
        self.memory.throw_away()
        self.http.close()
