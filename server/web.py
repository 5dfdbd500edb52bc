"""The web server: gunicorn in the process that started it, so that its workers are forks and import nothing again."""

from flask import Flask
from gunicorn.app.base import BaseApplication

from core.config import Settings
from server.app import create_app

THREADS = 4
TIMEOUT_S = 120


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
        return create_app(self._settings)
