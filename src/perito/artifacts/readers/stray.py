"""Web addresses in the bytes of a file of any kind, one after another: what is left to ask where no record can be read.

An address is known by its scheme; it ends before the first byte that none can hold, or after `LONGEST` letters. Texts of
a database stand close together, so that an address may end in the first letters of what was written behind it.
"""

import re
from collections.abc import Iterator
from heapq import merge
from pathlib import Path

from perito.artifacts.readers.damage import Damaged, Partly
from perito.records.schema import Row

CHUNK = 4 << 20
LONGEST = 2_000
WIDEST = 4 * (LONGEST + len("https://"))
"""Bytes that one address can take."""
MOST = 100_000
"""Different addresses of one file that are given; more are told."""
NARROW = rb"[!#-;=?-_a-z|~]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
WIDE = rb"[!#-;=?-_a-z|~]"
ADDRESS = re.compile(
    rb"(?P<narrow>[hH][tT][tT][pP][sS]?://(?:%b){4,%d})"
    rb"|(?P<big>\0[hH]\0[tT]\0[tT]\0[pP](?:\0[sS])?\0:\0/\0/(?:\0%b){4,%d})"
    rb"|(?P<little>[hH]\0[tT]\0[tT]\0[pP]\0(?:[sS]\0)?:\0/\0/\0(?:%b\0){4,%d})"
    % (NARROW, LONGEST, WIDE, LONGEST, WIDE, LONGEST)
)
MARK, WIDE_MARK = b"://", b":\0/\0/"
MARKS = {MARK: (5, 4), WIDE_MARK: (11, 10, 9, 8)}
"""What stands behind a scheme, and how many bytes before it an address may begin: https and http, in each encoding."""
ENCODINGS = {"narrow": "utf-8", "big": "utf-16-be", "little": "utf-16-le"}


def addresses(path: Path) -> Iterator[Row | Partly]:
    """Yield the place and the text of each different address of a file and of the write-ahead log beside it.

    The file is read piece by piece, once; the time is linear in its size, and memory is bounded.
    """
    if not path.stat().st_size:
        raise Damaged("an empty file: nothing to search")
    seen: set[str] = set()
    for name, place in ((path.name, "offset"), (f"{path.name}-wal", "write-ahead log, offset")):
        file = path.with_name(name)
        for at, text in _found(file) if file.exists() else ():
            if text in seen:
                continue
            if len(seen) == MOST:
                yield Partly(f"{place} 0x{at:x}", f"more than {MOST} different addresses: the rest was not read")
                return
            seen.add(text)
            yield f"{place} 0x{at:x}", text


def within(raw: bytes) -> list[str]:
    """Return each different address in some bytes, in their order."""
    return list(dict.fromkeys(text for _, text in _in(raw, len(raw))))


def _found(path: Path) -> Iterator[tuple[int, str]]:
    """Yield offset and text of each address; one that may go on in the next piece is left to that."""
    with path.open("rb") as file:
        start, held = 0, b""
        while True:
            piece = file.read(CHUNK)
            held += piece
            settled = len(held) - WIDEST if piece else len(held)
            yield from ((start + at, text) for at, text in _in(held, settled))
            if not piece:
                return
            keep = max(0, settled)
            start, held = start + keep, held[keep:]


def _in(held: bytes, settled: int) -> Iterator[tuple[int, str]]:
    """Yield the addresses that begin before `settled`; sought by the rare marks behind a scheme, which is fast.

    Two bytes a letter with a zero before and behind can be read either way: then it is the more common one, and the
    address begins behind the first zero.
    """
    done = 0
    for at in merge(*(_places(held, mark) for mark in MARKS)):
        if at < done:
            continue
        starts = (at - back for back in MARKS[WIDE_MARK if held[at + 1] == 0 else MARK] if at - back >= done)
        match = next(filter(None, (ADDRESS.match(held, start) for start in starts)), None)
        if match is None or match.start() >= settled:
            continue
        done = match.end()
        either = match.lastgroup == "big" and held[match.end() : match.end() + 1] == b"\0"
        yield match.start() + either, match[0].decode(ENCODINGS[str(match.lastgroup)], "replace")


def _places(held: bytes, mark: bytes) -> Iterator[int]:
    at = held.find(mark)
    while at >= 0:
        yield at
        at = held.find(mark, at + 1)
