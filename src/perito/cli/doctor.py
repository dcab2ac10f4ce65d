"""`perito doctor`: what protects this machine from the evidence, and what is missing."""

import platform

import click

from perito import __version__
from perito.base.confine import available
from perito.cli.screen import echo_table


@click.command(short_help="Say which protections are in force on this machine.")
def doctor() -> None:
    """Say which protections are in force while evidence is read, each tried just now."""
    click.echo(f"perito {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}")
    echo_table([(name, told) for name, told in available().items()])
