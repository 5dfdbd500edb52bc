"""The world of a browser test: a real server that can be stopped, and a phone that can be killed."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from playwright.sync_api import BrowserContext, Page, Playwright

from server.example.load import EMAIL, ROUND_NAME

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
HERE = {"latitude": 52.6881, "longitude": 6.6153, "accuracy": 6}
RONDGANG = str(Path(sys.executable).parent / "rondgang")
AXE = Path(__file__).parents[2] / "client" / "node_modules" / "axe-core" / "axe.min.js"
REMEMBER_SHOWN = """
  const make = URL.createObjectURL
  window.shown = []
  URL.createObjectURL = (blob) => { window.shown.push(blob); return make.call(URL, blob) }
"""
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Returns as soon as the condition holds; fails with `what` when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for: {what}"
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@dataclass
class Server:
    """The real gunicorn with the example municipality, on a data folder that outlives it."""

    data: Path
    port: int = field(default_factory=free_port)
    welcome: str = ""
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def link(self) -> str:
        """An enrolment link that it printed."""
        return _find(rf"{re.escape(self.url)}/app/#/meedoen/\S+", self.welcome)

    @property
    def password(self) -> str:
        return _find(r"wachtwoord (\S+)", self.welcome)

    @property
    def environment(self) -> dict[str, str]:
        own = {"RONDGANG_DATA": str(self.data), "PORT": str(self.port), "BASEMAP_URL": ""}
        kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        return {**kept, **own}

    def start(self) -> None:
        log = self.data / "server.log"
        command = [RONDGANG, "serve", "--example"]
        with log.open("w") as out:
            self.process = subprocess.Popen(
                command, env=self.environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
            )
        wait_until(self._answers, f"the server to answer, see {log}")
        self.welcome = log.read_text()

    def stop(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait()
            self.process = None

    def kill(self) -> None:
        """As when the power fails: what it is doing stays half done."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def invite(self, volunteer: str) -> str:
        """An enrolment link that the desk makes for a volunteer."""
        with httpx.Client(base_url=self.url, follow_redirects=True) as desk:
            self._post(desk, "/inloggen", {"email": EMAIL, "password": self.password})
            phones = desk.get("/telefoons").text
            round_id = _find(rf'<option value="([0-9a-f-]{{36}})"[^>]*>\s*{re.escape(ROUND_NAME)}', phones)
            page = self._post(desk, "/telefoons", {"naam": volunteer, "ronde": round_id})
        return _find(rf"{re.escape(self.url)}/app/#/meedoen/[A-Z0-9-]+", page)

    def rows(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        """What the database answers to a question."""
        with sqlite3.connect(f"file:{self.data}/rondgang.db?mode=ro", uri=True) as database:
            return database.execute(sql, values).fetchall()

    def change(self, sql: str, *values: str) -> None:
        """A change in the database that no page makes."""
        with sqlite3.connect(self.data / "rondgang.db", timeout=30) as database:
            database.execute(sql, values)

    @staticmethod
    def _post(desk: httpx.Client, path: str, fields: dict[str, str]) -> str:
        token = _find(r'name="csrf_token"[^>]*value="([^"]+)"', desk.get(path).text)
        answer = desk.post(path, data={**fields, "csrf_token": token})
        assert answer.status_code == 200, answer.text
        return answer.text

    def run(self, *arguments: str) -> str:
        """What a `rondgang` command prints, on the same data."""
        done = subprocess.run([RONDGANG, *arguments], env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/inloggen").status_code == 200
        except httpx.TransportError:
            return False


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text
    return found[found.re.groups]


@dataclass
class Phone:
    """A browser with a profile of its own, on a phone's screen, with a position and a camera roll."""

    playwright: Playwright
    chromium: str
    profile: Path
    complaints: list[str] = field(default_factory=list)
    context: BrowserContext | None = None

    def open(self) -> Page:
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=self.chromium,
            args=list(FLAGS),
            viewport={"width": PHONE["width"], "height": PHONE["height"]},
            locale="nl-NL",
            has_touch=True,
            is_mobile=True,
            geolocation={"latitude": HERE["latitude"], "longitude": HERE["longitude"], "accuracy": HERE["accuracy"]},
            permissions=["geolocation"],
        )
        self.context.add_init_script(REMEMBER_SHOWN)
        page = self.context.pages[0]
        watch(page, self.complaints)
        return page

    def kill(self) -> None:
        """As when the battery dies: no chance to save anything."""
        mine = [process for process in psutil.process_iter(["cmdline"]) if self._is_mine(process)]
        for process in mine:
            process.kill()
        psutil.wait_procs(mine)
        self.context = None

    def close(self) -> None:
        if self.context is not None:
            self.context.close()

    def _is_mine(self, process: psutil.Process) -> bool:
        return any(str(self.profile) in part for part in process.info["cmdline"] or ())


def watch(page: Page, complaints: list[str]) -> None:
    """Collects what a browser complains of: uncaught errors and breaches of the content security policy."""
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )


def assert_accessible(page: Page) -> None:
    """No violation of WCAG 2.2 A or AA that axe-core can find on this screen."""
    page.evaluate(AXE.read_text())
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: tags}).then(result => result.violations)", tags)
    assert not found, [(one["id"], one["help"], [node["html"] for node in one["nodes"]][:3]) for one in found]


def shoot(page: Page, name: str) -> None:
    """Keeps a picture of the screen where the environment asks for it."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")
