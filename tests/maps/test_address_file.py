"""Addresses from CSV: several layouts, every fault with its row and column, and what a file would change."""

import csv
from io import StringIO
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problems import ADDRESSES_UNREADABLE, Problem
from maps.address_file import MOST_FAULTS, AddressesInFile, AddressRecord, door_of, read_addresses
from maps.address_plan import KnownAddress, plan_addresses
from maps.assign import Placing
from maps.kinds import LAPSED, LISTED, PROPOSED

BAG = "0118200000000001"
OWN = "straat,nummer,letter,toevoeging,postcode,plaats,lon,lat,huishoudens\n"
ROW = "Boekweitlaan,12,a,bis,7918AB,Nieuwlande,6.61,52.68,2\n"
NLEXTRACT = (
    "openbareruimte;huisnummer;huisletter;huisnummertoevoeging;postcode;woonplaats;gemeente;provincie;"
    "nummeraanduiding;verblijfsobjectgebruiksdoel;object_id;object_type;nevenadres;x;y;lon;lat\n"
)
NLEXTRACT_ROW = (
    "Boekweitlaan;12;a;bis;7918AB;Nieuwlande;Hoogeveen;Drenthe;0118200000000001;woonfunctie;"
    "0118010000000001;VBO;f;236000;522000;6.61;52.68\n"
)
PDOK = (
    "nummeraanduiding_id,straatnaam,huisnummer,huisletter,huisnummertoevoeging,postcode,woonplaatsnaam,centroide_ll\n"
)
PDOK_ROW = f'{BAG},Boekweitlaan,12,a,bis,7918AB,Nieuwlande,"POINT(6.61 52.68)"\n'
KADASTER = "Identificatie;Openbare ruimte;Huisnummer;Huisletter;Huisnummertoevoeging;Postcode;Woonplaats;RD X;RD Y\n"
KADASTER_ROW = f"{BAG};Boekweitlaan;12;a;bis;7918 ab;Nieuwlande;237692,26;522095,04\n"


def read(text: str, encoding: str = "utf-8") -> list[AddressRecord]:
    return read_addresses(text.encode(encoding)).records


def faults_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(Problem) as raised:
        read(text)
    assert raised.value.kind is ADDRESSES_UNREADABLE
    return [(fault.pointer, fault.detail) for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("text", "bag_id", "households"),
    [
        (OWN + ROW, None, 2),
        (NLEXTRACT + NLEXTRACT_ROW, BAG, None),
        (PDOK + PDOK_ROW, BAG, None),
        (KADASTER + KADASTER_ROW, BAG, None),
        ((OWN + ROW).upper().replace("BOEKWEITLAAN", "Boekweitlaan").replace("NIEUWLANDE", "Nieuwlande"), None, 2),
        ((OWN + ROW).replace(",", "\t"), None, 2),
        (KADASTER + KADASTER_ROW.replace(BAG, "118200000000001"), BAG, None),
        (KADASTER + KADASTER_ROW.replace(BAG, "0118010000000009"), None, None),
        (KADASTER + KADASTER_ROW.replace(BAG, f"0118010000000009-{BAG}"), BAG, None),
    ],
    ids=["own", "nlextract", "pdok", "kadaster", "capitals", "tabs", "lost zero", "verblijfsobject", "pdok pair"],
)
def test_layouts_give_the_same_address(text: str, bag_id: str | None, households: int | None) -> None:
    (record,) = read(text)

    assert (record.street, record.number, record.addition.lower()) == ("Boekweitlaan", 12, "bis")
    assert (record.letter.lower(), record.postcode, record.place) == ("a", "7918AB", "Nieuwlande")
    assert (record.bag_id, record.households) == (bag_id, households)
    assert [record.lon, record.lat] == pytest.approx([6.61, 52.68], abs=1e-4)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_streets_keep_their_accents_in_every_encoding(encoding: str) -> None:
    assert read((OWN + ROW).replace("Boekweitlaan", "Curaçaostraat"), encoding)[0].street == "Curaçaostraat"


def test_rd_becomes_degrees_to_the_metre() -> None:
    (record,) = read("straat;nummer;postcode;x;y\nLieve Vrouwekerkhof;1;3811BT;155000;463000\n")

    assert [record.lon, record.lat] == pytest.approx([5.38721, 52.15517], abs=1e-5)


def test_secondary_addresses_and_what_is_no_home_are_counted_and_left_out() -> None:
    secondary = NLEXTRACT_ROW.replace(";f;", ";t;").replace(BAG, "")
    shop = NLEXTRACT_ROW.replace("woonfunctie", "winkelfunctie").replace(BAG, "")

    found = read_addresses((NLEXTRACT + NLEXTRACT_ROW + secondary + shop).encode())

    assert (len(found.records), found.secondary, found.not_homes) == (1, 1, 1)


