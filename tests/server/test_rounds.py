"""Rounds at the desk: making one, its people, who goes to which door, and what is printed."""

import re
from datetime import date
from html import unescape
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.clock import now_utc
from core.db import db
from maps.kinds import LAPSED
from maps.models import Address, Area
from server.people.models import AuditEntry
from server.rounds.overview import inhabitants_of
from sync.models import Device, Enrolment, Mutation, Round, RoundAddress, RoundMember, Visit
from tests.support import LogIn, MakeArea, Rows, Village, count_statements, csrf

NL = {"Accept-Language": "nl"}
NOBODY = UUID(int=1)


def text_of(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def see(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path, headers=NL)
    assert answer.status_code == 200, answer.text
    return text_of(answer)


def send(browser: FlaskClient, path: str, **fields: object) -> TestResponse:
    token = csrf(browser.get("/telefoons").text)
    return browser.post(path, data={**fields, "csrf_token": token}, headers=NL)


def do(browser: FlaskClient, path: str, **fields: object) -> TestResponse:
    answer = send(browser, path, **fields)
    assert answer.status_code == 302, answer.text
    return answer


def wanted(area_id: UUID, **changes: object) -> dict[str, object]:
    return {
        "naam": "Najaarsronde",
        "begin": "2026-09-01",
        "eind": "2026-12-01",
        "doel": "83",
        "gebied": [str(area_id)],
        "werkvorm": ["keukentafelgesprek"],
        **changes,
    }


def add_streets(app: Flask, area_id: UUID, streets: int = 4, doors: int = 10) -> None:
    with app.app_context():
        for street in range(streets):
            for number in range(doors):
                lon, lat = 6.61 + street * 0.002, 52.61 + (number // 2) * 0.0001
                where = {"lon": lon + number % 2 * 0.0003, "lat": lat, "place": "Nieuwlande"}
                db.session.add(Address(area_id=area_id, street=f"Straat {street}", number=number + 1, **where))
        db.session.commit()


@pytest.fixture
def browser(log_in: LogIn) -> FlaskClient:
    return log_in()


@pytest.fixture
def divided(village: Village, browser: FlaskClient, app: Flask) -> str:
    """The path of a round with 42 doors that are divided evenly over three people."""
    add_streets(app, village.area_id)
    path = f"/rondes/{village.round_id}"
    do(browser, f"{path}/mensen", namen="Truus\nJan\nFatima")
    apply_proposal(browser, path, wat="verdelen", hoe="gelijk", minuten="10")
    return path


def apply_proposal(browser: FlaskClient, path: str, **fields: object) -> None:
    page = browser.get(f"{path}/voorstel", query_string=fields, headers=NL)
    assert page.status_code == 200, page.text
    stand = re.search(r'name="stand" value="([^"]+)"', page.text)
    assert stand
    do(browser, f"{path}/voorstel", stand=stand[1], **fields)


def given(app: Flask) -> dict[str, list[UUID]]:
    """The addresses of each person by name, in walking order."""
    with app.app_context():
        query = (
            select(RoundMember.name, RoundAddress.address_id)
            .outerjoin(RoundAddress, RoundAddress.member_id == RoundMember.id)
            .order_by(RoundMember.id, RoundAddress.position)
        )
        found: dict[str, list[UUID]] = {}
        for name, address_id in db.session.execute(query):
            found.setdefault(name, []).extend([address_id] if address_id else [])
        return found


def member_id(app: Flask, name: str) -> UUID:
    with app.app_context():
        return db.session.scalars(select(RoundMember.id).where(RoundMember.name == name)).one()


def visit(app: Flask, round_id: UUID, address_ids: list[UUID], outcome: str) -> None:
    """What a phone told, straight into the tables."""
    with app.app_context():
        device = Device(id=uuid4(), token_hash=uuid4().hex, volunteer="Toestel")
        db.session.add(device)
        for address_id in address_ids:
            mutation = Mutation(id=uuid4(), device_id=device.id, status="applied")
            db.session.add(mutation)
            db.session.flush()
            moment = now_utc()
            db.session.add(
                Visit(
                    id=uuid4(),
                    mutation_id=mutation.id,
                    device_id=device.id,
                    round_id=round_id,
                    address_id=address_id,
                    outcome=outcome,
                    visited_at=moment,
                    corrected_at=moment,
                )
            )
        db.session.commit()


# making and changing


@pytest.mark.parametrize("path", ["", "/nieuw", f"/{NOBODY}", f"/{NOBODY}/verdeling", f"/{NOBODY}/deuren.geojson"])
def test_page_of_rounds_without_log_in_leads_to_log_in(app: Flask, path: str) -> None:
    answer = app.test_client().get(f"/rondes{path}")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/inloggen")


def test_list_without_rounds_says_how_to_begin(browser: FlaskClient, make_area: MakeArea) -> None:
    assert "Een ronde heeft een gebied nodig." in see(browser, "/rondes")

    make_area("Nieuwlande")

    assert "Begin met Nieuwe ronde" in see(browser, "/rondes")


def test_new_round_is_in_the_list_with_its_areas_and_target(village: Village, browser: FlaskClient, rows: Rows) -> None:
    do(browser, "/rondes/nieuw", **wanted(village.area_id))

    page = see(browser, "/rondes")
    assert "Najaarsronde loopt" in page
    assert "van het doel 83%" in page
    made = rows(select(Round).where(Round.name == "Najaarsronde"))[0][0]
    assert (made.starts_on, made.ends_on, made.target) == (date(2026, 9, 1), date(2026, 12, 1), 0.83)
    assert [row[0] for row in rows(select(AuditEntry.action).where(AuditEntry.subject == "Najaarsronde"))] == [
        "ronde.maken"
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"naam": " \0 "}, "Geef de ronde een naam"),
        ({"naam": "x" * 201}, "Geef de ronde een naam"),
        ({"eind": "2026-08-31"}, "De ronde eindigt voordat hij begint."),
        ({"begin": "morgen"}, "Kies een dag"),
        ({"eind": "9999-12-31"}, "Kies een dag"),
        ({"doel": "0"}, "Kies een doel van 1 tot en met 100"),
        ({"doel": "nan"}, "Kies een doel van 1 tot en met 100"),
        ({"doel": "veel"}, "Kies een doel van 1 tot en met 100"),
        ({"gebied": []}, "Kies ten minste één gebied."),
        ({"gebied": ["geen-nummer"]}, "Kies ten minste één gebied."),
        ({"werkvorm": []}, "Kies ten minste één werkvorm."),
        ({"werkvorm": ["bestaat-niet"]}, "Kies ten minste één werkvorm."),
    ],
)
def test_wrong_round_is_refused_in_words_and_nothing_is_stored(
    village: Village, browser: FlaskClient, rows: Rows, change: dict[str, object], words: str
) -> None:
    answer = send(browser, "/rondes/nieuw", **wanted(village.area_id, **change))

    assert answer.status_code == 400
    assert words in text_of(answer)
    assert len(rows(select(Round.id))) == 1


