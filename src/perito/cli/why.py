"""`perito indicators why`: who published a value, where and when, and what of it an examination asks."""

import json
import os
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from perito.base.text import printable
from perito.cli.paths import DAY, PATH
from perito.cli.spoken import SCREEN
from perito.detect import why as rules
from perito.detect.why import Ruled, rules_about
from perito.findings.wording.i18n import Translator, choose_language, mark, render, translator
from perito.findings.wording.reasons import reason_in
from perito.findings.wording.screen import kind_in
from perito.indicators.bundle import load
from perito.indicators.indicator import SIGMA_RULE, Indicators
from perito.indicators.why import COVERS, ITSELF, LIES_IN, MAY_BE, UNDER, Asked, Published, asked_for, unread_about
from perito.indicators.why import why as published

SHOWN = 20
"""Statements that the screen shows; `--json` has them all."""
HOW = {
    COVERS: mark("(covers the value asked for)"),
    MAY_BE: mark("(the same as far as both are written: a number without its country code, a name cut short)"),
    LIES_IN: mark("(in the range asked for)"),
    UNDER: mark("(on the host asked for, or under it)"),
    rules.MEETS: mark("(the value asked for meets it, alone)"),
    rules.PART: mark("(the value asked for is one part of it, and alone does not meet it)"),
    rules.NAMED: mark("(a rule of this name)"),
}


def answerable(found: Indicators) -> Indicators:
    """Leave out the rules for records that are not read here, as an examination would."""
    if all(rule.kind != SIGMA_RULE for rule in found.rules):
        return found
    from perito.conclude import answerable as by_records  # every parser, which only such a rule needs

    return by_records(found)


@click.command(short_help="Say who published a value, where and when.")
@click.argument("value")
@click.option(
    "--indicators",
    "-i",
    "more",
    multiple=True,
    type=PATH,
    help="File or folder of indicators, besides; may be repeated.",
)
@click.option("--no-baseline", is_flag=True, help="Leave out what comes with Perito or is installed.")
@click.option("--as-of", type=DAY, metavar="YYYY-MM-DD", help="Say what was in force that day.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and nothing else.")
@SCREEN
def why(
    value: str,
    more: tuple[Path, ...],
    no_baseline: bool,  # noqa: FBT001 - click gives options by name
    as_of: datetime | None,
    as_json: bool,  # noqa: FBT001
    lang: str | None,
) -> None:
    """Say who published VALUE, where and when, about what, and how much else they published beside it.

    VALUE is a host, a link, an address or a range of them, a digest, the name of a process, an application, a file, a
    rule, ...; also defanged. What was published and is not asked for (revoked, of another day, damaged, of a kind that
    is not compared) is told too, and marked.
    """
    words = translator(choose_language(lang, os.environ))
    if not value.strip():
        raise click.UsageError(words("VALUE is empty"))
    day = as_of.replace(tzinfo=UTC).date() if as_of else None
    about = asked_for(value)
    found = answerable(load(more, baseline=not no_baseline, as_of=day, sought=about.seeks))
    told: list[Published | Ruled] = [*published(found, value), *rules_about(found, value)]
    unread = [one._asdict() for one in unread_about(found, value)]
    if as_json:
        listed = [one.as_json() for one in told]
        listed += [{"kind": None, "match": "not understood", **one} for one in unread]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    asked = [one for one in told if not one.reason]
    if not asked:
        _show_none(found, about, bool(told or unread), words)
    for one in told[:SHOWN]:
        _show(one, words)
    for problem in unread[:SHOWN]:
        reason = reason_in(words, problem["reason"])
        place = ": ".join(filter(None, (problem["file"], problem["ref"], reason, problem["raw"])))
        click.echo(words("published, but not understood:") + " " + printable(place))
    left = max(len(told) - SHOWN, 0) + max(len(unread) - SHOWN, 0)
    if left:
        click.echo(f"… {left:,} " + words("more, see --json"))


def _show_none(found: Indicators, about: Asked, published: bool, words: Translator) -> None:  # noqa: FBT001
    """Say how much was asked in vain, for what the value was taken, and that this proves nothing."""
    sentence = words("None of these lists holds this. Indicators asked: {count}, rules: {rules}, in lists: {feeds}.")
    if published:
        sentence = words("No list has this in force. Indicators asked: {count}, rules: {rules}, in lists: {feeds}.")
    counts = {"count": len(found.table), "rules": len(found.rules), "feeds": len(found.feeds)}
    click.echo(render(sentence, {name: f"{count:,}" for name, count in counts.items()}))
    if not published:
        kinds = words("range of addresses") if about.span else _kinds(about, words)
        click.echo(words("Sought as:") + f" {kinds}")
    click.echo(words("That proves nothing: most of what is used in attacks was never published."))


def _kinds(about: Asked, words: Translator) -> str:
    return ", ".join(kind_in(words, kind) for kind in about.kinds) or words("the name of a rule")


def _show(one: Published | Ruled, words: Translator) -> None:
    row = one.row if isinstance(one, Published) else _row(one)
    how = "" if one.match == ITSELF else " " + words(HOW[one.match])
    click.echo(f"{kind_in(words, row['kind'])} {printable(row['value'])}{how}")
    if one.reason:
        told = f": {one.revoked}" if one.revoked else ""
        click.echo("  " + words("NOT ASKED FOR:") + f" {printable(reason_in(words, one.reason))}{told}")
    elif one.match == UNDER:
        click.echo("  " + words("a record that holds the host alone is not found by it"))
    elif isinstance(one, Published) and not one.compared:
        click.echo("  " + words("a value written just so is not found by it: it is sought in another form"))
    _show_lines(_lines(one, row, words))
    if row["context_only"]:
        click.echo("  " + words("context only: it accuses nobody by itself"))
    if row["exact_host"]:
        click.echo("  " + words("this host only, not those under it"))
    if row["revoked"] and not one.reason:
        click.echo("  " + words("revoked by its publisher since that day"))


def _row(one: Ruled) -> dict[str, Any]:
    """Return what is said of a rule; of those with a name the name stands for the text."""
    text = one.rule.name or " ".join(one.rule.text.split())
    return one.as_json() | {"value": text, "exact_host": False}


def _lines(one: Published | Ruled, row: dict[str, Any], words: Translator) -> Iterable[tuple[str, str]]:
    yield words("published by"), row["source"]
    yield words("campaign"), row["campaign"]
    yield words("report"), row["report"]
    yield words("date"), str(row["published"] or "")
    yield words("valid from"), _day(row["valid_from"])
    yield words("valid until"), _day(row["valid_until"])
    yield words("licence"), row["licence"]
    yield words("list (SHA-256)"), row["feed_sha256"]
    if isinstance(one, Published):
        yield words("same report"), by_kind(one.same_report, words) if one.same_report else ""
        yield words("same campaign"), by_kind(one.same_campaign, words) if one.same_campaign else ""
    elif one.match != rules.NAMED:
        yield words("by what is said of"), "; ".join(one.parts)


def _show_lines(lines: Iterable[tuple[str, str]]) -> None:
    for name, told in lines:
        if told:
            click.echo(f"  {name}: {printable(told)}")


def _day(moment: date | str | None) -> str:
    return str(moment or "")[:10]


def by_kind(kinds: dict[str, int], words: Translator) -> str:
    """Write counts by kind on one line."""
    return ", ".join(f"{printable(kind_in(words, kind))} {count:,}" for kind, count in kinds.items()) or "0"
