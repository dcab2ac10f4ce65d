"""What a confined worker does with the lists of an iOS backup: Manifest.db, the older Manifest.mbdb, property lists."""

import plistlib
import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import adbc_driver_manager
import adbc_driver_sqlite.dbapi
import pyarrow as pa

from perito.sources import keybag, mbdb, reading

ROWS = pa.schema([("file_id", pa.string()), ("domain", pa.string()), ("path", pa.string()), ("flags", pa.int64())])
MOST_ROWS = 5_000_000
FILES = f"SELECT fileID, domain, relativePath, flags FROM Files LIMIT {MOST_ROWS}"
ROWS_AFTER = f"SELECT rowid, fileID, domain, relativePath, flags FROM Files WHERE rowid > ? LIMIT {MOST_ROWS}"
BLOBS = "SELECT fileID, file FROM Files WHERE fileID IN (?, ?)"
KIND = "SELECT type FROM sqlite_master WHERE name = 'Files' COLLATE NOCASE"
FARTHEST = 1 << 24
MOST_KEYS = 8
BATCH = 50_000
LARGEST_PLIST = 256 << 20
LONGEST = 1 << 16
"""Characters, or bytes, kept of one value of a property list."""
UNREADABLE = (
    plistlib.InvalidFileException,
    ExpatError,
    AttributeError,
    IndexError,
    KeyError,
    OSError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)
"""All that the standard reader of property lists raises over hostile ones."""
Listed = tuple[str, str, str, int | None]


def list_manifest(place: str, output: str) -> dict[str, Any]:
    """Write the rows of a Manifest.db or Manifest.mbdb to an Arrow file; return how many, and what was wrong."""
    problems: list[str] = []
    old = reading.head(place, len(mbdb.MAGIC)) == mbdb.MAGIC
    with pa.OSFile(output, "wb") as sink, pa.ipc.new_file(sink, ROWS) as writer:
        if old:
            count = _write(writer, ((row.file_id, row.domain, row.path, row.flags) for row in _old(place, problems)))
        else:
            count = _list_database(_uri(place), writer, problems)
    if count >= MOST_ROWS:
        problems.append(f"only the first {MOST_ROWS} rows were listed")
    return {"rows": count, "problems": problems}


def _list_database(uri: str, writer: Any, problems: list[str]) -> int:
    if _kind(uri) == "view":
        problems.append("Files is a view, which no phone writes: its rows are made up, and were not read")
        return 0
    try:
        with adbc_driver_sqlite.dbapi.connect(uri) as connection, connection.cursor() as cursor:
            cursor.execute(FILES)
            table = cursor.fetch_arrow_table().rename_columns(ROWS.names).cast(ROWS)
        table.validate(full=True)
    except (adbc_driver_manager.Error, pa.ArrowException, UnicodeError):
        return _write(writer, _salvaged(uri, problems))
    writer.write_table(table)
    return int(table.num_rows)


def _kind(uri: str) -> str:
    """Return what the list of files is in the database: a view may go on without end, and is no list."""
    connection = sqlite3.connect(uri, uri=True)
    try:
        found = connection.execute(KIND).fetchone()
    except sqlite3.Error:
        return ""
    finally:
        connection.close()
    return str(found[0]) if found else ""


def _write(writer: Any, rows: Iterator[Listed]) -> int:
    count = 0
    while batch := list(islice(rows, BATCH)):
        columns = zip(*batch, strict=True)
        writer.write_batch(
            pa.record_batch([pa.array(one, kind.type) for one, kind in zip(columns, ROWS, strict=True)], schema=ROWS)
        )
        count += len(batch)
    return count


def _salvaged(uri: str, problems: list[str]) -> Iterator[Listed]:
    """Yield row by row what a damaged Manifest.db still gives."""
    connection = sqlite3.connect(uri, uri=True)
    connection.text_factory = lambda raw: raw.decode("utf-8", "backslashreplace")
    try:
        connection.execute("PRAGMA writable_schema = ON")  # else a list that is cut short is not read at all
        for file_id, domain, path, flags in _stretches(connection, problems):
            yield _text(file_id), _text(domain), _text(path), flags if isinstance(flags, int) else None
    except (sqlite3.Error, UnicodeError) as error:
        problems.append(str(error))
    finally:
        connection.close()


