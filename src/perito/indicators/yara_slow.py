"""YARA rules that take too long, of a whole run over texts or files: which they are, and the rules without them.

What a rule costs is known only once it is asked. A run bears with a few texts or files that are not done in their time;
then each rule is asked of one of them by itself, and those that take long are set aside for the rest of the run.
"""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from perito.base.pool import Limits, Pool, Task
from perito.indicators import yara_scan
from perito.indicators.indicator import Rule
from perito.indicators.yara import compiled_files, sources

PATIENCE = 3
"""Texts or files that take too long before it is asked which rule that is."""
SINGLY = 3
"""Searches that set single rules aside; each later one sets aside all rules of a file."""
SHARE = 10
"""A rule is slow that takes this part of the time that all of them have."""
SEARCHING = Limits(memory=2 << 30, cpu_seconds=300, wall_seconds=330)


class Aside(NamedTuple):
    """A rule that was set aside, or without a name all of a file; what it was asked of before, and why."""

    file: str
    rule: str
    after: int
    needs: bool

    def who(self) -> str:
        """Name it, as problems do."""
        return f"YARA rule {self.rule} ({self.file})" if self.rule else f"YARA rules of {self.file}"

    def why(self, what: str) -> str:
        """Return why it is not asked any more; `what` are texts or files."""
        reason = "needs a rule that takes too long" if self.needs else "takes too long"
        return f"{reason}: set aside after {self.after:,} {what}; all rules that were not set aside were asked"


class Asking:
    """The rules that a run asks; `path` is where they lie compiled, `out` are those set aside, by number and name."""

    def __init__(self, rules: Sequence[Rule], compiled: bytes, scratch: Path) -> None:
        self.aside: list[Aside] = []
        self.out: set[tuple[int, str]] = set()
        self.seconds = yara_scan.SECONDS
        self._most = PATIENCE
        self._slow = 0
        self._searches = 0
        self._scratch = scratch
        self._files = sources(rules)
        self._write(compiled)

    def _write(self, compiled: bytes) -> None:
        self.path = self._scratch / f"rules-{self._searches}.yarac"
        self.path.write_bytes(compiled)

    @property
    def patience(self) -> int:
        """How many more texts or files may take too long."""
        return max(1, self._most - self._slow)

    @property
    def spent(self) -> bool:
        """Whether it is time to ask which rule takes so long."""
        return self._slow >= self._most

    def bear(self, slow: int) -> None:
        """Count texts or files that took too long."""
        self._slow += slow

    def search(self, pool: Pool, sample: Path, name: str, asked: int) -> None:
        """Set aside the rules that take long on a text or file that did; `asked` is of how many they were asked.

        Where no rule does, or the search itself is stopped, ten times as many are borne with before the next one.
        """
        self._slow, self._searches = 0, self._searches + 1
        slow = self._found(pool, sample, name)
        left = {
            file: [] if (number, "") in slow else [part for part in parts if (number, part[0]) not in slow]
            for number, (file, parts) in enumerate(self._files.items())
        }
        done = compiled_files(left, pool, self._place()) if slow else ""
        if isinstance(done, str):
            self._most *= 10
            return
        for number, (file, parts) in enumerate(self._files.items()):
            gone = {rule for rule, _ in parts if rule and not done.good[file, rule]}
            self.out |= {(number, rule) for rule in gone}
            told = [""] if (number, "") in slow else sorted(gone)
            self.aside += [Aside(file[0], one, asked, (number, one) not in slow) for one in told]
            left[file] = [part for part in left[file] if part[0] not in gone]
        self._files = left
        self._write(done.data)

    def _place(self) -> Path:
        place = self._scratch / "slow"
        place.mkdir(exist_ok=True)
        return place

    def _found(self, pool: Pool, sample: Path, name: str) -> set[tuple[int, str]]:
        """Return the slow rules by number of their file and name, or without a name whole files."""
        place = self._place() / "sources.json"
        place.write_text(json.dumps(list(self._files.values())), encoding="utf-8")
        seconds = yara_scan.seconds_for(sample.stat().st_size, self.seconds)
        limit = max(1, seconds // SHARE)
        arguments = {"sources": str(place), "sample": str(sample), "name": name, "limit": limit}
        task = Task(
            name="slow rules",
            function="perito.indicators.yara_slow_worker:times",
            arguments={**arguments, "whole": self._searches > SINGLY},
            readable=(str(place), str(sample)),
            limits=SEARCHING,
        )
        (outcome,) = pool.run([task])
        return _slow(outcome.value, limit, seconds) if outcome.status == "done" else set()


def _slow(told: Iterable[tuple[int, str, float]], limit: int, seconds: int) -> set[tuple[int, str]]:
    """Return those that take the limit; where none does, the costliest until the others have half of the time."""
    times = sorted(((took, number, rule) for number, rule, took in told), reverse=True)
    slow = {(number, rule) for took, number, rule in times if took >= limit}
    left = sum(took for took, _, _ in times)
    for took, number, rule in [] if slow else times:
        if left <= seconds / 2:
            break
        slow.add((number, rule))
        left -= took
    return slow
