"""A command about walks: playing one of a route."""

from datetime import datetime

import click
import httpx

from core.config import Settings
from server.cli.context import console, the_app, with_app


@click.command()
@click.option("--route", "route_name", required=True, help="Name of the route.")
@click.option("--skip-stops", type=click.IntRange(0, 100), default=0, show_default=True,
              help="How many stops at the end are left out.")  # fmt: skip
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The day of the walk; today when it is left out.")
@click.option("--url", help="The running server; the address in the settings when it is left out.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed plays the same walk.")
@with_app
def walk(route_name: str, skip_stops: int, day: datetime | None, url: str | None, seed: int) -> None:
    """Plays a walk of a route against the running server, which must use the same database as this command."""
    from core.problems import SERVER_UNREACHABLE, Problem
    from server.desk.words import percent
    from server.schouw.play import outing_on, plan_walk, route_by_name
    from server.schouw.report import report_on
    from server.simulate.walk import play_walk

    settings: Settings = the_app().extensions["rondgang_settings"]
    route = route_by_name(route_name)
    code, plan = plan_walk(route, skip_stops, day.date() if day else None, seed)
    try:
        with console.status(f"{route.name} wordt gelopen …"):
            played = play_walk(url or settings.base_url, code, plan)
    except httpx.HTTPError as error:
        raise Problem(SERVER_UNREACHABLE, f"{url or settings.base_url} ({error})") from error
    report = report_on(route, outing_on(route, plan.begin))
    click.echo(f"Stops gezien: {report.seen} van {len(report.stops)}")
    if report.coverage is not None:
        walked, length = round(report.coverage.walked_m), round(report.coverage.length_m)
        click.echo(f"Gelopen: {walked} van {length} meter ({percent(report.coverage.share)})")
    click.echo(f"Observaties: {played.observations}")
