"""A run of the index on disk: sorted pairs of (hash, cell) in pages of 4 KB that carry their own checksum.

A cell is a row group of some acquisition's observables; the manifest says which. Behind the pages stands the fence,
the first hash of each page: with it in memory, a lookup reads the one page that can hold a hash. Nothing here is
believed without its checksum, and nothing that is found here is a finding.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import xxhash

PAIRS = 340
"""In one page."""
PAGE = np.dtype([("hash", "<u8", PAIRS), ("cell", "<u4", PAIRS), ("free", "<u8"), ("check", "<u8")])
CHECKED = PAGE.itemsize - 8
NO_CELL = 0xFFFF_FFFF
"""Fills up the last page."""
BLOCK = 2_048
"""Pages that are written or read through at once."""
KEYS_AT_ONCE = 4_096
READERS = 4
"""Reads under way at a time; a disk answers several sooner than one after the other."""

Pairs = tuple[np.ndarray, np.ndarray]
"""Hashes (u64) and their cells (u32), of one length."""


class Damaged(Exception):
    """Tell that a run is not what was written: too short, or a checksum is wrong."""


class Shape(NamedTuple):
    """What the manifest keeps of a run to know it again; `seed` is its own, so that no page passes for another's."""

    seed: int
    pairs: int
    pages: int
    fence: int


def write(path: Path, sorted_pairs: Iterable[Pairs], seed: int) -> Shape:
    """Write pairs that come sorted by hash, chunk after chunk, down to the disk; return their shape."""
    firsts: list[np.ndarray] = []
    count, written = 0, 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for hashes, cells in _in_blocks(sorted_pairs):
            block = _paged(hashes, cells, seed, written)
            file.write(block.tobytes())
            firsts.append(block["hash"][:, 0].copy())
            count += len(hashes)
            written += len(block)
        fence = np.concatenate(firsts) if firsts else np.empty(0, np.uint64)
        file.write(fence.astype("<u8").tobytes())
        file.flush()
        os.fsync(file.fileno())
    return Shape(seed, count, written, xxhash.xxh3_64_intdigest(fence.astype("<u8").tobytes(), seed))


def _in_blocks(chunks: Iterable[Pairs]) -> Iterator[Pairs]:
    """Cut chunks into such lengths that every block but the last is whole pages."""
    size = BLOCK * PAIRS
    rest: Pairs = (np.empty(0, np.uint64), np.empty(0, np.uint32))
    for chunk in chunks:
        hashes, cells = (np.concatenate(both) for both in zip(rest, chunk, strict=True))
        whole = len(hashes) - len(hashes) % size
        for start in range(0, whole, size):
            yield hashes[start : start + size], cells[start : start + size]
        rest = hashes[whole:], cells[whole:]
    if len(rest[0]):
        yield rest


