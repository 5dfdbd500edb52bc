"""Commands that bring things in: areas, forms, people, phones."""

import secrets
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click

from core.config import Settings
from server.cli.context import console, the_app, with_app

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def areas() -> None:
    """Areas: gemeente, wijk, dorp, buurt."""


@areas.command("import")
@click.argument("file", type=EXISTING_FILE)
@click.option("--date", "reference_date", type=click.DateTime(["%Y-%m-%d"]),
              help="Reference date of the figures, when the file does not say its year.")  # fmt: skip
@click.option("--gemeente", "municipality", help="Code of the municipality, such as GM0118, when the file has several.")
@click.option("--preview", is_flag=True, help="Only says what would change.")
@with_app
def import_areas_(file: Path, reference_date: datetime | None, municipality: str | None, preview: bool) -> None:
    """Imports areas with their figures from a GeoPackage, GeoJSON or zipped shapefile, in RD or WGS84."""
    from server.areas_import import AreaChoices, import_areas, planned_areas
    from server.importing.area_words import change_in_words, remarks, summary, sums

    choices = AreaChoices(reference_date.date() if reference_date else None, municipality)
    with console.status(f"{file.name} inlezen …"):
        plan = (planned_areas if preview else import_areas)(file, file.name, choices)
    for line in (*sums(plan), *map(change_in_words, plan.changed), *summary(plan), *remarks(plan)):
        click.echo(line)


@click.group()
def addresses() -> None:
    """Addresses: the doors that volunteers go to."""


@addresses.command("import")
@click.argument("file", type=EXISTING_FILE)
@click.option("--whole", is_flag=True, help="This is the whole list of its places: what is not in it lapses.")
@click.option("--preview", is_flag=True, help="Only says what would change.")
@with_app
def import_addresses_(file: Path, whole: bool, preview: bool) -> None:
    """Imports addresses from CSV (BAG, PDOK, or columns of your own)."""
    from server.addresses_import import import_addresses, preview_addresses
    from server.importing.address_words import remarks, summary

    with console.status(f"{file.name} inlezen …"):
        plan = preview_addresses(file, whole) if preview else import_addresses(file, file.name, whole)
    for line in (*summary(plan), *remarks(plan)):
        click.echo(line)


def _files_in(places: Iterable[Path], suffixes: Collection[str]) -> Iterator[Path]:
    """The files named, and in the folders named those with these endings."""
    for place in places:
        if place.is_dir():
            found = sorted(path for path in place.rglob("*") if path.suffix.lower() in suffixes and path.is_file())
            yield from (path for path in found if path.suffix.lower() != ".csv" or _is_form(path))
        else:
            yield place


def _is_form(csv: Path) -> bool:
    """Whether a CSV is a form; most are lists that forms choose from."""
    with csv.open("rb") as file:
        return b"survey" in file.readline()


@click.group()
def forms() -> None:
    """Forms: XLSForms with roles."""


@forms.command()
@click.argument("places", type=click.Path(exists=True, path_type=Path), nargs=-1, required=True)
@click.pass_context
@with_app
def check(context: click.Context, places: tuple[Path, ...]) -> None:
    """Says whether these forms (files, or folders of them) compile, and what is wrong where if not."""
    from core.problems import Problem
    from forms.workbook import SUFFIXES
    from forms.xlsform import compile_xlsform

    is_good = True
    for file in _files_in(places, SUFFIXES):
        try:
            compiled = compile_xlsform(file.read_bytes(), file.name)
        except Problem as problem:
            is_good = False
            click.echo(f"{file}: fout")
            for fault in problem.faults:
                click.echo(f"  {fault.pointer}: {fault.detail}")
            continue
        definition = compiled.definition
        click.echo(f"{file}: goed ({definition.form_id} versie {definition.version})")
        for warning in compiled.warnings:
            click.echo(f"  let op {warning.pointer}: {warning.detail}")
    if not is_good:
        context.exit(1)


@forms.command()
@click.argument("files", type=EXISTING_FILE, nargs=-1, required=True)
@click.option("--round", "round_name", help="Name of a round that asks these forms from now on as well.")
@with_app
def publish(files: tuple[Path, ...], round_name: str | None) -> None:
    """Publishes forms; phones in a round with them get the new version at their next pull."""
    from server.publishing import add_to_round, publish_file
    from server.rounds.named import round_by_name

    round_ = round_by_name(round_name) if round_name else None
    for file in files:
        version, counted = publish_file(file.read_bytes(), file.name)
        if round_ is not None:
            add_to_round(version.form_id, round_)
        click.echo(f"{version.form_id} versie {version.version} is gepubliceerd.")
        if counted:
            click.echo(f"  {counted} observaties die erop wachtten tellen nu mee.")


@click.group()
def people() -> None:
    """People who log in."""


@people.command()
@click.argument("email")
@click.option("--role", type=click.Choice(["beheerder", "opbouwwerker", "teamlid"]), default="opbouwwerker",
              show_default=True)  # fmt: skip
@with_app
def add(email: str, role: str) -> None:
    """Adds a person with a password made at random, and prints it once."""
    from core.db import db
    from core.problems import PERSON_EXISTS, Problem
    from server.people.audit import record_change
    from server.people.queries import find_person
    from server.people.setup import add_person, normal_email

    email = normal_email(email)
    if find_person(email) is not None:
        raise Problem(PERSON_EXISTS, email)
    password = secrets.token_urlsafe(12)
    add_person(the_app(), email, password, role)
    record_change("persoon.toevoegen", f"{email} als {role}")
    db.session.commit()
    click.echo(f"{email} wachtwoord {password}")


@click.command()
@click.option("--name", default="Vrijwilliger", show_default=True, help="Whose phone it is.")
@click.option("--round", "round_name", help="Name of the round; the newest one when it is left out.")
@with_app
def enrol(name: str, round_name: str | None) -> None:
    """Makes an enrolment link for one phone, and its QR code."""
    from core.db import db
    from server.desk.qr import qr_for_terminal
    from server.people.audit import record_change
    from server.rounds.named import round_by_name
    from sync.devices import enrolment_link, make_enrolment

    settings: Settings = the_app().extensions["rondgang_settings"]
    round_ = round_by_name(round_name)
    link = enrolment_link(settings.base_url, make_enrolment(round_, name))
    record_change("telefoon.uitnodigen", f"{name} voor {round_.name}")
    db.session.commit()
    click.echo(link)
    console.print(qr_for_terminal(link), highlight=False)
