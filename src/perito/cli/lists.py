"""`perito artifacts` and `perito heuristics`: what is looked at, and by which conditions of our own."""

import os

import click

from perito.artifacts.declare import artifacts
from perito.cli.cards import grade_word
from perito.cli.screen import echo_table
from perito.cli.spoken import SCREEN
from perito.detect.heuristic import heuristics
from perito.findings.wording.i18n import choose_language, mark, render, translator

LEFT = mark("any file that another artifact could not read in full")


@click.command("artifacts", short_help="List every kind of trace that is read, and its places.")
@SCREEN
def list_artifacts(lang: str | None) -> None:
    """List every kind of trace that is read, and the places it lies at."""
    words = translator(choose_language(lang, os.environ))
    echo_table([(one.name, ", ".join(one.globs) or words(LEFT)) for one in artifacts().values()])


@click.command("heuristics", short_help="List our own conditions, and when each is wrong.")
@SCREEN
def list_heuristics(lang: str | None) -> None:
    """List our own conditions: what each sees, whose research it rests on, when it is wrong, how strong it is."""
    words = translator(choose_language(lang, os.environ))
    for one in heuristics().values():
        about = {"id": one.id, "version": one.version, "grade": grade_word(one.grade, 1, words)}
        click.echo(render(words("{id} (version {version}, {grade})"), about))
        for label, told in (
            (words("sees"), one.sees),
            (words("rests on"), one.rests_on),
            (words("wrong when"), one.wrong_when),
            (words("strength"), one.strength),
        ):
            click.echo(f"  {label}: {words(told)}")
