"""Why an acquisition was not read in full, line by line: the same words for one by itself and for one of many."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from perito.artifacts.collect import NOT_IN_FULL, Coverage
from perito.base.text import excerpt, printable
from perito.findings.wording.i18n import Translator
from perito.findings.wording.reasons import reason_in
from perito.findings.wording.texts import STATUSES
from perito.findings.wording.traces import NAMES

REASONS, LONGEST = 3, 200
"""Different reasons that are shown, and characters of one; `problems.json` has them all."""


def missed_lines(coverage: Sequence[Coverage], words: Translator, most: int) -> Iterator[str]:
    """Yield a line for each file that was not read in full, the first `most` of them, and how many more there are."""
    found = [row for row in coverage if row.status in NOT_IN_FULL]
    for row in found[:most]:
        name = words(NAMES[row.artifact]) if row.artifact in NAMES else row.artifact
        place = f"{name} ({printable(row.file)}):" if row.file else f"{name}:"
        yield f"{words(STATUSES[row.status][0])}: {place} {_why(row, words)}".rstrip()
    if len(found) > most:
        yield f"… {len(found) - most:,} " + words("more in the report")


def not_understood(problems: Sequence[Mapping[str, str]], words: Translator) -> Iterator[str]:
    """Say how many places of the evidence were not understood, and the first reasons why; nothing where all were."""
    if not problems:
        return
    yield words.plural(
        "{count} place was not understood, see problems.json",
        "{count} places were not understood, see problems.json",
        len(problems),
    )
    reasons = Counter(reason_in(words, one["reason"]) for one in problems)
    for reason, count in list(reasons.items())[:REASONS]:
        yield f"  {count:,}x {excerpt(reason, LONGEST)}"


def missed_in(folder: Path, words: Translator, most: int) -> Iterator[str]:
    """Yield the same of what an examination wrote into a folder."""
    rows = json.loads((folder / "coverage.json").read_text(encoding="utf-8"))
    yield from missed_lines([Coverage(**row) for row in rows], words, most)
    verdict = json.loads((folder / "verdict.json").read_text(encoding="utf-8"))
    problems = json.loads((folder / "problems.json").read_text(encoding="utf-8"))
    yield from not_understood(problems[: verdict["coverage"]["problems"]], words)


def _why(row: Coverage, words: Translator) -> str:
    """Return why a file was not read in full: the reason, else how many places in it were not understood."""
    if row.reason or not row.problems:
        return printable(reason_in(words, row.reason))
    return words.plural(
        "{count} place in it was not understood", "{count} places in it were not understood", row.problems
    )
