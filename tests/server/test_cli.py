"""The command line: bad input gets a sentence that says what to do, and status 1."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RONDGANG = str(Path(sys.executable).parent / "rondgang")


def run(data: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL", "PHOTO_URL"}}
    own = {"RONDGANG_DATA": str(data), **environment}
    return subprocess.run([RONDGANG, *arguments], env={**kept, **own}, capture_output=True, text=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a migrated database."""
    folder = tmp_path_factory.mktemp("cli data")
    assert run(folder, "migrate").returncode == 0
    return folder


def test_help_lists_every_command(data: Path) -> None:
    said = run(data, "--help").stdout

    for command in ("serve", "migrate", "worker", "areas", "forms", "people", "enrol", "simulate", "participation"):
        assert command in said


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (("participation", "--area", "Nergens"), {}, "Dit gebied bestaat niet."),
        (("enrol",), {}, "Maak eerst een ronde"),
        (("people", "add", "geen mail"), {}, "Dit is geen e-mailadres."),
        (("migrate",), {"PORT": "abc"}, "PORT=abc"),
        (("migrate",), {"PORT": "99999"}, "PORT=99999"),
        (("migrate",), {"WEB_CONCURRENCY": "x"}, "WEB_CONCURRENCY=x"),
        (("migrate",), {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, "De database antwoordt niet"),
        (("migrate",), {"DATABASE_URL": "onzin"}, "De database antwoordt niet"),
        (("migrate",), {"PHOTO_URL": "onzin://x"}, "Een instelling klopt niet."),
    ],
)
def test_what_is_wrong_is_told_in_words(
    data: Path, arguments: tuple[str, ...], environment: dict[str, str], words: str
) -> None:
    done = run(data, *arguments, **environment)

    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_database_that_was_not_migrated_is_told_in_words(tmp_path: Path) -> None:
    done = run(tmp_path, "participation", "--area", "Nieuwlande")

    assert done.returncode == 1
    assert "rondgang migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_person_is_added_once_whatever_the_capitals(data: Path) -> None:
    first, again = run(data, "people", "add", "Anna@Gemeente.nl"), run(data, "people", "add", "anna@gemeente.nl")

    assert "anna@gemeente.nl wachtwoord " in first.stdout
    assert again.returncode == 1
    assert "Deze persoon is er al." in again.stderr


def test_forms_check_names_every_fault_and_fails(data: Path, tmp_path: Path) -> None:
    good, bad = tmp_path / "goed.md", tmp_path / "fout.md"
    good.write_text("| survey |\n| | type | name | label |\n| | text | a | A |\n")
    bad.write_text("| survey |\n| | type | name | label |\n| | tekst | a | A |\n")

    done = run(data, "forms", "check", str(tmp_path))

    assert done.returncode == 1
    assert f"{good}: goed" in done.stdout
    assert "/survey/2/type" in done.stdout


def test_published_form_and_imported_areas_are_there_and_data_is_the_owners_alone(data: Path, tmp_path: Path) -> None:
    area = {
        "type": "Feature",
        "properties": {"statcode": "BU01180000", "naam": "Kern", "inwoners": 10, "huishoudens": 4},
        "geometry": {"type": "Polygon", "coordinates": [[[6.6, 52.6], [6.7, 52.6], [6.7, 52.7], [6.6, 52.6]]]},
    }
    file = tmp_path / "gebieden.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [area]}))

    assert "Nieuwe gebieden: 1." in run(data, "areas", "import", str(file), "--date", "2024-01-01").stdout
    said = run(data, "participation", "--area", "Kern", "--json").stdout
    assert json.loads(said) == {"atLeast": 0, "atMost": 0, "inhabitants": 10, "rate": 0.0}
    assert (data / "rondgang.db").stat().st_mode & 0o077 == 0
    assert (data / "photos").is_dir()
