"""SQLite files, written fast and the same each time."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from perito.base.times import MAC_EPOCH_SECONDS

Version = tuple[int, ...]
"""Of iOS: (14, 3). Schemas and clocks change with it."""


class Write(Protocol):
    """Writes one file at the given place."""

    def __call__(self, path: Path) -> None:
        """Fail with FileExistsError or sqlite3 errors only; the folder is there."""


class Part(NamedTuple):
    """One file of a backup: its place on the phone and what writes it."""

    domain: str
    path: str
    write: Write


@contextmanager
def database(path: Path, schema: str) -> Iterator[sqlite3.Connection]:
    """Give a new database with `schema`; committed and closed at the end. No journal: a crash leaves rubbish."""
    connection = sqlite3.connect(path)
    try:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + schema)
        yield connection
        connection.commit()
    finally:
        connection.close()


def fill(connection: sqlite3.Connection, table: str, columns: str, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows; `columns` is the list as SQL writes it, in the order of the values."""
    marks = ",".join("?" * (columns.count(",") + 1))
    connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)


def mac(when: float | None) -> float | None:
    """Return seconds since 2001, the clock of most Apple databases; what is missing stays missing."""
    return None if when is None else when - MAC_EPOCH_SECONDS


def date(when: float) -> datetime:
    """Return the naive UTC time that a property list takes for a date."""
    return datetime.fromtimestamp(when, UTC).replace(tzinfo=None)


def guid(number: int, kind: int = 0) -> str:
    """Return an identifier that looks like a UUID and depends on nothing but the two numbers."""
    spread = (number * 0x9E3779B97F4A7C15 + kind * 0xD1B54A32D192ED03) % 2**64
    head = f"{spread >> 32:08X}-{spread >> 16 & 0xFFFF:04X}-4{spread & 0xFFF:03X}"
    return f"{head}-A{kind & 0xFFF:03X}-{number & 0xFFFFFFFFFFFF:012X}"


def entity(name: str, columns: str) -> str:
    """Return the table that Core Data makes for an entity: its three own columns, then `columns`."""
    return (
        f"CREATE TABLE {name} (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, {' '.join(columns.split())});\n"
    )


def core_data(entities: dict[str, str]) -> str:
    """Return the schema of a Core Data store: the entities and the tables that every store has."""
    own = """CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY, Z_NAME VARCHAR, Z_SUPER INTEGER, Z_MAX INTEGER);
        CREATE TABLE Z_METADATA (Z_VERSION INTEGER PRIMARY KEY, Z_UUID VARCHAR(255), Z_PLIST BLOB);
        CREATE TABLE Z_MODELCACHE (Z_CONTENT BLOB);"""
    return "".join(entity(name, columns) for name, columns in entities.items()) + own
