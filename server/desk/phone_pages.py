"""Phones: which there are, what each handed in by its own account and ours, its access, and a code for a new one."""

from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.clock import now_utc
from core.db import db
from core.problems import INPUT_INVALID, NOT_FOUND, Fault, Problem
from server.desk.blueprint import desk
from server.desk.phone_list import Phone, handed_in, listed_phones
from server.desk.qr import qr_data_uri
from server.desk.titles import form_titles, title_of
from server.desk.words import _
from server.people.audit import record_change
from sync.devices import enrolment_link, make_enrolment
from sync.models import Round
from sync.queries import all_devices, all_rounds, find_device, photos_missing_of

LONGEST_NAME = 100
LONGEST_LIST = 100


@desk.get("/telefoons")
def phones() -> str:
    """Every phone with its account; those that worry us are named first."""
    found = listed_phones(all_devices(), now_utc())
    return render_template(
        "phones.html", phones=found, silent=[phone for phone in found if phone.is_silent], rounds=all_rounds()
    )


@desk.post("/telefoons")
def enrol_phone() -> str:
    """A page with the link and QR code for one phone. It is shown once: only the code's hash is kept."""
    volunteer = request.form.get("naam", "").replace("\0", "").strip()
    round_ = next((one for one in all_rounds() if str(one.id) == request.form.get("ronde")), None)
    if round_ is None or not 0 < len(volunteer) <= LONGEST_NAME:
        raise Problem(INPUT_INVALID, faults=[Fault("/naam", _("Vul een naam in en kies een ronde."))])
    link = _make_link(round_, volunteer)
    return render_template("enrolment.html", volunteer=volunteer, round=round_, link=link, qr=qr_data_uri(link))


@desk.get("/telefoons/<uuid:device_id>")
def phone(device_id: UUID) -> str:
    """One phone: its account in words, what it handed in last, and the photos that are missing."""
    titles = form_titles()
    missing = [
        (found.id, title_of(found, address, titles), found.received_at)
        for found, address, _ in photos_missing_of(device_id, LONGEST_LIST)
    ]
    return render_template(
        "phone.html",
        phone=_phone(device_id),
        handed_in=handed_in(device_id, LONGEST_LIST),
        missing=missing,
        longest=LONGEST_LIST,
    )


@desk.get("/telefoons/<uuid:device_id>/intrekken")
def confirm_revoking(device_id: UUID) -> str:
    """Asks once more, and says what it means."""
    return render_template("phone_revoke.html", phone=_enrolled_phone(device_id))


@desk.post("/telefoons/<uuid:device_id>/intrekken")
def revoke_phone(device_id: UUID) -> ResponseReturnValue:
    """From now on the phone gets nothing; what it holds it can still hand in."""
    found = _enrolled_phone(device_id)
    if not found.is_revoked:
        found.device.revoked_at = now_utc()
        record_change("telefoon.intrekken", f"{found.device.volunteer}, {device_id}")
        db.session.commit()
    return redirect(url_for("desk.phone", device_id=device_id))


@desk.post("/telefoons/<uuid:device_id>/toelaten")
def readmit_phone(device_id: UUID) -> ResponseReturnValue:
    """Lets a revoked phone take part again."""
    found = _enrolled_phone(device_id)
    if found.is_revoked:
        found.device.revoked_at = None
        record_change("telefoon.toelaten", f"{found.device.volunteer}, {device_id}")
        db.session.commit()
    return redirect(url_for("desk.phone", device_id=device_id))


def _phone(device_id: UUID) -> Phone:
    device = find_device(device_id)
    if device is None:
        raise Problem(NOT_FOUND)
    return listed_phones([device], now_utc())[0]


def _enrolled_phone(device_id: UUID) -> Phone:
    """A phone that has, or had, access. One that is known by its koffer only has none to take or give."""
    found = _phone(device_id)
    if not found.is_enrolled:
        raise Problem(NOT_FOUND)
    return found


def _make_link(round_: Round, volunteer: str) -> str:
    code = make_enrolment(round_, volunteer)
    record_change("telefoon.uitnodigen", f"{volunteer} voor {round_.name}")
    db.session.commit()
    return enrolment_link(current_app.extensions["rondgang_settings"].base_url, code)
