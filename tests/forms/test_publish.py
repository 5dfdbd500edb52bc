"""The life of a form: a draft may change, what was published is what it was for ever, and lists change beside it."""

import pytest
from flask import Flask

from core.db import db
from core.problems import FORM_VERSION_TAKEN, LIST_INVALID, LIST_MISSING, Problem
from forms.compare import compare
from forms.models import DRAFT, PUBLISHED, WITHDRAWN
from forms.publish import publish_form, publish_list, publish_version, save_draft, withdraw_version
from forms.queries import choice_labels_of_role, definition_of, find_countable_version, newest_versions

FORM_ID = "proef"


def form(version: str = "1", question: str = "Wat speelt er?", themes: str = "themas.csv") -> bytes:
    return f"""
| survey |
| | type | name | label::Nederlands (nl) | bind::rg:rol |
| | begin_group | zaak | Zaak | vraagstuk |
| | text | tekst | {question} | vraagstuk.tekst |
| | select_one_from_file {themes} | thema | Thema | vraagstuk.thema |
| | end_group | | | |
| settings |
| | form_id | version | namespaces |
| | {FORM_ID} | {version} | rg="urn:rondgang:rollen:1" |
""".encode()


def in_force() -> list[str]:
    return [version.version for version in newest_versions([FORM_ID])]


def test_draft_is_not_in_force_and_may_be_replaced(app: Flask) -> None:
    with app.app_context():
        first, _ = save_draft(form(), "a.md")
        second, _ = save_draft(form(question="Iets anders?"), "a.md")

        assert second.state == DRAFT
        assert second.hash != first.hash
        assert in_force() == []
        assert find_countable_version(FORM_ID, "1") is None


def test_publishing_same_content_again_changes_nothing(app: Flask) -> None:
    with app.app_context():
        first = publish_form(form(), "a.md")
        published_at = first.published_at

        assert publish_form(form(), "a.md").id == first.id
        assert first.published_at == published_at


def test_other_content_under_published_version_is_refused(app: Flask) -> None:
    with app.app_context():
        publish_form(form(), "a.md")
        with pytest.raises(Problem) as raised:
            save_draft(form(question="Iets anders?"), "a.md")

    assert raised.value.kind is FORM_VERSION_TAKEN


def test_newest_published_version_is_in_force_and_the_old_one_still_counts(app: Flask) -> None:
    with app.app_context():
        publish_form(form("1"), "a.md")
        publish_form(form("2"), "a.md")

        assert in_force() == ["2"]
        assert find_countable_version(FORM_ID, "1") is not None


def test_withdrawing_brings_back_the_version_before_and_restoring_undoes_it(app: Flask) -> None:
    with app.app_context():
        first, second = publish_form(form("1"), "a.md"), publish_form(form("2"), "a.md")

        withdraw_version(second)
        assert (second.state, in_force()) == (WITHDRAWN, ["1"])
        withdraw_version(first)
        assert in_force() == []
        assert find_countable_version(FORM_ID, "2") is not None

        publish_version(second)
        assert (second.state, in_force()) == (PUBLISHED, ["2"])


def test_list_of_the_library_comes_with_the_form_and_a_new_one_changes_labels_only(app: Flask) -> None:
    with app.app_context():
        version = publish_form(form(), "a.md")
        db.session.commit()
        assert choice_labels_of_role("vraagstuk.thema", "en")["wonen"] == "Housing"

        assert publish_list("themas.csv", "name,label,label_en\nwonen,Huizen,Homes\n")
        assert not publish_list("themas.csv", "name,label,label_en\nwonen,Huizen,Homes\n")

        assert choice_labels_of_role("vraagstuk.thema", "nl") == {"wonen": "Huizen"}
        assert in_force() == [version.version]


def test_form_with_a_list_that_is_not_there_cannot_be_published(app: Flask) -> None:
    with app.app_context(), pytest.raises(Problem) as raised:
        publish_form(form(themes="straten.csv"), "a.md")

    assert raised.value.kind is LIST_MISSING


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("naam,tekst\na,b\n", "/l.csv/1"),
        ("name,label\n,b\n", "/l.csv/2/name"),
        ("name,label\na,b\na,c\n", "/l.csv/3/name"),
        ("name,label\na b,c\n", "/l.csv/2/name"),
        ("name,label\na,b,c\n", "/l.csv/2"),
        ("name,label\na\n", "/l.csv/2"),
        ("", "/l.csv/1"),
    ],
)
def test_list_with_a_fault_is_refused_with_its_line(app: Flask, content: str, line: str) -> None:
    with app.app_context(), pytest.raises(Problem) as raised:
        publish_list("l.csv", content)

    assert raised.value.kind is LIST_INVALID
    assert [fault.pointer for fault in raised.value.faults] == [line]


def test_comparison_names_what_was_added_removed_and_changed(app: Flask) -> None:
    with app.app_context():
        before = definition_of(publish_form(form("1"), "a.md"))
        note = b"| note | uitleg | Lees voor | |\n| | text | tekst"
        changed = form("2", question="Iets anders?").replace(b"| text | tekst", note)
        after = definition_of(publish_form(changed, "a.md"))

    comparison = compare(before, after)

    assert [question.name for question in comparison.added] == ["uitleg"]
    assert comparison.removed == ()
    assert [(change.trait, change.before, change.after) for change in comparison.changes] == [
        ("label:nl", "Wat speelt er?", "Iets anders?")
    ]
    assert compare(after, after).is_empty
    assert [question.name for question in compare(after, before).removed] == ["uitleg"]
