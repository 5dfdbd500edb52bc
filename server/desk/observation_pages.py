"""One observation in full, and photos as people may see them: encoded again, without metadata."""

from uuid import UUID

from flask import Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale

from core.db import db
from core.problems import NOT_FOUND, Problem
from forms.answers import parse_instance
from forms.queries import find_version, readable_definition_of
from forms.readable import readable_answers
from server.desk.blueprint import desk
from server.inventory.process import record_meldingen
from server.people.audit import record_change
from sync.apply import tell_owner
from sync.interpret import accept_held
from sync.models import HELD
from sync.photo_store import photo_store
from sync.photos import preview_of
from sync.queries import attachments_of, find_observation, find_observation_row, find_photo, missing_of
from sync.schemas import SHA256_PATTERN


@desk.get("/observaties/<uuid:observation_id>")
def observation(observation_id: UUID) -> str:
    row = find_observation_row(observation_id)
    if row is None:
        raise Problem(NOT_FOUND)
    found, address, area = row
    version = find_version(found.form_id, found.form_version)
    definition = readable_definition_of(version) if version else None
    instance = parse_instance(found.instance_xml)
    attachments = attachments_of([found.id]).get(found.id, [])
    return render_template(
        "observation.html",
        observation=found,
        address=address,
        area=area,
        title=definition.title if definition else found.form_id,
        answers=readable_answers(definition, instance, str(get_locale())) if definition else [],
        raw_answers=() if definition else instance.all,
        attachments={attachment.name: attachment for attachment in attachments},
        missing=set(missing_of([attachment.sha256 for attachment in attachments])),
    )


@desk.post("/observaties/<uuid:observation_id>/meetellen")
def accept_observation(observation_id: UUID) -> ResponseReturnValue:
    """Lets a held observation count as it is; who decided so is written down."""
    found = find_observation(observation_id)
    if found is None or found.status != HELD:
        raise Problem(NOT_FOUND)
    accept_held(found, record_meldingen)
    tell_owner(found)
    record_change("observatie.meetellen", str(observation_id))
    db.session.commit()
    return redirect(url_for("desk.observation", observation_id=observation_id))


@desk.get("/bestanden/<sha256>")
def file(sha256: str) -> Response:
    """A recording or document as it came: only ever as a download, a browser never opens it."""
    if not SHA256_PATTERN.match(sha256) or find_photo(sha256) is None:
        raise Problem(NOT_FOUND)
    response = Response(photo_store().original(sha256), mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=sha256[:12])
    return response


@desk.get("/fotos/<sha256>.jpg")
def photo(sha256: str) -> Response:
    if not SHA256_PATTERN.match(sha256) or find_photo(sha256) is None:
        raise Problem(NOT_FOUND)
    return Response(preview_of(sha256), mimetype="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})
