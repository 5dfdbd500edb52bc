"""Commands about a round: playing one, and asking who took part."""

import json

import click
import httpx

from core.config import Settings
from server.cli.context import progress_bar, the_app, with_app
from sync.models import Round


@click.group(invoke_without_command=True)
@click.option("--area", "area_name", default="Nieuwlande", show_default=True, help="Name of the area.")
@click.option("--volunteers", type=click.IntRange(1, 500), default=52, show_default=True)
@click.option("--deelname", type=click.FloatRange(0, 1), default=0.83, show_default=True,
              help="Part of the inhabitants that takes part.")  # fmt: skip
@click.option("--url", help="The running server; the address in the settings when it is left out.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed plays the same round.")
@click.pass_context
@with_app
def simulate(
    context: click.Context, area_name: str, volunteers: int, deelname: float, url: str | None, seed: int
) -> None:
    """Plays a whole round against the running server, which must use the same database as this command."""
    if context.invoked_subcommand is not None:
        return
    from core.problems import SERVER_UNREACHABLE, Problem
    from maps.queries import newest_population
    from server.participation.report import participation_of
    from server.rounds.named import area_by_name, round_in
    from server.simulate.plan import plan_round
    from server.simulate.play import Simulation, address_ids, play

    settings: Settings = the_app().extensions["rondgang_settings"]
    area = area_by_name(area_name)
    round_ = round_in(area)
    inhabitants = newest_population([area.id])[area.id].inhabitants or 0
    codes = _codes(round_, volunteers + 1)  # ends the transaction: from here on the server must be able to write
    simulation = Simulation(url or settings.base_url, str(round_.id), str(area.id), seed)
    try:
        addresses = address_ids(simulation.url, codes.pop(), simulation.area_id)
        plans = plan_round(addresses, inhabitants, deelname, volunteers, seed)
        with progress_bar() as progress:
            task = progress.add_task(f"{len(plans)} vrijwilligers lopen langs de deuren", total=len(addresses))
            play(simulation, codes, plans, on_door=lambda: progress.advance(task))
    except httpx.HTTPError as error:
        raise Problem(SERVER_UNREACHABLE, f"{simulation.url} ({error})") from error
    _tell(area.name, participation_of([area])[0].figures.rate)


@click.command()
@click.option("--area", "area_name", required=True, help="Name of the area.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: atLeast, atMost, inhabitants, rate.")
@with_app
def participation(area_name: str, as_json: bool) -> None:
    """Says how many persons took part in an area."""
    from server.participation.report import participation_of
    from server.rounds.named import area_by_name

    area = area_by_name(area_name)
    figures = participation_of([area])[0].figures
    if as_json:
        answer = {
            "atLeast": figures.at_least,
            "atMost": figures.at_most,
            "inhabitants": figures.inhabitants,
            "rate": figures.rate,
        }
        click.echo(json.dumps(answer))
    else:
        click.echo(f"{figures.at_least} van {figures.inhabitants} inwoners")
        _tell(area.name, figures.rate)


def _codes(round_: Round, count: int) -> list[str]:
    from core.db import db
    from sync.devices import make_enrolment

    codes = [make_enrolment(round_, f"Simulatie {number}") for number in range(1, count + 1)]
    db.session.commit()
    return codes


def _tell(name: str, rate: float | None) -> None:
    from server.desk.words import percent

    click.echo(f"Deelname in {name}: {percent(rate)}")