def _paged(hashes: np.ndarray, cells: np.ndarray, seed: int, number: int) -> np.ndarray:
    count = -(-len(hashes) // PAIRS)
    flat_hashes = np.full(count * PAIRS, np.iinfo(np.uint64).max, np.uint64)
    flat_cells = np.full(count * PAIRS, NO_CELL, np.uint32)
    flat_hashes[: len(hashes)], flat_cells[: len(cells)] = hashes, cells
    block = np.zeros(count, PAGE)
    block["hash"], block["cell"] = flat_hashes.reshape(count, PAIRS), flat_cells.reshape(count, PAIRS)
    block["check"] = _checks(block, np.arange(number, number + count), seed)
    return block


def _checks(block: np.ndarray, numbers: np.ndarray, seed: int) -> np.ndarray:
    """Return the checksum that each page should carry: of its content, its place and its run."""
    raw = block.view(np.uint8).data
    digest, mask = xxhash.xxh3_64_intdigest, (1 << 64) - 1
    size = PAGE.itemsize
    seeds = [(seed + number) & mask for number in numbers.tolist()]
    found = [digest(raw[at * size : at * size + CHECKED], one) for at, one in enumerate(seeds)]
    return np.array(found, np.uint64)


class Run:
    """A run that can be asked; raises Damaged when it is opened, or a page is read, that is not what was written."""

    def __init__(self, path: Path, shape: Shape) -> None:
        self.path = path
        self.shape = shape
        size = shape.pages * PAGE.itemsize
        try:
            with path.open("rb") as file:
                file.seek(size)
                fence = file.read(shape.pages * 8 + 1)
        except OSError as error:
            raise Damaged(f"{path.name}: {error.strerror}") from error
        if len(fence) != shape.pages * 8 or xxhash.xxh3_64_intdigest(fence, shape.seed) != shape.fence:
            raise Damaged(f"{path.name}: its list of pages is not what was written")
        self._fence = np.frombuffer(fence, "<u8")
        self.read = len(fence)
        """Bytes read so far."""

    def met(self, keys: np.ndarray) -> Pairs:
        """Return those of these hashes that are here, each beside a cell that holds it; `keys` rise, and differ."""
        low = np.maximum(np.searchsorted(self._fence, keys, "left") - 1, 0)
        high = np.searchsorted(self._fence, keys, "right") - 1
        here = high >= 0
        keys, low, counts = keys[here], low[here], (high - low + 1)[here]
        starts = range(0, len(keys), KEYS_AT_ONCE)
        parts = [slice(start, start + KEYS_AT_ONCE) for start in starts]
        with ThreadPoolExecutor(READERS) as beside:
            found = list(beside.map(lambda part: self._asked(keys[part], low[part], counts[part]), parts))
        hashes, cells = zip((np.empty(0, np.uint64), np.empty(0, np.uint32)), *found, strict=True)
        return np.concatenate(hashes), np.concatenate(cells)

    def _asked(self, keys: np.ndarray, low: np.ndarray, counts: np.ndarray) -> Pairs:
        before = np.repeat(np.cumsum(counts) - counts, counts)
        wanted = np.repeat(low, counts) + np.arange(counts.sum()) - before
        numbers, places = np.unique(wanted, return_inverse=True)
        block = self._pages(numbers)
        same = block["hash"][places] == np.repeat(keys, counts)[:, None]
        hashes, cells = block["hash"][places][same], block["cell"][places][same]
        there = cells != NO_CELL
        return hashes[there], cells[there]

    def _pages(self, numbers: np.ndarray) -> np.ndarray:
        """Read pages by number, neighbours together, and check each."""
        block = np.empty(len(numbers), PAGE)
        raw = block.view(np.uint8).data
        size = PAGE.itemsize
        edges = [0, *(np.flatnonzero(np.diff(numbers) != 1) + 1).tolist(), len(numbers)]
        try:
            with self.path.open("rb", buffering=0) as file:
                for start, end in pairwise(edges):
                    file.seek(int(numbers[start]) * size)
                    self._whole(file.readinto(raw[start * size : end * size]), (end - start) * size)
        except OSError as error:
            raise Damaged(f"{self.path.name}: {error.strerror}") from error
        self.read += block.nbytes
        sound = (_checks(block, numbers, self.shape.seed) == block["check"]) & (
            block["hash"][:, 0] == self._fence[numbers]
        )
        if not sound.all():
            raise Damaged(f"{self.path.name}: page {numbers[~sound][0]} is not what was written")
        return block

    def _whole(self, got: int | None, asked: int) -> None:
        if got != asked:
            raise Damaged(f"{self.path.name}: cut short")

    def pairs(self) -> Iterator[Pairs]:
        """Yield all pairs in order, a few megabytes at a time."""
        for start in range(0, self.shape.pages, BLOCK):
            block = self._pages(np.arange(start, min(start + BLOCK, self.shape.pages)))
            hashes, cells = block["hash"].reshape(-1), block["cell"].reshape(-1)
            there = cells != NO_CELL
            yield hashes[there], cells[there]
