"""What one feed has said before: which values were counted, and which were taken with which words about them."""

from bisect import bisect_left
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from perito.base.hashing import key_hash
from perito.indicators import ordinary

Mark = str | tuple[tuple[str, ...], bool]
"""The one key of a value, or all its keys and whether it is context."""
NOBODY = -1


class _Lane(NamedTuple):
    """Keys that were taken together: their hashes in rising order, where each stands in `keys`, and the group of each."""

    hashes: npt.NDArray[np.uint64]
    places: npt.NDArray[np.int64]
    keys: pa.StringArray
    groups: npt.NDArray[np.int32]


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

    def met(self, keys: pa.StringArray, hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
        """Tell which of many keys may have been met before, or stand among them twice."""
        order = np.argsort(hashes)
        twice = hashes[order[1:]] == hashes[order[:-1]]
        found = np.zeros(len(hashes), np.bool_)
        found[order[1:][twice]] = found[order[:-1][twice]] = True
        for lane in self._lanes:
            at = np.searchsorted(lane.hashes, hashes)
            found |= lane.hashes[np.minimum(at, len(lane.hashes) - 1)] == hashes
        if self._names or self._nameless:
            texts = keys.to_pylist()
            if not (self._names.keys().isdisjoint(texts) and self._nameless.isdisjoint(texts)):
                found |= np.array([text in self._names or text in self._nameless for text in texts])
        return found

    def take_all(self, keys: pa.StringArray, hashes: npt.NDArray[np.uint64], groups: npt.NDArray[np.int32]) -> None:
        """Count and take values whose key is their name, none of which was `met`."""
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
