"""The pages of a SQLite file by number, as its write-ahead log leaves them; also where the file's head is gone.

The format: https://www.sqlite.org/fileformat2.html. Page numbers begin at 1. Nothing is written, and no page is read
before it is asked for.
"""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from perito.artifacts.readers import sqlite_log, sqlite_size
from perito.artifacts.readers.damage import Damaged
from perito.artifacts.readers.raw_bytes import RawBytes
from perito.artifacts.readers.sqlite_record import ENCODINGS

HEAD = 100
"""Bytes of the file's head, before the first page's own."""
INTERIOR, LEAF, KEYED_INTERIOR, KEYED_LEAF = 0x05, 0x0D, 0x02, 0x0A
"""First byte of a page: of a table with row ids, and of an index or a table without them."""
KINDS = frozenset({INTERIOR, LEAF, KEYED_INTERIOR, KEYED_LEAF})


class Head(NamedTuple):
    """What the head of a file says that is needed to read its pages."""

    size: int
    reserved: int
    pages: int
    """0 where the head does not say how many pages there are."""
    freelist: int
    free: int
    mapped: bool
    encoding: str


def head(raw: bytes) -> Head | None:
    """Return what the head says, also where the first 16 bytes are gone; None where it is no head at all."""
    if len(raw) < HEAD or raw[21:24] != b"\x40\x20\x20":
        return None
    size = int.from_bytes(raw[16:18], "big")
    size = 1 << 16 if size == 1 else size
    if size < 512 or size & (size - 1) or size - raw[20] < 480:
        return None
    field = [int.from_bytes(raw[at : at + 4], "big") for at in range(0, HEAD, 4)]
    pages = field[7] if field[6] == field[23] else 0
    return Head(size, raw[20], pages, field[8], field[9], field[13] != 0, ENCODINGS.get(field[14], ""))


class Pages:
    """The pages of one database; Damaged where nothing in the file looks like a page of one. Close it.

    `frames` are the log's pages that belong to no finished transaction of it, or to one that it cannot vouch for.
    """

    def __init__(self, path: Path) -> None:
        self.raw = RawBytes(path)
        self.log = RawBytes(path.with_name(path.name + "-wal"))
        try:
            self._open()
        except Damaged:
            self.close()
            raise

    def _open(self) -> None:
        logged = sqlite_log.page_size(self.log)
        found = head(self.raw.at(0, HEAD))
        if found is None:
            size, reserved = sqlite_size.guess(self.raw, logged)
            found = Head(size, reserved, 0, 0, 0, mapped=False, encoding="")
        self.size = found.size
        read = sqlite_log.read(self.log, self.size) if logged == self.size else sqlite_log.Log({}, [], 0)
        self._newer = read.pages
        self.log_lost = logged != self.size and self.log.size > sqlite_log.HEAD
        self.frames = read.others
        newer = head(self.page(1)[:HEAD]) if 1 in self._newer else None
        self.head = newer if newer is not None and newer.size == self.size else found
        self.usable = self.size - self.head.reserved
        self.encoding = self.head.encoding
        self.count = max(read.reach, *self._newer, -(-self.raw.size // self.size))

    def close(self) -> None:
        """Let go of the files."""
        self.raw.close()
        self.log.close()

    @property
    def missing(self) -> int:
        """Return how many pages the head tells of that the file no longer has."""
        return max(0, self.head.pages - self.count)

    def page(self, number: int) -> bytes:
        """Return the bytes of a page: fewer than its size where the file ends in it, none where there is no such page."""
        if number in self._newer:
            return self.log.at(self._newer[number], self.size)
        return self.raw.at((number - 1) * self.size, self.size)

    def frame(self, at: int) -> bytes:
        """Return the page that lies at this offset of the log."""
        return self.log.at(at, self.size)

    def kinds(self) -> Iterator[tuple[int, int]]:
        """Yield number and first byte of every page that can hold rows or lead to them."""
        held_by_file = -(-self.raw.size // self.size)
        beyond = sorted(one for one in self._newer if one > held_by_file)
        for number in chain(range(1, held_by_file + 1), beyond):
            at = self._newer.get(number)
            held, place = (self.raw, (number - 1) * self.size) if at is None else (self.log, at)
            first = held.at(place + self.start(number), 1)
            if first and first[0] in KINDS:
                yield number, first[0]

    def start(self, number: int) -> int:
        """Return where in a page its own head begins: after the file's in the first."""
        return HEAD if number == 1 else 0
