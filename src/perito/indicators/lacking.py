"""Rules that were read and then cannot be used: left out of what is asked, counted, and told."""

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

from perito.base.text import excerpt
from perito.indicators.indicator import PATTERN, SIGMA_RULE, YARA_RULE, Aside, Feed, Indicators, Problem, Rule

NOT_COMPILED = "a YARA rule that does not compile"
NOT_READ_HERE = "a Sigma rule for records that are not read here"
NOT_ASKED = "a Sigma rule that cannot be asked"
NOT_ANSWERED = "a condition that stored records cannot answer"
UNUSABLE = {NOT_COMPILED: YARA_RULE, NOT_READ_HERE: SIGMA_RULE, NOT_ASKED: SIGMA_RULE, NOT_ANSWERED: PATTERN}
"""Why a rule that was published cannot be used, as the feed counts it; and the kind of such a rule."""


def unusable(feed: Feed) -> dict[str, int]:
    """Count by reason the rules of a list that cannot be used; what a rule says twice or no longer is not among them."""
    return {reason: times for reason, times in feed.left_out.items() if reason in UNUSABLE}


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
