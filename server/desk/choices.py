"""What people have to choose about an observation: the answers that two of them gave differently, side by side."""

from dataclasses import dataclass
from uuid import UUID

from server.desk.answer_words import Difference, answers_at, differences, number_at
from server.desk.versions import VersionLine, Versions
from server.desk.words import _
from sync.models import Observation
from sync.versions import WHOLE, OpenClash


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers: what is sent when it is chosen ("" for what stands), what it says, and who gave it."""

    value: str
    text: str
    who: str
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question to a person. `name` is that of its form field; the first option is what stands."""

    name: str
    question: str
    number: int
    options: list[Option]


def keys_of(observation: Observation) -> list[str]:
    """The keys of what clashes, each once. The place of a key in the list is in the name of its form field."""
    return list(dict.fromkeys(clash["key"] for clash in observation.clashes or ()))


def field_name(place: int) -> str:
    return f"keuze-{place}"


def choices_of(versions: Versions) -> list[Choice]:
    """What there is to choose now."""
    clashes = versions.observation.clashes or []
    return [
        _choice(versions, field_name(place), [clash for clash in clashes if clash["key"] == key])
        for place, key in enumerate(keys_of(versions.observation))
    ]


def _choice(versions: Versions, name: str, clashes: list[OpenClash]) -> Choice:
    key, path = clashes[0]["key"], clashes[0]["path"]
    if key == WHOLE:
        return _whole_choice(versions, name, clashes)
    return Choice(
        name,
        versions.wording.label(path),
        number_at(versions.standing, key),
        [_standing_option(versions, key), *(_other_option(versions, clash) for clash in clashes)],
    )


def _standing_option(versions: Versions, key: str) -> Option:
    standing = answers_at(versions.standing, key)
    text = " · ".join(said.text for said in standing.values()) or _("Geen antwoord")
    return Option("", text, versions.giver(key, standing), [])


def _other_option(versions: Versions, clash: OpenClash) -> Option:
    """The answer that does not stand. Who took one away may be another than who brought the clash."""
    key, path, other = clash["key"], clash["path"], clash["other"]
    line = versions.find(UUID(clash["version"]))
    is_part = path in versions.wording.repeats
    who = versions.giver(key, {}) if other is None else line.who if line else ""
    gone = _("Weggehaald") if is_part else _("Geen antwoord")
    return Option(clash["version"], gone if other is None else versions.wording.text(path, other), who, [])


def _whole_choice(versions: Versions, name: str, clashes: list[OpenClash]) -> Choice:
    """About all of the observation: withdrawn by one and changed by another, or made twice with the same number."""
    withdrawal = versions.withdrawal() if any(clash.get("withdrawn") for clash in clashes) else None
    others = [(clash, versions.find(UUID(clash["version"]))) for clash in clashes]
    options = [_option_of_whole(versions, clash, line) for clash, line in others if line]
    if withdrawal is None:
        question = _("Er zijn twee observaties met hetzelfde nummer. Welke geldt?")
        begun = versions.lines()[-1]
        return Choice(name, question, 0, [Option("", _("Wat er nu staat"), begun.who, []), *options])
    stays = Option("", _("Het blijft ingetrokken"), withdrawal.who, [])
    return Choice(name, _withdrawn_question(withdrawal, options), 0, [stays, *options])


def _withdrawn_question(withdrawal: VersionLine, options: list[Option]) -> str:
    one, other = withdrawal.who, options[0].who if options else ""
    if one == other:
        return _("%(one)s trok dit in, en veranderde het ook. Wat geldt?", one=one)
    return _("%(one)s trok dit in. %(other)s veranderde het intussen. Wat geldt?", one=one, other=other)


def _option_of_whole(versions: Versions, clash: OpenClash, line: VersionLine) -> Option:
    if clash.get("withdrawn"):
        return Option(clash["version"], _("Het telt mee, met deze verandering"), line.who, line.differences)
    found = differences(versions.standing, versions.answers(line.version.id))
    return Option(clash["version"], _("De andere observatie"), line.who, found)
