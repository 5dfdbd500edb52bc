"""Publishing, withdrawing and changing lists, with what follows from it in the other rooms."""

from collections.abc import Iterable

from core.db import db
from forms.models import FormVersion
from forms.publish import publish_list, publish_version, save_draft, withdraw_version
from forms.queries import all_newest_versions, definition_of
from server.inventory.process import record_meldingen
from server.people.audit import record_change
from sync.apply import tell_owner
from sync.interpret import apply_held
from sync.models import Round
from sync.pull import FORM, ROUND
from sync.queries import add_form_to_round, log_changes


def publish_and_tell(version: FormVersion) -> int:
    """Puts a version in force; returns how many held observations count now. Phones hear of it at their next pull."""
    publish_version(version)
    log_changes(FORM, [version.form_id])
    record_change("formulier.publiceren", f"{version.form_id} {version.version}")
    counted = apply_held(version.form_id, record_meldingen)
    for observation in counted:
        tell_owner(observation)
    db.session.commit()
    return len(counted)


def publish_file(source: bytes, name: str) -> tuple[FormVersion, int]:
    """(the version in this file, now in force; how many held observations count now)."""
    version, _ = save_draft(source, name)
    return version, publish_and_tell(version)


def add_to_round(form_id: str, round_: Round) -> None:
    """Lets a round ask this form as well; its phones get it at their next pull."""
    if add_form_to_round(round_.id, form_id):
        log_changes(ROUND, [round_.id])
        log_changes(FORM, [form_id])
        record_change("ronde.formulier", f"{form_id} in {round_.name}")
    db.session.commit()


def withdraw_and_tell(version: FormVersion) -> None:
    """Takes a version out of use."""
    withdraw_version(version)
    log_changes(FORM, [version.form_id])
    record_change("formulier.intrekken", f"{version.form_id} {version.version}")
    db.session.commit()


def publish_lists_and_tell(lists: Iterable[tuple[str, str]]) -> list[str]:
    """Puts lists (name, content) in force; returns the names of those that changed. All of them or none."""
    changed = [name for name, content in lists if publish_list(name, content)]
    using = [
        version.form_id
        for version in all_newest_versions()
        if set(changed) & set(definition_of(version).lists.values())
    ]
    log_changes(FORM, using)
    for name in changed:
        record_change("lijst.publiceren", name)
    db.session.commit()
    return changed
