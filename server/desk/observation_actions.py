"""What a person does with an observation: let it count, choose, withdraw, bring back. Who and why is written down."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from core.db import db
from core.problems import INPUT_INVALID, Fault, Problem
from server.desk.blueprint import desk
from server.desk.choices import field_name, keys_of
from server.desk.words import _
from server.inventory.process import record_meldingen
from server.people.audit import record_change
from sync.at_desk import (
    accept_at_desk,
    apply_waiting_at_desk,
    refuse_outdated,
    resolve,
    restore_at_desk,
    withdraw_at_desk,
)

LONGEST_REASON = 500


@desk.post("/observaties/<uuid:observation_id>/meetellen")
def accept_observation(observation_id: UUID) -> ResponseReturnValue:
    """Lets a held observation count as it is."""
    refuse_outdated(observation_id, _seen())
    accept_at_desk(observation_id, record_meldingen)
    return _done("observatie.meetellen", observation_id)


@desk.post("/observaties/<uuid:observation_id>/kiezen")
def choose_answers(observation_id: UUID) -> ResponseReturnValue:
    """Lets the chosen answers stand."""
    reason = _reason()
    observation = refuse_outdated(observation_id, _seen())
    chosen = {key: request.form.get(field_name(place), "") for place, key in enumerate(keys_of(observation))}
    resolve(observation_id, chosen, current_user.email, reason, record_meldingen)
    return _done("observatie.kiezen", observation_id, reason)


@desk.post("/observaties/<uuid:observation_id>/intrekken")
def withdraw_observation(observation_id: UUID) -> ResponseReturnValue:
    return _change(withdraw_at_desk, "observatie.intrekken", observation_id)


@desk.post("/observaties/<uuid:observation_id>/terughalen")
def restore_observation(observation_id: UUID) -> ResponseReturnValue:
    """Lets a withdrawn observation count again."""
    return _change(restore_at_desk, "observatie.terughalen", observation_id)


@desk.post("/wachtend/<uuid:mutation_id>/samenvoegen")
def apply_waiting(mutation_id: UUID) -> ResponseReturnValue:
    """Puts a change that waits for a version that never came into what there is."""
    observation = apply_waiting_at_desk(mutation_id, record_meldingen)
    return _done("observatie.samenvoegen", observation.id, str(mutation_id))


def _change(use_case: Callable[..., object], action: str, observation_id: UUID) -> ResponseReturnValue:
    reason = _reason()
    refuse_outdated(observation_id, _seen())
    use_case(observation_id, current_user.email, reason, record_meldingen)
    return _done(action, observation_id, reason)


def _done(action: str, observation_id: UUID, why: str = "") -> ResponseReturnValue:
    record_change(action, f"{observation_id}: {why}" if why else str(observation_id))
    db.session.commit()
    return redirect(url_for("desk.observation", observation_id=observation_id))


def _seen() -> str:
    """The version that the person had in view."""
    return request.form.get("versie", "")


def _reason() -> str:
    """Why, as the person wrote it. Raises INPUT_INVALID when there is nothing."""
    reason = request.form.get("reden", "").replace("\0", "").strip()
    if not reason:
        raise Problem(INPUT_INVALID, faults=[Fault("/reden", _("Schrijf op waarom u dit doet."))])
    return reason[:LONGEST_REASON]
