"""Doors that volunteers added, at the desk: taken in, the same as another one, or refused; nothing recorded is lost."""

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core.db import db
from maps.kinds import LAPSED, LISTED, PROPOSED
from maps.models import Address
from server.additions.likely import likely_same
from server.inventory.models import Melding
from server.people.models import AuditEntry
from sync.client import SyncClient
from sync.models import Observation, RoundAddress, RoundMember, Visit
from tests.support import NOON, LogIn, MakeArea, Rows, Village, csrf

NL = {"Accept-Language": "nl"}
HERE = (6.6501, 52.65)
FIELDS = {"straat": "Vaart", "nummer": "3", "postcode": "7918 ac", "plaats": "Nieuwlande", "huishoudens": "2"}


@pytest.fixture
def phone(village: Village) -> SyncClient:
    return village.phone()


def add(phone: SyncClient, **more: Any) -> str:
    """A door that the phone added and delivered."""
    address_id = phone.add_address("Boekweitlaan", 1, HERE, NOON, letter="a", place="Nieuwlande", **more)
    phone.deliver()
    return address_id


def talk_at(village: Village, phone: SyncClient, address_id: str, **more: Any) -> UUID:
    """A talk at this door, delivered."""
    at_door = Village(village.app, village.area_id, village.round_id, (address_id, address_id))
    observation_id = at_door.talk(phone, **more)
    phone.deliver()
    return observation_id


def post(browser: FlaskClient, address_id: str, what: str, **fields: str) -> Any:
    token = csrf(browser.get(f"/adressen/nieuw/{address_id}").text)
    path = f"/adressen/nieuw/{address_id}/{what}"
    return browser.post(path, data={**fields, "csrf_token": token}, headers=NL)


def page(browser: FlaskClient, path: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", browser.get(path, headers=NL).text).split())


def test_door_waits_for_the_desk_with_who_where_and_what_it_may_be(
    village: Village, phone: SyncClient, log_in: LogIn
) -> None:
    browser = log_in()
    assert "Er zijn geen nieuwe adressen" in page(browser, "/adressen/nieuw")
    address_id = add(phone, note="Achter de schuur <b>")
    talk_at(village, phone, address_id)

    assert "Nieuwe adressen: 1" in page(browser, "/te-bekijken")
    found = page(browser, "/adressen/nieuw")
    for text in (
        "Boekweitlaan 1 a",
        "Vrijwilliger",
        "Nieuwlande",
        "7 m van Boekweitlaan 1",
        "Achter de schuur &lt;b&gt;",
    ):
        assert text in found
    assert "observaties: 1, bezoeken: 1" in page(browser, f"/adressen/nieuw/{address_id}")


def test_accepted_door_is_in_the_list_as_it_was_filled_in(
    village: Village, phone: SyncClient, log_in: LogIn, rows: Rows
) -> None:
    address_id = add(phone)

    answer = post(log_in(), address_id, "opnemen", **FIELDS)
    phone.pull()

    assert answer.status_code == 302
    (row,) = rows(select(Address).where(Address.id == UUID(address_id)))
    address = row[0]
    assert (address.status, address.label, address.letter) == (LISTED, "Vaart 3", "")
    assert (address.postcode, address.households, address.area_id) == ("7918AC", 2, village.area_id)
    assert phone.entities["address"][address_id]["street"] == "Vaart"
    assert rows(select(AuditEntry.action)) == [("adres.opnemen",)]


def test_wrong_point_is_put_right_and_takes_the_talk_along(
    village: Village, phone: SyncClient, log_in: LogIn, rows: Rows, make_area: MakeArea
) -> None:
    other = make_area("Tiendeveen", west=6.8)
    address_id = add(phone)
    talk_at(village, phone, address_id, issues=("Te hard rijden",))

    post(log_in(), address_id, "opnemen", **FIELDS, plek=f"gebied:{other}")
    phone.pull()

    assert rows(select(Address.area_id).where(Address.id == UUID(address_id))) == [(other,)]
    assert rows(select(Observation.area_id, Observation.status)) == [(other, "applied")]
    assert rows(select(Melding.area_id)) == [(other,)]
    assert address_id not in phone.entities["address"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"straat": ""},
        {"nummer": "3a"},
        {"nummer": "²"},
        {"postcode": "7918"},
        {"plaats": "\0"},
        {"huishoudens": "0"},
        {"plek": "gebied:x"},
        {"plek": f"gebied:{UUID(int=1)}"},
        {"plek": f"adres:{UUID(int=1)}"},
    ],
)
def test_what_is_filled_in_wrong_is_refused(
    phone: SyncClient, log_in: LogIn, rows: Rows, wrong: dict[str, str]
) -> None:
    address_id = add(phone)

    assert post(log_in(), address_id, "opnemen", **{**FIELDS, **wrong}).status_code == 400
    assert rows(select(Address.status).where(Address.id == UUID(address_id))) == [(PROPOSED,)]