def test_refused_round_keeps_what_was_filled_in(village: Village, browser: FlaskClient) -> None:
    answer = send(browser, "/rondes/nieuw", **wanted(village.area_id, eind="2026-01-01"))

    assert 'value="Najaarsronde"' in answer.text
    assert re.search(rf'value="{village.area_id}" checked', answer.text)
    assert re.search(r'value="keukentafelgesprek" checked', answer.text)


def test_form_tells_which_werkvorm_may_fit_the_area(village: Village, browser: FlaskClient, app: Flask) -> None:
    assert "Tip voor" not in see(browser, "/rondes/nieuw")
    with app.app_context():
        area = db.session.get(Area, village.area_id)
        assert area is not None
        area.initiatiefkracht = "startklaar"
        db.session.commit()

    assert "Tip voor Nieuwlande: Bewoners staan klaar." in see(browser, "/rondes/nieuw")


def test_round_in_an_area_without_addresses_is_warned_about(
    village: Village, browser: FlaskClient, make_area: MakeArea
) -> None:
    empty = make_area("Tiendeveen", west=6.8)
    answer = do(browser, "/rondes/nieuw", **wanted(empty))
    path = answer.headers["Location"].removesuffix("/mensen")

    assert "Hier staan nog geen adressen: Tiendeveen." in see(browser, path)
    assert "nog geen adressen" in see(browser, f"{path}/verdeling")


def test_changed_round_has_other_areas_and_its_phone_hears_of_it(
    village: Village, browser: FlaskClient, make_area: MakeArea
) -> None:
    phone = village.phone()
    other = make_area("Tiendeveen", west=6.8)

    do(browser, f"/rondes/{village.round_id}/wijzigen", **wanted(other, naam="Anders"))
    phone.pull()

    entity = phone.entities["round"][str(village.round_id)]
    assert (entity["name"], entity["areaIds"], entity["forms"]) == ("Anders", [str(other)], ["keukentafelgesprek"])
    assert phone.entities["address"] == {}


