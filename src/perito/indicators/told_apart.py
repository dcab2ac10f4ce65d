"""What one feed has said before: which values were counted, and which were taken with which words about them."""

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from perito.base.hashing import key_hash
from perito.indicators import ordinary

Mark = str | tuple[tuple[str, ...], bool]
"""The one key of a value, or all its keys and whether it is context."""
NOBODY = -1
_Hashes = npt.NDArray[np.uint64]
_Numbers = npt.NDArray[np.int32]
_Places = npt.NDArray[np.int64]
_Marks = npt.NDArray[np.bool_]


class _Lane(NamedTuple):
    """Keys that were taken together: their hashes in rising order, where each stands in `keys`, and the group of each."""

    hashes: _Hashes
    places: _Places
    keys: pa.StringArray
    groups: _Numbers


class ToldApart:
    """Values by the names under which they are counted, and by group: what is said with the same words is one group.

    Most values are ordinary and taken once, by their one key, which is their name too: those are kept as columns.
    """

    def __init__(self) -> None:
        self._names: dict[str, int] = {}
        self._more: set[tuple[int, Mark]] = set()
        self._nameless: set[str] = set()
        self._lanes: list[_Lane] = []
        self._in_lanes = 0

    def __len__(self) -> int:
        """Count the values that differ."""
        return len(self._names) + self._in_lanes

    def is_new(self, name: str) -> bool:
        """Count a value; tell whether it was not met before."""
        if self._first(name) is not None:
            return False
        self._names[name] = NOBODY
        return True

    def takes(self, mark: Mark, group: int) -> bool:
        """Tell whether a value was not taken in this group before; it is now."""
        first = self._first(mark) if isinstance(mark, str) else None
        if first == group or (group, mark) in self._more:
            return False
        if isinstance(mark, str) and first == NOBODY:
            self._names[mark] = group
        else:
            self._more.add((group, mark))
            if isinstance(mark, str) and first is None:
                self._nameless.add(mark)
        return True

    def met(self, keys: pa.StringArray, hashes: _Hashes, groups: _Numbers) -> tuple[_Marks, _Marks]:
        """Tell which of many keys were surely taken before in their group, here or earlier, and which may have been met.

        A key that stands here for the first time is none of the former for what stands here later; so those that may
        have been met, and only those, are to be asked one by one.
        """
        again, singly = _twice(keys, hashes, groups)
        for lane in self._lanes:
            at = np.minimum(np.searchsorted(lane.hashes, hashes), len(lane.hashes) - 1)
            rows = np.flatnonzero(lane.hashes[at] == hashes)
            places = lane.places[at[rows]]
            taken = _equal(keys, rows, lane.keys, places) & (lane.groups[places] == groups[rows])
            again[rows[taken]] = True
            singly[rows[~taken]] = True
        if self._names or self._nameless:
            texts = keys.to_pylist()
            if not (self._names.keys().isdisjoint(texts) and self._nameless.isdisjoint(texts)):
                singly |= np.array([text in self._names or text in self._nameless for text in texts])
        return again, singly & ~again

    def take_all(self, keys: pa.StringArray, hashes: _Hashes, groups: _Numbers) -> None:
        """Count and take values whose key is their name, none of which was `met` and none of which stands here twice."""
        if not len(keys):
            return
        order = np.argsort(hashes)
        lane = _Lane(hashes[order], order, keys, groups)
        self._in_lanes += len(keys)
        while self._lanes and len(self._lanes[-1].keys) <= 2 * len(lane.keys):
            lane = _joined(self._lanes.pop(), lane)
        self._lanes.append(lane)

    def _first(self, name: str) -> int | None:
        """Return the group in which a name was first taken, NOBODY if in none, None if it was not met."""
        found = self._names.get(name)
        if found is not None or not self._lanes or name.partition(":")[0] not in ordinary.KINDS_OF_THEM:
            return found
        wanted = key_hash(name)
        for lane in self._lanes:
            at = bisect_left(lane.hashes, wanted)
            while at < len(lane.hashes) and lane.hashes[at] == wanted:
                if lane.keys[lane.places[at]].as_py() == name:
                    return int(lane.groups[lane.places[at]])
                at += 1
        return None


def _joined(one: _Lane, other: _Lane) -> _Lane:
    keys = pa.concat_arrays([one.keys, other.keys])
    hashes = np.concatenate([one.hashes, other.hashes])
    order = np.argsort(hashes)
    places = np.concatenate([one.places, other.places + len(one.keys)])
    return _Lane(hashes[order], places[order], keys, np.concatenate([one.groups, other.groups]))


def _twice(keys: pa.StringArray, hashes: _Hashes, groups: _Numbers) -> tuple[_Marks, _Marks]:
    """Tell of which keys an equal one in the same group stands before them; and which are not as easily told apart."""
    count = len(hashes)
    order = np.argsort(hashes, kind="stable")
    new = np.ones(count, np.bool_)
    new[1:] = hashes[order[1:]] != hashes[order[:-1]]
    first = np.empty(count, np.int64)
    first[order] = order[np.maximum.accumulate(np.where(new, np.arange(count), 0))]
    again, singly = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    rows = np.flatnonzero(first != np.arange(count))
    if len(rows):
        same = _equal(keys, rows, keys, first[rows])
        again[rows] = same & (groups[rows] == groups[first[rows]])
        singly[rows] = ~again[rows]
        odd = np.isin(first, first[rows[~same]])  # other texts of the same hash
        again[odd], singly[odd] = False, True
    return again, singly


def _equal(one: pa.StringArray, rows: _Places, other: pa.StringArray, places: _Places) -> _Marks:
    same = pc.equal(one.take(pa.array(rows)), other.take(pa.array(places)))
    return np.asarray(same.to_numpy(zero_copy_only=False), np.bool_)
