"""Numbers and values as SQLite writes them into a cell: https://www.sqlite.org/fileformat2.html#record_format.

Nothing is trusted: a length is compared with the bytes that are there before anything is read by it.
"""

import struct
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple, Protocol

MOST_HEAD = 9 * 32_767
"""Bytes of the head of a record with as many columns as SQLite allows."""
LARGEST = 1 << 31
"""Bytes that SQLite allows in one record."""
NEVER = 1 << 62
SIZES = (0, 1, 2, 3, 4, 6, 8, 8, 0, 0, NEVER, NEVER, *((kind - 12) >> 1 for kind in range(12, 128)))
"""Bytes of the values of the lowest types; 10 and 11 are never written into a file."""
LONGEST = 32 << 20
"""Bytes of one value that is read whole."""
KEPT = 1 << 20
NULL = 0
REAL = 7
ENCODINGS = {1: "utf-8", 2: "utf-16-le", 3: "utf-16-be"}


class Text(NamedTuple):
    """A text that is not sound in its encoding, as the UTF-8 bytes that SQLite would give for it."""

    raw: bytes


Stored = None | int | float | str | bytes | Text
"""What a record can hold."""


class Malformed(ValueError):
    """Tell that bytes are not what the format asks for."""


def varint(raw: bytes, at: int) -> tuple[int, int]:
    """Return an unsigned number of one to nine bytes and where it ends; Malformed when the bytes end before it."""
    value = 0
    for place in range(at, min(at + 8, len(raw))):
        byte = raw[place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, place + 1
    if at + 9 > len(raw):
        raise Malformed("a number is cut short")
    return value << 8 | raw[at + 8], at + 9


def signed(value: int) -> int:
    """Return a number of 64 bits as the one with a sign that row ids are."""
    return value - (1 << 64) if value >> 63 else value


def width(kind: int) -> int:
    """Return how many bytes a value of this type takes; more than any record has for the two types no file holds."""
    return SIZES[kind] if kind < len(SIZES) else (kind - 12) >> 1


class Head(NamedTuple):
    """The head of a record: the types of its values, their widths in bytes, and where the first value begins."""

    kinds: tuple[int, ...]
    widths: tuple[int, ...]
    body: int


def head(raw: bytes) -> Head:
    """Return the types of the record whose bytes begin with these; Malformed where its head is not whole."""
    end, place = varint(raw, 0)
    if end > len(raw) or end < place or end > MOST_HEAD:
        raise Malformed("the head of a record is cut short")
    told = raw[place:end]
    kinds = tuple(told) if told.isascii() else _kinds(told)
    return Head(kinds, tuple(map(width, kinds)), end)


def _kinds(told: bytes) -> tuple[int, ...]:
    kinds = []
    value = 0
    for byte in told:
        if byte < 0x80:
            kinds.append(value << 7 | byte)
            value = 0
        else:
            value = value << 7 | byte & 0x7F
            if value > LARGEST:
                raise Malformed("a value longer than any record")
    if told[-1] >= 0x80:
        raise Malformed("the head of a record has another length than it says")
    return tuple(kinds)


def checked(raw: bytes, length: int) -> Head:
    """Return the head of a record that has `length` bytes in all; Malformed unless its types say the same."""
    found = head(raw)
    if not found.kinds or found.body + sum(found.widths) != length:
        raise Malformed("a record has another length than it says")
    return found


class Bytes(Protocol):
    """The bytes of a record, in memory or read where they are asked for."""

    def __len__(self) -> int:
        """Return how many there are, which may be fewer than the record has."""

    def __getitem__(self, part: slice, /) -> bytes:
        """Return those of a part."""


def values(raw: Bytes, found: Head, encoding: str, wanted: Iterable[int]) -> tuple[list[Stored], int]:
    """Return the values of a record, and how many of them are lost or cut.

    Those that lie beyond the bytes that are there are None; of one longer than `LONGEST` the first `KEPT` bytes are
    given. `wanted` numbers the values that are asked for; others come as None and cost nothing.
    """
    kinds, widths, body = found
    out: list[Stored] = [None] * len(kinds)
    starts = list(accumulate(widths, initial=body))
    lost = 0
    size = len(raw)
    for number in wanted:
        kind = kinds[number] if number < len(kinds) else NULL
        if kind == NULL:
            continue
        place, end = starts[number], starts[number + 1]
        if end > size:
            lost += 1
        elif end - place > LONGEST:
            part = raw[place : place + KEPT]
            out[number] = part.decode(encoding, "ignore") if kind % 2 else part
            lost += 1
        else:
            out[number] = _value(raw[place:end], kind, encoding)
    return out, lost


def _value(raw: bytes, kind: int, encoding: str) -> Stored:
    if kind < REAL:
        return int.from_bytes(raw, "big", signed=True)
    if kind == REAL:
        number: float = struct.unpack(">d", raw)[0]
        return None if number != number else number  # noqa: PLR0124 - SQLite reads what is not a number as NULL
    if kind < 10:
        return kind - 8
    return text(raw, encoding) if kind % 2 else raw


def text(raw: bytes, encoding: str) -> str | Text:
    """Return a text; one that is not sound in its encoding keeps its bytes, lone halves of UTF-16 as three bytes."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        if encoding == "utf-8":
            return Text(raw)
        return Text(raw[: len(raw) & ~1].decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass"))
