"""Security headers on every answer: a strict content security policy, without inline script or style."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from flask import Flask, Response, request

from core.config import Settings

BASE = {
    "default-src": ["'none'"],
    "base-uri": ["'none'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "frame-src": ["'self'"],
    "img-src": ["'self'", "data:", "blob:"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "worker-src": ["'self'"],
}
APP = {
    **BASE,
    "manifest-src": ["'self'"],
    "media-src": ["blob:"],  # a recording is played back before it is sent
    "form-action": ["'none'"],
    "frame-ancestors": ["'self'"],  # the desk shows a preview of a form in it
    "img-src": ["'self'", "blob:"],
    "script-src": ["'self'", "'wasm-unsafe-eval'"],  # the form engine's XPath parser is WebAssembly
}
YEAR_S = 365 * 24 * 3600


def set_up_headers(app: Flask, settings: Settings) -> None:
    """Adds the headers to every answer of the app."""
    desk_policy, app_policy = _policy(_with_basemap(settings.basemap_url)), _policy(APP)

    @app.after_request
    def add_headers(response: Response) -> Response:
        policy = app_policy if request.path.startswith("/app/") else desk_policy
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=(self)"
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if settings.https:
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR_S}; includeSubDomains"
        return response


def _with_basemap(basemap_url: str) -> Mapping[str, Sequence[str]]:
    parts = urlsplit(basemap_url)
    if not parts.netloc:
        return BASE
    host = f"{parts.scheme}://{parts.netloc}"
    return {**BASE, "img-src": [*BASE["img-src"], host], "connect-src": [*BASE["connect-src"], host]}


def _policy(directives: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())
