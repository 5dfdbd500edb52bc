"""Lines that break: in the middle of a photo, at a wifi that wants a login, and while the app is closed."""

from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page, Response, Route, expect

from tests.e2e.fieldwork import (
    ALL_ARRIVED,
    assert_arrived_whole,
    look,
    make_large_photo,
    notes,
    offsets_from_now,
    open_app,
    schouw,
    send,
    status,
    take_part,
)
from tests.e2e.world import Phone, Server, wait_until

CHUNK_BYTES = 512 * 1024
SLOW_BYTES_PER_S = 2_000_000
PHOTO_WAITS = "1 foto moet nog mee · geen bereik · veilig op deze telefoon"
LOG_IN_FIRST = "geen verbinding met onze server. Gebruikt u wifi? Dan moet u misschien eerst inloggen op dat netwerk"
PORTAL = "<!doctype html><title>Gratis wifi</title><h1>Welkom op de camping</h1><p>Log in met uw kamernummer.</p>"
EVERYTHING, PHOTOS = "**/v1/**", "**/v1/sync/photos/**"


ASKED_TO_BE_WOKEN = (
    "navigator.serviceWorker.ready.then(({sync}) => sync.getTags()).then(tags => tags.includes('rondgang'))"
)


def test_photo_goes_on_where_it_was_when_the_phone_lost_its_line(
    standing_server: Server, phone: Phone, tmp_path: Path
) -> None:
    server = standing_server
    page = take_part(phone, server, "Ada")
    line = page.context.new_cdp_session(page)
    set_line(line, offline=True)
    photo = schouw(page, "Takken op het pad", make_large_photo(tmp_path))

    acknowledged = send_over_a_slow_line_until_half(page, line)
    set_line(line, offline=True)
    expect(status(page)).to_contain_text(PHOTO_WAITS)
    offsets = offsets_from_now(page.context)
    set_line(line)

    expect(status(page)).to_contain_text(ALL_ARRIVED)
    assert offsets
    assert min(offsets) >= acknowledged
    assert_arrived_whole(server, "Ada", photo)


def test_photo_goes_on_where_it_was_when_the_server_died(standing_server: Server, phone: Phone, tmp_path: Path) -> None:
    server = standing_server
    page = take_part(phone, server, "Bep")
    line = page.context.new_cdp_session(page)
    set_line(line, offline=True)
    photo = schouw(page, "Bladeren in de goot", make_large_photo(tmp_path))

    acknowledged = send_over_a_slow_line_until_half(page, line)
    server.kill()
    expect(status(page)).to_contain_text(PHOTO_WAITS)
    offsets = offsets_from_now(page.context)
    server.start()
    send(page)

    expect(status(page)).to_contain_text(ALL_ARRIVED)
    assert offsets
    assert min(offsets) >= acknowledged
    assert_arrived_whole(server, "Bep", photo)


def test_wifi_that_wants_a_login_loses_nothing(standing_server: Server, phone: Phone, tmp_path: Path) -> None:
    server = standing_server
    page = take_part(phone, server, "Cor")
    context = page.context
    context.set_offline(True)
    photo = schouw(page, "Afval bij de haven", make_large_photo(tmp_path))
    context.route(EVERYTHING, answer_as_wifi)
    context.set_offline(False)
    expect(status(page)).to_contain_text(f"1 waarneming nog niet verstuurd · {LOG_IN_FIRST}")
    look(page, "wifi-wil-inloggen")
    page.get_by_role("link", name="Verstuurd").click()
    expect(page.get_by_text("Wacht op internet")).to_have_count(1)
    page.get_by_role("link", name="Vandaag").click()

    context.unroute(EVERYTHING)
    context.route(PHOTOS, answer_as_wifi)
    send(page)
    expect(status(page)).to_contain_text(f"1 foto moet nog mee · {LOG_IN_FIRST}")

    context.unroute(PHOTOS)
    send(page)
    expect(status(page)).to_contain_text(ALL_ARRIVED)
    assert_arrived_whole(server, "Cor", photo)


def test_work_is_handed_in_after_the_app_was_closed(standing_server: Server, phone: Phone) -> None:
    server = standing_server
    page = take_part(phone, server, "Dirk")
    context = page.context
    context.grant_permissions(["geolocation", "background-sync"], origin=server.url)
    context.set_offline(True)
    schouw(page, "Losse tegel")
    wait_until(lambda: page.evaluate(ASKED_TO_BE_WOKEN), "the app to ask for a waking")
    other_site = context.new_page()
    page.close()

    context.set_offline(False)
    wake_service_worker(other_site, server)

    wait_until(lambda: notes(server, "Dirk") == ["Losse tegel"], "the service worker to hand in the work")
    expect(status(open_app(context, server))).to_contain_text(ALL_ARRIVED)
    assert notes(server, "Dirk") == ["Losse tegel"]


def send_over_a_slow_line_until_half(page: Page, line: CDPSession) -> int:
    """Gets the line back, a slow one; how many bytes of the photo the server acknowledged, half of them."""
    with page.expect_response(lambda response: acknowledged_by(response) >= 4 * CHUNK_BYTES) as arrived:
        set_line(line, bytes_per_s=SLOW_BYTES_PER_S)
    return acknowledged_by(arrived.value)


def set_line(line: CDPSession, *, offline: bool = False, bytes_per_s: int = -1) -> None:
    """The line of one page, how fast it brings things away."""
    conditions = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
    line.send("Network.emulateNetworkConditions", conditions)


def answer_as_wifi(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body=PORTAL)


def wake_service_worker(page: Page, server: Server) -> None:
    """What the browser does by itself as soon as there is a network: when exactly is its own business."""
    devtools = page.context.new_cdp_session(page)
    found: list[str] = []

    def note(event: dict[str, Any]) -> None:
        found.extend(one["registrationId"] for one in event["registrations"] if server.url in one["scopeURL"])

    devtools.on("ServiceWorker.workerRegistrationUpdated", note)
    devtools.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(20)
    wake = {"origin": server.url, "registrationId": found[0], "tag": "rondgang", "lastChance": False}
    devtools.send("ServiceWorker.dispatchSyncEvent", wake)


def acknowledged_by(response: Response) -> int:
    """Up to where the server has the photo, when this is its answer to a piece of it."""
    return int(response.headers["upload-offset"]) if response.request.method == "PATCH" and response.ok else 0
