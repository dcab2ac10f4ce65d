"""What a confined worker does to tell which YARA rules take long: it asks them of one file by themselves."""

import json
import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from perito.base.confine import OutOfTime, settle
from perito.indicators.yara import GLOBAL
from perito.indicators.yara_scan import about_file
from perito.indicators.yara_worker import compiled_texts

WORD = re.compile(r"(?<![\w$#@!.])\w+")
LONGER = (1, 2, 4, 8)
"""Times the limit, by the clock: a busy machine makes no rule slow."""
Parts = list[list[str]]
"""Name and text of the rules of a file, and without a name what it imports."""


def times(sources: str, sample: str, name: str, limit: int, *, whole: bool) -> list[tuple[int, str, float]]:
    """Return how many seconds each file of rules takes over the sample, by its number, without the name of a rule.

    Of a file that takes `limit` or more, each rule is told instead, or with `whole` the file all the same. `sources` is
    as for the compiling worker; `name` is what rules are told that the sample is called.
    """
    ask = _Ask(sample, name, limit)
    told: list[tuple[int, str, float]] = []
    files: list[Parts] = json.loads(Path(sources).read_text(encoding="utf-8"))
    tried = -1
    with suppress(OutOfTime):
        for number, parts in enumerate(files):
            tried = number
            took = (ask.together(parts) or 0.0) if any(rule for rule, _ in parts) else 0.0
            some = None if whole or took < limit else _one_by_one(ask, parts, limit)
            told += [(number, "", took)] if some is None else [(number, rule, own) for rule, own in some.items()]
        tried = len(files)
        settle()
    if tried < len(files):  # what was not tried is not cleared: the file at which time ended counts as a whole
        told.append((tried, "", float(limit)))
    return told


def _one_by_one(ask: "_Ask", parts: Parts, limit: int) -> dict[str, float] | None:
    """Return what each rule takes, with what it needs; None where a global rule, which all need, takes too long."""
    always = [part for part in parts if not part[0] or GLOBAL.match(part[1])]
    if (ask.together(always) or 0.0) >= limit:
        return None
    took: dict[str, float] = {}
    before: dict[str, list[str]] = {}
    for part in (part for part in parts if part not in always):
        some = always if any(name for name, _ in always) else [one for one in parts if not one[0]]
        own = _first(ask, (some, _needed(part, before)), part, list(before.values()))
        took[part[0]] = float(limit) if own is None else own  # it does not compile without what takes too long
        if took[part[0]] < limit:
            before[part[0]] = part
    return took


def _first(ask: "_Ask", needs: tuple[Parts, Parts], part: list[str], before: Parts) -> float | None:
    """Return what a rule takes with as little beside it as it compiles with."""
    always, named = needs
    for some in ([], named, before):
        own = ask.together([*always, *some, part])
        if own is not None:
            return own
    return None


def _needed(part: list[str], before: dict[str, list[str]]) -> Parts:
    """Return the rules before this one that its text seems to name, and what those need."""
    found: dict[str, None] = {}
    open_ = [part[1]]
    while open_:
        new = [word for word in WORD.findall(open_.pop()) if word in before and word not in found]
        found.update(dict.fromkeys(new))
        open_ += [before[word][1] for word in new]
    return [one for name, one in before.items() if name in found]


class _Ask:
    """One sample, of which rules are asked."""

    def __init__(self, sample: str, name: str, limit: int) -> None:
        self.sample, self.name, self.limit = sample, name, limit

    def together(self, parts: Parts) -> float | None:
        """Return the seconds of a processor that rules take, at most `limit`; None where one of them does not compile."""
        import yara_x

        rules, good = compiled_texts(text for _, text in parts)
        if len(set(good)) < len({name for name, _ in parts if name}):
            return None
        scanner: Any = yara_x.Scanner(rules)
        about_file(scanner, self.name)
        for times in LONGER:
            scanner.set_timeout(self.limit * times)
            used = self._used(scanner)
            if used is not None:
                return min(used, self.limit)
        return float(self.limit)

    def _used(self, scanner: Any) -> float | None:
        """Return the seconds of a processor that a scan took; None where time ended before it had half a fair share."""
        import yara_x

        began = time.process_time()
        try:
            if Path(self.sample).stat().st_size:
                scanner.scan_file(self.sample)
            else:
                scanner.scan(b"")
        except yara_x.TimeoutError:
            used = time.process_time() - began
            return float(self.limit) if used >= self.limit / 2 else None
        return time.process_time() - began