def _stretches(connection: sqlite3.Connection, problems: list[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the rows before and behind each damaged page: after an error the reading goes on a few row ids further."""
    last, step = 0, 1
    while step < FARTHEST:
        try:
            for row_id, *row in _rising(connection.execute(ROWS_AFTER, (last,)), last):
                last, step = row_id, 1
                yield tuple(row)
        except sqlite3.DatabaseError as error:
            if step == 1:
                problems.append(f"{error} (after row {last})")
            last, step = last + step, 2 * step
        else:
            return


def _rising(rows: Iterable[tuple[Any, ...]], last: int) -> Iterator[tuple[Any, ...]]:
    """Yield rows while their ids rise; pages that point back at one another would otherwise be read without end."""
    for row in rows:
        if row[0] <= last:
            raise sqlite3.DatabaseError(f"database disk image is malformed: row {row[0]} follows row {last}")
        last = row[0]
        yield row


def _old(place: str, problems: list[str]) -> Iterator[mbdb.Record]:
    try:
        yield from islice(mbdb.records(Path(place)), MOST_ROWS)
    except mbdb.Damaged as error:
        problems.append(str(error))


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    return "" if value is None else str(value)


def _uri(place: str) -> str:
    """Return how SQLite opens the list: where a log lies beside it, it is a copy, and SQLite plays the log back."""
    beside = any(Path(place + side).exists() for side in ("-wal", "-journal"))
    return f"{Path(place).absolute().as_uri()}?{'mode=rw' if beside else 'mode=ro&immutable=1'}"


def members(place: str, file_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Return the size and the wrapped keys (hex, with their class before them) of these files, from either list.

    A list that holds an id twice gives the size of the first row, and the keys of both: one of them opens the file.
    """
    old = reading.head(place, len(mbdb.MAGIC)) == mbdb.MAGIC
    wanted = set(file_ids)
    rows: Iterable[tuple[str, tuple[int | None, bytes]]]
    if old:
        rows = ((row.file_id, (row.size, row.key)) for row in _old(place, []) if row.file_id in wanted)
    else:
        rows = ((file_id.lower(), _member(blob)) for file_id, blob in _blobs(_uri(place), wanted))
    found: dict[str, dict[str, Any]] = {}
    for file_id, (size, key) in rows:
        member = found.setdefault(file_id, {"size": size, "keys": []})
        if key and len(member["keys"]) < MOST_KEYS:
            member["keys"].append(key.hex())
    return found


def _blobs(uri: str, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    connection = sqlite3.connect(uri, uri=True)
    try:
        connection.execute("PRAGMA writable_schema = ON")
        for file_id in sorted(wanted):
            yield from connection.execute(BLOBS, (file_id, file_id.upper()))
    except sqlite3.Error:  # its index is damaged: every row is looked at
        yield from _blobs_by_scan(connection, wanted)
    finally:
        connection.close()


def _blobs_by_scan(connection: sqlite3.Connection, wanted: set[str]) -> Iterator[tuple[str, bytes]]:
    try:
        for file_id, blob in connection.execute("SELECT fileID, file FROM Files NOT INDEXED"):
            if isinstance(file_id, str) and file_id.lower() in wanted:
                yield file_id, blob
    except sqlite3.Error:
        return


def _member(blob: object) -> tuple[int | None, bytes]:
    try:
        archive = plistlib.loads(blob)  # type: ignore[arg-type]
        objects = archive["$objects"]
        root = objects[archive["$top"]["root"].data]
        size, key = root.get("Size"), root.get("EncryptionKey")
        raw = objects[key.data]["NS.data"] if isinstance(key, plistlib.UID) else key
    except UNREADABLE:
        return None, b""
    sound = isinstance(raw, bytes) and len(raw) <= keybag.LONGEST_KEY
    return size if isinstance(size, int) else None, raw if sound else b""


def read_plist(place: str, wanted: list[str]) -> dict[str, Any]:
    """Return the wanted keys of a property list as JSON, and what it says of encryption.

    `values` is two levels deep, bytes in hex, times in ISO 8601, long ones cut; `error` says why there are none.
    """
    try:
        with reading.evidence(place) as file:
            raw = file.read(LARGEST_PLIST + 1)
        top = plistlib.loads(raw if raw.startswith(b"bplist") else raw.lstrip())
    except UNREADABLE as error:
        return {"error": f"not a property list that can be read ({type(error).__name__})"}
    if len(raw) > LARGEST_PLIST or not isinstance(top, dict):
        return {"error": "its top is not a dictionary, or it is too large"}
    values = {name: _plain(top[name], 2) for name in wanted if name in top}
    return {"values": values, "encryption": _encryption(top)}


def _encryption(top: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {"encrypted": top.get("IsEncrypted") is True, "manifest_key": "", "keybag": None}
    key, bag = top.get("ManifestKey"), top.get("BackupKeyBag")
    if isinstance(key, bytes) and len(key) <= keybag.LONGEST_KEY:
        told["manifest_key"] = key.hex()
    if isinstance(bag, bytes):
        try:
            told["keybag"] = keybag.parse(bag)
        except keybag.Damaged as error:
            told["damage"] = str(error)
    return told


def _plain(value: object, depth: int) -> Any:
    if isinstance(value, dict):
        some: Iterable[tuple[object, object]] = islice(value.items(), LONGEST) if depth else ()
        return {str(key)[:LONGEST]: _plain(inner, depth - 1) for key, inner in some}
    if isinstance(value, list):
        return [_plain(inner, depth - 1) for inner in value[:LONGEST]] if depth else []
    if isinstance(value, bytes):
        return value[:LONGEST].hex()
    if isinstance(value, datetime):
        return value.isoformat() + "Z"
    return value[:LONGEST] if isinstance(value, str) else value if isinstance(value, int | float) else str(value)