def test_renamed_round_reaches_its_phone_without_a_reset(village: Village, browser: FlaskClient) -> None:
    phone = village.phone()
    forms = list(phone.entities["form"])

    do(browser, f"/rondes/{village.round_id}/wijzigen", **wanted(village.area_id, naam="Anders", werkvorm=forms))
    phone.pull()

    assert phone.entities["round"][str(village.round_id)]["name"] == "Anders"


def test_area_taken_from_a_divided_round_takes_its_doors_along(
    divided: str, village: Village, browser: FlaskClient, app: Flask, make_area: MakeArea
) -> None:
    other = make_area("Tiendeveen", west=6.8)

    do(browser, f"{divided}/wijzigen", **wanted(other))

    assert given(app) == {"Truus": [], "Jan": [], "Fatima": []}


def test_ended_round_stays_with_what_was_recorded(village: Village, browser: FlaskClient, rows: Rows) -> None:
    path = f"/rondes/{village.round_id}"
    assert "Alles wat is vastgelegd blijft" in see(browser, f"{path}/beeindigen")

    do(browser, f"{path}/beeindigen")

    assert rows(select(Round.ends_on).where(Round.id == village.round_id)) == [
        (max(now_utc().date(), date(2026, 11, 1)),)
    ]


def test_page_of_a_round_that_is_not_there_is_not_found(browser: FlaskClient) -> None:
    for path in ("", "/mensen", "/verdeling", "/wijzigen", "/deuren.geojson", f"/mensen/{uuid4()}"):
        assert browser.get(f"/rondes/{uuid4()}{path}").status_code == 404


def test_participation_counts_what_this_round_recorded_against_the_inhabitants(
    village: Village, browser: FlaskClient
) -> None:
    phone = village.phone()
    village.talk(phone, persons=7)
    phone.deliver()
    do(browser, "/rondes/nieuw", **wanted(village.area_id))

    page = see(browser, f"/rondes/{village.round_id}")
    other = see(browser, "/rondes")

    assert "7 van de 100 inwoners deden mee in deze ronde." in page
    assert "1 van 2 bezocht" in page
    assert "0% van het doel 83%" in other


def test_inhabitants_of_an_area_within_another_count_once() -> None:
    village, part, gebied = (Area(id=uuid4(), name="x", kind=kind) for kind in ("dorp", "buurt", "gebied"))
    family = {
        village.id: frozenset({village.id, part.id}),
        part.id: frozenset({part.id}),
        gebied.id: frozenset({gebied.id}),
    }
    known: dict[UUID, int | None] = {village.id: 100, part.id: 40, gebied.id: 60}

    assert inhabitants_of([village, part], family, known) == 100
    assert inhabitants_of([village, gebied], family, known) is None
    assert inhabitants_of([part], family, {}) is None


# people


def test_people_are_added_by_name_one_a_line(village: Village, browser: FlaskClient, app: Flask) -> None:
    do(browser, f"/rondes/{village.round_id}/mensen", namen=" Truus \n\nJan\n")

    assert list(given(app)) == ["Truus", "Jan"]


@pytest.mark.parametrize("names", ["", "\0\n ", "Truus\ntruus", "x" * 101, "\n".join(map(str, range(501)))])
def test_wrong_names_are_refused_in_words_and_nobody_is_added(
    village: Village, browser: FlaskClient, app: Flask, names: str
) -> None:
    answer = send(browser, f"/rondes/{village.round_id}/mensen", namen=names)

    assert answer.status_code == 400
    assert given(app) == {}


def link_of(page: str) -> str:
    found = re.search(r"/app/#/meedoen/([A-Z0-9-]+)", page)
    assert found, page
    return found[1]


def test_link_of_a_person_enrols_the_phone_of_that_person(
    village: Village, browser: FlaskClient, app: Flask, rows: Rows
) -> None:
    path = f"/rondes/{village.round_id}/mensen"
    do(browser, path, namen="Truus")

    page = send(browser, f"{path}/{member_id(app, 'Truus')}/link").text
    phone = village.unenrolled_phone()
    phone.enrol(link_of(page))

    assert rows(select(RoundMember.device_id)) == [(phone.device_id,)]
    assert "Truus" in see(browser, path)
    assert "nog niet aangemeld" not in see(browser, path)
    assert rows(select(Enrolment.code_hash).where(Enrolment.code_hash == link_of(page))) == []


