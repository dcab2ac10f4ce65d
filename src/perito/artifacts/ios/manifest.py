"""Every file and folder that a backup lists, with or without its content, and its times on the device.

A name alone can tell of a web site or an implant. Manifest.db since iOS 10, with an MBFile archive in each row;
Manifest.mbdb before: https://theapplewiki.com/wiki/ITunes_Backup.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa

from perito.artifacts.declare import artifact
from perito.artifacts.readers import mbdb, mbfile
from perito.artifacts.readers.damage import Partly
from perito.artifacts.readers.sqlite import Query
from perito.base.text import excerpt
from perito.records import UNIX, Row, Schema, digest, integer, path, storage_name, when

MANIFEST_FILE = Schema(
    "ios.manifest_file",
    modified=when("last change of the content", UNIX),
    changed=when("last change of content, name or rights", UNIX),
    created=when("when it was made", UNIX),
    entry=storage_name("domain and path in it, such as HomeDomain/Library/SMS/sms.db"),
    flags=integer("1 for a file, 2 for a folder, 4 for a link"),
    size=integer("bytes"),
    mode=integer("kind and rights, as Unix numbers them"),
    user=integer("number of the owner"),
    inode=integer("number in the device's file system"),
    protection_class=integer("data protection class, 0 for none"),
    digest=digest("SHA-1 that the backup holds of the content"),
    target=path("where a link points to"),
)
FILES = (
    "SELECT 'Files ' || coalesce(fileID, 'rowid ' || rowid),"
    " coalesce(domain || '/' || relativePath, domain, relativePath), flags, file FROM Files"
)
TIMES = ("LastModified", "LastStatusChange", "Birth")
KEYS = ("Size", "Mode", "UserID", "InodeNumber", "ProtectionClass")
CHUNK = 4_096


class Files(Query):
    """The rows of Manifest.db with their archives read, a column at a time."""

    def batches(self, raw: Sequence[str]) -> Iterator[list[pa.Array]]:
        """Yield whole columns; ValueError where an archive holds anything odd: `rows` then tells of it."""
        for refs, names, flags, blobs in super().batches(("text", "integer", *raw[:1])):
            files = mbfile.Archives(blobs)
            if files.odd or files.unread:
                raise ValueError
            yield [refs, *_numbers(files, TIMES), names, flags, *_numbers(files, KEYS), *_texts(files)]

    def rows(self, skip: int = 0) -> Iterator[Row | Partly]:
        """Yield the rows one by one, and what could not be read of their archives."""
        rows = super().rows(skip)
        while chunk := list(islice(rows, CHUNK)):
            yield from (row for row in chunk if isinstance(row, Partly))
            yield from _opened([row for row in chunk if not isinstance(row, Partly)])


def _opened(rows: list[Row]) -> Iterator[Row | Partly]:
    files = mbfile.Archives(pa.array([row[3] if isinstance(row[3], bytes) else None for row in rows], pa.binary()))
    columns = {key: column.to_pylist() for key, column in zip(TIMES + KEYS, _numbers(files, TIMES + KEYS), strict=True)}
    for (row, key), value in files.odd.items():
        columns[key][row] = value
    for number, (ref, name, flags, blob) in enumerate(rows):
        told = [columns[key][number] for key in TIMES + KEYS]
        yield (ref, *told[:3], name, flags, *told[3:], files.digests[number], files.targets[number])
        if number in files.unread or not isinstance(blob, bytes | None):
            yield Partly(str(ref), files.unread.get(number, "file: no archive"), excerpt(blob))


def _numbers(files: mbfile.Archives, keys: Sequence[str]) -> list[pa.Array]:
    return [pa.array(files.numbers[key], mask=~files.has[key]) for key in keys]


def _texts(files: mbfile.Archives) -> list[pa.Array]:
    return [pa.array(files.digests, pa.string()), pa.array(files.targets, pa.string())]


@artifact(MANIFEST_FILE, "Manifest.db", "Manifest.mbdb", tables=("Files", "Properties"), looks=rb"\Ambdb\x05\x00")
def manifest_files(path: Path) -> Iterable[Row | Partly]:
    """Return the rows of whichever list this file is."""
    with path.open("rb") as file:
        older = file.read(4) == mbdb.MAGIC[:4]
    return _listed(path) if older else Files(path, FILES)


def _listed(path: Path) -> Iterator[Row | Partly]:
    for one in mbdb.records(path):
        if isinstance(one, Partly):
            yield one
            continue
        name = (one.domain or b"") + b"/" + (one.path or b"")
        times = (one.modified, one.changed, one.created)
        numbers = (one.size, one.mode, one.user, one.inode, one.protection_class)
        flags = FLAGS.get(one.mode >> 12)
        yield (f"offset {one.begin:#x}", *times, name, flags, *numbers, one.digest and one.digest.hex(), one.target)


FLAGS = {0x8: 1, 0x4: 2, 0xA: 4}
"""Kinds of file in the upper bits of a mode, as Manifest.db numbers them."""
