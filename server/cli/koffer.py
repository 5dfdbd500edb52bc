"""Commands about koffers: files with the unsent work of a phone."""

from pathlib import Path

import click

from server.cli.context import console, with_app
from server.cli.data import EXISTING_FILE


@click.group()
def koffer() -> None:
    """Koffers: the unsent work of a phone, as a file."""


@koffer.command("import")
@click.argument("files", type=EXISTING_FILE, nargs=-1, required=True)
@click.pass_context
@with_app
def import_(context: click.Context, files: tuple[Path, ...]) -> None:
    """Takes in koffers; the same one again does no harm. Status 1 when not all of it was taken in."""
    from core.problems import Problem

    is_whole = True
    for file in files:
        try:
            is_whole &= _take_in(file)
        except Problem as problem:  # the other koffers are taken in all the same
            is_whole = False
            click.echo(f"{file.name}: {problem.kind.title} {problem.kind.action}")
    if not is_whole:
        context.exit(1)


def _take_in(file: Path) -> bool:
    """Whether all of this koffer was taken in; says what was and what was not."""
    from server.desk.words import moment
    from server.koffers import needs_review, take_in_koffer, what_came_in, what_is_lost

    with console.status(f"{file.name} inlezen …"), file.open("rb") as content:
        found = take_in_koffer(content, file.name)
    click.echo(
        f"{file.name}: koffer van {found.volunteer or 'een onbekende telefoon'}, gemaakt {moment(found.made_at)}"
    )
    for sort, counts in what_came_in(found):
        click.echo(f"  {sort}: {', '.join(f'{words.lower()} {count}' for words, count in counts) or 'geen'}")
    for sentence in what_is_lost(found):
        click.echo(f"  {sentence}")
    for fault in found.faults:
        click.echo(f"    regel {fault.pointer}: {fault.detail}")
    if needs_review(found):
        click.echo("  Kijk op de pagina Te bekijken wat nog niet meetelt.")
    if not found.is_whole:
        click.echo("  Maak op de telefoon een nieuwe koffer en lees die in. Wat al binnen is, telt geen tweede keer.")
    return found.is_whole
