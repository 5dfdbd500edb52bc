"""The group of all commands, and how a problem is told in a terminal."""

import os
import sys

import click
import obstore.exceptions
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from core.problems import DATABASE_FAILED, SETTING_WRONG, Problem
from server.cli.context import console
from server.cli.data import addresses, areas, enrol, forms, people
from server.cli.field import participation, simulate
from server.cli.koffer import koffer
from server.cli.run import migrate, restored, serve, tidy, worker
from server.cli.walk import walk


@click.group()
def rondgang() -> None:
    """Rondgang: field survey and wijkschouw, from talks at the door to participation per village."""


COMMANDS = (serve, migrate, worker, tidy, restored, areas, addresses, forms, people, enrol, koffer)
for command in (*COMMANDS, simulate, participation):
    rondgang.add_command(command)


simulate.add_command(walk)


def main() -> None:
    """Runs a command; a problem ends with status 1 and says what to do."""
    os.umask(0o077)  # what residents said is for the server's own eyes
    try:
        rondgang()
    except Problem as problem:
        _tell(problem)
    except (SQLAlchemyError, RedisError) as error:
        _tell(Problem(DATABASE_FAILED, str(error).splitlines()[0]))
    except (OSError, obstore.exceptions.BaseError) as error:
        _tell(Problem(SETTING_WRONG, str(error)))
    else:
        return
    sys.exit(1)


def _tell(problem: Problem) -> None:
    console.print(problem.kind.title, style="bold", highlight=False, markup=False)
    if problem.detail:
        console.print(problem.detail, highlight=False, markup=False)
    for fault in problem.faults:
        console.print(f"  {fault.pointer}: {fault.detail}", highlight=False, markup=False)
    console.print(problem.kind.action, highlight=False, markup=False)
