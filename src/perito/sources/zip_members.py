"""The members of a zip archive: from its directory where it has one, else from what stands before each member."""

import stat
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from perito.sources.caps import Caps
from perito.sources.member import Broken, Member
from perito.sources.source import ENCRYPTED, FILE, FOLDER, LINK, SPECIAL
from perito.sources.unpack import METHODS

CENTRAL = struct.Struct("<4s6H3L5H2L")
LOCAL = struct.Struct("<4s5H3L2H")
END = struct.Struct("<4s4H2LH")
LOCATOR = struct.Struct("<4sLQL")
END64 = struct.Struct("<4sQ2H2L4Q")
FULL = 0xFFFFFFFF
FULL_SHORT = 0xFFFF
LOCKED, STREAMED, UTF8 = 0x1 | 0x2000, 0x8, 0x800
UNIX = (3, 19)
ZIP64 = 1
SPLIT = (b"PK\x07\x08", b"PK00")
"""Stand before the first member of an archive that was, or might have been, split (APPNOTE 8.5.3 and 8.5.5)."""
OTHERS = (b"SQLite format 3\x00", b"bplist", b"<?xml")
"""Starts of files that are themselves, whatever somebody hung on their end."""
LAST = END.size + FULL_SHORT


class Directory(NamedTuple):
    """Where the list of members lies, how many there should be, and how far places in it are off."""

    start: int
    size: int
    listed: int
    shift: int
    disk: int = 0


def members(file: BinaryIO, size: int, caps: Caps) -> Iterator[Member]:
    """Yield the members; Broken where the list of them is missing or damaged, after all that could be had."""
    directory = _directory(file, size)
    if directory is None:
        yield from _scan(file, caps)
        raise Broken("the list of members at its end is missing: the archive is cut short, or was split into parts")
    if directory.disk:
        yield from _scan(file, caps)
        raise Broken(f"the last of {directory.disk + 1} parts of a split archive: join the parts first")
    file.seek(directory.start)
    for number in range(directory.listed):
        raw = file.read(CENTRAL.size)
        if len(raw) < CENTRAL.size or raw[:4] != b"PK\x01\x02":
            raise Broken(f"the list of members is damaged after {number} of {directory.listed}")
        yield _member(file, raw, directory, caps)


def ends_like_one(file: BinaryIO, start: bytes, size: int) -> bool:
    """Tell whether a file that begins with something else (a program that unpacks itself) is a zip by its end.

    Its last bytes must be the record that ends one, to the byte, and the list of members must stand where that says.
    """
    if start.startswith(OTHERS):
        return False
    file.seek(max(size - LAST, 0))
    tail = file.read(LAST)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < END.size or at + END.size + END.unpack_from(tail, at)[7] != len(tail):
        return False
    directory = _directory(file, size)
    if directory is None or not directory.listed:
        return False
    file.seek(directory.start)
    return file.read(4) == b"PK\x01\x02"


def _member(file: BinaryIO, raw: bytes, directory: Directory, caps: Caps) -> Member:
    _, made, _, flags, method, _, _, crc, packed, size, names, extras, comment, _, _, outer, offset = CENTRAL.unpack(
        raw
    )
    name, extra = file.read(names), file.read(extras)
    file.seek(comment, 1)
    if FULL in (size, packed, offset):
        size, packed, offset = _large(extra, size, packed, offset)
    mode = outer >> 16 if made >> 8 in UNIX else 0
    offset += directory.shift
    member = _judged(Member(_text(name, flags), size, "here", "", FILE, offset, packed, method, crc), flags, mode, caps)
    if offset + LOCAL.size + len(name) + packed > directory.start:
        return member.refused("its bytes reach into the list of members")
    return member


