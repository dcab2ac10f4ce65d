"""Rows of a SQLite database, read without changing it: whole Arrow batches where it is sound, salvage where it is not.

A database that lies alone is opened immutable; one with a write-ahead log or a journal beside it must be a
copy in scratch, and is opened so that SQLite applies them. See https://www.sqlite.org/uri.html#uriimmutable.
"""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_manager import Error as DriverError
from adbc_driver_sqlite import dbapi

from perito.artifacts.readers import salvage
from perito.artifacts.readers.damage import Damaged, Lost, Partly, Unsupported
from perito.artifacts.readers.rescue import rescue
from perito.artifacts.readers.sqlite_record import LONGEST
from perito.base.confine import OutOfTime
from perito.records.schema import Row

MAGIC = b"SQLite format 3\x00"
BATCH = 4_096
LEADS = {"integer": "0", "real": "0.0", "text": "''"}
BESIDE = ("-wal", "-journal")
STEPS = 1_000_000
"""Steps of SQLite's machine between two looks at whether the time has run out."""
ASKED = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)")


class Opened(sqlite3.Connection):
    """A database; `broken` says what is wrong with its list of tables, of which only the sound entries are seen."""

    broken = ""


class Query:
    """The rows of one SELECT whose first column is the ref; read as tuples, or as Arrow batches with `batches`.

    A view that stands where a table is asked for is Unsupported: what it shows can be made up without end.

    `lacks` are the tables and columns that this version of the database does not have; whoever iterates gets them
    first, whoever asks for `rows` or `batches` tells them.
    """

    def __init__(self, path: Path, sql: str, lacks: Sequence[Partly] = ()) -> None:
        check(path)
        self.path = path
        self.sql = sql
        made_up = views(path)
        for name in ASKED.findall(sql):
            if name.lower() in made_up:
                raise Unsupported(f"{name} is a view, not a table")
        self.lacks = lacks

    def __iter__(self) -> Iterator[Row | Partly]:
        yield from self.lacks
        yield from self.rows()

    def rows(self, skip: int = 0) -> Iterator[Row | Partly]:
        """Yield rows after the first `skip`; past a damaged page, those of a rescued copy that were not seen yet."""
        try:
            yield from islice(self._rows(), skip, None)
        except sqlite3.DataError:
            yield from self._rescued(f"a value has more than {LONGEST} bytes")
        except sqlite3.OperationalError as error:
            if "interrupted" in str(error):
                raise OutOfTime(str(error)) from error
            if not any(word in str(error) for word in ("malformed", "disk I/O")) and not _broken(self.path):
                raise Unsupported(str(error)) from error
            yield from self._rescued(str(error))
        except sqlite3.DatabaseError as error:
            yield from self._rescued(str(error))
        else:
            if told := salvage.log_damage(self.path):
                yield from self._rescued(told)

    def _rows(self) -> Iterator[Row]:
        with closing(connect(self.path)) as database:
            database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
            database.set_progress_handler(lambda: None, STEPS)  # lets the end of the time be noticed
            cursor = database.execute(self.sql)
            cursor.arraysize = 256
            while rows := cursor.fetchmany():
                yield from rows

    def _rescued(self, reason: str) -> Iterator[Row | Partly]:
        seen = set()
        with suppress(sqlite3.DatabaseError):  # the same page again: what lies before it is already yielded
            for row in self._rows():
                seen.add(row[0])
        try:
            copy = rescue(self.path, self.sql)
        except Damaged as error:
            raise Damaged("; ".join((reason, str(error)))) from error
        with closing(copy.database) as database:
            yield Lost("database", f"{reason}; {copy.said}", lasting=copy.lost > 0)
            yield from (Partly(*one) for one in copy.losses)
            try:
                yield from (row for row in database.execute(self.sql) if row[0] not in seen)
            except sqlite3.OperationalError as error:
                raise Damaged(f"{reason}; what is left of it does not answer: {error}") from error

    def batches(self, raw: Sequence[str]) -> Iterator[list[pa.Array]]:
        """Yield columns of raw Arrow values, `raw` naming the types expected after the ref.

        Raises DriverError where a value is of another type or a page is damaged, ValueError where a value is very long
        or the log is damaged: then `rows(skip)` goes on. A first row of typed constants fixes the column types, since
        the driver takes them from what it meets first.
        """
        if told := salvage.log_damage(self.path):
            raise ValueError(told)
        lead = ", ".join(LEADS[one] for one in ("text", *raw))
        sql = f"SELECT {lead} UNION ALL SELECT * FROM ({self.sql})"
        with dbapi.connect(address(self.path)) as database, database.cursor() as cursor:
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": BATCH})
            cursor.execute(sql)
            skip = 1
            for batch in cursor.fetch_record_batch():
                columns = batch.slice(skip).columns
                if any(_longest(column) > LONGEST for column in columns):
                    raise ValueError("a value is very long")
                yield columns
                skip = 0


