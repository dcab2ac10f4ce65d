"""Items of the lists in a JSON export, one at a time: an export of ten years of messages does not fit in memory."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from perito.artifacts.readers import text
from perito.artifacts.readers.damage import Damaged, Partly
from perito.base.text import excerpt

CHUNK = 1 << 18
LARGEST = 1 << 24
"""Characters of one item, or between two lists."""
SCALAR = r'"(?:[^"\\]|\\.)*+"|-?\d{1,19}'
DECODER = json.JSONDecoder()
SPACE = re.compile(r"[\s,]*")


Item = tuple[str, dict[str, object], object]


def items(path: Path, key: str, *about: str) -> Iterator[Item | Partly]:
    """Yield each item of every list under `key`, in order, with the text before its list's opening and its number.

    The first value is the place, such as `chats.list[0].messages[4]`; the second holds what the object around the
    list says under the names in `about`, where that is said before the list. Where the file is cut off or is no
    JSON, the rest is told and Damaged raised, after all items before; also where there is no such list.
    """
    opening = re.compile(rf'"{key}"\s*+:\s*+\[')
    parent = re.compile(r'"(\w+)"\s*+:\s*+\{[^{}]*?"list"\s*+:\s*+\[')
    wanted = re.compile(rf'"({"|".join(about)})"\s*+:\s*+({SCALAR})') if about else None
    with text.opened(path) as file:
        stream = _Stream(file)
        around, number, found = "", 0, False
        while (head := stream.up_to(opening)) is not None:
            if parents := parent.findall(head):
                around, number = f"{parents[-1]}.list", 0
                head = head.rpartition('"list"')[2]
            known = {name: json.loads(value, strict=False) for name, value in wanted.findall(head)} if wanted else {}
            place = f"{around}[{number}].{key}" if around else key
            yield from _numbered(stream, f"key {place}", known)
            number, found = number + 1, True
    if not found:
        raise Damaged(f'no list "{key}"')


def _numbered(stream: "_Stream", place: str, known: dict[str, object]) -> Iterator[Item | Partly]:
    at = 0
    try:
        for item in stream.values():
            yield f"{place}[{at}]", known, item
            at += 1
    except Damaged as error:
        yield Partly(f"{place}[{at}]", str(error), excerpt(stream.text[stream.at : stream.at + 300]))
        raise


def as_list(value: object) -> list[object]:
    """Return a list as it is, and an empty one for anything else."""
    return value if isinstance(value, list) else []


class _Stream:
    """A text of which only a stretch is held."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.text = ""
        self.at = 0
        self.ended = False

    def more(self) -> bool:
        """Read on, as much again as is held; drop what is done with."""
        self.text = self.text[self.at :]
        self.at = 0
        if len(self.text) > LARGEST:
            raise Damaged(f"more than {LARGEST} characters without an end")
        read = self.file.read(max(CHUNK, len(self.text)))
        self.text += read
        self.ended = not read
        return bool(read)

    def up_to(self, opening: re.Pattern[str]) -> str | None:
        """Return the text before the next opening and stand behind it; None at the end."""
        while not (found := opening.search(self.text, self.at)):
            if not self.more():
                return None
        head = self.text[self.at : found.start()]
        self.at = found.end()
        return head

    def values(self) -> Iterator[object]:
        """Yield the values of the list that begins here, and stand behind its end."""
        while True:
            space = SPACE.match(self.text, self.at)
            self.at = space.end() if space else self.at
            if self.at >= len(self.text):
                if not self.more():
                    raise Damaged("the file ends within a list")
                continue
            if self.text[self.at] == "]":
                self.at += 1
                return
            yield self._value()

    def _value(self) -> object:
        while True:
            try:
                value, end = DECODER.raw_decode(self.text, self.at)
            except RecursionError as error:
                raise Damaged("JSON nested too deep") from error
            except ValueError as error:
                if self.ended or not self.more():
                    raise Damaged("cut off, or no JSON") from error
                continue
            self.at = end
            return value
