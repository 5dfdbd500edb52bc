"""The desk: pages for people who log in."""

from flask import Blueprint, Response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_security import auth_required, roles_accepted

from server.people.models import BEHEERDER, OPBOUWWERKER

desk = Blueprint("desk", __name__)


@desk.before_request
@auth_required("session")
@roles_accepted(OPBOUWWERKER, BEHEERDER)
def only_for_the_desk() -> None:
    """Every page of this blueprint needs a person with one of these roles."""


@desk.after_request
def never_cached(response: Response) -> Response:
    """What residents said stays in no cache; photos, which never change, for an hour in the browser's own."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@desk.post("/taal")
def choose_language() -> ResponseReturnValue:
    session["taal"] = request.form.get("taal", "nl")
    return redirect(url_for("desk.areas"))
