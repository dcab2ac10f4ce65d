"""What is left of a damaged SQLite database: every row whose bytes are still there, in a database in memory."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from perito.artifacts.readers import sqlite_owners, sqlite_schema
from perito.artifacts.readers.damage import Damaged
from perito.artifacts.readers.sqlite_log import BEHIND, EARLIER, Other
from perito.artifacts.readers.sqlite_owners import Own, Owners
from perito.artifacts.readers.sqlite_pages import LEAF, Pages
from perito.artifacts.readers.sqlite_record import Malformed, Stored, Text
from perito.artifacts.readers.sqlite_rows import Records, Row
from perito.artifacts.readers.sqlite_schema import Listing
from perito.artifacts.readers.sqlite_table import Table

NAMES = ("rowid", "_rowid_", "oid")
TOLD = 1_000
"""Rows with lost values that are told one by one."""


@dataclass
class Rescued:
    """A database in memory with the rows that could be read, and what is to be said of the others.

    `losses` are pairs of place and reason. `lost` counts pages of the asked tables that should be there and are not;
    `carved` the rows from pages that no tree leads to.
    """

    database: sqlite3.Connection
    losses: list[tuple[str, str]] = field(default_factory=list)
    lost: int = 0
    rows: int = 0
    carved: int = 0

    @property
    def said(self) -> str:
        """Say what was read of the tables that were asked for, and how."""
        told = f"what is left of it was read: {self.rows} rows on the pages of its tables, {self.carved} rows carved"
        return told + (" from pages that nothing leads to any more" if self.carved else "")


def names(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the tables of a damaged database with their columns; Damaged where no list of tables is left."""
    with closing(Pages(path)) as pages:
        listing = sqlite_schema.read(pages)
    return {entry.table.name: tuple(one.name for one in entry.table.columns) for entry in listing.entries}


def rescue(path: Path, sql: str) -> Rescued:
    """Return the rows that are left of the tables that a query names, under their own row ids.

    Indexes, triggers and constraints are left out: they are derived, and broken ones would hide rows. A row on a page
    that is still in its table's tree goes before one with the same id on a page that is not. Damaged when no list of
    tables is left.
    """
    with closing(Pages(path)) as pages:
        listing = sqlite_schema.read(pages)
        if not listing.entries:
            raise Damaged("no list of its tables is left")
        owners = sqlite_owners.owners(pages, listing)
        copy = _Copy(pages, owners, sql)
        for own in owners.of.values():
            copy.add(own)
        copy.add_frames()
        copy.tell(listing)
        return copy.out


