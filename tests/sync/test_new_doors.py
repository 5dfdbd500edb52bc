"""Doors that a volunteer adds: usable at once, on the walk of who added it, seen by others of the area."""

from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from core.db import db
from maps.models import Address
from sync.models import Observation, Round, RoundAddress, RoundMember, Visit
from tests.support import NOON, Rows, Village


def door(village: Village, **more: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "type": "address.add",
        "addressId": str(uuid4()),
        "roundId": str(village.round_id),
        "street": "Vaart",
        "number": 3,
        "place": "Nieuwlande",
        "position": {"lon": 6.65, "lat": 52.65, "accuracyM": 8},
        "addedAt": NOON.isoformat(),
        **more,
    }


def visit(address_id: str) -> dict[str, Any]:
    ids = {"id": str(uuid4()), "visitId": str(uuid4()), "addressId": address_id}
    return {**ids, "type": "visit.put", "outcome": "niet_thuis", "visitedAt": NOON.isoformat()}


def test_visit_in_the_same_batch_finds_the_new_door(village: Village, rows: Rows) -> None:
    added = door(village)

    receipts = village.phone().push([added, visit(added["addressId"])])

    assert [receipt["status"] for receipt in receipts] == ["applied", "applied"]
    assert rows(select(Visit.address_id)) == [(UUID(added["addressId"]),)]
    assert rows(select(Address.status, Address.area_id).where(Address.street == "Vaart")) == [
        ("voorgesteld", village.area_id)
    ]


def test_talk_at_a_new_door_counts_for_its_area(village: Village, rows: Rows) -> None:
    phone, added = village.phone(), door(village)
    phone.push([added])
    observation_id = village.talk(phone)
    put = next(one for one in phone.unsent if one["observationId"] == str(observation_id))

    phone.push([{**put, "addressId": added["addressId"]}])

    assert rows(select(Observation.address_id, Observation.area_id)) == [(UUID(added["addressId"]), village.area_id)]


def test_same_door_again_is_a_duplicate(village: Village, rows: Rows) -> None:
    phone, added = village.phone(), door(village)
    phone.push([added])

    (receipt,) = phone.push([{**added, "id": str(uuid4())}])

    assert receipt["status"] == "duplicate"
    assert len(rows(select(Address.id).where(Address.street == "Vaart"))) == 1


def test_door_without_a_place_or_with_a_strange_postcode_is_rejected_with_every_fault(village: Village) -> None:
    (receipt,) = village.phone().push([door(village, position=None, postcode="79180")])

    assert receipt["status"] == "rejected"
    assert {error["pointer"] for error in receipt["problem"]["errors"]} == {"/position", "/postcode"}


def test_other_phones_of_the_area_hear_of_a_new_door(village: Village) -> None:
    other = village.phone()
    added = door(village)
    village.phone().push([added])

    other.pull()

    assert added["addressId"] in other.entities["address"]


def test_who_adds_a_door_to_a_divided_round_gets_it_at_the_end_of_the_walk(
    app: Flask, village: Village, rows: Rows
) -> None:
    phone = village.phone()
    with app.app_context():
        member = RoundMember(round_id=village.round_id, name="Truus", device_id=phone.device_id)
        db.session.add(member)
        db.session.flush()
        first = UUID(village.address_ids[0])
        row = RoundAddress(round_id=village.round_id, address_id=first, member_id=member.id, position=0)
        db.session.add(row)
        db.session.commit()
    added = door(village)

    phone.push([added])
    phone.pull()

    walk = phone.entities["round"][str(village.round_id)]["addressIds"]
    assert walk == [village.address_ids[0], added["addressId"]]
    assert set(phone.entities["address"]) == set(walk)


def test_round_in_which_everybody_stopped_shows_its_doors_to_nobody(app: Flask, village: Village) -> None:
    phone = village.phone()
    with app.app_context():
        round_ = db.session.get(Round, village.round_id)
        assert round_ is not None
        round_.division = "gelijk"
        db.session.commit()

    phone.pull()

    assert phone.entities["address"] == {}
    assert phone.entities["round"][str(village.round_id)]["addressIds"] == []
