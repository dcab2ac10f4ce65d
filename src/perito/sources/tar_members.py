"""The members of a tar archive: ustar, its GNU and pax forms, read forward header by header."""

from collections.abc import Iterator
from typing import NamedTuple

from perito.sources.caps import Caps
from perito.sources.member import HARD_LINK, Broken, Member
from perito.sources.source import FILE, FOLDER, HERE, LINK, SPECIAL
from perito.sources.unpack import Stream

BLOCK = 512
END = bytes(BLOCK)
KINDS = {b"0": FILE, b"\0": FILE, b"7": FILE, b"5": FOLDER, b"1": LINK, b"2": LINK}
SPECIALS = b"346"
EXTRAS = (b"x", b"X", b"L", b"K", b"g")
SPARSE = "a sparse file: its holes are not rebuilt"


class Header(NamedTuple):
    """What one block of 512 bytes says."""

    name: str
    size: int
    type: bytes
    target: str


def looks(block: bytes) -> bool:
    """Tell whether a block is a tar header: its checksum fits."""
    try:
        told = _number(block[148:156])
    except ValueError:
        return False
    return len(block) == BLOCK and block != END and told == sum(block) - sum(block[148:156]) + 8 * 0x20


def members(stream: Stream, caps: Caps) -> Iterator[Member]:
    """Yield the members in order; Broken where a header is none, or the archive ends inside a member."""
    extra: dict[str, str] = {}
    earlier: dict[str, Member] = {}
    while (block := stream.read(BLOCK)) and block != END:
        if not looks(block):
            raise Broken(stream.broken or f"no tar header at {stream.position - len(block)}")
        header = _header(block)
        if header.type in EXTRAS:
            extra |= _extra(stream, header, caps)
            continue
        if header.type == b"S":
            _pass_map(stream, block)
        member = _member(stream, header, extra, caps)
        if header.type == b"1":
            member = _linked(member, extra.get("linkpath", header.target), earlier, caps)
        if member.type == FILE and member.status == HERE:
            earlier[member.name] = member
        yield member
        if stream.broken:
            break
        extra = {}
    if stream.broken or not block:
        raise Broken(stream.broken or "the archive has no end mark: it may be cut short")


def _member(stream: Stream, header: Header, extra: dict[str, str], caps: Caps) -> Member:
    size = int(extra["size"]) if extra.get("size", "").isdecimal() else header.size
    name, reason = caps.name(extra.get("path", header.name))
    kind = _kind(header)
    offset = stream.position
    member = Member(name, size, stored=extra.get("path", header.name), type=kind, offset=offset, packed=size)
    if kind == LINK:
        what = "a hard link" if header.type == b"1" else "a link"
        member = member.refused(f"{what} to {extra.get('linkpath', header.target)!a:.300}")
    elif kind == SPECIAL:
        member = member.refused("a device or a pipe")
    elif header.type == b"S" or "GNU.sparse" in extra:
        member = member.refused(SPARSE)
    elif size > caps.file_bytes:
        member = member.refused(f"{size} bytes, {caps.file_bytes} are allowed")
    if reason:
        member = member._replace(reason="").refused(reason) if member.reason == "" else member
    if kind in {FOLDER, LINK, SPECIAL}:
        return member._replace(size=None)
    there = stream.skip(size)
    if there < size:
        member = member._replace(packed=there, reason=member.reason or f"cut short: {there} of {size} bytes")
        stream.broken = stream.broken or "the archive ends inside a member: it is cut short"
    stream.skip(-size % BLOCK)
    return member


def _pass_map(stream: Stream, block: bytes) -> None:
    """Pass over the blocks in which an old GNU sparse file goes on to list its pieces: they are not counted in its size."""
    more = block[482]
    while more and (block := stream.read(BLOCK)):
        more = block[504] if len(block) == BLOCK else 0


def _linked(member: Member, target: str, earlier: dict[str, Member], caps: Caps) -> Member:
    """Return a hard link as the file that it is: a second name of an earlier member, with its bytes."""
    name, reason = caps.name(target)
    first = earlier.get(name)
    if reason or first is None or caps.name(member.stored)[1]:
        return member
    link = member._replace(type=FILE, status=HERE, size=first.size, reason=first.reason)
    return link._replace(offset=first.offset, packed=first.packed, method=HARD_LINK)


def _kind(header: Header) -> str:
    if header.type == b"\0" and header.name.endswith("/"):  # as tar wrote folders before 1988
        return FOLDER
    return SPECIAL if header.type in SPECIALS else KINDS.get(header.type, FILE)


def _header(block: bytes) -> Header:
    name = _text(block[:100])
    if block[257:263] == b"ustar\0" and (prefix := _text(block[345:500])):
        name = f"{prefix}/{name}"
    return Header(name, max(_number(block[124:136]), 0), block[156:157], _text(block[157:257]))


def _extra(stream: Stream, header: Header, caps: Caps) -> dict[str, str]:
    if header.size > caps.header_bytes:
        stream.skip(header.size + -header.size % BLOCK)
        return {}
    raw = stream.read(header.size)
    stream.skip(-header.size % BLOCK)
    if header.type == b"L":
        return {"path": _text(raw)}
    if header.type == b"K":
        return {"linkpath": _text(raw)}
    return {} if header.type == b"g" else _pax(raw)


def _pax(raw: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    while raw:
        length, _, rest = raw.partition(b" ")
        if not length.isdigit() or not len(length) + 1 < int(length[:10]) <= len(raw):
            break
        key, _, value = rest[: int(length) - len(length) - 1].rstrip(b"\n").partition(b"=")
        if key.startswith(b"GNU.sparse"):
            found["GNU.sparse"] = "1"
        elif key in (b"path", b"linkpath", b"size"):
            found[key.decode()] = value.decode("utf-8", "backslashreplace")
        raw = raw[int(length) :]
    return found


def _number(field: bytes) -> int:
    """Return an octal number, or one in base 256 where the first bit says so; ValueError for neither."""
    if field[:1] in (b"\x80", b"\xff"):
        return int.from_bytes(field[1:], "big", signed=False) if field[0] == 0x80 else -1
    digits = field.split(b"\0", 1)[0].strip()
    return int(digits, 8) if digits else 0


def _text(raw: bytes) -> str:
    return raw.split(b"\0", 1)[0].decode("utf-8", "backslashreplace")
