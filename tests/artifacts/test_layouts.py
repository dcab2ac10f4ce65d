"""A table or a column that a version of a database lacks costs itself alone, and is told.

The oracle: a column that is not there reads as one without values does, and a missing table as an empty one; the key of
rows is read by SQLite's row id. So no expectation is written by hand, except which columns are known to come and go.
"""

import re
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from perito.artifacts.declare import Artifact, artifacts
from perito.artifacts.ios.whatsapp_contacts import MAYBE
from perito.artifacts.readers.known_tables import TABLES
from perito.artifacts.readers.layout import Layout
from perito.artifacts.run import Reading, tables
from tests.artifacts.samples import SAMPLES, built, name_of, readers_of

DATABASES = [sample for sample in SAMPLES if sample.name.endswith(".sample.sql") and sample.parent.name != "manifest"]
"""Manifest.db is not among them: every version of it has the same table, and its reader asks for the archives."""
Read = tuple[list[str], list[tuple[str, str]], str, str]
"""Of one artifact: its records, its problems (ref, reason), how the reading ended and why."""


@cache
def columns_of(sample: Path) -> dict[str, list[tuple[str, str, bool]]]:
    """Return for each table of a sample its columns: name, declared type, whether it is the row id."""
    with TemporaryDirectory() as scratch, closing(sqlite3.connect(built(sample, Path(scratch)))) as database:
        names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        described = {name: database.execute("SELECT * FROM pragma_table_info(?)", (name,)).fetchall() for name in names}
    own = {name: rows for name, rows in described.items() if name.isidentifier() and not name.startswith("sqlite_")}
    return {name: [(row[1], row[2], _is_row_id(row, rows)) for row in rows] for name, rows in own.items()}


def _is_row_id(column: tuple[Any, ...], columns: list[tuple[Any, ...]]) -> bool:
    return bool(column[5]) and column[2].upper() == "INTEGER" and sum(bool(one[5]) for one in columns) == 1


def changed(
    sample: Path, whole: Path, table: str, column: str = "", *, kept: bool = False, filled: bool = True
) -> Path:
    """Build the sample anew without a table or a column of it; `kept`: with the table empty, or the column null.

    Every table has a column, and the database a table, that nothing here asks for, as those of phones have.
    """
    file = whole.with_name(f"{table} {column} {'kept' if kept else ''}")
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("ATTACH ? AS whole", (str(whole),))
        for name, columns in columns_of(sample).items():
            if name == table and not column and not kept:
                continue
            left = [one for one in columns if name != table or one[0] != column or kept]
            shape = (
                ", ".join(f'"{one}" {kind}{" PRIMARY KEY" if key else ""}' for one, kind, key in left) or '"nothing"'
            )
            database.execute(f'CREATE TABLE main."{name}" ({shape}, filler)')
            if name == table and not column:
                continue
            names = "".join(f', "{one}"' for one, _, key in left if not key)
            values = "".join(
                f', "{one}"' if (name, one) != (table, column) else ", NULL" for one, _, key in left if not key
            )
            database.execute(f'INSERT INTO main."{name}" (rowid{names}) SELECT rowid{values} FROM whole."{name}"')
        database.execute("CREATE TABLE filler (x)")
        database.commit()
    return file


def read(artifact: Artifact, path: Path) -> Read:
    reading = Reading()
    rows: list[dict[str, Any]] = [row for table in tables(artifact, path, reading) for row in table.to_pylist()]
    problems = [(one.ref, one.reason) for one in reading.misfits]
    return sorted(str(row) for row in rows), problems, reading.status, reading.reason


def lacks(found: Read) -> list[tuple[str, str]]:
    return [(ref, reason) for ref, reason in found[1] if ref.startswith("table ")]


