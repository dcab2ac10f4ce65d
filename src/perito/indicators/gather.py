"""Claims of many feeds, cleaned and put into the one table with the keys by which it is asked."""

from array import array
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter

import numpy as np
import pyarrow as pa

from perito.base.hashing import key_hash
from perito.base.text import excerpt
from perito.indicators.accept import CASELESS, NO_VALUE, Accepted, Refused, accept, asked, counted
from perito.indicators.indicator import (
    INDICATORS,
    KEYS,
    KINDS,
    TIME,
    About,
    Claim,
    Feed,
    Indicators,
    Problem,
    Said,
    Unmatched,
)

MOST_PROBLEMS = 1_000
"""Problems of one reason kept from one feed; the rest are counted in one more."""
MOST_REASONS = 1_000
"""Different reasons told from one feed; further ones are told as one."""

CONTEXT, EXACT, KIND = 1, 2, 4
"""A row's mark: the number of its kind times `KIND`, plus its flags."""
NUMBERS = {kind: number for number, kind in zip(range(0, KIND * len(KINDS), KIND), KINDS, strict=True)}


class Gathering:
    """The table while it grows: open a feed, add what its reader yields, close it; `done` gives everything.

    A row is three texts and three small numbers; what is said of many rows alike is kept once.
    """

    def __init__(self, as_of: date | None) -> None:
        self.as_of = as_of
        self.values: list[str] = []
        self.normals: list[str] = []
        self.marks = array("b")
        self.abouts: dict[About, int] = {}
        self.about_of = array("i")
        self.valid_from: list[datetime | None] = []
        self.valid_until: list[datetime | None] = []
        self.keys: list[str] = []
        self.key_rows = array("i")
        self.problems: list[Problem] = []
        self.feeds: list[Feed] = []

    def done(self) -> Indicators:
        """Return all that was gathered; the keys are sorted by hash, then row."""
        return Indicators(self._table(), self._keys(), self.problems, self.feeds)

    def _table(self) -> pa.Table:
        about_of = pa.array(np.array(self.about_of, np.int32))
        marks = np.array(self.marks, np.int32)
        feed_of = np.repeat(np.arange(len(self.feeds), dtype=np.int32), [feed.count for feed in self.feeds])
        said: dict[str, pa.Array] = {}
        for name in ("source", "campaign", "report", "licence"):
            codes, words = _coded(map(attrgetter(name), self.abouts))
            said[name] = pa.DictionaryArray.from_arrays(codes.take(about_of), words)
        published = pa.array([about.published for about in self.abouts], pa.date32())
        revoked = pa.array([about.revoked is not None for about in self.abouts], pa.bool_())
        digests = pa.array([feed.sha256 for feed in self.feeds], pa.string())
        columns = said | {
            "kind": pa.DictionaryArray.from_arrays(marks // KIND, pa.array(KINDS)),
            "value": pa.array(self.values, pa.string()),
            "normal": pa.array(self.normals, pa.string()),
            "context_only": pa.array(marks & CONTEXT != 0),
            "exact_host": pa.array(marks & EXACT != 0),
            "published": published.take(about_of),
            "valid_from": pa.array(_padded(self.valid_from, len(marks)), TIME),
            "valid_until": pa.array(_padded(self.valid_until, len(marks)), TIME),
            "revoked": revoked.take(about_of),
            "feed_sha256": pa.DictionaryArray.from_arrays(feed_of, digests),
        }
        return pa.table([columns[name] for name in INDICATORS.names], schema=INDICATORS)

    def _keys(self) -> pa.Table:
        hashes = np.fromiter(map(key_hash, self.keys), np.uint64, len(self.keys))
        order = np.argsort(hashes, kind="stable")
        texts = pa.array(self.keys, pa.string()).take(pa.array(order))
        rows = np.array(self.key_rows, np.int32)[order]
        return pa.table([pa.array(hashes[order]), texts, pa.array(rows)], schema=KEYS)


def _padded(times: list[datetime | None], length: int) -> list[datetime | None]:
    """Lengthen a list of times, most of which are unknown, to one place before the next row."""
    times.extend([None] * (length - len(times)))
    return times


def _coded(words: Iterable[str]) -> tuple[pa.Array, pa.Array]:
    of: dict[str, int] = {}
    codes = pa.array([of.setdefault(word, len(of)) for word in words], pa.int32())
    return codes, pa.array(list(of), pa.string())


class FeedGathering:
    """What one feed adds to a gathering; what it says twice is taken once.

    `since` is the day on which these bytes were installed: what its publisher gives no day for was not known before.
    `licence` holds where the feed itself names none.
    """

    def __init__(
        self, whole: Gathering, file: str, sha256: str, form: str, since: date | None = None, licence: str = ""
    ) -> None:
        self.whole = whole
        self.since = since
        self.licence = licence
        self.file = file
        self.sha256 = sha256
        self.form = form
        self.raw = 0
        self.count = 0
        self.sources: set[str] = set()
        self.left_out: Counter[str] = Counter()
        self.reasons: Counter[str] = Counter()
        self.distinct: set[str] = set()
        self.kinds: Counter[str] = Counter()
        self.taken: set[str | tuple[tuple[str, ...], int, bool]] = set()
        self.known: dict[int, tuple[About, int, int, str]] = {}
        self.groups: dict[tuple[str, str, str], int] = {}

    def add(self, said: Said) -> None:
        """Take what a reader yields: a claim, once cleaned, is a row, a problem, or counted among what was left out."""
        if isinstance(said, Claim):
            self._claim(said)
        elif isinstance(said, Problem):
            self._problem(said)
        elif isinstance(said, Unmatched):
            self.raw += 1
            self._told_apart(said.kind, f"{said.kind} {said.value}")
            self.left_out[said.reason] += 1
        else:
            self.left_out[said.reason] += said.times

    def close(self) -> None:
        """Record the feed."""
        more = [(reason, count - MOST_PROBLEMS) for reason, count in self.reasons.items() if count > MOST_PROBLEMS]
        self.whole.problems += [Problem(self.file, "", f"{reason}: {count} more", "") for reason, count in more]
        if not (self.raw or self.reasons or self.left_out):
            self.whole.problems.append(Problem(self.file, "", "holds no indicator", ""))
        self.whole.feeds.append(
            Feed(
                file=self.file,
                format=self.form,
                source=self.sources.pop() if len(self.sources) == 1 else self.file,
                sha256=self.sha256,
                raw=self.raw,
                distinct=len(self.distinct),
                count=self.count,
                left_out=dict(sorted(self.left_out.items())),
                kinds=dict(sorted(self.kinds.items())),
                installed=self.since,
            )
        )

    def _told_apart(self, kind: str, name: str) -> None:
        if name not in self.distinct:
            self.distinct.add(name)
            self.kinds[kind] += 1

    def _claim(self, claim: Claim) -> None:
        found = accept(claim.kind, claim.value)
        if isinstance(found, Refused):
            self._refused(claim, found.reason)
            return
        self.raw += 1
        kind, value, _, exact, context = found
        exact = exact or claim.about.exact_host
        keys = asked(found, exact_host=exact)
        name = keys[0] if keys and kind in CASELESS else counted(kind, value)
        if name not in self.distinct:
            self.distinct.add(name)
            self.kinds[kind] += 1
        if not keys:
            self._listed(claim, "too short to be compared")
            return
        _, number, group, too_late = self.known.get(id(claim.about)) or self._met(claim.about)
        if self.whole.as_of and not too_late:
            too_late = _invalid(claim, self.whole.as_of, self.since)
        if too_late:
            self.left_out[too_late] += 1
            return
        context = context or claim.about.context_only
        mark = keys[0] if not group and not context and len(keys) == 1 else (keys, group, context)
        if mark in self.taken:
            self.left_out["said twice"] += 1
            return
        self.taken.add(mark)
        self._row(claim, found, keys, (exact and EXACT) + (context and CONTEXT), number)

    def _row(self, claim: Claim, found: Accepted, keys: tuple[str, ...], mark: int, about: int) -> None:
        whole = self.whole
        kind, value, form, _, _ = found
        row = len(whole.values)
        for key in keys:
            whole.keys.append(key)
            whole.key_rows.append(row)
        whole.values.append(value)
        whole.normals.append(form)
        whole.marks.append(NUMBERS[kind] + mark)
        whole.about_of.append(about)
        if claim.valid_from is not None:
            _padded(whole.valid_from, row).append(claim.valid_from)
        if claim.valid_until is not None:
            _padded(whole.valid_until, row).append(claim.valid_until)
        self.count += 1

    def _met(self, about: About) -> tuple[About, int, int, str]:
        """Number what is said, and what of it tells statements apart; say if it was not so on the day asked for."""
        named = about if about.source else about._replace(source=self.file)
        named = named if named.licence else named._replace(licence=self.licence)
        self.sources.add(named.source)
        group = self.groups.setdefault((about.source, about.campaign, about.report), len(self.groups))
        number = self.whole.abouts.setdefault(named, len(self.whole.abouts))
        self.known[id(about)] = about, number, group, _untimely(about, self.whole.as_of)
        return self.known[id(about)]

    def _refused(self, claim: Claim, reason: str) -> None:
        if reason != NO_VALUE:
            self.raw += 1
            self._told_apart(claim.kind, counted(claim.kind, claim.value))
        self._listed(claim, reason)

    def _listed(self, claim: Claim, reason: str) -> None:
        self._problem(Problem(self.file, claim.ref, f"{claim.kind}: {reason}", excerpt(claim.value)))

    def _problem(self, problem: Problem) -> None:
        reason = problem.reason
        if reason not in self.reasons and len(self.reasons) >= MOST_REASONS:
            reason = "problems of many more kinds"
        self.reasons[reason] += 1
        if self.reasons[reason] <= MOST_PROBLEMS:
            self.whole.problems.append(problem)


def _untimely(about: About, as_of: date | None) -> str:
    """Say why an indicator did not count on a day; without a day, only what was revoked does not."""
    if about.revoked is not None and (as_of is None or about.revoked.date() <= as_of):
        return "revoked by its publisher"
    if as_of is None:
        return ""
    if about.published is not None and about.published > as_of:
        return "published later"
    return ""


def _invalid(claim: Claim, as_of: date, installed: date | None) -> str:
    if installed and installed > as_of and claim.about.published is None and claim.valid_from is None:
        return "installed later, and published on a day that is not known"
    if claim.valid_from is not None and claim.valid_from.date() > as_of:
        return "valid only later"
    if claim.valid_until is not None and claim.valid_until.date() < as_of:
        return "no longer valid"
    return ""
