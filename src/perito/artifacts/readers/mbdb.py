"""Records of Manifest.mbdb, the list of files of an iTunes backup of iOS 4 to 9.

The format: https://theapplewiki.com/wiki/ITunes_Backup#Manifest.mbdb. Numbers are big-endian; a text is its length and
its bytes, of which length 65535 stands for none.
"""

from collections.abc import Iterator
from pathlib import Path
from struct import Struct
from typing import NamedTuple

from perito.artifacts.readers.damage import Damaged, Partly

MAGIC = b"mbdb\x05\x00"
LENGTH = Struct(">H")
FIXED = Struct(">HQIIIIIQBB")
NONE = 0xFFFF


class Record(NamedTuple):
    """One file, folder or link; times in whole seconds since 1970; `begin` is where it stands in the list."""

    begin: int
    domain: bytes | None
    path: bytes | None
    target: bytes | None
    digest: bytes | None
    key: bytes | None
    mode: int
    inode: int
    user: int
    group: int
    modified: int
    changed: int
    created: int
    size: int
    protection_class: int
    properties: int


def records(path: Path) -> Iterator[Record | Partly]:
    """Yield the records in order; a last one that is cut off is told, and ends the reading."""
    raw = path.read_bytes()
    if not raw.startswith(MAGIC):
        raise Damaged(f"no list of files (starts with {raw[:6].hex(' ')})")
    at = len(MAGIC)
    while at < len(raw):
        try:
            record, after = _record(raw, at)
        except ValueError:
            yield Partly(f"offset {at:#x}", "the list is cut off in this record", raw[at : at + 100].hex())
            return
        yield record
        at = after


def _record(raw: bytes, begin: int) -> tuple[Record, int]:
    domain, at = _text(raw, begin)
    path, at = _text(raw, at)
    target, at = _text(raw, at)
    digest, at = _text(raw, at)
    key, at = _text(raw, at)
    if at + FIXED.size > len(raw):
        raise ValueError
    record = Record(begin, domain, path, target, digest, key, *FIXED.unpack_from(raw, at))
    at += FIXED.size
    for _ in range(record.properties * 2):
        _, at = _text(raw, at)
    return record, at


def _text(raw: bytes, at: int) -> tuple[bytes | None, int]:
    if at + LENGTH.size > len(raw):
        raise ValueError
    (length,) = LENGTH.unpack_from(raw, at)
    at += LENGTH.size
    if length == NONE:
        return None, at
    if at + length > len(raw):
        raise ValueError
    return raw[at : at + length], at + length
