"""Publishing: a version is what it was, for ever."""

import pytest
from flask import Flask

from core.db import db
from core.problems import FORM_VERSION_TAKEN, Problem
from forms.library import library_forms
from forms.publish import publish_form
from forms.queries import choice_labels_of_role, newest_versions

PATH = library_forms()[0]
SOURCE = PATH.read_bytes()


def test_publishing_same_content_again_changes_nothing(app: Flask) -> None:
    with app.app_context():
        first = publish_form(SOURCE, PATH.name)
        assert publish_form(SOURCE, PATH.name).id == first.id


def test_other_content_under_published_version_is_refused(app: Flask) -> None:
    with app.app_context():
        publish_form(SOURCE, PATH.name)
        with pytest.raises(Problem) as raised:
            publish_form(SOURCE.replace(b"Verkeer", b"Wegen"), PATH.name)

    assert raised.value.kind is FORM_VERSION_TAKEN


def test_new_version_is_what_phones_get_and_the_old_one_stays(app: Flask) -> None:
    with app.app_context():
        old = publish_form(SOURCE, PATH.name)
        new = publish_form(SOURCE.replace(b"2026112201", b"2026112202"), PATH.name)
        db.session.commit()

        assert [version.id for version in newest_versions([new.form_id])] == [new.id]
        assert old.id != new.id
        assert choice_labels_of_role("vraagstuk.thema", "en")["wonen"] == "Housing"
