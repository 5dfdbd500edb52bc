"""The collections there are: what each is called, what its features tell, and where they come from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.problems import N_
from server.ogc import features
from server.ogc.pages import Feature, Page
from server.ogc.parameters import ItemsQuery

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string"}
ID: Schema = {"type": "string", "format": "uuid"}
DATE: Schema = {"type": "string", "format": "date"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
COUNT: Schema = {"type": "integer"}
METRES: Schema = {"type": "number"}
AREAS: Mapping[str, Schema] = {"area_id": ID, "area": TEXT, "gebied_id": ID, "gebied": TEXT}


@dataclass(frozen=True, slots=True)
class Collection:
    """Features of one sort. `geometry` names the sort of geometry they have, if any."""

    id: str
    title: str
    description: str
    geometry: str
    properties: Mapping[str, Schema]
    page: Callable[[ItemsQuery], Page] = field(repr=False)
    find: Callable[[UUID], Feature | None] = field(repr=False)


COLLECTIONS = {
    one.id: one
    for one in (
        Collection(
            "areas",
            N_("Gebieden"),
            N_("Gebieden met de grens die nu geldt en de nieuwste cijfers."),
            "MultiPolygon",
            {
                "name": TEXT,
                "kind": TEXT,
                "code": TEXT,
                "parent_id": ID,
                "parent": TEXT,
                **dict.fromkeys(("inhabitants", "households"), COUNT),
                **dict.fromkeys(("age_0_14", "age_15_24", "age_25_44", "age_45_64", "age_65_plus"), COUNT),
                "figures_on": DATE,
                "figures_source": TEXT,
                "valid_from": DATE,
                "boundary_source": TEXT,
            },
            features.areas_page,
            features.find_area_feature,
        ),
        Collection(
            "routes",
            N_("Schouwroutes"),
            N_("Routes van een schouw die nu gelopen worden. Een route van meetvakken heeft geen lijn."),
            "LineString",
            {"name": TEXT, "kind": TEXT, "area_id": ID, "rhythm": TEXT, "starts_on": DATE, "form": TEXT},
            features.routes_page,
            features.find_route_feature,
        ),
        Collection(
            "route_stops",
            N_("Meetpunten"),
            N_("De meetpunten van de routes die nu gelopen worden."),
            "Point",
            {"route_id": ID, "route": TEXT, "number": COUNT, "name": TEXT, "measure_m": METRES},
            features.stops_page,
            features.find_stop_feature,
        ),
        Collection(
            "observations",
            N_("Observaties in de openbare ruimte"),
            N_("Wat een schouw zag en meetelt. Gesprekken bij bewoners staan hier niet bij."),
            "Point",
            {
                "form": TEXT,
                "captured_at": MOMENT,
                **AREAS,
                "accuracy_m": METRES,
                "walk_id": ID,
                "stop_id": ID,
                "measure_m": METRES,
                "schouw_item": TEXT,
                "schouw_score": TEXT,
            },
            features.observations_of_public_space,
            features.find_observation_feature,
        ),
        Collection(
            "statements",
            N_("Spelende vraagstukken"),
            N_("Wat bewoners noemden, per gebied en maand, zonder hun woorden. De plek is een punt in het gebied."),
            "Point",
            {"theme": TEXT, "trits": TEXT, "willing": TEXT, "month": TEXT, **AREAS, "place": TEXT},
            features.statements,
            features.find_statement_feature,
        ),
    )
}
