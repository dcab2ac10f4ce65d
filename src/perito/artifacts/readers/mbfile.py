"""What iOS noted of each backed-up file, read for a whole column of archives at once.

The `file` column of Manifest.db holds an `MBFile` object as NSKeyedArchiver writes it, a small binary property list;
reading it object by object costs 30 us a row. Most of a column is built alike: the first row of a shape is walked, and
every row with the same bytes up to its values is read at the same places. Rows of other shapes are left to `one`.
The format: https://opensource.apple.com/source/CF/CF-550/CFBinaryPList.c.
"""

import struct
from collections.abc import Iterator
from plistlib import UID

import numpy as np
import pyarrow as pa

from perito.artifacts.readers import plist
from perito.artifacts.readers.damage import Damaged
from perito.base.times import MAC_EPOCH_SECONDS

NUMBERS = (
    "Birth", "LastModified", "LastStatusChange", "Size", "Mode", "UserID", "GroupID", "InodeNumber", "ProtectionClass"
)  # fmt: skip
SHAPES = 64
"""Shapes tried in one column; real ones have about twenty."""
LARGEST = 1_024
"""Bytes up to the values of a shape; real ones have about 200."""
DATA = 0x4F1014
"""What stands before 20 bytes of data, as a SHA-1 is stored."""
INT64 = 1 << 63
TRAILER = 32
LEAST = 64
"""Bytes of a column, so that its views are not empty."""


class Archives:
    """What a column of archives holds: numbers by key (0 where `has` says no), digests in hex, link targets.

    `odd` keeps by row and key what is no whole number of 64 bits; `unread` says why a row could not be read.
    """

    def __init__(self, blobs: pa.Array) -> None:
        self.numbers = {key: np.zeros(len(blobs), np.int64) for key in NUMBERS}
        self.has = {key: np.zeros(len(blobs), bool) for key in NUMBERS}
        self.digests = np.full(len(blobs), None, object)
        self.targets = np.full(len(blobs), None, object)
        self.odd: dict[tuple[int, str], object] = {}
        self.unread: dict[int, str] = {}
        self._unlike: list[int] = []
        column = _Column(blobs)
        left = np.flatnonzero(blobs.is_valid().to_numpy(zero_copy_only=False))
        for _ in range(SHAPES):
            if not len(left):
                break
            left = self._read_alike(column, left)
        for row in (*self._unlike, *left.tolist()):
            try:
                self._read_one(row, one(column.blob(row)))
            except Damaged as error:
                self.unread[row] = str(error)

    def _read_one(self, row: int, described: dict[str, object]) -> None:
        for key in NUMBERS:
            value = described.get(key)
            if type(value) is int and -INT64 <= value < INT64:
                self.numbers[key][row], self.has[key][row] = value, True
            elif value is not None:
                self.odd[row, key] = value
        content, self.targets[row] = described.get("Digest"), described.get("Target")
        self.digests[row] = content.hex() if isinstance(content, bytes) else content

    def _read_alike(self, column: "_Column", left: np.ndarray) -> np.ndarray:
        """Read the first row that is left and all that are built like it; return the others."""
        alike = left[:1]
        try:
            shape = _Shape(column.blob(left[0]))
            alike = np.union1d(alike, column.built_as(shape, left))
            self._read_rows(_Rows(column, shape, alike))
        except (ValueError, KeyError, IndexError, struct.error):
            self._unlike.extend(alike.tolist())
        return np.setdiff1d(left, alike, assume_unique=True)

    def _read_rows(self, rows: "_Rows") -> None:
        if "Target" in rows.shape.values:
            raise ValueError
        found = {key: rows.numbers(rows.value(key)) for key in NUMBERS if key in rows.shape.values}
        digests = rows.digests() if "Digest" in rows.shape.values else None
        for key, numbers in found.items():
            self.numbers[key][rows.rows] = numbers
            self.has[key][rows.rows] = True
        if digests:
            self.digests[rows.rows] = digests


class _Shape:
    """How one archive is built: its bytes up to the values, and where the references to the values stand."""

    def __init__(self, blob: bytes) -> None:
        self.blob = blob
        self.wide, narrow, _, top, self.table = struct.unpack_from(">BBQQQ", blob, len(blob) - 26)
        if narrow != 1 or self.wide not in {1, 2}:
            raise ValueError
        outer = dict(self.entries(self._place(top)))
        (root,) = (blob[self.follow(at) + 1] for _, at in self.entries(self.follow(outer["$top"])))
        count, self.objects = self._items(self.follow(outer["$objects"]), 0xA)
        self.values = dict(self.entries(self.follow(self.objects + root)))
        loose = {*self.values.values(), *outer.values(), *range(self.objects, self.objects + count)}
        loose -= {outer["$objects"], self.objects + root}
        self.size = self.end
        if self.size > LARGEST:
            raise ValueError
        firm = bytes(0 if at in loose else 255 for at in range(self.size))
        self.mask, self.fixed = (_words(firm), _words(blob[: self.size]))

    def _place(self, number: int) -> int:
        at = self.table + number * self.wide
        return int.from_bytes(self.blob[at : at + self.wide])

    def follow(self, at: int) -> int:
        """Return the place of the object whose number stands here."""
        return self._place(self.blob[at])

    def _items(self, place: int, kind: int) -> tuple[int, int]:
        """Return the count of an object of this kind, and where its references or letters begin."""
        marker = self.blob[place]
        if marker >> 4 != kind:
            raise ValueError
        return (self.blob[place + 2], place + 3) if marker & 15 == 15 else (marker & 15, place + 1)

    def entries(self, place: int) -> Iterator[tuple[str, int]]:
        """Yield each key of a dictionary, and where the reference to its value stands."""
        count, begin = self._items(place, 0xD)
        for at in range(begin, begin + count):
            size, start = self._items(self.follow(at), 0x5)
            self.end = start + size
            yield self.blob[start : self.end].decode("ascii"), at + count


