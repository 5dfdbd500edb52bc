"""Doors that volunteers added in the field: looked at, taken in, or put together with one in the list."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.problems import INPUT_INVALID, PAGE_EXPIRED, Fault, Problem
from maps.address_file import HIGHEST_NUMBER, LONGEST_ADDITION, LONGEST_NAME, MOST_HOUSEHOLDS, POSTCODE
from maps.models import Address
from maps.queries import all_areas, areas_by_id
from server.additions.likely import Likely, likely_same, nearest
from server.additions.queries import (
    Proposal,
    candidates_for,
    count_proposed,
    count_visits_at,
    find_proposal,
    listed_in_street,
    observations_at,
    proposals,
)
from server.additions.review import Details, accept_address, merge_address, refuse_address
from server.desk.blueprint import desk
from server.desk.words import _

LONGEST_LIST = 200
LONGEST_REASON = 200
MOST_FOUND = 30


@desk.get("/adressen/nieuw")
def new_addresses() -> str:
    """Every door that was added and nobody looked at, with the address in the list that it may be."""
    found = [(proposal, *_about(proposal[0])) for proposal in proposals(LONGEST_LIST)]
    return render_template("address_new.html", proposals=found, count=count_proposed(), longest=LONGEST_LIST)


@desk.get("/adressen/nieuw/<uuid:address_id>")
def new_address(address_id: UUID) -> str:
    """One such door, with what can be done about it."""
    address, volunteer, added_at = _proposal(address_id)
    listed = candidates_for(address)
    searched = request.args.get("zoek", "").replace("\0", "").strip()[:LONGEST_NAME]
    likely = _found(searched, address) if searched else likely_same(address, listed)
    return render_template(
        "address_review.html",
        address=address,
        volunteer=volunteer,
        added_at=added_at,
        areas=_areas_in_words(address),
        nearest=nearest(address, listed),
        likely=likely,
        searched=searched,
        all_areas=all_areas(),
        observations=len(observations_at(address.id)),
        visits=count_visits_at(address.id),
        longest_reason=LONGEST_REASON,
    )


@desk.post("/adressen/nieuw/<uuid:address_id>/opnemen")
def accept_new_address(address_id: UUID) -> ResponseReturnValue:
    """Takes the door into the list, as it was filled in."""
    accept_address(address_id, _details())
    return redirect(url_for("desk.new_addresses"))


@desk.post("/adressen/nieuw/<uuid:address_id>/zelfde")
def merge_new_address(address_id: UUID) -> ResponseReturnValue:
    """Puts everything recorded at the door with the address in the list that it is."""
    try:
        into_id = UUID(request.form.get("zelfde", ""))
    except ValueError:
        into_id = None
    merge_address(address_id, into_id)
    return redirect(url_for("desk.new_addresses"))


@desk.post("/adressen/nieuw/<uuid:address_id>/weigeren")
def refuse_new_address(address_id: UUID) -> ResponseReturnValue:
    reason = _text("reden", LONGEST_REASON)
    if not reason:
        raise Problem(INPUT_INVALID, faults=[Fault("/reden", _("Schrijf kort op waarom."))])
    refuse_address(address_id, reason)
    return redirect(url_for("desk.new_addresses"))


def _proposal(address_id: UUID) -> Proposal:
    found = find_proposal(address_id)
    if found is None:
        raise Problem(PAGE_EXPIRED, _("Over dit adres is al besloten."))
    return found


def _about(address: Address) -> tuple[str, Likely | None, Likely | None]:
    """(its areas in words, the nearest address in the list, the likeliest one to be the same)."""
    listed = candidates_for(address)
    same = next(iter(likely_same(address, listed, 1)), None)
    return _areas_in_words(address), nearest(address, listed), same


def _areas_in_words(address: Address) -> str:
    area_ids = [area_id for area_id in (address.area_id, address.gebied_id) if area_id]
    return ", ".join(area.name for area in areas_by_id(area_ids))


def _found(searched: str, address: Address) -> list[Likely]:
    """The addresses that somebody asked for: "Boekweitlaan", or with a number behind it."""
    street, _space, last = searched.rpartition(" ")
    number = int(last) if street and last.isdecimal() and len(last) <= len(str(HIGHEST_NUMBER)) else None
    listed = listed_in_street(street if number is not None else searched, number, MOST_FOUND)
    return likely_same(address, listed, MOST_FOUND)


def _details() -> Details:
    """What was filled in. Raises INPUT_INVALID with everything that is wrong."""
    number, households = _number("nummer", HIGHEST_NUMBER), _number("huishoudens", MOST_HOUSEHOLDS)
    postcode = "".join(_text("postcode", LONGEST_NAME).split()).upper()
    street, place = _text("straat", LONGEST_NAME), _text("plaats", LONGEST_NAME)
    faults = [
        Fault(f"/{name}", words)
        for name, is_wrong, words in (
            ("straat", not street, _("Vul een straat in.")),
            ("nummer", number is None, _("Vul een huisnummer in.")),
            ("plaats", not place, _("Vul een plaats in.")),
            ("postcode", bool(postcode) and not POSTCODE.match(postcode), _("Schrijf de postcode als 7918AB.")),
            ("huishoudens", not households, _("Vul in hoeveel huishoudens er wonen, ten minste 1.")),
        )
        if is_wrong
    ]
    if faults or number is None or households is None:
        raise Problem(INPUT_INVALID, faults=faults)
    letter, addition = _text("letter", 1), _text("toevoeging", LONGEST_ADDITION)
    return Details(street, number, letter, addition, postcode, place, households, _text("plek", LONGEST_NAME))


def _text(name: str, longest: int) -> str:
    return request.form.get(name, "").replace("\0", "").strip()[:longest]


def _number(name: str, most: int) -> int | None:
    text = _text(name, LONGEST_NAME)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= most else None
