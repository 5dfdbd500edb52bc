"""The real server is killed again and again while phones hand in: nothing confirmed is lost, nothing doubles."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Lock, Timer
from uuid import UUID
from zlib import crc32

import httpx
import pytest
from sqlalchemy import select

from core.config import Settings
from sync.client import Mutation, Photo, Refused, SyncClient
from sync.models import Mutation as StoredMutation
from sync.models import Observation, Visit
from sync.models import Photo as StoredPhoto
from sync.photo_store import photo_store
from tests.support import NOON, Rows, Village, make_photo
from tests.world.real import RealServer

PHONES, KILLS = 4, 25
LONGEST_MOMENT_S = 0.02
MOST_CALLS = 28
PER_ROUND = 2


class Fuse(httpx.BaseTransport):
    """A line to the server that lights a fuse at the n-th call of all phones together."""

    def __init__(self, server: RealServer, random: Random) -> None:
        self._server, self._random = server, random
        self._inner = httpx.HTTPTransport()
        self._lock, self._left = Lock(), 0
        self.timer: Timer | None = None

    def lay(self) -> None:
        """The next calls work; somewhere among them the server dies."""
        self.timer, self._left = None, self._random.randrange(1, MOST_CALLS)

    def put_away(self) -> None:
        self._left = -1

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self.timer = Timer(self._random.uniform(0, LONGEST_MOMENT_S), self._server.kill)
                self.timer.start()
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


@pytest.fixture
def server(village: Village, settings: Settings) -> Iterator[RealServer]:
    server = RealServer(settings)
    try:
        server.start()
        yield server
    finally:
        server.close()


def test_no_kill_of_the_server_loses_or_doubles_what_phones_hand_in(
    village: Village, server: RealServer, rows: Rows
) -> None:
    fuse = Fuse(server, Random(20261122))
    phones = [village.phone() for _ in range(PHONES)]
    for phone in phones:
        phone.http = httpx.Client(base_url=server.url, transport=fuse, timeout=60)
    made: dict[str, Mutation] = {}
    photos: dict[str, Photo] = {}

    for kill in range(KILLS):
        fuse.lay()
        with ThreadPoolExecutor(PHONES) as pool:
            for number, phone in enumerate(phones):
                photos.update(write(village, phone, f"{kill}.{number}"))
                made.update(phone.queue)
                pool.submit(hand_in, phone)
        if fuse.timer is not None:
            fuse.timer.join()
        server.kill()
        assert confirmed(phones, made) <= ids(rows)
        server.start()

    fuse.put_away()
    for phone in phones:
        phone.deliver()
        phone.http.close()
        assert not phone.queue
        assert not phone.photos
    assert_all_there_once(village, rows, made, photos)


def write(village: Village, phone: SyncClient, name: str) -> dict[str, Photo]:
    """A few talks and a visit; returns the photos by their hash."""
    photos = {}
    for number in range(PER_ROUND):
        colour = crc32(f"{name}.{number}".encode()) % 2**24
        photo = make_photo(f"#{colour:06x}", edge=200)
        village.talk(phone, issues=("Lamp",), photos=(photo,))
        photos[photo.sha256] = photo
    phone.put_visit(village.address_ids[1], "niet_thuis", NOON)
    return photos


def hand_in(phone: SyncClient) -> None:
    """Until the line breaks, or all is confirmed."""
    try:
        phone.deliver()
    except (httpx.TransportError, Refused):
        return


def confirmed(phones: list[SyncClient], made: dict[str, Mutation]) -> set[str]:
    """The mutations that the server gave a receipt for, or that a phone removed because the ledger has them."""
    waiting = {key for phone in phones for key in phone.queue if key not in phone.receipts}
    return made.keys() - waiting


def ids(rows: Rows) -> set[str]:
    return {str(key) for (key,) in rows(select(StoredMutation.id))}


def assert_all_there_once(village: Village, rows: Rows, made: dict[str, Mutation], photos: dict[str, Photo]) -> None:
    assert ids(rows) == made.keys()
    there = {str(key): xml for key, xml in rows(select(Observation.id, Observation.instance_xml))}
    assert there == {one["observationId"]: one["instanceXml"] for one in made.values() if "instanceXml" in one}
    visits = {key for (key,) in rows(select(Visit.id))}
    assert {UUID(one["visitId"]) for one in made.values() if "visitId" in one} <= visits
    assert {key for (key,) in rows(select(StoredPhoto.sha256))} == photos.keys()
    with village.app.app_context():
        assert all(photo_store().original(key) == photo.content for key, photo in photos.items())
