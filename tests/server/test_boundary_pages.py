"""Areas that residents draw: drawing, redrawing, joining, cutting, ending; figures; and what it does to the counts."""

import json
import re
from html import unescape
from typing import Any
from uuid import UUID

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from core.db import db
from maps.models import Address, Area, AreaBoundary, AreaLineage, AreaPopulation, Route
from maps.queries import find_area
from server.participation.report import participation_of
from server.people.models import AuditEntry
from sync.models import Change, Observation, round_area
from tests.support import EMAIL, LogIn, MakeArea, Rows, Village, csrf

NL = {"Accept-Language": "nl"}
WEST_HALF, EAST_HALF = shapely.box(6.6, 52.6, 6.64, 52.7), shapely.box(6.64, 52.6, 6.7, 52.7)


def text_of(answer: TestResponse) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def geojson(geometry: BaseGeometry) -> str:
    return json.dumps(mapping(geometry))


def post(browser: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """What a person sends from this page, with what the page holds hidden."""
    page = browser.get(fields.pop("page", path), headers=NL).text
    seen = re.search(r'name="versie" value="([^"]*)"', page)
    hidden = {"csrf_token": csrf(page)} | ({"versie": seen[1]} if seen else {})
    return browser.post(path, data={**hidden, **fields}, headers=NL)


def settle(app: Flask) -> None:
    """Waits until everything is placed again."""
    app.extensions["rondgang_jobs"].finish()


def persons_in(app: Flask, area_id: UUID) -> int:
    with app.app_context():
        area = find_area(area_id)
        assert area is not None
        return participation_of([area])[0].figures.at_least


@pytest.fixture
def talked(village: Village) -> Village:
    """A village in which a household of three talked, at 6.65, 52.65."""
    phone = village.phone()
    village.talk(phone, persons=3)
    phone.deliver()
    return village


def test_area_is_drawn_and_counts_what_lies_in_it(app: Flask, talked: Village, log_in: LogIn, rows: Rows) -> None:
    browser = log_in()

    answer = post(browser, "/gebieden/tekenen", naam="Ons  plein", grens=geojson(shapely.box(6.64, 52.64, 6.66, 52.66)))
    settle(app)

    assert answer.status_code == 302
    ((area,),) = rows(select(Area).where(Area.name == "Ons plein"))
    assert (area.kind, persons_in(app, area.id), persons_in(app, talked.area_id)) == ("gebied", 3, 3)
    page = text_of(browser.get(answer.headers["Location"], headers=NL))
    assert "Klaar." in page
    assert EMAIL in page
    assert "geldt nu" in page
    assert ("gebied.tekenen",) in rows(select(AuditEntry.action))
    assert ("area", str(area.id)) in rows(select(Change.entity, Change.entity_id))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"grens": ""}, "Teken eerst een grens"),
        ({"grens": "onzin"}, "geen GeoJSON"),
        ({"grens": geojson(shapely.Polygon([(6.6, 52.6), (6.7, 52.7), (6.7, 52.6), (6.6, 52.7)]))}, "kruist"),
        ({"grens": geojson(WEST_HALF), "naam": ""}, "Geef een naam"),
        ({"grens": geojson(WEST_HALF), "naam": "x" * 201}, "hoogstens 200"),
        ({"grens": geojson(WEST_HALF), "vanaf": "2190-01-01"}, "Kies vandaag"),
        ({"grens": geojson(WEST_HALF), "vanaf": "gisteren"}, "jaar-maand-dag"),
        ({"grens": geojson(WEST_HALF), "soort": "gemeente"}, "wat voor gebied"),
        ({"grens": geojson(WEST_HALF), "onderdeel": str(UUID(int=5))}, "geen deel zijn"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_stored(
    talked: Village, log_in: LogIn, rows: Rows, fields: dict[str, str], words: str
) -> None:
    answer = post(log_in(), "/gebieden/tekenen", **{"naam": "Plein", **fields})

    assert answer.status_code == 400
    assert words in text_of(answer)
    assert rows(select(func.count(Area.id)))[0] == (1,)
    assert 'value="Plein"' in answer.text or "naam" in fields


def test_name_with_a_nul_and_wrong_ids_break_nothing(talked: Village, log_in: LogIn) -> None:
    fields = {"naam": "Ple\0in", "grens": geojson(WEST_HALF), "onderdeel": "niets"}

    assert post(log_in(), "/gebieden/tekenen", **fields).status_code == 302


def test_boundary_with_very_many_corners_is_drawn(village: Village, log_in: LogIn) -> None:
    circle = shapely.Point(6.65, 52.65).buffer(0.03, quad_segs=4990)

    answer = post(log_in(), "/gebieden/tekenen", naam="Rond", grens=geojson(circle))

    assert answer.status_code == 302


def test_check_tells_overlap_and_what_moves_before_anything_is_saved(
    app: Flask, talked: Village, make_area: MakeArea, log_in: LogIn, rows: Rows
) -> None:
    make_area("Oud plein", west=6.62, kind="gebied")
    settle(app)
    browser = log_in()
    fields = {"naam": "Nieuw plein", "grens": geojson(shapely.box(6.64, 52.64, 6.66, 52.66))}

    page = text_of(post(browser, "/gebieden/grens/controle", page="/gebieden/tekenen", **fields))

    assert "Oud plein: 301" in page  # hectares that both have
    assert "Van Oud plein naar Nieuw plein: 2 deuren, 1 observaties." in page
    assert "kleinste" in page
    assert rows(select(func.count(AreaBoundary.id)))[0] == (2,)


def test_check_says_what_is_wrong_with_a_boundary(talked: Village, log_in: LogIn) -> None:
    crossed = geojson(shapely.Polygon([(6.6, 52.6), (6.7, 52.7), (6.7, 52.6), (6.6, 52.7)]))

    answer = post(log_in(), "/gebieden/grens/controle", page="/gebieden/tekenen", grens=crossed)

    assert answer.status_code == 200
    assert "kruist of raakt zichzelf bij 52.65000, 6.65000" in text_of(answer)


def test_redrawn_boundary_is_a_version_and_moves_the_counts(
    app: Flask, talked: Village, log_in: LogIn, rows: Rows
) -> None:
    browser = log_in()
    path = f"/gebieden/{talked.area_id}/grens/tekenen"
    fields = {"grens": geojson(WEST_HALF), "gebied": str(talked.area_id)}
    check = text_of(post(browser, "/gebieden/grens/controle", page=path, **fields))

    answer = post(browser, path, **fields)
    settle(app)

    assert "Van Nieuwlande naar geen gebied: 2 deuren, 1 observaties." in check
    assert answer.status_code == 302
    assert persons_in(app, talked.area_id) == 0
    versions = rows(select(AreaBoundary.valid_to).order_by(AreaBoundary.id))
    assert len(versions) == 2
    assert versions[0][0] is not None
    assert versions[1][0] is None
    assert {row[0] for row in rows(select(Address.area_id))} == {None}


def test_boundary_that_nobody_moved_makes_no_version(talked: Village, log_in: LogIn, rows: Rows) -> None:
    browser = log_in()
    path = f"/gebieden/{talked.area_id}/grens/tekenen"
    shown = re.search(r"<textarea[^>]*>([^<]*)<", browser.get(path).text)
    assert shown

    answer = post(browser, path, grens=unescape(shown[1]))

    assert answer.status_code == 302
    assert rows(select(func.count(AreaBoundary.id)))[0] == (1,)


def test_boundary_that_another_changed_meanwhile_is_not_overwritten(talked: Village, log_in: LogIn, rows: Rows) -> None:
    browser = log_in()
    path = f"/gebieden/{talked.area_id}/grens/tekenen"
    token = csrf(browser.get(path).text)
    seen = re.search(r'name="versie" value="([^"]*)"', browser.get(path).text)
    assert seen
    post(browser, path, grens=geojson(WEST_HALF))

    late = browser.post(path, data={"csrf_token": token, "versie": seen[1], "grens": geojson(EAST_HALF)}, headers=NL)

    assert late.status_code == 400
    assert "Iemand veranderde deze grens intussen" in text_of(late)
    assert rows(select(func.count(AreaBoundary.id)))[0] == (2,)


def test_boundary_is_laid_against_its_neighbours_and_can_then_be_saved(
    app: Flask, make_area: MakeArea, log_in: LogIn
) -> None:
    make_area("Buren", west=6.7, kind="gebied")
    drawn = geojson(shapely.segmentize(shapely.box(6.69, 52.62, 6.69993, 52.63), 0.002))
    browser = log_in()
    check = text_of(post(browser, "/gebieden/grens/controle", page="/gebieden/tekenen", grens=drawn))

    answer = post(browser, "/gebieden/tekenen", naam="Plein", grens=drawn, aansluiten="ja")
    shown = re.search(r"<textarea[^>]*>([^<]*)<", answer.text)

    assert "Kieren 1" in check
    assert "sluit nu aan op de buren" in answer.text
    assert 'value="Plein"' in answer.text
    assert shown
    after = text_of(post(browser, "/gebieden/grens/controle", page="/gebieden/tekenen", grens=unescape(shown[1])))
    assert "Kieren 0" in after
    assert "Overlap 0" in after


def test_areas_merge_into_a_new_one_with_lineage_rounds_figures_and_counts(
    app: Flask, talked: Village, make_area: MakeArea, log_in: LogIn, rows: Rows
) -> None:
    elim = make_area("Elim", west=6.7, inhabitants=50)
    below = make_area("Kern", west=6.72, kind="buurt", parent_id=elim)
    browser = log_in()
    fields = {"gebied": [str(talked.area_id), str(elim)], "naam": "Samen", "wordt": ""}

    preview = text_of(post(browser, "/gebieden/samenvoegen", **fields))
    before = rows(select(func.count(Area.id)))[0]
    answer = post(browser, "/gebieden/samenvoegen", **fields, bevestig="ja")
    settle(app)

    assert "Samenvoegen tot Samen?" in preview
    assert "Van Nieuwlande naar Samen: 2 deuren, 1 observaties." in preview
    assert before == (3,)
    assert answer.status_code == 302
    ((area,),) = rows(select(Area).where(Area.name == "Samen"))
    assert persons_in(app, area.id) == 3
    assert set(rows(select(AreaLineage.from_id, AreaLineage.to_id, AreaLineage.how))) == {
        (one, area.id, "samengevoegd") for one in (talked.area_id, elim)
    }
    assert rows(select(round_area.c.area_id)) == [(area.id,)]
    assert rows(select(Area.parent_id).where(Area.id == below)) == [(area.id,)]
    assert rows(select(AreaPopulation.inhabitants).where(AreaPopulation.area_id == area.id)) == [(150,)]
    page = text_of(browser.get(f"/gebieden/{elim}/grens", headers=NL))
    assert "Dit gebied is er niet meer sinds" in page
    assert "Het ging op in: Samen" in page
    assert "Som van 2 gebieden: test" in text_of(browser.get(f"/gebieden/{area.id}/grens", headers=NL))
    assert "Elim" not in text_of(browser.get("/gebieden", headers=NL))


def test_area_merges_into_another_that_goes_on(
    app: Flask, talked: Village, make_area: MakeArea, log_in: LogIn, rows: Rows
) -> None:
    elim = make_area("Elim", west=6.7)
    chosen = [str(talked.area_id), str(elim)]

    answer = post(log_in(), "/gebieden/samenvoegen", gebied=chosen, wordt=str(elim), bevestig="ja")
    settle(app)

    assert answer.headers["Location"].startswith(f"/gebieden/{elim}/grens")
    assert persons_in(app, elim) == 3
    assert rows(select(AreaLineage.from_id, AreaLineage.to_id)) == [(talked.area_id, elim)]
    assert {row[0] for row in rows(select(Observation.area_id))} == {elim}


@pytest.mark.parametrize("kinds", [("dorp",), ("dorp", "buurt")])
def test_areas_that_cannot_merge_are_refused_in_words(
    make_area: MakeArea, log_in: LogIn, rows: Rows, kinds: tuple[str, ...]
) -> None:
    chosen = [str(make_area(f"Gebied {at}", west=6.6 + at / 10, kind=kind)) for at, kind in enumerate(kinds)]

    answer = post(log_in(), "/gebieden/samenvoegen", gebied=chosen, naam="Samen", bevestig="ja")

    assert answer.status_code == 400
    assert ("twee gebieden" if len(kinds) == 1 else "dezelfde soort") in text_of(answer)
    assert rows(select(AreaLineage.from_id)) == []


def test_area_is_split_by_a_line_into_parts_with_names(app: Flask, talked: Village, log_in: LogIn, rows: Rows) -> None:
    with app.app_context():
        line = shapely.LineString([(6.66, 52.61), (6.69, 52.69)])
        db.session.add(Route(area_id=talked.area_id, name="Oost", kind="lijn", line_wkb=shapely.to_wkb(line)))
        db.session.commit()
    browser, path = log_in(), f"/gebieden/{talked.area_id}/splitsen"
    cut = geojson(shapely.LineString([(6.64, 52.5), (6.64, 52.8)]))

    preview = text_of(post(browser, path, lijn=cut))
    answer = post(browser, path, lijn=cut, naam=["West", "Oost"], bevestig="ja")
    settle(app)

    assert "Naam van stuk 2" in preview
    assert "Van Nieuwlande naar stuk 2: 2 deuren, 1 observaties." in preview
    assert answer.status_code == 302
    made = dict(rows(select(Area.name, Area.id).where(Area.ended_on.is_(None))))
    assert set(made) == {"West", "Oost"}
    assert (persons_in(app, made["Oost"]), persons_in(app, made["West"])) == (3, 0)
    assert {row[0] for row in rows(select(round_area.c.area_id))} == set(made.values())
    assert rows(select(Route.area_id)) == [(made["Oost"],)]
    page = text_of(browser.get(f"/gebieden/{made['West']}/grens", headers=NL))
    assert "Nieuwlande gesplitst, vanaf" in page
    assert "Het aantal inwoners is onbekend." in page


def test_split_that_cuts_nothing_or_has_one_name_is_refused(talked: Village, log_in: LogIn, rows: Rows) -> None:
    browser, path = log_in(), f"/gebieden/{talked.area_id}/splitsen"
    beside = geojson(shapely.LineString([(6.5, 52.5), (6.5, 52.8)]))
    through = geojson(shapely.LineString([(6.64, 52.5), (6.64, 52.8)]))

    first = post(browser, path, lijn=beside)
    second = post(browser, path, lijn=through, naam=["Een", "Een"], bevestig="ja")
    third = post(browser, path, lijn=through, naam=["Een"], bevestig="ja")

    assert "niet helemaal door het gebied" in text_of(first)
    assert "twee verschillende namen" in text_of(second)
    assert "Geef elk stuk een naam" in text_of(third)
    assert {answer.status_code for answer in (first, second, third)} == {400}
    assert rows(select(Area.name)) == [("Nieuwlande",)]


def test_ended_area_stays_reachable_and_is_in_no_list(app: Flask, talked: Village, log_in: LogIn, rows: Rows) -> None:
    browser, path = log_in(), f"/gebieden/{talked.area_id}/beeindigen"
    assert "Ja, beëindigen" in text_of(browser.get(path, headers=NL))

    answer = post(browser, path)
    settle(app)

    assert answer.status_code == 302
    assert "Nieuwlande" not in text_of(browser.get("/gebieden", headers=NL))
    for page in ("", "/grens", "/kaart"):
        assert browser.get(f"/gebieden/{talked.area_id}{page}").status_code == 200
    assert "er niet meer sinds" in text_of(browser.get(f"/gebieden/{talked.area_id}", headers=NL))
    assert {row[0] for row in rows(select(Observation.area_id))} == {None}
    again = post(browser, path)
    assert again.status_code == 400


def test_figures_are_entered_and_count_at_once(talked: Village, log_in: LogIn) -> None:
    browser, page = log_in(), f"/gebieden/{talked.area_id}/grens"
    fields = {"peildatum": "2026-01-01", "bron": "Telling van het dorp", "inwoners": "1.000", "huishoudens": ""}

    answer = post(browser, f"/gebieden/{talked.area_id}/cijfers", page=page, **fields)

    assert answer.status_code == 302
    assert "3 van de 1.000 inwoners" in text_of(browser.get(f"/gebieden/{talked.area_id}", headers=NL))
    assert "Telling van het dorp" in text_of(browser.get(page, headers=NL))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"inwoners": "veel"}, "heel getal"),
        ({"inwoners": "-5"}, "heel getal"),
        ({"inwoners": "٣"}, "heel getal"),
        ({"peildatum": ""}, "Geef de peildatum"),
        ({"bron": ""}, "waar de cijfers vandaan komen"),
        ({"inwoners": "100", "huishoudens": "200"}, "meer huishoudens dan inwoners"),
        ({"inwoners": "100", "leeftijd_0_14": "130"}, "samen 130"),
        (
            {"inwoners": "100"} | {f"leeftijd_{age}": "10" for age in ("0_14", "15_24", "25_44", "45_64", "65_plus")},
            "samen 50",
        ),
    ],
)
def test_figures_that_cannot_be_are_refused_in_words(
    talked: Village, log_in: LogIn, rows: Rows, fields: dict[str, str], words: str
) -> None:
    all_fields = {"peildatum": "2026-01-01", "bron": "test", **fields}

    answer = post(
        log_in(),
        f"/gebieden/{talked.area_id}/cijfers",
        page=f"/gebieden/{talked.area_id}/grens",
        **all_fields,
    )

    assert answer.status_code == 400
    assert words in text_of(answer)
    assert rows(select(func.count(AreaPopulation.id)))[0] == (1,)


