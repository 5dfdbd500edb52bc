"""The page Koffer: unsent work of a phone, brought in as a file."""

from typing import BinaryIO, cast

from flask import current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_security import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from core.config import Settings
from core.db import db
from core.problems import INPUT_INVALID, KOFFER_TOO_LARGE, Fault, Problem
from server.desk.blueprint import desk
from server.koffers import needs_review, take_in_koffer, what_came_in, what_is_lost

desk.record_once(lambda state: state.app.extensions["csrf"].exempt(f"{__name__}.import_koffer"))  # checked below


@desk.before_app_request
def receive_koffer() -> None:
    """Reads an uploaded koffer onto the disk, and checks that our own page sent it.

    A koffer is large and comes in slowly. So it is read for nobody who is not logged in, and outside a transaction:
    others must be able to write meanwhile. The check against forgery reads the form, so it is done here as well.
    """
    if request.endpoint != "desk.import_koffer" or not current_user.is_authenticated:
        return
    settings: Settings = current_app.extensions["rondgang_settings"]
    request.max_content_length = settings.max_koffer_bytes
    db.session.commit()
    try:
        current_app.extensions["csrf"].protect()
    except RequestEntityTooLarge as error:
        raise Problem(KOFFER_TOO_LARGE) from error


@desk.get("/koffer")
def koffer() -> str:
    return render_template("koffer.html", found=None)


@desk.post("/koffer")
def import_koffer() -> ResponseReturnValue:
    """What became of the uploaded koffer. The same again does no harm, so this may be reloaded."""
    file = request.files.get("koffer")
    if file is None or not file.filename:
        raise Problem(INPUT_INVALID, faults=[Fault("/koffer", "Kies eerst een bestand.")])
    found = take_in_koffer(cast(BinaryIO, file.stream), file.filename)
    return render_template(
        "koffer.html",
        found=found,
        name=file.filename,
        came_in=what_came_in(found),
        lost=what_is_lost(found),
        needs_review=needs_review(found),
    )
