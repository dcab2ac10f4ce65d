"""What a confined worker does with an archive: list it, and unpack the members that are asked for."""

import hashlib
import zlib
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from perito.base.confine import OutOfTime
from perito.sources import reading, tar_members, unpack, zip_members
from perito.sources.caps import Caps
from perito.sources.member import HARD_LINK, MEMBERS, Broken, Member
from perito.sources.source import FOLDER, HERE
from perito.sources.twins import told_apart

ZIP = (b"PK\x03\x04", b"PK\x05\x06", *zip_members.SPLIT)
CAPS = Caps()


def list_archive(place: str, output: str, name: str) -> dict[str, Any]:
    """Write the members to an Arrow file; return the archive's form, and what was wrong with it.

    `name` is the file's own: one packed file that is no tar is listed under it, without its ending.
    """
    problems: list[str] = []
    rows: list[Member] = []
    with reading.evidence(place) as raw:
        size = raw.seek(0, 2)
        raw.seek(0)
        start = raw.read(len(tar_members.END))
        form, found = _members(raw, start, size, name)
        try:
            rows.extend(islice(found, CAPS.entries))
            if next(found, None):
                problems.append(f"more than {CAPS.entries} members: the rest was not listed")
        except Broken as error:
            problems.append(str(error))
        except OutOfTime:
            problems.append(f"listed in part, {len(rows)} members: the time limit")
    rows = [row for row in rows if not _is_top(row)]
    columns: list[Any] = list(zip(*_checked(rows), strict=True)) or [()] * len(MEMBERS)
    table = pa.table([pa.array(one, kind.type) for one, kind in zip(columns, MEMBERS, strict=True)], schema=MEMBERS)
    with pa.OSFile(output, "wb") as sink, pa.ipc.new_file(sink, MEMBERS) as writer:
        writer.write_table(table)
    return {"form": form, "problems": problems}


def _members(raw: BinaryIO, start: bytes, size: int, name: str) -> tuple[str, Iterator[Member]]:
    if start.startswith(ZIP) or zip_members.ends_like_one(raw, start, size):
        return "zip", zip_members.members(raw, size, CAPS)
    packed = unpack.compression(start)
    raw.seek(0)
    if packed:
        start = unpack.Stream(raw, packed, size, CAPS).read(len(tar_members.END))
        raw.seek(0)
    stream = unpack.Stream(raw, packed, size, CAPS)
    if tar_members.looks(start):
        return f"tar.{packed}", tar_members.members(stream, CAPS)
    return f"one.{packed}", _one(stream, name)


def _is_top(row: Member) -> bool:
    """Tell whether a member is the folder that was packed, as `tar -C FOLDER .` writes it (`./`): it holds nothing itself."""
    pieces = row.stored.split("/")
    return pieces[0] == "." and {*pieces} <= {".", ""} and not row.size and (row.type == FOLDER or len(pieces) > 1)


def _one(stream: unpack.Stream, name: str) -> Iterator[Member]:
    size = stream.skip(CAPS.file_bytes)
    own = name.rpartition(".")[0] or name
    if size:
        yield Member(own, size, HERE, own, packed=size, reason=stream.broken)
    if stream.broken:
        raise Broken(stream.broken)


def _checked(rows: list[Member]) -> list[Member]:
    """Return the rows with overlaps, and what exceeds the whole's cap, refused, and second ones of a name renamed.

    A hard link has the bytes of an earlier member, by right; two members of one name are both read, for nobody knows
    which of them counts.
    """
    end = total = 0
    checked = list(rows)
    for index in sorted(range(len(rows)), key=lambda one: (rows[one].offset, one)):
        member = rows[index]
        if member.offset < end and member.method != HARD_LINK:
            member = member.refused("its bytes overlap those of another member")
        end = max(end, member.offset + member.packed)
        total += (member.size or 0) if member.status == HERE else 0
        if total > CAPS.total_bytes:
            member = member.refused(f"beyond {CAPS.total_bytes} bytes in all")
        checked[index] = member
    files = [index for index, member in enumerate(checked) if member.type != FOLDER]
    for index, own in zip(files, told_apart([checked[index].name for index in files]), strict=True):
        if own != checked[index].name:
            checked[index] = _twin(checked[index], own)
    return checked


def _twin(member: Member, own: str) -> Member:
    return member._replace(name=own, reason=member.reason or "a second member of one name: it is read under this one")


def extract(place: str, form: str, wanted: list[list[Any]], folder: str) -> list[list[Any]]:
    """Unpack the wanted members, each `[file name to write, offset, size, packed, method, crc]`, into a folder.

    Returns for each its SHA-256 ("" if it was refused) and what was wrong. One pass, in order of their places.
    """
    done: dict[int, list[Any]] = {}
    written: dict[int, int] = {}
    with reading.evidence(place) as raw:
        size = raw.seek(0, 2)
        raw.seek(0)
        stream = None if form == "zip" else unpack.Stream(raw, form.partition(".")[2], size, CAPS)
        for index in sorted(range(len(wanted)), key=lambda one: wanted[one][1]):
            base, offset, member_size, packed, method, crc = wanted[index]
            target = Path(folder) / base
            if stream is None:
                done[index] = _from_zip(raw, target, (offset, member_size, packed, method, crc))
            elif offset in written:
                done[index] = _copied(Path(folder) / wanted[written[offset]][0], target, done[written[offset]])
            else:
                stream.skip(offset - stream.position)
                done[index] = _written(target, _blocks(stream, packed), packed, None)
                if packed:
                    written = {offset: index}
    return [done[index] for index in range(len(wanted))]


def _copied(first: Path, target: Path, told: list[Any]) -> list[Any]:
    """Give a hard link its bytes, which the stream is past already."""
    if told[0]:
        reading.copy(first, target)
    return told


def _blocks(stream: unpack.Stream | BinaryIO, size: int) -> Iterator[bytes]:
    left = size
    while left and (block := stream.read(min(unpack.GIVEN, left))):
        left -= len(block)
        yield block


def _from_zip(raw: BinaryIO, target: Path, member: tuple[int, int, int, int, int]) -> list[Any]:
    offset, size, packed, method, crc = member
    try:
        raw.seek(zip_members.data_start(raw, offset))
    except Broken as error:
        return ["", str(error)]
    if method:
        return _written(target, unpack.pieces(raw, packed, unpack.METHODS[method]()), size, crc)
    return _written(target, _blocks(raw, size), size, crc)


def _written(target: Path, blocks: Iterator[bytes], size: int, crc: int | None) -> list[Any]:
    """Write the blocks to a new file; one that gives more than `size` bytes is deleted again."""
    total, written, checksum, oddity = hashlib.sha256(), 0, 0, ""
    with reading.private(target) as out:
        try:
            while written <= size and (block := next(blocks, b"")):
                written += len(block)
                total.update(block)
                checksum = zlib.crc32(block, checksum)
                out.write(block)
        except Broken as error:
            oddity = str(error)
    if written > size:
        target.unlink()
        return ["", f"it unpacks to more than the {size} bytes it says"]
    if not oddity and written < size:
        oddity = f"{written} bytes, where the archive says {size}"
    if not oddity and crc is not None and checksum != crc:
        oddity = "its checksum does not fit: the bytes are damaged"
    return [total.hexdigest(), oddity]
