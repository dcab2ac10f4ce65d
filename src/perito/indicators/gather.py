"""Claims of many feeds, cleaned and put into the one table with the keys by which it is asked."""

from array import array
from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from perito.indicators.columns import key_hashes
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


class Chunk(NamedTuple):
    """Rows of the table one after another, and the keys of each with their hashes, by the number of the row here."""

    values: pa.StringArray
    normals: pa.StringArray
    marks: npt.NDArray[np.int32]
    about_of: npt.NDArray[np.int32]
    since: pa.Array
    until: pa.Array
    keys: pa.StringArray
    hashes: npt.NDArray[np.uint64]
    key_rows: npt.NDArray[np.int32]


_Parts = dict[str, list[Any]]
"""What the chunks hold, by the name of the field: each is taken out when it is put together, so that none is held twice."""


class Gathering:
    """The table while it grows: open a feed, add what its reader yields, close it; `done` gives everything.

    A row is three texts and three small numbers; what is said of many rows alike is kept once. Rows that are added one
    by one stand in lists until the next chunk of many.
    """

    def __init__(self, as_of: date | None, sought: Sought | None = None) -> None:
        self.as_of = as_of
        self.sought = sought
        self.aside: list[Aside] = []
        self.abouts: dict[About, int] = {}
        self.chunks: list[Chunk] = []
        self.problems: list[Problem] = []
        self.feeds: list[Feed] = []
        self.rules: list[Rule] = []
        self._empty()

    def _empty(self) -> None:
        self.values: list[str] = []
        self.normals: list[str] = []
        self.marks = array("b")
        self.about_of = array("i")
        self.valid_from: list[datetime | None] = []
        self.valid_until: list[datetime | None] = []
        self.keys: list[str] = []
        self.key_rows = array("i")

    def done(self) -> Indicators:
        """Return all that was gathered, which is held here no longer; the keys are sorted by hash, then row."""
        self.cut()
        parts: _Parts = {name: [getattr(chunk, name) for chunk in self.chunks] for name in Chunk._fields}
        self.chunks = []
        starts = np.cumsum([0, *map(len, parts["marks"])])
        table = self._table(parts)
        return Indicators(
            table, _keys(parts, starts), self.problems, self.feeds, tuple(self.rules), aside=tuple(self.aside)
        )

    def cut(self) -> None:
        """End the chunk of rows that were added one by one."""
        if self.values:
            self.chunks.append(self.lists())

    def lists(self) -> Chunk:
        """Return, and forget, the rows that were added one by one."""
        rows = len(self.values)
        keys = pa.array(self.keys, pa.string())
        chunk = Chunk(
            pa.array(self.values, pa.string()),
            pa.array(self.normals, pa.string()),
            np.array(self.marks, np.int32),
            np.array(self.about_of, np.int32),
            pa.array(padded(self.valid_from, rows), TIME),
            pa.array(padded(self.valid_until, rows), TIME),
            keys,
            key_hashes(keys),
            np.array(self.key_rows, np.int32),
        )
        self._empty()
        return chunk

    def _table(self, parts: _Parts) -> pa.Table:
        about_of = pa.array(_one(np.int32, parts.pop("about_of")))
        marks = _one(np.int32, parts.pop("marks"))
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
            "value": _whole(pa.string(), parts.pop("values")),
            "normal": _whole(pa.string(), parts.pop("normals")),
            "context_only": pa.array(marks & CONTEXT != 0),
            "exact_host": pa.array(marks & EXACT != 0),
            "published": published.take(about_of),
            "valid_from": _whole(TIME, parts.pop("since")),
            "valid_until": _whole(TIME, parts.pop("until")),
            "revoked": revoked.take(about_of),
            "feed_sha256": pa.DictionaryArray.from_arrays(feed_of, digests),
        }
        return pa.table([columns[name] for name in INDICATORS.names], schema=INDICATORS)


def _keys(parts: _Parts, starts: npt.NDArray[np.int64]) -> pa.Table:
    placed = zip(parts.pop("key_rows"), starts[:-1], strict=True)
    rows = _one(np.int32, [of + np.int32(start) for of, start in placed])
    hashes = _one(np.uint64, parts.pop("hashes"))
    order = np.argsort(hashes, kind="stable")
    texts = _whole(pa.string(), parts.pop("keys")).take(pa.array(order))
    return pa.table([pa.array(hashes[order]), texts, pa.array(rows[order])], schema=KEYS)


def _one(kind: type[np.generic], arrays: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return np.concatenate([np.empty(0, kind), *arrays]).astype(kind, copy=False)


def _whole(kind: pa.DataType, arrays: list[pa.Array]) -> pa.Array:
    return pa.concat_arrays([pa.array([], kind), *arrays])


def padded(times: list[datetime | None], length: int) -> list[datetime | None]:
    """Lengthen a list of times, most of which are unknown, to one place before the next row."""
    times.extend([None] * (length - len(times)))
    return times


def _coded(words: Iterable[str]) -> tuple[pa.Array, pa.Array]:
    of: dict[str, int] = {}
    codes = pa.array([of.setdefault(word, len(of)) for word in words], pa.int32())
    return codes, pa.array(list(of), pa.string())
