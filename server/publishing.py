"""Publishing a form, with what follows from it in the other rooms."""

from core.db import db
from forms.models import FormVersion
from forms.publish import publish_form
from server.inventory.process import record_meldingen
from server.people.audit import record_change
from sync.pull import FORM
from sync.push import apply_held
from sync.queries import log_changes


def publish_and_tell(source: bytes, name: str) -> tuple[FormVersion, int]:
    """(the published version, how many held observations now count). Phones hear of it at their next pull."""
    version = publish_form(source, name)
    log_changes(FORM, [version.form_id])
    record_change("formulier.publiceren", f"{version.form_id} {version.version}")
    counted = apply_held(version.form_id, record_meldingen)
    db.session.commit()
    return version, counted
