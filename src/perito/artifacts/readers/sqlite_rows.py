"""Rows of the pages of one table: whole records, also where they go on in overflow pages."""

from collections.abc import Iterator
from typing import NamedTuple

from perito.artifacts.readers import sqlite_cells, sqlite_record
from perito.artifacts.readers.sqlite_cells import Cell
from perito.artifacts.readers.sqlite_pages import Pages
from perito.artifacts.readers.sqlite_record import LONGEST, MOST_HEAD, Head, Malformed, Stored
from perito.artifacts.readers.sqlite_table import Table


class Row(NamedTuple):
    """One row in the order of its table's columns, and how many of its values were lost with an overflow page."""

    rowid: int
    values: list[Stored]
    lost: int


class Long:
    """A record too long to be held: its bytes are read from its overflow pages where they are asked for."""

    def __init__(self, pages: Pages, local: bytes, numbers: list[int], size: int) -> None:
        self.pages = pages
        self.local = local
        self.numbers = numbers
        self.size = size

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, part: slice) -> bytes:
        start, end, _ = part.indices(self.size)
        room = self.pages.usable - 4
        first, last = ((place - len(self.local)) // room for place in (start, end - 1))
        if end <= start or last < 0:
            return self.local[start:end]
        head = self.local[start:] if first < 0 else b""
        first = max(first, 0)
        body = b"".join(self.pages.page(number)[4 : 4 + room] for number in self.numbers[first : last + 1])
        skip = max(start - len(self.local), 0) - first * room
        return head + body[skip : skip + end - start - len(head)]


class Records:
    """The records of a database. Each overflow page belongs to one record alone, so that no page is read twice."""

    def __init__(self, pages: Pages, free: frozenset[int] = frozenset()) -> None:
        self.pages = pages
        self.encoding = pages.encoding or "utf-8"
        self.taken = set(free)
        self.unreadable = 0

    def whole(self, cell: Cell) -> bytes | Long:
        """Return the bytes of a record as far as its overflow pages can be followed.

        An overflow page says only which page comes next: one that leads nowhere, or goes on after the record's end, was
        overwritten, and nothing of it is used.
        """
        if not cell.overflow:
            return cell.local
        parts, numbers = [cell.local], list[int]()
        left, number = cell.size - len(cell.local), cell.overflow
        room = self.pages.usable - 4
        while left > 0 and 1 < number <= self.pages.count and number not in self.taken:
            page = self.pages.page(number)
            after = int.from_bytes(page[:4], "big")
            part = page[4 : 4 + min(left, room)]
            if (left <= room) != (after == 0) or len(part) < min(left, room) or not any(page):
                break
            self.taken.add(number)
            numbers.append(number)
            if cell.size <= LONGEST:
                parts.append(part)
            left -= len(part)
            number = after
        return b"".join(parts) if cell.size <= LONGEST else Long(self.pages, cell.local, numbers, cell.size - left)

    def head(self, cell: Cell) -> Head:
        """Return the types of a record, from its overflow pages where they begin only there."""
        return cell.head or sqlite_record.checked(self.whole(cell)[:MOST_HEAD], cell.size)

    def of(self, table: Table, page: bytes, start: int, wanted: list[bool], *, beyond: bool = True) -> Iterator[Row]:
        """Yield the rows of a page of this table; cells that are no such rows are counted as unreadable.

        `beyond` False leaves overflow pages alone: those of an old copy of a page may hold something else by now.
        """
        leaf = sqlite_cells.cells(page, start, self.pages.usable)
        self.unreadable += leaf.lost
        asked = [place for place, column in enumerate(table.order) if wanted[column]]
        for cell in leaf.cells:
            try:
                yield self._row(table, cell, asked, beyond=beyond)
            except Malformed:
                self.unreadable += 1

    def _row(self, table: Table, cell: Cell, asked: list[int], *, beyond: bool) -> Row:
        raw = self.whole(cell) if beyond else cell.local
        head = cell.head or sqlite_record.checked(raw[:MOST_HEAD], cell.size)
        if not table.fits(head.kinds, strictly=False):
            raise Malformed("not a row of this table")
        held, lost = sqlite_record.values(raw, head, self.encoding, asked)
        return Row(cell.rowid, _placed(table, held, cell.rowid), lost)


def _placed(table: Table, held: list[Stored], rowid: int) -> list[Stored]:
    """Return values in the order of the columns; those that the record lacks have their column's default."""
    out = [column.default for column in table.columns]
    for column, value in zip(table.order, held, strict=False):
        out[column] = value
    if table.alias >= 0:
        out[table.alias] = rowid
    return out