def test_door_that_the_list_has_already_cannot_be_taken_in(phone: SyncClient, log_in: LogIn) -> None:
    fields = {**FIELDS, "straat": "BOEKWEITLAAN", "nummer": "2"}

    answer = post(log_in(), add(phone), "opnemen", **fields)

    assert answer.status_code == 409
    assert "staat al in de lijst" in answer.text


def test_same_as_another_takes_everything_along(village: Village, phone: SyncClient, log_in: LogIn, rows: Rows) -> None:
    address_id, into = add(phone), village.address_ids[0]
    talk_at(village, phone, address_id, issues=("Geen bus",))
    phone.put_visit(address_id, "niet_thuis", NOON)
    phone.deliver()
    browser = log_in()

    post(browser, address_id, "zelfde", zelfde=into)
    phone.pull()

    assert rows(select(Address.status, Address.same_as).where(Address.id == UUID(address_id))) == [(LAPSED, UUID(into))]
    assert rows(select(Observation.address_id, Observation.claimed_address_id)) == [(UUID(into), UUID(address_id))]
    assert rows(select(Melding.address_id)) == [(UUID(into),)]
    assert rows(select(Visit.address_id).distinct()) == [(UUID(into),)]
    assert address_id not in phone.entities["address"]
    assert into in phone.entities["address"]
    assert "2 van de 100 inwoners deden mee" in page(browser, f"/gebieden/{village.area_id}")
    assert rows(select(AuditEntry.action, AuditEntry.subject)) == [
        ("adres.samenvoegen", "Boekweitlaan 1 a is Boekweitlaan 1, Nieuwlande")
    ]


def test_what_comes_later_for_the_lapsed_door_goes_to_the_other(
    village: Village, phone: SyncClient, log_in: LogIn, rows: Rows
) -> None:
    address_id, into = add(phone), UUID(village.address_ids[0])
    observation_id = talk_at(village, phone, address_id, persons=2)
    post(log_in(), address_id, "zelfde", zelfde=str(into))

    standing = phone.fetch(observation_id)
    xml = standing["instanceXml"].replace("<deelnemers>2</deelnemers>", "<deelnemers>3</deelnemers>")
    phone.edit_observation(observation_id, xml, base_version=standing["version"])
    phone.put_visit(address_id, "later", NOON)
    phone.put_visit(address_id, "later", NOON)
    talk_at(village, phone, address_id)

    assert phone.queue == {}
    assert rows(select(Observation.address_id, Observation.status).distinct()) == [(into, "applied")]
    assert sorted(row[0] for row in rows(select(Observation.persons))) == [2, 3]
    assert rows(select(Visit.address_id).distinct()) == [(into,)]


def test_withdrawn_talk_that_is_brought_back_is_at_the_other_door(
    village: Village, phone: SyncClient, log_in: LogIn, rows: Rows
) -> None:
    address_id, into = add(phone), UUID(village.address_ids[0])
    observation_id = talk_at(village, phone, address_id)
    phone.withdraw(observation_id)
    phone.deliver()
    browser = log_in()

    post(browser, address_id, "zelfde", zelfde=str(into))
    assert rows(select(Observation.status)) == [("withdrawn",)]
    shown = browser.get(f"/observaties/{observation_id}").text
    seen = re.search(r'name="versie" value="([^"]+)"', shown)
    fields = {"csrf_token": csrf(shown), "reden": "toch", "versie": seen[1] if seen else ""}
    browser.post(f"/observaties/{observation_id}/terughalen", data=fields)

    assert rows(select(Observation.status, Observation.address_id)) == [("applied", into)]


