"""The ledger: what the server has, and what is still missing."""

from tests.support import NOON, Village, make_photo


def test_ledger_names_photos_that_have_not_arrived(village: Village) -> None:
    phone, photo = village.phone(), make_photo()
    observation_id = village.talk(phone, issues=("Lamp",), photos=(photo,))
    phone.push(list(phone.queue.values()))
    headers = {"Authorization": f"Bearer {phone.token}"}

    before = phone.http.get("/v1/sync/ledger", headers=headers).json()
    phone.send_photo(photo)
    after = phone.http.get("/v1/sync/ledger", params={"observations": str(observation_id)}, headers=headers).json()

    assert before["observations"][0]["photosMissing"] == [photo.sha256]
    assert after["observations"] == [{**before["observations"][0], "photosMissing": []}]


def test_ledger_shows_only_what_this_phone_brought(village: Village) -> None:
    first, second = village.phone(), village.phone()
    village.talk(first)
    first.put_visit(village.address_ids[1], "niet_thuis", NOON)
    first.deliver()

    ledger = second.http.get("/v1/sync/ledger", headers={"Authorization": f"Bearer {second.token}"}).json()

    assert ledger == {"observations": [], "visits": []}
    assert not first.queue