def told(before: Read, after: Read, table: str, column: str) -> bool:
    """Tell whether the reading says, and did not say before, that the table or its column is missing."""
    if after[2] in {"unsupported", "absent"}:
        return table in after[3] or "no such table" in after[3]
    new = set(lacks(after)) - set(lacks(before))
    assert not new or after[2] == "partial"
    return {f"table {table}", f"table {NUMBERED.sub('Z_n', table)}"} & {ref for ref, _ in new} != set()


def linked(table: str, read_: list[Any]) -> list[Any]:
    """Return what was read; without repetitions for a relation: where it lost an end, what it linked is there once."""
    return sorted(set(read_)) if NUMBERED.match(table) else read_


@pytest.mark.parametrize("sample", DATABASES, ids=name_of)
def test_a_missing_column_costs_itself_alone_and_is_told(sample: Path, tmp_path: Path) -> None:
    whole = built(sample, tmp_path)
    untouched = {one.name: read(one, whole) for one in readers_of(sample)}
    for table, column, key in (
        (table, column, key) for table, columns in columns_of(sample).items() for column, _, key in columns
    ):
        without, null = (changed(sample, whole, table, column, kept=kept) for kept in (False, True))
        for artifact in readers_of(sample):
            before, after, expected = untouched[artifact.name], read(artifact, without), read(artifact, null)
            if after[2] not in {"unsupported", "absent"}:
                odd, misfits = ([one for one in read_[1] if one not in lacks(read_)] for read_ in (after, expected))
                assert linked(table, after[0]) == linked(table, before[0] if key else expected[0]), (table, column)
                assert linked(table, odd) == linked(table, misfits), (artifact.name, table, column)
            used = expected[0] != before[0]
            if used and column not in COME_AND_GO.get(table, ()):
                assert told(before, after, table, column), (artifact.name, table, column, after[1:])


@pytest.mark.parametrize("sample", DATABASES, ids=name_of)
def test_a_missing_table_costs_itself_alone_and_is_told(sample: Path, tmp_path: Path) -> None:
    whole = built(sample, tmp_path)
    untouched = {one.name: read(one, whole) for one in readers_of(sample)}
    for table in columns_of(sample):
        without, empty = (changed(sample, whole, table, kept=kept) for kept in (False, True))
        for artifact in readers_of(sample):
            before, after, expected = untouched[artifact.name], read(artifact, without), read(artifact, empty)
            if after[2] not in {"unsupported", "absent"}:
                assert after[0] == expected[0] or table == UNKNOWN_NOT_NONE, (artifact.name, table)
            if expected[0] != before[0] and table not in NEW_TABLES:
                assert told(before, after, table, ""), (artifact.name, table, after[1:])


@pytest.mark.parametrize("sample", DATABASES, ids=name_of)
def test_a_table_without_any_known_column_is_not_said_to_be_read(sample: Path, tmp_path: Path) -> None:
    file = tmp_path / "other"
    with closing(sqlite3.connect(file)) as database:
        for table in columns_of(sample):
            database.execute(f'CREATE TABLE "{table}" (renamed)')
            database.execute(f'INSERT INTO "{table}" VALUES (1)')
        database.commit()
    for artifact in readers_of(sample):
        rows, _, status, reason = read(artifact, file)
        assert rows == []
        assert (status, bool(reason)) in {("unsupported", True), ("absent", True)} or artifact.name in NEW_ARTIFACTS


SMALL = """
CREATE TABLE message (ROWID INTEGER PRIMARY KEY, guid TEXT, text TEXT, handle_id INTEGER, date INTEGER, is_from_me INTEGER);
CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT);
INSERT INTO handle VALUES (1, '+525550100001');
INSERT INTO message VALUES (1, 'one', 'hola', 1, 0, 0);
"""