def _longest(column: pa.Array) -> int:
    if not (pa.types.is_string(column.type) or pa.types.is_binary(column.type)):
        return 0
    return pc.max(pc.binary_length(column)).as_py() or 0


def _broken(path: Path) -> str:
    with closing(connect(path)) as database:
        return database.broken


def check(path: Path) -> None:
    """Raise Damaged unless the file is a database, or what is left of one without its first bytes.

    An empty one may have its rows in a log beside it.
    """
    with path.open("rb") as file:
        start = file.read(16)
    if not start and not _has_beside(path):
        raise Damaged("an empty file, not a SQLite database")
    if start and start != MAGIC and not salvage.tables(path):
        shown = start.decode("ascii", "backslashreplace") if start[:6].isascii() else ""
        note = f', "{shown}"' if shown.isprintable() and shown else ""
        raise Damaged(f"not a SQLite database (starts with {start.hex(' ')}{note})")


def address(path: Path) -> str:
    """Return the URI to open a database by: immutable when it lies alone, to be written only where a journal must be.

    Opened to be read, a database keeps its write-ahead log as it is.
    """
    quoted = str(path.resolve()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    if path.with_name(f"{path.name}-journal").exists():
        return f"file:{quoted}"
    return f"file:{quoted}?mode=ro" if _has_beside(path) else f"file:{quoted}?mode=ro&immutable=1"


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
    """Return the names of a database's tables; of a damaged one those that are left, Damaged when none is."""
    check(path)
    found, broken = _asked(path, "SELECT name FROM sqlite_master WHERE type = 'table'")
    return found | set(_left(path, broken)) if broken else found


def columns(path: Path, table: str) -> set[str]:
    """Return the names of a table's columns, none when there is no such table, or only a view of that name."""
    check(path)
    quoted = table.replace("'", "''")
    of_table = f"m.type = 'table' AND lower(m.name) = lower('{quoted}')"
    found, broken = _asked(
        path, f"SELECT t.name FROM sqlite_master AS m, pragma_table_xinfo(m.name) AS t WHERE {of_table}"
    )
    if found or not broken:
        return found
    return {one for name, names in _left(path, broken).items() if name.lower() == table.lower() for one in names}


def _left(path: Path, broken: str) -> dict[str, tuple[str, ...]]:
    left = salvage.tables(path)
    if not left:
        raise Damaged(f"its list of tables cannot be read: {broken}")
    return left


def views(path: Path) -> set[str]:
    """Return the names of a database's views in lower case."""
    return {name.lower() for name in _asked(path, "SELECT name FROM sqlite_master WHERE type = 'view'")[0]}


def _asked(path: Path, sql: str) -> tuple[set[str], str]:
    """Return the texts of the first column, and what is wrong with the list of tables."""
    try:
        with closing(connect(path)) as database:
            return {str(row[0]) for row in database.execute(sql)}, database.broken
    except sqlite3.DatabaseError as error:
        return set(), str(error)


__all__ = ["DriverError", "Query", "columns", "connect", "tables", "views"]