def test_door_on_a_walk_is_given_over_once(village: Village, phone: SyncClient, log_in: LogIn, rows: Rows) -> None:
    address_id, into = add(phone), UUID(village.address_ids[0])
    with village.app.app_context():
        member = RoundMember(round_id=village.round_id, name="Anna")
        db.session.add(member)
        db.session.flush()
        for position, door in enumerate((into, UUID(address_id))):
            db.session.add(
                RoundAddress(round_id=village.round_id, address_id=door, member_id=member.id, position=position)
            )
        db.session.commit()

    post(log_in(), address_id, "zelfde", zelfde=str(into))

    assert rows(select(RoundAddress.address_id)) == [(into,)]


@pytest.mark.parametrize("chosen", ["", "x", str(UUID(int=1)), "itself"])
def test_only_an_address_in_the_list_can_be_the_same(phone: SyncClient, log_in: LogIn, rows: Rows, chosen: str) -> None:
    address_id = add(phone)

    answer = post(log_in(), address_id, "zelfde", zelfde=address_id if chosen == "itself" else chosen)

    assert answer.status_code == 400
    assert rows(select(Address.status).where(Address.id == UUID(address_id))) == [(PROPOSED,)]


def test_refused_door_lapses_and_what_was_recorded_there_still_counts(
    village: Village, phone: SyncClient, log_in: LogIn, rows: Rows
) -> None:
    address_id = add(phone)
    talk_at(village, phone, address_id)
    browser = log_in()

    assert post(browser, address_id, "weigeren", reden=" ").status_code == 400
    post(browser, address_id, "weigeren", reden="Dit is een schuur")
    phone.pull()

    assert rows(select(Address.status).where(Address.id == UUID(address_id))) == [(LAPSED,)]
    assert rows(select(Observation.status, Observation.area_id)) == [("applied", village.area_id)]
    assert "2 van de 100 inwoners deden mee" in page(browser, f"/gebieden/{village.area_id}")
    assert address_id not in phone.entities["address"]
    assert "Dit is een schuur" in rows(select(AuditEntry.subject))[0][0]


def test_second_decision_is_refused(phone: SyncClient, log_in: LogIn) -> None:
    address_id, browser = add(phone), log_in()
    token = csrf(browser.get(f"/adressen/nieuw/{address_id}").text)
    path, fields = f"/adressen/nieuw/{address_id}/weigeren", {"csrf_token": token, "reden": "geen huis"}

    assert browser.post(path, data=fields).status_code == 302
    answer = browser.post(path, data=fields, headers=NL)

    assert answer.status_code >= 400
    assert "al besloten" in answer.text


def test_likeliest_has_the_same_name_and_number_but_not_in_another_village() -> None:
    def address(street: str, number: int, lon: float) -> Address:
        return Address(street=street, number=number, letter="", addition="", place="", lon=lon, lat=52.65)

    same, next_door, elsewhere = address("Vaart", 3, 6.651), address("Vaart", 5, 6.65), address("Vaart", 3, 6.8)
    found = likely_same(address("De Vaart", 3, 6.65), [elsewhere, next_door, same])

    assert [one.address for one in found] == [same, next_door, elsewhere]
    assert found[0].distance_m == pytest.approx(67.7, abs=1)


def test_search_finds_a_street_with_or_without_number(phone: SyncClient, log_in: LogIn) -> None:
    address_id, browser = add(phone), log_in()

    assert "Boekweitlaan 2" in page(browser, f"/adressen/nieuw/{address_id}?zoek=boekweit")
    found = page(browser, f"/adressen/nieuw/{address_id}?zoek=Boekweitlaan+2")
    assert "Boekweitlaan 2, Nieuwlande" in found
    assert "Geen adres gevonden" in page(browser, f"/adressen/nieuw/{address_id}?zoek=%25%00")
