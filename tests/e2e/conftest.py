"""A server and a phone for each browser test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect, sync_playwright

from tests.e2e.chromium import find_or_install_chromium
from tests.e2e.world import DESK, FLAGS, Phone, Server

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def chromium() -> str:
    return find_or_install_chromium()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as one:
        yield one


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    data = tmp_path / "data"
    data.mkdir()
    server = Server(data)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def standing_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that look only at what their own phone brought. It runs when a test begins."""
    server = Server(tmp_path_factory.mktemp("standing"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def phone(playwright: Playwright, chromium: str, tmp_path: Path) -> Iterator[Phone]:
    phone = Phone(playwright, chromium, tmp_path / "profile")
    yield phone
    phone.close()


@pytest.fixture
def desk(playwright: Playwright, chromium: str) -> Iterator[BrowserContext]:
    """The browser of somebody at a desk."""
    browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
    yield browser.new_context(viewport={"width": DESK["width"], "height": DESK["height"]}, locale="nl-NL")
    browser.close()
