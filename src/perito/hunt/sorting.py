"""Pairs of (hash, cell) in the order of their hashes, however many there are, in bounded memory."""

from collections.abc import Iterator, Sequence
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
LAID_AT_ONCE = 1 << 20
"""Pairs that are laid into the drawers together."""


class Sorter:
    """Take pairs in any order, lay them into drawers by the first bits of the hash, give them back drawer by drawer.

    One drawer stays in memory; several are files in `folder`, which are gone at the end. A file holds blocks, of each
    its hashes and then its cells, as they were laid into it.
    """

    def __init__(self, folder: Path, expected: int) -> None:
        drawers = 1
        while drawers < MOST_DRAWERS and drawers * SORTED_AT_ONCE < expected:
            drawers *= 2
        self._shift = np.uint64(64 - (drawers.bit_length() - 1))
        self._waiting: list[Pairs] = []
        self._waits = 0
        self._alone: list[Pairs] = []
        self._blocks: list[list[int]] = [[] for _ in range(drawers)]
        self._files = [folder / f"drawer-{number}.tmp" for number in range(drawers)] if drawers > 1 else []

    def __enter__(self) -> Self:
        self._clear()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._clear()

    def _clear(self) -> None:
        for path in self._files:
            path.unlink(missing_ok=True)

    def add(self, hashes: np.ndarray, cells: np.ndarray | int) -> None:
        """Take hashes, in any order, and their cells, or the one cell of them all."""
        self._waiting.append((hashes, np.broadcast_to(np.asarray(cells, np.uint32), hashes.shape)))
        self._waits += len(hashes)
        if self._waits >= LAID_AT_ONCE:
            self._lay()

    def _lay(self) -> None:
        """Lay what waits into the drawers, much at a time: each drawer costs a call, however little goes into it."""
        pairs = _joined(self._waiting)
        self._waiting, self._waits = [], 0
        if not self._files:
            self._alone.append(pairs)
            return
        hashes, cells = pairs
        drawers = (hashes >> self._shift).astype(np.uint8)
        order = np.argsort(drawers, kind="stable")
        hashes, cells = hashes[order], cells[order]
        edges = np.cumsum([0, *np.bincount(drawers, minlength=len(self._files)).tolist()])
        for drawer, (start, end) in enumerate(pairwise(edges.tolist())):
            if start < end:
                with self._files[drawer].open("ab") as file:
                    file.write(hashes[start:end].data)
                    file.write(cells[start:end].data)
                self._blocks[drawer].append(end - start)

    def sorted(self) -> Iterator[Pairs]:
        """Yield all pairs by hash; pairs of one hash in no order that means anything."""
        self._lay()
        with ThreadPoolExecutor(AHEAD) as beside:
            waiting = [beside.submit(self._in_order, drawer) for drawer in range(AHEAD)]
            for drawer in range(AHEAD, len(self._blocks) + AHEAD):
                yield waiting.pop(0).result()
                waiting.append(beside.submit(self._in_order, drawer))

    def _in_order(self, drawer: int) -> Pairs:
        hashes, cells = _joined(list(self._drawn(drawer)) if drawer < len(self._blocks) else [])
        order = _order(hashes)
        return hashes[order], cells[order]

    def _drawn(self, drawer: int) -> Iterator[Pairs]:
        if not self._files:
            yield from self._alone
            self._alone = []
        elif self._blocks[drawer]:
            data = self._files[drawer].read_bytes()
            self._files[drawer].unlink()
            at = 0
            for count in self._blocks[drawer]:
                cells = at + 8 * count
                yield np.frombuffer(data, np.uint64, count, at), np.frombuffer(data, np.uint32, count, cells)
                at = cells + 4 * count


def _joined(parts: Sequence[Pairs]) -> Pairs:
    hashes, cells = zip((np.empty(0, np.uint64), np.empty(0, np.uint32)), *parts, strict=True)
    return np.concatenate(hashes), np.concatenate(cells)


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
