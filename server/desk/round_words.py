"""How the pages of rounds say things: states, hints, minutes and metres, in the language of the request."""

from datetime import date

from flask_babel import format_date, format_decimal

from core.problems import N_
from server.desk.blueprint import desk
from server.desk.words import _
from server.rounds.overview import OVER, PLANNED, RUNNING

MINUTES_IN_HOURS = 120
METRES_IN_KM = 1000
STATES = {PLANNED: N_("begint nog"), RUNNING: N_("loopt"), OVER: N_("voorbij")}
UNITS = {
    "huishouden": N_("telt per huishouden"),
    "persoon": N_("telt per persoon"),
    "geen": N_("telt geen personen"),
}
HINTS = {
    "startklaar": N_(
        "Bewoners staan klaar. Zij kunnen elkaar zelf bevragen: een keukentafelgesprek past hier vaak goed."
    ),
    "verspreid": N_(
        "Bewoners zijn actief, maar los van elkaar. Keukentafelgesprekken brengen hen bij elkaar, "
        "een initiatiefenquête laat zien wie iets wil doen."
    ),
    "nauwelijks_georganiseerd": N_(
        "Bewoners zijn nog weinig georganiseerd. "
        "Een korte initiatiefenquête of ideekaart aan de deur vraagt weinig van hen."
    ),
    "nauwelijks_belangstelling": N_(
        "Er is nog weinig belangstelling. Begin klein en zichtbaar: "
        "een wijkschouw met gesprekken op straat, daarna pas langs de deuren."
    ),
}


@desk.app_template_filter()
def round_state(code: str) -> str:
    return _(STATES[code])


@desk.app_template_filter()
def counting_unit(code: str) -> str:
    return _(UNITS[code]) if code in UNITS else code


@desk.app_template_filter()
def way_hint(initiatiefkracht: str | None) -> str:
    """Which werkvorm may fit residents who are this organised; nothing where that is not known."""
    return _(HINTS[initiatiefkracht]) if initiatiefkracht in HINTS else ""


@desk.app_template_filter()
def plain_day(value: date) -> str:
    return str(format_date(value, "d MMM yyyy"))


@desk.app_template_filter()
def duration(minutes: float) -> str:
    """ "45 minuten", "3,5 uur"."""
    if minutes < MINUTES_IN_HOURS:
        return _("%(number)s minuten", number=round(minutes))
    return _("%(number)s uur", number=format_decimal(round(minutes / 30) / 2))


@desk.app_template_filter()
def distance(metres: float) -> str:
    """ "850 meter", "1,2 km"."""
    if metres < METRES_IN_KM:
        return _("%(number)s meter", number=round(metres, -1) if metres > 100 else round(metres))
    return _("%(number)s km", number=format_decimal(round(metres / METRES_IN_KM, 1)))
