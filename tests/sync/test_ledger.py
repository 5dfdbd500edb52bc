"""The ledger: what the server has, and what is still missing."""

from datetime import timedelta
from typing import Any

import pytest

from core.clock import now_utc
from sync.client import SyncClient
from tests.support import NOON, Village, make_photo


def ledger_of(phone: SyncClient, mutations: str | None = None, **headers: str) -> Any:
    answer = phone.http.get(
        "/v1/sync/ledger",
        params={} if mutations is None else {"mutations": mutations},
        headers={"Authorization": f"Bearer {phone.token}", **headers},
    )
    return answer.json()


def test_ledger_names_photos_that_have_not_arrived(village: Village) -> None:
    phone, photo = village.phone(), make_photo()
    village.talk(phone, issues=("Lamp",), photos=(photo,))
    (mutation_id,) = phone.queue
    phone.push(list(phone.queue.values()))

    before = ledger_of(phone)
    phone.send_photo(photo)
    after = ledger_of(phone, mutation_id)

    assert before["mutations"][0]["photosMissing"] == [photo.sha256]
    assert after["mutations"] == [{**before["mutations"][0], "photosMissing": []}]
    assert (before["account"]["photosMissing"], after["account"]["photosMissing"]) == (1, 0)


def test_ledger_shows_only_what_this_phone_brought(village: Village) -> None:
    first, second = village.phone(), village.phone()
    village.talk(first)
    first.put_visit(village.address_ids[1], "niet_thuis", NOON)
    first.deliver()

    assert ledger_of(second)["mutations"] == []
    assert ledger_of(first)["account"]["received"] == 2
    assert not first.queue


def test_ledger_tells_of_an_asked_mutation_whoever_brought_it(village: Village) -> None:
    first, second = village.phone(), village.phone()
    village.talk(first)
    (mutation_id,) = first.queue
    first.push(list(first.queue.values()))

    assert [line["mutationId"] for line in ledger_of(second, mutation_id)["mutations"]] == [mutation_id]


def test_account_has_what_the_phone_tells_of_itself(village: Village) -> None:
    phone = village.phone()
    clock = (now_utc() - timedelta(hours=2)).isoformat()

    account = ledger_of(phone, **{"Rondgang-Report": f'made=14, unsent=2, photos=1, clock="{clock}"'})["account"]
    later = ledger_of(phone)["account"]

    assert (later["made"], later["unsent"], later["photosUnsent"]) == (14, 2, 1)
    assert 7100 < later["clockSkewS"] < 7300
    assert account["lastContactAt"]


@pytest.mark.parametrize(
    "report", ["", "onzin", "made=-1", "made=" + "9" * 40, 'clock="gisteren"', "clock=1, made", "=,="]
)
def test_report_that_cannot_be_read_makes_no_call_fail(village: Village, report: str) -> None:
    assert ledger_of(village.phone(), **{"Rondgang-Report": report})["account"]["made"] in {None, 0}


def test_ledger_of_too_many_or_strange_ids_is_a_clear_problem(village: Village) -> None:
    phone = village.phone()

    assert ledger_of(phone, "onzin")["errors"][0]["pointer"] == "/mutations"
    assert ledger_of(phone, ",".join(["01931f5e-1111-7000-8000-000000000001"] * 101))["status"] == 400
