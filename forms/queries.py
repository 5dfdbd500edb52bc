"""SQL of the forms."""

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import defer

from core.db import db
from forms.checks import Checks, compile_checks
from forms.definition import Definition, read_definition
from forms.lists import with_list_labels
from forms.models import DRAFT, PUBLISHED, Form, FormVersion, ListVersion

MOST_VERSIONS = 256


def find_form(form_id: str) -> Form | None:
    return db.session.get(Form, form_id)


def find_version(form_id: str, version: str) -> FormVersion | None:
    return db.session.scalar(select(FormVersion).where(FormVersion.form_id == form_id, FormVersion.version == version))


def find_countable_version(form_id: str, version: str) -> FormVersion | None:
    """The version that answers may name: published now or once, but no draft. Its texts are read when they are used."""
    return db.session.scalar(
        select(FormVersion)
        .where(FormVersion.form_id == form_id, FormVersion.version == version, FormVersion.state != DRAFT)
        .options(defer(FormVersion.source), defer(FormVersion.xform))
    )


def versions_of(form_id: str) -> list[FormVersion]:
    """Every version of a form, the newest first."""
    return list(
        db.session.scalars(
            select(FormVersion).where(FormVersion.form_id == form_id).order_by(FormVersion.saved_at.desc())
        )
    )


def versions_by_id(version_ids: Collection[UUID]) -> dict[UUID, FormVersion]:
    return {row.id: row for row in db.session.scalars(select(FormVersion).where(FormVersion.id.in_(version_ids)))}


def latest_published(form_id: str) -> FormVersion | None:
    """The version that was published last and is not withdrawn."""
    return db.session.scalar(
        select(FormVersion)
        .where(FormVersion.form_id == form_id, FormVersion.state == PUBLISHED)
        .order_by(FormVersion.published_at.desc(), FormVersion.id.desc())
        .limit(1)
    )


def newest_versions(form_ids: Collection[str]) -> list[FormVersion]:
    """The version in force of each of these forms."""
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


def all_forms() -> list[Form]:
    return list(db.session.scalars(select(Form).order_by(Form.id)))


def delete_version(version: FormVersion) -> None:
    db.session.execute(delete(FormVersion).where(FormVersion.id == version.id))


def lists_in_force(names: Collection[str]) -> dict[str, ListVersion]:
    """The newest version of each of these lists that there is, by name."""
    rank = func.row_number().over(
        partition_by=ListVersion.name, order_by=(ListVersion.published_at.desc(), ListVersion.id.desc())
    )
    ranked = select(ListVersion.id, rank.label("rank")).where(ListVersion.name.in_(names)).subquery()
    rows = db.session.scalars(select(ListVersion).join(ranked, ranked.c.id == ListVersion.id).where(ranked.c.rank == 1))
    return {row.name: row for row in rows}


def all_list_names() -> list[str]:
    return list(db.session.scalars(select(ListVersion.name).distinct().order_by(ListVersion.name)))


@dataclass(frozen=True, slots=True)
class _Source:
    """A version, known by its hash: its XForm never changes, so what was read of it once holds for this process."""

    hash: str
    version: FormVersion = field(compare=False)


def definition_of(version: FormVersion) -> Definition:
    """The definition of a version, read once in this process."""
    return _definition(_Source(version.hash, version))


def checks_of(version: FormVersion) -> Checks:
    """The checks of a version, compiled once in this process."""
    return _checks(_Source(version.hash, version))


@lru_cache(maxsize=MOST_VERSIONS)
def _definition(source: _Source) -> Definition:
    return read_definition(source.version.xform)


@lru_cache(maxsize=MOST_VERSIONS)
def _checks(source: _Source) -> Checks:
    return compile_checks(source.version.xform)


def readable_definition_of(version: FormVersion) -> Definition:
    """The definition with the labels of the external lists in force."""
    definition = definition_of(version)
    lists = lists_in_force(definition.lists.values())
    return with_list_labels(definition, {name: row.content for name, row in lists.items()})


def choice_labels_of_role(role: str, language: str) -> dict[str, str]:
    """What people read for the choices of the questions with this role, over all forms in force."""
    return {
        value: definition.choice_label(question, value, language)
        for definition in map(readable_definition_of, all_newest_versions())
        for question in definition.with_role(role)
        for value in definition.choice_labels.get(question.choices or "", {})
    }
