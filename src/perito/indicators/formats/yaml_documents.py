"""YAML as documents of names, lists and plain values, built event by event; what could mean something else is refused.

A value that is left out, or read as another one, would change what a rule asks for: a document with an alias, a name
that stands twice, or a type of its own is damaged as a whole.
"""

import math
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

import yaml

from perito.base.text import excerpt
from perito.indicators.formats.yaml_events import DEEPEST, LARGEST, LOADER

CORE = "tag:yaml.org,2002:"
RESOLVER = yaml.resolver.Resolver()
MAKER = yaml.constructor.SafeConstructor()
CONTAINERS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
LARGEST_NUMBER = 1 << 63
ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class Document(NamedTuple):
    """What a document holds, the line of its first value, and why it is not to be used, if so, with an excerpt."""

    line: int
    content: Any
    damage: str = ""
    raw: str = ""


def documents(stream: BinaryIO) -> Iterator[Document]:
    """Yield every document that holds something; texts, numbers, yes and no, and null are told apart as YAML 1.1 does."""
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        yield Document(0, None, f"larger than {LARGEST} bytes; not read")
        return
    try:
        yield from _built(yaml.parse(data, Loader=LOADER))
    except (yaml.YAMLError, UnicodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or getattr(error, "reason", "") or "cannot be read"
        where = mark.line + 1 if mark else 0
        yield Document(where, None, f"damaged YAML: {excerpt(str(reason), 80)}; the rest was not read")


def _built(events: Iterator[yaml.Event]) -> Iterator[Document]:
    building = _Building()
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            building = _Building()
        elif isinstance(event, yaml.DocumentEndEvent):
            yield from building.done()
        else:
            building.take(event)
        if len(building.open) > DEEPEST:
            where = event.start_mark.line + 1
            yield Document(where, None, f"nested deeper than {DEEPEST}; the rest was not read")
            return


class _Building:
    """A document that is being read; `open` are the lists and mappings around the place, with the name that waits."""

    def __init__(self) -> None:
        self.open: list[tuple[Any, list[str]]] = []
        self.content: Any = None
        self.line = 0
        self.damage: tuple[int, str, str] | None = None

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self.line = self.line or event.start_mark.line + 1
            if self._is_name():
                self._named(event)
            else:
                self._put(self._value(event))
        elif isinstance(event, CONTAINERS):
            if self._is_name():
                self._damaged(event, "a name that is no text")
                self.open[-1][1].append("")
            made: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._put(made)
            self.open.append((made, []))
        elif isinstance(event, ENDS):
            self.open.pop()
        elif isinstance(event, yaml.AliasEvent):
            self._damaged(event, "an alias, which is not followed", event.anchor)
            if self._is_name():
                self.open[-1][1].append("")
            else:
                self._put(None)

    def done(self) -> Iterator[Document]:
        if self.damage:
            line, reason, raw = self.damage
            yield Document(line, None, reason, raw)
        elif self.content is not None:
            yield Document(self.line, self.content)

    def _is_name(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1][0], dict) and not self.open[-1][1]

    def _named(self, event: yaml.ScalarEvent) -> None:
        inner, waiting = self.open[-1]
        if event.value in inner:
            self._damaged(event, "a name that stands twice in one place", event.value)
        elif event.value == "<<" and event.implicit[0]:
            self._damaged(event, "a merge of mappings, which is not followed")
        waiting.append(event.value)

    def _put(self, value: Any) -> None:
        if not self.open:
            self.content = value
        elif isinstance(self.open[-1][0], list):
            self.open[-1][0].append(value)
        else:
            inner, waiting = self.open[-1]
            inner[waiting.pop()] = value

    def _value(self, event: yaml.ScalarEvent) -> Any:
        tag = event.tag or RESOLVER.resolve(yaml.ScalarNode, event.value, event.implicit)
        node = yaml.ScalarNode(tag, event.value)
        try:
            return _plain(node, tag.removeprefix(CORE))
        except (ValueError, KeyError, IndexError, OverflowError):
            if event.tag:
                self._damaged(event, "a value of a type of its own", event.tag)
            return event.value

    def _damaged(self, event: yaml.Event, reason: str, raw: str = "") -> None:
        self.damage = self.damage or (event.start_mark.line + 1, reason, excerpt(raw, 80))


def _plain(node: yaml.ScalarNode, tag: str) -> Any:
    """Return a value of one of the plain types; what is written as a date, or fits no 64 bits, stays text."""
    if tag == "null":
        return None
    if tag == "bool":
        return MAKER.construct_yaml_bool(node)
    if tag == "int":
        whole = MAKER.construct_yaml_int(node)
        return whole if abs(whole) < LARGEST_NUMBER else node.value
    if tag == "float":
        number = MAKER.construct_yaml_float(node)
        return number if math.isfinite(number) else node.value
    if tag.startswith("!") or tag == "binary":
        raise ValueError(tag)
    return node.value