def test_code_of_who_stopped_does_not_work(village: Village, browser: FlaskClient, app: Flask) -> None:
    path = f"/rondes/{village.round_id}"
    do(browser, f"{path}/mensen", namen="Truus\nJan")
    truus = member_id(app, "Truus")
    code = link_of(send(browser, f"{path}/mensen/{truus}/link").text)
    apply_proposal(browser, path, wat="stopt", wie=str(truus))

    with pytest.raises(Exception, match="Deze code werkt niet"):
        village.unenrolled_phone().enrol(code)
    assert send(browser, f"{path}/mensen/{truus}/link").status_code == 400


def test_phone_that_enrolled_by_itself_is_put_with_the_people(
    village: Village, browser: FlaskClient, app: Flask, rows: Rows
) -> None:
    phone = village.phone()
    path = f"/rondes/{village.round_id}/mensen"
    assert "Telefoons die al meedoen" in see(browser, path)

    do(browser, f"{path}/telefoon/{phone.device_id}")

    assert rows(select(RoundMember.name, RoundMember.device_id)) == [("Vrijwilliger", phone.device_id)]
    assert "Telefoons die al meedoen" not in see(browser, path)


# dividing


def test_doors_are_divided_as_the_proposal_showed(divided: str, browser: FlaskClient, app: Flask, rows: Rows) -> None:
    walks = given(app)

    assert max(map(len, walks.values())) <= 17
    assert sorted(one for walk in walks.values() for one in walk) == sorted(row[0] for row in rows(select(Address.id)))
    assert rows(select(Round.division, Round.door_minutes)) == [("gelijk", 10.0)]
    page = see(browser, f"{divided}/verdeling")
    assert "A Truus" in page
    assert "Straat 0" in page


def test_proposal_by_street_keeps_every_street_with_one_person(
    village: Village, browser: FlaskClient, app: Flask
) -> None:
    add_streets(app, village.area_id)
    path = f"/rondes/{village.round_id}"
    do(browser, f"{path}/mensen", namen="Truus\nJan")

    apply_proposal(browser, path, wat="verdelen", hoe="straat", minuten="10")

    with app.app_context():
        streets = dict(db.session.execute(select(Address.id, Address.street)).all())
    found = [{streets[one] for one in walk} for walk in given(app).values()]
    assert found[0].isdisjoint(found[1])


def test_division_without_people_is_refused_in_words(village: Village, browser: FlaskClient) -> None:
    answer = browser.get(f"/rondes/{village.round_id}/voorstel?wat=verdelen", headers=NL)

    assert answer.status_code == 400
    assert "Er doet nog niemand mee." in text_of(answer)
    assert "Er doet nog niemand mee." in see(browser, f"/rondes/{village.round_id}/verdeling")


@pytest.mark.parametrize("query", ["hoe=willekeurig", "minuten=0", "minuten=nan", "minuten=veel", "minuten=1e9"])
def test_wrong_way_of_dividing_is_refused_in_words(divided: str, browser: FlaskClient, query: str) -> None:
    assert browser.get(f"{divided}/voorstel?wat=verdelen&{query}", headers=NL).status_code == 400


@pytest.mark.parametrize("query", ["", "wat=x", "wat=stopt", "wat=stopt&wie=x", f"wat=erbij&wie={NOBODY}"])
def test_proposal_for_nobody_is_not_found(divided: str, browser: FlaskClient, query: str) -> None:
    assert browser.get(f"{divided}/voorstel?{query}", headers=NL).status_code == 404


def test_proposal_that_is_outdated_is_shown_anew_and_not_applied(
    divided: str, browser: FlaskClient, app: Flask
) -> None:
    before = given(app)

    answer = send(browser, f"{divided}/voorstel", wat="stopt", wie=str(member_id(app, "Jan")), stand="oud")

    assert answer.status_code == 409
    assert "Intussen is er iets veranderd" in text_of(answer)
    assert given(app) == before


def test_who_stops_gives_only_what_is_not_done_to_the_others(
    divided: str, village: Village, browser: FlaskClient, app: Flask, rows: Rows
) -> None:
    before = given(app)
    visit(app, village.round_id, before["Jan"][:4], "gesproken")
    visit(app, village.round_id, before["Jan"][4:5], "niet_thuis")

    apply_proposal(browser, divided, wat="stopt", wie=str(member_id(app, "Jan")))

    after = given(app)
    assert after["Jan"] == before["Jan"][:4]
    for name in ("Truus", "Fatima"):
        assert [one for one in after[name] if one in before[name]] == before[name]
    assert {*after["Truus"], *after["Fatima"]} >= set(before["Jan"][4:])
    assert rows(select(RoundMember.name).where(RoundMember.left_on.is_not(None))) == [("Jan",)]
    assert "gestopt" in see(browser, f"{divided}/mensen")
    actions = [row[0] for row in rows(select(AuditEntry.action))]
    assert {"ronde.mensen", "ronde.verdelen", "ronde.stopt"} <= set(actions)


