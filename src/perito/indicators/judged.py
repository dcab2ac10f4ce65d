"""One list, fetched and judged before it replaces the one that is in use: what stands in it, and how much can be used."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from perito.base.errors import UsageError
from perito.base.hashing import sha256
from perito.base.times import rfc3339
from perito.indicators.bundle import alone
from perito.indicators.feed_index import Entry
from perito.indicators.fetched import Condition, Fetch, Fetched
from perito.indicators.indicator import Feed, Indicators, Problem
from perito.indicators.installed import KEPT, Came, InstalledFile, Listed
from perito.indicators.lacking import unusable
from perito.indicators.unread import unread_file
from perito.indicators.zipped import LARGEST_FILE

SHRUNK = 10
"""A list that falls below one in so many of what it held is taken for damaged, not for corrected."""
INSPECT = "`perito indicators inspect FILE` says what is wrong with each rule"
HOLDS = "`perito indicators inspect FILE` says what stands in it and why it is left out"
NEW, CHANGED, UNCHANGED, STAYS, FAILED = "new", "changed", "unchanged", "kept", "failed"
Tell = Callable[[str, int, int | None], None]
"""Told a list's name, how many bytes of it came, and how many there will be if that is known."""


class Means(NamedTuple):
    """By what lists are fetched and judged: `usable` leaves out of what was read the rules that nobody could ask here."""

    fetch: Fetch
    usable: Callable[[Indicators], Indicators]
    now: datetime
    tell: Tell


class Outcome(NamedTuple):
    """What became of one list: `state` NEW, CHANGED, UNCHANGED, STAYS (the earlier one does) or FAILED (there was none).

    `taken` counts what of it can be used, `rules` those of it that are rules, `unusable` the rules that cannot be used;
    `left_out` says why, and `problems` where. A list that is not NEW or CHANGED was not read: of it only numbers are known.
    """

    name: str
    url: str
    state: str
    reason: str = ""
    sha256: str = ""
    size: int = 0
    taken: int = 0
    redirects: tuple[str, ...] = ()
    rules: int = 0
    unusable: int = 0
    left_out: Mapping[str, int] = MappingProxyType({})
    problems: Sequence[Problem] = ()

    def as_json(self) -> dict[str, Any]:
        """Return this as JSON holds it; the list is named once."""
        problems = [{"ref": one.ref, "reason": one.reason, "raw": one.raw} for one in self.problems]
        return {**self._asdict(), "left_out": dict(self.left_out), "problems": problems}


class NotTaken(Exception):
    """Tell why what came does not replace what is there, and what could be done."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what}: {hint}" if hint else what)
        self.what, self.hint = what, hint


class Taken(NamedTuple):
    """A list as it was fetched and judged: where it lies, and what the set will say of it."""

    path: Path
    listed: Listed


def outcome(one: Listed, state: str, reason: str = "", redirects: tuple[str, ...] = ()) -> Outcome:
    """Return what is known of a list by what the set says of it."""
    came = one.came
    counts = came.taken, redirects, came.rules, came.unusable
    return Outcome(one.name, came.origin, state, reason, one.sha256, one.size, *counts)


def judged(
    by: Means, entry: Entry, way: str, earlier: InstalledFile | None, into: Path
) -> tuple[Taken | None, Outcome]:
    """Return a list that may replace the earlier one, None where that is still current; NotTaken says why it may not."""
    whole = earlier is not None and earlier.path.is_file() and sha256(earlier.path) == earlier.listed.sha256
    known = Condition(earlier.listed.came.etag, earlier.listed.came.modified) if earlier and whole else Condition()
    came = by.fetch(entry.url, into, known, lambda passed, size: by.tell(entry.name, passed, size))
    if earlier and whole and (came.unchanged or came.sha256 == earlier.listed.sha256):
        return None, outcome(earlier.listed, UNCHANGED, redirects=came.redirects)
    if entry.sha256 and came.sha256 != entry.sha256:
        raise NotTaken(f"another content than the index says (SHA-256 {came.sha256[:16]}… came)")
    found = alone(into, entry.name)
    if found is None:
        raise _unknown(into)
    found = by.usable(found)
    (feed,) = found.feeds
    listed = Listed(entry.name, came.sha256, came.size, _came(feed, entry, way, came, by.now))
    _not_less(feed, entry, listed.came, earlier.listed.came if earlier else Came())
    told = outcome(listed, CHANGED if earlier else NEW, redirects=came.redirects)
    return Taken(into, listed), told._replace(left_out=unusable(feed), problems=found.problems)


def _came(feed: Feed, entry: Entry, way: str, came: Fetched, now: datetime) -> Came:
    day = rfc3339(now) or ""
    left = sum(unusable(feed).values())
    return Came(
        way,
        entry.url,
        day,
        day,
        came.etag,
        came.modified,
        entry.licence,
        taken=feed.count + feed.rules,
        rules=feed.rules,
        unusable=left,
    )


def _unknown(path: Path) -> NotTaken:
    """Say what came in place of a list, as far as its first bytes tell."""
    found = unread_file(path)
    if found is None:
        return NotTaken("not a list of indicators in a form known here")
    return NotTaken(f"{found.what}, which is not read as a list of indicators", found.hint)


def _not_less(feed: Feed, entry: Entry, now: Came, before: Came) -> None:
    """Refuse a list of which nothing can be used, another form than the index names, and far less than there was.

    Rules count as held where they cannot be used, too: whether they can is a matter of this version of Perito.
    """
    count, held = now.taken + now.unusable, before.taken + before.unusable
    if not now.taken:
        why = "; ".join(f"{reason}: {times:,}" for reason, times in unusable(feed).items())
        if why:
            raise NotTaken(f"holds no indicator that can be used ({why})", INSPECT)
        if feed.left_out:
            reason = max(feed.left_out, key=lambda one: feed.left_out[one])
            raise NotTaken(f"holds nothing that is compared: {reason}", HOLDS)
        raise NotTaken("holds no indicator")
    if entry.form and feed.format != entry.form:
        raise NotTaken(f"{feed.format}, not {entry.form} as the index says")
    if count * SHRUNK < held:
        raise NotTaken(f"holds fewer indicators ({count:,}) than before ({held:,}); remove it first if that is right")


def copied(where: str, into: Path, _known: Condition, _tell: object = None, /) -> Fetched:
    """Copy a file of one's own, as if it had been fetched; UsageError where that cannot be done."""
    path = Path(where)
    if not path.is_file():
        what = "not a file" if path.exists() else "no such file"
        whole = "; --indicators takes a whole folder, for one examination or hunt" if path.is_dir() else ""
        raise UsageError(where, what, KEPT, f"give a file, or an address that begins with https://{whole}")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UsageError(where, f"larger than the {LARGEST_FILE:,} bytes of a list", KEPT)
        shutil.copyfile(path, into)
    except OSError as error:
        raise UsageError(where, error.strerror or "cannot be read", KEPT) from error
    return Fetched(where, (), into.stat().st_size, sha256(into))
