"""Tags of an XML file that may be damaged or hostile, one at a time, without building a document.

No entity is expanded but the five of XML and numbers, no DTD is read, nothing is fetched. A tag that is not well
formed is told and passed over, so that one bad byte hides no other. SMS Backup & Restore writes characters beyond
the first plane as two numbers, which XML forbids: they are joined.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from perito.artifacts.readers import text
from perito.artifacts.readers.damage import Damaged, Partly
from perito.base.text import excerpt

CHUNK = 1 << 18
AHEAD = 1 << 16
"""Characters that are looked at before a tag is said to be broken."""
SHOWN = 300
LARGEST = 1 << 28
"""Characters of one tag: attachments lie in attributes."""
TAG = re.compile(r"<(/?[\w:.-]{1,40}+)((?:\s++[\w:.-]++\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'))*+)\s*+(/?)>")
ATTRIBUTE = re.compile(r"([\w:.-]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
REFERENCE = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));")
NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
TOPMOST = 0x110000

Tag = tuple[int, str, dict[str, str]]
"""Line, name (with a slash before it where the tag closes an element), and attributes."""


def tags(path: Path, *names: str) -> Iterator[Tag | Partly]:
    """Yield the tags of these names in order; an empty element yields its opening tag only."""
    wanted = {*names, *(f"/{name}" for name in names)}
    told = re.compile(rf"</?(?:{'|'.join(names)})\b")
    with text.opened(path) as file:
        held = _Held(file)
        while held.stands_at_tag():
            found = TAG.match(held.text, held.at)
            if found and found[1] in wanted:
                yield held.line, found[1], _attributes(found[2])
            elif not found and told.match(held.text, held.at):
                yield Partly(f"line {held.line}", "a tag that is no XML", excerpt(held.text[held.at : held.at + SHOWN]))
            held.pass_to(found.end() if found else held.at + 1)


class _Held:
    """The stretch of a file that is in memory, a place in it, and the number of its line."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.text = ""
        self.at = 0
        self.line = 1
        self.ended = False

    def pass_to(self, place: int) -> None:
        self.line += self.text.count("\n", self.at, place)
        self.at = place

    def stands_at_tag(self) -> bool:
        """Move to the next `<` with all of its tag in memory; False where there is none."""
        while True:
            begin = self.text.find("<", self.at)
            self.pass_to(begin if begin >= 0 else len(self.text))
            if begin >= 0 and (self.ended or self._is_whole()):
                return True
            if self.ended:
                return False
            self._more()

    def _is_whole(self) -> bool:
        if len(self.text) - self.at < AHEAD:
            return False
        return self.text.find("<", self.at + 1) >= 0 or TAG.match(self.text, self.at) is not None

    def _more(self) -> None:
        self.text = self.text[self.at :]
        self.at = 0
        if len(self.text) > LARGEST:
            raise Damaged(f"line {self.line}: a tag of more than {LARGEST} characters")
        read = self.file.read(max(CHUNK, len(self.text)))
        self.text += read
        self.ended = not read


def _attributes(raw: str) -> dict[str, str]:
    return {one[1]: _plain(one[2] if one[2] is not None else one[3]) for one in ATTRIBUTE.finditer(raw)}


def _plain(value: str) -> str:
    if "&" not in value:
        return value
    return PAIR.sub(_joined, REFERENCE.sub(_meant, value))


def _meant(found: re.Match[str]) -> str:
    if found[3]:
        return NAMED[found[3]]
    number = int(found[1]) if found[1] else int(found[2], 16)
    return chr(number) if number < TOPMOST else found[0]


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
