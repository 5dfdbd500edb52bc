"""An observation at the desk: its history, choosing between two answers, withdrawing it and bringing it back."""

import re
from html import unescape
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from forms.answers import parse_instance
from forms.definition import Definition, Question
from server.desk.answer_words import Difference, Said, Wording, answers_at, differences, number_at
from server.people.models import AuditEntry
from sync.models import Observation, ObservationVersion
from tests.support import EMAIL, NOON, LogIn, Rows, Village, csrf
from tests.sync.test_versions import answers, changed, first_of, push, standing, withdrawn

NL = {"Accept-Language": "nl"}
PEOPLE = "Hoeveel mensen praten mee?"


def path_of(mutation: dict[str, Any]) -> str:
    return f"/observaties/{mutation['observationId']}"


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def look(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path, headers=NL)
    assert answer.status_code == 200, answer.text
    return answer.text


def post(browser: FlaskClient, page: str, path: str, **fields: str) -> TestResponse:
    """Sends a form of this page, as a browser does."""
    seen = re.search(r'name="versie" value="([^"]+)"', page)
    hidden = {"csrf_token": csrf(page), "versie": seen[1] if seen else ""}
    return browser.post(path, data={**hidden, **fields}, headers=NL)


def option_of(page: str, text: str) -> dict[str, str]:
    """The form field with which this answer is chosen."""
    found = re.search(rf'<input type="radio" name="([^"]+)" value="([^"]*)"[^>]*> <strong>{re.escape(text)}<', page)
    assert found, page
    return {found[1]: found[2]}


def test_history_tells_who_changed_what_when_and_why(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2, issues=("Te hard rijden",))
    push(phone, first, {**changed(first, deelnemers="3", tekst="Veel te hard rijden"), "reason": "verteld"})

    page = words(look(log_in(), path_of(first)))

    assert "Versie 2 · Vrijwilliger" in page
    assert f"gemaakt van versie 1 Waarom: verteld {PEOPLE} 2 → werd 3" in page
    assert "Vraagstuk 1: Wat speelt er? Te hard rijden → werd Veel te hard rijden" in page
    assert "Versie 1 · Vrijwilliger" in page
    assert page.index("Versie 2") < page.index("Versie 1")


def test_page_of_an_observation_with_one_version_writes_nothing(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone)
    push(phone, first)

    assert "Zo kwam het binnen." in look(log_in(), path_of(first))

    assert rows(select(func.count()).select_from(ObservationVersion))[0][0] == 0


