"""A server and an app that are renewed while phones hold work: nothing is lost, and nobody is interrupted."""

import json
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Route, expect

from forms.library import library_forms
from tests.e2e.fieldwork import (
    ALL_ARRIVED,
    begin_schouw,
    enrol,
    note_field,
    notes,
    open_draft,
    save,
    schouw,
    status,
    take_part,
)
from tests.e2e.test_forms import upload
from tests.e2e.test_whole_way import log_in
from tests.e2e.world import Phone, Server, wait_until

EVERY_ANSWER, SERVICE_WORKER = "**/v1/**", "**/app/sw.js"
NEW_VERSION_WAITS = "navigator.serviceWorker.getRegistration().then(({waiting}) => waiting !== null)"
OLD_QUESTION, NEW_QUESTION = "Hoe ziet het eruit?", "Hoe is het onderhouden?"


def test_work_arrives_at_a_newer_server_with_newer_forms(
    standing_server: Server, phone: Phone, desk: BrowserContext, tmp_path: Path
) -> None:
    server = standing_server
    page = take_part(phone, server, "Jet")
    context = page.context
    context.set_offline(True)
    schouw(page, "Eerste")
    context.set_offline(False)
    expect(status(page)).to_contain_text(ALL_ARRIVED)
    context.set_offline(True)
    schouw(page, "Tweede")
    begin_schouw(page, "Derde")

    renew_form(desk.new_page(), server, tmp_path)
    server.stop()
    server.start()
    context.route(EVERY_ANSWER, NewerServer())
    with page.expect_response("**/v1/sync/pull*"):
        context.set_offline(False)

    expect(note_field(page)).to_have_value("Derde")
    save(page)
    expect(status(page)).to_contain_text(ALL_ARRIVED)
    assert notes(server, "Jet") == ["Derde", "Eerste", "Tweede"]
    page.get_by_role("button", name="Begin: Wijkschouw").click()
    expect(page.get_by_text(NEW_QUESTION)).to_be_visible()


def test_new_version_of_the_app_waits_until_one_opens_it(standing_server: Server, phone: Phone) -> None:
    server = standing_server
    page = phone.open()
    page.context.route(SERVICE_WORKER, as_it_was_before)
    enrol(page, server, "Kees")
    begin_schouw(page, "Half af")
    expect(page.get_by_text("Bewaard op deze telefoon")).to_be_visible()
    page.context.unroute(SERVICE_WORKER)
    page.evaluate("navigator.serviceWorker.getRegistration().then(registration => registration.update())")
    wait_until(lambda: page.evaluate(NEW_VERSION_WAITS), "the new version to be on the phone")

    expect(note_field(page)).to_have_value("Half af")
    note_field(page).fill("Bijna af")
    page.get_by_role("link", name="Vandaag").click()
    with page.expect_navigation():
        page.get_by_role("button", name="Nieuwe versie openen").click()

    open_draft(page)
    expect(note_field(page)).to_have_value("Bijna af")


class NewerServer:
    """Says more than we know: fields, an entity, and once a receipt of a kind that does not exist yet."""

    def __init__(self) -> None:
        self.has_surprised = False

    def __call__(self, route: Route) -> None:
        response = route.fetch()
        if "json" not in response.headers.get("content-type", ""):
            route.fulfill(response=response)
            return
        answer = {**response.json(), "nieuw": {"van": "later"}}
        for receipt in answer.get("receipts", []):
            receipt["nieuw"] = True
            receipt["status"] = receipt["status"] if self.has_surprised else "doorgestuurd"
            self.has_surprised = True
        if "changes" in answer:
            answer["changes"].append({"entity": "straat", "id": "1", "deleted": False, "data": {}, "nieuw": True})
        route.fulfill(response=response, body=json.dumps(answer))


def renew_form(page: Page, server: Server, folder: Path) -> None:
    """A newer version of the schouw in force, and the one before withdrawn."""
    (source,) = (path for path in library_forms() if path.stem == "wijkschouw")
    ((old,),) = server.rows("SELECT version FROM form_version WHERE form_id = 'wijkschouw'")
    newer = folder / source.name
    newer.write_text(source.read_text().replace(old, f"{old}9").replace(OLD_QUESTION, NEW_QUESTION))
    log_in(page, server)
    page.get_by_role("link", name="Formulieren").click()
    upload(page, newer)
    page.get_by_role("button", name="Publiceren").click()
    expect(page.get_by_text("gepubliceerd op")).to_be_visible()
    page.goto(f"{server.url}/formulieren/wijkschouw/{old}")
    page.get_by_role("button", name="Intrekken").click()
    expect(page.get_by_role("button", name="Weer in gebruik nemen")).to_be_visible()


def as_it_was_before(route: Route) -> None:
    response = route.fetch()
    route.fulfill(response=response, body=f"{response.text()}\n// older")
