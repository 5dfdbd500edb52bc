"""The reference client over a network that loses requests and answers: everything arrives, once."""

from random import Random

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from server.simulate.network import LossyTransport
from sync.models import Observation, Photo, Visit
from tests.support import NOON, Rows, Village, make_photo

ENOUGH = 300


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(seed=st.integers(0, 2**32), loss=st.sampled_from([0.0, 0.2, 0.4]), talks=st.integers(0, 4))
def test_everything_arrives_once_whatever_the_network_loses(
    village: Village, rows: Rows, seed: int, loss: float, talks: int
) -> None:
    phone = village.phone(lambda inner: LossyTransport(inner, loss, Random(seed)))
    before = counts(rows)
    photos = [make_photo(f"#{seed % 4096:03x}{number:03x}") for number in range(talks)]
    for photo in photos:
        village.talk(phone, issues=("Lamp",), photos=(photo,))
    phone.put_visit(village.address_ids[1], "niet_thuis", NOON)

    for _ in range(ENOUGH):
        if not phone.queue:
            break
        try:
            phone.deliver()
        except httpx.TransportError:
            continue

    assert not phone.queue
    assert not phone.photos
    observations, visits = counts(rows)
    assert (observations - before[0], visits - before[1]) == (talks, talks + 1)
    here = {sha256 for (sha256,) in rows(select(Photo.sha256))}
    assert {photo.sha256 for photo in photos} <= here


def counts(rows: Rows) -> tuple[int, int]:
    found = [rows(select(func.count()).select_from(model))[0][0] for model in (Observation, Visit)]
    return found[0], found[1]
