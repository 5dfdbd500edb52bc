"""Rounds: which areas and forms, when, the target, who takes part, and who goes to which door."""

from server.desk.blueprint import desk


@desk.get("/rondes")
def rounds() -> str:
    return ""
