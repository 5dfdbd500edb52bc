"""How far a long job is."""

from uuid import UUID

from flask import render_template

from core.db import db
from core.problems import NOT_FOUND, Problem
from core.progress import Progress
from server.desk.blueprint import desk


@desk.get("/voortgang/<uuid:progress_id>")
def progress(progress_id: UUID) -> str:
    """A part of a page that asks for itself again until the job is over."""
    found = db.session.get(Progress, progress_id)
    if found is None:
        raise Problem(NOT_FOUND)
    return render_template("progress.html", progress=found)
