"""What published rules gave: findings, the rules that could not be answered, and how a rule is named in a finding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from perito.findings import Finding
from perito.indicators.indicator import Rule
from perito.records.schema import Schema

MOST_FINDINGS = 1_000
"""Findings of one rule in one acquisition; that there are more is told."""
LONGEST = 300
"""Characters of a rule's text by which a finding names it; a longer one is named by its beginning and its digest."""
One = TypeVar("One")


@dataclass(frozen=True)
class Tables:
    """Where an acquisition's observables are stored, and the records of each artifact with their schema."""

    seen: Sequence[Path]
    records: Mapping[str, tuple[Schema, Path]] = field(default_factory=dict)


@dataclass
class Told:
    """Findings, and each rule that could not be answered, or not in full, with the reason."""

    findings: list[Finding] = field(default_factory=list)
    unasked: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: "Told") -> None:
        """Take what other rules gave."""
        self.findings += other.findings
        self.unasked += other.unasked


def cut(found: Sequence[One], name: str) -> tuple[Sequence[One], list[tuple[str, str]]]:
    """Return as many as are told of one rule, and what is to be said where there are more."""
    more = len(found) - MOST_FINDINGS
    return found[:MOST_FINDINGS], [(name, f"{more:,} more places meet it than are told")] if more > 0 else []


def rows_of(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Return what is said of the same rule by each that published it, as a row of the table of indicators says it."""
    said = [one.about._asdict() for one in rules]
    return sorted(said, key=most_told)


def most_told(row: dict[str, Any]) -> tuple[bool | str, ...]:
    """Order publications of the same by how much they say: the first is the one that a finding's sentence names.

    One that accuses before one that is context, one that tells of what it is an indicator before one that does not, one
    with a day before one without, then the earliest.
    """
    silent = not (row["campaign"] or row["report"])
    order = tuple(str(row[name] or "") for name in ("published", "source", "campaign", "report"))
    return bool(row["context_only"]), silent, not row["published"], *order


def indicator_of(kind: str, value: str, row: dict[str, Any]) -> dict[str, str]:
    """Return how a finding names the rule that it rests on: its campaign, else the report that it stands in."""
    if len(value) > LONGEST:
        value = f"{value[:LONGEST]}… sha256 {sha256(value.encode('utf-8', 'replace')).hexdigest()}"
    return {"kind": kind, "value": value, "source": row["source"], "campaign": row["campaign"] or row["report"]}
