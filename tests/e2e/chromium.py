"""A Chromium for the browser tests: the system's, else Debian's by apt, else Playwright's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ADVICE = "The browser tests need Chromium. Install it, on Debian or Ubuntu with: apt-get install chromium"


def find_or_install_chromium() -> str:
    """The path of a Chromium, installed now when there was none. Raises when there is no way to get one."""
    return _installed() or _by_apt() or _by_playwright()


def _installed() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _by_apt() -> str | None:
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode != 0:
            return None
    return _installed()


def _by_playwright() -> str:
    done = subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    if done.returncode != 0:
        raise RuntimeError(f"{ADVICE}\n{done.stderr.decode(errors='replace')}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    if not Path(path).exists():
        raise RuntimeError(ADVICE)
    return path