@pytest.mark.parametrize(
    ("more", "status"),
    [("", "parsed"), ("CREATE TABLE filler (x)", "partial"), ("ALTER TABLE message ADD COLUMN body TEXT", "partial"),
     ("CREATE VIEW chat AS SELECT 1 AS ROWID, 'x' AS guid", "partial")],
)  # fmt: skip
def test_what_is_missing_is_a_loss_where_it_may_stand_under_another_name(
    more: str, status: str, tmp_path: Path
) -> None:
    file = tmp_path / "sms.db"
    with closing(sqlite3.connect(file)) as database:
        database.executescript(SMALL + more)
    rows, problems, found, reason = read(artifacts()["ios.message"], file)
    assert [("'hola'" in row, "'+525550100001'" in row) for row in rows] == [(True, True)]
    assert found == status
    assert bool(problems) == (status == "partial")
    if status == "parsed":
        assert reason.startswith("nothing in it was passed over; it does not have: ")
        assert {"chat", "chat_message_join"} <= set(reason.partition(": ")[2].split(", "))


def test_the_tables_known_are_those_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: set[str] = set()
    columns = Layout.columns

    def noted(self: Layout, table: str) -> set[str]:
        asked.add(table.lower())
        return columns(self, table)

    monkeypatch.setattr(Layout, "columns", noted)
    for sample in DATABASES:
        folder = tmp_path / f"{sample.parent.name} {sample.name}"
        folder.mkdir()
        file = built(sample, folder)
        for artifact in readers_of(sample):
            read(artifact, file)
    assert {one for one in asked if not NUMBERED.match(one.capitalize())} == TABLES


NUMBERED = re.compile(r"^Z_\d+")
"""Core Data numbers its tables of relations anew with each version."""
COME_AND_GO = {
    "access": {"allowed", "prompt_count", "last_modified", "indirect_object_identifier", "auth_value", "auth_reason"},
    "attachment": {"is_sticker"},
    "Attachment": {"file_id"},
    "AttachmentFile": {"url", "filename", "format", "local_url", "file_size"},
    "bookmarks": {"date_closed", "extra_attributes", "local_attributes"},
    "CalendarItem": {"conference_url", "conference_url_detected"},
    "call": {"answered"},
    "chat": {"display_name"},
    "cloud_tab_devices": {"device_type_identifier"},
    "cloud_tabs": {"last_viewed_time"},
    "downloads": {"tab_url", "mime_type"},
    "history_tombstones": {"url"},
    "history_visits": {"origin"},
    "message": {"destination_caller_id"},
    "moz_historyvisits": {"is_local"},
    "visits": {"visit_duration"},
    "ZCALLRECORD": {"ZSERVICE_PROVIDER"},
    "ZCONTACTS": {"ZCUSTOMIDENTIFIER"},
    "ZINTERACTIONS": {"ZTARGETBUNDLEID"},
    "ZLIVEUSAGE": {"ZKIND", "ZBILLCYCLEEND", "ZWIFIIN", "ZWIFIOUT"},
    "ZSHORTCUT": {"ZDELETED", "ZSOURCE", "ZASSOCIATEDAPPBUNDLEIDENTIFIER"},
    "ZWAADDRESSBOOKCONTACT": set(MAYBE),
    "ZWACDCALLEVENT": {"ZGROUPCALLCREATORUSERJIDSTRING", "ZGROUPJIDSTRING"},
    "ZWAMEDIAITEM": {"ZMEDIAURLDATE"},
    "ZWAMESSAGE": {"ZSTARRED", "ZPUSHNAME", "ZSENTDATE"},
}
"""Columns that known versions lack: a sample without them is one of those."""
NEW_TABLES = {
    "AttachmentFile",
    "cloud_tab_close_requests",
    "chat_recoverable_message_join",
    "expired",
    "rejected_resources",
    "ZAPPDOMAINUSAGE",
    "ZATTACHMENT",
}
UNKNOWN_NOT_NONE = "windows"
"""Without it no tab is known to be private, or not to be; with it empty, none is."""
NEW_ARTIFACTS = {"ios.data_usage_domain", "ios.interaction_attachment"}
