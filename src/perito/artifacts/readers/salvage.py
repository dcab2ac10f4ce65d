"""Whether a database that SQLite does not read, or not to its end, still holds something, and what its tables are."""

from contextlib import closing
from functools import lru_cache
from pathlib import Path

from perito.artifacts.readers import rescue, sqlite_log
from perito.artifacts.readers.damage import Damaged
from perito.artifacts.readers.raw_bytes import RawBytes


def tables(path: Path) -> dict[str, tuple[str, ...]]:
    """Return the tables that a damaged database still tells of, with their columns; none where nothing is left."""
    status = path.stat()
    return _tables(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=4)
def _tables(path: Path, _size: int, _changed: int) -> dict[str, tuple[str, ...]]:
    try:
        return rescue.names(path)
    except Damaged:
        return {}


def log_damage(path: Path) -> str:
    """Say what of a database's write-ahead log SQLite passes over in silence; empty when it is nothing.

    Frames of this round of the log that lie behind a damaged one are pages that were written and are not read.
    """
    beside = path.with_name(path.name + "-wal")
    if not beside.exists():
        return ""
    with closing(RawBytes(beside)) as raw:
        size = sqlite_log.page_size(raw)
        if not size:
            return "its write-ahead log has no head and was not read" if raw.size > sqlite_log.HEAD else ""
        behind = sum(one.why == sqlite_log.BEHIND for one in sqlite_log.read(raw, size).others)
    return f"{behind} frames of its write-ahead log lie behind a damaged one" if behind else ""
