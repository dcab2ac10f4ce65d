"""`perito indicators`: what was published, what of it would be used, and who published a value."""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

from perito.base.errors import UsageError
from perito.base.text import printable
from perito.cli.indicator_set import add, installed_lists, remove, show_installed, update
from perito.cli.screen import echo_table
from perito.findings.wording.i18n import LANGUAGES, Translator, choose_language, render, translator
from perito.indicators import exports, zipped
from perito.indicators.bundle import lists, load
from perito.indicators.indicator import KINDS, RULES, SIGMA_RULE, Feed, Indicators, Problem
from perito.indicators.why import Published, why

SHOWN = 20
"""Problems and statements that the screen shows; `--json` has them all."""
PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
MORE = click.option(
    "--indicators",
    "-i",
    "more",
    multiple=True,
    type=click.Path(path_type=Path),
    help="File or folder of indicators, besides; may be repeated.",
)
NO_BASELINE = click.option("--no-baseline", is_flag=True, help="Leave out what comes with Perito or is installed.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
LANG = click.option(
    "--lang", type=click.Choice(LANGUAGES), help="Language of the screen; by default that of your system."
)


@click.group(short_help="See, add to and renew what others published.")
def indicators() -> None:
    """Look at what others published as malicious, and at what of it an examination would use."""


@indicators.command(short_help="Say what stands in files of indicators.")
@PATHS
@AS_JSON
@LANG
def inspect(paths: tuple[Path, ...], as_json: bool, lang: str | None) -> None:  # noqa: FBT001 - click gives options by name
    """Say what stands in files of indicators: form, counts by kind, what is left out and why, problems.

    RAW counts the values that a file publishes, DISTINCT those that differ, USED those that an examination compares.
    """
    words = translator(choose_language(lang, os.environ))
    told: list[dict[str, Any]] = []
    failed = False
    for path in paths:
        try:
            told += _inspected(_answerable(load([path], baseline=False)))
        except UsageError as error:
            failed = True
            click.echo(str(error), err=True)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        for one in told:
            _show_file(one, words)
    if failed:
        sys.exit(UsageError.exit_code)


def _answerable(found: Indicators) -> Indicators:
    """Leave out the rules for records that are not read here, as an examination would."""
    if all(rule.kind != SIGMA_RULE for rule in found.rules):
        return found
    from perito.conclude import answerable  # every parser, which only such a rule needs

    return answerable(found)


def _inspected(found: Indicators) -> list[dict[str, Any]]:
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
    click.echo(f"{printable(one['file'])}: {one['format'] or words('not a list of indicators')}")
    if one["format"]:
        counts = words.plural(
            "{raw} value published, {distinct} distinct, {used} used",
            "{raw} values published, {distinct} distinct, {used} used",
            one["raw"],
        )
        click.echo("  " + render(counts, {key: f"{one[key]:,}" for key in ("raw", "distinct", "used")}))
        click.echo("  " + words("by kind:") + " " + _kinds(one["kinds"]))
    for reason, times in one["left_out"].items():
        click.echo("  " + words("left out:") + f" {times:,} {printable(reason)}")
    for problem in one["problems"][:SHOWN]:
        place = ": ".join(filter(None, (problem["ref"], problem["reason"], problem["raw"])))
        click.echo("  " + words("problem:") + " " + printable(place))
    if len(one["problems"]) > SHOWN:
        click.echo(f"  … {len(one['problems']) - SHOWN:,} " + words("more problems, see --json"))


def _kinds(kinds: dict[str, int]) -> str:
    return ", ".join(f"{printable(kind)} {count:,}" for kind, count in kinds.items()) or "0"


@indicators.command("list", short_help="List what an examination would use.")
@MORE
@NO_BASELINE
@click.option("--kind", type=click.Choice([*KINDS, *RULES]), help="Count only this kind.")
@AS_JSON
@LANG
def list_(more: tuple[Path, ...], no_baseline: bool, kind: str | None, as_json: bool, lang: str | None) -> None:  # noqa: FBT001
    """List what an examination would use: every list with its publisher, its digest and its counts.

    Then what was installed, with its origin, the day on which it came, its size and its digest.
    """
    words = translator(choose_language(lang, os.environ))
    found = load(more, baseline=not no_baseline)
    used = [(feed, counts) for feed, counts in _used(found, kind) if counts or kind is None]
    total: Counter[str] = Counter()
    for _, counts in used:
        total.update(counts)
    if as_json:
        feeds = [
            {"file": feed.file, "source": feed.source, "format": feed.format, "sha256": feed.sha256}
            | {"kinds": _sorted(counts), "count": counts.total()}
            for feed, counts in used
        ]
        told = {"feeds": feeds, "kinds": _sorted(total), "count": total.total()}
        told |= {} if no_baseline else {"installed": installed_lists()}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    head = (words("indicators"), "SHA-256", words("published by"))
    echo_table([head, *((f"{counts.total():,}", feed.sha256[:12], printable(feed.source)) for feed, counts in used)])
    click.echo(words("in all:") + f" {total.total():,}: " + _kinds(_sorted(total)))
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


@indicators.command("why", short_help="Say who published a value, where and when.")
@click.argument("value")
@MORE
@NO_BASELINE
@AS_JSON
@LANG
def why_(value: str, more: tuple[Path, ...], no_baseline: bool, as_json: bool, lang: str | None) -> None:  # noqa: FBT001
    """Say who published VALUE, where and when, about what, and how much else they published beside it.

    VALUE is a host, a link, an address, a digest, the name of a process, an application, a file, ...; also defanged.
    """
    words = translator(choose_language(lang, os.environ))
    found = load(more, baseline=not no_baseline)
    told = why(found, value)
    if as_json:
        click.echo(json.dumps([one.as_json() for one in told], ensure_ascii=False, indent=1))
        return
    if not told:
        click.echo(
            render(
                words("Nobody published this. Indicators asked: {count}, in lists: {feeds}."),
                {"count": f"{len(found.table):,}", "feeds": len(found.feeds)},
            )
        )
    for one in told[:SHOWN]:
        _show_statement(one, words)
    if len(told) > SHOWN:
        click.echo(f"… {len(told) - SHOWN:,} " + words("more, see --json"))


def _show_statement(one: Published, words: Translator) -> None:
    row = one.row
    covers = "" if one.itself else " " + words("(covers the value asked for)")
    click.echo(f"{row['kind']} {printable(row['value'])}{covers}")
    lines = [
        (words("published by"), row["source"]),
        (words("campaign"), row["campaign"]),
        (words("report"), row["report"]),
        (words("date"), str(row["published"] or "")),
        (words("licence"), row["licence"]),
        (words("list (SHA-256)"), row["feed_sha256"]),
        (words("same report"), _kinds(one.same_report) if one.same_report else ""),
        (words("same campaign"), _kinds(one.same_campaign) if one.same_campaign else ""),
    ]
    for name, told in lines:
        if told:
            click.echo(f"  {name}: {printable(told)}")
    if row["context_only"]:
        click.echo("  " + words("context only: it accuses nobody by itself"))
    if row["exact_host"]:
        click.echo("  " + words("this host only, not those under it"))


@indicators.command(short_help="Write what an examination would use to a file.")
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["bundle", *exports.FORMATS]), default="bundle", show_default=True)
@MORE
@NO_BASELINE
@LANG
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
    if found.rules:
        told = words("Not written, since only a bundle holds rules: {count}")
        click.echo(render(told, {"count": f"{len(found.rules):,}"}))


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


for command in (update, add, remove):
    indicators.add_command(command)
