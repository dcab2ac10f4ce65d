"""What of published lists is not looked for, and why: rules that cannot be used, lists of nothing, places not understood."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from perito.base.text import printable
from perito.cli.cards import SHOWN, print_indented
from perito.findings.wording.errors import said_in
from perito.findings.wording.i18n import Translator, place_in, render
from perito.findings.wording.screen import kind_in
from perito.indicators.indicator import KINDS, RULES, Feed, Indicators, Problem
from perito.indicators.lacking import UNUSABLE, unusable

FEW = 5
"""Problems shown of one list among several."""


def show_rules(used: int, left_out: Mapping[str, int], words: Translator, indent: str = "", left: int = 0) -> None:
    """Print how many rules can be used, and by reason how many cannot; nothing where no rule was published.

    `left` is how many cannot be used where only that is known, and no reason.
    """
    unused = sum(left_out.values()) or left
    if used or unused:
        told = words("rules: {used} can be used, {left} cannot") if unused else words("rules: {used} can be used")
        click.echo(indent + render(told, {"used": f"{used:,}", "left": f"{unused:,}"}))
    for reason, times in left_out.items():
        click.echo(indent + words("left out:") + f" {times:,} {printable(said_in(words, reason))}")


def why_in(words: Translator, reason: str) -> str:
    """Return why a place of a list was not understood, with the kind of value before it, in the reader's language."""
    kind, colon, rest = reason.partition(": ")
    return f"{kind_in(words, kind)}: {said_in(words, rest)}" if colon and kind in KINDS else said_in(words, reason)


def show_problems(problems: Sequence[Problem], words: Translator) -> None:
    """Print the first places of one list that were not understood, and how many more there are."""
    for one in problems[:FEW]:
        place = ": ".join(filter(None, (place_in(words, one.ref), why_in(words, one.reason), one.raw)))
        click.echo("  " + words("problem:") + " " + printable(place))
    if len(problems) > FEW:
        click.echo(f"  … {len(problems) - FEW:,} " + words("more problems, see --json"))


def left_rules(feeds: Iterable[Feed], kind: str | None = None) -> dict[str, int]:
    """Count by reason, in order, the rules of lists that cannot be used; of one kind only if one is named."""
    total: Counter[str] = Counter()
    for feed in feeds:
        total.update(unusable(feed))
    return {reason: times for reason, times in sorted(total.items()) if kind in {None, UNUSABLE[reason]}}


def used_rules(found: Indicators, kind: str | None = None) -> int:
    """Count the rules that can be used; of one kind only if one is named."""
    return sum(rule.kind in RULES and kind in {None, rule.kind} for rule in found.rules)


def rules_as_json(feeds: Sequence[Feed], kind: str | None = None) -> dict[str, Any]:
    """Return how many rules of lists cannot be used, and why, as JSON holds it."""
    left = left_rules(feeds, kind)
    return {"unusable": sum(left.values()), "left_out": left}


def as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Return places that were not understood as JSON holds them."""
    return [{"file": one.file, "ref": one.ref, "reason": one.reason, "raw": one.raw} for one in problems]


def print_unused(console: Console, indicators: Indicators, words: Translator) -> None:
    """Print what of the lists is not looked for: lists of which nothing is, and places that could not be used."""
    for feed in indicators.feeds:
        if not (feed.count or feed.rules or feed.file.startswith("baseline/")):
            reasons = "; ".join(said_in(words, reason) for reason in feed.left_out)
            line = words("nothing of this list is looked for:") + f" {printable(feed.file)}"
            nothing = Text(f"{line}: {printable(reasons)}" if reasons else line, style="bold yellow")
            print_indented(console, nothing, 2)
    problems = indicators.problems
    if problems:
        count = words.plural(
            "{count} place in the lists could not be used:",
            "{count} places in the lists could not be used:",
            len(problems),
        )
        console.print(Text(f"  {count}", style="yellow"))
    read = {feed.file for feed in indicators.feeds}
    for one in problems[:SHOWN]:
        raw = one.raw if one.file in read else said_in(words, one.raw)
        told = f"{one.file} {place_in(words, one.ref)}".rstrip(), why_in(words, one.reason), raw
        text = Text(printable(": ".join(filter(None, told))), style="yellow")
        print_indented(console, text, 4)
    if len(problems) > SHOWN:
        console.print(Text(f"    … {len(problems) - SHOWN:,} " + words("more problems, see --json"), style="yellow"))
