"""Versions: changes from phones and the desk, in any order, and what stands after them."""

from collections.abc import Callable
from itertools import permutations
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from lxml import etree
from sqlalchemy import func, select

from core.db import db
from forms.answers import parse_instance
from server.inventory.models import Melding
from sync.at_desk import OTHER, accept_at_desk, apply_waiting_at_desk, change_at_desk, resolve, withdraw_at_desk
from sync.client import SyncClient
from sync.models import Mutation, Observation, ObservationVersion, Visit
from tests.support import TALK, Rows, Village

Json = dict[str, Any]
Desk = Callable[..., None]


@pytest.fixture
def desk(app: Flask) -> Desk:
    """Does something at the desk, in a transaction of its own."""

    def act(use_case: Callable[..., object], *arguments: object) -> None:
        with app.app_context():
            use_case(*arguments, app.extensions["rondgang_process"])
            db.session.commit()

    return act


def first_of(village: Village, phone: SyncClient, **talk: Any) -> Json:
    """The mutation of a talk that is on the phone and nowhere else."""
    village.talk(phone, **talk)
    (mutation,) = phone.queue.values()
    phone.queue.clear()
    return dict(mutation)


def changed(mutation: Json, base: str | None = None, **answers: str) -> Json:
    """The same observation with other answers, made from this mutation or from `base`."""
    xml = mutation["instanceXml"]
    for name, text in answers.items():
        before, after = f"<{name}>", f"</{name}>"
        start = xml.index(before) + len(before) if before in xml else xml.index(f"<{name}/>")
        end = xml.index(after, start) if before in xml else start + len(f"<{name}/>")
        xml = xml[:start] + text + xml[end:] if before in xml else f"{xml[:start]}{before}{text}{after}{xml[end:]}"
    return {**mutation, "id": str(uuid4()), "baseVersion": base or mutation["id"], "instanceXml": xml}


def withdrawn(mutation: Json) -> Json:
    return {
        "id": str(uuid4()),
        "type": "observation.withdraw",
        "observationId": mutation["observationId"],
        "baseVersion": mutation["id"],
        "withdrawnAt": "2026-11-22T15:00:00+01:00",
    }


def push(phone: SyncClient, *mutations: Json) -> list[str]:
    return [str(receipt["status"]) for receipt in phone.push(list(mutations))]


def standing(rows: Rows) -> Observation:
    (observation,) = rows(select(Observation))[0]
    assert isinstance(observation, Observation)
    return observation


def answers(rows: Rows) -> dict[str, str]:
    instance = parse_instance(standing(rows).instance_xml)
    return {answer.path.rpartition("/")[2]: answer.text for answer in instance.all}


def test_change_of_what_stands_is_applied_and_the_first_version_is_kept(village: Village, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2, issues=("Te hard rijden",))
    edit = changed(first, deelnemers="3", tekst="Veel te hard rijden")

    assert push(phone, first, edit) == ["applied", "applied"]

    assert standing(rows).persons == 3
    assert [melding.text for (melding,) in rows(select(Melding))] == ["Veel te hard rijden"]
    versions = [version for (version,) in rows(select(ObservationVersion).order_by(ObservationVersion.number))]
    assert [(version.id, version.base_id) for version in versions] == [
        (UUID(first["id"]), None),
        (UUID(edit["id"]), UUID(first["id"])),
    ]
    assert versions[0].instance_xml == first["instanceXml"]


def test_changes_of_different_answers_are_merged_whoever_came_first(village: Village, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2, issues=("Lamp",))
    one, other = changed(first, deelnemers="4"), changed(first, tekst="Kapotte lamp")

    assert push(phone, first, one, other) == ["applied", "applied", "merged"]

    assert (answers(rows)["deelnemers"], answers(rows)["tekst"]) == ("4", "Kapotte lamp")
    assert standing(rows).clashes is None


