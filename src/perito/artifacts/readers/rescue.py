"""What is left of a damaged SQLite database: every row that a walk along the row ids can still reach."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from perito.artifacts.readers.damage import Damaged

LAST = (1 << 63) - 1
ROWS_AFTER = "SELECT rowid, * FROM {} WHERE rowid > ? ORDER BY rowid"
STRETCHES = 20_000
"""Damaged stretches of one table after which the walk gives up."""


def rescue(path: Path) -> tuple[sqlite3.Connection, list[str]]:
    """Return a new database in memory with the tables' readable rows under their own row ids, and what was lost.

    Each loss names a table and the row ids between which rows may be missing. Indexes, triggers and constraints are
    left out: they are derived, and broken ones would hide rows. Damaged when not even the list of tables is readable.
    """
    copy = sqlite3.connect(":memory:")
    copy.text_factory = _text
    losses: list[str] = []
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        database.text_factory = _text
        database.execute("PRAGMA writable_schema = ON")
        try:
            names = [str(row[0]) for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        except sqlite3.DatabaseError as error:
            raise Damaged(f"its list of tables cannot be read: {error}") from error
        for name in names:
            losses.extend(_copy_table(database, copy, name))
    return copy, losses


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _copy_table(database: sqlite3.Connection, copy: sqlite3.Connection, name: str) -> list[str]:
    if name.startswith("sqlite_"):
        return []
    quoted = '"' + name.replace('"', '""') + '"'
    losses: list[str] = []
    try:
        described = database.execute(f"PRAGMA table_info({quoted})").fetchall()
        shape = ", ".join('"' + str(row[1]).replace('"', '""') + '" ' + str(row[2] or "") for row in described)
        copy.execute(f"CREATE TABLE {quoted} ({shape})")
        holes = ", ".join("?" * (len(described) + 1))
        names = ", ".join('"' + str(row[1]).replace('"', '""') + '"' for row in described)
        copy.executemany(f"INSERT INTO {quoted} (rowid, {names}) VALUES ({holes})", _walk(database, quoted, losses))
    except sqlite3.DatabaseError as error:
        losses.append(f"{name} ({error})")
    return losses


def _walk(database: sqlite3.Connection, table: str, losses: list[str]) -> Iterator[tuple[object, ...]]:
    """Yield the rows in order of row id; where a page is damaged, jump ahead to the next id that can be reached."""
    after = -LAST - 1
    for _ in range(STRETCHES):
        try:
            for row in _rising(database.execute(ROWS_AFTER.format(table), (after,)), after):
                after = row[0]
                yield row
        except sqlite3.DatabaseError as error:
            if "no such column: rowid" in str(error):
                raise
            reached = _next_reachable(database, table, after)
            losses.append(
                f"{table.strip(chr(34))} after {after}, before {'the end' if reached is None else reached + 1}"
            )
            if reached is None:
                return
            after = reached
        else:
            return


def _rising(rows: Iterable[tuple[int, ...]], after: int) -> Iterator[tuple[int, ...]]:
    """Yield rows while their ids rise; pages that point back at one another would otherwise be read without end."""
    for row in rows:
        if row[0] <= after:
            raise sqlite3.DatabaseError(f"row {row[0]} follows row {after}")
        after = row[0]
        yield row


def _next_reachable(database: sqlite3.Connection, table: str, after: int) -> int | None:
    """Return the lowest id found after which a row can be read, by steps that double and then halve back."""
    start = max(after, -1)
    step = 1
    while not _reaches(database, table, start + step):
        step *= 2
        if start + step > LAST:
            return None
    low, high = start + step // 2, start + step
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _reaches(database, table, middle) else (middle, high)
    return high


def _reaches(database: sqlite3.Connection, table: str, after: int) -> bool:
    try:
        found = database.execute(f"SELECT rowid, * FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT 1", (after,))
        return found.fetchone() is not None
    except sqlite3.DatabaseError:
        return False
