"""What a CREATE TABLE says of the records of its table: which values they hold, in which order, of which types.

SQLite itself reads the statement, in an empty database in memory in which nothing but that table can be made.
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from perito.artifacts.readers.sqlite_record import NULL, REAL, Stored

LONGEST = 1 << 20
"""Characters of a statement that is read at all."""
ALLOWED = frozenset(
    {
        sqlite3.SQLITE_CREATE_TABLE,
        sqlite3.SQLITE_CREATE_INDEX,
        sqlite3.SQLITE_INSERT,
        sqlite3.SQLITE_UPDATE,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_REINDEX,
        sqlite3.SQLITE_FUNCTION,
    }
)
OWN = re.compile(r"""(CREATE\s+TABLE\s+["'`\[]?)sqlite_""", re.IGNORECASE)
KEYED = re.compile(r"\bWITHOUT\s+ROWID\b[^)]*$", re.IGNORECASE)
AFFINITIES = (("INT", "integer"), ("CHAR|CLOB|TEXT", "text"), ("BLOB", "blob"), ("REAL|FLOA|DOUB", "real"))


class Column(NamedTuple):
    """One column: its name, its declared type, what it prefers to hold, and the value of records older than it."""

    name: str
    declared: str
    affinity: str
    filled: bool
    """Whether a row must have a value here."""
    default: Stored


@dataclass(frozen=True, eq=False)
class Table:
    """The columns of a table, and `order`: which of them each value of a record belongs to.

    `alias` is the column that stands for the row id, -1 where none does. A `keyed` table has no row ids.
    """

    name: str
    columns: tuple[Column, ...]
    order: tuple[int, ...]
    alias: int
    keyed: bool

    def fits(self, kinds: Sequence[int], *, strictly: bool) -> bool:
        """Tell whether a record with values of these types can be a row of this table.

        Records may lack the last columns, which were added later. Strictly: it lacks none, and no text or blob stands
        where numbers are wanted, which SQLite allows.
        """
        return _fits(self, tuple(kind if kind < 12 else 12 + kind % 2 for kind in kinds), strictly)

    def fits_column(self, column: int, kind: int, *, strictly: bool) -> bool:
        """Tell whether a value of this type can stand in the column of this number."""
        if kind == NULL:
            return column == self.alias or not self.columns[column].filled
        if column == self.alias:
            return False
        affinity = self.columns[column].affinity
        number = kind < 10
        if affinity == "text":
            return not number
        if affinity == "integer" and kind == REAL:
            return not strictly
        return number or affinity == "blob" or not strictly


@lru_cache(maxsize=10_000)
def _fits(table: Table, kinds: tuple[int, ...], strictly: bool) -> bool:  # noqa: FBT001 - a key of the cache
    if len(kinds) > len(table.order) or (strictly and len(kinds) < len(table.order)):
        return False
    pairs = zip(table.order, kinds, strict=False)
    return all(table.fits_column(column, kind, strictly=strictly) for column, kind in pairs)


def described(name: str, sql: str) -> Table | None:
    """Return the table that a statement makes; None where it makes none: a view, a virtual table, anything else."""
    if len(sql) > LONGEST or "\0" in sql:
        return None
    with closing(sqlite3.connect(":memory:")) as scratch:
        scratch.set_authorizer(_only_a_table)
        try:
            scratch.execute(OWN.sub(r"\1own_", sql))
        except (sqlite3.Error, sqlite3.Warning, UnicodeError):
            return None
        scratch.set_authorizer(None)
        made = scratch.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return _table(scratch, name, str(made[0][0]), keyed=bool(KEYED.search(sql))) if made else None


def _only_a_table(action: int, *_: object) -> int:
    return sqlite3.SQLITE_OK if action in ALLOWED else sqlite3.SQLITE_DENY


def _table(scratch: sqlite3.Connection, name: str, made: str, *, keyed: bool) -> Table | None:
    quoted = '"' + made.replace('"', '""') + '"'
    told = scratch.execute(f"PRAGMA table_xinfo({quoted})").fetchall()
    indexes = scratch.execute(f"PRAGMA index_list({quoted})").fetchall()
    primary = [str(row[1]) for row in indexes if row[3] == "pk"]
    numbers = {int(row[0]): place for place, row in enumerate(told)}
    if keyed and not primary:
        return None
    key = [row[0] for row in told if row[5]]
    alias = numbers[key[0]] if len(key) == 1 and not primary else -1
    order = tuple(place for place, row in enumerate(told) if row[6] != 2)  # 2: computed when it is read, never stored
    if keyed:
        index = '"' + primary[0].replace('"', '""') + '"'
        rows = scratch.execute(f"PRAGMA index_xinfo({index})").fetchall()
        order = tuple(numbers[row[1]] for row in rows if row[1] >= 0)
    columns = tuple(_column(scratch, row, keyed=keyed) for row in told)
    return Table(name, columns, order, alias, keyed)


def _column(scratch: sqlite3.Connection, row: tuple[object, ...], *, keyed: bool) -> Column:
    _, name, declared, filled, default, key, *_ = row
    must = bool(filled) or (keyed and bool(key))
    return Column(str(name), str(declared or ""), _affinity(str(declared or "")), must, _constant(scratch, default))


def _affinity(declared: str) -> str:
    found = (name for pattern, name in AFFINITIES if re.search(pattern, declared, re.IGNORECASE))
    return next(found, "numeric" if declared else "blob")


def _constant(scratch: sqlite3.Connection, default: object) -> Stored:
    if default is None:
        return None
    scratch.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action == sqlite3.SQLITE_SELECT else sqlite3.SQLITE_DENY
    )
    try:
        value: Stored = scratch.execute(f"SELECT {default}").fetchone()[0]
    except (sqlite3.Error, UnicodeError):
        return None
    finally:
        scratch.set_authorizer(None)
    return value
