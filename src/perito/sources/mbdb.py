"""The list of a backup before iOS 10: Manifest.mbdb, a run of records that give each stored file its name.

Layout after https://www.theiphonewiki.com/wiki/ITunes_Backup: all numbers big-endian, a text is its length in two
bytes and then its bytes, FFFF for none.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import NamedTuple

from perito.sources import reading

MAGIC = b"mbdb\x05\x00"
NONE = 0xFFFF
NUMBERS = struct.Struct(">HQIIIIIQBB")
"""Mode, inode, user, group, modified, accessed, changed, size, protection class, count of extra properties."""
FLAGS = {0x8: 1, 0x4: 2, 0xA: 4}
"""The file type in the mode's top four bits, as the flags of Manifest.db."""


class Damaged(Exception):
    """The list ends in the middle of a record, or is none."""


class Record(NamedTuple):
    """One file, folder or link; `key` is its wrapped key with the class in four bytes before it."""

    file_id: str
    domain: str
    path: str
    target: str
    key: bytes
    flags: int
    mode: int
    inode: int
    user: int
    group: int
    modified: int
    accessed: int
    changed: int
    size: int
    protection_class: int


def records(place: Path) -> Iterator[Record]:
    """Yield the records in order; Damaged, with the number of the record, where the list breaks off."""
    with os.fdopen(reading.descriptor(place), "rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise Damaged("not a Manifest.mbdb")
        number = 0
        while file.peek(1):
            number += 1
            try:
                yield _record(file)
            except EOFError:
                raise Damaged(f"the list breaks off in record {number}") from None


def _record(file: BufferedReader) -> Record:
    domain, path, target, _, key = (_piece(file) for _ in range(5))
    mode, inode, user, group, modified, accessed, changed, size, protection_class, extras = NUMBERS.unpack(
        _exactly(file, NUMBERS.size)
    )
    for _ in range(2 * extras):
        _piece(file)
    return Record(
        hashlib.sha1(domain + b"-" + path, usedforsecurity=False).hexdigest(),
        _text(domain),
        _text(path),
        _text(target),
        key,
        FLAGS.get(mode >> 12, 1),
        mode,
        inode,
        user,
        group,
        modified,
        accessed,
        changed,
        size,
        protection_class,
    )


def _piece(file: BufferedReader) -> bytes:
    length = int.from_bytes(_exactly(file, 2))
    return b"" if length == NONE else _exactly(file, length)


def _exactly(file: BufferedReader, size: int) -> bytes:
    raw = file.read(size)
    if len(raw) < size:
        raise EOFError
    return raw


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")
