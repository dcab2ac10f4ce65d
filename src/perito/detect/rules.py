"""Published conditions asked of stored tables: whatever needs no evidence, alike in a check, a reexamination and a hunt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from perito.detect import patterns
from perito.detect.told import Told
from perito.indicators.indicator import Rule


@dataclass(frozen=True)
class Tables:
    """Where an acquisition's observables are stored, and the records of each artifact."""

    seen: Sequence[Path]
    records: Mapping[str, Path] = field(default_factory=dict)


def by_rules(tables: Tables, rules: Sequence[Rule], hashes: Mapping[str, str]) -> Told:
    """Return what meets the rules, and which of them could not be answered, or not in full."""
    if not rules:
        return Told()
    return patterns.findings(tables.seen, rules, hashes)
