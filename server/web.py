"""The web server: gunicorn in the process that started it, so that its workers are forks and import nothing again."""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from gunicorn.app.base import BaseApplication

from core.config import Settings
from server.app import create_app

THREADS = 8
TIMEOUT_S = 120
SILENCE_S = 30


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn in this process: its workers are forks of it, so nothing is imported twice."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        settings = self._settings
        options = {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "worker_class": "gthread",  # threads, because a phone on a bad line uploads slowly
            "threads": THREADS,
            "timeout": TIMEOUT_S,
            "loglevel": "warning",
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The app of one worker."""
        app = create_app(self._settings)
        app.wsgi_app = _give_up_on_silence(app.wsgi_app)  # type: ignore[method-assign, assignment]  # a wrapper of it
        return app


def _give_up_on_silence(app: WSGIApplication) -> WSGIApplication:
    """Ends a request whose client sends nothing for a while, so that a lost phone frees its thread."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        connection = environ.get("gunicorn.socket")
        if connection is not None:
            connection.settimeout(SILENCE_S)
        return app(environ, start_response)

    return application
