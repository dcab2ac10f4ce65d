"""Lines of a text file in whichever encoding it has, so that no byte of it is lost."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from perito.artifacts.readers.damage import Damaged

LOOKED_AT = 1 << 20
"""Bytes by which the encoding is told."""
LONGEST = 1 << 24
"""Characters of one line."""
MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


def encoding(path: Path) -> str:
    """Return UTF-8, UTF-16, or Windows' western encoding where most of what is not ASCII is not UTF-8."""
    with path.open("rb") as file:
        start = file.read(LOOKED_AT)
    for mark, name in MARKS.items():
        if start.startswith(mark):
            return name
    zeros = start.count(0)
    if zeros > len(start) // 4:
        return "utf-16-le" if start[1::2].count(0) > zeros // 2 else "utf-16-be"
    text = start.decode("utf-8", "surrogateescape")
    odd = sum("\udc80" <= one <= "\udcff" for one in text)
    sound = sum(one > "\x7f" for one in text) - odd
    return "cp1252" if odd > sound else "utf-8"


def opened(path: Path, name: str = "") -> TextIO:
    """Open a file as text; bytes outside its encoding become lone surrogates, which the schema tells as a problem.

    Raises Damaged where the file is empty. Line ends are left as they are.
    """
    if not path.stat().st_size:
        raise Damaged("empty: no text")
    name = name or encoding(path)
    errors = "surrogatepass" if name.startswith("utf-16") else "surrogateescape"
    return path.open(encoding=name, errors=errors, newline="\n")


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield each line with its number, counted from 1, without its end (LF or CRLF; other ends are part of it)."""
    number = 0
    with opened(path) as file:
        while line := file.readline(LONGEST):
            number += 1
            if len(line) == LONGEST:
                raise Damaged(f"line {number} has more than {LONGEST} characters")
            yield number, line.removesuffix("\n").removesuffix("\r")


def blocks(path: Path, start: re.Pattern[str], what: str) -> Iterator[tuple[int, re.Match[str] | None, str]]:
    """Yield each line that the pattern matches, with its number and the lines up to the next one, each after an LF.

    Lines before the first match come as one block without a match, where they are more than white space. Where no line
    matches that block is all, and Damaged raised after it: then no line begins as `what` does.
    """
    number, match, rest = 0, None, list[str]()
    for at, line in lines(path):
        begun = start.match(line)
        if begun:
            if match or "".join(rest).strip():
                yield number, match, "".join(rest)
            number, match, rest = at, begun, []
        else:
            number = number or at
            rest.append(f"\n{line}")
    if match or "".join(rest).strip():
        yield number, match, "".join(rest)
    if match is None:
        raise Damaged(f"no line begins as {what} does")
