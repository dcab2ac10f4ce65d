"""The elements of an XML file that matter, one small tree at a time, whatever the size of the file."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from perito.indicators.formats.xml_events import Damage, Start, Text, events

DEEPEST = 200
LARGEST = 100_000
"""Elements of one tree; more of them are no indicator."""
LONGEST = 1 << 22
"""Characters of one element's text that are kept; the longest that is published is a rule of some thousand."""


@dataclass
class Element:
    """An element with what is in it; `within` names the elements that were open around it, outermost first."""

    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["Element"] = field(default_factory=list)
    within: tuple["Element", ...] = ()

    def find(self, *names: str) -> "Element | None":
        """Return the first element of one of these names anywhere inside, the element itself included."""
        return next((one for one in self.walk() if one.name in names), None)

    def said(self, *names: str) -> str:
        """Return the text of the first such element, empty without one."""
        found = self.find(*names)
        return found.text.strip() if found else ""

    def walk(self) -> Iterator["Element"]:
        """Yield this element and all inside it, in the order in which they begin."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(reversed(one.children))


class _Builder:
    def __init__(self, names: Collection[str]) -> None:
        self.names = names
        self.open: list[Element] = []
        self.tree = -1
        """How many elements were open when the tree began; -1 outside of one."""
        self.size = 0

    def start(self, event: Start) -> Damage | None:
        if len(self.open) >= DEEPEST:
            return Damage(event.line, f"nested deeper than {DEEPEST}; the rest was not read", "", fatal=True)
        one = Element(event.name, event.attributes, event.line)
        if self.tree < 0 and event.name in self.names:
            self.tree, self.size = len(self.open), 0
            one.within = tuple(self.open)
        elif self.tree >= 0:
            self.size += 1
            if self.size > LARGEST:
                return Damage(event.line, f"more than {LARGEST} elements in one; the rest was not read", "", fatal=True)
            self.open[-1].children.append(one)
        self.open.append(one)
        return None

    def end(self, name: str) -> tuple[Element | None, bool]:
        """Close the innermost element of this name; return the tree that ended so, and whether all was in order."""
        place = next((number for number in range(len(self.open) - 1, -1, -1) if self.open[number].name == name), -1)
        if place < 0:
            return None, False
        ordered = place == len(self.open) - 1
        tree = self.open[self.tree] if self.tree >= 0 and place <= self.tree else None
        if tree is not None:
            self.tree = -1
        del self.open[place:]
        return tree, ordered


def trees(stream: BinaryIO, names: Collection[str]) -> Iterator[Element | Damage]:
    """Yield each outermost element of one of these names once it is complete, and each damaged place."""
    builder = _Builder(names)
    for event in events(stream):
        if isinstance(event, Damage):
            yield event
        elif isinstance(event, Text):
            if builder.tree >= 0 and len(builder.open[-1].text) < LONGEST:
                builder.open[-1].text += event.text[:LONGEST]
        elif isinstance(event, Start):
            damage = builder.start(event)
            if damage:
                yield damage
                break
            if event.closed:
                yield from _ended(builder, event.name, event.line)
        else:
            yield from _ended(builder, event.name, 0)
    if builder.tree >= 0:
        yield Damage(builder.open[builder.tree].line, "the file ends inside this element, which was read as it is", "")
        yield builder.open[builder.tree]


def _ended(builder: _Builder, name: str, line: int) -> Iterator[Element | Damage]:
    place = builder.open[-1].line if builder.open else line
    tree, ordered = builder.end(name)
    if not ordered:
        yield Damage(place, f"not well-formed: </{name[:40]}> does not close what was opened last", "")
    if tree is not None:
        yield tree
