"""The page Formulieren: a form maker uploads, sees what is wrong, tries, publishes, compares and withdraws."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from forms.workbook import read_workbook
from server.people.models import AuditEntry
from tests.support import EMAIL, TALK, LogIn, Rows, Village, csrf

NL = {"Accept-Language": "nl"}
GOOD = """
| survey |
| | type | name | label::Nederlands (nl) | bind::rg:rol |
| | select_one_from_file themas.csv | thema | Waar gaat het over? | |
| | integer | deelnemers | Met hoeveel bent u? | deelnemers |
| settings |
| | form_title | form_id | version | namespaces |
| | Straatgesprek | straatgesprek | {version} | rg="urn:rondgang:rollen:1" |
"""


def upload(browser: FlaskClient, text: str, name: str = "straatgesprek.md", field: str = "formulier") -> TestResponse:
    path = "/formulieren" if field == "formulier" else "/formulieren/lijsten"
    token = csrf(browser.get("/formulieren", headers=NL).text)
    data = {field: (BytesIO(text.encode()), name), "csrf_token": token}
    return browser.post(path, data=data, headers=NL, content_type="multipart/form-data")


def act(browser: FlaskClient, action: str, version: str = "1") -> TestResponse:
    token = csrf(browser.get("/formulieren", headers=NL).text)
    return browser.post(f"/formulieren/straatgesprek/{version}/{action}", data={"csrf_token": token}, headers=NL)


def test_uploaded_form_is_a_draft_that_can_be_published(village: Village, log_in: LogIn, rows: Rows) -> None:
    browser = log_in()

    answer = upload(browser, GOOD.format(version=1))

    assert answer.status_code == 200
    assert "concept" in answer.text
    assert "Met hoeveel bent u?" in answer.text
    assert act(browser, "publiceren").status_code == 302
    assert "gepubliceerd" in browser.get("/formulieren/straatgesprek/1", headers=NL).text
    assert [entry.action for (entry,) in rows(select(AuditEntry).where(AuditEntry.actor == EMAIL))] == [
        "formulier.bewaren",
        "formulier.publiceren",
    ]


def test_every_fault_is_shown_with_its_sheet_row_and_column(log_in: LogIn) -> None:
    wrong = GOOD.format(version=1).replace("| deelnemers |", "| deelnemer |")

    answer = upload(log_in(), wrong)

    assert answer.status_code == 400
    for part in ("survey", "bind::rg:rol", "De rol &#39;deelnemer&#39; bestaat niet", ">3<"):
        assert part in answer.text


@pytest.mark.parametrize(("text", "name"), [("", "leeg.md"), ("x", "kapot.xlsx"), ("x", "foto.jpg"), ("x", "../a.md")])
def test_file_that_is_no_form_is_told_in_words(log_in: LogIn, text: str, name: str) -> None:
    answer = upload(log_in(), text, name)

    assert answer.status_code == 400
    assert "Er klopt iets niet in het formulier" in answer.text


def test_preview_gets_form_and_lists(village: Village, log_in: LogIn) -> None:
    browser = log_in()
    upload(browser, GOOD.format(version=1))
    act(browser, "publiceren")

    found = browser.get("/formulieren/straatgesprek/1/xform").get_json()

    assert "Met hoeveel bent u?" in found["xform"]
    assert found["lists"]["themas.csv"].startswith("name,label")
    assert "data-rg-preview" in browser.get("/formulieren/straatgesprek/1").text


def test_source_comes_back_as_a_spreadsheet_that_compiles(log_in: LogIn) -> None:
    browser = log_in()
    upload(browser, GOOD.format(version=1))

    answer = browser.get("/formulieren/straatgesprek/1/bron.xlsx")

    workbook = read_workbook(answer.data, "bron.xlsx")
    assert workbook.sheets["settings"][0]["form_title"] == "Straatgesprek"
    assert "straatgesprek-1.xlsx" in answer.headers["Content-Disposition"]


def test_versions_are_compared_in_words(log_in: LogIn) -> None:
    browser = log_in()
    upload(browser, GOOD.format(version=1))
    upload(browser, GOOD.format(version=2).replace("Met hoeveel bent u?", "Met hoeveel mensen?"))

    page = browser.get("/formulieren/straatgesprek/2/vergelijken?met=1", headers=NL).text

    assert "Met hoeveel bent u?" in page
    assert "Met hoeveel mensen?" in page


def test_withdrawn_form_leaves_phones_and_comes_back_when_restored(village: Village, log_in: LogIn) -> None:
    browser, phone = log_in(), village.phone()
    version = phone.entities["form"][TALK]["version"]
    token = csrf(browser.get("/formulieren").text)
    path = f"/formulieren/{TALK}/{version}"

    browser.post(f"{path}/intrekken", data={"csrf_token": token})
    phone.pull()
    assert TALK not in phone.entities["form"]

    browser.post(f"{path}/publiceren", data={"csrf_token": token})
    phone.pull()
    assert phone.entities["form"][TALK]["version"] == version


def test_published_form_reaches_phones_once_a_round_asks_it(village: Village, log_in: LogIn) -> None:
    browser, phone = log_in(), village.phone()
    upload(browser, GOOD.format(version=1))
    act(browser, "publiceren")
    phone.pull()
    assert "straatgesprek" not in phone.entities["form"]

    token = csrf(browser.get("/formulieren").text)
    data = {"csrf_token": token, "ronde": str(village.round_id)}
    assert browser.post("/formulieren/straatgesprek/1/ronde", data=data).status_code == 302
    phone.pull()

    assert phone.entities["form"]["straatgesprek"]["version"] == "1"
    assert "straatgesprek" in phone.entities["round"][str(village.round_id)]["forms"]


def test_observation_begun_with_withdrawn_form_still_counts(village: Village, log_in: LogIn) -> None:
    browser, phone = log_in(), village.phone()
    village.talk(phone)
    version = phone.entities["form"][TALK]["version"]
    token = csrf(browser.get("/formulieren").text)
    browser.post(f"/formulieren/{TALK}/{version}/intrekken", data={"csrf_token": token})

    (receipt,) = phone.push(list(phone.queue.values()))

    assert receipt["status"] == "applied"
    assert browser.get(f"/gebieden/{village.area_id}/kaart").status_code == 200


def test_changed_list_reaches_phones_without_a_new_form(village: Village, log_in: LogIn) -> None:
    browser, phone = log_in(), village.phone()
    before = phone.entities["form"][TALK]

    answer = upload(browser, "name,label,label_en\nverkeer,Wegen en paden,Roads\n", "themas.csv", field="lijst")
    phone.pull()

    assert answer.status_code == 302
    after = phone.entities["form"][TALK]
    assert after["version"] == before["version"]
    assert "Wegen en paden" in after["lists"]["themas.csv"]
    assert "Wegen en paden" in browser.get("/formulieren/lijsten/themas.csv").data.decode("utf-8-sig")


def test_list_with_faults_is_refused(log_in: LogIn) -> None:
    answer = upload(log_in(), "naam\nx\n", "themas.csv", field="lijst")

    assert answer.status_code == 400
    assert "De kolommen &#39;name&#39; en &#39;label&#39; zijn nodig." in answer.text


def test_long_list_is_warned_of(log_in: LogIn) -> None:
    browser = log_in()
    rows = "".join(f"t{number},Thema {number}\n" for number in range(1200))
    upload(browser, f"name,label\n{rows}", "themas.csv", field="lijst")

    page = upload(browser, GOOD.format(version=1)).text

    assert "Meer dan 1000 is traag op een oude telefoon" in page


def test_form_without_dutch_texts_or_with_what_the_app_lacks_is_warned_of(log_in: LogIn) -> None:
    english = GOOD.format(version=1).replace("label::Nederlands (nl)", "label::English (en)")
    extra = "| | audit | audit | | | |\n| | calculate | c | | | geheim(1) |\n| settings |"
    lacking = english.replace("bind::rg:rol |", "bind::rg:rol | calculation |").replace("| settings |", extra)

    page = upload(log_in(), lacking).text

    assert "Er zijn geen Nederlandse teksten" in page
    assert "/survey/5/calculation De app kent de functie geheim() niet." in page
    assert "/survey/4/type De app houdt niet bij hoe lang een vraag duurt." in page
