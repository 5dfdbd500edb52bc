"""Writing down who changed what, in the transaction of the change."""

from flask import has_request_context
from flask_security import current_user

from core.db import db
from server.people.models import AuditEntry

COMMAND_LINE = "opdrachtregel"


def record_change(action: str, subject: str) -> None:
    """Adds to the audit log that the person of this request (or the command line) did this."""
    actor = current_user.email if has_request_context() and current_user.is_authenticated else COMMAND_LINE
    db.session.add(AuditEntry(actor=actor, action=action, subject=subject[:300]))
