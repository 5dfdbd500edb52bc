"""Push: what is acknowledged is there once, and what cannot be accepted is kept."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from server.inventory.models import Melding
from sync.client import SyncClient
from sync.models import Attachment, Mutation, Observation, ObservationVersion, Rejection, Visit
from tests.support import NOON, TALK, Rows, Village, make_photo

Receipt = Any
ATTACHMENT = {"name": "a.jpg", "sha256": "a" * 64, "size": 1, "mediaType": "image/jpeg"}


def push_one(phone: SyncClient, **changes: Any) -> Receipt:
    """The receipt of the only mutation in the queue, changed in these fields."""
    (mutation,) = phone.queue.values()
    return phone.push([{**mutation, **changes}])[0]


def test_push_stores_observation_with_area_persons_and_meldingen(village: Village, rows: Rows) -> None:
    phone = village.phone()
    village.talk(phone, persons=3, issues=("Te hard rijden", "Geen bus"))

    assert push_one(phone)["status"] == "applied"

    (observation,) = rows(select(Observation))[0]
    assert (observation.area_id, observation.area_source, observation.persons) == (village.area_id, "adres", 3)
    assert {melding.text for (melding,) in rows(select(Melding))} == {"Te hard rijden", "Geen bus"}
    assert [visit.outcome for (visit,) in rows(select(Visit))] == ["gesproken"]


def test_push_again_is_duplicate_and_changes_nothing(village: Village, rows: Rows) -> None:
    phone = village.phone()
    village.talk(phone, issues=("Te hard rijden",))
    push_one(phone)

    assert push_one(phone)["status"] == "duplicate"
    assert push_one(phone, id=str(uuid4()))["status"] == "duplicate"

    assert rows(select(func.count()).select_from(Observation))[0][0] == 1
    assert rows(select(func.count()).select_from(Melding))[0][0] == 1


def test_push_of_same_mutation_at_once_stores_it_once_and_every_answer_is_a_success(
    village: Village, rows: Rows
) -> None:
    phone = village.phone()
    village.talk(phone, issues=("Te hard rijden",))
    batch = list(phone.queue.values())

    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: phone.push(batch)[0], range(8)))

    assert sorted(receipt["status"] for receipt in receipts) == ["applied"] + ["duplicate"] * 7
    assert rows(select(func.count()).select_from(Observation))[0][0] == 1


def test_push_of_other_content_under_known_id_is_conflict_and_is_kept(village: Village, rows: Rows) -> None:
    phone = village.phone()
    village.talk(phone)
    push_one(phone)

    receipt = push_one(phone, id=str(uuid4()), capturedAt="2026-11-22T13:00:00+01:00")

    assert receipt["status"] == "conflict"
    assert receipt["problem"]["type"] == "urn:rondgang:problem:observation-exists"
    kept = [version for (version,) in rows(select(ObservationVersion)) if version.status == "conflict"]
    assert [version.captured_at.isoformat() for version in kept] == ["2026-11-22T12:00:00+00:00"]
    (observation,) = rows(select(Observation))[0]
    assert (observation.status, len(observation.clashes)) == ("applied", 1)


def test_push_of_unknown_form_version_is_held_with_reason(village: Village, rows: Rows) -> None:
    phone = village.phone()
    village.talk(phone, persons=4)
    (mutation,) = phone.queue.values()
    version = phone.entities["form"][TALK]["version"]
    xml = mutation["instanceXml"].replace(f'version="{version}"', 'version="2030"')

    receipt = push_one(phone, formVersion="2030", instanceXml=xml)

    assert receipt["status"] == "held"
    assert receipt["problem"]["detail"] == f"{TALK} 2030"
    (observation,) = rows(select(Observation))[0]
    assert (observation.status, observation.persons) == ("held", None)


def test_push_of_unknown_address_is_held(village: Village) -> None:
    phone = village.phone()
    village.talk(phone)

    receipt = push_one(phone, addressId=str(uuid4()))

    assert receipt["status"] == "held"
    assert receipt["problem"]["errors"][0]["pointer"] == "/addressId"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"capturedAt": "gisteren"}, "/capturedAt"),
        ({"capturedAt": "0001-01-01T00:00:00+14:00"}, "/capturedAt"),
        ({"position": {"lon": 200, "lat": 52}}, "/position/lon"),
        ({"surprise": 1}, "/surprise"),
        ({"type": "observation.eat"}, "/type"),
        ({"form": "a\x00b"}, ""),
        (
            {"attachments": [{"name": "a", "sha256": "X", "size": 1, "mediaType": "image/jpeg"}]},
            "/attachments/0/sha256",
        ),
        (
            {"attachments": [{"name": "a", "sha256": "a" * 64, "size": 1, "mediaType": "image/jpeg"}] * 2},
            "/attachments",
        ),
    ],
)
def test_push_rejects_bad_mutation_with_pointer_and_keeps_it_raw(
    village: Village, rows: Rows, changes: dict[str, Any], pointer: str
) -> None:
    phone = village.phone()
    village.talk(phone)

    receipt = push_one(phone, **changes)

    assert receipt["status"] == "rejected"
    assert pointer in [error["pointer"] for error in receipt["problem"]["errors"]]
    assert rows(select(func.count()).select_from(Rejection))[0][0] == 1
    assert rows(select(func.count()).select_from(Observation))[0][0] == 0


@pytest.mark.parametrize(
    "xml",
    [
        "geen xml",
        '<data id="keukentafelgesprek" version="1"/>',
        '<!DOCTYPE d [<!ENTITY a "aaaa">]><data id="keukentafelgesprek" version="2026112301">&a;</data>',
        '<data id="keukentafelgesprek" version="2026112301">' + "<a>" * 100 + "</a>" * 100 + "</data>",
    ],
)
def test_push_rejects_unreadable_xml_and_leaves_rest_of_batch_alone(village: Village, rows: Rows, xml: str) -> None:
    phone = village.phone()
    village.talk(phone)
    village.talk(phone, door=1)
    first, second = phone.queue.values()

    receipts = phone.push([{**first, "instanceXml": xml}, second])

    assert [receipt["status"] for receipt in receipts] == ["rejected", "applied"]
    assert receipts[0]["problem"]["type"] == "urn:rondgang:problem:instance-unreadable"
    assert first["id"] in phone.queue


def test_push_of_rejected_mutation_is_judged_again(village: Village) -> None:
    phone = village.phone()
    village.talk(phone)

    assert push_one(phone, capturedAt="gisteren")["status"] == "rejected"
    assert push_one(phone)["status"] == "applied"


def test_push_names_photos_that_are_missing(village: Village, rows: Rows) -> None:
    phone, photo = village.phone(), make_photo()
    village.talk(phone, issues=("Kapotte lamp",), photos=(photo,))
    headers = {"Authorization": f"Bearer {phone.token}"}

    answer = phone.http.post("/v1/sync/push", json={"mutations": list(phone.queue.values())}, headers=headers)

    assert answer.json()["missingPhotos"] == [photo.sha256]
    assert rows(select(Attachment.name, Attachment.sha256)) == [(photo.name, photo.sha256)]


def test_push_without_address_belongs_to_area_of_position(village: Village, rows: Rows) -> None:
    phone = village.phone()
    version = phone.entities["form"]["wijkschouw"]["version"]
    xml = (
        f'<data id="wijkschouw" version="{version}"><gezien><onderdeel>groen</onderdeel><score>C</score>'
        "<plek>52.65 6.65 0 8</plek></gezien></data>"
    )
    phone.put_observation("wijkschouw", xml, NOON, position={"lon": 6.65, "lat": 52.65, "accuracyM": 8})

    assert push_one(phone)["status"] == "applied"

    (observation,) = rows(select(Observation))[0]
    assert (observation.area_id, observation.area_source, observation.accuracy_m) == (village.area_id, "positie", 8)


@pytest.mark.parametrize(
    "body",
    ["geen json", "[]", "{}", '{"mutations": [{"x": NaN}], "y": 1}', '{"mutations": []}', '{"mutations": 3}', "\xff"],
)
def test_push_of_unreadable_body_is_problem_and_stores_nothing(village: Village, rows: Rows, body: str) -> None:
    phone = village.phone()
    headers = {"Authorization": f"Bearer {phone.token}", "Content-Type": "application/json"}

    answer = phone.http.post("/v1/sync/push", content=body.encode("latin-1"), headers=headers)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["action"]
    assert rows(select(func.count()).select_from(Mutation))[0][0] == 0


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer onzin", "Basic abc"])
def test_push_with_wrong_token_is_401_problem(village: Village, token: str) -> None:
    answer = village.phone().http.post("/v1/sync/push", json={"mutations": [{}]}, headers={"Authorization": token})

    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:rondgang:problem:token-unknown"


def test_visit_at_unknown_address_is_rejected_and_the_rest_of_the_batch_goes_on(village: Village) -> None:
    phone = village.phone()
    phone.put_visit(str(uuid4()), "niet_thuis", NOON)
    phone.put_visit(village.address_ids[0], "niet_thuis", NOON)

    receipts = phone.push(list(phone.queue.values()))

    assert [receipt["status"] for receipt in receipts] == ["rejected", "applied"]
    assert receipts[0]["problem"]["errors"][0]["pointer"] == "/addressId"


def test_talk_with_the_id_of_a_visit_is_applied_and_the_visit_stays(village: Village, rows: Rows) -> None:
    phone = village.phone()
    phone.put_visit(village.address_ids[0], "niet_thuis", NOON)
    observation_id = village.talk(phone)
    visit, talk = phone.queue.values()

    receipts = phone.push([{**visit, "visitId": str(observation_id)}, talk])

    assert [receipt["status"] for receipt in receipts] == ["applied", "applied"]
    assert [visit.outcome for (visit,) in rows(select(Visit))] == ["niet_thuis"]


@pytest.mark.parametrize("inside", ["[" * 5_000, "[" * 960 + "]" * 960 + "]}", "9" * 5_000 + "]}"])
def test_push_of_absurd_json_is_a_problem_and_no_failure(village: Village, inside: str) -> None:
    phone = village.phone()
    headers = {"Authorization": f"Bearer {phone.token}", "Content-Type": "application/json"}

    answer = phone.http.post("/v1/sync/push", content='{"mutations": [' + inside, headers=headers)

    assert answer.status_code in {200, 400}
    if answer.status_code == 200:
        assert [receipt["status"] for receipt in answer.json()["receipts"]] == ["rejected"]


def test_failure_in_one_mutation_holds_up_no_other(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = village.phone()
    village.talk(phone)
    village.talk(phone, door=1)
    real = village.app.extensions["rondgang_process"]

    def fail_at_first_door(observation: Observation, facts: Any, is_new: bool) -> None:
        if str(observation.address_id) == village.address_ids[0]:
            raise ZeroDivisionError
        real(observation, facts, is_new)

    monkeypatch.setitem(village.app.extensions, "rondgang_process", fail_at_first_door)

    receipts = phone.push(list(phone.queue.values()))

    assert [receipt["status"] for receipt in receipts] == ["rejected", "applied"]
    assert receipts[0]["problem"]["type"] == "urn:rondgang:problem:server-failed"


def test_known_mutation_id_with_other_content_is_rejected_and_kept(village: Village, rows: Rows) -> None:
    phone = village.phone()
    village.talk(phone)
    push_one(phone)

    receipt = push_one(phone, observationId=str(uuid4()), capturedAt="2026-11-22T13:00:00+01:00")

    assert receipt["status"] == "rejected"
    assert receipt["problem"]["type"] == "urn:rondgang:problem:mutation-taken"
    assert rows(select(func.count()).select_from(Rejection))[0][0] == 1


def test_thousands_of_issues_in_one_talk_are_held_and_read_quickly(village: Village) -> None:
    phone = village.phone()
    village.talk(phone, issues=("Lamp",) * 5_000)

    receipt = push_one(phone)

    assert receipt["status"] == "held"
    assert "200" in receipt["problem"]["errors"][0]["detail"]


def test_photos_of_a_conflict_are_missing_in_the_ledger_too(village: Village) -> None:
    phone, photo = village.phone(), make_photo()
    observation_id = village.talk(phone)
    push_one(phone)
    phone.queue.clear()
    village.talk(phone, issues=("Lamp",), photos=(photo,))

    assert push_one(phone, observationId=str(observation_id))["status"] == "conflict"

    headers = {"Authorization": f"Bearer {phone.token}"}
    ledger = phone.http.get("/v1/sync/ledger", headers=headers).json()
    assert ledger["mutations"][0]["photosMissing"] == [photo.sha256]


def test_same_work_handed_in_by_another_phone_is_confirmed_to_it(village: Village) -> None:
    first, second = village.phone(), village.phone()
    village.talk(first)
    second.queue.update(first.queue)

    first.deliver()
    second.deliver()

    assert not second.queue


def test_words_with_a_backslash_are_kept_as_they_are(village: Village, rows: Rows) -> None:
    phone = village.phone()
    village.talk(phone, issues=("Typ \\u0000 of C:\\map",))

    assert push_one(phone)["status"] == "applied"
    assert [melding.text for (melding,) in rows(select(Melding))] == ["Typ \\u0000 of C:\\map"]


@pytest.mark.parametrize("size", [1, 7])
def test_same_batches_pushed_by_many_at_once_store_each_once_whatever_their_order(
    village: Village, rows: Rows, size: int
) -> None:
    phones = [village.phone() for _ in range(4)]
    for _ in range(size * 6):
        village.talk(phones[0])
    everything = list(phones[0].queue.values())

    def push_all(number: int) -> set[str]:
        mine = everything if number % 2 else everything[::-1]
        batches = [mine[start : start + size] for start in range(0, len(mine), size)]
        return {receipt["status"] for batch in batches for receipt in phones[number].push(batch)}

    with ThreadPoolExecutor(4) as pool:
        statuses = set().union(*pool.map(push_all, range(4)))

    assert statuses <= {"applied", "duplicate"}
    assert rows(select(func.count()).select_from(Observation))[0][0] == len(everything)


def test_withdrawal_and_its_observation_that_come_at_once_never_miss_each_other(village: Village, rows: Rows) -> None:
    first, second = village.phone(), village.phone()
    for _ in range(8):
        first.queue.clear()
        village.talk(first)
        (talk,) = first.queue.values()
        withdrawal = {
            "id": str(uuid4()),
            "type": "observation.withdraw",
            "observationId": talk["observationId"],
            "baseVersion": talk["id"],
            "withdrawnAt": "2026-11-22T15:00:00+01:00",
        }
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda one: one[0].push([one[1]]), ((first, talk), (second, withdrawal))))

    assert {observation.status for (observation,) in rows(select(Observation))} == {"withdrawn"}
