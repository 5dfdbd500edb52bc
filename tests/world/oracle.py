"""What must be there, told independently of the server: every answer is a register that may hold several values.

A version is a set of writes: the answers in which it differs from the version it was made from. A write is overwritten
by a write to the same answer in a version that was made, directly or not, from it. What remains of an answer are its
maximal writes. One value: that is the answer. Several: one of them must stand, and a person must be asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

Answers = dict[str, str]
"""Text by the path of the answer. A part of a repeat has its key in the path: `vraagstuk{a}/tekst`."""

WITHDRAWN = "(withdrawn)"
YES = "yes"
IGNORED = frozenset({"meta"})


def read_answers(xml: str, keys: Mapping[str, str]) -> Answers:
    """The answers in this XML. `keys`: for each repeat, the question that tells its parts apart."""
    found: Answers = {}
    _walk(ET.fromstring(xml), "", keys, found)
    return found


def _walk(node: ET.Element, path: str, keys: Mapping[str, str], found: Answers) -> None:
    for child in node:
        name = child.tag.rpartition("}")[2]
        if name in IGNORED:
            continue
        if name in keys:
            name = f"{name}{{{_text(child, keys[name])}}}"
        if len(child):
            _walk(child, f"{path}{name}/", keys, found)
        elif (child.text or "").strip():
            found[f"{path}{name}"] = (child.text or "").strip()


def _text(node: ET.Element, name: str) -> str:
    return next(((child.text or "").strip() for child in node if child.tag.rpartition("}")[2] == name), "")


@dataclass(frozen=True, slots=True)
class Version:
    """What one mutation or one choice at the desk said. `bases`: the versions it was made from, as far as known."""

    id: str
    bases: frozenset[str]
    answers: Answers
    writes: Mapping[str, str | None]


@dataclass(slots=True)
class Subject:
    """One observation: everything that was ever said about it."""

    id: str
    owner: int
    versions: dict[str, Version] = field(default_factory=dict)
    merges: dict[str, tuple[frozenset[str], Answers]] = field(default_factory=dict)

    def __repr__(self) -> str:
        """What was said, in order: each version by the end of its id."""
        lines = [
            f"  {one.id[-4:]} from {sorted(base[-4:] for base in one.bases)}: {dict(one.writes)}"
            for one in self.versions.values()
        ]
        return "\n".join([f"observation {self.id}", *lines])

    def say(self, version_id: str, base: str | None, answers: Answers, is_withdrawn: bool = False) -> Version:
        """Notes a version that was made from `base` (a version, a merge that was fetched, or nothing)."""
        before, bases = self._before(base)
        after = {**answers, **({WITHDRAWN: YES} if is_withdrawn else {})}
        writes = {key: after.get(key) for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        if is_withdrawn:
            writes[WITHDRAWN] = YES  # who withdraws says so, whatever was said before
        return self._note(version_id, bases, after, writes)

    def choose(self, version_id: str, arrived: Iterable[str], before: Answers, after: Answers, settles: bool) -> None:
        """Notes what somebody at the desk made of what stood. Who settles has chosen wherever there was a choice."""
        writes = {key: after.get(key) for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        if settles:
            writes |= {key: after.get(key) for key, found in self.maximal(arrived).items() if len(found) > 1}
        if WITHDRAWN in after:
            writes[WITHDRAWN] = YES
        self._note(version_id, arrived, after, writes)

    def _note(
        self, version_id: str, bases: Iterable[str], answers: Answers, writes: Mapping[str, str | None]
    ) -> Version:
        version = self.versions[version_id] = Version(version_id, frozenset(bases), answers, writes)
        return version

    def saw(self, version_id: str, arrived: Iterable[str], answers: Answers) -> None:
        """The server showed this content as its version; it was made of everything that had arrived."""
        if version_id not in self.versions:
            self.merges[version_id] = (frozenset(arrived), answers)

    def _before(self, base: str | None) -> tuple[Answers, frozenset[str]]:
        if base is None:
            return {}, frozenset()
        if base in self.merges:
            arrived, answers = self.merges[base]
            return answers, arrived
        return self.versions[base].answers, frozenset({base})

    def content(self, version_id: str | None) -> Answers:
        """What this version, or a merge that was fetched, says; nothing where there was no version before."""
        return self._before(version_id)[0]

    def ancestry(self, version_id: str) -> set[str]:
        """Every version that this one was made from, directly or not."""
        found: set[str] = set()
        waiting = list(self.versions[version_id].bases)
        while waiting:
            one = waiting.pop()
            if one not in found and one in self.versions:
                found.add(one)
                waiting.extend(self.versions[one].bases)
        return found

    def maximal(self, arrived: Iterable[str]) -> dict[str, set[str | None]]:
        """The values of every answer that nobody overwrote, of the versions that arrived and all that led to them."""
        known = set(arrived)
        here = [self.versions[one] for one in known.union(*(self.ancestry(one) for one in known))]
        before = {one.id: self.ancestry(one.id) for one in here}
        found: dict[str, set[str | None]] = {}
        for one in here:
            for key, value in one.writes.items():
                if not any(one.id in before[other.id] and key in other.writes for other in here):
                    found.setdefault(key, set()).add(value)
        return found

    def ever(self, key: str) -> set[str | None]:
        """Every value that anybody ever gave to this answer."""
        return {one.writes[key] for one in self.versions.values() if key in one.writes}


def persons_of(answers: Mapping[str, Any], path: str) -> int:
    return int(answers.get(path) or 0)
