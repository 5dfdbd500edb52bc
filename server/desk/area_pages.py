"""Pages of areas: participation, statements, and the map with its list."""

from uuid import UUID

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from core.problems import AREA_UNKNOWN, Problem
from forms.queries import choice_labels_of_role
from maps.models import Area
from maps.queries import all_areas, current_geometries, families, find_area, municipality_name
from server.boundaries.queries import count_uncertain, went_into
from server.desk.blueprint import desk
from server.desk.observation_list import ListedObservation, listed_observations
from server.inventory.queries import melding_counts, meldingen_in, theme_counts
from server.participation.report import form_counts, outcome_counts, participation_of, streets_of
from sync.pull import geojson
from sync.queries import all_rounds, areas_of_rounds

LONGEST_LIST = 500


@desk.get("/")
def start() -> ResponseReturnValue:
    return redirect(url_for("desk.areas"))


@desk.get("/gebieden")
def areas() -> str:
    """Every area with its participation; those in a round first."""
    everywhere = [area for area in all_areas() if area.kind != "gemeente"]
    in_round = {area_id for ids in areas_of_rounds([round_.id for round_ in all_rounds()]).values() for area_id in ids}
    family = families(everywhere)
    counts = melding_counts({area.id for area in everywhere})
    rows = [(row, sum(counts.get(member, 0) for member in family[row.area.id])) for row in participation_of(everywhere)]
    return render_template(
        "areas.html",
        municipality=municipality_name(),
        in_round=[row for row in rows if row[0].area.id in in_round],
        others=[row for row in rows if row[0].area.id not in in_round],
        names={area.id: area.name for area in all_areas()},
    )


@desk.get("/gebieden/<uuid:area_id>")
def area(area_id: UUID) -> str:
    """The participation of one area, with what it is made of."""
    found = area_of(area_id)
    return render_template(
        "area.html",
        area=found,
        row=participation_of([found])[0],
        uncertain=count_uncertain(families([found])[found.id]),
        went_to=went_into(found.id),
        forms=form_counts(found),
        outcomes=outcome_counts(found),
        streets=streets_of(found),
    )


@desk.get("/gebieden/<uuid:area_id>/meldingen")
def meldingen(area_id: UUID) -> str:
    """What is going on in one area, by theme and in the residents' words."""
    found = area_of(area_id)
    members = families([found])[found.id]
    language = str(get_locale())
    theme = request.args.get("thema", "").replace("\0", "")
    return render_template(
        "meldingen.html",
        area=found,
        theme=theme,
        themes=theme_counts(members),
        meldingen=meldingen_in(members, theme, LONGEST_LIST),
        longest=LONGEST_LIST,
        labels={role: choice_labels_of_role(f"vraagstuk.{role}", language) for role in ("thema", "trits", "zelf_doen")},
    )


@desk.get("/gebieden/<uuid:area_id>/kaart")
def area_map(area_id: UUID) -> str:
    """The observations of one area on a map, and the same in a list."""
    found = area_of(area_id)
    return render_template(
        "map.html", area=found, observations=_listed(found), longest=LONGEST_LIST, in_round=participation_of([found])
    )


@desk.get("/gebieden/<uuid:area_id>/gebied.geojson")
def area_geojson(area_id: UUID) -> Response:
    found = area_of(area_id)
    features = [
        {"type": "Feature", "properties": {"name": found.name}, "geometry": geojson(wkb)}
        for wkb in current_geometries([found.id]).values()
    ]
    return jsonify({"type": "FeatureCollection", "features": features})


@desk.get("/gebieden/<uuid:area_id>/observaties.geojson")
def observations_geojson(area_id: UUID) -> Response:
    features = [
        {
            "type": "Feature",
            "properties": {
                "id": str(one.id),
                "title": one.title,
                "href": url_for("desk.observation", observation_id=one.id),
            },
            "geometry": {"type": "Point", "coordinates": one.lonlat},
        }
        for one in _listed(area_of(area_id))
    ]
    return jsonify({"type": "FeatureCollection", "features": features})


def area_of(area_id: UUID) -> Area:
    """The area, also one that ended. Raises AREA_UNKNOWN."""
    found = find_area(area_id)
    if found is None:
        raise Problem(AREA_UNKNOWN)
    return found


def _listed(area: Area) -> list[ListedObservation]:
    return listed_observations(families([area])[area.id], LONGEST_LIST)
