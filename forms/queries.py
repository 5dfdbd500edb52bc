"""SQL of the forms."""

from collections.abc import Collection
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select

from core.db import db
from forms.definition import Definition, read_definition
from forms.models import Form, FormVersion


def find_form(form_id: str) -> Form | None:
    return db.session.get(Form, form_id)


def find_version(form_id: str, version: str) -> FormVersion | None:
    return db.session.scalar(select(FormVersion).where(FormVersion.form_id == form_id, FormVersion.version == version))


def newest_versions(form_ids: Collection[str]) -> list[FormVersion]:
    """The newest published version of each of these forms."""
    return list(
        db.session.scalars(
            select(FormVersion)
            .join(Form, Form.newest_version_id == FormVersion.id)
            .where(Form.id.in_(form_ids))
            .order_by(Form.id)
        )
    )


def all_newest_versions() -> list[FormVersion]:
    return list(
        db.session.scalars(select(FormVersion).join(Form, Form.newest_version_id == FormVersion.id).order_by(Form.id))
    )


def definition_of(version: FormVersion) -> Definition:
    """The definition of a published version, read once in this process: a published version never changes."""
    return _definition(version.id, version.xform)


@lru_cache(maxsize=256)
def _definition(_version_id: UUID, xform: str) -> Definition:
    return read_definition(xform)


def choice_labels_of_role(role: str, language: str) -> dict[str, str]:
    """What people read for the choices of the questions with this role, over all published forms."""
    return {
        value: definition.choice_label(question, value, language)
        for definition in map(definition_of, all_newest_versions())
        for question in definition.with_role(role)
        for value in definition.choice_labels.get(question.choices or "", {})
    }