def test_same_answer_given_differently_is_a_conflict_that_a_person_settles(
    village: Village, rows: Rows, desk: Desk
) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    one, other = changed(first, deelnemers="4"), changed(first, deelnemers="5")

    assert push(phone, first, one, other) == ["applied", "applied", "conflict"]

    observation = standing(rows)
    assert (observation.persons, observation.status) == (4, "applied")
    (clash,) = observation.clashes or []
    assert (clash["kept"], clash["other"], clash["version"]) == ("4", "5", other["id"])
    desk(resolve, observation.id, {clash["key"]: OTHER}, "anna", "nagevraagd")
    observation = standing(rows)
    assert (observation.persons, observation.clashes) == (5, None)


def test_two_who_gave_the_same_answer_agree(village: Village, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)

    push(phone, first, changed(first, deelnemers="4"))

    assert push(phone, changed(first, deelnemers="4")) == ["merged"]
    assert standing(rows).clashes is None


def test_change_that_arrives_before_its_first_version_counts_at_once(village: Village, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    edit = changed(first, deelnemers="3")

    assert push(phone, edit) == ["applied"]
    assert push(phone, first) == ["applied"]

    assert standing(rows).persons == 3
    assert rows(select(func.count()).select_from(ObservationVersion))[0][0] == 2


def test_order_of_arrival_makes_no_difference_to_a_chain_of_changes(village: Village, app: Flask, rows: Rows) -> None:
    phone = village.phone()
    for order in permutations(range(4)):
        first = first_of(village, phone, persons=1, issues=("Lamp",))
        second = changed(first, deelnemers="2")
        third = changed(second, tekst="Kapotte lamp")
        fourth = changed(third, deelnemers="4")
        chain = [first, second, third, fourth]

        for place in order:
            push(phone, chain[place])

        with app.app_context():
            found = db.session.get_one(Observation, UUID(first["observationId"]))
            waiting = db.session.scalar(select(func.count()).where(Mutation.waits_for.is_not(None)))
            assert (found.persons, found.clashes, waiting) == (4, None, 0), order
            assert found.instance_xml == fourth["instanceXml"]


def test_change_of_a_version_that_has_not_come_waits_for_it(village: Village, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    second = changed(first, deelnemers="3")
    third = changed(second, deelnemers="4")

    (receipt,) = [one for one in phone.push([first, third]) if one["status"] == "held"]
    assert receipt["problem"]["type"] == "urn:rondgang:problem:base-unknown"
    assert standing(rows).persons == 2
    assert push(phone, second) == ["applied"]

    assert standing(rows).persons == 4
    assert push(phone, third) == ["duplicate"]


def test_change_that_waits_in_vain_can_be_taken_in_at_the_desk(village: Village, rows: Rows, desk: Desk) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    lost = changed(first, deelnemers="3")
    third = changed(lost, deelnemers="4")
    push(phone, first, third)

    desk(apply_waiting_at_desk, UUID(third["id"]))

    assert standing(rows).persons == 4


def test_withdrawn_observation_counts_no_more_with_all_that_came_of_it(village: Village, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, issues=("Lamp",))

    assert push(phone, first, withdrawn(first)) == ["applied", "applied"]

    assert standing(rows).status == "withdrawn"
    assert rows(select(Melding)) == []
    assert rows(select(Visit)) == []


@pytest.mark.parametrize("withdrawal_first", [False, True])
def test_withdrawal_stands_against_a_change_and_the_change_is_kept(
    village: Village, rows: Rows, withdrawal_first: bool, desk: Desk
) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    change, withdrawal = changed(first, deelnemers="3"), withdrawn(first)
    push(phone, first)

    both = (withdrawal, change) if withdrawal_first else (change, withdrawal)
    assert push(phone, *both) == ["applied", "conflict"]

    observation = standing(rows)
    assert observation.status == "withdrawn"
    assert [clash.get("withdrawn") for clash in observation.clashes or []] == [True]
    desk(resolve, observation.id, {"": OTHER}, "anna", "de bewoner doet toch mee")
    observation = standing(rows)
    assert (observation.status, observation.persons, observation.clashes) == ("applied", 3, None)


def test_change_made_from_a_withdrawal_brings_it_back(village: Village, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2, issues=("Lamp",))
    withdrawal = withdrawn(first)

    assert push(phone, first, withdrawal, changed(first, base=withdrawal["id"], deelnemers="3"))[2] == "applied"

    assert (standing(rows).status, standing(rows).persons) == ("applied", 3)
    assert [melding.text for (melding,) in rows(select(Melding))] == ["Lamp"]


def test_withdrawal_that_arrives_first_waits_for_what_it_withdraws(village: Village, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone)

    assert push(phone, withdrawn(first)) == ["held"]
    assert push(phone, first) == ["applied"]

    assert standing(rows).status == "withdrawn"


def test_late_change_from_a_phone_is_merged_with_what_the_desk_chose(village: Village, rows: Rows, desk: Desk) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2, issues=("Lamp",))
    push(phone, first)
    corrected = changed(first, deelnemers="3")["instanceXml"]
    desk(change_at_desk, UUID(first["observationId"]), corrected, "anna", "nageteld")

    assert push(phone, changed(first, tekst="Kapotte lamp")) == ["merged"]
    assert push(phone, changed(first, deelnemers="9")) == ["conflict"]

    assert (answers(rows)["deelnemers"], answers(rows)["tekst"]) == ("3", "Kapotte lamp")


def test_late_change_against_an_accepted_observation_is_checked_anew(village: Village, rows: Rows, desk: Desk) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=99)
    assert push(phone, first) == ["held"]
    desk(accept_at_desk, UUID(first["observationId"]))
    assert standing(rows).persons == 99

    assert push(phone, changed(first, deelnemers="98")) == ["held"]
    assert push(phone, changed(first, deelnemers="9")) == ["conflict"]

    assert standing(rows).status == "held"


