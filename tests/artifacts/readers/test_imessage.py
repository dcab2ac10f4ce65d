"""What the blobs of a message say beside its text: wordings of an edit, what a reaction answers, previews of any form."""

import gzip
import plistlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from perito.artifacts.declare import artifacts
from perito.artifacts.run import Reading, tables

LINK = "https://elpregonero.example/a"
COLUMNS = "ROWID INTEGER PRIMARY KEY, guid TEXT, text TEXT, attributedBody BLOB, handle_id, date, is_from_me"


def row(tmp_path: Path, payload: bytes | None = None, summary: bytes | None = None) -> tuple[dict[str, Any], Reading]:
    file = tmp_path / "sms.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute(f"CREATE TABLE message ({COLUMNS}, payload_data BLOB, message_summary_info BLOB)")
        database.execute("CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT)")
        database.execute("INSERT INTO message VALUES (1, 'g', 'hola', NULL, 0, 0, 0, ?, ?)", (payload, summary))
        database.commit()
    reading = Reading()
    (one,) = [one for table in tables(artifacts()["ios.message"], file, reading) for one in table.to_pylist()]
    return one, reading


def bplist(what: Any) -> bytes:
    return plistlib.dumps(what, fmt=plistlib.FMT_BINARY)


@pytest.mark.parametrize(
    ("summary", "expected"),
    [
        ({"ams": f"mira {LINK}", "amc": 1}, f"mira {LINK}"),
        ({"ams": "hola"}, None),
        ({"ec": {"0": [{"t": f"antes {LINK}"}, {"t": "hola"}]}}, f"antes {LINK}"),
        ({"ec": {"0": [{"t": "hola"}, {"t": f"al fin {LINK}"}]}}, f"hola\nal fin {LINK}"),
        ({"ec": {"0": [{"t": "hola"}]}}, None),
    ],
)
def test_what_an_edited_or_answered_message_said(summary: dict[str, Any], expected: str | None, tmp_path: Path) -> None:
    one, reading = row(tmp_path, summary=bplist(summary))
    assert one["earlier"] == expected
    assert reading.status == "parsed"


def test_a_wording_that_cannot_be_read_costs_no_other(tmp_path: Path) -> None:
    broken = {"ec": {"0": [{"t": b"\x04\x0bstreamtyped"}, {"t": f"antes {LINK}"}, {"t": "hola"}]}}
    one, reading = row(tmp_path, summary=bplist(broken))
    assert one["earlier"] == f"antes {LINK}"
    assert [misfit.ref for misfit in reading.misfits] == [one["ref"]]
    assert reading.status == "partial"


@pytest.mark.parametrize(
    "payload",
    [
        bplist({"$archiver": "NSKeyedArchiver", "$objects": ["$null", LINK]}),
        bplist(
            {"$archiver": "NSKeyedArchiver", "$objects": ["$null", {"NS.data": b"\x08\x1d" + LINK.encode() + b"\0"}]}
        ),
        bplist({"$archiver": "NSKeyedArchiver", "$objects": ["$null", bplist({"url": LINK})]}),
        b"\x08\x96\x01\x12\x1d" + LINK.encode() + b"\x1a\x00",
        gzip.compress(b"\x0a\x1d" + LINK.encode() + b"\x00"),
    ],
    ids=["string", "data", "list within data", "of an app", "packed"],
)
def test_an_address_in_a_preview_of_any_form(payload: bytes, tmp_path: Path) -> None:
    one, reading = row(tmp_path, payload=payload)
    assert LINK in one["preview"].split("\n")
    assert reading.status == "parsed"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (gzip.compress(LINK.encode())[:15], "packed, and not unpacked to its end, or to more than 16777216 bytes"),
        (b"\x1f\x8b\x08\xff" + b"\xff" * 40, "packed, and cannot be unpacked"),
        (gzip.compress(bytes(1 << 25)), "packed, and not unpacked to its end, or to more than 16777216 bytes"),
    ],
    ids=["cut", "no packing", "bomb"],
)
def test_a_packed_preview_that_cannot_be_unpacked_is_told(payload: bytes, reason: str, tmp_path: Path) -> None:
    one, reading = row(tmp_path, payload=payload)
    assert one["text"] == "hola"
    assert one["preview"] is None
    assert [misfit.reason for misfit in reading.misfits] == [f"payload_data: {reason}"]


def test_a_text_in_a_generated_column_is_read(tmp_path: Path) -> None:
    file = tmp_path / "sms.db"
    with closing(sqlite3.connect(file)) as database:
        said = COLUMNS.replace("text TEXT", "said TEXT, text TEXT GENERATED ALWAYS AS (said) VIRTUAL")
        database.execute(f"CREATE TABLE message ({said})")
        database.execute("CREATE TABLE handle (ROWID INTEGER PRIMARY KEY, id TEXT)")
        database.execute("INSERT INTO message (ROWID, guid, said, date) VALUES (1, 'g', ?, 0)", (LINK,))
        database.commit()
    reading = Reading()
    found = [one["text"] for table in tables(artifacts()["ios.message"], file, reading) for one in table.to_pylist()]
    assert found == [LINK]
