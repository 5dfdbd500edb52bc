"""Phones: which there are, when they were last heard of, and a code for a new one."""

from flask import current_app, render_template, request

from core.db import db
from core.problems import INPUT_INVALID, Fault, Problem
from server.desk.blueprint import desk
from server.desk.qr import qr_data_uri
from server.people.audit import record_change
from sync.devices import enrolment_link, make_enrolment
from sync.models import Round
from sync.queries import all_devices, all_rounds

LONGEST_NAME = 100


@desk.get("/telefoons")
def phones() -> str:
    return render_template("phones.html", devices=all_devices(), rounds=all_rounds())


@desk.post("/telefoons")
def enrol_phone() -> str:
    """A page with the link and QR code for one phone. It is shown once: only the code's hash is kept."""
    volunteer = request.form.get("naam", "").replace("\0", "").strip()
    round_ = next((one for one in all_rounds() if str(one.id) == request.form.get("ronde")), None)
    if round_ is None or not 0 < len(volunteer) <= LONGEST_NAME:
        raise Problem(INPUT_INVALID, faults=[Fault("/naam", "Vul een naam in en kies een ronde.")])
    link = _make_link(round_, volunteer)
    return render_template("enrolment.html", volunteer=volunteer, round=round_, link=link, qr=qr_data_uri(link))


def _make_link(round_: Round, volunteer: str) -> str:
    code = make_enrolment(round_, volunteer)
    record_change("telefoon.uitnodigen", f"{volunteer} voor {round_.name}")
    db.session.commit()
    return enrolment_link(current_app.extensions["rondgang_settings"].base_url, code)
