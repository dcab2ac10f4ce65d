"""Bytes of a list as text: the encoding is told by what they are, and no byte is lost or stops the reading."""

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
WIDE = (((1, 2, 3, 5, 6, 7), "utf-32-le"), ((0, 1, 2, 4, 5, 6), "utf-32-be"))
"""Places of zeros before or behind the first two letters of ASCII written in 32 bits."""
WESTERN = "cp1252"
"""What programs on Windows wrote in Western Europe and America before UTF-8; Latin-1 is a part of it."""
START = 1 << 10
"""Bytes by which encodings of 16 bits are told."""
PIECE = 1 << 16
NO_TEXT = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")
MOST_NO_TEXT = 0.05
"""Share of characters that are no text from which on a file is none, unless most of its lines hold none of them."""
ESCAPED = re.compile("[\udc80-\udcff]")
ABROAD = re.compile("[\udc80-\udcff]{4,}")
"""Bytes beyond ASCII in a row: a Western word has one or two, a word of another alphabet nothing else."""
ENOUGH = 10_000
"""Characters in UTF-8 after which a text is of no other encoding, however many bytes are damaged."""
OTHER = re.compile("[^\x00-\x7f\udc80-\udcff]")


def encoding_of(start: bytes) -> str:
    """Name the encoding by the byte order mark, or by the zeros of ASCII letters written in 16 bits; else UTF-8.

    A few zeros are damage, and no encoding: of every second byte a fifth must be zero, and none of the others.
    """
    for mark, name in MARKS:
        if start.startswith(mark):
            return name
    for zeros, name in WIDE:
        if len(start) >= 8 and any(start[:8]) and not any(start[place] for place in zeros):
            return name
    some = start[:START]
    for first, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros_there, elsewhere = some[first::2].count(0), some[1 - first :: 2].count(0)
        if elsewhere * 20 <= zeros_there and zeros_there * 5 >= len(some) // 2 > 0 and not some[first]:
            return name
    return "utf-8"


def encoding_in(stream: BinaryIO, most: int | None = None) -> str:
    """Name the encoding of a stream by all of it, or by its first `most` bytes; the stream is left at its beginning.

    Where bytes are no UTF-8, and next to nothing else is, it is WESTERN; not where they stand in long rows, which is
    another alphabet, or among control characters, which is no text.
    """
    encoding = encoding_of(stream.read(START))
    if encoding == "utf-8" and not _sound(_pieces(stream, most)) and _western(_pieces(stream, most)):
        encoding = WESTERN
    stream.seek(0)
    return encoding


def _pieces(stream: BinaryIO, most: int | None) -> Iterator[bytes]:
    stream.seek(0)
    left = most
    while piece := stream.read(PIECE if left is None else min(PIECE, left)):
        left = None if left is None else left - len(piece)
        yield piece


def _sound(pieces: Iterator[bytes]) -> bool:
    """Tell whether all is UTF-8, a character cut at the end included."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for piece in pieces:
            decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return True


def _western(pieces: Iterator[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    bad = good = rows = odd = size = 0
    for piece in pieces:
        if piece.isascii() and not decoder.getstate()[0]:
            continue
        text = decoder.decode(piece)
        bad += len(ESCAPED.findall(text))
        good += len(OTHER.findall(text))
        rows += sum(map(len, ABROAD.findall(text)))
        odd += len(NO_TEXT.findall(text))
        size += len(text)
        if good > max(bad, ENOUGH):
            return False
    return bool(bad) and 10 * good <= bad and 5 * rows <= bad and odd <= MOST_NO_TEXT * size


@contextmanager
def text_of(stream: BinaryIO, *, western: bool = True) -> Iterator[io.TextIOWrapper]:
    """Open a binary stream as text whose line ends are kept; the stream stays open.

    Bytes that are no text become lone surrogates (one byte each) or U+FFFD, which no indicator may hold. Who needs the
    bytes themselves of what is no UTF-8 asks for no `western` text.
    """
    encoding = encoding_in(stream) if western else encoding_of(stream.read(START))
    stream.seek(0)
    errors = "surrogateescape" if encoding.startswith(("utf-8", WESTERN)) else "replace"
    text = io.TextIOWrapper(stream, encoding, errors, newline="")
    try:
        yield text
    finally:
        text.detach()


def head_of(stream: BinaryIO, length: int) -> str:
    """Return the beginning of a stream as text, to tell what it is; a character that is cut there is left out."""
    encoding = encoding_in(stream, length)
    data = stream.read(length)
    stream.seek(0)
    return codecs.getincrementaldecoder(encoding)("replace").decode(data, final=len(data) < length)


def no_text(head: str) -> bool:
    """Tell what is no text from a text in which a few lines are damaged."""
    if len(NO_TEXT.findall(head)) <= MOST_NO_TEXT * len(head):
        return False
    lines = [line for line in head.splitlines() if line.strip()]
    return 2 * sum(NO_TEXT.search(line) is not None for line in lines) > len(lines)


def well_formed(text: str) -> str:
    """Write what may have been bytes that are no text readably, for names and titles: as Western letters, else as escapes."""
    letters = ESCAPED.sub(lambda byte: bytes([ord(byte[0]) & 0xFF]).decode(WESTERN, "backslashreplace"), text)
    return letters.encode("utf-8", "backslashreplace").decode()
