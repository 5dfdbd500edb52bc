"""What a phone holds and makes without any network: its queue, its photos, and what it pulled."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from core.clock import new_id
from sync.client.mutations import (
    KEPT_OF_OWN,
    Mutation,
    TrackPoint,
    address_add,
    observation_put,
    question_answer,
    visit_put,
    walk_put,
    withdrawal,
)
from sync.client.photos import Photo
from sync.client.store import Shelf, Store

REJECTED = "rejected"


class Holdings:
    """What lies in the store of one phone. What a method queued is on the disk when it returns."""

    def __init__(self, device_id: UUID, token: str, store: Store, clock: Callable[[], datetime]) -> None:
        self.device_id, self.token, self.store, self.clock = device_id, token, store, clock
        self.entities = store.shelves("entity/")
        self.queue = store.shelf("queue")
        self.receipts = store.shelf("receipt")
        self._photos, self._contents = store.shelf("photo"), store.shelf("photo content")
        self._photos_sent = store.shelf("photo sent")
        self._own = store.shelf("own")
        self._facts = store.shelf("phone")

    @property
    def cursor(self) -> str | None:
        return self._facts.get("cursor")

    @property
    def koffer_key(self) -> str | None:
        """The server's public key, as told at enrolment or in a whole pull."""
        return self._facts.get("kofferKey")

    @property
    def made(self) -> int:
        """How many mutations were ever made here."""
        return int(self._facts.get("made", 0))

    @property
    def states(self) -> Shelf:
        """What a pull told of observations of this phone that somebody else changed, by their id."""
        return self.entities["observation"]

    @property
    def unsent(self) -> list[Mutation]:
        """The mutations that have no receipt yet, in the order in which they were made."""
        return [mutation for key, mutation in self.queue.items() if key not in self.receipts]

    @property
    def refused(self) -> dict[str, Any]:
        """The receipts of mutations that the server could not take, by their id. They stay in `queue`."""
        return {key: receipt for key, receipt in self.receipts.items() if receipt["status"] == REJECTED}

    @property
    def photos(self) -> dict[str, Photo]:
        """The photos that are kept here, by their SHA-256."""
        return {key: Photo(one["name"], self._contents[key], one["mediaType"]) for key, one in self._photos.items()}

    @property
    def unsent_photos(self) -> list[str]:
        """The SHA-256 of the photos that are still to be sent."""
        return [key for key in self._photos if key not in self._photos_sent]

    def put_observation(
        self,
        form_id: str,
        instance_xml: str,
        captured_at: datetime,
        *,
        round_id: str | None = None,
        address_id: str | None = None,
        position: Mapping[str, float] | None = None,
        walk_id: str | None = None,
        stop_id: str | None = None,
        photos: Sequence[Photo] = (),
    ) -> UUID:
        """Queues an observation with its photos; returns its id."""
        observation_id = new_id()
        where: dict[str, Any] = {"roundId": round_id, "addressId": address_id, "position": position}
        on_route = {"walkId": walk_id, "stopId": stop_id}
        where |= {name: value for name, value in on_route.items() if value is not None}
        attachments = [photo.as_attachment() for photo in photos]
        self._queue(
            observation_put(str(observation_id), form_id, instance_xml, captured_at, **where, attachments=attachments),
            photos,
        )
        return observation_id

    def edit_observation(
        self,
        observation_id: UUID,
        instance_xml: str,
        *,
        base_version: str | None = None,
        attachments: Sequence[Mapping[str, Any]] | None = None,
        photos: Sequence[Photo] = (),
        reason: str | None = None,
    ) -> str:
        """Queues a change of an observation of this phone; returns the mutation's id, which is the new version's.

        It is made from the newest change of this phone, or from `base_version` when that was fetched; then
        `attachments` are those that were fetched with it. `photos` are new ones.
        """
        own = self._own[str(observation_id)]
        kept = own["attachments"] if attachments is None else attachments
        mutation = observation_put(
            str(observation_id),
            own["form"],
            instance_xml,
            self.clock(),
            roundId=own["roundId"],
            addressId=own["addressId"],
            position=own["position"],
            baseVersion=base_version or own["version"],
            reason=reason,
            attachments=[*kept, *(photo.as_attachment() for photo in photos)],
        )
        return self._queue(mutation, photos)

    def withdraw(self, observation_id: UUID, reason: str | None = None, *, base_version: str | None = None) -> str:
        """Queues that an observation of this phone must not count; returns the mutation's id."""
        base = base_version or self._own[str(observation_id)]["version"]
        return self._queue(withdrawal(str(observation_id), base, self.clock(), reason))

    @property
    def questions(self) -> dict[str, Mapping[str, Any]]:
        """What the desk asked, and neither closed nor got an answer to as far as a pull told, by its id."""
        told = [one for state in self.states.values() for one in state.get("questions", ())]
        return {one["id"]: one for one in told if one["answeredAt"] is None and one["closedAt"] is None}

    def put_visit(self, address_id: str, outcome: str, visited_at: datetime, round_id: str | None = None) -> str:
        """Queues what happened at a door; returns the mutation's id."""
        return self._queue(visit_put(address_id, outcome, visited_at, round_id))

    def add_address(
        self, street: str, number: int, lonlat: tuple[float, float], added_at: datetime, **more: Any
    ) -> str:
        """Queues a door that the list lacks; returns the id of the new address, which can be used at once."""
        address_id = str(new_id())
        self._queue(address_add(address_id, street, number, lonlat, added_at, **more))
        return address_id

    def answer(self, question_id: str, text: str) -> str:
        """Queues the answer to a question of the desk; returns the mutation's id."""
        return self._queue(question_answer(question_id, text, self.clock()))

    def put_walk(
        self,
        walk_id: str,
        route_id: str,
        started_at: datetime,
        *,
        ended_at: datetime | None = None,
        planned_on: date | None = None,
        track: Sequence[TrackPoint] = (),
        seen: Sequence[str] = (),
    ) -> str:
        """Queues a walk of a route as far as it is; returns the mutation's id. Each telling is the whole walk."""
        return self._queue(walk_put(walk_id, route_id, started_at, ended_at, planned_on, track, seen))

    def _queue(self, mutation: Mutation, photos: Sequence[Photo] = ()) -> str:
        key: str = mutation["id"]
        with self.store.transaction():
            self.queue[key] = mutation
            self._facts["made"] = self.made + 1
            for photo in photos:
                self._photos[photo.sha256] = {"name": photo.name, "mediaType": photo.media_type}
                self._contents[photo.sha256] = photo.content
            if "observationId" in mutation:
                own = self._own.get(mutation["observationId"], {})
                told = {name: mutation[name] for name in KEPT_OF_OWN if name in mutation}
                self._own[mutation["observationId"]] = {**own, **told, "version": key}
        return key
