"""An XLSForm as its maker sees it: sheets, rows and columns. Reads every format that pyxform reads, writes .xlsx."""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

from openpyxl import Workbook as Spreadsheet
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import get_xlsform

from core.problems import FORM_INVALID, N_, Fault, Problem, translate

SUFFIXES = (".md", ".xlsx", ".xls", ".csv")
SHEETS = ("survey", "choices", "settings", "entities", "external_choices", "osm")
FIRST_ROW = 2
MAX_UNPACKED_BYTES = 100 * 1024 * 1024

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets by name, each a list of rows by column header; row 1 of a sheet is its header."""

    sheets: Mapping[str, Sequence[Row]]
    source: bytes
    suffix: str

    def row_with(self, column: str, value: str) -> int | None:
        """The first row on sheet 'survey' with this value in this column, as a spreadsheet counts."""
        for number, row in enumerate(self.sheets.get("survey", ()), start=FIRST_ROW):
            if row.get(column) == value:
                return number
        return None


def read_workbook(source: bytes, name: str) -> Workbook:
    """The workbook. Raises FORM_INVALID when it is none that can be read."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise invalid_file(N_("Sla het formulier op als .xlsx, .xls, .csv of .md."), name)
    _refuse_bomb(source, name)
    try:
        parsed = get_xlsform(BytesIO(source), file_type=suffix)
    except PyXFormError as error:
        raise invalid_file(
            N_("Dit bestand is geen XLSForm. Kijk of er een blad 'survey' in zit."), str(error)
        ) from error
    except Exception as error:  # the readers of spreadsheets fail in many ways on files that are none
        raise invalid_file(N_("Dit bestand is niet te lezen als werkblad. Sla het opnieuw op."), repr(error)) from error
    sheets = {sheet: _rows(getattr(parsed, sheet)) for sheet in SHEETS if getattr(parsed, sheet, None)}
    if not sheets.get("survey"):
        raise invalid_file(N_("Er staan geen vragen in het blad 'survey'."), name)
    return Workbook(sheets, source, suffix)


def write_xlsx(workbook: Workbook) -> bytes:
    """The workbook as .xlsx, so that a form that came as text can be edited in a spreadsheet."""
    spreadsheet = Spreadsheet()
    spreadsheet.remove(spreadsheet.worksheets[0])
    for name, rows in workbook.sheets.items():
        sheet = spreadsheet.create_sheet(name)
        headers = list(dict.fromkeys(column for row in rows for column in row))
        sheet.append(headers)
        for row in rows:
            sheet.append([row.get(column, "") for column in headers])
        for cell in (cell for line in sheet.iter_rows() for cell in line):
            cell.data_type = "s"  # never a formula: a question may begin with "="
        sheet.freeze_panes = "A2"
    out = BytesIO()
    spreadsheet.save(out)
    return out.getvalue()


def invalid_file(advice: str, detail: str) -> Problem:
    """FORM_INVALID about the file as a whole."""
    return Problem(FORM_INVALID, faults=[Fault("", f"{translate(advice)} ({' '.join(detail.split())})")])


def _rows(rows: Sequence[Mapping[str, object]]) -> list[Row]:
    return [{key: str(value) for key, value in row.items() if value is not None and key != "__row"} for row in rows]


def _refuse_bomb(source: bytes, name: str) -> None:
    """A workbook is a zip file; one that unpacks to far more than any form is refused before it is unpacked."""
    if not zipfile.is_zipfile(BytesIO(source)):
        return
    with zipfile.ZipFile(BytesIO(source)) as archive:
        unpacked = sum(entry.file_size for entry in archive.infolist())
    if unpacked > MAX_UNPACKED_BYTES:
        raise invalid_file(N_("Dit bestand is veel te groot voor een formulier."), name)
