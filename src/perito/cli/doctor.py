"""`perito doctor`: what protects this machine from the evidence, and what is missing."""

import os
import platform

import click

from perito import __version__
from perito.base.confine import available
from perito.cli.screen import echo_table
from perito.cli.spoken import SCREEN
from perito.findings.wording.i18n import choose_language, translator
from perito.findings.wording.reasons import reason_in
from perito.findings.wording.screen import PROTECTED, PROTECTIONS


@click.command(short_help="Say which protections are in force on this machine.")
@SCREEN
def doctor(lang: str | None) -> None:
    """Say which protections are in force while evidence is read, each tried just now."""
    words = translator(choose_language(lang, os.environ))
    click.echo(f"perito {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}")
    echo_table(
        [(words(PROTECTED[name]), reason_in(words, told, more=PROTECTIONS)) for name, told in available().items()]
    )
