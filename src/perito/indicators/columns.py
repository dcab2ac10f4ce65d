"""Many claims in columns rather than one by one: what hundreds of thousands of indicators are read and gathered as."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from perito.base.times import from_microseconds
from perito.indicators.indicator import KINDS, TIME, About, Claim, Claims, Said

KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
AS_OBJECTS = 1 << 15
NEVER = -1
"""In place of a number that there is not."""
UNKNOWN = np.iinfo(np.int64).min
"""In place of a time that is not known."""


class Times(NamedTuple):
    """A time of each of many rows in microseconds since 1970, or UNKNOWN."""

    us: npt.NDArray[np.int64]

    @staticmethod
    def each(times: Sequence[datetime | None]) -> "Times | None":
        """Return the times of many rows; None where none of them has one."""
        return Times.of(pa.array(times, TIME)) if any(times) else None

    @staticmethod
    def of(column: pa.TimestampArray) -> "Times":
        """Return the times of a column."""
        return Times(pc.fill_null(column.cast(pa.int64()), UNKNOWN).to_numpy())

    @staticmethod
    def joined(parts: "Sequence[tuple[Times | None, int]]") -> "Times | None":
        """Return the times of rows that follow each other, given with how many each are; None where none has one."""
        if not any(times for times, _ in parts):
            return None
        return Times(np.concatenate([times.us if times else np.full(count, UNKNOWN) for times, count in parts]))

    def at(self, row: int) -> datetime | None:
        """Return the time of one row."""
        found = int(self.us[row])
        return None if found == UNKNOWN else from_microseconds(found)

    def at_rows(self, rows: npt.NDArray[np.int64]) -> "Times":
        """Return the times of some rows."""
        return Times(self.us[rows])

    def column(self, rows: npt.NDArray[np.int64]) -> pa.TimestampArray:
        """Return the times of some rows for the table."""
        us = self.us[rows]
        return pa.array(us, pa.int64(), mask=us == UNKNOWN).cast(TIME)


class ClaimColumns(NamedTuple):
    """Claims in their order, as columns; `ref` makes a reference of the number of a row.

    `kinds` are numbers of KINDS, `about_of` numbers of `abouts`. `others` are told before the row of their number.
    """

    ref: Callable[[int], str]
    kinds: npt.NDArray[np.int8]
    values: pa.StringArray
    abouts: Sequence[About]
    about_of: npt.NDArray[np.int32]
    since: Times | None = None
    until: Times | None = None
    others: Sequence[tuple[int, Said]] = ()

    @staticmethod
    def of(said: Claims) -> "ClaimColumns":
        """Return claims as columns; UnicodeEncodeError where a value is no text."""
        _, kinds, values, abouts, since, until = zip(*said.rows, strict=True)
        numbers: dict[int, int] = {}
        of = [numbers.setdefault(about, len(numbers)) for about in map(id, abouts)]
        by_id = dict(zip(map(id, abouts), abouts, strict=True))
        return ClaimColumns(
            said.ref_of,
            np.fromiter(map(KIND_NUMBERS.__getitem__, kinds), np.int8, len(kinds)),
            pa.array(values, pa.string()),
            [by_id[one] for one in numbers],
            np.array(of, np.int32),
            Times.each(since),
            Times.each(until),
            said.others,
        )

    def parts(self, size: int) -> "Iterator[ClaimColumns]":
        """Yield them so many at a time."""
        told = 0
        for start in range(0, max(1, len(self.values)), size):
            stop = min(start + size, len(self.values))
            until = bisect_left(self.others, stop, key=itemgetter(0)) if stop < len(self.values) else len(self.others)
            yield self._part(start, stop, [(row - start, said) for row, said in self.others[told:until]])
            told = until

    def _part(self, start: int, stop: int, others: Sequence[tuple[int, Said]]) -> "ClaimColumns":
        rows = np.arange(start, stop)
        since, until = (times.at_rows(rows) if times else None for times in (self.since, self.until))
        values = self.values.slice(start, stop - start)
        return ClaimColumns(
            lambda row: self.ref(start + row),
            self.kinds[rows],
            values,
            self.abouts,
            self.about_of[rows],
            since,
            until,
            others,
        )

    def claim(self, row: int) -> Claim:
        """Return one of them by itself."""
        since, until = (times.at(row) if times else None for times in (self.since, self.until))
        about = self.abouts[self.about_of[row]]
        return Claim(self.ref(row), KINDS[self.kinds[row]], self.values[row].as_py(), about, since, until)


def key_hashes(keys: pa.StringArray) -> npt.NDArray[np.uint64]:
    """Return what `key_hash` gives of each text."""
    hashes = np.empty(len(keys), np.uint64)
    raw = keys.cast(pa.binary())
    for start in range(0, len(keys), AS_OBJECTS):  # as objects of Python, which take room
        some = raw.slice(start, AS_OBJECTS)
        hashes[start : start + len(some)] = list(map(xxhash.xxh3_64_intdigest, some.to_pylist()))
    return hashes
