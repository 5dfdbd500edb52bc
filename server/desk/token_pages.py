"""Tokens for programs that read areas, routes and observations: which there are, a new one, and taking one back."""

from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from core.clock import now_utc
from core.db import db
from core.problems import INPUT_INVALID, NOT_FOUND, Fault, Problem
from server.desk.blueprint import desk
from server.desk.words import _
from server.people.audit import record_change
from server.people.models import ApiToken
from server.people.queries import all_tokens, find_token_row
from server.people.tokens import make_token

LONGEST_NAME = 100


@desk.get("/gis-toegang")
def tokens() -> str:
    """Every token with its last use, and how to connect."""
    return render_template("tokens.html", tokens=all_tokens(), address=_address())


@desk.post("/gis-toegang")
def add_token() -> str:
    """A page with the token. It is shown once: only its hash is kept."""
    name = " ".join(request.form.get("naam", "").replace("\0", "").split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Problem(INPUT_INVALID, faults=[Fault("/naam", _("Vul een naam in van hoogstens 100 tekens."))])
    row, token = make_token(name, current_user.email)
    record_change("gis.sleutel maken", f"{name}, {row.id}")
    db.session.commit()
    return render_template("token_new.html", name=name, token=token, address=_address())


@desk.get("/gis-toegang/<uuid:token_id>/intrekken")
def confirm_revoking_token(token_id: UUID) -> str:
    """Asks once more, and says what it means."""
    return render_template("token_revoke.html", token=_token(token_id))


@desk.post("/gis-toegang/<uuid:token_id>/intrekken")
def revoke_token(token_id: UUID) -> ResponseReturnValue:
    """From now on the token opens nothing."""
    found = _token(token_id)
    if found.revoked_at is None:
        found.revoked_at = now_utc()
        record_change("gis.sleutel intrekken", f"{found.name}, {found.id}")
        db.session.commit()
    return redirect(url_for("desk.tokens"))


def _token(token_id: UUID) -> ApiToken:
    found = find_token_row(token_id)
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def _address() -> str:
    return f"{current_app.extensions['rondgang_settings'].base_url}/ogc"
