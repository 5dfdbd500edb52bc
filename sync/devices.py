"""Devices: handing out a code, enrolling a phone with it, and knowing it again by its token."""

import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from core.clock import now_utc
from core.db import db
from core.problems import CODE_UNUSABLE, DEVICE_REVOKED, TOKEN_UNKNOWN, Problem
from sync.models import Device, Enrolment, Round
from sync.queries import (
    admit,
    device_by_token,
    find_device,
    find_enrolment,
    find_member_to_change,
    has_enrolled,
    update_device,
)
from sync.report import Report

CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
CODE_GROUPS = 3
CODE_VALID_FOR = timedelta(days=7)
CONTACT_PRECISION = timedelta(minutes=1)


def digest(secret: str) -> str:
    """What is stored of a token or code: SHA-256, hex."""
    return sha256(secret.encode()).hexdigest()


def make_enrolment(round_: Round, volunteer: str, member_id: UUID | None = None) -> str:
    """A new code (60 random bits, readable aloud) for one phone, of this member if any; only its hash is stored."""
    groups = ["".join(secrets.choice(CODE_ALPHABET) for _ in range(4)) for _ in range(CODE_GROUPS)]
    code = "-".join(groups)
    db.session.add(
        Enrolment(
            code_hash=digest(normal_code(code)),
            volunteer=volunteer,
            round_id=round_.id,
            expires_at=now_utc() + CODE_VALID_FOR,
            member_id=member_id,
        )
    )
    return code


def normal_code(code: str) -> str:
    """The code as it is hashed: without the dashes and spaces that people leave out or add."""
    return "".join(character for character in code.upper() if character.isalnum())


def enrolment_link(base_url: str, code: str) -> str:
    """The link for a phone. The code stands after the #, so that it is in no server's log."""
    return f"{base_url}/app/#/meedoen/{code}"


def enrol_device(request: dict[str, Any]) -> tuple[Device, bool]:
    """(the enrolled device, whether it is new). The same request again answers the same: an answer may be lost."""
    enrolment = find_enrolment(digest(normal_code(request["code"])))
    token_hash = digest(request["token"])
    if enrolment is None:
        raise Problem(CODE_UNUSABLE)
    if enrolment.device_id is not None:
        device = find_device(enrolment.device_id)
        if device is None or device.id != request["device_id"] or device.token_hash != token_hash:
            raise Problem(CODE_UNUSABLE)
        return device, False
    if enrolment.expires_at < now_utc():
        raise Problem(CODE_UNUSABLE)
    member = find_member_to_change(enrolment.member_id) if enrolment.member_id else None
    if member is not None and member.left_on is not None:
        raise Problem(CODE_UNUSABLE)
    device = _add_device(enrolment, request["device_id"], token_hash)
    if member is not None:
        member.device_id = device.id  # a newer phone takes over from the one before
    return device, True


def _add_device(enrolment: Enrolment, device_id: UUID, token_hash: str) -> Device:
    """The device, new or known already (a second round on the same phone, with the same token)."""
    device = find_device(device_id)
    if device is not None and device.token_hash != token_hash:
        if has_enrolled(device.id):
            raise Problem(CODE_UNUSABLE)
        device.token_hash, device.revoked_at = token_hash, None  # known by its koffer only, until now
    if device is None:
        device = Device(id=device_id, token_hash=token_hash, volunteer=enrolment.volunteer)
        db.session.add(device)
        try:
            db.session.flush()
        except IntegrityError as error:
            raise Problem(CODE_UNUSABLE) from error
    admit(device.id, enrolment.round_id)
    enrolment.device_id = device.id
    return device


def authenticate(authorization: str | None) -> Device:
    """The device with this `Authorization: Bearer` header. Raises TOKEN_UNKNOWN."""
    scheme, _, token = (authorization or "").partition(" ")
    device = device_by_token(digest(token.strip())) if scheme.lower() == "bearer" and token else None
    if device is None:
        raise Problem(TOKEN_UNKNOWN, headers={"WWW-Authenticate": 'Bearer realm="rondgang"'})
    return device


def refuse_revoked(device: Device) -> None:
    """Raises DEVICE_REVOKED: such a phone hands in what it holds, and gets nothing new."""
    if device.revoked_at is not None:
        raise Problem(DEVICE_REVOKED)


def note_contact(device: Device, report: Report) -> None:
    """Writes down, in a transaction of its own, that the phone was here and what it told, when that is news."""
    now = now_utc()
    told = {"made": report.made, "unsent": report.unsent, "photos_unsent": report.photos_unsent}
    news: dict[str, float] = {
        name: value for name, value in told.items() if value is not None and value != getattr(device, name)
    }
    if not news and device.last_contact_at is not None and now - device.last_contact_at < CONTACT_PRECISION:
        return
    skew = report.skew_s(now)
    if skew is not None:
        news["clock_skew_s"] = skew
    db.session.commit()  # ends the reading: SQLite refuses a write that begins in the middle of one
    update_device(device.id, last_contact_at=now, **news)
    db.session.commit()