def _words(raw: bytes) -> np.ndarray:
    return np.frombuffer(raw + b"\0" * (-len(raw) % 8), ">u8")


class _Column:
    """The archives' bytes one after the other, and a view of them for numbers of 1, 2, 4 and 8 bytes at any place."""

    def __init__(self, blobs: pa.Array) -> None:
        blobs = blobs.cast(pa.large_binary())
        offsets = np.frombuffer(blobs.buffers()[1], np.int64, len(blobs) + 1, blobs.offset * 8)
        self.raw = memoryview(blobs.buffers()[2] or b"")[offsets[0] : offsets[-1]]
        if len(self.raw) < LEAST:
            self.raw = memoryview(bytes(self.raw).ljust(LEAST, b"\0"))
        self.start, self.end = offsets[:-1] - offsets[0], offsets[1:] - offsets[0]
        self.views = [np.ndarray(len(self.raw) - 7, f">u{1 << size}", self.raw, 0, (1,)) for size in range(4)]

    def blob(self, row: int) -> bytes:
        return bytes(self.raw[self.start[row] : self.end[row]])

    def built_as(self, shape: _Shape, rows: np.ndarray) -> np.ndarray:
        """Return those of the rows that have the shape's bytes up to its values, and an offset table as wide."""
        rows = rows[self.end[rows] - self.start[rows] >= shape.size + TRAILER]
        rows = rows[self.views[1][self.end[rows] - 26] == (shape.wide << 8 | 1)]
        for word in reversed(range(len(shape.fixed))):
            here = self.views[3][self.start[rows] + 8 * word]
            rows = rows[(here ^ shape.fixed[word]) & shape.mask[word] == 0]
        return rows


class _Rows:
    """Rows of one shape; every method raises ValueError where one of them points outside itself."""

    def __init__(self, column: _Column, shape: _Shape, rows: np.ndarray) -> None:
        self.views, self.shape, self.rows = column.views, shape, rows
        self.start, self.end = column.start[rows], column.end[rows] - 32
        self.table = self.start + self.views[3][self.end + 24].astype(np.int64)

    def follow(self, at: np.ndarray) -> np.ndarray:
        """Return the places of the objects whose numbers stand at these places."""
        entry = self.table + self.inside(at, 0) * self.shape.wide
        place: np.ndarray = self.start + self.inside(entry, self.shape.wide - 1)
        return place

    def inside(self, at: np.ndarray, view: int) -> np.ndarray:
        """Return the numbers at these places, which must lie inside their rows."""
        if ((at < self.start) | (at >= self.end)).any():
            raise ValueError
        numbers: np.ndarray = self.views[view][at].astype(np.int64)
        return numbers

    def value(self, key: str) -> np.ndarray:
        """Return the places of the values of a key."""
        return self.follow(self.start + self.shape.values[key])

    def numbers(self, places: np.ndarray) -> np.ndarray:
        """Return the whole numbers of the objects at these places."""
        width = self.inside(places, 0) - 0x10
        if ((width < 0) | (width > 3)).any():
            raise ValueError
        unused = (64 - (8 << width)).astype(np.uint64)
        numbers: np.ndarray = (self.views[3][places + 1].astype(np.uint64) >> unused).astype(np.int64)
        return numbers

    def digests(self) -> list[str]:
        """Return the digests in hex: bytes among the archive's objects, bare or boxed in an NSData."""
        pointer = self.value("Digest")
        place = self.follow(self.start + self.shape.objects + self.inside(pointer + 1, 0))
        sample = int(place[0] - self.start[0])
        if self.shape.blob[sample] >> 4 == 0xD:
            boxed = dict(self.shape.entries(sample))["NS.data"]
            place = self.follow(place + boxed - sample)
        if (self.inside(place, 2) >> 8 != DATA).any():
            raise ValueError
        digests = self.views[0][place[:, None] + np.arange(3, 23)].astype(np.uint8).tobytes().hex()
        return [digests[at : at + 40] for at in range(0, len(digests), 40)]


def one(blob: bytes) -> dict[str, object]:
    """Return what any archive of a file holds, its references followed; Damaged when it is no such archive."""
    archive = plist.as_dictionary(plist.loads(blob))
    if "$objects" not in archive:
        return archive
    objects, root = archive["$objects"], plist.branch(archive, "$top", "root")
    if not isinstance(root, UID) or not isinstance(objects, list):
        raise Damaged("an archive without its objects")
    described = plist.as_dictionary(_followed(objects, root))
    return {key: _bare(objects, value) for key, value in described.items()}


def _followed(objects: list[object], value: object) -> object:
    if not isinstance(value, UID):
        return value
    if value.data >= len(objects):
        raise Damaged(f"an archive that points to its object {value.data} of {len(objects)}")
    return objects[value.data]


def _bare(objects: list[object], value: object) -> object:
    """Return a value itself, or what its NSData or NSDate holds."""
    value = _followed(objects, value)
    for key in ("NS.data", "NS.time"):
        if isinstance(value, dict) and key in value:
            inner = _followed(objects, value[key])
            return inner + MAC_EPOCH_SECONDS if key == "NS.time" and isinstance(inner, (int, float)) else inner
    return value
