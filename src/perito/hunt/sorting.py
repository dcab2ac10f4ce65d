"""Pairs of (hash, cell) in the order of their hashes, however many there are, in bounded memory."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from perito.hunt.pages import Pairs

SORTED_AT_ONCE = 6_000_000
"""Pairs; about 200 MB while they are sorted."""
MOST_DRAWERS = 256
HELD = 1 << 18
"""Pairs kept of one drawer before they go to the disk."""
PAIR = np.dtype([("hash", "<u8"), ("cell", "<u4")])


class Sorter:
    """Take pairs in any order, lay them into drawers by the first bits of the hash, give them back drawer by drawer.

    One drawer stays in memory; several are files in `folder`, which are gone at the end.
    """

    def __init__(self, folder: Path, expected: int) -> None:
        drawers = 1
        while drawers < MOST_DRAWERS and drawers * SORTED_AT_ONCE < expected:
            drawers *= 2
        self._starts = np.array([(number << 64) // drawers for number in range(1, drawers)], np.uint64)
        self._held: list[list[np.ndarray]] = [[] for _ in range(drawers)]
        self._counts = [0] * drawers
        self._files = [folder / f"drawer-{number}.tmp" for number in range(drawers)] if drawers > 1 else []

    def __enter__(self) -> Self:
        for path in self._files:
            path.unlink(missing_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for path in self._files:
            path.unlink(missing_ok=True)

    def add(self, hashes: np.ndarray, cells: np.ndarray) -> None:
        """Take pairs whose hashes rise."""
        pairs = np.empty(len(hashes), PAIR)
        pairs["hash"], pairs["cell"] = hashes, cells
        edges = [0, *np.searchsorted(hashes, self._starts).tolist(), len(hashes)]
        for drawer, (start, end) in enumerate(pairwise(edges)):
            if start < end:
                self._lay(drawer, pairs[start:end])

    def _lay(self, drawer: int, pairs: np.ndarray) -> None:
        self._held[drawer].append(pairs)
        self._counts[drawer] += len(pairs)
        if self._files and self._counts[drawer] >= HELD:
            self._put_away(drawer)

    def _put_away(self, drawer: int) -> None:
        with self._files[drawer].open("ab") as file:
            file.write(np.concatenate(self._held[drawer]).tobytes())
        self._held[drawer], self._counts[drawer] = [], 0

    def sorted(self) -> Iterator[Pairs]:
        """Yield all pairs by hash; pairs of one hash in no order that means anything."""
        for drawer in range(len(self._held)):
            pairs = self._drawn(drawer)
            if len(pairs):
                yield _in_order(pairs)

    def _drawn(self, drawer: int) -> np.ndarray:
        parts, self._held[drawer] = self._held[drawer], []
        if self._files and self._files[drawer].exists():
            parts.insert(0, np.fromfile(self._files[drawer], PAIR))
            self._files[drawer].unlink()
        return np.concatenate(parts) if parts else np.empty(0, PAIR)


def _in_order(pairs: np.ndarray) -> Pairs:
    hashes = np.ascontiguousarray(pairs["hash"])
    order = np.argsort(hashes)
    return hashes[order], np.ascontiguousarray(pairs["cell"][order])
