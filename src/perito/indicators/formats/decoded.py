"""Bytes of a list as text: the encoding is told by the first bytes, and no byte is lost or stops the reading."""

import codecs
import io
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


def encoding_of(start: bytes) -> str:
    """Name the encoding by the byte order mark, or by the zeros of ASCII letters written in 16 bits; else UTF-8."""
    for mark, name in MARKS:
        if start.startswith(mark):
            return name
    if len(start) > 1 and start[0] and not start[1]:
        return "utf-16-le"
    return "utf-16-be" if len(start) > 1 and start[1] and not start[0] else "utf-8"


@contextmanager
def text_of(stream: BinaryIO) -> Iterator[io.TextIOWrapper]:
    """Open a binary stream as text whose line ends are kept; the stream stays open.

    Bytes that are no text become lone surrogates (UTF-8) or U+FFFD, which no indicator may hold.
    """
    encoding = encoding_of(stream.read(4))
    stream.seek(0)
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    text = io.TextIOWrapper(stream, encoding, errors, newline="")
    try:
        yield text
    finally:
        text.detach()


def well_formed(text: str) -> str:
    """Write what may have been bytes that are no text as escapes, for names and titles."""
    return text.encode("utf-8", "backslashreplace").decode()
