"""What people have to choose about an observation: the answers that two of them gave differently, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.desk.answer_words import Difference, Said, answers_at, differences, number_at
from server.desk.versions import VersionLine, Versions
from server.desk.words import _
from sync.models import Observation
from sync.versions import WHOLE, OpenClash


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers: what is sent when it is chosen ("" for what stands), what it says, and who gave it.

    About all of an observation it has the answers that are not the same, or what it changes.
    """

    value: str
    text: str
    by: VersionLine | None
    answers: Sequence[Said] = ()
    differences: Sequence[Difference] = ()


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
    return Option("", text, versions.giver(key, standing))


def _other_option(versions: Versions, clash: OpenClash) -> Option:
    """The answer that does not stand. Who took one away may be another than who brought the clash."""
    key, path, other = clash["key"], clash["path"], clash["other"]
    if other is not None:
        return Option(clash["version"], versions.wording.text(path, other), versions.find(UUID(clash["version"])))
    text = _("Weggehaald") if path in versions.wording.repeats else _("Geen antwoord")
    return Option(clash["version"], text, versions.giver(key, {}))


def _whole_choice(versions: Versions, name: str, clashes: list[OpenClash]) -> Choice:
    """About all of the observation: withdrawn by one and changed by another, or made twice with the same number."""
    withdrawal = versions.withdrawal() if any(clash.get("withdrawn") for clash in clashes) else None
    others = [(clash, versions.find(UUID(clash["version"]))) for clash in clashes]
    options = [_option_of_whole(versions, clash, line) for clash, line in others if line]
    if withdrawal is None:
        question = _("Er zijn twee observaties met hetzelfde nummer. Welke geldt?")
        return Choice(name, question, 0, [_standing_whole(versions, others), *options])
    stays = Option("", _("Het blijft ingetrokken"), withdrawal)
    return Choice(name, _withdrawn_question(withdrawal, options), 0, [stays, *options])


def _standing_whole(versions: Versions, others: Sequence[tuple[OpenClash, VersionLine | None]]) -> Option:
    """What stands, with what the others say otherwise."""
    found = [one for _clash, line in others if line for one in _differences(versions, line)]
    answers = [Said(one.label, one.before or _("Geen antwoord"), one.number) for one in found]
    return Option("", _("Wat er nu staat"), versions.lines()[-1], list(dict.fromkeys(answers)))


def _option_of_whole(versions: Versions, clash: OpenClash, line: VersionLine) -> Option:
    if clash.get("withdrawn"):
        return Option(clash["version"], _("Het telt mee, met deze verandering"), line, differences=line.differences)
    found = _differences(versions, line)
    answers = [Said(one.label, one.after or _("Geen antwoord"), one.number) for one in found]
    return Option(clash["version"], _("De andere observatie"), line, answers)


def _differences(versions: Versions, line: VersionLine) -> list[Difference]:
    return differences(versions.standing, versions.answers(line.version.id))


def _withdrawn_question(withdrawal: VersionLine, options: list[Option]) -> str:
    by = options[0].by if options else None
    one, other = withdrawal.who, by.who if by else ""
    if one == other:
        return _("%(one)s trok dit in, en veranderde het ook. Wat geldt?", one=one)
    return _("%(one)s trok dit in. %(other)s veranderde het intussen. Wat geldt?", one=one, other=other)
