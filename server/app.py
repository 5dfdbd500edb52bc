"""The app: every room put together. `create_app` is the only place that knows them all at once."""

from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, has_request_context, request, session
from flask_babel import Babel
from flask_compress import Compress
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from core.config import Settings, read_settings
from core.db import db, engine_options
from core.jobs import Jobs
from server.desk.pages import desk
from server.desk.words import set_up_words
from server.errors import ProblemApi, set_up_errors
from server.field_app import field_app
from server.headers import set_up_headers
from server.inventory.process import record_meldingen
from server.ogc.api import has_right_token, ogc
from server.people.setup import set_up_people
from server.schouw.calendar_api import calendar
from sync.api import sync
from sync.map_api import maps
from sync.photo_api import photos
from sync.photo_store import PhotoStore

LANGUAGES = ("nl", "en")
WRONG_TRIES = "20/minute"
GOOD = {"sync.enrol": (200, 201), "security.login": (302,)}  # only wrong tries count: a team enrols behind one address
WAIT = (429, 503)
MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_FIELD_BYTES = 4 * 1024 * 1024  # a boundary of 20,000 corners is half a megabyte of text
HERE = Path(__file__).parent


def create_app(settings: Settings | None = None) -> Flask:
    """The app with these settings, or those of the environment."""
    settings = settings or read_settings()
    app = Flask(__name__, template_folder="desk/templates", static_folder=None)
    app.extensions["rondgang_settings"] = settings
    app.extensions["rondgang_process"] = record_meldingen
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        MAX_CONTENT_LENGTH=MAX_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FIELD_BYTES,
        BABEL_DEFAULT_LOCALE="nl",
        BABEL_DEFAULT_TIMEZONE="Europe/Amsterdam",
        BABEL_DOMAIN="rondgang",
        BABEL_TRANSLATION_DIRECTORIES=str(HERE / "translations"),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_CHECK_DEFAULT=True,
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_HEADERS_ENABLED=True,
        RATELIMIT_HEADER_RETRY_AFTER_VALUE="delta-seconds",
        COMPRESS_MIN_SIZE=500,
        API_TITLE="Rondgang",
        API_VERSION="1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/v1",
        OPENAPI_JSON_PATH="openapi.json",
    )
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    db.init_app(app)
    Jobs(app, settings.redis_url)
    PhotoStore(app, settings.photo_url)
    Babel(app, locale_selector=language)
    Compress(app)
    csrf = CSRFProtect(app)
    set_up_people(app, settings)
    set_up_words(app)
    app.after_request(_ask_to_wait_only_when_needed)  # before the limiter's own, so that it runs after that
    limiter = Limiter(get_remote_address, app=app)

    ProblemApi(app).register_blueprint(sync)
    app.register_blueprint(photos)
    app.register_blueprint(maps)
    app.register_blueprint(ogc)
    app.register_blueprint(field_app)
    app.register_blueprint(desk)
    app.register_blueprint(calendar)
    csrf.exempt(sync)  # a bearer token in a header cannot be forged by another site
    csrf.exempt(photos)
    _limit_devices(app, limiter, settings)
    _limit_wrong_tokens(app, limiter)
    for endpoint in GOOD:
        limit = limiter.limit(WRONG_TRIES, methods=["POST"], deduct_when=_is_wrong_try)
        app.view_functions[endpoint] = limit(app.view_functions[endpoint])  # type: ignore[assignment]  # still a view

    set_up_headers(app, settings)
    set_up_errors(app)
    return app


def _limit_devices(app: Flask, limiter: Limiter, settings: Settings) -> None:
    """One busy or broken phone slows no other: each has a limit of its own over all calls of the protocol."""
    limit = limiter.shared_limit(settings.device_limit, scope="device", key_func=_device_key)
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith(("sync.", "photos.", "maps.", "ogc.")):
            app.view_functions[endpoint] = limit(view)  # type: ignore[assignment]  # still a view


def _limit_wrong_tokens(app: Flask, limiter: Limiter) -> None:
    """Wrong tokens of one address are few; who has a right one is not held up by them."""
    limit = limiter.shared_limit(WRONG_TRIES, scope="gis", exempt_when=has_right_token, deduct_when=_is_wrong_token)
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("ogc."):
            app.view_functions[endpoint] = limit(view)  # type: ignore[assignment]  # still a view


def _is_wrong_token(answer: Response) -> bool:
    return answer.status_code == 401 and "Authorization" in request.headers


def _ask_to_wait_only_when_needed(answer: Response) -> Response:
    """The limiter says in every answer when counting begins anew; a client would take that for a wish to stay away."""
    if answer.status_code not in WAIT:
        answer.headers.pop("Retry-After", None)
    return answer


def _device_key() -> str:
    return sha256(request.headers.get("Authorization", get_remote_address()).encode()).hexdigest()


def _is_wrong_try(answer: Response) -> bool:
    return answer.status_code not in GOOD[request.endpoint or ""]


def language() -> str:
    """The language of this request: the one chosen, else the browser's, else Dutch."""
    if not has_request_context():
        return LANGUAGES[0]
    chosen = session.get("taal")
    return chosen if chosen in LANGUAGES else request.accept_languages.best_match(LANGUAGES, "nl") or "nl"
