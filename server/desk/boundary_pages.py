"""Drawing and changing areas: boundaries, merging, splitting, population figures, initiatiefkracht."""

from uuid import UUID

from server.desk.blueprint import desk


@desk.get("/gebieden/<uuid:area_id>/grens")
def boundary(area_id: UUID) -> str:
    return str(area_id)
