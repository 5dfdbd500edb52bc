"""The group of all commands, and how a problem is told in a terminal."""

import sys

import click
from flask_babel import gettext

from core.problems import Problem
from server.cli.context import console, the_app
from server.cli.data import areas, enrol, forms, people
from server.cli.field import participation, simulate
from server.cli.run import migrate, serve, worker


@click.group()
def rondgang() -> None:
    """Rondgang: field survey and wijkschouw, from talks at the door to participation per village."""


for command in (serve, migrate, worker, areas, forms, people, enrol, simulate, participation):
    rondgang.add_command(command)


def main() -> None:
    """Runs a command; a problem ends with status 1 and says what to do."""
    try:
        rondgang()
    except Problem as problem:
        with the_app().app_context():
            _tell(problem)
        sys.exit(1)


def _tell(problem: Problem) -> None:
    console.print(f"[bold]{gettext(problem.kind.title)}[/bold] {problem.detail}", highlight=False)
    for fault in problem.faults:
        console.print(f"  {fault.pointer}: {fault.detail}", highlight=False, markup=False)
    console.print(gettext(problem.kind.action), highlight=False)
