"""Publishing a form: from a workbook to a version that phones pull."""

from hashlib import sha256

from core.db import db
from core.problems import FORM_VERSION_TAKEN, Problem
from forms.models import Form, FormVersion
from forms.queries import find_form, find_version
from forms.xlsform import compile_xlsform


def publish_form(source: bytes, name: str) -> FormVersion:
    """The published version. The same content again changes nothing; other content under a taken version is refused."""
    compiled = compile_xlsform(source, name)
    definition = compiled.definition
    xform_hash = sha256(compiled.xform.encode()).hexdigest()
    existing = find_version(definition.form_id, definition.version)
    if existing is not None:
        if existing.hash != xform_hash:
            raise Problem(FORM_VERSION_TAKEN, f"{definition.form_id} {definition.version}")
        return existing
    form = find_form(definition.form_id)
    if form is None:
        form = Form(id=definition.form_id)
        db.session.add(form)
        db.session.flush()
    version = FormVersion(
        form_id=form.id,
        version=definition.version,
        source_name=name,
        source=source,
        xform=compiled.xform,
        hash=xform_hash,
    )
    db.session.add(version)
    db.session.flush()
    form.newest_version_id = version.id
    return version
