"""What was held for an unknown form counts once that form is published."""

from flask import Flask
from sqlalchemy import select

from forms.library import library_forms
from server.inventory.models import Melding
from server.people.models import AuditEntry
from server.publishing import publish_file
from sync.models import Observation
from tests.support import EMAIL, TALK, LogIn, Rows, Village, csrf

NEXT = "2026112299"


def test_held_observation_counts_after_its_form_is_published(village: Village, app: Flask, rows: Rows) -> None:
    phone = village.phone()
    village.talk(phone, persons=4, issues=("Lamp",))
    (mutation,) = phone.queue.values()
    version = phone.entities["form"][TALK]["version"]
    xml = mutation["instanceXml"].replace(f'version="{version}"', f'version="{NEXT}"')
    phone.push([{**mutation, "formVersion": NEXT, "instanceXml": xml}])
    path = next(path for path in library_forms() if path.stem == TALK)

    with app.app_context():
        _, counted = publish_file(path.read_bytes().replace(version.encode(), NEXT.encode()), path.name)

    assert counted == 1
    (observation,) = rows(select(Observation))[0]
    assert (observation.status, observation.persons, observation.problem) == ("applied", 4, None)
    assert [melding.text for (melding,) in rows(select(Melding))] == ["Lamp"]
    phone.pull()
    assert phone.entities["form"][TALK]["version"] == NEXT


def test_answers_that_break_the_forms_rules_are_held_with_its_own_words_and_count_once_accepted(
    village: Village, rows: Rows, log_in: LogIn
) -> None:
    phone = village.phone()
    observation_id = village.talk(phone, persons=99, issues=("Lamp",))

    (receipt,) = phone.push(list(phone.queue.values()))

    assert receipt["status"] == "held"
    assert receipt["problem"]["type"] == "urn:rondgang:problem:answers-misfit"
    (error,) = receipt["problem"]["errors"]
    assert error["pointer"] == "/data/gesprek[1]/deelnemers[1]"
    assert "van 1 tot en met 30" in error["detail"]
    assert rows(select(Melding)) == []

    browser = log_in()
    path = f"/observaties/{observation_id}"
    page = browser.get(path, headers={"Accept-Language": "nl"}).text
    assert "van 1 tot en met 30" in page
    form = {"csrf_token": csrf(page), "versie": phone.queue.popitem()[0]}
    assert browser.post(f"{path}/meetellen", data=form).status_code == 302

    (observation,) = rows(select(Observation))[0]
    assert (observation.status, observation.persons) == ("applied", 99)
    assert [melding.text for (melding,) in rows(select(Melding))] == ["Lamp"]
    assert [entry.action for (entry,) in rows(select(AuditEntry).where(AuditEntry.actor == EMAIL))] == [
        "observatie.meetellen"
    ]
    assert browser.post(f"{path}/meetellen", data=form).status_code == 404


def test_claimed_address_of_a_held_observation_is_kept(village: Village, app: Flask, rows: Rows) -> None:
    phone = village.phone()
    village.talk(phone)
    (mutation,) = phone.queue.values()
    version = phone.entities["form"][TALK]["version"]
    xml = mutation["instanceXml"].replace(f'version="{version}"', f'version="{NEXT}"')
    xml = xml.replace(f"<adres>{village.address_ids[0]}</adres>", "<adres/>")
    phone.push([{**mutation, "formVersion": NEXT, "instanceXml": xml}])
    path = next(path for path in library_forms() if path.stem == TALK)

    with app.app_context():
        publish_file(path.read_bytes().replace(version.encode(), NEXT.encode()), path.name)

    (observation,) = rows(select(Observation))[0]
    assert (str(observation.address_id), observation.area_id) == (village.address_ids[0], village.area_id)
