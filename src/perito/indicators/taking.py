"""Many claims of one feed sorted into those that are taken at once and those that are looked at one by one."""

from collections import Counter
from collections.abc import Iterator
from heapq import merge
from itertools import chain

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from perito.indicators import ordinary
from perito.indicators.accept import CASELESS, Accepted, Refused, accept, asked, counted
from perito.indicators.columns import ClaimColumns, key_hashes
from perito.indicators.gather import KIND, Chunk
from perito.indicators.indicator import KINDS, Claim, Said
from perito.indicators.told_apart import ToldApart

ODD = -1
"""In place of the number of what is said: claims of which this is said are looked at one by one."""

_Judged = tuple[int, Said, Accepted | Refused | None]
"""A row, what is told there, and of a claim what became of its value."""


class Taking:
    """Claims in columns: `rows` are those taken at once, with their keys, `kinds` counts them; the others follow singly.

    The order of the rows decides which of two alike is taken. So whatever may be met twice is looked at one by one, and
    no two alike are ever parted.
    """

    def __init__(self, columns: ClaimColumns, numbers: npt.NDArray[np.int32], *, at_once: bool) -> None:
        """`numbers` are those of what is said, ODD where more than the value is to be judged; else nothing `at_once`."""
        self._columns = columns
        self._abouts = numbers[columns.about_of]
        plain = ordinary.which(columns.kinds, columns.values) & (self._abouts != ODD)
        self.rows = np.flatnonzero(plain) if at_once else np.empty(0, np.int64)
        self.keys = ordinary.keys(columns.kinds[self.rows], columns.values.take(pa.array(self.rows)))
        self.hashes = key_hashes(self.keys)
        self._singly: list[_Judged] = []

    @property
    def abouts(self) -> npt.NDArray[np.int32]:
        """Return the number of what is said of each value that is taken at once."""
        return self._abouts[self.rows]

    @property
    def kinds(self) -> Counter[str]:
        """Count the kinds of what is taken at once."""
        counts = np.bincount(self._columns.kinds[self.rows], minlength=len(KINDS)).tolist()
        return Counter({kind: count for kind, count in zip(KINDS, counts, strict=True) if count})

    def leave(self, met: ToldApart) -> None:
        """Leave to be looked at one by one what the feed said before, or says twice here."""
        rest = np.ones(len(self._abouts), np.bool_)
        rest[self.rows] = False
        singly = [self._judged(row, self._columns.claim(row)) for row in np.flatnonzero(rest).tolist()]
        others = [self._judged(row, said) for row, said in self._columns.others]
        names = {name for _, _, found in chain(singly, others) if isinstance(found, Accepted) for name in _names(found)}
        twice = met.met(self.keys, self.hashes)
        if names:
            twice |= pc.is_in(self.keys, pa.array(sorted(names), pa.string())).to_numpy(zero_copy_only=False)
        again = [self._judged(row, self._columns.claim(row)) for row in self.rows[twice].tolist()]
        self._singly = list(merge(others, sorted(singly + again, key=_row), key=_row))
        if again:
            self.rows, self.hashes = self.rows[~twice], self.hashes[~twice]
            self.keys = self.keys.filter(pa.array(~twice))

    def one_by_one(self) -> Iterator[_Judged]:
        """Yield what is looked at one by one in its order: the row, what is told, and what became of its value."""
        return iter(self._singly)

    def chunk(self, singly: Chunk, places: list[int]) -> Chunk:
        """Return all rows in their order; `singly` are those taken one by one, from the rows `places` of the list."""
        columns, rows = self._columns, self.rows
        values = columns.values.take(pa.array(rows))
        since, until = (
            times.column(rows) if times else pa.nulls(len(rows), singly.since.type)
            for times in (columns.since, columns.until)
        )
        marks = columns.kinds[rows].astype(np.int32) * KIND
        numbers = np.arange(len(rows), dtype=np.int32)
        taken = Chunk(values, values, marks, self.abouts, since, until, self.keys, self.hashes, numbers)
        return _woven(taken, singly, np.concatenate([rows, np.array(places, np.int64)])) if places else taken

    @staticmethod
    def _judged(row: int, said: Said) -> _Judged:
        return row, said, accept(said.kind, said.value) if isinstance(said, Claim) else None


def named(found: Accepted, keys: tuple[str, ...]) -> str:
    """Return the text by which a value that was accepted is told apart from others of its feed."""
    if found.kind in CASELESS:
        return keys[0] if keys else counted(found.kind, found.value)
    return f"{found.kind}:{found.value}"


def _names(found: Accepted) -> tuple[str, ...]:
    """Return every text by which an accepted value may be met again, whatever is said of it."""
    keys = asked(found, exact_host=found.exact_host)
    return (*keys, *asked(found, exact_host=True), named(found, keys))


def _row(judged: _Judged) -> int:
    return judged[0]


def _woven(one: Chunk, other: Chunk, places: npt.NDArray[np.int64]) -> Chunk:
    """Join rows in the order of their places."""
    order = np.argsort(places, kind="stable")
    new = np.empty(len(order), np.int32)
    new[order] = np.arange(len(order), dtype=np.int32)
    key_rows = new[np.concatenate([one.key_rows, other.key_rows + np.int32(len(one.marks))])]
    by_row = np.argsort(key_rows, kind="stable")

    def texts(first: pa.Array, second: pa.Array, order: npt.NDArray[np.int64]) -> pa.Array:
        return pa.concat_arrays([first, second]).take(pa.array(order))

    return Chunk(
        texts(one.values, other.values, order),
        texts(one.normals, other.normals, order),
        np.concatenate([one.marks, other.marks])[order],
        np.concatenate([one.about_of, other.about_of])[order],
        texts(one.since, other.since, order),
        texts(one.until, other.until, order),
        texts(one.keys, other.keys, by_row),
        np.concatenate([one.hashes, other.hashes])[by_row],
        key_rows[by_row],
    )