def _judged(member: Member, flags: int, mode: int, caps: Caps) -> Member:
    """Return the member with its type and, where it cannot be had, the reason."""
    raw = member.name
    name, reason = caps.name(raw.replace("\\", "/") if "\\" in raw and "/" not in raw else raw)
    member = member._replace(name=name, stored=raw)
    if reason:
        return member.refused(reason)
    if raw.endswith("/") or stat.S_ISDIR(mode):
        return member._replace(type=FOLDER, size=None)
    if stat.S_ISLNK(mode):
        return member._replace(type=LINK, size=None).refused("a link")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return member._replace(type=SPECIAL, size=None).refused("a device or a pipe")
    if flags & LOCKED:
        return member.refused("encrypted: unpack the archive with its password first", ENCRYPTED)
    if member.method and member.method not in METHODS:
        return member.refused(f"packed by method {member.method}, which is not read here")
    size = member.size or 0
    if size > caps.file_bytes:
        return member.refused(f"{size} bytes, {caps.file_bytes} are allowed")
    if caps.bomb(member.packed, size):
        return member.refused(f"{member.packed} bytes that say they unpack to {size}")
    if not member.method and member.packed != size:
        return member.refused(f"not packed, yet {member.packed} bytes that say they are {size}")
    return member


def _directory(file: BinaryIO, size: int) -> Directory | None:
    file.seek(max(size - LAST, 0))
    tail = file.read(LAST)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < END.size:
        return None
    end = max(size - LAST, 0) + at
    _, disk, _, _, count, length, start, _ = END.unpack_from(tail, at)
    if FULL in (length, start) or count == FULL_SHORT:
        file.seek(max(end - LOCATOR.size, 0))
        raw = file.read(LOCATOR.size)
        if raw[:4] == b"PK\x06\x07":
            file.seek(min(LOCATOR.unpack(raw)[2], size))
            raw = file.read(END64.size)
            if len(raw) == END64.size and raw[:4] == b"PK\x06\x06":
                count, length, start = END64.unpack(raw)[7:10]
                end -= LOCATOR.size + END64.size
    shift = end - length - start
    if 0 < disk < FULL_SHORT:  # places are counted from the start of some other part
        return Directory(max(end - length, 0), length, count, 0, disk)
    if shift < 0 or length > end:
        return None
    return Directory(start + shift, length, min(count, length // CENTRAL.size), shift)


def _large(extra: bytes, *values: int) -> list[int]:
    """Return the values with those that were too large for 32 bits taken from the zip64 field."""
    found = list(values)
    while len(extra) >= 4:
        number, length = struct.unpack_from("<2H", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if number != ZIP64:
            continue
        for index, value in enumerate(values):
            if value == FULL and len(field) >= 8:
                found[index], field = int.from_bytes(field[:8], "little"), field[8:]
    return found


def _scan(file: BinaryIO, caps: Caps) -> Iterator[Member]:
    """Yield members by what stands before each: all that is left of an archive that is cut short."""
    file.seek(0)
    if file.read(4) not in SPLIT:
        file.seek(0)
    while True:
        offset = file.tell()
        raw = file.read(LOCAL.size)
        if len(raw) < LOCAL.size or raw[:4] != b"PK\x03\x04":
            return
        _, _, flags, method, _, _, crc, packed, size, names, extras = LOCAL.unpack(raw)
        name, extra = file.read(names), file.read(extras)
        if FULL in (size, packed):
            size, packed = _large(extra, size, packed)
        member = Member(_text(name, flags), size, "here", "", FILE, offset, packed, method, crc)
        if flags & STREAMED and not packed:
            yield member._replace(stored=member.name).refused("its size stood in the part that is missing")
            return
        yield _judged(member, flags, 0, caps)
        file.seek(packed, 1)


def data_start(file: BinaryIO, offset: int) -> int:
    """Return where a member's packed bytes begin; Broken where no member stands."""
    file.seek(offset)
    raw = file.read(LOCAL.size)
    if len(raw) < LOCAL.size or raw[:4] != b"PK\x03\x04":
        raise Broken("no member stands where the list says")
    names, extras = LOCAL.unpack(raw)[9:]
    return offset + LOCAL.size + int(names) + int(extras)


def _text(raw: bytes, flags: int) -> str:
    if flags & UTF8:
        return raw.decode("utf-8", "backslashreplace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")
