"""Who takes part in a round: adding people, their phones, and who is back after stopping."""

from uuid import UUID

from core.db import db
from core.problems import INPUT_INVALID, N_, NOT_FOUND, Fault, Problem, translate
from server.people.audit import record_change
from server.rounds.edit import round_to_change
from server.rounds.queries import find_member, members_of, phones_of_nobody
from sync.devices import make_enrolment
from sync.models import Round, RoundMember

LONGEST_NAME = 100
MOST_PEOPLE = 500
NAMES_MISSING = N_("Vul ten minste één naam in, elk op een eigen regel.")
NAME_TOO_LONG = N_("Een naam heeft ten hoogste 100 tekens.")
TOO_MANY_PEOPLE = N_("Een ronde heeft ten hoogste 500 mensen.")
ALREADY_THERE = N_("%(name)s doet al mee. Kies een naam die verschilt, bijvoorbeeld met een letter erbij.")


def existing_member(round_id: UUID, member_id: UUID) -> RoundMember:
    """Raises NOT_FOUND when there is no such person in this round."""
    found = find_member(round_id, member_id)
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def add_people(round_id: UUID, text: str) -> list[RoundMember]:
    """The people whose names stand on the lines of this text, new in the round, committed. Raises INPUT_INVALID."""
    round_ = round_to_change(round_id)
    names = [line.strip() for line in text.replace("\0", "").splitlines() if line.strip()]
    known = [member.name for member in members_of([round_id])[round_id]]
    _refuse_wrong_names(names, known)
    added = [RoundMember(round_id=round_id, name=name) for name in names]
    db.session.add_all(added)
    record_change("ronde.mensen", f"{round_.name}: {', '.join(names)}")
    db.session.commit()
    return added


def add_phone(round_id: UUID, device_id: UUID) -> RoundMember:
    """Makes who has this phone one of the people of the round, committed. Raises NOT_FOUND."""
    round_ = round_to_change(round_id)
    device = next((one for one in phones_of_nobody(round_id) if one.id == device_id), None)
    if device is None:
        raise Problem(NOT_FOUND)
    taken = {member.name for member in members_of([round_id])[round_id]}
    name = device.volunteer
    number = 2
    while name in taken:
        name, number = f"{device.volunteer[: LONGEST_NAME - 5]} ({number})", number + 1
    member = RoundMember(round_id=round_id, name=name, device_id=device.id)
    db.session.add(member)
    record_change("ronde.mensen", f"{round_.name}: {name}")
    db.session.commit()
    return member


def invite(round_: Round, member: RoundMember) -> str:
    """A code for the phone of this person, in the current transaction. Raises INPUT_INVALID for who stopped."""
    if member.left_on is not None:
        raise Problem(INPUT_INVALID, faults=[Fault("/naam", member.name)])
    code = make_enrolment(round_, member.name, member.id)
    record_change("telefoon.uitnodigen", f"{member.name} voor {round_.name}")
    return code


def bring_back(round_id: UUID, member_id: UUID) -> RoundMember:
    """Who stopped takes part again, committed; the doors that went to others stay there."""
    round_ = round_to_change(round_id)
    member = existing_member(round_id, member_id)
    if member.left_on is not None:
        member.left_on = None
        record_change("ronde.terug", f"{round_.name}: {member.name}")
        db.session.commit()
    return member


def _refuse_wrong_names(names: list[str], known: list[str]) -> None:
    faults = []
    if not names:
        faults.append(translate(NAMES_MISSING))
    if any(len(name) > LONGEST_NAME for name in names):
        faults.append(translate(NAME_TOO_LONG))
    if len(names) + len(known) > MOST_PEOPLE:
        faults.append(translate(TOO_MANY_PEOPLE))
    seen = {name.casefold() for name in known}
    for name in names[:MOST_PEOPLE]:
        if name.casefold() in seen:
            faults.append(translate(ALREADY_THERE) % {"name": name[:LONGEST_NAME]})
        seen.add(name.casefold())
    if faults:
        raise Problem(INPUT_INVALID, faults=[Fault("/namen", fault) for fault in faults])
