"""The list of files of a backup: Manifest.db, each row with its MBFile archive."""

import hashlib
import plistlib
from collections.abc import Iterable
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
    uid = plistlib.UID
    fields: dict[str, Any] = {
        "$class": uid(3),
        "RelativePath": uid(2),
        **dict.fromkeys(("Birth", "LastModified", "LastStatusChange"), row.when),
        "Flags": 0,
        "GroupID": 501,
        "InodeNumber": 4_000_000 + row.number,
        "Mode": MODES.get(row.flags, 0),
        "ProtectionClass": 3 if row.flags == 1 else 0,
        "Size": row.size,
        "UserID": 501,
    }
    objects = ["$null", fields, row.path, {"$classes": ["MBFile", "NSObject"], "$classname": "MBFile"}]
    for name, value in (("Digest", row.digest), ("EncryptionKey", row.key)):
        if value is not None:
            fields[name] = uid(len(objects))
            kind = {"$classes": ["NSMutableData", "NSData", "NSObject"], "$classname": "NSMutableData"}
            objects += [{"$class": uid(len(objects) + 1), "NS.data": value}, kind]
    archive = {"$version": 100_000, "$archiver": "NSKeyedArchiver", "$top": {"root": uid(1)}, "$objects": objects}
    return plistlib.dumps(archive, fmt=plistlib.FMT_BINARY)
