"""Divided rounds on phones: each sees its own doors in order, and hears of a change at its next pull."""

from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from forms.models import Form
from maps.models import Address
from server.rounds.division import DIVIDE, JOIN, LEAVE, Wish, apply_wish, propose
from server.rounds.edit import existing_round
from server.rounds.people import add_people, invite
from server.rounds.situation import situation_of
from sync.client import SyncClient
from sync.models import Observation, Round, RoundAddress, RoundMember
from sync.queries import set_round_scope
from tests.support import Rows, Village

NAMES = ("Truus", "Jan", "Fatima")


@pytest.fixture
def street(village: Village, app: Flask) -> list[str]:
    """Twelve doors more in the village; all fourteen by number."""
    with app.app_context():
        for number in range(3, 15):
            where = {"lon": 6.65 + number * 0.0001, "lat": 52.65, "place": "Nieuwlande"}
            db.session.add(Address(area_id=village.area_id, street="Boekweitlaan", number=number, **where))
        db.session.commit()
        return [str(one) for one in db.session.scalars(select(Address.id).order_by(Address.number))]


def wish(app: Flask, round_id: UUID, what: str, name: str | None = None) -> None:
    """Proposes and does it."""
    with app.app_context():
        member_id = None
        if name:
            query = select(RoundMember.id).where(RoundMember.round_id == round_id, RoundMember.name == name)
            member_id = db.session.scalars(query).one()
        wanted = Wish(what, member_id=member_id)
        proposal = propose(situation_of(existing_round(round_id)), wanted)
        db.session.rollback()
        assert apply_wish(round_id, wanted, proposal.stand) is not None


def phone_of(app: Flask, village: Village, name: str, round_id: UUID | None = None) -> SyncClient:
    """An enrolled phone of this person that has pulled."""
    with app.app_context():
        round_ = existing_round(round_id or village.round_id)
        query = select(RoundMember).where(RoundMember.name == name, RoundMember.round_id == round_.id)
        code = invite(round_, db.session.scalars(query).one())
        db.session.commit()
    phone = village.unenrolled_phone()
    phone.enrol(code)
    phone.pull()
    return phone


def doors(phone: SyncClient, round_id: UUID) -> list[str] | None:
    found: list[str] | None = phone.entities["round"][str(round_id)]["addressIds"]
    return found


@pytest.fixture
def divided(village: Village, app: Flask, street: list[str]) -> dict[str, SyncClient]:
    """The phones of three people over whom the street was divided."""
    with app.app_context():
        add_people(village.round_id, "\n".join(NAMES))
    wish(app, village.round_id, DIVIDE)
    return {name: phone_of(app, village, name) for name in NAMES}


def given_to(app: Flask, round_id: UUID, name: str) -> list[str]:
    with app.app_context():
        query = (
            select(RoundAddress.address_id)
            .join(RoundMember, RoundMember.id == RoundAddress.member_id)
            .where(RoundAddress.round_id == round_id, RoundMember.name == name)
            .order_by(RoundAddress.position)
        )
        return [str(one) for one in db.session.scalars(query)]


def has_to_begin_anew(phone: SyncClient) -> bool:
    """Whether the next pull of this phone brings everything."""
    headers = {"Authorization": f"Bearer {phone.token}"}
    answer = phone.http.get("/v1/sync/pull", params={"cursor": phone.cursor or ""}, headers=headers)
    return bool(answer.json()["reset"])


def test_phone_sees_only_its_own_doors_in_walking_order(
    divided: dict[str, SyncClient], village: Village, app: Flask, street: list[str]
) -> None:
    for name, phone in divided.items():
        own = given_to(app, village.round_id, name)
        assert doors(phone, village.round_id) == own
        assert set(phone.entities["address"]) == set(own)

    assert sorted(one for name in NAMES for one in given_to(app, village.round_id, name)) == sorted(street)


def test_phone_of_an_undivided_round_sees_every_door(village: Village, app: Flask, street: list[str]) -> None:
    phone = village.phone()

    assert doors(phone, village.round_id) is None
    assert set(phone.entities["address"]) == set(street)


