"""Which of many hashes are asked for: most are sorted out by a few of their bits, without a search."""

import numpy as np

SPARSE = 5
"""Doublings of a table of bits beyond the hashes asked for: one in thirty-two of its places is then taken."""
LEAST_BITS, MOST_BITS = 16, 24


class KeyFilter:
    """The hashes that are asked for, rising, and two tables of places that some of them take.

    One table goes by the first bits, one by the last: with a million hashes one in seventeen of others passes the first,
    one in three hundred both. The tables are made once for all observables that are held against them.
    """

    def __init__(self, hashes: np.ndarray) -> None:
        self.hashes = hashes
        bits = min(max(len(hashes).bit_length() + SPARSE, LEAST_BITS), MOST_BITS)
        self._shift, self._mask = np.uint64(64 - bits), np.uint64((1 << bits) - 1)
        self._first, self._last = np.zeros(1 << bits, bool), np.zeros(1 << bits, bool)
        self._first[_places(hashes >> self._shift)] = True
        self._last[_places(hashes & self._mask)] = True

    def among(self, hashes: np.ndarray) -> np.ndarray:
        """Return the numbers, rising, of those that are asked for."""
        if not len(self.hashes):
            return np.zeros(0, np.int64)
        maybe = np.flatnonzero(self._first[_places(hashes >> self._shift)])
        left = hashes[maybe]
        passed = self._last[_places(left & self._mask)]
        maybe, left = maybe[passed], left[passed]
        places = np.searchsorted(self.hashes, left)
        places[places == len(self.hashes)] = 0
        found: np.ndarray = maybe[self.hashes[places] == left]
        return found


def _places(numbers: np.ndarray) -> np.ndarray:
    """Return small numbers as the type that places have, without a copy: any other is converted at half the speed."""
    places: np.ndarray = numbers.view(np.int64)
    return places
