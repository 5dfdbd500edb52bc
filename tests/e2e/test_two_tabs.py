"""The app open twice on one phone: one tab hands in for both, and the other takes over when that one is closed."""

from collections import Counter

from playwright.sync_api import Route, expect

from tests.e2e.fieldwork import ALL_ARRIVED, look, notes, open_app, pushes_from_now, schouw, status, take_part
from tests.e2e.world import Phone, Server


def test_work_of_two_tabs_arrives_once_and_both_tell_so(standing_server: Server, phone: Phone) -> None:
    server = standing_server
    first = take_part(phone, server, "Fem")
    context = first.context
    second = open_app(context, server)
    context.set_offline(True)
    schouw(first, "Links")
    schouw(second, "Rechts")
    for tab in (first, second):
        expect(status(tab)).to_contain_text("2 waarnemingen nog niet verstuurd · geen bereik")

    pushes = pushes_from_now(context)
    context.set_offline(False)

    for tab in (first, second):
        expect(status(tab)).to_contain_text(ALL_ARRIVED)
    assert notes(server, "Fem") == ["Links", "Rechts"]
    assert len({tab for tab, _ in pushes}) == 1
    assert sorted(Counter(mutation for _, mutations in pushes for mutation in mutations).values()) == [1, 1]


def test_other_tab_takes_over_when_the_tab_that_sends_is_closed(standing_server: Server, phone: Phone) -> None:
    server = standing_server
    first = take_part(phone, server, "Gijs")
    context = first.context
    context.set_offline(True)
    schouw(first, "Halverwege")
    first.route("**/v1/sync/push", keep_waiting)
    with first.expect_request("**/v1/sync/push"):
        context.set_offline(False)

    second = open_app(context, server)
    expect(status(second)).to_contain_text("de app is ook ergens anders open en is daar bezig met versturen")
    look(second, "twee-tabbladen")
    first.close()

    expect(status(second)).to_contain_text(ALL_ARRIVED)
    assert notes(server, "Gijs") == ["Halverwege"]


def keep_waiting(route: Route) -> None:
    """As a line that is up and brings nothing."""
