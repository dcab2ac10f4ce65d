"""The command `perito`: its groups, and how an error reaches the person."""

import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from types import FrameType, TracebackType

import click

from perito import __version__
from perito.base.errors import PeritoError
from perito.base.text import printable
from perito.cli.spoken import ANYWHERE, speak, spoken
from perito.findings.wording.errors import error_in
from perito.findings.wording.i18n import LANGUAGES, Translator, choose_language, translator

COMMANDS = {
    "check": "perito.cli.check:check",
    "hunt": "perito.cli.hunt:hunt",
    "index": "perito.cli.hunt:index",
    "reexamine": "perito.cli.reexamine:reexamine",
    "indicators": "perito.cli.indicators:indicators",
    "cluster": "perito.cli.cluster:cluster",
    "doctor": "perito.cli.doctor:doctor",
    "artifacts": "perito.cli.lists:list_artifacts",
    "heuristics": "perito.cli.lists:list_heuristics",
}
"""Where each command lives; it is imported when it is called, so that `perito --help` answers at once."""


class Commands(click.Group):
    """Look a command up in `COMMANDS`; its help is in the language of `words`, English if there are none."""

    words: Translator | None = None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Return the command, None when there is none of that name."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return spoken(command, self.words) if self.words else command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="perito")
@ANYWHERE
def perito() -> None:
    """Examine what a person hands over for traces of spyware, and say what was looked at.

    \b
    perito check PATH      PATH is a phone backup, an archive of one, a folder,
                           or exported messages; the rest is found out.

    Evidence is opened read-only, nothing leaves this machine, and no link is
    ever opened. Exit codes: 0 examined, nothing needs attention; 1 findings
    need attention; 2 the command was not understood, or would write over an
    earlier run; 3 evidence could not be examined in full; 4 a fault of Perito
    itself; 130 stopped.
    """  # noqa: D301 - click reads the backspace as "do not wrap"


def fault(words: Translator, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell of a fault of our own and end with exit code 4; PERITO_TRACE=1 shows where it happened."""
    click.echo(
        "\n".join(
            (
                words("a fault of Perito itself:") + f" {kind.__name__}: {printable(str(error))[:300]}",
                "  "
                + words("what it means:")
                + " "
                + words("the examination did not end; nothing can be said from it"),
                "  " + words("hint:") + " " + words("set PERITO_TRACE=1, run it again, and report what it prints"),
            )
        ),
        err=True,
    )
    if os.environ.get("PERITO_TRACE"):
        sys.__excepthook__(kind, error, trace)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(4)


def language_of(arguments: Sequence[str]) -> str:
    """Return the language of help and errors: that of the last `--lang`, which the command may not have reached.

    One that is not spoken here is an error of usage, which is told in the language of the system.
    """
    given = ""
    for place, word in enumerate(arguments):
        if word == "--lang":
            given = next(iter(arguments[place + 1 : place + 2]), "")
        elif word.startswith("--lang="):
            given = word.partition("=")[2]
    return choose_language(given if given in LANGUAGES else None, os.environ)


def stop(number: int, _frame: FrameType | None) -> None:
    """End in order when told to: keys and decrypted copies are deleted on the way out."""
    sys.exit(128 + number)


def main() -> None:
    """Run the command line; an error of ours is told in its own words, without a trace of the stack."""
    words = translator(language_of(sys.argv))
    sys.excepthook = partial(fault, words)
    speak(words)
    command = perito
    if words.language != "en":
        command = spoken(perito, words)
        command.words = words
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    try:
        command(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo(words("stopped"), err=True)
        sys.exit(130)
    except PeritoError as error:
        click.echo(error_in(words, error), err=True)
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
