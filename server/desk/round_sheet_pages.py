"""Sheets to print: the doors of a volunteer in walking order, boxes for what happened, and a code for the phone."""

from dataclasses import dataclass
from uuid import UUID

from flask import current_app, render_template, request

from core.db import db
from core.problems import NOT_FOUND, Problem
from maps.doors import Door
from server.desk.blueprint import desk
from server.desk.qr import qr_data_uri
from server.people.audit import record_change
from server.rounds.edit import areas_of, round_to_change
from server.rounds.people import invite
from server.rounds.shares import Share, shares_of, stretches_of
from server.rounds.situation import Situation, situation_of
from sync.devices import enrolment_link
from sync.models import Round, RoundMember

OUTCOMES_ON_PAPER = ("gesproken", "deels", "niet_thuis", "later", "weigert", "onbewoond")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one person takes along. `link` and `qr` are None for who does not need a code."""

    share: Share
    stretches: list[tuple[str, list[Door]]]
    link: str | None
    qr: str | None


@desk.post("/rondes/<uuid:round_id>/vellen")
def round_sheets(round_id: UUID) -> str:
    """The sheets of everybody who takes part, or of one person. Codes on them are shown once: only hashes are kept."""
    round_ = round_to_change(round_id)
    situation = situation_of(round_)
    shares = [share for share in shares_of(situation) if share.member.left_on is None and share.walk]
    wanted = request.form.get("wie")
    if wanted:
        shares = [share for share in shares if str(share.member.id) == wanted]
    if not shares:
        raise Problem(NOT_FOUND)
    sheets = [_sheet(round_, situation, share, bool(request.form.get("code"))) for share in shares]
    record_change("ronde.vellen", f"{round_.name}: {', '.join(share.member.name for share in shares)}")
    db.session.commit()
    return render_template(
        "round_sheets.html",
        round=round_,
        areas=areas_of(round_),
        situation=situation,
        sheets=sheets,
        outcomes=OUTCOMES_ON_PAPER,
    )


def _sheet(round_: Round, situation: Situation, share: Share, with_code: bool) -> Sheet:
    link = _link(round_, share.member) if with_code or share.member.device_id is None else None
    open_doors = tuple(door for door in share.walk if door.id not in situation.done)
    return Sheet(share, stretches_of(open_doors), link, qr_data_uri(link) if link else None)


def _link(round_: Round, member: RoundMember) -> str:
    return enrolment_link(current_app.extensions["rondgang_settings"].base_url, invite(round_, member))
