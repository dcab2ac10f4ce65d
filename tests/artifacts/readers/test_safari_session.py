"""The back and forward list of a tab, plain and packed."""

import plistlib

import pyarrow as pa
import pytest

from perito.artifacts.readers import safari_session
from perito.artifacts.readers.damage import Damaged

ENTRIES = [
    {"SessionHistoryEntryURL": "https://a.example/", "SessionHistoryEntryTitle": "A"},
    {"SessionHistoryEntryURL": "https://b.example/", "SessionHistoryEntryOriginalURL": "http://c.example/x"},
]
EXPECTED = [
    ("SessionHistory.SessionHistoryEntries[0]", "https://a.example/", None, "A"),
    ("SessionHistory.SessionHistoryEntries[1]", "https://b.example/", "http://c.example/x", None),
]
PLAIN = b"\0\0\0\2" + plistlib.dumps({"SessionHistory": {"SessionHistoryEntries": ENTRIES}}, fmt=plistlib.FMT_BINARY)


def block(content: bytes) -> bytes:
    packed = pa.Codec("lz4_raw").compress(content, asbytes=True)
    return b"bv41" + len(content).to_bytes(4, "little") + len(packed).to_bytes(4, "little") + packed


@pytest.mark.parametrize(
    "blob",
    [
        PLAIN,
        PLAIN[4:],
        block(PLAIN) + b"bv4$",
        block(PLAIN[:50]) + b"bv4-" + len(PLAIN[50:]).to_bytes(4, "little") + PLAIN[50:] + b"bv4$",
        block(PLAIN),
    ],
    ids=["with its number", "bare", "packed", "in two blocks", "without an end"],
)
def test_entries_in_order(blob: bytes) -> None:
    assert list(safari_session.entries(blob)) == EXPECTED


@pytest.mark.parametrize(
    "blob",
    [
        b"",
        b"\0\0\0\2zzzz",
        "text",
        block(PLAIN)[:-3],
        b"bv41\xff\xff\xff\xff\x00\x00\x00\x00",
        (b"bv41" + (60 << 20).to_bytes(4, "little") + b"\0\0\0\0") * 9,
        b"bv41zzzz",
    ],
)
def test_anything_else_is_told(blob: object) -> None:
    with pytest.raises(Damaged):
        list(safari_session.entries(blob))
