"""The cells of one b-tree page: https://www.sqlite.org/fileformat2.html#b_tree_pages.

Each cell is judged by itself: one that is not well-formed, or lies upon another, is left out and counted.
"""

import struct
from collections.abc import Callable
from typing import NamedTuple

from perito.artifacts.readers import sqlite_record
from perito.artifacts.readers.sqlite_record import LARGEST, Malformed, signed, varint

LEAF, INTERIOR, KEYED_LEAF, KEYED_INTERIOR = 0x0D, 0x05, 0x0A, 0x02


class Cell(NamedTuple):
    """One row: its id (0 where its table has none), the types of its values, and where its bytes are.

    `local` is the part of the record that lies in the page, `overflow` the page that the rest begins in, or 0. The head
    is missing where it goes on in that page.
    """

    rowid: int
    head: sqlite_record.Head | None
    local: bytes
    size: int
    overflow: int


class Leaf(NamedTuple):
    """The cells of a page, and how many there should be besides."""

    cells: list[Cell]
    lost: int


def _pointers(page: bytes, start: int, size: int) -> tuple[int, int, tuple[int, ...]]:
    """Return the page's type, where its pointers end, and the pointers; Malformed when they do not fit the page."""
    if len(page) < start + 8:
        raise Malformed("the page is cut short")
    kind = page[start]
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    begin = start + (12 if kind in {INTERIOR, KEYED_INTERIOR} else 8)
    end = begin + 2 * count
    if end > min(len(page), size):
        raise Malformed("the page tells of more cells than fit")
    return kind, end, struct.unpack(f">{count}H", page[begin:end])


def cells(page: bytes, start: int, usable: int) -> Leaf:
    """Return the cells of a page that hold records, in their order; Malformed where its head is no such page's."""
    kind, end, pointers = _pointers(page, start, usable)
    read = READERS.get(kind)
    if read is None:
        raise Malformed(f"a page of type {kind}")
    found: list[tuple[int, int, Cell]] = []
    for at in sorted(set(pointers)):
        try:
            cell, after = read(page, at, usable) if at >= end else (None, 0)
        except Malformed:
            continue
        if cell is not None and after <= len(page) and (not found or at >= found[-1][1]):
            found.append((at, after, cell))
    order = {at: place for place, at in reversed(list(enumerate(pointers)))}
    found.sort(key=lambda one: order[one[0]])
    return Leaf([cell for _, _, cell in found], len(pointers) - len(found))


def plausible(page: bytes, start: int, usable: int) -> bool:
    """Tell whether a page has no cells, or at least one that is well-formed: the cheap look at it."""
    try:
        kind, end, pointers = _pointers(page, start, usable)
    except Malformed:
        return False
    return kind in READERS and (not pointers or any(_well(page, at, kind, usable) for at in pointers if at >= end))


def _well(page: bytes, at: int, kind: int, usable: int) -> bool:
    try:
        return READERS[kind](page, at, usable)[1] <= len(page)
    except Malformed:
        return False


def children(page: bytes, start: int, usable: int) -> list[int]:
    """Return the pages below an interior page, in order; Malformed where its head is no interior page's."""
    kind, end, pointers = _pointers(page, start, usable)
    if kind not in {INTERIOR, KEYED_INTERIOR}:
        raise Malformed(f"a page of type {kind}")
    below = [int.from_bytes(page[at : at + 4], "big") for at in pointers if end <= at <= len(page) - 4]
    return [*below, int.from_bytes(page[start + 8 : start + 12], "big")]


def highest(page: bytes, usable: int) -> int:
    """Return where the last cell of a page ends; Malformed unless it has cells and all of them are well-formed."""
    kind, end, pointers = _pointers(page, 0, usable)
    if not pointers or kind not in (*READERS, INTERIOR) or min(pointers) < end:
        raise Malformed("not a page of well-formed cells")
    if kind == INTERIOR:
        ends = [varint(page, at + 4)[1] for at in pointers]
    else:
        ends = [READERS[kind](page, at, usable)[1] for at in pointers]
    if max(ends) > usable:
        raise Malformed("a cell goes beyond the page")
    return max(ends)


def _row(page: bytes, at: int, usable: int) -> tuple[Cell, int]:
    length, place = varint(page, at)
    rowid, place = varint(page, place)
    return _record(page, place, length, usable, usable - 35, signed(rowid))


def _keyed(page: bytes, at: int, usable: int) -> tuple[Cell, int]:
    length, place = varint(page, at)
    return _record(page, place, length, usable, (usable - 12) * 64 // 255 - 23)


def _keyed_inside(page: bytes, at: int, usable: int) -> tuple[Cell, int]:
    return _keyed(page, at + 4, usable)


def _record(page: bytes, place: int, length: int, usable: int, most: int, rowid: int = 0) -> tuple[Cell, int]:
    """Return the cell whose record of `length` bytes begins at `place`; `most` of them lie in the page."""
    if not 2 <= length < LARGEST:
        raise Malformed(f"a record of {length} bytes")
    inside = length if length <= most else _spilled(length, usable, most)
    local = page[place : place + inside]
    end = place + inside
    if len(local) < inside:
        raise Malformed("the cell goes beyond the page")
    if inside == length:
        return Cell(rowid, sqlite_record.checked(local, length), local, length, 0), end
    overflow = int.from_bytes(page[end : end + 4], "big")
    whole = varint(local, 0)[0] <= inside
    return Cell(rowid, sqlite_record.checked(local, length) if whole else None, local, length, overflow), end + 4


def _spilled(length: int, usable: int, most: int) -> int:
    """Return the bytes that stay in the page of a record that goes on in others."""
    least = (usable - 12) * 32 // 255 - 23
    inside = least + (length - least) % (usable - 4)
    return inside if inside <= most else least


READERS: dict[int, Callable[[bytes, int, int], tuple[Cell, int]]] = {
    LEAF: _row,
    KEYED_LEAF: _keyed,
    KEYED_INTERIOR: _keyed_inside,
}
