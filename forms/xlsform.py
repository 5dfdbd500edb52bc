"""From XLSForm to XForm: pyxform compiles, and its errors become faults that a form maker can act on."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

from lxml import etree
from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from core.problems import FORM_INVALID, N_, Fault, Problem, translate
from forms.definition import Definition, read_definition
from forms.part_keys import with_part_keys
from forms.role_rules import RoleFault, role_faults
from forms.warnings import client_warnings
from forms.workbook import Workbook, invalid_file, read_workbook

_ROW = re.compile(r"\[row : (\d+)\]")
_SHEET = re.compile(r"(?:On the |for sheet: )'(\w+)'")
_COLUMN = re.compile(r"the '([^']+)'(?: value)?(?: '[^']*')? is (?:invalid|problematic)")
_TYPE = re.compile(r"Unknown question type '(.+)'\.$")
_PREFIX = re.compile(r"Namespace prefix (\w+)")
_QUESTION = re.compile(r"(?:named|name) '([^']+)'")
ROLE_COLUMN = "bind::rg:rol"

ADVICE = {
    "PYREF": N_("Een verwijzing als ${naam} klopt niet. Kijk of de naam in het blad 'survey' staat, en maar één keer."),
    "NAMES": N_(
        "Een naam klopt niet. Gebruik letters, cijfers en _, begin met een letter, en gebruik elke naam één keer."
    ),
    "HEADER": N_("Een kolomkop klopt niet of ontbreekt. Kijk naar rij 1 van dit blad."),
    "RANGE": N_("De instellingen van een schuif (range) kloppen niet. Kijk in de kolom 'parameters'."),
    "SURVEY": N_("Deze rij klopt niet. Kijk naar het type en de kolom 'parameters'."),
    "ENTITY": N_("Het blad 'entities' klopt niet. Rondgang heeft dat blad niet nodig."),
    "LABEL": N_("Bij een keuze ontbreekt de tekst. Vul de kolom 'label' in."),
}
TYPE_ADVICE = N_("Dit type vraag bestaat niet. Kijk op xlsform.org welke er zijn, of let op de spelling.")
NAMESPACE_ADVICE = N_("Zet in het blad 'settings' een kolom 'namespaces' met: rg=\"urn:rondgang:rollen:1\"")
GENERAL_ADVICE = N_("Kijk naar deze plek in het werkblad.")


@dataclass(frozen=True, slots=True)
class CompiledForm:
    """An XLSForm that compiles: its workbook, its XForm, what it says as plain data, and what to mind."""

    workbook: Workbook
    xform: str
    definition: Definition
    warnings: tuple[Fault, ...]


def compile_xlsform(source: bytes, name: str) -> CompiledForm:
    """The compiled form. Raises FORM_INVALID; pyxform stops at its first error, of the roles every fault is told."""
    workbook = read_workbook(source, name)
    try:
        result = convert(xlsform=BytesIO(workbook.source), file_type=workbook.suffix, form_name="data")
        xform = with_part_keys(result.xform)
        definition = read_definition(xform)
    except PyXFormError as error:
        raise Problem(FORM_INVALID, faults=_faults_of_compiler(workbook, error)) from error
    except etree.XMLSyntaxError as error:  # pyxform writes prefixes and names as they come
        advice = NAMESPACE_ADVICE if _PREFIX.search(str(error)) else ADVICE["HEADER"]
        raise Problem(FORM_INVALID, faults=[Fault("/settings", f"{translate(advice)} ({error})")]) from error
    except Exception as error:  # pyxform lets other errors through on workbooks that are wrong in new ways
        raise invalid_file(
            N_("Het formulier is niet te vertalen. Kijk naar de laatste wijziging."), repr(error)
        ) from error
    faults = [_fault_of_role(workbook, fault) for fault in role_faults(definition)]
    if faults:
        raise Problem(FORM_INVALID, faults=faults)
    warnings = (*_compiler_warnings(result.warnings), *client_warnings(workbook, definition))
    return CompiledForm(workbook, xform, definition, warnings)


def _faults_of_compiler(workbook: Workbook, error: PyXFormError) -> Iterator[Fault]:
    """pyxform's error as faults: what to do in our words, and its own message."""
    unknown_type = _found(_TYPE, str(error))
    if unknown_type:
        pointer = _pointer("survey", workbook.row_with("type", unknown_type), "type")
        yield Fault(pointer, f"{translate(TYPE_ADVICE)} ({error})")
        return
    advice = ADVICE.get(error.code.name.split("_")[0], GENERAL_ADVICE) if error.code else GENERAL_ADVICE
    context = error.context or {}
    for line in filter(str.strip, str(error).splitlines() if "[row" in str(error) else [str(error)]):
        message = " ".join(line.split())
        pointer = _pointer(
            sheet=context.get("sheet") or _found(_SHEET, message),
            row=context.get("row") or _found(_ROW, message) or _row_of_named(workbook, message),
            column=context.get("column") or _found(_COLUMN, message),
        )
        yield Fault(pointer, f"{translate(advice)} ({message})")


def _row_of_named(workbook: Workbook, message: str) -> int | None:
    name = _found(_QUESTION, message)
    return workbook.row_with("name", name) if name else None


def _fault_of_role(workbook: Workbook, fault: RoleFault) -> Fault:
    if fault.question is None:
        return Fault(_pointer("settings", 2, "attribute::rg:telling"), fault.detail)
    return Fault(_pointer("survey", workbook.row_with("name", fault.question), ROLE_COLUMN), fault.detail)


def _compiler_warnings(messages: Iterable[str]) -> Iterator[Fault]:
    for message in messages:
        yield Fault(_pointer(_found(_SHEET, message), _found(_ROW, message), None), " ".join(message.split()))


def _pointer(sheet: object, row: object, column: object) -> str:
    """ "/survey/5/label": sheet, row as a spreadsheet counts, column; as much of it as is known."""
    if row is None:
        return f"/{sheet}" if sheet else ""
    return "/".join(["", str(sheet or "survey"), str(row), *([str(column)] if column else [])])


def _found(pattern: re.Pattern[str], message: str) -> str | None:
    match = pattern.search(message)
    return match[1] if match else None