def test_age_groups_may_differ_by_their_rounding(talked: Village, log_in: LogIn) -> None:
    ages = {f"leeftijd_{age}": "25" for age in ("0_14", "15_24", "25_44", "45_64", "65_plus")}
    fields = {"peildatum": "2026-01-01", "bron": "CBS", "inwoners": "110", **ages}
    path = f"/gebieden/{talked.area_id}"

    assert post(log_in(), f"{path}/cijfers", page=f"{path}/grens", **fields).status_code == 302


def test_initiatiefkracht_is_chosen_and_written_down(talked: Village, log_in: LogIn, rows: Rows) -> None:
    browser, path = log_in(), f"/gebieden/{talked.area_id}"

    post(browser, f"{path}/initiatiefkracht", page=f"{path}/grens", initiatiefkracht="verspreid")
    wrong = post(browser, f"{path}/initiatiefkracht", page=f"{path}/grens", initiatiefkracht="reusachtig")

    assert wrong.status_code == 400
    assert "Georganiseerd, maar verspreid" in text_of(browser.get(f"{path}/grens", headers=NL))
    ((entry,),) = rows(select(AuditEntry).where(AuditEntry.action == "gebied.initiatiefkracht"))
    assert "van onbekend naar verspreid" in entry.subject


def test_name_and_parent_change_but_no_area_is_below_itself(
    talked: Village, make_area: MakeArea, log_in: LogIn, rows: Rows
) -> None:
    wijk = make_area("Wijk 1", kind="wijk")
    browser = log_in()

    def describe(area_id: UUID, **fields: str) -> TestResponse:
        return post(browser, f"/gebieden/{area_id}/beschrijving", page=f"/gebieden/{area_id}/grens", **fields)

    good = describe(talked.area_id, naam="Nieuwlande-dorp", soort="buurt", onderdeel=str(wijk))
    circle = describe(wijk, naam="Wijk 1", soort="wijk", onderdeel=str(talked.area_id))
    layer = describe(wijk, naam="Wijk 1", soort="gebied")

    assert (good.status_code, circle.status_code, layer.status_code) == (302, 400, 400)
    assert ("Nieuwlande-dorp", "buurt", wijk) in rows(select(Area.name, Area.kind, Area.parent_id))