def test_last_one_who_stops_leaves_doors_that_are_nobodys(divided: str, browser: FlaskClient, app: Flask) -> None:
    for name in ("Truus", "Jan", "Fatima"):
        apply_proposal(browser, divided, wat="stopt", wie=str(member_id(app, name)))

    assert given(app) == {"Truus": [], "Jan": [], "Fatima": []}


def test_who_joins_late_gets_a_share(divided: str, browser: FlaskClient, app: Flask) -> None:
    before = given(app)
    do(browser, f"{divided}/mensen", namen="Wim")

    apply_proposal(browser, divided, wat="erbij", wie=str(member_id(app, "Wim")))

    after = given(app)
    assert 6 <= len(after["Wim"]) <= 14
    assert all(set(after[name]) <= set(before[name]) for name in before)
    assert sum(map(len, after.values())) == 42


def test_who_stopped_can_take_part_again_and_get_doors(divided: str, browser: FlaskClient, app: Flask) -> None:
    jan = member_id(app, "Jan")
    apply_proposal(browser, divided, wat="stopt", wie=str(jan))

    do(browser, f"{divided}/mensen/{jan}/terug")
    apply_proposal(browser, divided, wat="erbij", wie=str(jan))

    assert len(given(app)["Jan"]) >= 6


def test_new_addresses_are_named_and_divided_and_nobody_loses_a_door(
    divided: str, village: Village, browser: FlaskClient, app: Flask
) -> None:
    before = given(app)
    with app.app_context():
        where = {"lon": 6.611, "lat": 52.611, "place": "Nieuwlande"}
        new = [Address(area_id=village.area_id, street="Nieuwstraat", number=one, **where) for one in (1, 2, 3)]
        db.session.add_all(new)
        db.session.commit()
        new_ids = {one.id for one in new}
    assert "Nieuwe deuren die nog van niemand zijn: 3." in see(browser, f"{divided}/verdeling")

    apply_proposal(browser, divided, wat="nieuw")

    after = given(app)
    assert {one for walk in after.values() for one in walk} == {
        one for walk in before.values() for one in walk
    } | new_ids
    assert all([one for one in after[name] if one not in new_ids] == before[name] for name in before)
    assert "nog van niemand" not in see(browser, f"{divided}/verdeling")


def test_address_that_lapsed_is_on_nobodys_list_or_sheet(divided: str, browser: FlaskClient, app: Flask) -> None:
    first = given(app)["Truus"][0]
    with app.app_context():
        address = db.session.get(Address, first)
        assert address is not None
        address.status, address.street = LAPSED, "Vervallenstraat"
        db.session.commit()

    assert "Vervallenstraat" not in see(browser, f"{divided}/mensen/{member_id(app, 'Truus')}")


def test_street_goes_to_somebody_else_by_hand(divided: str, browser: FlaskClient, app: Flask) -> None:
    before = given(app)
    with app.app_context():
        streets = dict(db.session.execute(select(Address.id, Address.street)).all())
    giver = "Truus"
    street = streets[before[giver][0]]
    moving = {one for one in before[giver] if streets[one] == street}

    do(
        browser,
        f"{divided}/verdeling/straat",
        straat=f"{member_id(app, giver)}:{street}",
        naar=str(member_id(app, "Fatima")),
    )

    after = given(app)
    assert set(after[giver]) == set(before[giver]) - moving
    assert set(after["Fatima"]) == set(before["Fatima"]) | moving
    assert after["Jan"] == before["Jan"]


@pytest.mark.parametrize(("street", "status"), [("Bestaat niet", 400), ("", 400)])
def test_street_that_somebody_does_not_have_cannot_be_given(
    divided: str, browser: FlaskClient, app: Flask, street: str, status: int
) -> None:
    fields = {"straat": f"{member_id(app, 'Truus')}:{street}", "naar": str(member_id(app, "Jan"))}

    assert send(browser, f"{divided}/verdeling/straat", **fields).status_code == status
    assert send(browser, f"{divided}/verdeling/straat", straat="x", naar="y").status_code == 404


