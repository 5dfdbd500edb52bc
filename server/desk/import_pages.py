"""Bringing areas and addresses in from files: a preview first, then all of the file or nothing."""

from datetime import date
from pathlib import PurePath
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_security import current_user
from werkzeug.exceptions import RequestEntityTooLarge

from core.clock import now_utc
from core.db import db
from core.problems import (
    ADDRESSES_UNREADABLE,
    AREAS_UNREADABLE,
    IMPORT_CHOICE_MISSING,
    IMPORT_TOO_LARGE,
    INPUT_INVALID,
    Fault,
    Problem,
)
from core.progress import Progress
from server.addresses_import import preview_addresses
from server.areas_import import AreaChoices, preview_areas
from server.desk.blueprint import desk
from server.desk.words import _
from server.importing import address_words, area_words
from server.importing.jobs import apply_kept
from server.importing.kept import ADDRESSES, AREAS, KeptFile, find_kept, keep

MOST_BYTES, MOST_ADDRESS_BYTES = 500 * 1024 * 1024, 100 * 1024 * 1024
LONGEST_LIST = 200
UPLOADS = {"desk.keep_area_file", "desk.keep_address_file"}


@desk.record_once
def _check_forgery_ourselves(state: BlueprintSetupState) -> None:
    """See `receive_import`."""
    for view in (keep_area_file, keep_address_file):
        state.app.extensions["csrf"].exempt(f"{view.__module__}.{view.__name__}")


@desk.before_app_request
def receive_import() -> None:
    """Reads an uploaded file onto the disk, outside a transaction, and checks that our own page sent it."""
    if request.endpoint not in UPLOADS or not current_user.is_authenticated:
        return
    request.max_content_length = MOST_BYTES if request.endpoint == "desk.keep_area_file" else MOST_ADDRESS_BYTES
    db.session.commit()
    try:
        current_app.extensions["csrf"].protect()
    except RequestEntityTooLarge as error:
        raise Problem(IMPORT_TOO_LARGE) from error


@desk.get("/gebieden/inlezen")
def area_import() -> str:
    return render_template("import_areas.html", problem=None)


@desk.post("/gebieden/inlezen")
def keep_area_file() -> ResponseReturnValue:
    """Keeps the file and shows what it would change."""
    kept = _kept(AREAS)
    return redirect(url_for("desk.area_preview", import_id=kept.id))


@desk.get("/gebieden/inlezen/<uuid:import_id>")
def area_preview(import_id: UUID) -> ResponseReturnValue:
    """What the kept file would change, or what is wrong in it; nothing is written."""
    kept = find_kept(import_id, AREAS)
    choices = AreaChoices(_date_in(request.args.get("datum")), request.args.get("gemeente") or None)
    try:
        preview = preview_areas(kept.path, kept.name, choices)
    except Problem as problem:
        return _faulty("import_areas.html", kept, problem)
    return render_template(
        "import_areas_preview.html",
        kept=kept,
        preview=preview,
        plan=preview.plan,
        words=area_words,
        longest=LONGEST_LIST,
        today=now_utc().date(),
    )


@desk.post("/gebieden/inlezen/<uuid:import_id>")
def apply_area_import(import_id: UUID) -> ResponseReturnValue:
    """Applies all of the file, or nothing of it."""
    kept = find_kept(import_id, AREAS)
    apply_kept(kept, {"datum": request.form.get("datum", ""), "gemeente": request.form.get("gemeente", "")})
    return redirect(url_for("desk.area_import_result", import_id=import_id))


@desk.get("/gebieden/inlezen/<uuid:import_id>/klaar")
def area_import_result(import_id: UUID) -> str:
    return _result("import_areas_done.html", find_kept(import_id, AREAS, whole=False))


@desk.get("/adressen/inlezen")
def address_import() -> str:
    return render_template("import_addresses.html", problem=None)


@desk.post("/adressen/inlezen")
def keep_address_file() -> ResponseReturnValue:
    kept = _kept(ADDRESSES)
    whole = "ja" if request.form.get("hele_lijst") else None
    return redirect(url_for("desk.address_preview", import_id=kept.id, hele_lijst=whole))


@desk.get("/adressen/inlezen/<uuid:import_id>")
def address_preview(import_id: UUID) -> ResponseReturnValue:
    kept, whole = find_kept(import_id, ADDRESSES), bool(request.args.get("hele_lijst"))
    try:
        plan = preview_addresses(kept.path, whole)
    except Problem as problem:
        return _faulty("import_addresses.html", kept, problem)
    return render_template(
        "import_addresses_preview.html", kept=kept, plan=plan, whole=whole, words=address_words, longest=LONGEST_LIST
    )


@desk.post("/adressen/inlezen/<uuid:import_id>")
def apply_address_import(import_id: UUID) -> ResponseReturnValue:
    kept = find_kept(import_id, ADDRESSES)
    apply_kept(kept, {"hele_lijst": request.form.get("hele_lijst", "")})
    return redirect(url_for("desk.address_import_result", import_id=import_id))


@desk.get("/adressen/inlezen/<uuid:import_id>/klaar")
def address_import_result(import_id: UUID) -> str:
    return _result("import_addresses_done.html", find_kept(import_id, ADDRESSES, whole=False))


def _kept(sort: str) -> KeptFile:
    file = request.files.get("bestand")
    if file is None or not file.filename:
        raise Problem(INPUT_INVALID, faults=[Fault("/bestand", _("Kies eerst een bestand."))])
    return keep(cast(BinaryIO, file.stream), PurePath(file.filename).name, sort)


def _faulty(template: str, kept: KeptFile, problem: Problem) -> ResponseReturnValue:
    """The page to choose a file on, with what is wrong with this one."""
    if problem.kind not in {AREAS_UNREADABLE, ADDRESSES_UNREADABLE, IMPORT_CHOICE_MISSING}:
        raise problem
    return render_template(template, problem=problem.record(), name=kept.name, longest=LONGEST_LIST), 400


def _result(template: str, kept: KeptFile) -> str:
    progress_ids = [UUID(one) for one in (kept.about.get("progress"), kept.about.get("placing")) if one]
    jobs = {str(one): db.session.get(Progress, one) for one in progress_ids}
    about: dict[str, Any] = kept.about
    return render_template(
        template,
        kept=kept,
        progress=jobs.get(about.get("progress", "")),
        placing=jobs.get(about.get("placing", "")),
        lines=about.get("lines", []),
        is_done="lines" in about,
    )


def _date_in(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
