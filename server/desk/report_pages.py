"""Reports: figures as they were given to people, to read, print and take along, and to be made again."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security import current_user

from core.db import db
from core.problems import N_, NOT_FOUND, Problem
from maps.models import AreaBoundary
from server.boundaries.queries import find_boundary
from server.desk.area_pages import area_of
from server.desk.blueprint import desk
from server.desk.words import _, outcome
from server.participation.models import Report
from server.participation.queries import count_changed_since, find_report
from server.participation.remake import make_report, remake
from server.people.audit import record_change

WHAT = {
    "atLeast": N_("Personen, zeker"),
    "atMost": N_("Personen, hoogstens"),
    "householdsReached": N_("Adressen bereikt"),
    "rate": N_("Deelname"),
    "observations": N_("Observaties"),
    "forms": N_("Manieren van vragen"),
    "outcomes": N_("Aan de deur"),
    "streets": N_("Per straat"),
    "doors": N_("Deuren"),
    "visited": N_("Bezocht"),
    "tookPart": N_("Deed mee"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure that is not what it was."""

    what: str
    before: str
    after: str


@desk.post("/gebieden/<uuid:area_id>/verslagen")
def new_report(area_id: UUID) -> ResponseReturnValue:
    area = area_of(area_id)
    report = make_report(area, current_user.email)
    record_change("verslag.maken", f"{area.name[:80]} ({area.id}) {report.id}")
    db.session.commit()
    return redirect(url_for("desk.report", report_id=report.id))


@desk.get("/verslagen/<uuid:report_id>")
def report(report_id: UUID) -> str:
    """A report to read and print."""
    found = _report(report_id)
    return render_template("report.html", **_about(found))


@desk.get("/verslagen/<uuid:report_id>.json")
def report_json(report_id: UUID) -> Response:
    """The figures as they were stored, to the byte."""
    response = Response(_report(report_id).content, mimetype="application/json")
    response.headers.set("Content-Disposition", "attachment", filename=f"verslag-{report_id}.json")
    return response


@desk.get("/verslagen/<uuid:report_id>/opnieuw")
def remade_report(report_id: UUID) -> str:
    """The report made again, and whether it is the same."""
    found = _report(report_id)
    after = remake(found)
    before, now = json.loads(found.content), json.loads(after)
    return render_template(
        "report_remade.html",
        **_about(found),
        is_equal=after == found.content,
        differences=_differences(before, now),
        reasons=_reasons(found, before, now) if after != found.content else [],
    )


def _report(report_id: UUID) -> Report:
    found = find_report(report_id)
    if found is None:
        raise Problem(NOT_FOUND)
    return found


def _about(found: Report) -> dict[str, Any]:
    boundary: AreaBoundary | None = find_boundary(found.boundary_id) if found.boundary_id else None
    return {
        "report": found,
        "area": area_of(found.area_id),
        "content": json.loads(found.content),
        "boundary": boundary,
    }


def _differences(before: Any, after: Any, path: tuple[str, ...] = ()) -> list[Difference]:
    """Every figure that is not the same."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted({*before, *after})
        inner = [_differences(before.get(key), after.get(key), (*path, key)) for key in keys]
        return [one for found in inner for one in found]
    if isinstance(before, list) and isinstance(after, list):
        return _differences(_by_name(before), _by_name(after), path)
    return [Difference(_named(path), _shown(before), _shown(after))]


def _named(path: tuple[str, ...]) -> str:
    """What a figure is called: its place in the content in words, names of forms and streets as they are."""
    return ": ".join(_(WHAT[key]) if key in WHAT else outcome(key) for key in path if key != "participation")


def _by_name(rows: list[Any]) -> dict[str, Any]:
    """Forms and streets by what they are called, so that one more does not shift all others."""
    return {str(row.get("title") or row.get("name")) if isinstance(row, dict) else str(row): row for row in rows}


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {inner}" for key, inner in value.items() if key not in {"id", "title", "name"})
    return "–" if value is None else str(value)


def _reasons(found: Report, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Why a report comes out otherwise, in words."""
    reasons = []
    changed = count_changed_since(found.made_at)
    if changed:
        reasons.append(_("Sinds het verslag zijn observaties veranderd of ingetrokken: %(count)s.", count=changed))
    doors = [{street["name"]: street["doors"] for street in content["streets"]} for content in (before, after)]
    if doors[0] != doors[1]:
        reasons.append(_("De adressenlijst is sinds het verslag veranderd."))
    if not reasons:
        reasons.append(_("Er is iets bijgekomen of beoordeeld dat al was ontvangen toen het verslag werd gemaakt."))
    return reasons
