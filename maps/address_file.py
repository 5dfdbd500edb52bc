"""Reading addresses from CSV: what each row says, and every fault with its row and column. Pure.

Coordinates are RD or degrees because the column says so (x and y are RD in every layout that is understood), never
because of their size; a number that does not fit its column is a fault of that row.
"""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from io import StringIO

import numpy as np

from core.problems import ADDRESSES_UNREADABLE, Fault, Problem
from maps import address_columns as column
from maps.address_columns import Columns, read_header, what_is_missing
from maps.projection import rd_to_lonlat

MOST_ROWS, MOST_FAULTS = 500_000, 200
ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")
DELIMITERS = ";,\t"
LONGEST_NAME, LONGEST_ADDITION, MOST_HOUSEHOLDS, HIGHEST_NUMBER = 100, 10, 10_000, 99_999
POSTCODE = re.compile(r"[1-9]\d{3}[A-Z]{2}\Z")
POINT = re.compile(r"POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)\Z", re.IGNORECASE)
NUMBER_DESIGNATION = "20"  # fifth and sixth digit of the id of a nummeraanduiding
RD_BOUNDS, LONLAT_BOUNDS = (-7_000, 289_000, 300_000, 629_000), (3.2, 50.7, 7.3, 53.8)
YES, HOME = frozenset({"t", "true", "ja", "j", "1", "y"}), "woonfunctie"


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """One address in a file; empty text where the file says nothing, `households` None likewise."""

    row: int
    bag_id: str | None
    street: str
    number: int
    letter: str
    addition: str
    postcode: str
    place: str
    lon: float
    lat: float
    households: int | None

    @property
    def door(self) -> tuple[str, int, str, str]:
        return door_of(self.street, self.number, self.letter, self.addition)


@dataclass(slots=True)
class AddressesInFile:
    """The addresses, what was left out, and every fault (`faults` has the first of `fault_count`)."""

    records: list[AddressRecord] = field(default_factory=list)
    secondary: int = 0
    not_homes: int = 0
    faults: list[Fault] = field(default_factory=list)
    fault_count: int = 0

    def blame(self, row: int, name: str, words: str) -> None:
        self.fault_count += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(f"/{row}/{name.replace('/', '-')}", words))


def door_of(street: str, number: int, letter: str, addition: str) -> tuple[str, int, str, str]:
    """What tells one door from another in a street of a place."""
    return " ".join(street.casefold().split()), number, letter.casefold(), addition.casefold()


