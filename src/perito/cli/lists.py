"""`perito artifacts` and `perito heuristics`: what is looked at, and by which conditions of our own."""

import click

from perito.artifacts.declare import artifacts
from perito.cli.screen import echo_table
from perito.detect.heuristic import heuristics

LEFT = "any file that another artifact could not read in full"


@click.command("artifacts", short_help="List every kind of trace that is read, and its places.")
def list_artifacts() -> None:
    """List every kind of trace that is read, and the places it lies at."""
    echo_table([(one.name, ", ".join(one.globs) or LEFT) for one in artifacts().values()])


@click.command("heuristics", short_help="List our own conditions, and when each is wrong.")
def list_heuristics() -> None:
    """List our own conditions: what each sees, whose research it rests on, when it is wrong, how strong it is."""
    for one in heuristics().values():
        click.echo(f"{one.id} (version {one.version}, {one.grade})")
        for label, told in (
            ("sees", one.sees),
            ("rests on", one.rests_on),
            ("wrong when", one.wrong_when),
            ("strength", one.strength),
        ):
            click.echo(f"  {label}: {told}")
