"""The trees of a database's pages, and the pages with rows that no tree leads to any more.

Pages of the list of free pages are left out: what stands on them was deleted or moved.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from perito.artifacts.readers import sqlite_cells
from perito.artifacts.readers.sqlite_pages import INTERIOR, KEYED_INTERIOR, KEYED_LEAF, LEAF, Pages
from perito.artifacts.readers.sqlite_record import Malformed

FREE, ROOT, BELOW = 2, 1, 5
"""Kinds of pages in the map of pages (https://www.sqlite.org/fileformat2.html#ptrmap)."""


class Tree(NamedTuple):
    """The pages of one tree that hold rows, in the order of their keys, and the pages of it that cannot be read."""

    leaves: list[int]
    lost: list[int]


def walk(pages: Pages, root: int, *, keyed: bool, taken: set[int]) -> Tree:
    """Return the pages below a root. A page belongs to the first tree that reaches it: `taken` is added to."""
    inner, outer = (KEYED_INTERIOR, KEYED_LEAF) if keyed else (INTERIOR, LEAF)
    waiting = [root]
    leaves: list[int] = []
    lost: list[int] = []
    while waiting:
        number = waiting.pop()
        page = pages.page(number) if 1 <= number <= pages.count and number not in taken else b""
        start = pages.start(number)
        kind = page[start] if start < len(page) else 0
        below = _below(page, start, pages) if kind == inner else []
        if (kind != outer and not below) or (kind == outer and not sqlite_cells.plausible(page, start, pages.usable)):
            lost.append(number)
            continue
        taken.add(number)
        if kind == outer or keyed:
            leaves.append(number)
        waiting.extend(reversed(below))
    return Tree(leaves, lost)


def _below(page: bytes, start: int, pages: Pages) -> list[int]:
    try:
        return sqlite_cells.children(page, start, pages.usable)
    except Malformed:
        return []


def free_pages(pages: Pages) -> frozenset[int]:
    """Return the pages of the list of free pages, as far as it can be followed."""
    found: set[int] = set()
    trunk = pages.head.freelist
    while 1 < trunk <= pages.count and trunk not in found:
        found.add(trunk)
        page = pages.page(trunk)
        count = min(int.from_bytes(page[4:8], "big"), pages.usable // 4 - 2)
        below = (int.from_bytes(page[at : at + 4], "big") for at in range(8, 8 + 4 * count, 4))
        found.update(one for one in below if 1 < one <= pages.count)
        trunk = int.from_bytes(page[:4], "big")
    return frozenset(found)


@dataclass
class Above:
    """What is known of the page above each page: from the map that some databases keep, and from astray inner pages."""

    pages: Pages
    known: dict[int, int] = field(default_factory=dict)

    def mapped(self, number: int) -> tuple[int, int]:
        """Return kind and page above of a page as the map tells, zeros where there is no map."""
        step = self.pages.usable // 5 + 1
        if not self.pages.head.mapped or number < 3:
            return 0, 0
        place = (number - 2) // step * step + 2
        page = self.pages.page(place)
        at = 5 * (number - place - 1)
        return (page[at], int.from_bytes(page[at + 1 : at + 5], "big")) if 0 <= at <= len(page) - 5 else (0, 0)

    def learn(self, numbers: Iterable[int]) -> None:
        """Note what lies below these inner pages."""
        for number in numbers:
            page = self.pages.page(number)
            for below in _below(page, self.pages.start(number), self.pages):
                self.known.setdefault(below, number)

    def top(self, number: int) -> tuple[int, bool]:
        """Return the highest page that is known above a page, and whether the map says that it is a root."""
        seen = {number}
        while True:
            kind, above = self.mapped(number)
            if kind == ROOT:
                return number, True
            above = above if kind == BELOW else self.known.get(number, 0)
            if not 1 <= above <= self.pages.count or above in seen:
                return number, False
            seen.add(above)
            number = above


Groups = dict[tuple[int, bool], list[int]]
"""Leaves by the highest page known above them, and whether that page is a root."""


def astray(pages: Pages, taken: set[int], free: frozenset[int]) -> Groups:
    """Return the leaves that no tree reached, those together that lie under the same page."""
    found: list[int] = []
    above = Above(pages)
    for number, kind in pages.kinds():
        if number in taken or number in free:
            continue
        if kind == LEAF and sqlite_cells.plausible(pages.page(number), pages.start(number), pages.usable):
            found.append(number)
        elif kind == INTERIOR:
            above.learn([number])
    groups: Groups = defaultdict(list)
    for number in found:
        if above.mapped(number)[0] != FREE:
            groups[above.top(number)].append(number)
    return dict(groups)
