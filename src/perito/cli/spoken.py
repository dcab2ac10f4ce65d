"""The command line in the reader's language: its help, and what click itself says.

Commands are declared in English, and the sentences of their help are gathered from the declarations by
`scripts/build_catalogues.py`. Whoever reads English meets those declarations themselves; for others, copies are made.
"""

import gettext
import os
import re
from collections.abc import Iterator
from copy import copy
from importlib.resources import files
from inspect import cleandoc
from typing import TypeVar

import click

from perito.findings.wording.i18n import DOMAIN, LANGUAGES, Translator, mark, mark_counted

SCREEN = click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language of the screen; by default that of your system."
)
ANYWHERE = click.option("--lang", type=click.Choice(LANGUAGES), hidden=True, expose_value=False)
"""For what shows little but its help: `--lang` is understood wherever it stands; `main` has read it already."""

CLICK = (
    mark("Usage:"),
    mark("Options"),
    mark("Commands"),
    mark("Show this message and exit."),
    mark("default: {default}"),
    mark("required"),
    mark("Try '{command} {option}' for help."),
    mark("Error: {message}"),
    mark("Invalid value: {message}"),
    mark("Invalid value for {param_hint}: {message}"),
    mark("Missing argument"),
    mark("Missing option"),
    mark("Missing parameter"),
    mark("Missing command."),
    mark("Choose from:\n\t{choices}"),
    mark("No such option {name!r}."),
    mark("No such command {name!r}."),
    mark("Option {name!r} does not take a value."),
    mark("Argument {name!r} takes {nargs} values."),
    mark("{value!r} is not a valid {number_type}."),
    mark("{value} is not in the range {range}."),
    mark_counted("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    mark_counted("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    mark_counted("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
    mark_counted("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    mark_counted("{value!r} does not match the format {format}.", "{value!r} does not match the formats {formats}."),
)
"""What click itself says where a command of ours is asked; it looks it up by `gettext` when it says it."""
VERBATIM = "\b\n"
"""Before a paragraph of help whose lines are not wrapped."""

C = TypeVar("C", bound=click.Command)
P = TypeVar("P", bound=click.Parameter)


def speak(words: Translator) -> None:
    """Let click, and what of this process asks `gettext`, say its sentences in this language from now on."""
    os.environ["LANGUAGE"] = words.language
    if words.language != "en":
        gettext.bindtextdomain(DOMAIN, str(files("perito.findings.wording")))
        gettext.textdomain(DOMAIN)


def spoken(command: C, words: Translator) -> C:
    """Return a copy of a command, and of those below it, whose help is in the reader's language."""
    told = copy(command)
    told._help_option = None  # noqa: SLF001 - click keeps the first one it made, in the language of that moment
    told.help = _help_in(words, command.help)
    told.short_help = _said(words, command.short_help)
    told.options_metavar = _said(words, command.options_metavar)
    told.params = [_param_in(words, one) for one in command.params]
    if isinstance(told, click.Group):
        told.subcommand_metavar = words(told.subcommand_metavar)
        told.commands = {name: spoken(one, words) for name, one in told.commands.items()}
    return told


def _said(words: Translator, text: str | None) -> str | None:
    return words(text) if text else text


def _help_in(words: Translator, text: str | None) -> str:
    told = []
    for one in paragraphs(text or ""):
        verbatim = VERBATIM if "\n" in one else ""
        told.append(verbatim + words(one))
    return "\n\n".join(told)


def _param_in(words: Translator, param: P) -> P:
    """Return a copy of a parameter; its type too, which names what is to be given, and calls it so in errors."""
    told = copy(param)
    told.metavar = _said(words, _placeholder(param))
    if isinstance(told, click.Option):
        told.help = _said(words, told.help)
    if (name := words(param.type.name)) != param.type.name:
        told.type = copy(param.type)
        told.type.name = name
    return told


def _placeholder(param: click.Parameter) -> str | None:
    """Return what stands in the help for the value of a parameter; None where its type tells that."""
    return param.make_metavar(click.Context(click.Command(""))) if isinstance(param, click.Argument) else param.metavar


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a help text, each on one line, but for those that are shown line by line."""
    found = re.split(r"\n\s*\n", cleandoc(text))
    told = [one.removeprefix(VERBATIM) if one.startswith(VERBATIM) else " ".join(one.split()) for one in found]
    return [one for one in told if one]


def sentences(command: click.Command) -> Iterator[str]:
    """Yield all that the help of a command, and of those below it, says: what is to be translated."""
    yield from paragraphs(command.help or "")
    yield command.short_help or ""
    yield command.options_metavar or ""
    for param in command.params:
        yield _placeholder(param) or ""
        if isinstance(param, click.Option) and not param.hidden:
            yield param.help or ""
            if not (param.is_flag or param.metavar or isinstance(param.type, click.Choice)):
                yield param.type.name
    if isinstance(command, click.Group):
        yield command.subcommand_metavar
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from sentences(below)
