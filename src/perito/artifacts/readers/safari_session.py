"""The back and forward list of a browser tab, as WebKit stores it (WebCore's SessionState)."""

from collections.abc import Iterator

from perito.artifacts.readers import plist
from perito.artifacts.readers.damage import Damaged

NAMES = ("URL", "OriginalURL", "Title")
PREFIX = 4
"""Bytes before the property list: a version number."""


def entries(blob: object) -> Iterator[tuple[str, object, object, object]]:
    """Yield the place in the property list, address, address first asked for, and title of each entry in order."""
    if not isinstance(blob, bytes):
        raise Damaged(f"a session of type {type(blob).__name__}")
    start = 0 if blob.startswith((b"bplist", b"<?xml")) else PREFIX
    if not blob[start:].lstrip().startswith((b"bplist", b"<?xml")):
        raise Damaged(f"a session in an unknown encoding (starts with {blob[:16].hex(' ')})")
    history = plist.branch(plist.loads(blob[start:]), "SessionHistory")
    listed = plist.branch(history, "SessionHistoryEntries")
    for number, entry in enumerate(listed if isinstance(listed, list) else ()):
        address, asked, title = (plist.branch(entry, f"SessionHistoryEntry{one}") for one in NAMES)
        yield f"SessionHistory.SessionHistoryEntries[{number}]", address, asked, title
