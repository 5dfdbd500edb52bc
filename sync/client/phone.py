"""One enrolled phone: what it hears from the server and how it hands in what it holds.

It removes nothing before the ledger confirms it. A receipt only means that a mutation need not go again now; when the
ledger turns out not to know it (the server was put back from a backup), it goes again.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import httpx

from core.clock import new_id, now_utc
from sync.client.holdings import REJECTED, Holdings
from sync.client.mutations import Mutation, photos_of
from sync.client.photos import Photo, upload
from sync.client.store import Store
from sync.client.wire import CursorGone, Line, Refused, TooLarge

BATCH = 50
ASK_AT_ONCE = 100
HOPELESS_PHOTOS = frozenset({"photo-unreadable", "photo-too-large"})
OF_THE_PHONE = frozenset({401, 403, 429})


class SyncClient(Holdings):
    """A phone with a line. Two of them are never opened on one store."""

    def __init__(
        self,
        http: httpx.Client,
        device_id: UUID,
        token: str,
        store: Store | None = None,
        clock: Callable[[], datetime] = now_utc,
    ) -> None:
        super().__init__(device_id, token, store or Store(), clock)
        self.http = http

    @classmethod
    def new(
        cls, http: httpx.Client, store: Store | None = None, clock: Callable[[], datetime] = now_utc
    ) -> "SyncClient":
        """The phone in this store as it was; in an empty one a new phone, with its own id and token, to be enrolled."""
        store = store or Store()
        facts = store.shelf("phone")
        with store.transaction():
            device = facts.setdefault("device", {"id": str(new_id()), "token": secrets.token_urlsafe(32)})
        return cls(http, UUID(device["id"]), device["token"], store, clock)

    def enrol(self, code: str) -> Mapping[str, Any]:
        """Enrols with this code; harmless to repeat. Returns the answer (protocol 3)."""
        body = {"code": code, "deviceId": str(self.device_id), "token": self.token}
        answer = self._line().json("POST", "/v1/devices", body)
        with self.store.transaction():
            self._facts.pop("cursor", None)  # another round: begin afresh
            for name in ("volunteer", "kofferKey"):
                self._facts[name] = answer.get(name)
        return answer

    def pull(self) -> None:
        """Brings `entities` up to date (protocol 4). Raises `DeviceRevoked`."""
        complete = False
        while not complete:
            complete = self._pull_page()

    def _pull_page(self) -> bool:
        params = {} if self.cursor is None else {"cursor": self.cursor}
        try:
            page = self._line().json("GET", "/v1/sync/pull", params=params)
        except CursorGone:
            del self._facts["cursor"]
            return False
        with self.store.transaction():
            if page["reset"]:
                self._begin_afresh(page)
            for change in page["changes"]:
                if change["deleted"]:
                    self.entities[change["entity"]].pop(change["id"], None)
                else:
                    self.entities[change["entity"]][change["id"]] = change["data"]
            self._facts["cursor"] = page["cursor"]
        return bool(page["complete"])

    def _begin_afresh(self, page: Mapping[str, Any]) -> None:
        for shelf in self.entities.values():
            shelf.clear()
        self._facts["kofferKey"] = page["kofferKey"] or self.koffer_key

    def fetch(self, observation_id: UUID | str) -> Mapping[str, Any]:
        """An observation of this phone as it stands at the server, to change it (protocol 5.4)."""
        return self._line().json("GET", f"/v1/sync/observations/{observation_id}")

    def correct(self, observation_id: UUID, instance_xml: str, reason: str | None = None) -> str:
        """Queues these answers as a change of the version that stands at the server, with the photos that it has.

        Returns the mutation's id. Needs the line once, as a phone does whose content left after it arrived.
        """
        standing = self.fetch(observation_id)
        kept = [one for one in standing["attachments"] if f">{one['name']}<" in instance_xml]
        base = standing["version"]
        return self.edit_observation(observation_id, instance_xml, base_version=base, attachments=kept, reason=reason)

    def deliver(self) -> None:
        """Pushes what has no receipt, sends the photos, and forgets what the ledger confirms. Raises as `Line` does."""
        for batch in _parts(self.unsent, BATCH):
            self.push(batch)
        for photo_hash in self.unsent_photos:
            self._try_photo(photo_hash)
        self.forget_confirmed()

    def push(self, batch: Sequence[Mutation]) -> list[Mapping[str, Any]]:
        """Sends one batch, in halves when it is too large; returns its receipts (protocol 5)."""
        try:
            answer = self._line().json("POST", "/v1/sync/push", {"mutations": list(batch)})
        except TooLarge as refusal:
            return self._push_less(batch, refusal)
        receipts: list[Mapping[str, Any]] = answer["receipts"]
        self._keep(receipts)
        return receipts

    def _push_less(self, batch: Sequence[Mutation], refusal: TooLarge) -> list[Mapping[str, Any]]:
        if len(batch) > 1:
            middle = len(batch) // 2
            return [*self.push(batch[:middle]), *self.push(batch[middle:])]
        receipts = [
            {"mutationId": mutation["id"], "status": REJECTED, "version": None, "problem": refusal.problem}
            for mutation in batch
        ]
        self._keep(receipts)
        return list(receipts)

    def _keep(self, receipts: Iterable[Mapping[str, Any]]) -> None:
        with self.store.transaction():
            for receipt in receipts:
                if receipt["mutationId"] in self.queue:
                    self.receipts[receipt["mutationId"]] = receipt

    def send_photo(self, photo: Photo) -> None:
        """Sends a photo from where the server says it is (protocol 6)."""
        photo_hash = photo.sha256
        upload(self._line(), photo_hash, photo.content, photo.media_type)
        if photo_hash in self._photos:
            self._photos_sent[photo_hash] = {}

    def _try_photo(self, photo_hash: str) -> None:
        """Sends it; one that the server does not want holds up no other. It stays here for a person to see."""
        try:
            self.send_photo(Photo("", self._contents[photo_hash], self._photos[photo_hash]["mediaType"]))
        except Refused as refusal:
            if refusal.slug in HOPELESS_PHOTOS:
                self._photos_sent[photo_hash] = dict(refusal.problem)
            elif refusal.status in OF_THE_PHONE:
                raise

    def ledger(self, mutation_ids: Sequence[str] = ()) -> Mapping[str, Any]:
        """The account of this device, with these mutations or else the newest (protocol 7)."""
        params = {"mutations": ",".join(mutation_ids)} if mutation_ids else None
        return self._line().json("GET", "/v1/sync/ledger", params=params)

    def forget_confirmed(self) -> None:
        """Asks the ledger about everything queued, and forgets what is there with all its photos."""
        for ids in _parts(list(self.queue), ASK_AT_ONCE):
            known = {row["mutationId"]: row["photosMissing"] for row in self.ledger(ids)["mutations"]}
            with self.store.transaction():
                self._take_account(ids, known)

    def _take_account(self, ids: Iterable[str], photos_missing: Mapping[str, Sequence[str]]) -> None:
        for photo_hash in (photo_hash for missing in photos_missing.values() for photo_hash in missing):
            if not self._photos_sent.get(photo_hash):
                self._photos_sent.pop(photo_hash, None)
        for key in ids:
            if key not in photos_missing:
                if self.receipts.get(key, {}).get("status") != REJECTED:
                    self.receipts.pop(key, None)
            elif not photos_missing[key]:
                self.queue.pop(key, None)
                self.receipts.pop(key, None)
        needed = photos_of(self.queue.values())
        for photo_hash in [one for one in self._photos if one not in needed]:
            for shelf in (self._photos, self._contents, self._photos_sent):
                shelf.pop(photo_hash, None)

    def koffer(self) -> Iterator[bytes]:
        """Everything that is not confirmed, as the lines of a koffer (protocol 8). Needs the server's key."""
        from sync.koffer import koffer_lines

        assert self.koffer_key is not None, "a phone that never enrolled holds nothing"
        device = {
            "deviceId": str(self.device_id),
            "volunteer": self._facts.get("volunteer") or "",
            "madeAt": self.clock().isoformat(),
        }
        photos = ((key, one["mediaType"], self._contents[key]) for key, one in self._photos.items())
        return koffer_lines(self.koffer_key, device, list(self.queue.values()), list(photos))

    def _line(self) -> Line:
        report = f"made={self.made}, unsent={len(self.unsent)}, photos={len(self.unsent_photos)}"
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Rondgang-Protocol": "1",
            "Rondgang-Report": f'{report}, clock="{self.clock().isoformat(timespec="milliseconds")}"',
        }
        return Line(self.http, headers)


def _parts(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))
