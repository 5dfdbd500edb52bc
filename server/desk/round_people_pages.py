"""The people of a round: adding them, the link for their phone, and what each has to do."""

from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.clock import now_utc
from core.db import db
from core.problems import Problem
from server.desk.blueprint import desk
from server.desk.phone_list import Phone, listed_phones
from server.desk.qr import qr_data_uri
from server.rounds.edit import existing_round
from server.rounds.people import add_people, add_phone, bring_back, existing_member, invite
from server.rounds.queries import devices_of_members, phones_of_nobody
from server.rounds.shares import Share, shares_of, stretches_of
from server.rounds.situation import Situation, situation_of
from sync.devices import enrolment_link

MOST_CHARACTERS = 60_000


@desk.get("/rondes/<uuid:round_id>/mensen")
def round_people(round_id: UUID) -> str:
    return _people(situation_of(existing_round(round_id)))


@desk.post("/rondes/<uuid:round_id>/mensen")
def add_round_people(round_id: UUID) -> ResponseReturnValue:
    names = request.form.get("namen", "")[:MOST_CHARACTERS]
    try:
        add_people(round_id, names)
    except Problem as problem:
        db.session.rollback()
        return _people(situation_of(existing_round(round_id)), names, problem), problem.kind.status
    return redirect(url_for("desk.round_people", round_id=round_id))


@desk.post("/rondes/<uuid:round_id>/mensen/telefoon/<uuid:device_id>")
def add_round_phone(round_id: UUID, device_id: UUID) -> ResponseReturnValue:
    """Who enrolled without being in the list is in it from now on."""
    add_phone(round_id, device_id)
    return redirect(url_for("desk.round_people", round_id=round_id))


@desk.get("/rondes/<uuid:round_id>/mensen/<uuid:member_id>")
def round_member(round_id: UUID, member_id: UUID) -> str:
    """One person: the doors in walking order, what was done, and the account of the phone."""
    member = existing_member(round_id, member_id)
    situation = situation_of(existing_round(round_id))
    share = next((one for one in shares_of(situation) if one.member.id == member_id), None)
    return render_template(
        "round_member.html",
        round=situation.round,
        member=member,
        share=share,
        stretches=stretches_of(share.walk) if share else [],
        situation=situation,
        phone=_phones(situation).get(member_id),
    )


@desk.post("/rondes/<uuid:round_id>/mensen/<uuid:member_id>/link")
def invite_member(round_id: UUID, member_id: UUID) -> str:
    """A page with the link and QR code for the phone of this person, shown once."""
    round_, member = existing_round(round_id), existing_member(round_id, member_id)
    link = enrolment_link(current_app.extensions["rondgang_settings"].base_url, invite(round_, member))
    db.session.commit()
    return render_template(
        "enrolment.html", volunteer=member.name, round=round_, member=member, link=link, qr=qr_data_uri(link)
    )


@desk.post("/rondes/<uuid:round_id>/mensen/<uuid:member_id>/terug")
def bring_back_member(round_id: UUID, member_id: UUID) -> ResponseReturnValue:
    bring_back(round_id, member_id)
    return redirect(url_for("desk.round_member", round_id=round_id, member_id=member_id))


def _people(situation: Situation, names: str = "", problem: Problem | None = None) -> str:
    round_id = situation.round.id
    shares = {share.member.id: share for share in shares_of(situation)}
    rows: list[tuple[Share | None, object]] = [(shares.get(member.id), member) for member in situation.members]
    return render_template(
        "round_people.html",
        round=situation.round,
        situation=situation,
        rows=rows,
        phones=_phones(situation),
        others=phones_of_nobody(round_id),
        names=names.replace("\0", ""),
        faults=[fault.detail for fault in problem.faults] if problem else [],
    )


def _phones(situation: Situation) -> dict[UUID, Phone]:
    """The phone of each person that has one, with its account."""
    phones = {phone.device.id: phone for phone in listed_phones(devices_of_members(situation.round.id), now_utc())}
    return {member.id: phones[member.device_id] for member in situation.members if member.device_id in phones}
