"""YAML as a row of texts, each with the names that lead to it; nothing is built, no alias is followed."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import yaml

from perito.base.text import excerpt

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
DEEPEST = 50
LARGEST = 1 << 26
"""Bytes of the largest file that is read; the public ones have some 100,000."""


class Leaf(NamedTuple):
    """A text, the names and list places that lead to it (`0`, `c2`, `domains`, `3`), its document and its line."""

    path: tuple[str | int, ...]
    text: str
    document: int
    line: int


class DamagedYaml(NamedTuple):
    """Why reading ended, or what was passed over."""

    line: int
    reason: str
    raw: str = ""


class _Open:
    """A list or mapping that is being read: where it is, and the name that waits for its value."""

    def __init__(self, *, named: bool) -> None:
        self.named = named
        self.name: str | None = None
        self.count = 0

    def step(self) -> str | int:
        return (self.name or "") if self.named else self.count

    def passed(self) -> None:
        self.name = None
        self.count += 1


def leaves(stream: BinaryIO) -> Iterator[Leaf | DamagedYaml]:
    """Yield every text of every document; damage ends the reading, an alias does not."""
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        yield DamagedYaml(0, f"larger than {LARGEST} bytes; not read")
        return
    reader = _Reader()
    try:
        for event in yaml.parse(data, Loader=LOADER):
            yield from reader.take(event)
            if len(reader.open) > DEEPEST:
                yield DamagedYaml(event.start_mark.line + 1, f"nested deeper than {DEEPEST}; the rest was not read")
                return
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", "") or "cannot be read"
        yield DamagedYaml(
            mark.line + 1 if mark else 0, f"damaged YAML: {excerpt(str(reason), 80)}; the rest was not read"
        )


class _Reader:
    def __init__(self) -> None:
        self.open: list[_Open] = []
        self.document = 0

    def take(self, event: yaml.Event) -> Iterator[Leaf | DamagedYaml]:
        if isinstance(event, yaml.DocumentStartEvent):
            self.document += 1
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if self.open and self.open[-1].named and self.open[-1].name is None:
                self.open[-1].name = ""
            self.open.append(_Open(named=isinstance(event, yaml.MappingStartEvent)))
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.open.pop()
            self._passed()
        elif isinstance(event, yaml.AliasEvent):
            yield DamagedYaml(event.start_mark.line + 1, "an alias, which is not followed", excerpt(event.anchor))
            self._passed()
        elif isinstance(event, yaml.ScalarEvent):
            yield from self._scalar(event)

    def _scalar(self, event: yaml.ScalarEvent) -> Iterator[Leaf]:
        inner = self.open[-1] if self.open else None
        if inner and inner.named and inner.name is None:
            inner.name = event.value
            return
        path = tuple(one.step() for one in self.open)
        yield Leaf(path, event.value, self.document, event.start_mark.line + 1)
        self._passed()

    def _passed(self) -> None:
        if self.open:
            self.open[-1].passed()
