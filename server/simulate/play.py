"""Volunteers who walk their doors with the reference client, over real HTTP."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from random import Random

import httpx
from PIL import Image

from core.clock import new_id, now_utc
from forms.fill import fill_instance
from server.simulate.network import LossyTransport
from server.simulate.plan import DoorPlan
from sync.client import Photo, SyncClient

FORM = "keukentafelgesprek"
DOORS_BETWEEN_COVERAGE = 5
PHOTO_EDGE = 480
LOSS = 0.05
AT_ONCE = 4
PATIENCE = 200


@dataclass(frozen=True, slots=True)
class Simulation:
    """Where and how to play: the server, the round and area on it, and a seed."""

    url: str
    round_id: str
    area_id: str
    seed: int


def address_ids(url: str, code: str, area_id: str) -> list[str]:
    """The addresses of the area, by street and number, as a phone with this code pulls them."""
    with httpx.Client(base_url=url) as http:
        phone = SyncClient.new(http)
        phone.enrol(code)
        phone.pull()
    found = [
        (entity["street"], entity["number"], key)
        for key, entity in phone.entities["address"].items()
        if entity["areaId"] == area_id
    ]
    return [key for _, _, key in sorted(found)]


def play(
    simulation: Simulation, codes: Sequence[str], plans: Sequence[Sequence[DoorPlan]], on_door: Callable[[], None]
) -> None:
    """Lets every volunteer walk their doors, a few at a time; `on_door` is called after each door."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        walks = [
            pool.submit(_walk, simulation, code, doors, Random(f"{simulation.seed}/{number}"), on_door)
            for number, (code, doors) in enumerate(zip(codes, plans, strict=True))
        ]
        for walk in walks:
            walk.result()


def _walk(
    simulation: Simulation, code: str, doors: Sequence[DoorPlan], random: Random, on_door: Callable[[], None]
) -> None:
    transport = LossyTransport(httpx.HTTPTransport(), LOSS, random)
    with httpx.Client(base_url=simulation.url, transport=transport, timeout=60) as http:
        phone = SyncClient.new(http)
        _until_it_works(lambda: phone.enrol(code))
        _until_it_works(phone.pull)
        for number, door in enumerate(doors, start=1):
            _at_the_door(phone, simulation, door, random)
            if number % DOORS_BETWEEN_COVERAGE == 0:
                _once(phone.deliver)
            on_door()
        while phone.queue:
            _until_it_works(phone.deliver)


def _at_the_door(phone: SyncClient, simulation: Simulation, door: DoorPlan, random: Random) -> None:
    for outcome in door.earlier:
        phone.put_visit(door.address_id, outcome, now_utc(), simulation.round_id)
    if door.persons == 0:
        phone.put_visit(door.address_id, door.outcome, now_utc(), simulation.round_id)
        return
    photos = tuple(_photos(door, random))
    phone.put_observation(
        FORM,
        _answers(phone.entities["form"][FORM]["xform"], door, photos),
        now_utc(),
        round_id=simulation.round_id,
        address_id=door.address_id,
        photos=photos,
    )


def _answers(xform: str, door: DoorPlan, photos: Sequence[Photo]) -> str:
    issues = [
        {"tekst": issue.text, "thema": issue.theme, "trits": issue.trits, "zelf_doen": issue.willing}
        for issue in door.issues
    ]
    for photo in photos:
        issues[0]["foto"] = photo.name
    values = {
        "/data/deur/adres": door.address_id,
        "/data/deur/uitkomst": door.outcome,
        "/data/gesprek/toestemming": "ja",
        "/data/gesprek/deelnemers": str(door.persons),
    }
    return fill_instance(xform, values, {"/data/vraagstuk": issues}, new_id())


def _photos(door: DoorPlan, random: Random) -> Iterator[Photo]:
    if door.with_photo:
        noise = Image.frombytes("RGB", (PHOTO_EDGE // 8, PHOTO_EDGE // 8), random.randbytes(3 * (PHOTO_EDGE // 8) ** 2))
        out = BytesIO()
        noise.resize((PHOTO_EDGE, PHOTO_EDGE)).save(out, "JPEG", quality=90)
        yield Photo(f"{new_id().hex}.jpg", out.getvalue())


def _once(step: Callable[[], object]) -> bool:
    try:
        step()
    except httpx.TransportError:
        return False
    return True


def _until_it_works(step: Callable[[], object]) -> None:
    """Tries again like a phone that comes back in coverage; gives up when the server stays away."""
    for _ in range(PATIENCE):
        if _once(step):
            return
    raise httpx.ConnectError(f"the server did not answer {PATIENCE} times in a row")