@pytest.mark.parametrize(
    ("row", "pointer", "words"),
    [
        (",12,,,7918AB,N,6.6,52.6,", "/2/straat", "straat ontbreekt"),
        ("A,12a,,,7918AB,N,6.6,52.6,", "/2/nummer", "Hier hoort een getal"),
        ("A,,,,7918AB,N,6.6,52.6,", "/2/nummer", "Hier hoort een getal"),
        ("A,1,aa,,7918AB,N,6.6,52.6,", "/2/letter", "Langer dan 1"),
        ("A,1,,12345678901,7918AB,N,6.6,52.6,", "/2/toevoeging", "Langer dan 10"),
        ("A,1,,,7918,N,6.6,52.6,", "/2/postcode", "geen postcode"),
        ("A,1,,,,,6.6,52.6,", "/2/postcode", "moet er zijn"),
        ("A,1,,,7918AB,N,,,", "/2/lon", "plek ontbreekt"),
        ("A,1,,,7918AB,N,oost,52.6,", "/2/lon", "coördinaat"),
        ("A,1,,,7918AB,N,52.6,6.6,", "/2/lon", "niet in Nederland"),
        ("A,1,,,7918AB,N,236000,522000,", "/2/lon", "niet in Nederland"),
        ("A,1,,,7918AB,N,nan,52.6,", "/2/lon", "coördinaat"),
        ("A,1,,,7918AB,N,6.6,52.6,veel", "/2/huishoudens", "geen aantal"),
    ],
)
def test_fault_names_row_and_column(row: str, pointer: str, words: str) -> None:
    ((where, what),) = faults_of(OWN + row + "\n")

    assert where == pointer
    assert words in what


def test_rows_are_counted_as_a_spreadsheet_shows_them() -> None:
    quoted = ROW.replace("Boekweitlaan", '"Boekweit\nlaan"')

    pointers = [where for where, _ in faults_of(OWN + quoted + "\n" + ROW.replace("12", "x").replace("bis", "b"))]

    assert pointers == ["/4/nummer"]


def test_values_outside_rd_are_a_fault_of_that_row() -> None:
    ((where, what),) = faults_of("straat;nummer;postcode;x;y\nA;1;1012JS;6,6;52,6\n")

    assert where == "/2/x"
    assert "RD" in what


def test_doubles_in_the_file_are_faults_that_name_the_first() -> None:
    other = NLEXTRACT_ROW.replace(";12;", ";14;")

    found = faults_of(NLEXTRACT + NLEXTRACT_ROW + other + NLEXTRACT_ROW.replace(BAG, "0118200000000002"))

    assert found == [
        ("/3/nummeraanduiding", "Dit nummer van de BAG staat ook op rij 2."),
        ("/4/nummer", "Dit adres staat ook op rij 2."),
    ]


def test_at_most_two_hundred_faults_are_listed_with_their_total() -> None:
    with pytest.raises(Problem) as raised:
        read(OWN + "".join(ROW.replace("12", "x") for _ in range(500)))

    assert len(raised.value.faults) == MOST_FAULTS
    assert "500" in raised.value.detail


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "straat"),
        ("naam;leeftijd\nAnna;40\n", "huisnummer"),
        ("straat;nummer;lon;lat\nA;1;6.6;52.6\n", "postcode of plaats"),
        ("straat;nummer;postcode;lon\nA;1;7918AB;6.6\n", "lon en lat"),
    ],
)
def test_columns_that_are_missing_are_named_with_what_is_understood(text: str, words: str) -> None:
    assert any(words in what for _, what in faults_of(text))


@pytest.mark.parametrize("content", [OWN.encode(), b"\0\0\0", b"PK\x03\x04zip", OWN.encode() + b'"' + b"x" * 200_000])
def test_file_that_is_no_list_is_a_problem(content: bytes) -> None:
    with pytest.raises(Problem) as raised:
        read_addresses(content)

    assert raised.value.kind is ADDRESSES_UNREADABLE


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    kind = None
    try:
        assert read_addresses(OWN.encode() + content).records
    except Problem as problem:
        kind = problem.kind

    assert kind in {None, ADDRESSES_UNREADABLE}


# what a file would change

NAMES = st.sampled_from(["Dorpsstraat", "dorpsstraat", "Kerkweg"])
RECORDS = st.builds(
    AddressRecord,
    row=st.just(2),
    bag_id=st.none() | st.sampled_from([f"01182000000000{number:02}" for number in range(6)]),
    street=NAMES,
    number=st.integers(1, 4),
    letter=st.sampled_from(["", "a", "A"]),
    addition=st.just(""),
    postcode=st.sampled_from(["", "7918AB"]),
    place=st.sampled_from(["Nieuwlande", "Tiendeveen"]),
    lon=st.just(6.6),
    lat=st.just(52.6),
    households=st.none() | st.integers(1, 3),
)


