"""One observation in full: as it is now, what there is to choose, and its history. And its photos and files."""

from uuid import UUID

from flask import Response, render_template
from flask_babel import get_locale

from core.problems import NOT_FOUND, Problem
from forms.answers import parse_instance
from forms.readable import readable_answers
from server.desk.blueprint import desk
from server.desk.choices import choices_of
from server.desk.observation_actions import LONGEST_REASON
from server.desk.question_pages import asked_about
from server.desk.versions import Versions
from sync.models import WITHDRAWN
from sync.photo_queries import volunteers_of
from sync.photo_store import photo_store
from sync.photos import preview_of
from sync.queries import attachments_of, find_observation_row, find_photo, missing_of
from sync.schemas import SHA256_PATTERN


@desk.get("/observaties/<uuid:observation_id>")
def observation(observation_id: UUID) -> str:
    """An observation as people may see it: photos come encoded again, without metadata."""
    row = find_observation_row(observation_id)
    if row is None:
        raise Problem(NOT_FOUND)
    found, address, area = row
    versions = Versions(found)
    definition = versions.definition
    instance = parse_instance(found.instance_xml)
    attachments = attachments_of([found.id]).get(found.id, [])
    return render_template(
        "observation.html",
        observation=found,
        address=address,
        area=area,
        volunteer=volunteers_of([found.device_id]).get(found.device_id),
        title=definition.title if definition else found.form_id,
        answers=readable_answers(definition, instance, str(get_locale())) if definition else [],
        raw_answers=() if definition else instance.all,
        attachments={attachment.name: attachment for attachment in attachments},
        missing=set(missing_of([attachment.sha256 for attachment in attachments])),
        lines=versions.lines(),
        choices=choices_of(versions),
        withdrawal=versions.withdrawal() if found.status == WITHDRAWN else None,
        longest_reason=LONGEST_REASON,
        asked=asked_about(found),
    )


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
