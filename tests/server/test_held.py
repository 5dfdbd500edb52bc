"""What was held for an unknown form counts once that form is published."""

from flask import Flask
from sqlalchemy import select

from forms.library import library_forms
from server.inventory.models import Melding
from server.publishing import publish_file
from sync.models import Observation
from tests.support import TALK, Rows, Village

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
