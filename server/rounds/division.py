"""Giving the doors of a round to people: first as a proposal that somebody looks at, then as it is.

A proposal is made anew from what is stored whenever it is shown or applied, and says so by its fingerprint: what is
applied is what was looked at, or nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from uuid import UUID

from core.clock import now_utc
from core.db import db
from core.problems import INPUT_INVALID, N_, NOT_FOUND, Fault, Problem, translate
from maps.divide import Walks, divide
from maps.doors import Walk
from maps.redivide import Handed, give_street, hand_out, redistribute, take_in
from server.people.audit import record_change
from server.rounds.edit import round_to_change
from server.rounds.queries import replace_given_doors
from server.rounds.situation import DEFAULT_MINUTES, EVENLY, WAYS, Situation, fingerprint, manner_of, situation_of
from sync.models import RoundMember

DIVIDE, LEAVE, JOIN, NEW_DOORS = "verdelen", "stopt", "erbij", "nieuw"
MINUTES = (1, 120)
WAY_WRONG = N_("Kies hoe u wilt verdelen.")
MINUTES_WRONG = N_("Kies 1 tot en met 120 minuten per huishouden.")
NOBODY_THERE = N_("Er doet nog niemand mee. Voeg eerst mensen toe.")
NO_DOORS = N_("In deze gebieden staan nog geen adressen. Laad eerst een adressenlijst.")
STREET_NOT_THERE = N_("Deze straat heeft niets meer te doen bij deze persoon. Kies opnieuw.")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to do with the doors: divide them, or for one person or the new doors to hand on."""

    what: str
    way: str = EVENLY
    minutes: float = DEFAULT_MINUTES
    member_id: UUID | None = None

    @property
    def fields(self) -> dict[str, str]:
        """The wish as fields of a form or query."""
        more = {"hoe": self.way, "minuten": f"{self.minutes:g}"} if self.what == DIVIDE else {}
        return {"wat": self.what, **more, **({"wie": str(self.member_id)} if self.member_id else {})}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Who would visit which doors; `nobodys` are what would be left over, and `stand` names exactly this proposal."""

    wish: Wish
    walks: Walks
    nobodys: Walk = ()
    stand: str = field(default="")


def read_wish(fields: Mapping[str, str]) -> Wish:
    """The wish in these fields. Raises INPUT_INVALID with what is wrong."""
    what = fields.get("wat", "")
    if what not in (DIVIDE, LEAVE, JOIN, NEW_DOORS):
        raise Problem(NOT_FOUND)
    if what == DIVIDE:
        return _read_dividing(fields)
    if what == NEW_DOORS:
        return Wish(what)
    try:
        return Wish(what, member_id=UUID(fields.get("wie", "")))
    except ValueError as error:
        raise Problem(NOT_FOUND) from error


def propose(situation: Situation, wish: Wish) -> Proposal:
    """What the wish comes to. Raises INPUT_INVALID without people or doors, NOT_FOUND without the person."""
    if wish.what == DIVIDE:
        handed = Handed(_divided(situation, wish))
    elif wish.what == NEW_DOORS:
        handed = hand_out(situation.walks, situation.nobodys, situation.done, _receivers(situation), situation.manner)
    else:
        handed = _for_one(situation, wish.what, _member(situation, wish.member_id))
    return Proposal(wish, handed.walks, handed.nobodys, fingerprint(handed.walks))


def apply_wish(round_id: UUID, wish: Wish, stand: str) -> Proposal | None:
    """Does what was proposed, committed; None when the proposal is another one by now, and nothing was done."""
    round_ = round_to_change(round_id)
    situation = situation_of(round_)
    proposal = propose(situation, wish)
    if proposal.stand != stand:
        return None
    subject = round_.name
    if wish.what == DIVIDE:
        round_.division, round_.door_minutes = wish.way, wish.minutes
    member = situation.member(wish.member_id) if wish.member_id else None
    if member is not None:
        subject = f"{round_.name}: {member.name}"
        member.left_on = now_utc().date() if wish.what == LEAVE else None
    store(round_id, proposal.walks)
    record_change(f"ronde.{wish.what}", subject)
    db.session.commit()
    return proposal


def move_street(round_id: UUID, street: str, giver: UUID, receiver: UUID) -> None:
    """What is still to do of a street goes from one person to another, committed. Raises INPUT_INVALID, NOT_FOUND."""
    round_ = round_to_change(round_id)
    situation = situation_of(round_)
    losing, getting = _member(situation, giver), _member(situation, receiver)
    if getting.left_on is not None:
        raise Problem(NOT_FOUND)
    walks = give_street(situation.walks, street, giver, receiver, situation.done, situation.manner)
    if walks == situation.walks:
        raise Problem(INPUT_INVALID, faults=[Fault("/straat", translate(STREET_NOT_THERE))])
    store(round_id, walks)
    record_change("ronde.straat", f"{round_.name}: {street} van {losing.name} naar {getting.name}")
    db.session.commit()


def store(round_id: UUID, walks: Walks) -> None:
    """Keeps who visits which doors. Phones notice by themselves: what they may see became another (sync/scope.py)."""
    rows = [(door.id, member_id, place) for member_id, walk in walks.items() for place, door in enumerate(walk)]
    replace_given_doors(round_id, rows)


def _divided(situation: Situation, wish: Wish) -> Walks:
    """A new division of all that is to do; what somebody did stays theirs, at the beginning of their walk."""
    if not situation.doors:
        raise Problem(INPUT_INVALID, faults=[Fault("", translate(NO_DOORS))])
    manner = manner_of(wish.way, wish.minutes)
    kept = {one: tuple(door for door in walk if door.id in situation.done) for one, walk in situation.walks.items()}
    to_do = [door for door in situation.doors.values() if door.id not in situation.done]
    shares = divide(to_do, _receivers(situation), manner.pace, whole_streets=manner.whole_streets)
    return {one: kept[one] + shares.get(one, ()) for one in kept}


def _for_one(situation: Situation, what: str, member: RoundMember) -> Handed:
    if what == LEAVE:
        return redistribute(situation.walks, member.id, situation.done, situation.staying, situation.manner)
    return Handed(take_in(situation.walks, member.id, situation.done, situation.staying, situation.manner))


def _receivers(situation: Situation) -> list[UUID]:
    if not situation.staying:
        raise Problem(INPUT_INVALID, faults=[Fault("", translate(NOBODY_THERE))])
    return situation.staying


def _member(situation: Situation, member_id: UUID | None) -> RoundMember:
    found = situation.member(member_id) if member_id else None
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def _read_dividing(fields: Mapping[str, str]) -> Wish:
    faults = []
    way = fields.get("hoe", EVENLY)
    if way not in WAYS:
        faults.append(Fault("/hoe", translate(WAY_WRONG)))
    try:
        minutes = float(fields.get("minuten", str(DEFAULT_MINUTES)).replace(",", "."))
    except ValueError:
        minutes = 0.0
    if not (isfinite(minutes) and MINUTES[0] <= minutes <= MINUTES[1]):
        faults.append(Fault("/minuten", translate(MINUTES_WRONG)))
    if faults:
        raise Problem(INPUT_INVALID, faults=faults)
    return Wish(DIVIDE, way, minutes)
