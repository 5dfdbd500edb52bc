"""The world as a machine of Hypothesis: it chooses who does what and what befalls them; in the end all must be well."""

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import Any, ClassVar, TypeVar
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import Connection

from core.clock import now_utc
from server.inventory.process import record_meldingen
from sync.at_desk import OTHER, accept_at_desk, change_at_desk, resolve, withdraw_at_desk
from sync.client import Photo, SyncClient
from sync.unpack import unpack_koffer
from tests.support import NOON, make_photo
from tests.world.audit import Audit
from tests.world.mortal import Died
from tests.world.oracle import WITHDRAWN, YES, Answers, Subject
from tests.world.people import Intents, Volunteer
from tests.world.stage import DOORS, INSIDE, OUTSIDE, Place, Stage
from tests.world.talk import CHOICES, FORM, ISSUE, Writer, part_path, parts_of, plain, without
from tests.world.weather import (
    ANSWER_LOST,
    ARRIVES,
    BROKEN_OFF,
    DIES_AT_COMMIT,
    LATE,
    REQUEST_LOST,
    SERVER_DIES,
    TWICE,
    Fate,
)

JPEG = make_photo(edge=16).content
LATEST_MOMENT = 30
KILLS = [Fate(SERVER_DIES, moment) for moment in range(LATEST_MOMENT)]
KILLS += [Fate(DIES_AT_COMMIT, moment) for moment in range(8)] * 4
LOSSES = [Fate(kind) for kind in (REQUEST_LOST, ANSWER_LOST, TWICE, LATE)]
BREAKS = [Fate(BROKEN_OFF, part) for part in (0, 3, 9)]
FATES = st.sampled_from([*[Fate(ARRIVES)] * 30, *LOSSES * 4, *BREAKS, *KILLS])
SEVERAL = st.lists(FATES, max_size=4)
AT_COMMITS = [Fate(DIES_AT_COMMIT, moment) for moment in range(4)]
PHOTO_FATES = st.sampled_from([*[Fate()] * 3, *LOSSES, *BREAKS, *AT_COMMITS])
LAST_PIECE = 3
DEATHS = st.sampled_from([*[None] * 20, *range(12)])
WHICH = st.integers(0, 11)
PERSONS = st.sampled_from(["1", "2", "3", "4"])
OUTCOMES = st.sampled_from(["niet_thuis", "weigert", "later"])
CHANGES = st.sampled_from(
    [
        *[("answer", path, value) for path, values in CHOICES.items() for value in values],
        *[(f"issue {number}", name, value) for number in (0, 1) for name, values in ISSUE.items() for value in values],
        *[("add", "tekst", text) for text in ISSUE["tekst"]],
        *[("remove", f"{number}", None) for number in (0, 1)],
    ]
)
Change = tuple[str, str, str | None]
SCOPES = st.sampled_from([*[None] * 6, (INSIDE, OUTSIDE), (INSIDE,), (OUTSIDE,), ()])  # mostly it stays as it is
JUMPS = st.sampled_from([-400 * 86400, -7200, 0, 30, 86400])


DEEDS: list[st.SearchStrategy[tuple[str, dict[str, Any]]]] = []
Method = TypeVar("Method", bound=Callable[..., None])


def deed(weight: int, **details: st.SearchStrategy[Any]) -> Callable[[Method], Method]:
    """Marks what can happen: how often, and how it is chosen in which way."""

    def mark(method: Method) -> Method:
        DEEDS.extend([st.tuples(st.just(method.__name__), st.fixed_dictionaries(details))] * weight)
        return method

    return mark


