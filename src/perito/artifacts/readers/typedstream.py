"""Strings of Apple's typedstream archives, which hold the text of modern messages (`attributedBody`).

The format was described by the pytypedstream project (https://github.com/dgelessus/python-typedstream) and, for
messages, by imessage-exporter (https://github.com/ReagentX/imessage-exporter). Only what carries strings is followed.
"""

import re
from collections.abc import Callable, Iterator
from typing import Literal

from perito.artifacts.readers.damage import Damaged

HEADS = (b"\x04\x0bstreamtyped", b"\x04\x0btypedstream")
"""Little-endian archives, as every Apple device of today writes them, and big-endian ones."""
LEAD = b"\x84\x01+"
"""The first string of an archive is where the type "+" (counted bytes) is first named."""
TWO, FOUR, REAL, NEW, NIL, END = 0x81, 0x82, 0x83, 0x84, 0x85, 0x86
REFERENCES = 0x92
"""Bytes from here on, read as signed, and those below 0x80 are numbers; what lies between is a tag."""
ARRAY = re.compile(r"\[(\d{1,9})(.+)\]")
STRUCT = re.compile(r"\{[^=]*=(.*)\}")
DEEPEST = 64
LONGEST_TYPE = 256


def lead(raw: bytes) -> str:
    """Return the first string of an archive, which is the text of an archived attributed string."""
    start = raw.find(LEAD) + len(LEAD)
    if start < len(LEAD) or not raw.startswith(HEADS):
        raise Damaged(f"a typed stream without a string (starts with {raw[:16].hex(' ')})")
    count = raw[start] if start < len(raw) else TWO
    if count < 0x80 and start + count < len(raw):  # a short string of a sound archive: most are
        return raw[start + 1 : start + 1 + count].decode("utf-8", "surrogateescape")
    return _Stream(raw, start).text()


def strings(raw: bytes) -> list[str]:
    """Return every string of an archive in order: the text first, then names and values of its attributes."""
    stream = _Stream(raw, len(HEADS[0]))
    stream.integer()  # the version of the system that wrote it
    while stream.at < len(raw):
        stream.group(0)
    return stream.found


def _types(encoding: str) -> Iterator[str]:
    """Split an encoding such as `i@[4c]{_NSPoint=ff}` into its top-level types."""
    start = depth = 0
    for at, letter in enumerate(encoding):
        depth += (letter in "[{") - (letter in "]}")
        if depth == 0:
            yield encoding[start : at + 1]
            start = at + 1


class _Stream:
    """A place in an archive, the type names met so far (later ones refer to them), and the strings found."""

    def __init__(self, raw: bytes, at: int) -> None:
        if not raw.startswith(HEADS):
            raise Damaged(f"not a typed stream (starts with {raw[:16].hex(' ')})")
        self.raw = raw
        self.at = at
        self.order: Literal["little", "big"] = "little" if raw.startswith(HEADS[0]) else "big"
        self.named: list[str] = []
        self.found: list[str] = []
        self.values = 0
        self.simple: dict[str, Callable[[], object]] = {
            "+": lambda: self.found.append(self.text()),
            "#": self.family,
            "*": self.plain,
            "f": lambda: self.real(4),
            "d": lambda: self.real(8),
            **dict.fromkeys(":%", self.name),
            **dict.fromkeys("cCB", lambda: self.take(1)),
            **dict.fromkeys("sSiIlLqQ", self.integer),
        }

    def take(self, count: int) -> bytes:
        if count > len(self.raw) - self.at:
            raise Damaged(f"typed stream ends at {len(self.raw)}, {count} bytes were announced at {self.at}")
        self.at += count
        return self.raw[self.at - count : self.at]

    def integer(self, head: int | None = None) -> int:
        """Return the next number without its sign; `head` is its first byte where that is already read."""
        head = self.take(1)[0] if head is None else head
        if head in {TWO, FOUR}:
            return int.from_bytes(self.take(2 if head == TWO else 4), self.order)
        if 0x80 <= head < REFERENCES:
            raise Damaged(f"tag 0x{head:02x} where a number was expected, at {self.at - 1} of a typed stream")
        return head

    def text(self) -> str:
        return self.take(self.integer()).decode("utf-8", "surrogateescape")

    def name(self) -> str:
        """Return a shared string: written out here and remembered, or a reference to an earlier one."""
        head = self.take(1)[0]
        if head == NIL:
            return ""
        if head == NEW:
            self.named.append(self.text())
            return self.named[-1]
        number = (self.integer(head) - REFERENCES) & 0xFF if head not in {TWO, FOUR} else self.integer(head) + 110
        if number >= len(self.named):
            raise Damaged(f"reference {number} to a type that was never named, at {self.at - 1} of a typed stream")
        return self.named[number]

    def group(self, depth: int) -> None:
        encoding = self.name()
        if depth > DEEPEST or len(encoding) > LONGEST_TYPE:
            raise Damaged(f"typed stream nested too deep or too long a type, at {self.at}")
        for kind in _types(encoding):
            self.value(kind, depth)

    def value(self, kind: str, depth: int) -> None:
        """Pass over one value of a type, keeping the strings in it."""
        self.values += 1
        if self.values > len(self.raw):  # arrays of nothing in arrays: a sound archive spends a byte a value
            raise Damaged("typed stream announces more values than it has bytes")
        if kind == "@":
            self.thing(depth)
        elif kind in self.simple:
            self.simple[kind]()
        elif array := ARRAY.fullmatch(kind):
            self.several(int(array[1]), array[2], depth)
        elif struct := STRUCT.fullmatch(kind):
            for part in _types(struct[1]):
                self.value(part, depth + 1)
        else:
            raise Damaged(f"unknown type {kind[:20]!r} at {self.at} of a typed stream")

    def real(self, size: int) -> None:
        head = self.take(1)[0]
        if head == REAL:
            self.take(size)
        else:
            self.integer(head)

    def plain(self) -> None:
        """Pass over a C string: written out under a shared name, or a reference."""
        head = self.take(1)[0]
        if head == NEW:
            self.name()
        elif head != NIL:
            self.integer(head)

    def several(self, count: int, kind: str, depth: int) -> None:
        if kind in "cC":
            self.take(count)
            return
        if count > len(self.raw) - self.at or depth > DEEPEST:
            raise Damaged(f"array of {count} does not fit at {self.at} of a typed stream")
        for _ in range(count):
            self.value(kind, depth + 1)

    def thing(self, depth: int) -> None:
        """Pass over an object: its class, then groups of values up to the end mark."""
        head = self.take(1)[0]
        if head == NEW:
            self.family()
            while self.raw[self.at : self.at + 1] != bytes([END]):
                self.group(depth + 1)
            self.take(1)
        elif head != NIL:
            self.integer(head)

    def family(self) -> None:
        """Pass over a class and its parents."""
        while (head := self.take(1)[0]) == NEW:
            self.name()
            self.integer()
        if head != NIL:
            self.integer(head)