class _Copy:
    """Fills the database in memory, table by table."""

    def __init__(self, pages: Pages, owners: Owners, sql: str) -> None:
        self.pages = pages
        self.owners = owners
        self.words = {word.lower() for word in re.findall(r"\w+", sql)}
        self.records = Records(pages, owners.free)
        self.made: list[Own] = []
        self.cut = 0
        self.out = Rescued(sqlite3.connect(":memory:"))
        self.out.database.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")

    def add(self, own: Own) -> None:
        """Copy a table if the query names it; of the columns that it does not name only the names."""
        table = own.table
        if table.name.lower() not in self.words or table.name.startswith("sqlite_"):
            return
        cells = self.records.unreadable
        try:
            self.out.database.execute(_shape(table))
            self.made.append(own)
            before = self._fill(table, own.reached)
            self.out.carved += self._fill(table, own.carved)
        except sqlite3.Error as error:
            self.out.losses.append((table.name, f"rows here could not be copied: {error}"))
            return
        self.out.rows += before
        cells = self.records.unreadable - cells
        if own.lost or own.carved or cells:
            self.out.lost += own.lost + bool(cells)
            self.out.losses.append((table.name, _said(own, cells)))

    def add_frames(self) -> None:
        """Add rows that stand only in frames of the log that no finished transaction vouches for, each told as such."""
        owns = {number: own for own in self.owners.of.values() for number in (*own.reached, *own.carved)}
        asked = {own.table.name for own in self.made if not own.table.keyed}
        unknown = 0
        for other in reversed(self.pages.frames):
            page, start = self.pages.frame(other.at), self.pages.start(other.page)
            own = owns.get(other.page) or self.owners.by_shape(page, start)
            if own is None:
                unknown += page[start] == LEAF and other.page > 1 and other.why != EARLIER
            elif own.table.name in asked and (own.lost or other.why != EARLIER):
                self._add_frame(own.table, other)
        if any(other.why == BEHIND for other in self.pages.frames) or self.pages.log_lost:
            told = f"; {unknown} of its pages could be told for no table" if unknown else ""
            self._lose("database", f"its write-ahead log is damaged{told}")

    def _add_frame(self, table: Table, other: Other) -> None:
        page, wanted = self.pages.frame(other.at), self._wanted(table)
        try:
            rows = list(self.records.of(table, page, self.pages.start(other.page), wanted, beyond=False))
        except Malformed:
            return
        for row in rows:
            if self._insert(table, [row]):
                self.out.carved += 1
                ref = f"{table.name} {row.rowid}"
                self.out.losses.append((ref, f"this row stands only in a frame of the write-ahead log {other.why}"))

    def tell(self, listing: Listing) -> None:
        """Say what of the file belongs to no table, and whether tables may be missing."""
        if self.pages.missing:
            self._lose("database", f"the file is cut short: {self.pages.missing} of its pages are not there")
        for name in listing.odd:
            self._lose(name, "what this table holds is not said in a form that is understood: its rows were not read")
        if self.cut > TOLD:
            self._lose("database", f"{self.cut - TOLD} more rows have lost values")
        if not listing.whole:
            self._lose("database", "pages of its list of tables could not be read: tables may be missing")
        if self.owners.unknown:
            count = len(self.owners.unknown)
            self._lose("database", f"{count} pages hold rows that could be told for no one table: they were not read")

    def _lose(self, place: str, reason: str) -> None:
        self.out.losses.append((place, reason))
        self.out.lost += 1

    def _lose_values(self, place: str, count: int) -> None:
        self.cut += 1
        if self.cut <= TOLD:
            self._lose(
                place, f"{count} values of this row lay on pages that could not be read, or are too long and cut"
            )

    def _fill(self, table: Table, numbers: list[int]) -> int:
        return sum(self._insert(table, list(self._rows(table, number))) for number in numbers)

    def _insert(self, table: Table, rows: list[Row]) -> int:
        """Add rows whose id is not there yet, and return how many those were."""
        before = self.out.database.total_changes
        odd = [row for row in rows if Text in map(type, row.values)]
        sound = [row for row in rows if Text not in map(type, row.values)] if odd else rows
        self.out.database.executemany(_insert(table), [_bound(table, row) for row in sound])
        for row in odd:  # a text that is not sound in its encoding: its bytes are bound, and then taken as text
            texts = [isinstance(value, Text) for value in row.values]
            values = [value.raw if isinstance(value, Text) else value for value in row.values]
            self.out.database.execute(_insert(table, texts), _bound(table, row._replace(values=list(values))))
        return self.out.database.total_changes - before

    def _wanted(self, table: Table) -> list[bool]:
        return [column.name.lower() in self.words for column in table.columns]

    def _rows(self, table: Table, number: int) -> Iterator[Row]:
        page = self.pages.page(number)
        try:
            for row in self.records.of(table, page, self.pages.start(number), self._wanted(table)):
                if row.lost:
                    self._lose_values(f"{table.name} {row.rowid}", row.lost)
                yield row
        except Malformed:
            self.records.unreadable += 1


def _said(own: Own, cells: int) -> str:
    told = []
    if own.lost:
        told.append(f"{own.lost} of its pages could not be read")
    if cells:
        told.append(f"{cells} of its rows could not be read")
    if own.carved:
        told.append(f"rows of {len(own.carved)} pages that nothing leads to any more were carved")
    return "; ".join(told)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _hidden_id(table: Table) -> str:
    """Return the name by which the row id is written where no column stands for it, empty where there is none."""
    if table.keyed or table.alias >= 0:
        return ""
    taken = {column.name.lower() for column in table.columns}
    return next((name for name in NAMES if name not in taken), "")


def _shape(table: Table) -> str:
    parts = (
        f"{_quoted(one.name)} {'INTEGER PRIMARY KEY' if place == table.alias else _quoted(one.declared)}"
        for place, one in enumerate(table.columns)
    )
    return f"CREATE TABLE {_quoted(table.name)} ({', '.join(parts)})"


def _insert(table: Table, odd: list[bool] | None = None) -> str:
    columns = [_quoted(column.name) for column in table.columns]
    holes = ["CAST(? AS TEXT)" if one else "?" for one in odd] if odd else ["?"] * len(columns)
    if hidden := _hidden_id(table):
        columns, holes = [hidden, *columns], ["?", *holes]
    return f"INSERT OR IGNORE INTO {_quoted(table.name)} ({', '.join(columns)}) VALUES ({', '.join(holes)})"


def _bound(table: Table, row: Row) -> list[Stored]:
    return [row.rowid, *row.values] if _hidden_id(table) else row.values
