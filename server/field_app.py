"""The built client: the field app under /app/, and the assets of the desk's pages under /static/desk/."""

import json
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, redirect, send_from_directory
from flask.typing import ResponseReturnValue

from core.problems import CLIENT_MISSING, Problem

DIST = Path(__file__).parents[1] / "client" / "dist"
HASHED = ("assets/",)
YEAR_S = 365 * 24 * 3600

field_app = Blueprint("field_app", __name__)


@field_app.get("/app")
def without_slash() -> ResponseReturnValue:
    return redirect("/app/")


@field_app.get("/app/")
@field_app.get("/app/<path:name>")
def app_file(name: str = "index.html") -> Response:
    """A file of the field app. Only files with a hash in their name may be kept without asking."""
    if not (DIST / "app").is_dir():
        raise Problem(CLIENT_MISSING)
    return _file("app", name)


@field_app.get("/static/desk/<path:name>")
def desk_file(name: str) -> Response:
    return _file("desk", name)


@cache
def desk_assets() -> tuple[str | None, tuple[str, ...]]:
    """(the script, the style sheets) of the desk's pages, as paths under /static/desk/; nothing before the build."""
    manifest = DIST / "desk" / ".vite" / "manifest.json"
    if not manifest.exists():
        return None, ()
    entries = json.loads(manifest.read_text())
    entry = next(entry for entry in entries.values() if entry.get("isEntry"))
    return entry["file"], tuple(entry.get("css", ()))


def _file(part: str, name: str) -> Response:
    is_hashed = name.startswith(HASHED)
    response = send_from_directory(DIST / part, name, max_age=YEAR_S if is_hashed else 0)
    if is_hashed:
        response.cache_control.immutable = True
    else:
        response.cache_control.no_cache = True
    return response
