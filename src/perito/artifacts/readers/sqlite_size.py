"""The size of a database's pages where its head is gone: the one by which most of the file reads as pages."""

from collections import Counter

from perito.artifacts.readers import sqlite_cells
from perito.artifacts.readers.damage import Damaged
from perito.artifacts.readers.raw_bytes import RawBytes
from perito.artifacts.readers.sqlite_record import Malformed

SIZES = tuple(1 << power for power in range(16, 8, -1))
LOOKED_AT = 2_000
"""Pages of each size that are looked at, spread over the file."""
MOST_RESERVED = 256
"""Cells fill a page from its end, of which at most 255 bytes are reserved."""
KINDS = frozenset({0x02, 0x05, 0x0A, 0x0D})


def guess(raw: RawBytes, logged: int = 0) -> tuple[int, int]:
    """Return size and reserved bytes of the pages; `logged` is what a log beside the file says.

    Every size is tried on pages spread over the file; the one by which most bytes lie in pages of well-formed cells
    wins. Raises Damaged where there is no such page.
    """
    best, size, reserved = 0, logged, 0
    for one in (logged,) if logged else SIZES:
        ends = _ends(raw, one)
        score = ends.total() * one * max(1, raw.size // one // LOOKED_AT)
        if score > best:
            best, size = score, one
            reserved = _reserved(ends, one)
    if not size:
        raise Damaged("nothing in it looks like a page of a SQLite database")
    return size, reserved


def _ends(raw: RawBytes, size: int) -> Counter[int]:
    """Return how often the last cell of a well-formed page ends where."""
    ends: Counter[int] = Counter()
    count = raw.size // size
    for number in range(0, count, max(1, count // LOOKED_AT)):
        at = number * size
        page = raw.at(at, 1)
        if page and page[0] in KINDS:
            try:
                end = sqlite_cells.highest(raw.at(at, size), size)
            except Malformed:
                continue
            ends[end] += end > size - MOST_RESERVED
    return ends


def _reserved(ends: Counter[int], size: int) -> int:
    """Return the bytes at the end of each page that no page uses, if they are few enough to be reserved."""
    left = size - max(ends)
    return left if ends[max(ends)] * 2 > ends.total() else 0
