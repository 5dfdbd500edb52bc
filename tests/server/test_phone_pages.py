"""Phones at the desk: the same account as the volunteer's, who worries us, and who has access."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from core.clock import now_utc
from core.db import db
from server.desk.phone_list import is_silent
from server.desk.words import clock
from server.koffers import take_in_koffer
from server.people.models import AuditEntry
from sync.client import DeviceRevoked, SyncClient
from sync.koffer import koffer_lines
from sync.ledger import Account
from sync.models import Device
from tests.support import EMAIL, NOON, LogIn, Rows, Village, count_statements, csrf, make_photo

NL = {"Accept-Language": "nl"}


def words_of(browser: FlaskClient, path: str) -> str:
    answer = browser.get(path, headers=NL)
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def path_of(phone: SyncClient) -> str:
    return f"/telefoons/{phone.device_id}"


def tell(phone: SyncClient, **report: object) -> None:
    """A call with which the phone tells of itself."""
    told = ", ".join(f'{name}="{value}"' if name == "clock" else f"{name}={value}" for name, value in report.items())
    phone.http.get("/v1/sync/ledger", headers={"Authorization": f"Bearer {phone.token}", "Rondgang-Report": told})


def press(browser: FlaskClient, phone: SyncClient, button: str, page: str = "") -> int:
    token = csrf(browser.get(f"{path_of(phone)}{page}", headers=NL).text)
    return browser.post(f"{path_of(phone)}/{button}", data={"csrf_token": token}, headers=NL).status_code


def note(app: Flask, phone: SyncClient, **values: object) -> None:
    with app.app_context():
        db.session.execute(update(Device).where(Device.id == phone.device_id).values(**values))
        db.session.commit()


def account(**told: object) -> Account:
    nothing = {"made": None, "unsent": None, "photos_unsent": None, "last_contact_at": None, "clock_skew_s": None}
    counted = {"received": 0, "held": 0, "conflicts": 0, "photos_missing": 0}
    return Account(**{**nothing, **counted, **told})  # type: ignore[arg-type]  # a test names only what matters


def test_list_shows_what_the_phone_told_beside_what_is_here(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    village.talk(phone, issues=("Lamp",), photos=(make_photo(),))
    village.talk(phone, persons=99)
    phone.push(list(phone.queue.values()))
    tell(phone, made=14, unsent=3, photos=1)

    page = words_of(log_in(), "/telefoons")

    assert "Vrijwilliger Wat speelt er?" in page
    assert "14 2 werk: 3, foto's: 1 1 1 0" in page


def test_phone_that_told_nothing_is_unknown_and_not_zero(village: Village, app: Flask, log_in: LogIn) -> None:
    phone = village.phone()
    note(app, phone, made=None, unsent=None, photos_unsent=None)
    browser = log_in()

    assert "onbekend 0 onbekend 0 0 0" in words_of(browser, "/telefoons")
    assert "Deze telefoon vertelde nog niet hoeveel werk erop staat." in words_of(browser, path_of(phone))


def test_phone_that_made_more_than_came_in_is_never_called_lost(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    tell(phone, made=14, unsent=0, photos=0)

    page = words_of(log_in(), path_of(phone))

    assert "hij telt ook wat hij verstuurde voordat hij opnieuw werd aangemeld" in page
    assert "verloren" not in page
    assert "kwijt" not in page


def test_list_asks_the_database_as_often_for_many_phones_as_for_one(village: Village, log_in: LogIn) -> None:
    browser = log_in()
    counts = []
    for more in (1, 3):
        for _ in range(more):
            village.phone()
        counts.append(count_statements(village.app, browser, "/telefoons"))

    assert counts[0] == counts[1]


def test_phone_with_work_that_is_silent_for_two_days_is_named(village: Village, app: Flask, log_in: LogIn) -> None:
    phone = village.phone()
    tell(phone, made=3, unsent=2)
    browser = log_in()
    assert "twee dagen of langer" not in words_of(browser, "/telefoons")

    note(app, phone, last_contact_at=now_utc() - timedelta(days=2, minutes=1))

    assert "lieten twee dagen of langer niets horen" in words_of(browser, "/telefoons")
    assert "liet twee dagen of langer niets horen" in words_of(browser, path_of(phone))


@pytest.mark.parametrize(
    ("unsent", "photos", "hours", "silent"),
    [(1, 0, 48, True), (0, 1, 48, True), (1, 0, 47, False), (0, 0, 480, False), (None, None, 480, False)],
)
def test_silent_is_work_by_its_own_account_and_two_days_without_contact(
    unsent: int | None, photos: int | None, hours: int, silent: bool
) -> None:
    last = NOON - timedelta(hours=hours)

    assert is_silent(account(unsent=unsent, photos_unsent=photos, last_contact_at=last), NOON) is silent


@pytest.mark.parametrize(
    ("skew_s", "said"),
    [
        (None, ""),
        (59.9, ""),
        (-59.9, ""),
        (720, "loopt 12 minuten achter"),
        (-60, "loopt 1 minuut voor"),
        (5400, "loopt 90 minuten achter"),
        (-7200, "loopt 2 uur voor"),
        (3 * 86400, "loopt 3 dagen achter"),
    ],
)
def test_clock_is_told_when_it_differs_a_minute_or_more(app: Flask, skew_s: float | None, said: str) -> None:
    with app.test_request_context(headers=NL):
        assert clock(skew_s) == said


def test_page_lists_what_a_phone_brought_with_its_state_and_photos_that_are_missing(
    village: Village, log_in: LogIn
) -> None:
    phone = village.phone()
    talk = village.talk(phone, issues=("Lamp",), photos=(make_photo(),))
    phone.put_visit(village.address_ids[1], "niet_thuis", NOON, str(village.round_id))
    village.talk(phone, persons=99)
    phone.push(list(phone.queue.values()))
    browser = log_in()

    page = words_of(browser, path_of(phone))

    assert "Bezoek aan Boekweitlaan 2: Niet thuis" in page
    assert "Keukentafelgesprek · Boekweitlaan 1" in page
    assert "Verwerkt Telt mee" in page
    assert "Telt nog niet mee Telt nog niet mee" in page
    assert "Foto's die nog niet zijn aangekomen" in page
    assert f'href="/observaties/{talk}"' in browser.get(path_of(phone), headers=NL).text


def test_revoked_phone_hands_in_but_gets_nothing_until_it_is_admitted_again(
    village: Village, log_in: LogIn, rows: Rows
) -> None:
    phone = village.phone()
    village.talk(phone)
    browser = log_in()

    assert "krijgt niets nieuws meer" in words_of(browser, f"{path_of(phone)}/intrekken")
    assert press(browser, phone, "intrekken", "/intrekken") == 302
    assert "Toegang ingetrokken op" in words_of(browser, path_of(phone))
    with pytest.raises(DeviceRevoked):
        phone.pull()
    phone.deliver()
    assert not phone.queue
    assert press(browser, phone, "toelaten") == 302
    phone.pull()

    entries = [entry for (entry,) in rows(select(AuditEntry).order_by(AuditEntry.at))]
    assert [(entry.actor, entry.action) for entry in entries] == [
        (EMAIL, "telefoon.intrekken"),
        (EMAIL, "telefoon.toelaten"),
    ]
    assert entries[0].subject == f"Vrijwilliger, {phone.device_id}"


def test_revoking_twice_is_written_down_once(village: Village, log_in: LogIn, rows: Rows) -> None:
    phone = village.phone()
    browser = log_in()

    for _ in range(2):
        press(browser, phone, "intrekken", "/intrekken")

    assert len(rows(select(AuditEntry))) == 1


def test_phone_that_is_known_by_its_koffer_only_has_no_access_to_give(
    village: Village, app: Flask, log_in: LogIn
) -> None:
    phone = village.phone()
    village.talk(phone)
    phone.device_id = uuid4()
    settings = app.extensions["rondgang_settings"]
    device = {"deviceId": str(phone.device_id), "volunteer": "Truus", "madeAt": NOON.isoformat()}
    koffer = b"".join(koffer_lines(settings.koffer_public_key, device, list(phone.queue.values()), []))
    with app.test_request_context():
        take_in_koffer(BytesIO(koffer), "truus.koffer")
    browser = log_in()

    assert "Truus Alleen een koffer" in words_of(browser, "/telefoons")
    page = words_of(browser, path_of(phone))
    assert "Hij is alleen bekend van een koffer." in page
    assert "Weer toelaten" not in page
    assert press(browser, phone, "toelaten") == 404


def test_no_phones_yet_says_how_to_begin(log_in: LogIn) -> None:
    assert "Er doet nog geen telefoon mee." in words_of(log_in(), "/telefoons")


def test_unknown_phone_has_no_page(log_in: LogIn) -> None:
    assert log_in().get(f"/telefoons/{uuid4()}").status_code == 404


def test_phone_page_names_doors_that_were_added(village: Village, log_in: LogIn) -> None:
    phone = village.phone()
    address = {"street": "Vaart", "number": 3, "place": "Elim", "position": {"lon": 6.65, "lat": 52.65}}
    ids = {"id": str(uuid4()), "addressId": str(uuid4()), "type": "address.add", "addedAt": NOON.isoformat()}
    assert phone.push([{**ids, **address}])[0]["status"] == "applied"

    assert "Nieuwe deur: Vaart 3" in words_of(log_in(), path_of(phone))
