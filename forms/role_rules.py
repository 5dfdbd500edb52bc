"""The rules of the roles: on what type of question, where, with which choices and mates (docs/formulieren.md)."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.problems import N_, translate
from forms.definition import COUNTING_UNITS, Definition, Question
from forms.roles import AGE_GROUPS, ISSUE, OUTCOMES, PART_KEY, SCORES

TEXT, NUMBER, POINT, PHOTO = ("string",), ("int", "calculate"), ("geopoint",), ("binary",)
CHOICE = ("select1",)
GROUPS = ("group", "repeat")
YES_NO = frozenset({"ja", "nee"})


@dataclass(frozen=True, slots=True)
class Rule:
    """What a role asks of its question. `choices` are the names that a list may have; None: any."""

    types: tuple[str, ...]
    choices: frozenset[str] | None = None
    in_issue: bool = False
    once: bool = False
    outside_repeats: bool = False
    needs: tuple[str, ...] = ()


RULES: dict[str, Rule] = {
    "adres": Rule((*TEXT, *CHOICE), once=True, outside_repeats=True),
    "deelnemers": Rule(NUMBER, once=True, outside_repeats=True),
    "huishoudgrootte": Rule(NUMBER, once=True, outside_repeats=True),
    "uitkomst": Rule(CHOICE, frozenset(OUTCOMES), once=True, outside_repeats=True),
    "leeftijdsgroep": Rule((*NUMBER, *CHOICE), frozenset(AGE_GROUPS)),
    "toestemming": Rule(CHOICE, YES_NO),
    "contactgegevens": Rule((*TEXT, "int"), needs=("toestemming",)),
    "gevoelig": Rule(
        (*TEXT, *NUMBER, *CHOICE, *POINT, *PHOTO, *GROUPS, "select", "decimal", "date", "time", "dateTime")
    ),
    "locatie": Rule(POINT, once=True, outside_repeats=True),
    ISSUE: Rule(GROUPS),
    "vraagstuk.tekst": Rule(TEXT, in_issue=True),
    "vraagstuk.thema": Rule(CHOICE, in_issue=True),
    "vraagstuk.trits": Rule(CHOICE, frozenset({"bewoners", "bewoners_met_hulp", "anderen"}), in_issue=True),
    "vraagstuk.klap": Rule(CHOICE, frozenset({"kort", "lang"}), in_issue=True),
    "vraagstuk.schaal": Rule(CHOICE, frozenset({"straat", "buurt", "dorp", "dorpsoverstijgend"}), in_issue=True),
    "vraagstuk.plek": Rule(POINT, in_issue=True),
    "vraagstuk.foto": Rule(PHOTO, in_issue=True),
    "vraagstuk.zelf_doen": Rule(CHOICE, frozenset({"ja", "misschien", "nee"}), in_issue=True),
    "schouw.onderdeel": Rule(CHOICE, once=True, needs=("schouw.score",)),
    "schouw.score": Rule(CHOICE, frozenset(SCORES), once=True, needs=("schouw.onderdeel",)),
    PART_KEY: Rule(("calculate", *TEXT)),
    "schouw.gedaan": Rule(CHOICE, YES_NO, once=True, needs=("schouw.onderdeel", "schouw.score")),
}


@dataclass(frozen=True, slots=True)
class RoleFault:
    """What is wrong with a role: on which question (None: the form), and what to do."""

    question: str | None
    detail: str


def role_faults(definition: Definition) -> list[RoleFault]:
    """Every role that is unknown, or on a wrong type, in a wrong place, with wrong choices or without its mate."""
    faults = list(_form_faults(definition))
    for question in definition.questions:
        if question.role is not None:
            faults += [RoleFault(question.name, detail) for detail in _question_faults(definition, question)]
    return faults


def _form_faults(definition: Definition) -> Iterator[RoleFault]:
    if definition.counting_unit not in COUNTING_UNITS:
        text = N_("'%(value)s' kan niet als telling. Kies uit: %(allowed)s.")
        yield RoleFault(None, _say(text, value=definition.counting_unit, allowed=", ".join(COUNTING_UNITS)))
    for role, rule in RULES.items():
        questions = definition.with_role(role)
        if rule.once and len(questions) > 1:
            text = N_("De rol '%(role)s' mag maar één keer in een formulier staan. Haal hem hier weg.")
            yield from (RoleFault(question.name, _say(text, role=role)) for question in questions[1:])


def _question_faults(definition: Definition, question: Question) -> Iterator[str]:
    role = question.role or ""
    rule = RULES.get(role)
    if rule is None:
        text = N_("De rol '%(role)s' bestaat niet. Kies uit: %(allowed)s.")
        yield _say(text, role=role, allowed=", ".join(RULES))
        return
    if question.kind not in rule.types:
        text = N_("De rol '%(role)s' past niet op een vraag van dit type (%(type)s). Kies uit: %(allowed)s.")
        yield _say(text, role=role, type=question.kind, allowed=", ".join(rule.types))
    yield from _choice_faults(definition, question, rule)
    yield from _place_faults(definition, question, rule)
    for mate in rule.needs:
        if not definition.with_role(mate):
            text = N_("De rol '%(role)s' heeft ook een vraag met de rol '%(mate)s' nodig.")
            yield _say(text, role=role, mate=mate)


def _choice_faults(definition: Definition, question: Question, rule: Rule) -> Iterator[str]:
    names = definition.choice_labels.get(question.choices or "", {}).keys()
    wrong = [name for name in names if rule.choices is not None and name not in rule.choices]
    if wrong:
        text = N_("Deze keuzes kunnen niet bij de rol '%(role)s': %(wrong)s. Kies uit: %(allowed)s.")
        yield _say(text, role=question.role, wrong=", ".join(wrong), allowed=", ".join(sorted(rule.choices or ())))
    if question.role == "leeftijdsgroep" and question.kind in NUMBER and not question.name.endswith(AGE_GROUPS):
        text = N_("De naam van deze vraag moet eindigen op een leeftijdsgroep: %(allowed)s.")
        yield _say(text, allowed=", ".join(AGE_GROUPS))


def _place_faults(definition: Definition, question: Question, rule: Rule) -> Iterator[str]:
    issues = [issue for issue in definition.with_role(ISSUE) if question.path.startswith(f"{issue.path}/")]
    if rule.in_issue and not issues:
        yield _say(N_("De rol '%(role)s' hoort in een groep met de rol 'vraagstuk'."), role=question.role)
    if question.role == ISSUE:
        if issues:
            yield _say(N_("Een vraagstuk kan niet in een ander vraagstuk staan."))
        if not any(text.path.startswith(f"{question.path}/") for text in definition.with_role("vraagstuk.tekst")):
            yield _say(N_("In een vraagstuk hoort een vraag met de rol 'vraagstuk.tekst'."))
    if rule.outside_repeats and definition.repeats_around(question):
        yield _say(N_("De rol '%(role)s' kan niet in een herhaling staan."), role=question.role)


def _say(text: str, **values: object) -> str:
    return translate(text) % values
