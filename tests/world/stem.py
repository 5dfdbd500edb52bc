"""A process that has imported the server once and forks a real gunicorn of it whenever it is asked to.

Started as a script with the settings in its environment. For every line on its input it forks; the child leads a
process group of its own, and prints its id once it listens. So a restart takes a tenth of the time of a start. Every
process of a group holds the lock on the file that is named as argument, for as long as it lives.
"""

import fcntl
import os
import signal
import sys
from pathlib import Path

from core.config import Settings, read_settings
from server.web import WebServer


class Sprout(WebServer):
    """The gunicorn that users run; it also says when it listens."""

    def load_config(self) -> None:
        super().load_config()
        self.cfg.set("when_ready", lambda _: sys.stdout.write(f"{os.getpid()}\n") and sys.stdout.flush())


def grow(settings: Settings) -> None:
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with Path(sys.argv[1]).open("w") as alive:
        fcntl.flock(alive, fcntl.LOCK_EX)
        Sprout(settings).run()


def main() -> None:
    settings = read_settings()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a child ended
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            grow(settings)


if __name__ == "__main__":
    main()