def known_from(record: AddressRecord, **more: object) -> KnownAddress:
    fields: dict[str, object] = {
        "id": uuid4(),
        "bag_id": record.bag_id,
        "status": LISTED,
        "same_as": None,
        "street": record.street,
        "number": record.number,
        "letter": record.letter,
        "addition": record.addition,
        "postcode": record.postcode,
        "place": record.place,
        "lon": record.lon,
        "lat": record.lat,
        "households": record.households or 1,
        "area_id": None,
        "gebied_id": None,
    }
    return KnownAddress(**{**fields, **more})  # type: ignore[arg-type]  # a factory


def plan(records: list[AddressRecord], known: list[KnownAddress], is_whole: bool = False):  # type: ignore[no-untyped-def]
    found = AddressesInFile(records=records)
    return plan_addresses(found, known, [Placing()] * len(records), is_whole)


def without_doubles(records: list[AddressRecord]) -> list[AddressRecord]:
    """As a file that was read has them: no number and no door twice."""
    bags: set[str] = set()
    doors: set[object] = set()
    kept = []
    for one in records:
        keys = {(where, one.door) for where in (one.postcode, one.place.casefold()) if where}
        if (one.bag_id and one.bag_id in bags) or keys & doors:
            continue
        bags |= {one.bag_id} if one.bag_id else set()
        doors |= keys
        kept.append(one)
    return kept


@given(st.lists(RECORDS, max_size=8), st.lists(RECORDS, max_size=8))
def test_applying_a_plan_twice_changes_nothing_the_second_time(
    first: list[AddressRecord], second: list[AddressRecord]
) -> None:
    known = [known_from(record) for record in without_doubles(first)]
    records = without_doubles(second)
    found = plan(records, known)

    changes = {change.known.id: change.fields for change in found.changed}
    after = [KnownAddress(**{**fields_of(one), **changes.get(one.id, {})}) for one in known]
    after += [known_from(record) for record, _ in found.new]
    again = plan(records, after)

    assert len(found.new) + len(found.changed) + found.unchanged == len(records)
    assert len({change.known.id for change in found.changed}) == len(found.changed)
    assert again.is_empty


def fields_of(one: KnownAddress) -> dict[str, object]:
    return {name: getattr(one, name) for name in KnownAddress.__slots__}


def record(**more: object) -> AddressRecord:
    (one,) = read(OWN + ROW)
    return AddressRecord(**{**{name: getattr(one, name) for name in AddressRecord.__slots__}, **more})


def test_number_of_the_bag_goes_before_the_door() -> None:
    by_door, by_bag = known_from(record(bag_id=None)), known_from(record(bag_id=BAG, number=99))

    found = plan([record(bag_id=BAG)], [by_door, by_bag])

    assert [change.known.id for change in found.changed] == [by_bag.id]
    assert found.changed[0].fields["number"] == 12


def test_door_without_number_of_the_bag_gets_it() -> None:
    found = plan([record(bag_id=BAG)], [known_from(record(bag_id=None, postcode=""))])

    assert found.new == []
    assert found.changed[0].fields == {"bag_id": BAG, "postcode": "7918AB"}


def test_door_with_another_number_of_the_bag_is_another_address() -> None:
    assert len(plan([record(bag_id=BAG)], [known_from(record(bag_id="0118200000000009"))]).new) == 1


def test_what_the_file_does_not_say_stays() -> None:
    known = known_from(record(bag_id=BAG, households=5))

    assert plan([record(bag_id=None, postcode="", households=None)], [known]).unchanged == 1


def test_proposed_or_lapsed_address_in_the_file_is_in_the_list_again() -> None:
    for status in (PROPOSED, LAPSED):
        (change,) = plan([record()], [known_from(record(), status=status, households=2)]).changed
        assert change.fields == {"status": LISTED}


def test_address_that_turned_out_to_be_another_is_never_found_again() -> None:
    merged = known_from(record(), status=LAPSED, same_as=UUID(int=1))

    assert len(plan([record()], [merged]).new) == 1


def test_only_a_whole_list_lets_addresses_lapse_and_only_in_its_places() -> None:
    gone, elsewhere = known_from(record(number=14)), known_from(record(number=14, place="Tiendeveen"))
    proposed = known_from(record(number=16), status=PROPOSED)
    known = [known_from(record()), gone, elsewhere, proposed]

    assert list(plan([record()], known).lapsed) == []
    assert [one.id for one in plan([record()], known, is_whole=True).lapsed] == [gone.id]


def test_address_that_lies_a_metre_away_has_moved() -> None:
    (change,) = plan([record(lon=6.61002)], [known_from(record(lon=6.61), households=2)]).changed

    assert change.moves
    assert plan([record(lon=6.610005)], [known_from(record(lon=6.61), households=2)]).unchanged == 1


def test_door_is_the_same_whatever_its_capitals() -> None:
    assert door_of("De  Kerkweg", 1, "A", "BIS") == door_of("de kerkweg", 1, "a", "bis")


def test_rows_that_csv_quotes_are_read_back() -> None:
    out = StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(OWN.strip().split(","))
    writer.writerow(['Laan; de "korte"', 1, "", "", "7918AB", "N", "6,6", "52,6", ""])

    assert read(out.getvalue())[0].street == 'Laan; de "korte"'
