"""What a confined worker does with the lists of an iOS backup: SQLite, the older mbdb and property lists."""

import plistlib
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import adbc_driver_manager
import adbc_driver_sqlite.dbapi
import pyarrow as pa

ROWS = pa.schema([("file_id", pa.string()), ("domain", pa.string()), ("path", pa.string()), ("flags", pa.int64())])
MOST_ROWS = 5_000_000
FILES = f"SELECT fileID, domain, relativePath, flags FROM Files LIMIT {MOST_ROWS}"
BATCH = 50_000
LONGEST = 1 << 16
"""Characters kept of one text of a property list."""


def list_manifest(place: str, output: str) -> dict[str, Any]:
    """Write the rows of a Manifest.db to an Arrow file; return how many, and what was wrong."""
    uri = f"{Path(place).as_uri()}?mode=ro&immutable=1"
    problems: list[str] = []
    try:
        table = _sound(uri)
    except (adbc_driver_manager.Error, pa.ArrowException, UnicodeError):
        table, problems = _salvaged(uri)
    with pa.OSFile(output, "wb") as file, pa.ipc.new_file(file, ROWS) as writer:
        writer.write_table(table)
    return {"rows": table.num_rows, "problems": problems}


def _sound(uri: str) -> pa.Table:
    with adbc_driver_sqlite.dbapi.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute(FILES)
        table = cursor.fetch_arrow_table().rename_columns(ROWS.names).cast(ROWS)
    table.validate(full=True)
    return table


def _salvaged(uri: str) -> tuple[pa.Table, list[str]]:
    problems: list[str] = []
    batches: list[pa.RecordBatch] = []
    connection = sqlite3.connect(uri, uri=True)
    connection.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
    try:
        rows = connection.execute(FILES)
        while batch := _some(rows, problems):
            batches.append(batch)
    except sqlite3.Error as error:
        problems.append(str(error))
    finally:
        connection.close()
    return pa.Table.from_batches(batches, ROWS), problems


def _some(rows: Iterator[tuple[Any, ...]], problems: list[str]) -> pa.RecordBatch | None:
    kept: list[tuple[Any, ...]] = []
    try:
        for row in rows:
            kept.append(_typed(row))
            if len(kept) == BATCH:
                break
    except sqlite3.Error as error:
        problems.append(str(error))
    if not kept:
        return None
    columns = [pa.array(column, kind.type) for column, kind in zip(zip(*kept, strict=True), ROWS, strict=True)]
    return pa.record_batch(columns, schema=ROWS)


def _typed(row: tuple[Any, ...]) -> tuple[str, str, str, int | None]:
    file_id, domain, path, flags = row
    return _text(file_id), _text(domain), _text(path), flags if isinstance(flags, int) else None


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return "" if value is None else str(value)


def read_plist(place: str) -> dict[str, Any]:
    """Return the top of a property list as JSON: texts cut at LONGEST, bytes in hex, times in ISO 8601, depth 3."""
    try:
        with Path(place).open("rb") as file:
            top = plistlib.load(file)
    except (plistlib.InvalidFileException, ExpatError, ValueError, OverflowError, RecursionError, OSError) as error:
        return {"error": f"not a property list that can be read ({type(error).__name__})"}
    if not isinstance(top, dict):
        return {"error": "its top is not a dictionary"}
    return {"values": _plain(top, 3)}


def _plain(value: object, depth: int) -> Any:
    if isinstance(value, dict):
        return {str(key)[:LONGEST]: _plain(inner, depth - 1) for key, inner in value.items()} if depth else None
    if isinstance(value, list):
        return [_plain(inner, depth - 1) for inner in value] if depth else None
    if isinstance(value, bytes):
        return value[:LONGEST].hex()
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return value[:LONGEST] if isinstance(value, str) else value if isinstance(value, int | float) else str(value)
