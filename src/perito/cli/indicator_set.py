"""`perito indicators update | add | remove`: the set that is installed, and the only commands that use the network."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import DownloadColumn, TaskID, TextColumn
from rich.progress import Progress as Bars

from perito.base.text import printable
from perito.cli.paths import PATH
from perito.cli.screen import echo_table
from perito.cli.spoken import SCREEN
from perito.cli.unused import as_json as problems_as_json
from perito.cli.unused import left_rules, print_unused, rules_as_json, show_problems, show_rules
from perito.cli.why import answerable
from perito.findings.wording.errors import said_in
from perito.findings.wording.i18n import Translator, choose_language, mark, render, translator
from perito.indicators import installed
from perito.indicators.bundle import load
from perito.indicators.fetched import Fetch, NotFetched
from perito.indicators.indicator import Indicators
from perito.indicators.installed import Listed

CA_FILE = click.option(
    "--ca-file",
    type=PATH,
    help="Certificates (PEM) to trust, beside those of the system.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
STATES = {
    "new": mark("new"),
    "changed": mark("changed"),
    "unchanged": mark("unchanged"),
    "kept": mark("NOT RENEWED, the earlier one stays"),
    "failed": mark("NOT INSTALLED"),
}


@click.command(short_help="Renew the public lists, or install a bundle.")
@click.option(
    "--from",
    "bundle",
    type=PATH,
    help="A bundle written by `perito indicators export`; the network is not used.",
)
@click.option("--index", "indexes", multiple=True, help="Index of lists, a file or an https address; may be repeated.")
@CA_FILE
@AS_JSON
@SCREEN
def update(
    bundle: Path | None,
    indexes: tuple[str, ...],
    ca_file: Path | None,
    as_json: bool,  # noqa: FBT001 - click gives options by name
    lang: str | None,
) -> None:
    """Fetch the public lists over HTTPS, or install a bundle; they are used from now on, beside those of Perito.

    They are kept in the data folder of the user (or PERITO_DATA), each with its address, time, size and SHA-256. A list
    that cannot be fetched, holds no indicator or lost nine tenths of them stays as it was. Lists that were added by
    address are renewed too. A proxy that the environment names is used. Exit code 3 where a list was not renewed.
    """
    words = translator(choose_language(lang, os.environ))
    if bundle is not None and (indexes or ca_file):
        raise click.UsageError(words("--from needs no network: neither --index nor --ca-file goes with it"))
    if bundle is None:
        _renew(indexes, ca_file, words, as_json=as_json)
        return
    from perito.indicators import zipped

    listed = zipped.install(bundle, datetime.now(UTC))
    found = _only(answerable(load([])), listed)
    if as_json:
        _print([_told(one, found) for one in listed])
        return
    echo_table([(one.sha256, printable(one.name)) for one in listed])
    told = words("Lists installed in {place}: {count}")
    click.echo(render(told, {"count": f"{len(listed):,}", "place": printable(str(installed.place()))}))
    show_rules(sum(feed.rules for feed in found.feeds), left_rules(found.feeds), words)
    print_unused(Console(highlight=False), found, words)


def _only(found: Indicators, listed: list[Listed]) -> Indicators:
    """Return what is told of some lists; nothing of one that is used already, in the same bytes."""
    digests = {one.sha256 for one in listed}
    feeds = [feed for feed in found.feeds if feed.sha256 in digests and not feed.file.startswith("baseline/")]
    names = {one.name for one in listed}
    return replace(found, feeds=feeds, problems=[one for one in found.problems if one.file in names])


def _told(one: Listed, found: Indicators) -> dict[str, Any]:
    feeds = [feed for feed in found.feeds if feed.sha256 == one.sha256]
    told: dict[str, Any] = {"name": one.name, "sha256": one.sha256, "size": one.size}
    told |= {"rules": sum(feed.rules for feed in feeds), **rules_as_json(feeds)}
    return told | {"problems": problems_as_json(problem for problem in found.problems if problem.file == one.name)}


def _renew(indexes: tuple[str, ...], ca_file: Path | None, words: Translator, *, as_json: bool) -> None:
    from perito.indicators.judged import Means
    from perito.indicators.update import NOT_IN_FULL
    from perito.indicators.update import update as renew

    with _progress() as tell:
        outcomes = renew(Means(_network(ca_file), answerable, datetime.now(UTC), tell), indexes)
    if as_json:
        _print([one.as_json() for one in outcomes])
    else:
        for one in outcomes:
            _show(one, words)
    if any(one.state in NOT_IN_FULL for one in outcomes):
        sys.exit(NotFetched.exit_code)


def _network(ca_file: Path | None) -> Fetch:
    """Import what reaches the network only where it is asked for."""
    from perito.indicators.feed import Fetcher

    return Fetcher(ca_file).fetch


def _print(told: object) -> None:
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))


def _show(one: Any, words: Translator) -> None:
    click.echo(f"{words(STATES[one.state])}: {printable(one.name)}")
    if one.sha256:
        told = words.plural(
            "{count} indicator, {size} bytes, SHA-256 {digest}",
            "{count} indicators, {size} bytes, SHA-256 {digest}",
            one.taken or 0,
        )
        fields = {"count": f"{one.taken:,}", "size": f"{one.size:,}", "digest": one.sha256}
        click.echo("  " + render(told, fields))
    show_rules(one.rules, one.left_out, words, "  ", one.unusable)
    show_problems(one.problems, words)
    for address in filter(None, (one.url, *one.redirects)):
        click.echo(f"  {printable(address)}")
    if one.reason:
        click.echo("  " + words("reason:") + f" {printable(said_in(words, one.reason))}")


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int | None], None]]:
    """Give what is told how far a list is; a terminal shows the one that is coming and its number, nothing else does."""
    shown: dict[str, TaskID] = {}
    begun = 0
    columns = (TextColumn("{task.description}", markup=False), DownloadColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bars:

        def tell(name: str, passed: int, whole: int | None) -> None:
            nonlocal begun
            if name not in shown:
                begun += 1
                for task in shown.values():
                    bars.remove_task(task)
                shown.clear()
                shown[name] = bars.add_task(f"{begun:,} {printable(name)}", total=whole)
            bars.update(shown[name], completed=passed, total=whole)

        yield tell


@click.command(short_help="Install a list of one's own.")
@click.argument("origin", metavar="PATH|URL")
@click.option("--name", default="", help="What the list is called; by default the name of the file.")
@CA_FILE
@AS_JSON
@SCREEN
def add(origin: str, name: str, ca_file: Path | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001
    """Install a list of one's own, from a file or an https address; every examination uses it from now on.

    It is copied, and its SHA-256 is recorded. Added once more from the same place, it is replaced. A name that says what
    the list holds (`processes.txt`) tells what bare values are.
    """
    from perito.indicators.judged import Means
    from perito.indicators.update import add as install

    words = translator(choose_language(lang, os.environ))
    with _progress() as tell:
        fetch = _network(ca_file) if "://" in origin else _nothing
        outcome = install(Means(fetch, answerable, datetime.now(UTC), tell), origin, name)
    if as_json:
        _print(outcome.as_json())
    else:
        _show(outcome, words)


def _nothing(*_: object) -> Any:
    raise AssertionError  # a file is copied, not fetched


@click.command(short_help="Take an installed list out of use.")
@click.argument("name")
@SCREEN
def remove(name: str, lang: str | None) -> None:
    """Take the installed list NAME out of use; `perito indicators list` tells the names."""
    from perito.indicators.update import remove as take_out

    words = translator(choose_language(lang, os.environ))
    for one in take_out(name):
        told = words("removed: {name} (SHA-256 {digest})")
        click.echo(render(told, {"name": printable(one.name), "digest": one.sha256}))


def installed_lists() -> list[dict[str, Any]]:
    """Return what is installed, for JSON."""
    found = [one.listed for one in installed.files()]
    return [{"name": one.name, "sha256": one.sha256, "size": one.size, **one.came._asdict()} for one in found]


def show_installed(words: Translator) -> None:
    """Print what is installed: name, day, size, digest and origin; nothing where nothing is."""
    rows = [
        (
            printable(one["name"]),
            one["installed"][:10],
            f"{one['size']:,}",
            one["sha256"][:12],
            printable(one["origin"]),
        )
        for one in installed_lists()
    ]
    if rows:
        click.echo()
        heads = (words("installed"), words("date"), words("bytes"), "SHA-256", words("origin"))
        echo_table([heads, *rows])
