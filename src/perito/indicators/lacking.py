"""Rules that were read and then cannot be used: left out of what is asked, counted, and told."""

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from perito.base.text import excerpt
from perito.indicators.indicator import Aside, Feed, Indicators, Problem, Rule


def without(found: Indicators, why: Callable[[Rule], str], label: str, shown: Callable[[Rule], str]) -> Indicators:
    """Return the indicators without the rules of which `why` says something; `label` counts them in their feed.

    Those rules stand under `aside`. `shown` gives what of a rule's text the problem tells.
    """
    kept: list[Rule] = []
    feeds: list[Feed] = []
    problems = list(found.problems)
    aside = list(found.aside)
    rules = iter(found.rules)
    for feed in found.feeds:
        left = 0
        for rule in islice(rules, feed.rules):
            reason = why(rule)
            if not reason:
                kept.append(rule)
                continue
            left += 1
            aside.append(Aside(rule, excerpt(reason, 200), rule.feed_sha256))
            problems.append(Problem(rule.file, rule.ref, excerpt(reason, 200), excerpt(shown(rule), 80)))
        feeds.append(_less(feed, left, label))
    return replace(found, rules=tuple(kept), feeds=feeds, problems=problems, aside=tuple(aside))


def _less(feed: Feed, count: int, label: str) -> Feed:
    if not count:
        return feed
    left_out = dict(sorted({**feed.left_out, label: count}.items()))
    return replace(feed, rules=feed.rules - count, left_out=left_out)
