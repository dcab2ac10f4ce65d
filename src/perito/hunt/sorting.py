"""Pairs of (hash, cell) in the order of their hashes, however many there are, in bounded memory."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from perito.hunt.pages import Pairs

SORTED_AT_ONCE = 4_000_000
"""Pairs; about 200 MB while they are sorted."""
AHEAD = 2
"""Drawers that are sorted while the one before is written."""
PLACE_BITS = 24
"""Of a 64-bit word that carries the first bits of a hash and the place it came from; one sort then orders both."""
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
        self._shift = np.uint64(64 - (drawers.bit_length() - 1))
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

    def add(self, hashes: np.ndarray, cells: np.ndarray | int) -> None:
        """Take hashes, in any order, and their cells, or the one cell of them all."""
        pairs = np.empty(len(hashes), PAIR)
        pairs["hash"], pairs["cell"] = hashes, cells
        if len(self._held) == 1:
            self._lay(0, pairs)
            return
        drawers = (hashes >> self._shift).astype(np.uint8)
        pairs = pairs[np.argsort(drawers, kind="stable")]
        edges = np.cumsum([0, *np.bincount(drawers, minlength=len(self._held)).tolist()])
        for drawer, (start, end) in enumerate(pairwise(edges.tolist())):
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
        with ThreadPoolExecutor(AHEAD) as beside:
            waiting = [beside.submit(self._in_order, drawer) for drawer in range(AHEAD)]
            for drawer in range(AHEAD, len(self._held) + AHEAD):
                yield waiting.pop(0).result()
                waiting.append(beside.submit(self._in_order, drawer))

    def _in_order(self, drawer: int) -> Pairs:
        pairs = self._drawn(drawer) if drawer < len(self._held) else np.empty(0, PAIR)
        hashes = np.ascontiguousarray(pairs["hash"])
        order = _order(hashes)
        return hashes[order], pairs["cell"][order]

    def _drawn(self, drawer: int) -> np.ndarray:
        parts, self._held[drawer] = self._held[drawer], []
        if self._files and self._files[drawer].exists():
            parts.insert(0, np.fromfile(self._files[drawer], PAIR))
            self._files[drawer].unlink()
        return np.concatenate(parts) if parts else np.empty(0, PAIR)


def _order(hashes: np.ndarray) -> np.ndarray:
    """Return the places of hashes in rising order, in the time of one sort of plain numbers."""
    if len(hashes) >> PLACE_BITS:
        return np.argsort(hashes)
    low = np.uint64((1 << PLACE_BITS) - 1)
    words = (hashes & ~low) | np.arange(len(hashes), dtype=np.uint64)
    words.sort()
    order = (words & low).astype(np.int64)
    nearly = hashes[order]
    if (nearly[1:] >= nearly[:-1]).all():
        return order
    return np.asarray(order[np.argsort(nearly, kind="stable")])  # where only the last bits of two hashes differ