def test_late_change_against_a_withdrawal_at_the_desk_is_kept_beside_it(
    village: Village, rows: Rows, desk: Desk
) -> None:
    phone = village.phone()
    first = first_of(village, phone)
    push(phone, first)
    desk(withdraw_at_desk, UUID(first["observationId"]), "anna", "dubbel")

    assert push(phone, changed(first, deelnemers="3")) == ["conflict"]

    assert standing(rows).status == "withdrawn"
    assert len(standing(rows).clashes or []) == 1


def test_vraagstuk_that_moved_up_stays_the_same_melding(village: Village, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, issues=("Lamp", "Bus"))
    root = etree.fromstring(first["instanceXml"])
    lamp, bus = root.findall("{*}vraagstuk")
    for part, key in ((lamp, "een"), (bus, "twee")):
        part.find("{*}rg_sleutel").text = key  # type: ignore[union-attr]  # the form has it
    first["instanceXml"] = etree.tostring(root, encoding="unicode")
    push(phone, first)
    before = {melding.text: melding.id for (melding,) in rows(select(Melding))}
    root.remove(lamp)

    assert push(phone, {**changed(first), "instanceXml": etree.tostring(root, encoding="unicode")}) == ["applied"]

    assert {melding.text: melding.id for (melding,) in rows(select(Melding))} == {"Bus": before["Bus"]}


def test_phone_gets_its_observation_as_it_stands_and_nobody_elses(village: Village) -> None:
    phone, other = village.phone(), village.phone()
    first = first_of(village, phone)
    push(phone, first)

    assert phone.fetch(first["observationId"])["version"] == first["id"]
    path, headers = f"/v1/sync/observations/{first['observationId']}", {"Authorization": f"Bearer {other.token}"}
    assert other.http.get(path, headers=headers).status_code == 404


def test_change_that_names_another_form_is_rejected(village: Village) -> None:
    phone = village.phone()
    first = first_of(village, phone)
    version = phone.entities["form"][TALK]["version"]
    push(phone, first)

    other = {**changed(first), "form": "ideekaart", "instanceXml": f'<data id="ideekaart" version="{version}"/>'}

    assert push(phone, other) == ["rejected"]


def test_desk_changes_an_observation_of_which_the_first_version_has_not_arrived(
    village: Village, rows: Rows, desk: Desk
) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    push(phone, changed(first, deelnemers="3"))

    desk(change_at_desk, UUID(first["observationId"]), changed(first, deelnemers="4")["instanceXml"], "anna", "gebeld")

    assert push(phone, first) == ["applied"]
    assert standing(rows).persons == 4