def test_phone_of_nobody_sees_no_door_once_the_round_is_divided(
    village: Village, app: Flask, street: list[str]
) -> None:
    phone = village.phone()
    with app.app_context():
        add_people(village.round_id, "Truus")
    wish(app, village.round_id, DIVIDE)

    phone.pull()

    assert doors(phone, village.round_id) == []
    assert phone.entities["address"] == {}


def test_next_pull_after_somebody_stopped_brings_the_new_list_and_no_other(
    divided: dict[str, SyncClient], village: Village, app: Flask, street: list[str]
) -> None:
    wish(app, village.round_id, LEAVE, "Jan")
    for phone in divided.values():
        phone.pull()

    for name in ("Truus", "Fatima"):
        own = given_to(app, village.round_id, name)
        assert doors(divided[name], village.round_id) == own
        assert set(divided[name].entities["address"]) == set(own)
    assert doors(divided["Jan"], village.round_id) == []
    assert divided["Jan"].entities["address"] == {}


def test_phone_whose_doors_did_not_change_pulls_nothing_new(
    divided: dict[str, SyncClient], village: Village, app: Flask
) -> None:
    with app.app_context():
        add_people(village.round_id, "Wim")
        jan, wim = (
            db.session.scalars(select(RoundMember).where(RoundMember.name == name)).one() for name in ("Jan", "Wim")
        )
        for row in db.session.scalars(select(RoundAddress).where(RoundAddress.member_id == jan.id)):
            row.member_id = wim.id
        db.session.commit()

    assert not has_to_begin_anew(divided["Truus"])
    assert has_to_begin_anew(divided["Jan"])


def test_talk_at_a_door_that_was_taken_away_meanwhile_still_counts(
    divided: dict[str, SyncClient], village: Village, app: Flask, rows: Rows
) -> None:
    owner = next(name for name in NAMES if village.address_ids[0] in given_to(app, village.round_id, name))
    village.talk(divided[owner], persons=3)

    wish(app, village.round_id, LEAVE, owner)
    divided[owner].pull()
    divided[owner].deliver()

    assert rows(select(Observation.status, Observation.persons, Observation.address_id)) == [
        ("applied", 3, UUID(village.address_ids[0]))
    ]


def test_who_joins_late_sees_the_share_and_the_others_no_more_of_it(
    divided: dict[str, SyncClient], village: Village, app: Flask, street: list[str]
) -> None:
    with app.app_context():
        add_people(village.round_id, "Wim")
    wish(app, village.round_id, JOIN, "Wim")

    phones = {**divided, "Wim": phone_of(app, village, "Wim")}
    for phone in phones.values():
        phone.pull()

    assert set(phones["Wim"].entities["address"]) != set()
    assert sorted(one for phone in phones.values() for one in phone.entities["address"]) == sorted(street)


def test_new_phone_of_a_person_takes_over_the_doors_from_the_old_one(
    divided: dict[str, SyncClient], village: Village, app: Flask
) -> None:
    new = phone_of(app, village, "Jan")
    divided["Jan"].pull()

    assert doors(new, village.round_id) == given_to(app, village.round_id, "Jan")
    assert doors(divided["Jan"], village.round_id) == []
    assert divided["Jan"].entities["address"] == {}


def test_one_phone_in_two_rounds_sees_its_doors_of_the_one_and_all_of_the_other(
    divided: dict[str, SyncClient], village: Village, app: Flask, street: list[str]
) -> None:
    with app.app_context():
        other = Round(name="Tweede", starts_on=date(2026, 11, 1), ends_on=date(2027, 1, 1))
        db.session.add(other)
        db.session.flush()
        set_round_scope(other.id, [village.area_id], db.session.scalars(select(Form.id)).all())
        db.session.commit()
        add_people(other.id, "Truus")
        code = invite(other, db.session.scalars(select(RoundMember).where(RoundMember.round_id == other.id)).one())
        db.session.commit()
        other_id = other.id
    phone = divided["Truus"]

    phone.enrol(code)
    phone.pull()
    assert doors(phone, other_id) is None
    assert set(phone.entities["address"]) == set(street)

    wish(app, other_id, DIVIDE)
    phone.pull()
    assert set(doors(phone, other_id) or []) == set(street)
    assert doors(phone, village.round_id) == given_to(app, village.round_id, "Truus")
