"""How a rhythm is said, in the language of the request."""

from datetime import datetime

from flask_babel import format_date, gettext

from core.problems import N_, translate
from maps.rhythm import WEEKS, WHICH, Weekly, choice_of

DAY_NAMES = (
    N_("maandag"),
    N_("dinsdag"),
    N_("woensdag"),
    N_("donderdag"),
    N_("vrijdag"),
    N_("zaterdag"),
    N_("zondag"),
)
IN_WEEKS = {
    1: N_("elke week op %(day)s"),
    2: N_("om de twee weken op %(day)s"),
    3: N_("om de drie weken op %(day)s"),
    4: N_("om de vier weken op %(day)s"),
}
IN_MONTH = {
    1: N_("elke eerste %(day)s van de maand"),
    2: N_("elke tweede %(day)s van de maand"),
    3: N_("elke derde %(day)s van de maand"),
    4: N_("elke vierde %(day)s van de maand"),
    -1: N_("elke laatste %(day)s van de maand"),
}
SHORT_WEEKS = {1: N_("Elke week"), 2: N_("Om de twee weken"), 3: N_("Om de drie weken"), 4: N_("Om de vier weken")}
SHORT_MONTH = {
    1: N_("Eerste van de maand"),
    2: N_("Tweede van de maand"),
    3: N_("Derde van de maand"),
    4: N_("Vierde van de maand"),
    -1: N_("Laatste van de maand"),
}


def rhythm_in_words(rule: str | None) -> str:
    """ "om de twee weken op dinsdag"; a rule that was written by hand as it is."""
    if rule is None:
        return str(gettext("geen vast ritme"))
    choice = choice_of(rule)
    if choice is None:
        return str(gettext("volgens de regel %(rule)s", rule=rule))
    words = IN_WEEKS[choice.weeks] if isinstance(choice, Weekly) else IN_MONTH[choice.which]
    return str(gettext(words, day=translate(DAY_NAMES[choice.day])))


def rhythm_choices() -> list[tuple[str, str]]:
    """(value of the form field, what it says) for everything that one can choose."""
    return [
        ("geen", str(gettext("Geen vast ritme"))),
        *((f"week-{weeks}", translate(SHORT_WEEKS[weeks])) for weeks in WEEKS),
        *((f"maand-{which}", translate(SHORT_MONTH[which])) for which in WHICH),
        ("anders", str(gettext("Anders, met een eigen regel"))),
    ]


def day_and_time(moment: datetime) -> str:
    """ "di 24 nov 2026 om 09:00", of a moment that is in the zone of the Netherlands."""
    day = format_date(moment.date(), "EEE d MMM yyyy")
    return str(gettext("%(day)s om %(time)s", day=day, time=f"{moment:%H:%M}"))