def test_person_chooses_between_two_answers_and_the_reason_is_kept(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    push(phone, first, changed(first, deelnemers="4"), changed(first, deelnemers="5"))
    browser, path = log_in(), path_of(first)

    page = look(browser, path)
    assert PEOPLE in page
    assert re.search(r'value="" checked> <strong>4</strong>', page)
    answer = post(browser, page, f"{path}/kiezen", reden="nagevraagd", **option_of(page, "5"))

    assert (answer.status_code, answer.headers["Location"]) == (302, path)
    assert (standing(rows).persons, standing(rows).clashes) == (5, None)
    page = look(browser, path)
    assert "Leg mijn keuze vast" not in page
    assert f"· {EMAIL}" in words(page)
    assert "Waarom: nagevraagd" in page
    (entry,) = rows(select(AuditEntry))[0]
    assert (entry.actor, entry.action) == (EMAIL, "observatie.kiezen")
    assert entry.subject == f"{first['observationId']}: nagevraagd"


def test_of_three_answers_each_can_be_chosen(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = village.phone()
    browser = log_in()
    for wanted in ("4", "5", "6"):
        first = first_of(village, phone, persons=2)
        push(phone, first, *(changed(first, deelnemers=count) for count in ("4", "5", "6")))

        page = look(browser, path_of(first))
        post(browser, page, f"{path_of(first)}/kiezen", reden="gevraagd", **option_of(page, wanted))

        found = select(Observation.persons).where(Observation.id == UUID(first["observationId"]))
        assert rows(found) == [(int(wanted),)]


def test_choice_about_a_chosen_answer_is_in_the_words_of_the_form(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    first = first_of(village, phone, issues=("Lamp",))
    push(phone, first, changed(first, trits="bewoners"), changed(first, trits="bewoners_met_hulp"))

    page = words(look(log_in(), path_of(first)))

    options = r"Wie kan dit doen\? Bewoners zelf Vrijwilliger, [^V]+ Bewoners, met hulp Vrijwilliger, "
    assert re.search(f"Vraagstuk 1: {options}", page)


def test_choice_that_says_nothing_leaves_what_stands(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    push(phone, first, changed(first, deelnemers="4"), changed(first, deelnemers="5"))
    browser = log_in()

    post(browser, look(browser, path_of(first)), f"{path_of(first)}/kiezen", reden="klopt zo")

    assert (standing(rows).persons, standing(rows).clashes) == (4, None)


def test_withdrawn_against_changed_is_asked_in_plain_words(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    push(phone, first, withdrawn(first), changed(first, deelnemers="3"))
    browser, path = log_in(), path_of(first)

    page = look(browser, path)
    assert "Vrijwilliger trok dit in, en veranderde het ook. Wat geldt?" in page
    assert "Kies eerst hierboven wat geldt." in page
    option = option_of(page, "Het telt mee, met deze verandering")
    post(browser, page, f"{path}/kiezen", reden="doet toch mee", **option)

    assert (standing(rows).status, standing(rows).persons, standing(rows).clashes) == ("applied", 3, None)


def test_withdrawn_against_changed_may_stay_withdrawn(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    push(phone, first, withdrawn(first), changed(first, deelnemers="3"))
    browser = log_in()

    post(browser, look(browser, path_of(first)), f"{path_of(first)}/kiezen", reden="bewoner wil niet")

    assert (standing(rows).status, standing(rows).clashes) == ("withdrawn", None)


def test_of_two_observations_with_one_number_the_other_can_be_chosen(
    village: Village, log_in: LogIn, rows: Rows
) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    push(phone, first, {**changed(first, deelnemers="7"), "baseVersion": None})
    browser, path = log_in(), path_of(first)

    page = look(browser, path)
    assert "Er zijn twee observaties met hetzelfde nummer. Welke geldt?" in page
    assert re.search(
        rf"Wat er nu staat .+ {re.escape(PEOPLE)} 2 De andere observatie .+ {re.escape(PEOPLE)} 7", words(page)
    )
    post(browser, page, f"{path}/kiezen", reden="gevraagd", **option_of(page, "De andere observatie"))

    assert answers(rows)["deelnemers"] == "7"


def test_choice_about_what_changed_meanwhile_is_refused(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    push(phone, first, changed(first, deelnemers="4"), changed(first, deelnemers="5"))
    browser, path = log_in(), path_of(first)
    page = look(browser, path)
    push(phone, changed(first, deelnemers="6"))

    answer = post(browser, page, f"{path}/kiezen", reden="gevraagd", **option_of(page, "5"))

    assert answer.status_code == 400
    assert "Intussen veranderde iemand deze observatie." in answer.text
    assert len(standing(rows).clashes or []) == 2
    assert rows(select(AuditEntry)) == []


def test_person_withdraws_with_a_reason_and_brings_back(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    push(phone, first)
    browser, path = log_in(), path_of(first)

    assert post(browser, look(browser, path), f"{path}/intrekken", reden=" ").status_code == 400
    assert standing(rows).status == "applied"
    post(browser, look(browser, path), f"{path}/intrekken", reden="dubbel ingevuld")
    assert standing(rows).status == "withdrawn"
    page = look(browser, path)
    assert f"Ingetrokken door {EMAIL}" in words(page)
    assert "Waarom: dubbel ingevuld" in page
    assert post(browser, page, f"{path}/terughalen", reden="toch niet dubbel").status_code == 302

    assert (standing(rows).status, standing(rows).persons) == ("applied", 2)
    actions = [entry.action for (entry,) in rows(select(AuditEntry).order_by(AuditEntry.at))]
    assert actions == ["observatie.intrekken", "observatie.terughalen"]
    page = look(browser, path)
    assert post(browser, page, f"{path}/terughalen", reden="nog eens").status_code == 404


def test_change_that_waits_in_vain_is_merged_at_the_desk(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = village.phone()
    first = first_of(village, phone, persons=2)
    third = changed(changed(first, deelnemers="3"), deelnemers="4")
    push(phone, first, third)
    browser = log_in()

    page = look(browser, "/te-bekijken")
    assert "Wacht op een eerdere versie (1)" in page
    assert "Een verandering van Keukentafelgesprek · Boekweitlaan 1" in page
    assert post(browser, page, f"/wachtend/{third['id']}/samenvoegen").status_code == 302

    assert standing(rows).persons == 4
    assert "Wacht op een eerdere versie" not in look(browser, "/te-bekijken")
    assert [entry.action for (entry,) in rows(select(AuditEntry))] == ["observatie.samenvoegen"]


def test_withdrawal_whose_observation_is_not_here_says_so(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    push(phone, withdrawn(first_of(village, phone)))

    page = words(look(log_in(), "/te-bekijken"))

    assert "Een intrekking" in page
    assert "De observatie zelf is er nog niet." in page
    assert "Samenvoegen met wat er is Zoals" not in page


def test_what_waits_for_a_choice_stands_apart_from_what_does_not_count_yet(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    clashing, held = first_of(village, phone, persons=2), first_of(village, phone, persons=99)
    push(phone, clashing, changed(clashing, deelnemers="4"), changed(clashing, deelnemers="5"), held)

    page = words(look(log_in(), "/te-bekijken"))

    assert "Wacht op uw keuze (1)" in page
    assert "Vragen met verschillende antwoorden: 1." in page
    assert "Telt nog niet mee (1)" in page
    assert "Sommige antwoorden passen niet bij het formulier." in page
    assert page.count("Keukentafelgesprek · Boekweitlaan 1 Vrijwilliger") == 2


def test_visit_with_the_number_of_another_is_told_in_words(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    phone.put_visit(village.address_ids[0], "niet_thuis", NOON, str(village.round_id))
    (visit,) = phone.queue.values()
    push(phone, dict(visit), {**visit, "id": str(uuid4()), "outcome": "weigert"})

    page = words(look(log_in(), "/te-bekijken"))

    assert "Bezoeken met hetzelfde nummer (1)" in page
    assert "Dit telt: Boekweitlaan 1, Niet thuis." in page
    assert "Hetzelfde nummer zegt ook: Boekweitlaan 1, Wil niet meedoen." in page


def test_time_by_the_phones_clock_stands_beside_the_corrected_one(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    first = first_of(village, phone)
    report = {"Authorization": f"Bearer {phone.token}", "Rondgang-Report": 'clock="2026-11-22T10:00:00+00:00"'}
    phone.http.post("/v1/sync/push", json={"mutations": [first]}, headers=report)

    assert "volgens de klok van de telefoon 22 nov 2026" in words(look(log_in(), path_of(first)))


TALK = Definition(
    form_id="gesprek",
    version="1",
    title="Gesprek",
    counting_unit="huishouden",
    languages=("nl",),
    uses_addresses=True,
    lists={},
    questions=(
        Question("/data/adres", "string", role="adres", labels={"nl": "Adres"}),
        Question("/data/kleur", "string", labels={"nl": "Kleur"}, choices="kleuren"),
        Question("/data/som", "int"),
        Question("/data/punt", "repeat", is_repeat=True),
        Question("/data/punt/sleutel", "string", role="sleutel"),
        Question("/data/punt/tekst", "string", labels={"nl": "Wat?"}),
    ),
    choice_labels={"kleuren": {"r": {"nl": "rood"}, "b": {"nl": "blauw"}}},
)
WORDING = Wording(TALK, "nl", {"a1": "Dorpsstraat 1"})


def said(xml: str) -> dict[str, Said]:
    return WORDING.answers(parse_instance(f"<data>{xml}</data>"))


def point(key: str, text: str) -> str:
    return f"<punt><sleutel>{key}</sleutel><tekst>{text}</tekst></punt>"


def test_answers_are_in_words_and_what_nobody_was_asked_is_left_out() -> None:
    found = said(f"<adres>a1</adres><kleur>r b</kleur><som>3</som>{point('k', 'Lamp')}")

    assert [(one.label, one.text, one.number) for one in found.values()] == [
        ("Adres", "Dorpsstraat 1", 0),
        ("Kleur", "rood, blauw", 0),
        ("Wat?", "Lamp", 1),
    ]


def test_difference_is_what_changed_came_and_went() -> None:
    before, after = said("<adres>a1</adres><kleur>r</kleur>"), said(f"<kleur>b</kleur>{point('k', 'Lamp')}")

    assert differences(before, after) == [
        Difference("Kleur", 0, "rood", "blauw"),
        Difference("Wat?", 1, None, "Lamp"),
        Difference("Adres", 0, "Dorpsstraat 1", None),
    ]
    assert differences(after, after) == []


def test_part_that_moved_up_because_another_went_is_no_difference() -> None:
    before, after = said(point("a", "Lamp") + point("b", "Bank")), said(point("b", "Bank"))

    assert differences(before, after) == [Difference("Wat?", 1, "Lamp", None)]


def test_part_is_found_by_the_key_that_merging_gives_it() -> None:
    found = said(point("a", "Lamp") + point("b", "Bank"))

    assert [one.text for one in answers_at(found, "/data/punt{b}").values()] == ["Bank"]
    assert number_at(found, "/data/punt{b}/tekst") == 2
    assert number_at(found, "/data/kleur") == 0


def test_answers_of_an_unknown_form_go_by_their_names() -> None:
    found = Wording(None, "nl", {}).answers(parse_instance("<data><kleur>r</kleur></data>"))

    assert found == {"/data/kleur": Said("kleur", "r")}
