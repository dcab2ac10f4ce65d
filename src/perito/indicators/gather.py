"""Claims of many feeds, cleaned and put into the one table with the keys by which it is asked."""

from array import array
from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter

import numpy as np
import pyarrow as pa
import xxhash

from perito.indicators.indicator import (
    INDICATORS,
    KEYS,
    KINDS,
    TIME,
    About,
    Aside,
    Feed,
    Indicators,
    Problem,
    Rule,
    Sought,
)

CONTEXT, EXACT, KIND = 1, 2, 4
"""A row's mark: the number of its kind times `KIND`, plus its flags."""
NUMBERS = {kind: number for number, kind in zip(range(0, KIND * len(KINDS), KIND), KINDS, strict=True)}


class Gathering:
    """The table while it grows: open a feed, add what its reader yields, close it; `done` gives everything.

    A row is three texts and three small numbers; what is said of many rows alike is kept once.
    """

    def __init__(self, as_of: date | None, sought: Sought | None = None) -> None:
        self.as_of = as_of
        self.sought = sought
        self.aside: list[Aside] = []
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
        self.rules: list[Rule] = []

    def done(self) -> Indicators:
        """Return all that was gathered; the keys are sorted by hash, then row."""
        return Indicators(
            self._table(), self._keys(), self.problems, self.feeds, tuple(self.rules), aside=tuple(self.aside)
        )

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
            "valid_from": pa.array(padded(self.valid_from, len(marks)), TIME),
            "valid_until": pa.array(padded(self.valid_until, len(marks)), TIME),
            "revoked": revoked.take(about_of),
            "feed_sha256": pa.DictionaryArray.from_arrays(feed_of, digests),
        }
        return pa.table([columns[name] for name in INDICATORS.names], schema=INDICATORS)

    def _keys(self) -> pa.Table:
        texts = pa.array(self.keys, pa.string())
        encoded = (key.encode("utf-8", "surrogatepass") for key in self.keys)  # as `key_hash` does
        hashes = np.fromiter(map(xxhash.xxh3_64_intdigest, encoded), np.uint64, len(self.keys))
        order = np.argsort(hashes, kind="stable")
        texts = texts.take(pa.array(order))
        rows = np.array(self.key_rows, np.int32)[order]
        return pa.table([pa.array(hashes[order]), texts, pa.array(rows)], schema=KEYS)


def padded(times: list[datetime | None], length: int) -> list[datetime | None]:
    """Lengthen a list of times, most of which are unknown, to one place before the next row."""
    times.extend([None] * (length - len(times)))
    return times


def _coded(words: Iterable[str]) -> tuple[pa.Array, pa.Array]:
    of: dict[str, int] = {}
    codes = pa.array([of.setdefault(word, len(of)) for word in words], pa.int32())
    return codes, pa.array(list(of), pa.string())
