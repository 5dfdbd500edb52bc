"""From XLSForm to XForm: pyxform compiles, and its errors become faults that a form maker can act on."""

import re
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

from pyxform.errors import PyXFormError
from pyxform.xls2xform import convert

from core.problems import FORM_INVALID, Fault, Problem
from forms.definition import Definition, read_definition
from forms.roles import role_faults

SUFFIXES = (".md", ".xlsx", ".xls", ".csv")
_ROW = re.compile(r"\[row : (\d+)\]")


@dataclass(frozen=True, slots=True)
class CompiledForm:
    """An XLSForm that compiles: its XForm, what it says as plain data, and pyxform's warnings."""

    xform: str
    definition: Definition
    warnings: tuple[str, ...]


def compile_xlsform(source: bytes, name: str) -> CompiledForm:
    """The compiled form. Raises FORM_INVALID with every fault found; pyxform stops at its first."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise _invalid(name, f"een bestand moet eindigen op {', '.join(SUFFIXES)}")
    try:
        result = convert(xlsform=BytesIO(source), file_type=suffix, form_name="data")
        definition = read_definition(result.xform)
    except PyXFormError as error:
        raise _invalid(name, str(error)) from error
    except Exception as error:  # pyxform lets other errors through on workbooks that are broken in new ways
        raise _invalid(name, f"dit is geen werkboek dat wij kunnen lezen ({error})") from error
    faults = role_faults(definition)
    if faults:
        raise Problem(FORM_INVALID, name, faults)
    return CompiledForm(result.xform, definition, tuple(result.warnings))


def _invalid(name: str, message: str) -> Problem:
    row = _ROW.search(message)
    pointer = f"/survey/{row[1]}" if row else f"/{name}"
    return Problem(FORM_INVALID, name, [Fault(pointer, " ".join(message.split()))])
