"""Rows of a SQLite database, read without changing it: whole Arrow batches where it is sound, salvage where it is not.

A database that lies alone is opened immutable; one with a write-ahead log or a journal beside it must be a
copy in scratch, and is opened so that SQLite applies them. See https://www.sqlite.org/uri.html#uriimmutable.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

import pyarrow as pa
from adbc_driver_manager import Error as DriverError
from adbc_driver_sqlite import dbapi

from perito.artifacts.readers.damage import Damaged, Partly, Unsupported
from perito.artifacts.readers.rescue import rescue
from perito.records.schema import Row

MAGIC = b"SQLite format 3\x00"
BATCH = 4_096
LEADS = {"integer": "0", "real": "0.0", "text": "''"}
BESIDE = ("-wal", "-journal")


class Opened(sqlite3.Connection):
    """A database; `broken` says what is wrong with its list of tables, of which only the sound entries are seen."""

    broken = ""


class Query:
    """The rows of one SELECT whose first column is the ref; read as tuples, or as Arrow batches with `batches`.

    `lacks` are the tables and columns that this version of the database does not have; whoever iterates gets them
    first, whoever asks for `rows` or `batches` tells them.
    """

    def __init__(self, path: Path, sql: str, lacks: Sequence[Partly] = ()) -> None:
        check(path)
        self.path = path
        self.sql = sql
        self.lacks = lacks

    def __iter__(self) -> Iterator[Row | Partly]:
        yield from self.lacks
        yield from self.rows()

    def rows(self, skip: int = 0) -> Iterator[Row | Partly]:
        """Yield rows after the first `skip`; past a damaged page, those of a rescued copy that were not seen yet."""
        try:
            with closing(connect(self.path)) as database:
                yield from islice(_select(database, self.sql), skip, None)
        except sqlite3.OperationalError as error:
            if "malformed" not in str(error) and "disk I/O" not in str(error):
                raise _unanswered(self.path, error) from error
            yield from self._rescued(str(error))
        except sqlite3.DatabaseError as error:
            yield from self._rescued(str(error))

    def _rescued(self, reason: str) -> Iterator[Row | Partly]:
        seen = set()
        try:
            with closing(connect(self.path)) as database:
                for row in _select(database, self.sql):
                    seen.add(row[0])
        except sqlite3.DatabaseError:
            pass  # the same page again: what lies before it is already yielded
        copy, losses = rescue(self.path)
        with closing(copy):
            yield Partly("database", f"{reason}; rows after the damage come from a rescued copy", "")
            for loss in losses:
                yield Partly(loss, "rows here could not be read")
            try:
                yield from (row for row in _select(copy, self.sql) if row[0] not in seen)
            except sqlite3.OperationalError as error:
                yield Partly("database", f"the rescued copy does not answer: {error}")

    def batches(self, raw: Sequence[str]) -> Iterator[list[pa.Array]]:
        """Yield columns of raw Arrow values, `raw` naming the types expected after the ref.

        Raises DriverError where a value is of another type or a page is damaged: then `rows(skip)` goes on. A first
        row of typed constants fixes the column types, since the driver takes them from what it meets first.
        """
        lead = ", ".join(LEADS[one] for one in ("text", *raw))
        sql = f"SELECT {lead} UNION ALL SELECT * FROM ({self.sql})"
        with dbapi.connect(address(self.path)) as database, database.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": BATCH})
            cursor.execute(sql)
            skip = 1
            for batch in cursor.fetch_record_batch():
                yield batch.slice(skip).columns
                skip = 0


def _unanswered(path: Path, error: sqlite3.Error) -> Damaged | Unsupported:
    with closing(connect(path)) as database:
        broken = database.broken
    return Damaged(f"its list of tables cannot be read: {broken}") if broken else Unsupported(str(error))


def check(path: Path) -> None:
    """Raise Damaged unless the file begins as a SQLite database does; an empty one may have its rows in a log beside it."""
    with path.open("rb") as file:
        start = file.read(16)
    if not start and not _has_beside(path):
        raise Damaged("an empty file, not a SQLite database")
    if start and start != MAGIC:
        shown = start.decode("ascii", "backslashreplace") if start[:6].isascii() else ""
        note = f', "{shown}"' if shown.isprintable() and shown else ""
        raise Damaged(f"not a SQLite database (starts with {start.hex(' ')}{note})")


def address(path: Path) -> str:
    """Return the URI to open a database by: immutable when it lies alone, plain when a log lies beside the copy."""
    quoted = str(path.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file:{quoted}" if _has_beside(path) else f"file:{quoted}?mode=ro&immutable=1"


def _has_beside(path: Path) -> bool:
    return any(path.with_name(path.name + end).exists() for end in BESIDE)


def connect(path: Path) -> Opened:
    """Open a database for reading; text that is not UTF-8 keeps its bytes as surrogates (PEP 383)."""
    database = sqlite3.connect(address(path), uri=True, factory=Opened)
    database.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        database.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        database.execute("PRAGMA writable_schema = ON")  # a broken entry for one table then hides no other
        database.broken = str(error)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    return database


def tables(path: Path) -> set[str]:
    """Return the names of a database's tables; Damaged when its list of tables cannot be read."""
    check(path)
    return {str(row[0]) for row in _asked(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}


def columns(path: Path, table: str) -> set[str]:
    """Return the names of a table's columns, none when there is no such table."""
    check(path)
    quoted = table.replace("'", "''")
    return {str(row[0]) for row in _asked(path, f"SELECT name FROM pragma_table_info('{quoted}')")}


def _asked(path: Path, sql: str) -> list[tuple[object, ...]]:
    try:
        with closing(connect(path)) as database:
            found = database.execute(sql).fetchall()
            if not found and database.broken:
                raise Damaged(f"its list of tables cannot be read: {database.broken}")
            return found
    except sqlite3.DatabaseError as error:
        raise Damaged(f"its list of tables cannot be read: {error}") from error


def _select(database: sqlite3.Connection, sql: str) -> Iterator[Row]:
    cursor = database.execute(sql)
    cursor.arraysize = 256
    while rows := cursor.fetchmany():
        yield from rows


__all__ = ["DriverError", "Query", "columns", "connect", "tables"]
