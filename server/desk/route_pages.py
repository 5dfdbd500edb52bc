"""Routes of a schouw: a line with stops or measuring squares, its rhythm, and what its walks covered."""

from server.desk.blueprint import desk


@desk.get("/routes")
def routes() -> str:
    return ""