class World(RuleBasedStateMachine):
    """Phones, a desk, a network and a server of which each can fail at any moment."""

    stage: ClassVar[Stage]
    steps: ClassVar[list[int]]

    @initialize(count=st.integers(2, 4))
    def begin(self, count: int) -> None:
        self.steps.append(0)
        self.count, self.volunteers = count, list[Volunteer]()

    def _gather(self) -> None:
        """Volunteers enrol, each with a phone. Not before anything happens: Hypothesis begins with nothing."""
        self.place: Place = self.stage.place()
        self.weather = self.stage.weather()
        self.koffers: list[bytes] = []
        self.slow: Connection | None = None
        self.slow_door = ""
        self.made = 0
        first = Volunteer(0, uuid4().hex, self.weather, Intents(Writer("", None)))
        first.phone.enrol(self.stage.code(self.place))
        first.phone.pull()
        self.intents = first.intents
        self.intents.writer = _writer(first.phone.entities["form"][FORM])
        others = [Volunteer(number, uuid4().hex, self.weather, self.intents) for number in range(1, self.count)]
        for volunteer in others:
            volunteer.phone.enrol(self.stage.code(self.place))
            volunteer.phone.pull()
        self.volunteers = [first, *others]

    @rule(deed=st.deferred(lambda: st.one_of(DEEDS)))
    def happens(self, deed: tuple[str, dict[str, Any]]) -> None:
        """One step. All are one rule, because Hypothesis leaves rules out by turns and here each needs the others."""
        name, details = deed
        if not self.volunteers and name != "clock_jumps":
            self._gather()
        getattr(self, name)(**details)
        self.steps[-1] += 1

    # what volunteers make

    @deed(1, who=WHICH, seconds=JUMPS)
    def clock_jumps(self, who: int, seconds: int) -> None:
        if self.volunteers:
            self._who(who).off_by = timedelta(seconds=seconds)

    @deed(4, who=WHICH, door=WHICH, persons=PERSONS, issues=st.integers(0, 2), photos=st.integers(0, 1), death=DEATHS)
    def write_talk(self, who: int, door: int, persons: str, issues: int, photos: int, death: int | None) -> None:
        volunteer, writer = self._who(who), self.intents.writer
        address = self.place.doors[INSIDE][door % DOORS]
        answers, taken = writer.first(address, persons), []
        for number in range(issues):
            part = self._new_part()
            answers |= {part_path(part, "tekst"): f"De bus, {part}.", part_path(part, "thema"): "verkeer"}
            if number < photos:
                taken.append(self._take_photo())
                answers[part_path(part, "foto")] = taken[-1].name
        volunteer.do(
            lambda phone: phone.put_observation(
                FORM,
                writer.xml(answers),
                volunteer.clock(),
                round_id=str(self.place.round_id),
                address_id=address,
                photos=taken,
            ),
            dies_at=death,
        )

    @deed(1, who=WHICH, door=WHICH, outcome=OUTCOMES, death=DEATHS)
    def write_visit(self, who: int, door: int, outcome: str, death: int | None) -> None:
        address = self.place.doors[INSIDE][door % DOORS]
        round_id = str(self.place.round_id)
        self._who(who).do(lambda phone: phone.put_visit(address, outcome, NOON, round_id), dies_at=death)

    @deed(5, which=WHICH, changes=st.lists(CHANGES, min_size=1, max_size=2), fetched=st.booleans(), death=DEATHS)
    def edit(self, which: int, changes: list[Change], fetched: bool, death: int | None) -> None:
        if not self.intents.subjects:
            return
        subject = self._subject(which)
        volunteer, writer = self.volunteers[subject.owner], self.intents.writer
        base: dict[str, Any] = {}
        if fetched and subject.id in volunteer.fetched:
            found = volunteer.fetched[subject.id]
            base = {"base_version": found["version"], "attachments": found["attachments"]}
            before = volunteer.fetched_answers(subject)
        else:
            before = subject.content(volunteer.newest_of(subject))
        answers = self._changed(plain(before), changes)
        volunteer.do(lambda phone: phone.edit_observation(UUID(subject.id), writer.xml(answers), **base), dies_at=death)

    @deed(1, which=WHICH, death=DEATHS)
    def withdraw(self, which: int, death: int | None) -> None:
        if not self.intents.subjects:
            return
        subject = self._subject(which)
        self.volunteers[subject.owner].do(lambda phone: phone.withdraw(UUID(subject.id), "Spijt"), dies_at=death)

    # what goes over the network

    @deed(6, who=WHICH, size=st.integers(1, 5), skip=st.integers(0, 2), fate=FATES, death=DEATHS)
    def push(self, who: int, size: int, skip: int, fate: Fate, death: int | None) -> None:
        """Some of what is queued; what has a receipt may go again."""
        volunteer = self._who(who)
        batch = list(volunteer.phone.queue.values())[skip : skip + size]
        if batch:
            volunteer.do(lambda phone: phone.push(batch), [fate], death)

    @deed(2, who=WHICH, fates=SEVERAL, death=DEATHS)
    def deliver(self, who: int, fates: list[Fate], death: int | None) -> None:
        self._who(who).do(lambda phone: phone.deliver(), fates, death)

    @deed(5, who=WHICH, before=st.sampled_from([LAST_PIECE, LAST_PIECE, 0, 1, 2]), fate=PHOTO_FATES, death=DEATHS)
    def send_photo(self, who: int, before: int, fate: Fate, death: int | None) -> None:
        """The first photo that somebody has, in a few calls, of which one meets a fate."""
        for volunteer in (self._who(who + number) for number in range(len(self.volunteers))):
            unsent = volunteer.phone.unsent_photos
            if unsent:
                photo = volunteer.phone.photos[unsent[0]]
                volunteer.do(partial(SyncClient.send_photo, photo=photo), [*[Fate()] * before, fate], death)
                break

    @deed(1, who=WHICH, fate=FATES, death=DEATHS)
    def ask_ledger(self, who: int, fate: Fate, death: int | None) -> None:
        self._who(who).do(lambda phone: phone.forget_confirmed(), [fate], death)

    @deed(3, who=WHICH, fate=FATES, death=DEATHS)
    def pull(self, who: int, fate: Fate, death: int | None) -> None:
        self._who(who).do(lambda phone: phone.pull(), [fate], death)

    @deed(2, which=WHICH, fate=FATES)
    def fetch(self, which: int, fate: Fate) -> None:
        if not self.intents.subjects:
            return
        subject = self._subject(which)
        volunteer = self.volunteers[subject.owner]
        if volunteer.fetch(subject, fate):
            arrived = self.audit.arrived(subject)
            subject.saw(volunteer.fetched[subject.id]["version"], arrived, volunteer.fetched_answers(subject))

    @deed(2, which=WHICH)
    def late_request_arrives(self, which: int) -> None:
        if not self.weather.late:
            return
        self.weather.deliver_late(which)

    # what happens at the desk

    @deed(1, who=WHICH)
    def make_koffer(self, who: int) -> None:
        volunteer = self._who(who)
        if volunteer.phone.queue:
            self.koffers.append(b"".join(volunteer.phone.koffer()))

    @deed(2, which=WHICH, fate=FATES)
    def take_in_koffer(self, which: int, fate: Fate) -> None:
        if not self.koffers:
            return
        file = BytesIO(self.koffers[which % len(self.koffers)])
        settings = self.stage.app.extensions["rondgang_settings"]
        self._at_desk(lambda: unpack_koffer(file, settings, record_meldingen), fate)

    @deed(3, which=WHICH, changes=st.lists(CHANGES, min_size=1, max_size=2), fate=FATES)
    def change_at_desk(self, which: int, changes: list[Change], fate: Fate) -> None:
        if not self.intents.subjects:
            return
        subject, process = self._subject(which), record_meldingen
        stands = self.audit.standing(subject)
        if stands is not None and stands.status != "withdrawn":
            xml = self.intents.writer.xml(self._changed(self.intents.answers(stands.instance_xml), changes))
            key = UUID(subject.id)
            self._choose(subject, lambda: change_at_desk(key, xml, "Anna", "Gebeld", process), fate)

    @deed(1, which=WHICH, fate=FATES)
    def withdraw_at_desk(self, which: int, fate: Fate) -> None:
        if not self.intents.subjects:
            return
        subject = self._subject(which)
        key, process = UUID(subject.id), record_meldingen
        if self.audit.standing(subject) is not None:
            self._choose(subject, lambda: withdraw_at_desk(key, "Anna", "Spijt", process), fate, settles=True)

    @deed(2, which=WHICH, takes_other=st.lists(st.booleans(), min_size=3, max_size=3), fate=FATES)
    def resolve_at_desk(self, which: int, takes_other: list[bool], fate: Fate) -> None:
        """The first observation from here that has something to choose."""
        if not self.intents.subjects:
            return
        clashing = [one for one in self._subjects_from(which) if self.audit.clashes(one)]
        if clashing:
            subject, process = clashing[0], record_meldingen
            keys = zip(self.audit.clashes(subject), takes_other, strict=False)
            choices = {key: OTHER if other else "" for key, other in keys}
            key = UUID(subject.id)
            self._choose(subject, lambda: resolve(key, choices, "Anna", "Gebeld", process), fate, settles=True)

    @deed(1, which=WHICH, fate=FATES)
    def accept_at_desk(self, which: int, fate: Fate) -> None:
        """The first observation from here that is held."""
        if not self.intents.subjects:
            return
        standing = [self.audit.standing(one) for one in self._subjects_from(which)]
        held = [one.id for one in standing if one is not None and one.status == "held"]
        if held:
            self._at_desk(lambda: accept_at_desk(held[0], record_meldingen), fate)
            now = self.audit.standing(self.intents.subjects[str(held[0])])
            if now is not None and now.status == "applied":
                self.intents.accepted[str(now.id)] = now.version_id

    @deed(1, who=st.integers(0, 30))
    def revoke(self, who: int) -> None:
        if who < len(self.volunteers):
            volunteer = self.volunteers[who]
            device_id = volunteer.phone.device_id
            self._at_desk(lambda: self.stage.revoke(device_id, now_utc()), Fate())
            volunteer.is_revoked = True

    @deed(2, scope=SCOPES, fate=FATES)
    def change_scope(self, scope: tuple[int, ...] | None, fate: Fate) -> None:
        if scope is not None:
            chosen = [self.place.area_ids[side] for side in scope]
            self._at_desk(lambda: self.stage.set_areas(self.place, chosen), fate)

    @deed(2, side=st.integers(0, 1), door=WHICH, fate=FATES)
    def rename_door(self, side: int, door: int, fate: Fate) -> None:
        address = self.place.doors[side][door % DOORS]
        if address != self.slow_door:
            self._at_desk(lambda: self.stage.rename_door(address, f"Weg {self._new_part()}"), fate)

    @deed(2, door=WHICH)
    def slow_rename_begins_or_ends(self, door: int) -> None:
        if not self.stage.is_postgres:
            return
        if self.slow is None:
            self.slow_door = self.place.doors[INSIDE][door % DOORS]
            self.slow = self.stage.rename_slowly(self.place, self.slow_door, f"Weg {self._new_part()}")
        else:
            self._end_slow()

    # how it must be

    @deed(2, which=WHICH)
    def look(self, which: int) -> None:
        if not self.intents.mutations:
            return
        self.audit.check_acknowledged()
        if self.intents.subjects:
            self.audit.check_content(self._subject(which))

    def teardown(self) -> None:
        if not self.volunteers:
            return
        try:
            if sys.exc_info()[0] is None:
                self._end_slow()
                self.audit.come_to_rest()
                self.audit.check_all()
        finally:
            self._end_slow()
            for volunteer in self.volunteers:
                volunteer.throw_away()

    @property
    def audit(self) -> Audit:
        return Audit(self.stage, self.place, self.intents, self.volunteers, self.weather)

    def _who(self, number: int) -> Volunteer:
        return self.volunteers[number % len(self.volunteers)]

    def _subject(self, number: int) -> Subject:
        return list(self.intents.subjects.values())[number % len(self.intents.subjects)]

    def _new_part(self) -> str:
        self.made += 1
        return f"k{self.made}"

    def _take_photo(self) -> Photo:
        """A photo that nobody took before: what follows the picture in the file is part of its bytes."""
        photo = Photo(f"{self._new_part()}.jpg", JPEG + uuid4().bytes)
        self.intents.taken[photo.sha256] = photo.content
        return photo

    def _changed(self, answers: Answers, changes: list[Change]) -> Answers:
        after = dict(answers)
        for kind, name, value in changes:
            parts = parts_of(after)
            if kind == "answer":
                _set(after, name, value)
            elif kind == "add":
                part = self._new_part()
                after |= {part_path(part, "tekst"): f"{value} {part}", part_path(part, "thema"): "wonen"}
            elif kind == "remove" and parts:
                after = without(after, part_path(parts[int(name) % len(parts)], ""))
            elif kind.startswith("issue") and parts and self.intents.writer.key:
                _set(after, part_path(parts[int(kind[-1]) % len(parts)], name), value)
        return after

    def _subjects_from(self, number: int) -> list[Subject]:
        subjects = list(self.intents.subjects.values())
        first = number % len(subjects)
        return subjects[first:] + subjects[:first]

    def _choose(self, subject: Subject, action: Any, fate: Fate, settles: bool = False) -> None:
        """Something at the desk that makes a version; what came of it is read from the history."""
        arrived, before = self.audit.arrived(subject), self.audit.content(subject)
        self._at_desk(action, fate)
        for version in self.audit.chosen(subject):
            if str(version.id) not in subject.versions:
                after = self.audit.content(subject)
                if version.instance_xml is None:
                    after = {**before, WITHDRAWN: YES}
                subject.choose(str(version.id), arrived, before, after, settles)

    def _at_desk(self, action: Any, fate: Fate) -> None:
        with suppress(Died):
            self.stage.at_desk(action, fate)

    def _end_slow(self) -> None:
        if self.slow is not None:
            self.slow.commit()
            self.slow.close()
            self.slow, self.slow_door = None, ""


def _set(answers: Answers, path: str, value: str | None) -> None:
    if value is None:
        answers.pop(path, None)
    else:
        answers[path] = value


def _writer(form: dict[str, Any]) -> Writer:
    key = next((role["path"].rpartition("/")[2] for role in form["roles"] if role["role"].endswith("sleutel")), None)
    return Writer(form["version"], key)
