"""tus 1.0 over HTTP: headers in, `sync/uploads.py`, headers out (https://tus.io/protocols/resumable-upload).

One thing differs from that text: HEAD does not repeat `Upload-Metadata`. A photo's name is its hash, and of its media
type only whether it is an image is remembered.
"""

import binascii
from base64 import b64decode
from email.utils import format_datetime

from flask import Blueprint, Response, current_app, request, url_for

from core.config import Settings
from core.problems import INPUT_INVALID, METHOD_NOT_ALLOWED, TUS_VERSION, UPLOAD_TYPE_WRONG, Fault, Problem
from sync.devices import authenticate
from sync.photos import Limits
from sync.schemas import SHA256_PATTERN
from sync.uploads import CHECKSUMS, Progress, Uploads

TUS = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
BYTES = "application/offset+octet-stream"

photos = Blueprint("photos", __name__, url_prefix="/v1/sync/photos")


@photos.before_request
def _check_version() -> None:
    if request.method != "OPTIONS" and request.headers.get("Tus-Resumable") != TUS:
        raise Problem(TUS_VERSION, headers={"Tus-Version": TUS})


@photos.after_request
def _say_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = TUS
    response.headers["Cache-Control"] = "no-store"
    return response


@photos.route("", methods=["OPTIONS"], provide_automatic_options=False)
def describe() -> Response:
    return Response(
        status=204,
        headers={
            "Tus-Version": TUS,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(_settings().max_photo_bytes),
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        },
    )


@photos.post("")
def begin() -> Response:
    """Begins an upload; first bytes that come along are taken when the photo is new, as a body begins at byte 0."""
    if "Upload-Defer-Length" in request.headers:
        raise Problem(INPUT_INVALID, faults=[Fault("Upload-Defer-Length", "Noem de lengte meteen, in Upload-Length.")])
    metadata, uploads = _metadata(), _uploads()
    photo_hash = _checked(metadata.get("sha256", ""))
    is_photo = metadata.get("filetype", "image/").startswith("image/")
    progress = uploads.begin(photo_hash, _number("Upload-Length"), is_photo)
    if request.mimetype == BYTES and progress.offset == 0:
        progress = _append(uploads, photo_hash, 0)
    return _answer(progress, 201, {"Location": url_for("photos.progress", photo_hash=photo_hash)})


@photos.route("/<photo_hash>", methods=["HEAD"])
def progress(photo_hash: str) -> Response:
    return _answer(_uploads().progress(_checked(photo_hash)), 200, {})


@photos.patch("/<photo_hash>")
def append(photo_hash: str) -> Response:
    if request.mimetype != BYTES:
        raise Problem(UPLOAD_TYPE_WRONG, BYTES)
    return _answer(_append(_uploads(), _checked(photo_hash), _number("Upload-Offset")), 204, {})


@photos.post("/<photo_hash>")
def override(photo_hash: str) -> Response:
    """What the header says instead of POST: some networks let no PATCH or DELETE through."""
    view = {"HEAD": progress, "PATCH": append, "DELETE": remove}.get(request.headers.get("X-HTTP-Method-Override", ""))
    if view is None:
        raise Problem(METHOD_NOT_ALLOWED, headers={"Allow": "HEAD, PATCH, DELETE"})
    return view(photo_hash)


@photos.delete("/<photo_hash>")
def remove(photo_hash: str) -> Response:
    _uploads().remove(_checked(photo_hash))
    return Response(status=204)


def _append(uploads: Uploads, photo_hash: str, offset: int) -> Progress:
    request.max_content_length = _settings().max_photo_bytes
    return uploads.append(photo_hash, offset, request.stream, _checksum())  # type: ignore[arg-type]  # it can be read


def _answer(progress: Progress, status: int, headers: dict[str, str]) -> Response:
    headers = {"Upload-Offset": str(progress.offset), "Upload-Length": str(progress.length), **headers}
    if progress.expires_at is not None:
        headers["Upload-Expires"] = format_datetime(progress.expires_at, usegmt=True)
    return Response(status=status, headers=headers)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["rondgang_settings"]
    return settings


def _uploads() -> Uploads:
    settings = _settings()
    device = authenticate(request.headers.get("Authorization"))
    return Uploads(settings.uploads, device.id, Limits(settings.max_photo_bytes, settings.max_photo_pixels))


def _number(header: str) -> int:
    value = request.headers.get(header, "")
    if not value.isdecimal() or len(value) > 12:
        raise Problem(INPUT_INVALID, faults=[Fault(header, "Een geheel getal van 0 of meer.")])
    return int(value)


def _metadata() -> dict[str, str]:
    """`Upload-Metadata: sha256 BASE64, filetype BASE64`, decoded."""
    pairs = (pair.strip().partition(" ") for pair in request.headers.get("Upload-Metadata", "").split(","))
    return {key: _decoded(value).decode("ascii", "replace") for key, _, value in pairs if key in {"sha256", "filetype"}}


def _checked(photo_hash: str) -> str:
    if not SHA256_PATTERN.match(photo_hash):
        raise Problem(INPUT_INVALID, faults=[Fault("sha256", "Geen SHA-256 in kleine letters.")])
    return photo_hash


def _checksum() -> tuple[str, bytes] | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    if algorithm not in CHECKSUMS:
        raise Problem(INPUT_INVALID, faults=[Fault("Upload-Checksum", f"Kies uit {', '.join(CHECKSUMS)}.")])
    return algorithm, _decoded(value)


def _decoded(value: str) -> bytes:
    try:
        return b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Problem(INPUT_INVALID, faults=[Fault("Upload-Metadata", "Geen geldige base64.")]) from error
