"""The forms that ship: they compile, in two languages, in plain Dutch, with roles that make them count."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from lxml import etree

from forms.answers import Point, parse_instance
from forms.definition import NS
from forms.fill import fill_instance
from forms.library import library_forms
from forms.lists import ADDRESS_LIST, read_list
from forms.role_rules import RULES
from forms.roles import Facts, IssueFacts, extract_facts
from forms.xlsform import CompiledForm, compile_xlsform

LIBRARY = library_forms()[0].parent
NAMES = [path.stem for path in library_forms()]
LISTS = {"themas.csv", "onderdelen.csv"}
ADDRESS = UUID("01931f5e-0000-7000-8000-000000000003")
LONGEST_SENTENCE = 20
INFORMAL = re.compile(r"\b(men|je|jij|jou|jouw|jullie)\b", re.IGNORECASE)

GUIDE = Path(__file__).parents[2] / "docs" / "formulieren.md"
GUIDE_TYPES = {
    "string": "text",
    "int": "integer",
    "select1": "select_one",
    "select": "select_multiple",
    "binary": "image",
    "group": "begin_group",
    "repeat": "begin_repeat",
}
GUIDE_SETTINGS = """| settings |
| | form_title | form_id | version | default_language | namespaces |
| | Proef | proef | 1 | Nederlands (nl) | rg="urn:rondgang:rollen:1" |
"""

per_form = pytest.mark.parametrize("name", NAMES)


@cache
def compiled(name: str) -> CompiledForm:
    path = LIBRARY / f"{name}.md"
    return compile_xlsform(path.read_bytes(), path.name)


@cache
def xform(name: str) -> etree._Element:
    return etree.fromstring(compiled(name).xform.encode())


def texts(name: str, language: str) -> dict[str, str]:
    """Every text that people read in this language, by its key."""
    translation = xform(name).find(f".//x:translation[@lang='{language}']", NS)
    assert translation is not None
    return {
        text.get("id", ""): "".join(map(str, text.itertext())).strip() for text in translation.iterfind("x:text", NS)
    }


def list_rows(name: str) -> list[dict[str, str]]:
    return read_list(name, (LIBRARY / name).read_text())


def facts(name: str, values: Mapping[str, str], repeats: Mapping[str, Sequence[Mapping[str, str]]]) -> Facts:
    form = compiled(name)
    return extract_facts(form.definition, parse_instance(fill_instance(form.xform, values, repeats, ADDRESS)))


def conditions(name: str, path: str) -> str:
    """When this question is asked: its own condition, and those of the groups around it."""
    relevant = {bind.get("nodeset"): bind.get("relevant", "") for bind in xform(name).iterfind(".//x:bind", NS)}
    steps = path.split("/")
    around = [relevant.get("/".join(steps[:depth]), "") for depth in range(2, len(steps) + 1)]
    return " ".join(" and ".join(around).split())


def issue(text: str, number: int = 0, **more: object) -> IssueFacts:
    nothing = {"theme": None, "trits": None, "willing": None, "location": None, "photos": ()}
    return IssueFacts(key=f"#{number}", number=number, text=text, **{**nothing, **more})  # type: ignore[arg-type]


def test_library_has_the_six_werkvormen() -> None:
    assert {name: compiled(name).definition.counting_unit for name in NAMES} == {
        "keukentafelgesprek": "huishouden",
        "initiatiefenquete": "persoon",
        "wijkschouw": "geen",
        "wijkschat": "persoon",
        "ideekaart": "persoon",
        "buurtscan": "persoon",
    }


@per_form
def test_library_form_compiles_without_warnings(name: str) -> None:
    assert compiled(name).warnings == ()
    assert compiled(name).definition.form_id == name
    assert re.fullmatch(r"20\d{6}\d\d", compiled(name).definition.version)


@per_form
def test_library_form_says_its_counting_unit_itself(name: str) -> None:
    assert 'rg:telling="' in compiled(name).xform


@per_form
def test_every_text_is_there_in_dutch_and_english(name: str) -> None:
    dutch, english = texts(name, "Nederlands (nl)"), texts(name, "English (en)")

    assert compiled(name).definition.languages == ("nl", "en")
    assert dutch.keys() == english.keys()
    assert {"", "-"}.isdisjoint([*dutch.values(), *english.values()])


@per_form
def test_no_text_is_outside_the_two_languages(name: str) -> None:
    body = xform(name).iterfind(".//h:body//*", NS)
    spoken = [node for node in body if etree.QName(node).localname in {"label", "hint"}]
    faults = [
        bind.get(f"{{{NS['jr']}}}{message}", "jr:itext(")
        for bind in xform(name).iterfind(".//x:bind", NS)
        for message in ("constraintMsg", "requiredMsg")
    ]

    assert all(node.get("ref") for node in spoken)
    assert all(fault.startswith("jr:itext(") for fault in faults)


@per_form
def test_every_question_has_a_label_and_every_constraint_a_message(name: str) -> None:
    asked = [
        node
        for node in xform(name).iterfind(".//h:body//*[@ref]", NS)
        if node.tag.endswith(("input", "select", "select1", "upload"))
    ]

    assert all(node.find("x:label", NS) is not None for node in asked)
    for bind in xform(name).iterfind(".//x:bind[@constraint]", NS):
        assert bind.get(f"{{{NS['jr']}}}constraintMsg"), bind.get("nodeset")


@per_form
def test_dutch_sentences_are_short_and_polite(name: str) -> None:
    words = [*texts(name, "Nederlands (nl)").values(), *(row["label"] for each in LISTS for row in list_rows(each))]
    sentences = [sentence for text in words for sentence in re.split(r"[.!?:]\s+|\n", text)]

    assert [sentence for sentence in sentences if len(sentence.split()) > LONGEST_SENTENCE] == []
    assert [sentence for sentence in sentences if INFORMAL.search(sentence)] == []


@per_form
def test_photos_are_made_smaller_on_the_phone(name: str) -> None:
    photos = xform(name).iterfind(".//x:bind[@type='binary']", NS)

    assert all(bind.get("{http://openrosa.org/xforms}max-pixels") == "2048" for bind in photos)


@pytest.mark.parametrize("name", sorted({*NAMES} - {"wijkschouw"}))
def test_after_consent_only_what_was_consented_to_is_asked(name: str) -> None:
    definition = compiled(name).definition
    (consent,) = definition.with_role("toestemming")
    before = {"adres", "plek", "uitkomst", "uitleg", "toestemming"}

    for question in definition.questions:
        is_before = question.name in before and question.path.count("/") <= consent.path.count("/")
        if question.labels and question.kind not in {"group", "repeat"} and not is_before:
            assert f"{consent.path} = " in conditions(name, question.path), question.path


@per_form
def test_contact_details_are_asked_after_a_yes_of_their_own(name: str) -> None:
    private = compiled(name).definition.with_role("contactgegevens")

    assert all("/contact_mag = 'ja'" in conditions(name, question.path) for question in private)


@per_form
def test_external_lists_are_the_shipped_ones(name: str) -> None:
    assert set(compiled(name).definition.lists.values()) <= LISTS
    assert compiled(name).definition.uses_addresses == (name != "wijkschouw")
    assert ADDRESS_LIST not in LISTS


@pytest.mark.parametrize("name", sorted(LISTS))
def test_list_is_complete_in_dutch_and_english(name: str) -> None:
    rows = list_rows(name)

    assert list(rows[0]) == ["name", "label", "label_en"]
    assert all(all(row.values()) for row in rows)


def test_lists_hold_the_themes_and_the_families_of_public_space() -> None:
    themes = "voorzieningen onderwijs openbaar_gebied verkeer werkgelegenheid wonen veiligheid schoon_en_heel"
    parts = "verharding groen onkruid zwerfafval meubilair speelplek verlichting water graffiti hondenpoep"

    assert [row["name"] for row in list_rows("themas.csv")] == [*themes.split(), "samenleven", "duurzaamheid"]
    assert [row["name"] for row in list_rows("onderdelen.csv")] == [*parts.split(), "woning_en_erf"]


def test_buurtscan_asks_forty_questions_on_eight_pages() -> None:
    asked = [
        question.path.split("/")
        for question in compiled("buurtscan").definition.questions
        if question.control and question.kind not in {"group", "repeat"} and question.name not in {"adres", "plek"}
    ]
    numbered = [steps for steps in asked if re.match(r"v\d\d_", steps[-1])]
    others = {steps[-1] for steps in asked} - {steps[-1] for steps in numbered}
    pages = [steps[2] for steps in numbered]

    assert [steps[-1][:4] for steps in numbered] == [f"v{number:02}_" for number in range(1, 41)]
    assert others == {"uitleg", "toestemming", "geen_toestemming", "weet_niet", "bedankt"}
    assert [pages.count(page) for page in dict.fromkeys(pages)] == [5] * 8


def test_schouw_asks_photo_part_and_score_first_on_one_page() -> None:
    page, *questions = compiled("wijkschouw").definition.questions

    assert (page.name, page.appearance) == ("gezien", "field-list")
    assert [question.name for question in questions][:4] == ["foto", "onderdeel", "score", "plek"]


def test_talk_gives_its_facts() -> None:
    found = facts(
        "keukentafelgesprek",
        {
            "/data/deur/adres": str(ADDRESS),
            "/data/deur/uitkomst": "gesproken",
            "/data/gesprek/toestemming": "ja",
            "/data/gesprek/deelnemers": "3",
            "/data/gesprek/leeftijden/leeftijd_0_14": "1",
            "/data/gesprek/leeftijden/leeftijd_65_plus": "2",
            "/data/gesprek/huishoudgrootte": "4",
        },
        {
            "/data/vraagstuk": [
                {
                    "tekst": "De bus rijdt niet meer",
                    "thema": "verkeer",
                    "trits": "anderen",
                    "schaal": "dorp",
                    "zelf_doen": "misschien",
                    "zelf_doen_wat": "Een keer rijden",
                    "plek": "52.6 6.6 0 0",
                    "foto": "1.jpg",
                },
                {"tekst": "Samen eten", "thema": "samenleven"},
            ]
        },
    )

    bus = issue(
        "De bus rijdt niet meer",
        theme="verkeer",
        trits="anderen",
        willing="misschien",
        location=Point(6.6, 52.6, 0.0),
        photos=("1.jpg",),
    )
    assert (found.address_id, found.outcome) == (ADDRESS, "gesproken")
    assert (found.persons, found.household_size) == (3, 4)
    assert found.issues == (bus, issue("Samen eten", 1, theme="samenleven"))


def test_talk_without_address_has_a_place() -> None:
    found = facts("keukentafelgesprek", {"/data/plek": "52.6 6.6 0 9", "/data/deur/uitkomst": "niet_thuis"}, {})

    assert (found.address_id, found.location) == (None, Point(6.6, 52.6, 9.0))


def test_questionnaire_tells_initiative_and_suggestion_apart() -> None:
    found = facts(
        "initiatiefenquete",
        {"/data/deur/adres": str(ADDRESS), "/data/deelnemers": "1"},
        {
            "/data/idee": [
                {"tekst": "Bankje", "thema": "openbaar_gebied", "zelf_doen": "ja", "trits": "bewoners_met_hulp"},
                {"tekst": "Drempel", "thema": "verkeer", "zelf_doen": "nee"},
            ]
        },
    )

    assert (found.address_id, found.persons) == (ADDRESS, 1)
    assert found.issues == (
        issue("Bankje", theme="openbaar_gebied", willing="ja", trits="bewoners_met_hulp"),
        issue("Drempel", 1, theme="verkeer", willing="nee"),
    )


def test_schouw_gives_its_place() -> None:
    values = {"/data/gezien/onderdeel": "groen", "/data/gezien/score": "C", "/data/gezien/plek": "52.6 6.6 0 8"}

    assert facts("wijkschouw", values, {}).location == Point(6.6, 52.6, 8.0)
    roles = [question.role for question in compiled("wijkschouw").definition.questions if question.role]
    assert roles == ["schouw.onderdeel", "schouw.score", "locatie", "schouw.gedaan"]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        (
            "wijkschat",
            {"/data/buurt/tekst": "Een klusploeg", "/data/buurt/thema": "samenleven", "/data/buurt/zelf_doen": "ja"},
            (issue("Een klusploeg", theme="samenleven", willing="ja"),),
        ),
        (
            "ideekaart",
            {
                "/data/idee/wat/tekst": "Een pluktuin",
                "/data/idee/wat/thema": "duurzaamheid",
                "/data/idee/wat/foto": "1.jpg",
                "/data/idee/waar/plek": "52.6 6.6 0 0",
                "/data/idee/wie/zelf_doen": "ja",
                "/data/idee/wie/trits": "bewoners",
            },
            (
                issue(
                    "Een pluktuin",
                    theme="duurzaamheid",
                    willing="ja",
                    trits="bewoners",
                    location=Point(6.6, 52.6, 0.0),
                    photos=("1.jpg",),
                ),
            ),
        ),
        (
            "buurtscan",
            {
                "/data/buiten/slechte_plek/v10_plek": "Het pad achter de school",
                "/data/eerst/v36_eerst": "Een winkel",
                "/data/eerst/v37_thema": "voorzieningen",
                "/data/eerst/v39_trits": "bewoners_met_hulp",
                "/data/eerst/v40_zelf_doen": "misschien",
            },
            (
                issue("Het pad achter de school"),
                issue("Een winkel", 1, theme="voorzieningen", trits="bewoners_met_hulp", willing="misschien"),
            ),
        ),
    ],
)
def test_form_of_one_person_gives_its_facts(
    name: str, values: Mapping[str, str], expected: tuple[IssueFacts, ...]
) -> None:
    found = facts(name, {"/data/deur/adres": str(ADDRESS), "/data/deelnemers": "1", **values}, {})

    assert (found.address_id, found.persons) == (ADDRESS, 1)
    assert found.issues == expected


# The guide for form makers (docs/formulieren.md) is held against the rules.


def guide_tables() -> Iterator[tuple[str, list[list[str]]]]:
    """Every table of the guide, with the heading that it stands under: a header row and rows."""
    heading, rows = "", list[list[str]]()
    for line in [*GUIDE.read_text().splitlines(), ""]:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
        elif rows:
            yield heading, [rows[0], *rows[2:]]
            rows = []
        if line.startswith("#"):
            heading = line.strip("# ")


def rule_rows() -> dict[str, list[str]]:
    (rows,) = (rows for _, rows in guide_tables() if rows[0][0] == "rol")
    return {row[0].strip("`"): row for row in rows[1:]}


def example_forms() -> dict[str, bytes]:
    """The examples of the guide as workbooks: the tables under one heading make one form."""
    sheets: dict[str, dict[str, list[list[str]]]] = {}
    for heading, rows in guide_tables():
        sheet = heading.startswith("Voorbeeld:") and {
            "type": "survey",
            "list_name": "choices",
            "form_title": "settings",
        }.get(rows[0][0])
        if sheet:
            sheets.setdefault(heading, {})[sheet] = rows
    return {
        heading: "\n".join(
            [f"| {sheet} |\n" + "\n".join(f"| | {' | '.join(row)} |" for row in rows) for sheet, rows in found.items()]
            + ([] if "settings" in found else [GUIDE_SETTINGS])
        ).encode()
        for heading, found in sheets.items()
    }


def test_guide_has_every_role_and_no_other() -> None:
    assert rule_rows().keys() == RULES.keys()


@pytest.mark.parametrize("role", RULES)
def test_guide_says_what_the_rule_of_the_role_is(role: str) -> None:
    _, _, types, rules = rule_rows()[role]
    rule = RULES[role]

    assert set(re.findall(r"\w+", types)) == {GUIDE_TYPES.get(kind, kind) for kind in rule.types}
    assert (rule.choices or frozenset()) <= set(re.findall(r"`([^`]+)`", rules))
    assert rule.once == ("Eén keer." in rules)
    assert rule.outside_repeats == ("Niet in een herhaling." in rules)
    assert rule.in_issue == ("In een groep met rol `vraagstuk`." in rules)
    assert all(f"`{mate}`" in rules for mate in rule.needs)


def test_guide_shows_every_role_in_an_example_that_compiles() -> None:
    forms = [compile_xlsform(source, "voorbeeld.md") for source in example_forms().values()]

    assert [form.warnings for form in forms] == [()] * len(forms)
    assert {question.role for form in forms for question in form.definition.questions} >= RULES.keys()
