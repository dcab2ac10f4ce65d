"""The write-ahead log of a SQLite database: https://www.sqlite.org/fileformat2.html#walformat."""

from typing import NamedTuple

import numpy as np

from perito.artifacts.readers.raw_bytes import RawBytes

HEAD, FRAME = 32, 24
BEHIND = "behind a damaged frame"
EARLIER = "of an earlier round of the log"
UNFINISHED = "never committed"
MAGIC = {0x377F0682: "<u4", 0x377F0683: ">u4"}
"""The two first words of a log, and the order of the bytes its sums are made of."""


class Other(NamedTuple):
    """A page in the log that no finished transaction vouches for: its number, its offset, and why."""

    page: int
    at: int
    why: str


class Log(NamedTuple):
    """Where the newest copy of each page lies in the log, the other frames, and the pages after the last commit."""

    pages: dict[int, int]
    others: list[Other]
    reach: int


def page_size(raw: RawBytes) -> int:
    """Return the page size that a log tells of, 0 where it is none."""
    if raw.size < HEAD or int.from_bytes(raw.at(0, 4), "big") not in MAGIC:
        return 0
    size = int.from_bytes(raw.at(8, 4), "big")
    return size if 512 <= size <= 1 << 16 and not size & (size - 1) else 0


def read(raw: RawBytes, size: int) -> Log:
    """Return the pages of a log whose page size is known.

    A frame counts when its salts are the log's and the running sum is right from the start up to a commit; later
    frames replace earlier ones. All else that has a page number is returned as `others`: written but never finished,
    left from an earlier round of the log, or behind a damaged frame.
    """
    order = MAGIC[int.from_bytes(raw.at(0, 4), "big")]
    salts = raw.at(16, 8)
    sums = _summed(raw.at(0, 24), order, (0, 0))
    sound = sums == _pair(raw, 24, ">u4")
    pending: list[tuple[int, int]] = []
    found = Log({}, [], 0)
    reach = 0
    for at in range(HEAD, raw.size - FRAME - size + 1, FRAME + size):
        page, commit = _pair(raw, at, ">u4")
        place = at + FRAME
        current = raw.at(at + 8, 8) == salts
        if sound:
            sums = _summed(raw.at(place, size), order, _summed(raw.at(at, 8), order, sums))
            sound = current and sums == _pair(raw, at + 16, ">u4") and page > 0
        if not sound:
            why = BEHIND if current else EARLIER
            found.others.append(Other(page, place, why))
            continue
        pending.append((page, place))
        if commit:
            found.pages.update(pending)
            pending.clear()
            reach = commit
    found.others.extend(Other(page, place, UNFINISHED) for page, place in pending)
    return found._replace(reach=reach)


def _pair(raw: RawBytes, at: int, order: str) -> tuple[int, int]:
    first, second = np.frombuffer(raw.at(at, 8), order)
    return int(first), int(second)


def _summed(raw: bytes, order: str, start: tuple[int, int]) -> tuple[int, int]:
    """Return the log's sum over words of 32 bits, two at a time: a += x + b, then b += y + a, modulo 2^32.

    Each step is linear, so the whole is a product of each word with a power of the step, all at once.
    """
    words = np.frombuffer(raw, order).astype(np.uint32).reshape(-1, 2)
    powers = _powers(len(words))
    first = words[:, 0]
    both = first + words[:, 1]
    later = powers[:-1][::-1]
    a = (later[:, 0, 0] * first + later[:, 0, 1] * both).sum(dtype=np.uint32)
    b = (later[:, 1, 0] * first + later[:, 1, 1] * both).sum(dtype=np.uint32)
    whole = powers[-1].astype(np.uint64)
    a = int(a) + int(whole[0, 0]) * start[0] + int(whole[0, 1]) * start[1]
    b = int(b) + int(whole[1, 0]) * start[0] + int(whole[1, 1]) * start[1]
    return a & 0xFFFFFFFF, b & 0xFFFFFFFF


_KNOWN: dict[int, np.ndarray] = {}


def _powers(count: int) -> np.ndarray:
    """Return the powers 0 to `count` of the matrix (1 1, 1 2) by which one step multiplies the sums."""
    if count not in _KNOWN:
        out = np.empty((count + 1, 2, 2), np.uint32)
        a, b, d = 1, 0, 1
        for number in range(count + 1):
            out[number] = (a, b), (b, d)
            a, b, d = (a + b) & 0xFFFFFFFF, (b + d) & 0xFFFFFFFF, (b + 2 * d) & 0xFFFFFFFF
        _KNOWN[count] = out
    return _KNOWN[count]
