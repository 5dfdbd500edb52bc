"""The forms that ship: they compile, in two languages, with roles that make them count."""

from pathlib import Path

import pytest

from forms.definition import Definition
from forms.library import library_forms
from forms.xlsform import compile_xlsform


def compiled(path: Path) -> Definition:
    return compile_xlsform(path.read_bytes(), path.name).definition


@pytest.mark.parametrize("path", library_forms(), ids=lambda path: path.stem)
def test_library_form_compiles_without_warnings(path: Path) -> None:
    result = compile_xlsform(path.read_bytes(), path.name)

    assert result.warnings == ()
    assert result.definition.form_id == path.stem


@pytest.mark.parametrize("path", library_forms(), ids=lambda path: path.stem)
def test_library_form_is_complete_in_dutch_and_english(path: Path) -> None:
    definition = compiled(path)

    assert definition.languages == ("nl", "en")
    for question in definition.questions:
        assert not question.labels or set(question.labels) == {"nl", "en"}, question.path
    for choices in definition.choice_labels.values():
        assert all(set(labels) == {"nl", "en"} for labels in choices.values())


def test_talk_counts_households_and_questionnaire_persons() -> None:
    units = {path.stem: compiled(path).counting_unit for path in library_forms()}

    assert units == {"keukentafelgesprek": "huishouden", "initiatiefenquete": "persoon", "wijkschouw": "geen"}