def read_addresses(content: bytes) -> AddressesInFile:
    """The addresses in a CSV file. Raises ADDRESSES_UNREADABLE when it is none, or with the fault of every row."""
    rows = _rows(_text(content))
    row_number, header = next(((number, row) for number, row in rows if any(row)), (0, []))
    columns = read_header(header)
    missing = what_is_missing(columns)
    if missing:
        there = ", ".join(cell.strip() for cell in header if cell.strip())[:300] or "geen"
        faults = [Fault("", f"Deze kolom ontbreekt: {one}") for one in missing]
        raise Problem(ADDRESSES_UNREADABLE, f"Kolommen in het bestand: {there}.", faults)
    found = _read_rows(rows, columns)
    _blame_doubles(found)
    if found.faults:
        shown = f", dit zijn de eerste {MOST_FAULTS}" if found.fault_count > MOST_FAULTS else ""
        raise Problem(ADDRESSES_UNREADABLE, f"Fouten: {found.fault_count}{shown}.", found.faults)
    if not found.records:
        raise Problem(ADDRESSES_UNREADABLE, f"Er staat geen enkel adres in, na rij {row_number}.")
    return found


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 reads anything")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """(row as a spreadsheet numbers it, its cells). Raises ADDRESSES_UNREADABLE."""
    if "\0" in text:
        raise Problem(ADDRESSES_UNREADABLE, "Dit is geen tekst.")
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(DELIMITERS, key=first.count)
    try:
        for number, row in enumerate(csv.reader(StringIO(text, newline=""), delimiter=delimiter), 1):
            if number > MOST_ROWS:
                raise Problem(ADDRESSES_UNREADABLE, f"Meer dan {MOST_ROWS} rijen. Neem een bestand per gemeente.")
            yield number, row
    except csv.Error as error:
        raise Problem(ADDRESSES_UNREADABLE, f"{error}") from error


@dataclass(slots=True)
class _Cells:
    """Reads the cells of one row, and remembers what is wrong with them."""

    found: AddressesInFile
    columns: Columns
    number: int
    row: Sequence[str]

    def text(self, name: str) -> str:
        return self.columns.get(self.row, name)

    def blame(self, name: str, words: str) -> None:
        self.found.blame(self.number, self.columns.called(name), words)

    def short(self, name: str, longest: int) -> str:
        value = self.text(name)
        if len(value) > longest:
            self.blame(name, f"Langer dan {longest} tekens.")
        return value

    def street(self) -> str:
        value = self.short(column.STREET, LONGEST_NAME)
        if not value:
            self.blame(column.STREET, "De straat ontbreekt.")
        return value

    def house_number(self) -> int:
        value = self.text(column.NUMBER)
        if not _is_number(value, HIGHEST_NUMBER):
            words = "Hier hoort een getal. Zet een letter of toevoeging in een eigen kolom."
            self.blame(column.NUMBER, words)
            return 0
        return int(value)

    def postcode(self) -> str:
        value = "".join(self.text(column.POSTCODE).split()).upper()
        if value and not POSTCODE.match(value):
            self.blame(column.POSTCODE, f"{value[:20]!r} is geen postcode. Zo ziet die eruit: 7918AB.")
        return value

    def households(self) -> int | None:
        value = self.text(column.HOUSEHOLDS)
        if not value:
            return None
        if not _is_number(value, MOST_HOUSEHOLDS):
            self.blame(column.HOUSEHOLDS, f"{value[:20]!r} is geen aantal.")
            return None
        return int(value)

    def bag_id(self) -> str | None:
        """The id of the nummeraanduiding. A column `identificatie` may have that of another object: it is not used."""
        for name in (column.BAG_ID, column.OBJECT_ID):
            value = self.text(name)
            if not value:
                continue
            numbers = [_bag_number(part) for part in value.split("-")]  # PDOK joins those of two objects
            found = next((one for one in numbers if one[4:6] == NUMBER_DESIGNATION), None)
            if found:
                return found
            if name == column.BAG_ID or not all(numbers):
                words = "is geen nummer van een nummeraanduiding (16 cijfers). Bewaar de kolom als tekst."
                self.blame(name, f"{value[:20]!r} {words}")
        return None

    def position(self) -> tuple[bool, float, float] | None:
        """(whether it is RD, x or lon, y or lat), from the first columns that are filled in."""
        for names in column.POSITIONS:
            values = [self.text(name) for name in names]
            if not all(values):
                continue
            is_rd = names[0] in {column.X, column.POINT_RD}
            pair = _point(values[0]) if len(values) == 1 else (_float(values[0]), _float(values[1]))
            return self._checked(names[0], is_rd, pair)
        self.blame(self._position_column(), "De plek ontbreekt.")
        return None

    def _checked(
        self, name: str, is_rd: bool, pair: tuple[float | None, float | None]
    ) -> tuple[bool, float, float] | None:
        x, y = pair
        if x is None or y is None:
            self.blame(name, "Hier hoort een coördinaat.")
            return None
        west, south, east, north = RD_BOUNDS if is_rd else LONLAT_BOUNDS
        if west <= x <= east and south <= y <= north:
            return is_rd, x, y
        fits = "x en y in RD (meters)" if is_rd else "lengte- en breedtegraad"
        self.blame(name, f"Deze plek ligt niet in Nederland, gelezen als {fits}.")
        return None

    def _position_column(self) -> str:
        return next(name for names in column.POSITIONS for name in names if self.columns.has(name))


def _read_rows(rows: Iterator[tuple[int, list[str]]], columns: Columns) -> AddressesInFile:
    found = AddressesInFile()
    drafts: list[tuple[_Cells, bool, float, float]] = []
    for number, row in rows:
        cells = _Cells(found, columns, number, row)
        if not any(cell.strip() for cell in row) or _is_left_out(cells, found):
            continue
        position = cells.position()
        if position is not None:
            drafts.append((cells, *position))
        else:
            _record(cells, 0.0, 0.0)  # for its other faults
    lonlat = np.array([(x, y) for _, _, x, y in drafts], dtype=float).reshape(-1, 2)
    is_rd = np.array([one[1] for one in drafts], dtype=bool)
    if is_rd.any():
        lonlat[is_rd] = rd_to_lonlat(lonlat[is_rd])
    points = lonlat.tolist()
    found.records = [_record(cells, lon, lat) for (cells, *_), (lon, lat) in zip(drafts, points, strict=True)]
    return found


def _is_left_out(cells: _Cells, found: AddressesInFile) -> bool:
    if cells.text(column.SECONDARY).lower() in YES:
        found.secondary += 1
        return True
    purpose = cells.text(column.PURPOSE).lower()
    if purpose and HOME not in purpose:
        found.not_homes += 1
        return True
    return False


def _record(cells: _Cells, lon: float, lat: float) -> AddressRecord:
    record = AddressRecord(
        row=cells.number,
        bag_id=cells.bag_id(),
        street=cells.street(),
        number=cells.house_number(),
        letter=cells.short(column.LETTER, 1),
        addition=cells.short(column.ADDITION, LONGEST_ADDITION),
        postcode=cells.postcode(),
        place=cells.short(column.PLACE, LONGEST_NAME),
        lon=lon,
        lat=lat,
        households=cells.households(),
    )
    if not record.postcode and not record.place:
        name = column.POSTCODE if cells.columns.has(column.POSTCODE) else column.PLACE
        cells.blame(name, "De postcode of de plaats moet er zijn.")
    return record


def _blame_doubles(found: AddressesInFile) -> None:
    """A number of the BAG, or a door, that stands in the file twice."""
    _blame_repeats(found, column.BAG_ID, "Dit nummer van de BAG", lambda one: one.bag_id)
    _blame_repeats(
        found,
        column.NUMBER,
        "Dit adres",
        lambda one: (one.postcode or one.place.casefold(), one.door) if one.number else None,
    )


def _blame_repeats(
    found: AddressesInFile, name: str, what: str, key_of: Callable[[AddressRecord], object | None]
) -> None:
    counts = Counter(key for record in found.records if (key := key_of(record)) is not None)
    first: dict[object, int] = {}
    for record in found.records:
        key = key_of(record)
        if key is None or counts[key] == 1:
            continue
        if key in first:
            found.blame(record.row, name, f"{what} staat ook op rij {first[key]}.")
        first.setdefault(key, record.row)


def _is_number(text: str, most: int) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10 and int(text) <= most


def _bag_number(text: str) -> str:
    """The 16 digits of a number of the BAG, whose first zero a spreadsheet takes away; empty when it is none."""
    digits = text.strip().rjust(16, "0")
    return digits if digits.isascii() and digits.isdecimal() and len(digits) == 16 else ""


def _float(text: str) -> float | None:
    try:
        value = float(text.replace(",", ".") if "." not in text else text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _point(text: str) -> tuple[float | None, float | None]:
    found = POINT.match(text.strip())
    return (_float(found[1]), _float(found[2])) if found else (None, None)
