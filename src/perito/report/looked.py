"""Coverage and problems arranged for a reader: what was looked at, what was not, and what was not understood."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from perito.findings.wording import Translator, render
from perito.findings.wording.texts import LOOKED_AT, STATUSES
from perito.report.model import Row
from perito.report.shown import number

ORDER = {status: place for place, status in enumerate(("damaged", "encrypted", "timed out", "unsupported", "skipped"))}
ORDER |= {"partial": 5, "parsed": 6, "absent": 8}
UNKNOWN = 7
NAME = 24
"""Characters kept of a state that has no word here."""
VARYING = re.compile(r"0x[0-9a-fA-F]+|\d+|'[^']*'|\"[^\"]*\"")


@dataclass(frozen=True)
class Coverage:
    """Hold how many artifacts there are, how many were looked at, and how many are in each other state."""

    total: int
    looked: int
    counts: tuple[tuple[str, int], ...]

    @property
    def others(self) -> tuple[tuple[str, int], ...]:
        """The states other than read to the end, in the order of STATUSES."""
        return tuple((status, count) for status, count in self.counts if status != "parsed" and count)

    @property
    def spans(self) -> tuple[tuple[str, int, int], ...]:
        """Each state with where it starts in a bar of `total` length, and how long it is."""
        starts = accumulate((count for _, count in self.counts), initial=0)
        return tuple(
            (status, start, count) for (status, count), start in zip(self.counts, starts, strict=False) if count
        )


@dataclass(frozen=True)
class ArtifactCoverage:
    """Hold one artifact's coverage rows, those that need attention first."""

    artifact: str
    rows: tuple[Row, ...]

    @property
    def status(self) -> str:
        """One state for all its files: the one they share, or `partial` where only some were read.

        A place that is listed but empty counts no more than one that is not listed.
        """
        found = {str(row.get("status"))[:NAME] for row in self.rows if row.get("status") != "absent"}
        if len(found) <= 1:
            return next(iter(found), "absent")
        return "partial" if found & set(LOOKED_AT) else str(self.rows[0].get("status"))[:NAME]


@dataclass
class ProblemGroup:
    """Count problems of one artifact whose reasons differ only in numbers and quoted values; keep the first."""

    artifact: str
    first: Row
    count: int = 0
    files: set[str] = field(default_factory=set)


def summary(verdict: Row, rows: Sequence[Row]) -> Coverage:
    """Return one count for each artifact, by what became of its files; without rows, the counts of verdict.json."""
    counts: Counter[str] = Counter(group.status for group in by_artifact(rows))
    if not counts:
        counts.update({name: int(count) for name, count in (verdict.get("coverage") or {}).items() if name in STATUSES})
    known = [(status, counts.pop(status, 0)) for status in STATUSES]
    looked = sum(count for status, count in known if status in LOOKED_AT)
    ordered = (*known, *sorted(counts.items()))
    return Coverage(sum(count for _, count in ordered), looked, tuple(ordered))


def told(coverage: Coverage, words: Translator) -> str:
    """Return the coverage as one sentence: how many artifacts were looked at, and how many are in each other state."""
    fields = {"looked": number(coverage.looked), "total": number(coverage.total)}
    looked = words.plural(
        "{looked} of {total} artifacts was looked at", "{looked} of {total} artifacts were looked at", coverage.looked
    )
    start = render(looked, fields)
    if part := dict(coverage.counts).get("partial", 0):
        start += words.plural(", {count} of them only in part", ", {count} of them only in part", part)
    others = [(status, count) for status, count in coverage.others if status not in LOOKED_AT]
    rest = (f"{number(count)} {_state(status, count, words)}" for status, count in others)
    return f"{start}; {', '.join(rest)}." if others else f"{start}."


def _state(status: str, count: int, words: Translator) -> str:
    name = STATUSES[status][0] if status in STATUSES else status
    return words.plural(name, name, count)


def by_artifact(rows: Iterable[Row]) -> list[ArtifactCoverage]:
    """Return the rows by artifact: first those not fully read, then those read, then those that are absent."""
    groups: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[str(row.get("artifact"))].append(row)
    made = [ArtifactCoverage(name, tuple(sorted(group, key=_row))) for name, group in groups.items()]
    return sorted(made, key=lambda group: (group.status == "absent", _worry(group.rows[0]), group.artifact))


def _worry(row: Row) -> int:
    return ORDER.get(str(row.get("status")), UNKNOWN)


def _row(row: Row) -> tuple[int, str]:
    return _worry(row), str(row.get("file"))


def problem_groups(problems: Iterable[Row]) -> list[ProblemGroup]:
    """Return the problems counted by artifact and kind of reason, most frequent first; reads the rows once."""
    groups: dict[tuple[str, str], ProblemGroup] = {}
    for row in problems:
        artifact = str(row.get("artifact"))
        key = (artifact, VARYING.sub("…", str(row.get("reason"))[:200]))
        group = groups.setdefault(key, ProblemGroup(artifact, row))
        group.count += 1
        group.files.add(str(row.get("file")))
    return sorted(groups.values(), key=lambda group: (-group.count, group.artifact, str(group.first.get("reason"))))
