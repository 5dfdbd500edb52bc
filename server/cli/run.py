"""Commands that run the server and keep it tidy: serve, migrate, worker, tidy, restored."""

import socket
import sys

import click

from core.config import Settings
from core.problems import PORT_TAKEN, Problem
from server.cli.context import console, the_app, with_app

EXAMPLE_LOGIN = "example-login.txt"


@click.command()
@click.option("--example", is_flag=True, help="Load the example municipality when the database is empty.")
def serve(example: bool) -> None:
    """Brings the database up to date and starts gunicorn (HOST, PORT, WEB_CONCURRENCY)."""
    from core.db import db
    from server.web import WebServer

    settings: Settings = the_app().extensions["rondgang_settings"]
    _refuse_taken_port(settings)
    with the_app().app_context():
        with console.status("Database bijwerken …"):
            _upgrade()
            _tidy()
            _place_what_was_left()
        if example:
            _welcome(settings)
        db.engine.dispose()  # workers make their own connections
    sys.stdout.flush()
    WebServer(settings).run()


@click.command()
@with_app
def migrate() -> None:
    """Brings the database up to date (the release step)."""
    _upgrade()


@click.command()
@with_app
def worker() -> None:
    """Does the jobs that wait in Redis (REDIS_URL)."""
    from redis import Redis
    from rq import Queue, Worker

    from core.jobs import QUEUE_NAME

    settings: Settings = the_app().extensions["rondgang_settings"]
    if settings.redis_url is None:
        raise click.UsageError("Zonder REDIS_URL doet de webserver de taken zelf; er is geen worker nodig.")
    connection = Redis.from_url(settings.redis_url)
    Worker([Queue(QUEUE_NAME, connection=connection)], connection=connection).work()


@click.command()
@with_app
def tidy() -> None:
    """Forgets changes that no phone still asks for; `serve` does it at each start."""
    click.echo(f"{_tidy()} oude wijzigingen vergeten.")


@click.command()
@with_app
def restored() -> None:
    """To be run after a backup was put back: phones get everything anew, and hand in again what the backup lacks."""
    from core.db import db
    from sync.pull import begin_new_log

    begin_new_log()
    db.session.commit()
    click.echo("Telefoons halen bij hun volgende contact alles opnieuw op.")


def _tidy() -> int:
    from core.db import db
    from sync.pull import tidy_log

    forgotten = tidy_log()
    db.session.commit()
    return forgotten


def _place_what_was_left() -> None:
    from server.placing.place import place_what_was_left

    place_what_was_left()


def _refuse_taken_port(settings: Settings) -> None:
    """Says at once that something runs there, before a welcome that would not be true."""
    with socket.socket() as one:
        if one.connect_ex((settings.host, settings.port)) == 0:
            raise Problem(PORT_TAKEN, f"{settings.host}:{settings.port}")


def _upgrade() -> None:
    from server.migrating import upgrade_database

    upgrade_database()


def _welcome(settings: Settings) -> None:
    """Loads the example if need be, and prints where it is, how to log in and how a phone takes part."""
    from core.db import db
    from server.desk.qr import qr_for_terminal
    from server.example.load import EMAIL, ROUND_NAME, load_example
    from sync.devices import enrolment_link, make_enrolment
    from sync.queries import all_rounds

    kept = settings.data / EXAMPLE_LOGIN
    with console.status("Voorbeeldgemeente laden …"):
        password = load_example(the_app())
    if password is not None:
        kept.touch(mode=0o600)
        kept.write_text(f"{EMAIL} {password}\n")
    click.echo(f"\n  Rondgang draait op   {settings.base_url}")
    if kept.exists():
        email, password = kept.read_text().split()
        click.echo(f"  Inloggen             {email}  wachtwoord {password}")
    rounds = [round_ for round_ in all_rounds() if round_.name.startswith(ROUND_NAME)]
    if rounds:
        link = enrolment_link(settings.base_url, make_enrolment(rounds[0], "Vrijwilliger"))
        db.session.commit()
        click.echo(f"  Telefoon aanmelden   {link}\n")
        click.echo(qr_for_terminal(link))