def test_dividing_anew_leaves_what_is_done_with_who_did_it(
    divided: str, village: Village, browser: FlaskClient, app: Flask
) -> None:
    before = given(app)
    visit(app, village.round_id, before["Truus"][:5], "weigert")

    apply_proposal(browser, divided, wat="verdelen", hoe="straat", minuten="5")

    after = given(app)
    assert after["Truus"][:5] == before["Truus"][:5]
    assert sum(map(len, after.values())) == 42


def test_map_has_every_door_with_the_letter_of_its_person(divided: str, browser: FlaskClient) -> None:
    features = browser.get(f"{divided}/deuren.geojson").get_json()["features"]

    doors = [one["properties"] for one in features if one["geometry"]["type"] == "Point"]
    assert len(doors) == 42
    assert {(one["person"], one["mark"], one["colour"]) for one in doors} == {
        ("Truus", "A", 0),
        ("Jan", "B", 1),
        ("Fatima", "C", 2),
    }


# sheets


def test_sheets_have_the_doors_in_order_and_a_code_that_works(
    divided: str, village: Village, browser: FlaskClient, app: Flask, rows: Rows
) -> None:
    answer = send(browser, f"{divided}/vellen")

    assert answer.status_code == 200
    sheets = answer.text.split("<article")[1:]
    assert len(sheets) == 3
    with app.app_context():
        numbers = dict(db.session.execute(select(Address.id, Address.number)).all())
    shown = [int(one) for one in re.findall(r'<th scope="row">(\d+)', sheets[0])]
    assert shown == [numbers[one] for one in given(app)["Truus"]]
    phone = village.unenrolled_phone()
    phone.enrol(link_of(sheets[1]))
    phone.pull()
    assert next(iter(phone.entities["round"].values()))["addressIds"] == [str(one) for one in given(app)["Jan"]]


def test_sheet_of_who_has_a_phone_has_no_code_unless_asked(
    divided: str, village: Village, browser: FlaskClient, app: Flask
) -> None:
    jan = member_id(app, "Jan")
    village.unenrolled_phone().enrol(link_of(send(browser, f"{divided}/vellen", wie=str(jan)).text))

    again = send(browser, f"{divided}/vellen", wie=str(jan)).text
    asked = send(browser, f"{divided}/vellen", wie=str(jan), code="ja").text

    assert "#/meedoen/" not in again
    assert link_of(asked)


def test_sheet_leaves_out_what_is_done_and_names_no_resident(
    divided: str, village: Village, browser: FlaskClient, app: Flask
) -> None:
    phone = village.phone()
    village.talk(phone, persons=2, issues=("Mijn buurman drinkt",))
    phone.deliver()
    before = given(app)
    visit(app, village.round_id, before["Jan"][:3], "gesproken")

    sheet = send(browser, f"{divided}/vellen", wie=str(member_id(app, "Jan"))).text

    done = {*map(str, before["Jan"][:3]), village.address_ids[0]}
    assert len(re.findall(r'<th scope="row">', sheet)) == len([one for one in before["Jan"] if str(one) not in done])
    assert "buurman" not in sheet


def test_sheets_of_an_undivided_round_are_not_there(village: Village, browser: FlaskClient) -> None:
    assert send(browser, f"/rondes/{village.round_id}/vellen").status_code == 404


# speed


def test_pages_ask_the_database_as_often_for_many_doors_and_people_as_for_a_few(
    village: Village, browser: FlaskClient, app: Flask
) -> None:
    path = f"/rondes/{village.round_id}"
    do(browser, f"{path}/mensen", namen="Truus\nJan")
    apply_proposal(browser, path, wat="verdelen", hoe="gelijk", minuten="10")
    pages = [f"{path}{page}" for page in ("", "/mensen", "/verdeling", "/deuren.geojson")]
    pages += [
        f"{path}/mensen/{member_id(app, 'Jan')}",
        f"{path}/voorstel?wat=verdelen&hoe=gelijk&minuten=10",
        "/rondes",
    ]
    before = [count_statements(app, browser, page) for page in pages]

    add_streets(app, village.area_id, streets=5, doors=40)
    do(browser, f"{path}/mensen", namen="\n".join(f"Persoon {number}" for number in range(20)))
    apply_proposal(browser, path, wat="verdelen", hoe="gelijk", minuten="10")

    assert [count_statements(app, browser, page) for page in pages] == before
