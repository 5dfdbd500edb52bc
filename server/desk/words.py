"""How the desk's pages say things: outcomes, states, percentages and moments, in the language of the request."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Flask
from flask_babel import (
    format_date,
    format_datetime,
    format_decimal,
    format_percent,
    format_timedelta,
    get_locale,
    gettext,
)

from core.config import Settings
from core.problems import N_, details
from server.field_app import desk_assets
from sync.models import Observation
from sync.report import NO_SKEW_BELOW_S

LEAST_OF_UNIT = 2  # 90 minutes stay 90 minutes: only from two hours on it is said in hours
OUTCOMES = {
    "gesproken": N_("Gesproken"),
    "deels": N_("Kort gesproken"),
    "niet_thuis": N_("Niet thuis"),
    "later": N_("Komt later terug"),
    "weigert": N_("Wil niet meedoen"),
    "onbewoond": N_("Onbewoond"),
    "geen_toegang": N_("Geen toegang"),
}
STATUSES = {
    "applied": N_("Verwerkt"),
    "duplicate": N_("Was er al"),
    "merged": N_("Samengevoegd"),
    "held": N_("Telt nog niet mee"),
    "conflict": N_("Botst met een ander antwoord"),
}
STATES = {
    "applied": N_("Telt mee"),
    "held": N_("Telt nog niet mee"),
    "withdrawn": N_("Ingetrokken"),
}
FORM_STATES = {
    "concept": N_("concept"),
    "gepubliceerd": N_("gepubliceerd"),
    "ingetrokken": N_("ingetrokken"),
}
KINDS = {
    "gemeente": N_("gemeente"),
    "wijk": N_("wijk"),
    "dorp": N_("dorp"),
    "buurt": N_("buurt"),
    "gebied": N_("gebied"),
}
KRACHT = {
    "startklaar": N_("Klaar om te beginnen"),
    "verspreid": N_("Georganiseerd, maar verspreid"),
    "nauwelijks_georganiseerd": N_("Nauwelijks georganiseerd"),
    "nauwelijks_belangstelling": N_("Nauwelijks belangstelling"),
}
AGE_GROUPS = (
    N_("0 tot 15 jaar"),
    N_("15 tot 25 jaar"),
    N_("25 tot 45 jaar"),
    N_("45 tot 65 jaar"),
    N_("65 jaar en ouder"),
)


def _(text: str, **values: object) -> str:
    """The text in the language of the request, with these values in it."""
    return str(gettext(text, **values))


def set_up_words(app: Flask) -> None:
    """Gives the templates these words and filters."""

    @app.context_processor
    def common() -> dict[str, Any]:
        settings: Settings = app.extensions["rondgang_settings"]
        return {
            "language": str(get_locale()),
            "desk_assets": desk_assets,
            "basemap_url": settings.basemap_url,
            "basemap_attribution": settings.basemap_attribution,
        }

    app.add_template_filter(outcome)
    app.add_template_filter(kind)
    app.add_template_filter(kracht)
    app.add_template_filter(day)
    app.add_template_filter(form_state)
    app.add_template_filter(status)
    app.add_template_filter(observation_state)
    app.add_template_filter(clock)
    app.add_template_filter(percent)
    app.add_template_filter(number)
    app.add_template_filter(moment)
    app.add_template_filter(details, "details")


def outcome(code: str) -> str:
    return gettext(OUTCOMES[code]) if code in OUTCOMES else code


def kind(code: str) -> str:
    return gettext(KINDS[code]) if code in KINDS else code


def kracht(code: str) -> str:
    """How organised the residents are."""
    return gettext(KRACHT[code]) if code in KRACHT else code


def form_state(code: str) -> str:
    return gettext(FORM_STATES[code]) if code in FORM_STATES else code


def status(code: str) -> str:
    """What became of a mutation when it came in."""
    return gettext(STATUSES[code]) if code in STATUSES else code


def observation_state(observation: Observation) -> str:
    """How it is with an observation now."""
    return _("Wacht op uw keuze") if observation.clashes else _(STATES[observation.status])


def clock(skew_s: float | None) -> str:
    """ "loopt 12 minuten achter"; nothing when the phone's clock is right, to the minute."""
    if skew_s is None or abs(skew_s) < NO_SKEW_BELOW_S:
        return ""
    time = format_timedelta(timedelta(seconds=abs(skew_s)), granularity="minute", threshold=LEAST_OF_UNIT)
    return _("loopt %(time)s achter", time=time) if skew_s > 0 else _("loopt %(time)s voor", time=time)


def percent(rate: float | None) -> str:
    """ "83%" as the language writes it, a dash where it is unknown. Never 100 % unless everybody took part."""
    if rate is None:
        return "–"
    shown = min(rate, 0.99) if rate < 1 else rate
    return str(format_percent(shown))


def number(value: int | None) -> str:
    return "–" if value is None else format_decimal(value)


def moment(value: datetime | None) -> str:
    return "–" if value is None else format_datetime(value, "d MMM yyyy HH:mm")


def day(value: date | None) -> str:
    return "–" if value is None else format_date(value, "d MMM yyyy")
