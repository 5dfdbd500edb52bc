"""The real gunicorn on the data of a test: killed at any moment, started again in a moment."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Lock

from core.config import Settings

STEM = Path(__file__).with_name("stem.py")
ROOT = Path(__file__).parents[2]


class RealServer:
    """Starts stopped. `kill` ends every process of it at once, as a power cut does; the data stay."""

    def __init__(self, settings: Settings) -> None:
        self.port = _free_port()
        environment = {
            **os.environ,
            "RONDGANG_DATA": str(settings.data),
            "DATABASE_URL": settings.database_url,
            "PORT": str(self.port),
            "PYTHONPATH": str(ROOT),
            "BASEMAP_URL": "",
            "DEVICE_LIMIT": "1000000/minute",
        }
        environment.pop("REDIS_URL", None)
        self._alive = settings.data / "alive"
        self._stem = subprocess.Popen(
            [sys.executable, str(STEM), str(self._alive)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._master: int | None = None
        self._lock = Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Returns once it listens."""
        assert self._stem.stdin is not None
        assert self._stem.stdout is not None
        self._stem.stdin.write("start\n")
        self._stem.stdin.flush()
        self._master = int(self._stem.stdout.readline())

    def kill(self) -> None:
        """Returns once every process of it is gone; does nothing when it does not run."""
        with self._lock:
            if self._master is None:
                return
            os.killpg(self._master, signal.SIGKILL)
            with self._alive.open("w") as alive:
                fcntl.flock(alive, fcntl.LOCK_EX)  # the last process that dies lets go of it
            self._master = None

    def close(self) -> None:
        self.kill()
        self._stem.kill()
        self._stem.communicate()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
