"""The reference client: a phone in Python, for tests, the simulation and whoever builds another client.

It keeps its queue in memory, and like a phone it forgets a mutation only when the ledger has it with all its photos.
`sent` holds the mutations that got a receipt and the photos that were taken, so that a bad line makes progress. A
`httpx.TransportError` means "no network": everything stays queued, call `deliver` again.
"""

import secrets
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx

from core.clock import new_id

BATCH = 50
CHUNK_BYTES = 256 * 1024
STORED = frozenset({"applied", "duplicate", "held", "conflict"})
Mutation = dict[str, Any]
Entity = dict[str, Any]


@dataclass(slots=True)
class Photo:
    """A photo taken on this phone."""

    name: str
    content: bytes
    media_type: str = "image/jpeg"

    @property
    def sha256(self) -> str:
        return sha256(self.content).hexdigest()

    def as_attachment(self) -> dict[str, Any]:
        size = len(self.content)
        return {"name": self.name, "sha256": self.sha256, "size": size, "mediaType": self.media_type}


@dataclass(slots=True)
class SyncClient:
    """One enrolled phone."""

    http: httpx.Client
    device_id: UUID
    token: str
    cursor: str | None = None
    entities: dict[str, dict[str, Entity]] = field(default_factory=dict)
    queue: dict[str, Mutation] = field(default_factory=dict)
    photos: dict[str, Photo] = field(default_factory=dict)
    refused: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    sent: set[str] = field(default_factory=set)

    @classmethod
    def new(cls, http: httpx.Client) -> "SyncClient":
        """A phone that is not enrolled yet, with its own id and token."""
        return cls(http, new_id(), secrets.token_urlsafe(32))

    def enrol(self, code: str) -> Mapping[str, Any]:
        """Enrols with this code; harmless to repeat. Returns the answer (protocol 3)."""
        self.cursor = None  # another round is no change in the log: pull all of it
        body = {"code": code, "deviceId": str(self.device_id), "token": self.token}
        return self._json("POST", "/v1/devices", json=body)

    def pull(self) -> None:
        """Brings `entities` up to date (protocol 4)."""
        complete = False
        while not complete:
            params = {} if self.cursor is None else {"cursor": self.cursor}
            page = self._json("GET", "/v1/sync/pull", params=params)
            for change in page["changes"]:
                known = self.entities.setdefault(change["entity"], {})
                if change["deleted"]:
                    known.pop(change["id"], None)
                else:
                    known[change["id"]] = change["data"]
            self.cursor, complete = page["cursor"], page["complete"]

    def put_observation(
        self,
        form_id: str,
        instance_xml: str,
        captured_at: datetime,
        *,
        round_id: str | None = None,
        address_id: str | None = None,
        position: Mapping[str, float] | None = None,
        photos: tuple[Photo, ...] = (),
    ) -> UUID:
        """Queues an observation with its photos; returns its id."""
        observation_id = new_id()
        self._queue(
            {
                "id": str(new_id()),
                "type": "observation.put",
                "observationId": str(observation_id),
                "roundId": round_id,
                "form": form_id,
                "formVersion": self.entities["form"][form_id]["version"],
                "instanceXml": instance_xml,
                "capturedAt": captured_at.isoformat(),
                "position": position,
                "addressId": address_id,
                "attachments": [photo.as_attachment() for photo in photos],
            }
        )
        self.photos.update({photo.sha256: photo for photo in photos})
        return observation_id

    def put_visit(self, address_id: str, outcome: str, visited_at: datetime, round_id: str | None = None) -> None:
        """Queues what happened at a door."""
        self._queue(
            {
                "id": str(new_id()),
                "type": "visit.put",
                "visitId": str(new_id()),
                "roundId": round_id,
                "addressId": address_id,
                "outcome": outcome,
                "visitedAt": visited_at.isoformat(),
            }
        )

    def deliver(self) -> None:
        """Pushes the queue, sends the photos, and forgets what the ledger confirms. Raises when there is no network."""
        for batch in self._batches():
            self.push(batch)
        for photo in [photo for photo in self.photos.values() if photo.sha256 not in self.sent]:
            self.send_photo(photo)
        self._forget_confirmed()

    def push(self, batch: list[Mutation]) -> list[Mapping[str, Any]]:
        """Sends one batch; returns its receipts (protocol 5). What is refused stays in `queue` and in `refused`."""
        answer = self._json("POST", "/v1/sync/push", json={"mutations": batch})
        receipts: list[Mapping[str, Any]] = answer["receipts"]
        for mutation, receipt in zip(batch, receipts, strict=True):
            if receipt["status"] in STORED:
                self.sent.add(mutation["id"])
            else:
                self.refused[mutation["id"]] = receipt
        return receipts

    def send_photo(self, photo: Photo) -> None:
        """Sends a photo from where the server says it is (protocol 6)."""
        offset = self._photo_offset(photo)
        while offset < len(photo.content):
            chunk = photo.content[offset : offset + CHUNK_BYTES]
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            answer = self._tus("PATCH", f"/{photo.sha256}", headers, chunk)
            offset = int(answer.headers["Upload-Offset"])
        self.sent.add(photo.sha256)

    def _photo_offset(self, photo: Photo) -> int:
        answer = self._tus("HEAD", f"/{photo.sha256}", {}, allow=(404,))
        if answer.status_code == 404:
            named = (("sha256", photo.sha256), ("filetype", photo.media_type))
            metadata = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in named)
            headers = {"Upload-Length": str(len(photo.content)), "Upload-Metadata": metadata}
            answer = self._tus("POST", "", headers)
        return int(answer.headers["Upload-Offset"])

    def _queue(self, mutation: Mutation) -> None:
        self.queue[mutation["id"]] = mutation

    def _batches(self) -> Iterator[list[Mutation]]:
        done = self.sent | self.refused.keys()
        waiting = [mutation for key, mutation in self.queue.items() if key not in done]
        for start in range(0, len(waiting), BATCH):
            yield waiting[start : start + BATCH]

    def _forget_confirmed(self) -> None:
        """Asks the ledger, and forgets observations that are there whole, their photos, and visits."""
        safe: set[str] = set()
        for kind in ("observation", "visit"):
            ids = [mutation[f"{kind}Id"] for mutation in self.queue.values() if f"{kind}Id" in mutation]
            for start in range(0, len(ids), BATCH):
                safe |= self._confirmed({f"{kind}s": ",".join(ids[start : start + BATCH])})
        for key, mutation in list(self.queue.items()):
            if mutation.get("observationId", mutation.get("visitId")) in safe:
                del self.queue[key]
                for attachment in mutation.get("attachments", ()):
                    self.photos.pop(attachment["sha256"], None)

    def _confirmed(self, asked: dict[str, str]) -> set[str]:
        ledger = self._json("GET", "/v1/sync/ledger", params=asked)
        self.sent -= {sha256 for row in ledger["observations"] for sha256 in row["photosMissing"]}
        whole = {row["observationId"] for row in ledger["observations"] if not row["photosMissing"]}
        return whole | {row["visitId"] for row in ledger["visits"]}

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Rondgang-Protocol": "1"}

    def _json(self, method: str, path: str, **arguments: Any) -> Mapping[str, Any]:
        answer = self.http.request(method, path, headers=self._headers(), **arguments)
        answer.raise_for_status()
        body: Mapping[str, Any] = answer.json()
        return body

    def _tus(
        self, method: str, path: str, headers: dict[str, str], content: bytes = b"", allow: tuple[int, ...] = ()
    ) -> httpx.Response:
        answer = self.http.request(
            method,
            f"/v1/sync/photos{path}",
            headers={**self._headers(), "Tus-Resumable": "1.0.0", **headers},
            content=content,
        )
        if answer.status_code not in allow:
            answer.raise_for_status()
        return answer
