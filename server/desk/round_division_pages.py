"""Who of a round goes to which door: on the map and in a table, and every change as a proposal first."""

from uuid import UUID

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.problems import NOT_FOUND, Problem
from maps.queries import current_geometries
from server.desk.blueprint import desk
from server.rounds.division import DIVIDE, Proposal, Wish, apply_wish, move_street, propose, read_wish
from server.rounds.edit import areas_of, existing_round
from server.rounds.shares import marks_of, owners_of, shares_of
from server.rounds.situation import DEFAULT_MINUTES, EVENLY, Situation, manner_of, situation_of
from sync.pull import geojson


@desk.get("/rondes/<uuid:round_id>/verdeling")
def round_division(round_id: UUID) -> ResponseReturnValue:
    """Who has which doors now; where nobody has any, how to begin."""
    situation = situation_of(existing_round(round_id))
    shares = shares_of(situation)
    return render_template(
        "round_division.html",
        round=situation.round,
        situation=situation,
        shares=shares,
        way=situation.round.division or EVENLY,
        minutes=situation.round.door_minutes or DEFAULT_MINUTES,
        streets=[(share, street, left) for share in shares for street, left in share.streets if left],
    )


@desk.get("/rondes/<uuid:round_id>/voorstel")
def round_proposal(round_id: UUID) -> str:
    """What dividing, stopping, joining or handing out new doors would come to."""
    return _proposal(situation_of(existing_round(round_id)), read_wish(request.args))


@desk.post("/rondes/<uuid:round_id>/voorstel")
def apply_proposal(round_id: UUID) -> ResponseReturnValue:
    """Does what was looked at; shows it anew when it would be something else by now."""
    wish = read_wish(request.form)
    if apply_wish(round_id, wish, request.form.get("stand", "")) is None:
        return _proposal(situation_of(existing_round(round_id)), wish, is_outdated=True), 409
    return redirect(url_for("desk.round_division", round_id=round_id))


@desk.post("/rondes/<uuid:round_id>/verdeling/straat")
def give_street_away(round_id: UUID) -> ResponseReturnValue:
    giver, _, street = request.form.get("straat", "").replace("\0", "").partition(":")
    try:
        move_street(round_id, street, UUID(giver), UUID(request.form.get("naar", "")))
    except ValueError as error:
        raise Problem(NOT_FOUND) from error
    return redirect(url_for("desk.round_division", round_id=round_id))


@desk.get("/rondes/<uuid:round_id>/deuren.geojson")
def round_doors(round_id: UUID) -> Response:
    """The doors with whose they are, and the areas; those of a proposal when the query says which."""
    situation = situation_of(existing_round(round_id))
    walks = propose(situation, read_wish(request.args)).walks if request.args.get("wat") else situation.walks
    owners, marks = owners_of(walks), marks_of(situation.members)
    names = {member.id: member.name for member in situation.members}
    features = [
        {
            "type": "Feature",
            "properties": {
                "id": str(address.id),
                "title": address.label,
                "done": address.id in situation.done,
                **_whose(owners.get(address.id), names, marks),
            },
            "geometry": {"type": "Point", "coordinates": [address.lon, address.lat]},
        }
        for address in situation.addresses.values()
    ]
    return jsonify({"type": "FeatureCollection", "features": [*_area_features(situation), *features]})


def _whose(
    member_id: UUID | None, names: dict[UUID, str], marks: dict[UUID, tuple[str, int]]
) -> dict[str, str | int | None]:
    if member_id is None:
        return {"person": None, "mark": None, "colour": None}
    mark, colour = marks[member_id]
    return {"person": names[member_id], "mark": mark, "colour": colour}


def _area_features(situation: Situation) -> list[dict[str, object]]:
    areas = {area.id: area.name for area in areas_of(situation.round)}
    return [
        {"type": "Feature", "properties": {"name": areas[area_id]}, "geometry": geojson(wkb)}
        for area_id, wkb in current_geometries(areas.keys()).items()
    ]


def _proposal(situation: Situation, wish: Wish, is_outdated: bool = False) -> str:
    proposal: Proposal = propose(situation, wish)
    pace = manner_of(wish.way, wish.minutes).pace if wish.what == DIVIDE else None
    return render_template(
        "round_proposal.html",
        round=situation.round,
        situation=situation,
        proposal=proposal,
        wish=wish,
        member=situation.member(wish.member_id) if wish.member_id else None,
        shares=shares_of(situation, proposal.walks, pace),
        is_outdated=is_outdated,
        way=wish.way,
        minutes=wish.minutes,
    )
