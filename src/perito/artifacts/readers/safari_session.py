"""The back and forward list of a browser tab, as WebKit stores it (WebCore's SessionState).

Safari compresses lists of a mebibyte and more with Apple's LZ4: blocks that begin with `bv41`, the size of what they
hold and their own size; `bv4-` begins a block as it is, `bv4$` ends the list (Apple's compression_encode_buffer).
"""

from collections.abc import Iterator

import pyarrow as pa

from perito.artifacts.readers import plist
from perito.artifacts.readers.damage import Damaged

NAMES = ("URL", "OriginalURL", "Title")
LZ4 = pa.Codec("lz4_raw")
PACKED, PLAIN, END = b"bv41", b"bv4-", b"bv4$"
LARGEST = 64 << 20
"""Bytes that a list may unpack to; Safari itself drops those of more than two mebibytes."""
PREFIX = 4
"""Bytes before the property list: a version number."""


def entries(blob: object) -> Iterator[tuple[str, object, object, object]]:
    """Yield the place in the property list, address, address first asked for, and title of each entry in order."""
    if not isinstance(blob, bytes):
        raise Damaged(f"a session of type {type(blob).__name__}")
    if blob.startswith((PACKED, PLAIN)):
        blob = _unpacked(blob)
    start = 0 if blob.startswith((b"bplist", b"<?xml")) else PREFIX
    if not blob[start:].lstrip().startswith((b"bplist", b"<?xml")):
        raise Damaged(f"a session in an unknown encoding (starts with {blob[:16].hex(' ')})")
    history = plist.branch(plist.loads(blob[start:]), "SessionHistory")
    listed = plist.branch(history, "SessionHistoryEntries")
    for number, entry in enumerate(listed if isinstance(listed, list) else ()):
        address, asked, title = (plist.branch(entry, f"SessionHistoryEntry{one}") for one in NAMES)
        yield f"SessionHistory.SessionHistoryEntries[{number}]", address, asked, title


def _unpacked(blob: bytes) -> bytes:
    parts: list[bytes] = []
    at = total = 0
    while (kind := blob[at : at + 4]) not in {END, b""}:
        size, packed = (int.from_bytes(blob[at + place : at + place + 4], "little") for place in (4, 8))
        total += size
        if kind not in {PACKED, PLAIN} or total > LARGEST:
            raise Damaged(f"a session whose block at {at} is none, or that unpacks to more than {LARGEST} bytes")
        begin = at + (12 if kind == PACKED else 8)
        at = begin + (packed if kind == PACKED else size)
        try:
            parts.append(LZ4.decompress(blob[begin:at], size, asbytes=True) if kind == PACKED else blob[begin:at])
        except (OSError, ValueError) as error:
            raise Damaged(f"a session whose block before {at} cannot be unpacked") from error
    return b"".join(parts)
