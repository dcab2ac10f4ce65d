"""The list of files of a backup: Manifest.db, each row with its MBFile archive."""

import hashlib
import plistlib
import struct
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from perito.demo.tables import database, fill

SCHEMA = """
CREATE TABLE Files (fileID TEXT PRIMARY KEY, domain TEXT, relativePath TEXT, flags INTEGER, file BLOB);
CREATE INDEX FilesDomainIdx ON Files(domain);
CREATE INDEX FilesRelativePathIdx ON Files(relativePath);
CREATE INDEX FilesFlagsIdx ON Files(flags);
CREATE TABLE Properties (key TEXT PRIMARY KEY, value BLOB);
"""
LONG = 15  # from here on the length of a string is written behind its mark
INODE = 4_000_000
MODES = {1: 0o100644, 2: 0o040755, 4: 0o120755}


class Row(NamedTuple):
    """One row of the manifest; `key` is the file's wrapped key (class number and 40 bytes) in an encrypted backup."""

    domain: str
    path: str
    flags: int
    size: int
    when: int
    number: int
    digest: bytes | None = None
    key: bytes | None = None


def file_id(domain: str, path: str) -> str:
    """Return the name a file has inside the backup."""
    return hashlib.sha1(f"{domain}-{path}".encode(), usedforsecurity=False).hexdigest()


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write Manifest.db; a file listed twice is an error of the caller (IntegrityError)."""
    with database(path, SCHEMA) as manifest:
        lines = ((file_id(row.domain, row.path), row.domain, row.path, row.flags, mbfile(row)) for row in rows)
        fill(manifest, "Files", "fileID, domain, relativePath, flags, file", lines)


def mbfile(row: Row) -> bytes:
    """Return what iOS knows of a file, as NSKeyedArchiver writes it: times in whole seconds since 1970."""
    if row.digest is not None or row.key is not None:
        return plistlib.dumps(_archive(row), fmt=plistlib.FMT_BINARY, sort_keys=False)
    mould = _mould(row.flags)
    blob = bytearray(mould.head)
    struct.pack_into(">I", blob, mould.when, row.when)
    struct.pack_into(">I", blob, mould.inode, INODE + row.number)
    struct.pack_into(">Q", blob, mould.size, row.size)
    trailer = struct.pack(">6xBBQQQ", *mould.trailer, len(blob) + len(path := _string(row.path)))
    return b"".join((blob, path, mould.offsets, trailer))


class _Mould(NamedTuple):
    """An archive up to its path, which comes last: a list of 200,000 files is cast, not modelled one by one."""

    head: bytes
    offsets: bytes
    trailer: tuple[int, ...]
    when: int
    inode: int
    size: int


@cache
def _mould(flags: int) -> _Mould:
    when, inode, size, path = 0x7AAAAAA1, 0x7BBBBBB2, 0x3CCCCCCC_CCCCCCC3, "?path?"
    row = Row("", path, flags, size, when, inode - INODE)
    whole = plistlib.dumps(_archive(row), fmt=plistlib.FMT_BINARY, sort_keys=False)
    *trailer, table = struct.unpack(">6xBBQQQ", whole[-32:])
    end = table - len(_string(path))
    assert whole[end:table] == _string(path), "the path is not the last object of the list"
    places = (whole.index(value.to_bytes(width, "big")) for value, width in ((when, 4), (inode, 4), (size, 8)))
    return _Mould(whole[:end], whole[table:-32], tuple(trailer), *places)


def _string(text: str) -> bytes:
    """Return a string as a binary property list holds it."""
    ascii_ = text.isascii()
    raw = text.encode("ascii" if ascii_ else "utf-16-be")
    count = len(raw) if ascii_ else len(raw) // 2
    mark = 0x50 if ascii_ else 0x60
    if count < LONG:
        return bytes([mark | count]) + raw
    return bytes([mark | LONG, 0x11]) + count.to_bytes(2, "big") + raw


def _archive(row: Row) -> dict[str, Any]:
    uid = plistlib.UID
    fields: dict[str, Any] = {
        "$class": uid(2),
        **dict.fromkeys(("Birth", "LastModified", "LastStatusChange"), row.when),
        "Flags": 0,
        "GroupID": 501,
        "InodeNumber": INODE + row.number,
        "Mode": MODES.get(row.flags, 0),
        "ProtectionClass": 3 if row.flags == 1 else 0,
        "Size": row.size,
        "UserID": 501,
    }
    objects = ["$null", fields, {"$classes": ["MBFile", "NSObject"], "$classname": "MBFile"}]
    for name, value in (("Digest", row.digest), ("EncryptionKey", row.key)):
        if value is not None:
            fields[name] = uid(len(objects))
            kind = {"$classes": ["NSMutableData", "NSData", "NSObject"], "$classname": "NSMutableData"}
            objects += [{"$class": uid(len(objects) + 1), "NS.data": value}, kind]
    fields["RelativePath"] = uid(len(objects))
    objects.append(row.path)
    return {"$version": 100_000, "$archiver": "NSKeyedArchiver", "$top": {"root": uid(1)}, "$objects": objects}
