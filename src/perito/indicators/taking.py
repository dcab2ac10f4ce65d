"""Many claims of one feed sorted into those that are taken at once and those that are looked at one by one."""

from collections import Counter
from collections.abc import Callable, Iterator
from heapq import merge
from itertools import chain
from operator import itemgetter
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from perito.indicators import ordinary
from perito.indicators.accept import CASELESS, Accepted, Refused, accept, asked, counted
from perito.indicators.columns import ClaimColumns, key_hashes
from perito.indicators.gather import KIND, Chunk
from perito.indicators.indicator import KINDS, About, Claim, Said
from perito.indicators.told_apart import ToldApart

ODD = -1
"""In place of the number of what is said: claims of which this is said are looked at one by one."""

_MAY_NAME_THEM = ordinary.KINDS_OF_THEM | {"path"}
"""Kinds of which a value may be asked for as an ordinary one is: a path without a folder asks for a file name."""

_Rows = TypeVar("_Rows", int, npt.NDArray[np.int64])
_Judged = tuple[int, Said, Accepted | Refused | None]
"""A place, what is told there, and of a claim what became of its value."""


class Taking:
    """Claims in columns: `rows` are those taken at once, with their keys, `kinds` counts them; the others follow singly.

    The order of the rows decides which of two alike is taken. So of what is met twice only that is decided at once which
    stands behind its like; all else of it is looked at one by one.
    """

    def __init__(self, columns: ClaimColumns, number: Callable[[About], tuple[int, int]], *, at_once: bool) -> None:
        """`number` gives those of what is said and of its group, ODD where more than the value is to be judged.

        Two that are told alike, one of which names the list as its source, have one number and two groups. Without
        `at_once` all is looked at one by one.
        """
        self._columns = columns
        plain = ordinary.which(columns.kinds, columns.values) & at_once
        numbers, groups = (np.full(len(columns.abouts), ODD, np.int32) for _ in range(2))
        for place in np.unique(columns.about_of[plain]).tolist():
            numbers[place], groups[place] = number(columns.abouts[place])
        self._abouts, self._groups = numbers[columns.about_of], groups[columns.about_of]
        self.rows = np.flatnonzero(plain & (self._abouts != ODD))
        self.keys = ordinary.keys(columns.kinds[self.rows], columns.values.take(pa.array(self.rows)))
        self.hashes = key_hashes(self.keys)
        self.said_twice = 0
        self._singly: list[_Judged] = []

    @property
    def abouts(self) -> npt.NDArray[np.int32]:
        """Return the number of what is said of each value that is taken at once."""
        return self._abouts[self.rows]

    @property
    def groups(self) -> npt.NDArray[np.int32]:
        """Return the group of each value that is taken at once: what is said with the same words."""
        return self._groups[self.rows]

    @property
    def kinds(self) -> Counter[str]:
        """Count the kinds of what is taken at once."""
        counts = np.bincount(self._columns.kinds[self.rows], minlength=len(KINDS)).tolist()
        return Counter({kind: count for kind, count in zip(KINDS, counts, strict=True) if count})

    def leave(self, met: ToldApart) -> None:
        """Leave to be looked at one by one what may have been said before."""
        rest = np.ones(len(self._abouts), np.bool_)
        rest[self.rows] = False
        singly = [_judged(_place(row), self._columns.claim(row)) for row in np.flatnonzero(rest).tolist()]
        others = [_judged(_place(row) - 1, said) for row, said in self._columns.others]
        names = {name for _, _, found in chain(singly, others) if isinstance(found, Accepted) for name in _names(found)}
        again, odd = met.met(self.keys, self.hashes, self.groups)
        if names:
            odd |= pc.is_in(self.keys, pa.array(sorted(names), pa.string())).to_numpy(zero_copy_only=False) & ~again
        singly += [_judged(_place(row), self._columns.claim(row)) for row in self.rows[odd].tolist()]
        self._singly = list(merge(others, sorted(singly, key=itemgetter(0)), key=itemgetter(0)))
        self.said_twice = int(again.sum())
        left = ~(odd | again)
        if not left.all():
            self.rows, self.hashes, self.keys = self.rows[left], self.hashes[left], self.keys.filter(pa.array(left))

    def one_by_one(self) -> Iterator[_Judged]:
        """Yield what is looked at one by one in its order: its place, what is told, and what became of its value."""
        return iter(self._singly)

    def chunk(self, singly: Chunk, places: list[int]) -> Chunk:
        """Return all rows in their order; `singly` are those taken one by one, with their `places`."""
        columns, rows = self._columns, self.rows
        values = columns.values.take(pa.array(rows))
        since, until = (
            times.column(rows) if times else pa.nulls(len(rows), singly.since.type)
            for times in (columns.since, columns.until)
        )
        marks = columns.kinds[rows].astype(np.int32) * KIND
        numbers = np.arange(len(rows), dtype=np.int32)
        taken = Chunk(values, values, marks, self.abouts, since, until, self.keys, self.hashes, numbers)
        return _woven(taken, singly, np.concatenate([_place(rows), np.array(places, np.int64)])) if places else taken


def named(found: Accepted, keys: tuple[str, ...]) -> str:
    """Return the text by which a value that was accepted is told apart from others of its feed."""
    if found.kind in CASELESS:
        return keys[0] if keys else counted(found.kind, found.value)
    return f"{found.kind}:{found.value}"


def _names(found: Accepted) -> tuple[str, ...]:
    """Return every text by which an accepted value may be met again as an ordinary one, whatever is said of it."""
    if found.kind not in _MAY_NAME_THEM:
        return ()
    keys = asked(found, exact_host=found.exact_host)
    return (*keys, *asked(found, exact_host=True), named(found, keys))


def _judged(place: int, said: Said) -> _Judged:
    return place, said, accept(said.kind, said.value) if isinstance(said, Claim) else None


def _place(row: _Rows) -> _Rows:
    """Return the place of a row, or of many; before it is one for what is told before it."""
    return 2 * row + 1


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
