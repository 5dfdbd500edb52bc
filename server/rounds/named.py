"""Finding rounds and areas by what people call them."""

from core.problems import AREA_UNKNOWN, ROUND_MISSING, Problem
from maps.models import Area
from maps.queries import areas_by_name
from sync.models import Round
from sync.queries import all_rounds, areas_of_rounds


def round_by_name(name: str | None) -> Round:
    """The round with this name, or the newest one. Raises ROUND_MISSING."""
    for round_ in all_rounds():
        if name is None or round_.name == name:
            return round_
    raise Problem(ROUND_MISSING, name or "")


def area_by_name(name: str) -> Area:
    """The area with this name; the larger kind where a village and its centre share it. Raises AREA_UNKNOWN."""
    found = areas_by_name(name)
    if not found:
        raise Problem(AREA_UNKNOWN, name)
    return next((area for area in found if area.parent_id not in {other.id for other in found}), found[0])


def round_in(area: Area) -> Round:
    """The newest round in this area. Raises ROUND_MISSING."""
    rounds = all_rounds()
    areas = areas_of_rounds([round_.id for round_ in rounds])
    for round_ in rounds:
        if area.id in areas[round_.id]:
            return round_
    raise Problem(ROUND_MISSING, area.name)
