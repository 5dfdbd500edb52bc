"""What every command needs: the app, a console that leaves standard output to results, and progress."""

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from flask import Flask
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

P = ParamSpec("P")
R = TypeVar("R")

console = Console(stderr=True)


@cache
def the_app() -> Flask:
    """The app of this command, made when a command needs it: `--help` is quick."""
    from server.app import create_app

    return create_app()


def with_app(command: Callable[P, R]) -> Callable[P, R]:
    """Runs the command inside the app."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with the_app().app_context():
            return command(*args, **kwargs)

    return run


def progress_bar() -> Progress:
    """A bar with a count and the time, on standard error."""
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )
