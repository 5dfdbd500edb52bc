"""What people fill in about areas, read and checked: dates, numbers, choices; a fault in words for what is wrong."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import request

from core.problems import INPUT_INVALID, Fault, Problem
from maps.areas import Population
from maps.models import Area
from maps.queries import find_area
from server.boundaries.edit import Description, today
from server.desk.words import _

MOST_PEOPLE, LONGEST_SOURCE = 1_000_000, 300
AGES = ("0_14", "15_24", "25_44", "45_64", "65_plus")
ROUNDED_BY = 5  # CBS rounds each of its figures to a multiple of five


def text(name: str) -> str:
    """What was filled in, without what no text may hold."""
    return " ".join(request.form.get(name, "").replace("\0", "").split())


def area_named(name: str) -> Area | None:
    """The area that was chosen; None when none was."""
    chosen = _uuid(text(name))
    return find_area(chosen) if chosen else None


def day(name: str) -> date:
    """The date that was filled in, else today. Raises INPUT_INVALID."""
    value = text(name)
    if not value:
        return today()
    try:
        found = date.fromisoformat(value)
    except ValueError as error:
        raise _invalid(name, _("Schrijf de datum als jaar-maand-dag, bijvoorbeeld 2026-11-22.")) from error
    if not 1900 <= found.year <= 2200:
        raise _invalid(name, _("Dit jaar klopt niet."))
    return found


def description(default_kind: str) -> Description:
    """Name, kind and place in the hierarchy as filled in."""
    return Description(text("naam"), text("soort") or default_kind, _uuid(text("onderdeel")))


def population() -> Population:
    """The figures as filled in; an empty field is unknown. Raises INPUT_INVALID with every fault."""
    faults: list[Fault] = []
    numbers: dict[str, int | None] = {}
    for name in ("inwoners", "huishoudens", *(f"leeftijd_{age}" for age in AGES)):
        try:
            numbers[name] = _number(name)
        except Problem as problem:
            faults += problem.faults
            numbers[name] = None
    source = text("bron")
    if not text("peildatum"):
        faults.append(Fault("/peildatum", _("Geef de peildatum: op welke dag golden deze cijfers?")))
    if not 0 < len(source) <= LONGEST_SOURCE:
        faults.append(Fault("/bron", _("Schrijf waar de cijfers vandaan komen, in hoogstens 300 tekens.")))
    faults += _misfits(numbers)
    if faults:
        raise Problem(INPUT_INVALID, faults=faults)
    a, b, c, d, e = (numbers[f"leeftijd_{age}"] for age in AGES)
    return Population(day("peildatum"), numbers["inwoners"], numbers["huishoudens"], (a, b, c, d, e), source)


def _misfits(numbers: Mapping[str, int | None]) -> list[Fault]:
    """Age groups that do not add up to the inhabitants, and more households than inhabitants."""
    inhabitants, households = numbers["inwoners"], numbers["huishoudens"]
    ages = [count for name in AGES if (count := numbers[f"leeftijd_{name}"]) is not None]
    if inhabitants is None:
        return []
    faults = []
    slack = ROUNDED_BY * len(AGES)
    is_off = sum(ages) > inhabitants + slack or (len(ages) == len(AGES) and sum(ages) < inhabitants - slack)
    if is_off:
        words = _("De leeftijden zijn samen %(sum)s, en er zijn %(all)s inwoners.", sum=sum(ages), all=inhabitants)
        faults.append(Fault("/leeftijd_0_14", words))
    if households is not None and households > inhabitants + ROUNDED_BY:
        faults.append(Fault("/huishoudens", _("Er zijn meer huishoudens dan inwoners.")))
    return faults


def _number(name: str) -> int | None:
    value = text(name).replace(".", "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit()) or int(value[:12]) > MOST_PEOPLE or len(value) > 12:
        raise _invalid(name, _("Vul een heel getal in, of niets als het onbekend is."))
    return int(value)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _invalid(name: str, words: str) -> Problem:
    return Problem(INPUT_INVALID, faults=[Fault(f"/{name}", words)])
