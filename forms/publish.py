"""The life of a form's version: draft, published, withdrawn, restored. And its external lists."""

from hashlib import sha256

from core.clock import now_utc
from core.db import db
from core.problems import FORM_VERSION_TAKEN, LIST_MISSING, Problem
from forms.definition import Definition
from forms.library import LIBRARY
from forms.lists import read_list
from forms.models import DRAFT, PUBLISHED, WITHDRAWN, Form, FormVersion, ListVersion
from forms.queries import (
    definition_of,
    delete_version,
    find_form,
    find_version,
    latest_published,
    lists_in_force,
)
from forms.xlsform import CompiledForm, compile_xlsform


def save_draft(source: bytes, name: str) -> tuple[FormVersion, CompiledForm]:
    """The version, saved as a draft in the place of an earlier draft. The same as what was published is that version.

    Raises FORM_INVALID, and FORM_VERSION_TAKEN for other content under a published version.
    """
    compiled = compile_xlsform(source, name)
    definition = compiled.definition
    xform_hash = sha256(compiled.xform.encode()).hexdigest()
    existing = find_version(definition.form_id, definition.version)
    if existing is not None and existing.hash == xform_hash:
        return existing, compiled
    if existing is not None and existing.state != DRAFT:
        if (
            existing.source == source
        ):  # compiled by an earlier version of this software: what is published stays as it is
            return existing, compiled
        raise Problem(FORM_VERSION_TAKEN, f"{definition.form_id} {definition.version}")
    if existing is not None:
        delete_version(existing)
    if find_form(definition.form_id) is None:
        db.session.add(Form(id=definition.form_id))
        db.session.flush()
    version = FormVersion(
        form_id=definition.form_id,
        version=definition.version,
        source_name=name,
        source=source,
        xform=compiled.xform,
        hash=xform_hash,
    )
    db.session.add(version)
    db.session.flush()
    return version, compiled


def publish_form(source: bytes, name: str) -> FormVersion:
    """Saves and publishes in one go."""
    version, _ = save_draft(source, name)
    if version.state != PUBLISHED:
        publish_version(version)
    return version


def publish_version(version: FormVersion) -> None:
    """Puts a version in force: a draft, or one that was withdrawn or followed by another. Raises LIST_MISSING."""
    _provide_lists(definition_of(version))
    version.state, version.published_at = PUBLISHED, now_utc()
    _put_in_force(version.form_id)


def withdraw_version(version: FormVersion) -> None:
    """Takes a version out of use; the one published before it comes in force again, if there is one."""
    version.state = WITHDRAWN
    _put_in_force(version.form_id)


def publish_list(name: str, content: str) -> bool:
    """Puts a list in force. False when it is the same as the one in force. Raises LIST_INVALID."""
    read_list(name, content)
    content_hash = sha256(content.encode()).hexdigest()
    current = lists_in_force([name]).get(name)
    if current is not None and current.hash == content_hash:
        return False
    db.session.add(ListVersion(name=name, content=content, hash=content_hash))
    db.session.flush()
    return True


def _put_in_force(form_id: str) -> None:
    db.session.flush()
    form, version = find_form(form_id), latest_published(form_id)
    assert form is not None
    form.newest_version_id = version.id if version else None


def _provide_lists(definition: Definition) -> None:
    """Takes lists that are not there yet from the library."""
    present = lists_in_force(definition.lists.values())
    for name in set(definition.lists.values()) - present.keys():
        shipped = LIBRARY / name
        if not shipped.is_file() or shipped.parent != LIBRARY:
            raise Problem(LIST_MISSING, name)
        publish_list(name, shipped.read_text())
