"""Translations: every text of the code stands in the English file, translated, and no other."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "N_": None}


def texts_in_code() -> set[str]:
    folders = (ROOT / "core", ROOT / "forms", ROOT / "maps", ROOT / "sync", ROOT / "server")
    found = (entry for folder in folders for entry in extract_from_dir(folder, METHODS, keywords=KEYWORDS))
    return {entry[2] for entry in found if isinstance(entry[2], str)}


@pytest.mark.parametrize("language", ["en"])
def test_every_text_is_translated_and_nothing_is_left_over(language: str) -> None:
    path = ROOT / "server" / "translations" / language / "LC_MESSAGES" / "rondgang.po"
    with path.open("rb") as file:
        catalog = {str(message.id): str(message.string) for message in read_po(file) if message.id}

    assert catalog.keys() == texts_in_code()
    for source, translation in catalog.items():
        assert translation, source
        assert re.findall(r"%\(\w+\)s", source) == re.findall(r"%\(\w+\)s", translation)
