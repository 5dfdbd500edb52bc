"""The columns of address files by the names they go by: BAG extracts, PDOK, Kadaster, and lists of one's own. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

STREET, NUMBER, LETTER, ADDITION = "straat", "nummer", "letter", "toevoeging"
POSTCODE, PLACE, HOUSEHOLDS = "postcode", "plaats", "huishoudens"
BAG_ID, OBJECT_ID, SECONDARY, PURPOSE = "nummeraanduiding", "identificatie", "nevenadres", "gebruiksdoel"
LON, LAT, X, Y, POINT_LONLAT, POINT_RD = "lon", "lat", "x", "y", "centroide_ll", "centroide_rd"

NAMES: Mapping[str, tuple[str, ...]] = {
    STREET: ("straat", "straatnaam", "openbareruimte", "openbare_ruimte", "openbareruimtenaam", "openbare_ruimte_naam"),
    NUMBER: ("nummer", "huisnummer"),
    LETTER: ("letter", "huisletter"),
    ADDITION: ("toevoeging", "huisnummertoevoeging", "huisnummer_toevoeging"),
    POSTCODE: ("postcode",),
    PLACE: ("plaats", "woonplaats", "woonplaatsnaam", "woonplaats_naam"),
    HOUSEHOLDS: ("huishoudens", "aantal_huishoudens"),
    BAG_ID: (
        "nummeraanduiding",
        "nummeraanduiding_id",
        "nummeraanduidingid",
        "nummeraanduiding_identificatie",
        "nummeraanduidingidentificatie",
        "bag_id",
    ),
    OBJECT_ID: ("identificatie",),
    SECONDARY: ("nevenadres",),
    PURPOSE: (
        "gebruiksdoel",
        "gebruiksdoelen",
        "verblijfsobjectgebruiksdoel",
        "gebruiksdoelverblijfsobject",
    ),
    LON: ("lon", "longitude", "lengtegraad"),
    LAT: ("lat", "latitude", "breedtegraad"),
    X: ("x", "rd_x", "x_rd", "x_coordinaat", "xcoordinaat"),
    Y: ("y", "rd_y", "y_rd", "y_coordinaat", "ycoordinaat"),
    POINT_LONLAT: ("centroide_ll",),
    POINT_RD: ("centroide_rd",),
}
POSITIONS = ((LON, LAT), (POINT_LONLAT,), (X, Y), (POINT_RD,))


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each thing stands in a row, and what the file itself calls it."""

    places: Mapping[str, int]
    header: Sequence[str]

    def has(self, name: str) -> bool:
        return name in self.places

    def get(self, row: Sequence[str], name: str) -> str:
        """The cell; empty where the file has no such column, or the row ends before it."""
        place = self.places.get(name)
        return row[place].strip() if place is not None and place < len(row) else ""

    def called(self, name: str) -> str:
        """The name of the column in the file."""
        return self.header[self.places[name]].strip() if name in self.places else name


def read_header(header: Sequence[str]) -> Columns:
    """Which columns there are. The first of two with the same meaning counts."""
    known = {name: meaning for meaning, names in NAMES.items() for name in names}
    places: dict[str, int] = {}
    for place, cell in enumerate(header):
        meaning = known.get("_".join(cell.strip().strip('"').lower().replace("-", " ").split()))
        if meaning is not None:
            places.setdefault(meaning, place)
    return Columns(places, header)


def what_is_missing(columns: Columns) -> list[str]:
    """What the file must say and does not, each with the column names that are understood."""
    missing = [f"{name}: {' of '.join(NAMES[name])}" for name in (STREET, NUMBER) if not columns.has(name)]
    if not columns.has(POSTCODE) and not columns.has(PLACE):
        missing.append(f"postcode of plaats: {' of '.join((*NAMES[POSTCODE], *NAMES[PLACE]))}")
    if not any(all(columns.has(name) for name in names) for names in POSITIONS):
        missing.append("plek: lon en lat, x en y (RD), centroide_ll of centroide_rd")
    return missing
