"""`perito indicators`: what was published, what of it would be used, and who published a value."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from perito.base.errors import UsageError
from perito.base.text import printable
from perito.cli.indicator_set import add, installed_lists, remove, show_installed, update
from perito.cli.paths import PATH
from perito.cli.screen import echo_table
from perito.cli.spoken import ANYWHERE, SCREEN
from perito.cli.unused import as_json as problems_as_json
from perito.cli.unused import left_rules, print_unused, rules_as_json, show_rules, used_rules, why_in
from perito.cli.why import answerable, by_kind, why
from perito.findings.wording.errors import error_in, said_in
from perito.findings.wording.i18n import Translator, choose_language, mark, place_in, render, translator
from perito.findings.wording.reasons import reason_in
from perito.indicators import exports, zipped
from perito.indicators.bundle import lists, load
from perito.indicators.indicator import KINDS, RULES, Feed, Indicators, Problem

SHOWN = 20
"""Problems that the screen shows; `--json` has them all."""
PATHS = click.argument("paths", nargs=-1, required=True, type=PATH)
MORE = click.option(
    "--indicators",
    "-i",
    "more",
    multiple=True,
    type=PATH,
    help="File or folder of indicators, besides; may be repeated.",
)
NO_BASELINE = click.option("--no-baseline", is_flag=True, help="Leave out what comes with Perito or is installed.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")


@click.group(short_help="See, add to and renew what others published.")
@ANYWHERE
def indicators() -> None:
    """Look at what others published as malicious, and at what of it an examination would use."""


@indicators.command(short_help="Say what stands in files of indicators.")
@PATHS
@AS_JSON
@SCREEN
def inspect(paths: tuple[Path, ...], as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - click gives options by name
    """Say what stands in files of indicators: form, counts by kind, what is left out and why, problems.

    RAW counts the values that a file publishes, DISTINCT those that differ, USED those that an examination compares.

    A file that was named and is of no form known here, or cannot be read, and a folder without a file, end in exit code
    2, once all others are told. In a folder, such a file is told among the others and the exit code stays 0: folders
    hold more than lists.
    """
    words = translator(choose_language(lang, os.environ))
    told: list[dict[str, Any]] = []
    failed = False
    for path in paths:
        try:
            told += _inspected(path)
        except UsageError as error:
            failed = True
            click.echo(error_in(words, error), err=True)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for one in told:
            _show_file(one, words)
    if failed:
        sys.exit(UsageError.exit_code)


def _inspected(path: Path) -> list[dict[str, Any]]:
    """Return what stands in a file, or in each file of a folder; UsageError where there is nothing to tell of."""
    found = answerable(load([path], baseline=False))
    if not (found.feeds or found.problems):
        raise UsageError(str(path), "a folder that holds no file", "no indicator was taken from it", "check the path")
    problems: dict[str, list[Problem]] = {}
    for problem in found.problems:
        problems.setdefault(problem.file, []).append(problem)
    told = [_feed(feed, problems.pop(feed.file, [])) for feed in found.feeds]
    return told + [_unread(file, left) for file, left in problems.items()]


def _feed(feed: Feed, problems: list[Problem]) -> dict[str, Any]:
    counts = {"raw": feed.raw, "distinct": feed.distinct, "used": feed.count + feed.rules, "kinds": feed.kinds}
    about = {"file": feed.file, "format": feed.format, "source": feed.source, "sha256": feed.sha256}
    return {**about, **counts, "left_out": feed.left_out, "problems": _told(problems)}


def _unread(file: str, problems: list[Problem]) -> dict[str, Any]:
    counts: dict[str, Any] = {"raw": 0, "distinct": 0, "used": 0, "kinds": {}, "left_out": {}}
    return {"file": file, "format": None, "source": None, "sha256": None, **counts, "problems": _told(problems)}


def _told(problems: list[Problem]) -> list[dict[str, str]]:
    return [{"ref": one.ref, "reason": one.reason, "raw": one.raw} for one in problems]


def _show_file(one: dict[str, Any], words: Translator) -> None:
    form = one["format"] or mark("not a list of indicators")
    click.echo(f"{printable(one['file'])}: {words(form)}")
    if one["format"]:
        counts = words.plural(
            "{raw} value published, {distinct} distinct, {used} used",
            "{raw} values published, {distinct} distinct, {used} used",
            one["raw"],
        )
        click.echo("  " + render(counts, {key: f"{one[key]:,}" for key in ("raw", "distinct", "used")}))
        if one["kinds"]:
            click.echo("  " + words("by kind:") + " " + by_kind(one["kinds"], words))
    if one["used"] > one["distinct"]:
        click.echo(
            "  " + words("some values are used more than once: differently, or by several reports or publishers")
        )
    for reason, times in one["left_out"].items():
        click.echo("  " + words("left out:") + f" {times:,} {printable(reason_in(words, reason))}")
    for problem in one["problems"][:SHOWN]:
        raw = problem["raw"] if one["format"] else said_in(words, problem["raw"])
        place = ": ".join(filter(None, (place_in(words, problem["ref"]), why_in(words, problem["reason"]), raw)))
        click.echo("  " + words("problem:") + " " + printable(place))
    if len(one["problems"]) > SHOWN:
        click.echo(f"  … {len(one['problems']) - SHOWN:,} " + words("more problems, see --json"))


@indicators.command("list", short_help="List what an examination would use.")
@MORE
@NO_BASELINE
@click.option("--kind", type=click.Choice([*KINDS, *RULES]), help="Count only this kind.")
@AS_JSON
@SCREEN
def list_(more: tuple[Path, ...], no_baseline: bool, kind: str | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001
    """List what an examination would use: every list with its publisher, its digest and its counts.

    Then how many rules can be used, how many cannot, and why; and what was installed, with its origin, the day on which
    it came, its size and its digest.
    """
    words = translator(choose_language(lang, os.environ))
    found = answerable(load(more, baseline=not no_baseline))
    used = [(feed, counts) for feed, counts in _used(found, kind) if counts or kind is None]
    total: Counter[str] = Counter()
    for _, counts in used:
        total.update(counts)
    if as_json:
        feeds = [
            {"file": feed.file, "source": feed.source, "format": feed.format, "sha256": feed.sha256}
            | {"kinds": _sorted(counts), "count": counts.total()}
            | rules_as_json([feed], kind)
            for feed, counts in used
        ]
        told = {"feeds": feeds, "kinds": _sorted(total), "count": total.total()}
        told |= {**rules_as_json(found.feeds, kind), "problems": problems_as_json(found.problems)}
        told |= {} if no_baseline else {"installed": installed_lists()}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    head = (words("indicators"), "SHA-256", words("published by"))
    echo_table([head, *((f"{counts.total():,}", feed.sha256[:12], printable(feed.source)) for feed, counts in used)])
    click.echo(words("in all:") + f" {total.total():,}: " + by_kind(_sorted(total), words))
    show_rules(used_rules(found, kind), left_rules(found.feeds, kind), words)
    print_unused(Console(highlight=False), found, words)
    if not no_baseline:
        show_installed(words)


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))


def _used(found: Indicators, kind: str | None) -> Iterator[tuple[Feed, Counter[str]]]:
    """Yield each list with the counts of what it gives by kind; what a list gives stands together, in order of lists."""
    kinds = found.table["kind"].to_pylist()
    start = at = 0
    for feed in found.feeds:
        own = kinds[start : start + feed.count] + [rule.kind for rule in found.rules[at : at + feed.rules]]
        yield feed, Counter(one for one in own if kind in {None, one})
        start += feed.count
        at += feed.rules


@indicators.command(short_help="Write what an examination would use to a file.")
@click.argument("out", type=PATH)
@click.option("--format", "form", type=click.Choice(["bundle", *exports.FORMATS]), default="bundle", show_default=True)
@MORE
@NO_BASELINE
@SCREEN
def export(out: Path, form: str, more: tuple[Path, ...], no_baseline: bool, lang: str | None) -> None:  # noqa: FBT001
    """Write what an examination would use to the new file OUT.

    A bundle holds the lists as they were published, for `perito indicators update --from` on a machine without network.
    """
    words = translator(choose_language(lang, os.environ))
    if form == "bundle":
        count = len(_written(out, lambda: zipped.write(out, lists(more, baseline=not no_baseline))))
        click.echo(
            render(words("Lists written to {out}: {count}"), {"count": f"{count:,}", "out": printable(str(out))})
        )
        return
    found = load(more, baseline=not no_baseline)
    _written(out, lambda: _create(out, exports.FORMATS[form](found)))
    click.echo(
        render(
            words("Indicators written to {out}: {count}"),
            {"count": f"{len(found.table):,}", "out": printable(str(out))},
        )
    )
    if left := exports.unwritten(found, form):
        told = words("Not written, since only a bundle holds rules of every kind: {count}")
        click.echo(render(told, {"count": f"{left:,}"}))


def _create(out: Path, data: bytes) -> None:
    with out.open("xb") as file:
        file.write(data)


def _written(out: Path, write: Callable[[], Any]) -> Any:
    try:
        return write()
    except FileExistsError as error:
        raise UsageError(str(out), "exists already", "nothing was written", "name a new file") from error
    except OSError as error:
        raise UsageError(str(out), error.strerror or "cannot be written", "the export is not complete") from error


for command in (update, add, remove, why):
    indicators.add_command(command)
