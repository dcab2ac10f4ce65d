"""The verdict on an acquisition: five states, and the findings each rests on."""

from collections.abc import Iterable, Mapping
from typing import Any

from perito.findings.finding import Finding

INFECTION = "traces of infection"
PROBABLE = "probable traces"
TARGETED = "targeted"
INCONCLUSIVE = "inconclusive"
NO_TRACE = "no trace in what was examined"
VERDICTS = (INFECTION, PROBABLE, TARGETED, INCONCLUSIVE, NO_TRACE)

ON_DEVICE = frozenset({"process", "file", "settings"})
"""Classes of evidence that an implant itself leaves behind."""
APPROACH = frozenset({"message", "account"})
"""Classes that show an attempt, not its success."""


def verdict(findings: Iterable[Finding], *, examined: bool) -> tuple[str, list[str]]:
    """Return the verdict and the ids of the findings it rests on.

    A confirmed trace on the device itself is a trace of infection. Strong traces of two independent classes, at
    least one of them not a mere approach, are probable traces. A confirmed or strong approach alone means
    targeted. Less is inconclusive: one strong trace alone, a weak match with an indicator, weak signs of two classes, or
    an acquisition of which nothing could be examined. Weak signs of a single class are on most phones; they are told
    among the findings and decide nothing.
    """
    listed = list(findings)
    firm = [one for one in listed if one.grade in {"confirmed", "strong"}]
    proof = [one for one in firm if one.grade == "confirmed" and one.trace in ON_DEVICE]
    if proof:
        return INFECTION, _ids(firm)
    classes = {one.trace for one in firm}
    if len(classes) > 1 and classes - APPROACH:
        return PROBABLE, _ids(firm)
    if classes & APPROACH:
        return TARGETED, _ids(firm)
    weak = [one for one in listed if one.grade == "weak"]
    telling = [one for one in weak if one.indicator] or (weak if len({one.trace for one in weak}) > 1 else [])
    if firm or telling or not examined:
        return INCONCLUSIVE, _ids(firm or telling)
    return NO_TRACE, []


def unsourced(findings: Iterable[Mapping[str, Any]], reasons: Iterable[str]) -> bool:
    """Tell whether all that a verdict rests on are matches with lists that name neither a campaign nor a report.

    `findings` are rows of findings.json, `reasons` the ids of those that decide.
    """
    wanted = set(reasons)
    decide = [one for one in findings if one.get("id") in wanted]
    return bool(decide) and all((one.get("indicator") or {"campaign": "?"}).get("campaign") == "" for one in decide)


def _ids(findings: list[Finding]) -> list[str]:
    return sorted({one.id for one in findings})
