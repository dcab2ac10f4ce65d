"""One file for each form in which indicators are published; which form a file has is told by its content."""

import json
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from perito.indicators.formats import perito_tsv, stix2
from perito.indicators.indicator import Said

Reader = Callable[[BinaryIO, str], Iterator[Said]]
HEAD = 1 << 16
"""Bytes from which the form must be told."""


class Format(NamedTuple):
    """A form of indicators: `recognises` tells it by the beginning of a text, `read` yields what a file claims."""

    name: str
    recognises: Callable[[str], bool]
    read: Reader


FORMATS = (
    Format(perito_tsv.NAME, perito_tsv.recognises, perito_tsv.read),
    Format(stix2.NAME, stix2.recognises, stix2.read),
)


def format_of(stream: BinaryIO) -> Format | None:
    """Return the form of a file by its first 64 KiB, whatever its name; the stream is left at its beginning."""
    head = stream.read(HEAD)
    stream.seek(0)
    text = head.decode(json.detect_encoding(head[:4]) if len(head) > 1 else "utf-8", "replace")
    return next((form for form in FORMATS if form.recognises(text)), None)
