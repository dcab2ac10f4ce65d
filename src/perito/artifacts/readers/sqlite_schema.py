"""The list of tables of a damaged database: from its place, and from wherever else pages of it lie.

https://www.sqlite.org/fileformat2.html#storage_of_the_sql_database_schema
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from perito.artifacts.readers import sqlite_cells, sqlite_record, sqlite_tree
from perito.artifacts.readers.sqlite_pages import LEAF, Pages
from perito.artifacts.readers.sqlite_record import Malformed
from perito.artifacts.readers.sqlite_rows import Records
from perito.artifacts.readers.sqlite_table import Table, described

SQL = (
    "CREATE TABLE sqlite_master (type TEXT NOT NULL, name TEXT NOT NULL, tbl_name TEXT NOT NULL,"
    " rootpage INT NOT NULL, sql TEXT)"
)
TYPES = ("table", "index", "view", "trigger")
VIRTUAL = re.compile(r"CREATE\s+VIRTUAL\b", re.IGNORECASE)
LOOKED_AT = 4_096
"""Pages that are looked at to tell in which encoding a database without a head writes its texts."""


class Entry(NamedTuple):
    """One table of the list, and the page that its tree begins in."""

    table: Table
    root: int


class Listing(NamedTuple):
    """The tables that are known, the names of those that are not understood, and whether the list was read to its end."""

    entries: list[Entry]
    odd: list[str]
    whole: bool
    leaves: frozenset[int]
    """Pages that hold the list."""


def read(pages: Pages) -> Listing:
    """Return the tables of a database; where pages of the list are lost, also those on pages that nothing leads to."""
    pages.encoding = pages.encoding or _encoding(pages)
    master = described("sqlite_master", SQL)
    if master is None:
        raise Malformed("the list of tables has no shape")  # SQLite always reads this statement
    tree = sqlite_tree.walk(pages, 1, keyed=False, taken=set())
    records = Records(pages)
    found = _entries(pages, records, master, tree.leaves)
    whole = not tree.lost and not records.unreadable and bool(tree.leaves)
    leaves = set(tree.leaves)
    if not whole:
        astray = [number for number in _leaves(pages) if number not in leaves and _is_of_list(pages, number)]
        leaves.update(astray)
        for key, value in _entries(pages, records, master, astray).items():
            found.setdefault(key, value)
    entries = []
    odd = []
    for (kind, name), (root, sql) in found.items():
        if kind != "table" or VIRTUAL.match(sql):
            continue
        table = described(name, sql)
        if table is None:
            odd.append(name)
        else:
            entries.append(Entry(table, root))
    return Listing(entries, odd, whole, frozenset(leaves))


def _entries(
    pages: Pages, records: Records, master: Table, numbers: list[int]
) -> dict[tuple[str, str], tuple[int, str]]:
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for number in numbers:
        try:
            rows = list(records.of(master, pages.page(number), pages.start(number), [True] * 5))
        except Malformed:
            records.unreadable += 1
            continue
        for row in rows:
            kind, name, _, root, sql = row.values
            if kind in TYPES and isinstance(name, str) and isinstance(root, int) and isinstance(sql, str):
                found.setdefault((str(kind), name), (root, sql))
    return found


def _leaves(pages: Pages) -> Iterator[int]:
    return (number for number, kind in pages.kinds() if kind == LEAF)


def _is_of_list(pages: Pages, number: int) -> bool:
    """Tell whether the first entry of a page names a kind of thing that only the list of tables holds."""
    words = {word.encode(pages.encoding) for word in TYPES}
    return _first_word(pages, number) in words


def _first_word(pages: Pages, number: int) -> bytes:
    try:
        found = sqlite_cells.cells(pages.page(number), pages.start(number), pages.usable).cells
    except Malformed:
        return b""
    if not found or found[0].head is None:
        return b""
    head = found[0].head
    if len(head.kinds) != 5 or not all(kind % 2 and kind > 12 for kind in head.kinds[:3]):
        return b""
    return found[0].local[head.body : head.body + sqlite_record.width(head.kinds[0])]


def _encoding(pages: Pages) -> str:
    """Return the encoding of a database whose head is gone: by its list of tables, else by where its texts have zeros."""
    zeros = [0, 0]
    letters = 0
    for _, number in zip(range(LOOKED_AT), _leaves(pages), strict=False):
        word = _first_word(pages, number)
        for name in sqlite_record.ENCODINGS.values():
            if word in {one.encode(name) for one in TYPES}:
                return name
        for text in _texts(pages, number):
            letters += len(text)
            zeros[0] += text[::2].count(0)
            zeros[1] += text[1::2].count(0)
    if max(zeros) * 4 <= letters:
        return "utf-8"
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _texts(pages: Pages, number: int) -> Iterator[bytes]:
    try:
        found = sqlite_cells.cells(pages.page(number), pages.start(number), pages.usable).cells
    except Malformed:
        return
    for cell in found:
        if cell.head is None:
            continue
        place = cell.head.body
        for kind in cell.head.kinds:
            end = place + sqlite_record.width(kind)
            if kind > 12 and kind % 2:
                yield cell.local[place:end]
            place = end
