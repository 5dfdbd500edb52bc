"""Kitchen table talks of the world, written as a phone's form engine writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4
from xml.sax.saxutils import escape

from tests.world.oracle import WITHDRAWN, Answers

FORM = "keukentafelgesprek"
REPEAT = "vraagstuk"
PERSONS, HOUSEHOLD = "gesprek/deelnemers", "gesprek/huishoudgrootte"
BEFORE = ("deur/adres", "deur/uitkomst", "gesprek/toestemming", PERSONS, HOUSEHOLD)
PART = ("tekst", "thema", "trits", "foto")
AFTER = ("talenten/talent",)
TOO_MANY = "99"
CHOICES: Mapping[str, tuple[str | None, ...]] = {
    PERSONS: ("1", "2", "3", "4", TOO_MANY),
    HOUSEHOLD: (None, "2", "3", "5"),
    "talenten/talent": (None, "tuin", "koken tuin"),
}
ISSUE: Mapping[str, tuple[str | None, ...]] = {
    "tekst": ("De bus.", "Het bankje.", "Te hard rijden & de bocht."),
    "thema": ("verkeer", "wonen"),
    "trits": (None, "bewoners", "anderen"),
}


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes answers as the XML of one version of the form; `key` is the question that tells the issues apart."""

    version: str
    key: str | None

    @property
    def keys(self) -> dict[str, str]:
        return {REPEAT: self.key or "tekst"}

    def first(self, address_id: str, persons: str) -> Answers:
        """The answers that every talk has."""
        return {
            "deur/adres": address_id,
            "deur/uitkomst": "gesproken",
            "gesprek/toestemming": "ja",
            PERSONS: persons,
        }

    def xml(self, answers: Mapping[str, str]) -> str:
        """Instance XML in the order of the form."""
        inside = [*_groups(answers, BEFORE)]
        for part in parts_of(answers):
            key = f"<{self.key}>{escape(part)}</{self.key}>" if self.key else ""
            told = "".join(_leaf(name, answers.get(f"{REPEAT}{{{part}}}/{name}")) for name in PART)
            inside.append(f"<{REPEAT}>{key}{told}</{REPEAT}>")
        inside += _groups(answers, AFTER)
        head = f'<data xmlns:jr="http://openrosa.org/javarosa" id="{FORM}" version="{self.version}">'
        return f"{head}{''.join(inside)}<meta><instanceID>uuid:{uuid4()}</instanceID></meta></data>"


def parts_of(answers: Mapping[str, str]) -> list[str]:
    """The keys of the issues, in the order in which they were written."""
    names = (path.partition("}")[0] for path in answers if path.startswith(f"{REPEAT}{{"))
    return list(dict.fromkeys(name.removeprefix(f"{REPEAT}{{") for name in names))


def part_path(part: str, name: str) -> str:
    return f"{REPEAT}{{{part}}}/{name}"


def without(answers: Answers, path: str) -> Answers:
    """The answers without those at this path or below it."""
    return {key: text for key, text in answers.items() if not key.startswith(path)}


def plain(answers: Mapping[str, str]) -> Answers:
    """The answers, whether they were withdrawn or not."""
    return {key: text for key, text in answers.items() if key != WITHDRAWN}


def _groups(answers: Mapping[str, str], paths: tuple[str, ...]) -> list[str]:
    by_group: dict[str, list[str]] = {}
    for path in paths:
        group, _, name = path.partition("/")
        by_group.setdefault(group, []).append(_leaf(name, answers.get(path)))
    return [f"<{group}>{''.join(leaves)}</{group}>" for group, leaves in by_group.items()]


def _leaf(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else f"<{name}/>"
