"""The page Formulieren: check, try, publish, compare and withdraw forms, and change the lists they choose from."""

from collections.abc import Sequence
from pathlib import PurePath

from flask import Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from werkzeug.datastructures import FileStorage

from core.db import db
from core.problems import FORM_UNKNOWN, INPUT_INVALID, ROUND_MISSING, Fault, Problem
from forms.compare import compare
from forms.lists import read_list
from forms.models import FormVersion
from forms.publish import save_draft
from forms.queries import (
    all_forms,
    all_list_names,
    definition_of,
    find_version,
    lists_in_force,
    readable_definition_of,
    versions_of,
)
from forms.warnings import list_warnings
from forms.workbook import read_workbook, write_xlsx
from server.desk.blueprint import desk
from server.people.audit import record_change
from server.publishing import add_to_round, publish_and_tell, publish_lists_and_tell, withdraw_and_tell
from sync.queries import all_rounds, forms_of_rounds

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@desk.get("/formulieren")
def forms() -> str:
    rows = [(form, versions_of(form.id)) for form in all_forms()]
    titles = {form.id: definition_of(versions[0]).title for form, versions in rows if versions}
    names = all_list_names()
    return render_template("forms.html", forms=rows, titles=titles, lists=lists_in_force(names), read_list=read_list)


@desk.post("/formulieren")
def check_form() -> ResponseReturnValue:
    """Saves the uploaded form as a draft, or shows every fault with its place."""
    file = _uploaded("formulier")
    try:
        version, compiled = save_draft(file.read(), PurePath(file.filename or "").name)
    except Problem as problem:
        return render_template("form_faults.html", problem=problem.record(), name=file.filename), 400
    record_change("formulier.bewaren", f"{version.form_id} {version.version}")
    db.session.commit()
    return render_template("form.html", **_about(version, compiled.warnings))


@desk.get("/formulieren/<form_id>/<version>")
def form(form_id: str, version: str) -> str:
    return render_template("form.html", **_about(_version(form_id, version)))


@desk.post("/formulieren/<form_id>/<version>/publiceren")
def publish_form(form_id: str, version: str) -> ResponseReturnValue:
    publish_and_tell(_version(form_id, version))
    return redirect(url_for("desk.form", form_id=form_id, version=version))


@desk.post("/formulieren/<form_id>/<version>/intrekken")
def withdraw_form(form_id: str, version: str) -> ResponseReturnValue:
    withdraw_and_tell(_version(form_id, version))
    return redirect(url_for("desk.form", form_id=form_id, version=version))


@desk.post("/formulieren/<form_id>/<version>/ronde")
def ask_in_round(form_id: str, version: str) -> ResponseReturnValue:
    round_ = next((one for one in all_rounds() if str(one.id) == request.form.get("ronde")), None)
    if round_ is None:
        raise Problem(ROUND_MISSING)
    add_to_round(_version(form_id, version).form_id, round_)
    return redirect(url_for("desk.form", form_id=form_id, version=version))


@desk.get("/formulieren/<form_id>/<version>/vergelijken")
def compare_forms(form_id: str, version: str) -> str:
    """What changed from another version to this one."""
    after, before = _version(form_id, version), _version(form_id, request.args.get("met", ""))
    comparison = compare(readable_definition_of(before), readable_definition_of(after))
    return render_template("form_compare.html", before=before, after=after, comparison=comparison)


@desk.get("/formulieren/<form_id>/<version>/xform")
def form_xform(form_id: str, version: str) -> Response:
    """The XForm with its lists, for the preview in the phone frame."""
    found = _version(form_id, version)
    lists = lists_in_force(definition_of(found).lists.values())
    return jsonify({"xform": found.xform, "lists": {name: row.content for name, row in lists.items()}})


@desk.get("/formulieren/<form_id>/<version>/bron.xlsx")
def form_source(form_id: str, version: str) -> Response:
    """The source as a spreadsheet, whatever it was written in."""
    found = _version(form_id, version)
    content = write_xlsx(read_workbook(found.source, found.source_name))
    return _download(content, XLSX, f"{form_id}-{version}.xlsx")


@desk.post("/formulieren/lijsten")
def save_list() -> ResponseReturnValue:
    file = _uploaded("lijst")
    name = PurePath(file.filename or "").name
    try:
        content = file.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(INPUT_INVALID, faults=[Fault(f"/{name}", "Sla de lijst op als CSV in UTF-8.")]) from error
    publish_lists_and_tell([(name, content)])
    return redirect(url_for("desk.forms"))


@desk.get("/formulieren/lijsten/<name>")
def list_file(name: str) -> Response:
    row = lists_in_force([name]).get(name)
    if row is None:
        raise Problem(FORM_UNKNOWN, name)
    return _download(row.content.encode("utf-8-sig"), "text/csv; charset=utf-8", name)


def _about(version: FormVersion, warnings: Sequence[Fault] = ()) -> dict[str, object]:
    definition = readable_definition_of(version)
    rounds = all_rounds()
    asked = forms_of_rounds([round_.id for round_ in rounds])
    lists = lists_in_force(definition.lists.values())
    long = [one for name, row in lists.items() for one in list_warnings(name, row.content.count("\n"))]
    return {
        "warnings": [*warnings, *long],
        "version": version,
        "definition": definition,
        "others": [other for other in versions_of(version.form_id) if other.id != version.id],
        "locale": str(get_locale()),
        "rounds": rounds,
        "asked_in": {round_id for round_id, form_ids in asked.items() if version.form_id in form_ids},
    }


def _version(form_id: str, version: str) -> FormVersion:
    found = find_version(form_id, version)
    if found is None:
        raise Problem(FORM_UNKNOWN, f"{form_id} {version}")
    return found


def _uploaded(field: str) -> FileStorage:
    file = request.files.get(field)
    if file is None or not file.filename:
        raise Problem(INPUT_INVALID, faults=[Fault(f"/{field}", "Kies eerst een bestand.")])
    return file


def _download(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type.split(";")[0])
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