def test_observation_near_a_boundary_is_said_to_be_uncertain(app: Flask, talked: Village, log_in: LogIn) -> None:
    with app.app_context():
        found = db.session.scalars(select(Observation)).one()
        found.lon, found.lat, found.accuracy_m, found.area_is_uncertain = 6.65, 52.65, 25.4, True
        db.session.commit()
        observation_id = found.id
    browser = log_in()

    assert "Observaties bij de grens: 1" in text_of(browser.get(f"/gebieden/{talked.area_id}", headers=NL))
    page = text_of(browser.get(f"/observaties/{observation_id}", headers=NL))
    assert "De plek is tot op 25 m bekend; het kan ook in een ander gebied zijn." in page


def test_list_of_areas_leads_to_drawing_and_shows_the_hierarchy(
    talked: Village, make_area: MakeArea, log_in: LogIn
) -> None:
    wijk = make_area("Wijk 1", west=6.8, kind="wijk")
    make_area("Kern", west=6.8, kind="buurt", parent_id=wijk)
    browser = log_in()

    answer = browser.get("/gebieden", headers=NL)

    assert "/gebieden/tekenen" in answer.text
    assert "Onderdeel van" in text_of(answer)
    assert re.search(r"Kern buurt [^<]*Wijk 1", text_of(answer))
