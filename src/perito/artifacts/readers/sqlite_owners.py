"""Which pages of a damaged database hold the rows of which table: by its trees, by its map of pages, by the rows' shape.

A page that no tree leads to any more (a page above it was damaged) is given to a table when the map of pages or the
tree itself says so, or when all its rows can be rows of that table and of no other. Else it stays without one and is
told.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from perito.artifacts.readers import sqlite_cells, sqlite_tree
from perito.artifacts.readers.sqlite_pages import Pages
from perito.artifacts.readers.sqlite_record import Malformed
from perito.artifacts.readers.sqlite_rows import Records
from perito.artifacts.readers.sqlite_schema import Listing
from perito.artifacts.readers.sqlite_table import Table

TELLING = 5
"""Values that rows must have to be told by their shape alone where the list of tables is not whole."""
SAMPLE = 32
"""Pages of a table that are looked at to learn what its rows look like."""


@dataclass
class Own:
    """The pages of one table: `reached` through its tree, `carved` without it, and how many are lost."""

    table: Table
    reached: list[int] = field(default_factory=list)
    carved: list[int] = field(default_factory=list)
    lost: int = 0


@dataclass
class Owners:
    """The pages of each table by its name, and the pages with rows of no known or of several possible tables."""

    usable: int
    of: dict[str, Own]
    free: frozenset[int]
    unknown: list[int] = field(default_factory=list)

    def by_shape(self, page: bytes, start: int) -> Own | None:
        """Return the one table whose rows a page of the log can hold strictly; None where there is none, or several."""
        try:
            cells = sqlite_cells.cells(page, start, self.usable).cells
        except Malformed:
            return None
        kinds = [cell.head.kinds for cell in cells if cell.head is not None]
        owns = [own for own in self.of.values() if not own.table.keyed]
        some = [own for own in owns if kinds and all(own.table.fits(one, strictly=True) for one in kinds)]
        return some[0] if len(some) == 1 else None


def owners(pages: Pages, listing: Listing) -> Owners:
    """Return whose every page with rows is; a page is read once here, to see what its rows look like."""
    free = sqlite_tree.free_pages(pages)
    taken = set(listing.leaves)
    found = Owners(pages.usable, {}, free)
    lost: dict[int, Own] = {}
    for table, root in listing.entries:
        own = found.of.setdefault(table.name, Own(table))
        if not root:
            continue
        tree = sqlite_tree.walk(pages, root, keyed=table.keyed, taken=taken)
        own.reached += tree.leaves
        own.lost += len(tree.lost)
        lost.update((number, own) for number in tree.lost if number not in taken)
    shapes = _Shapes(pages, listing, found)
    for (top, _), leaves in sorted(sqlite_tree.astray(pages, taken, free).items()):
        told = lost.get(top)
        if told is None or not shapes.fit(told.table, leaves):
            told = shapes.only_one(leaves)
        (told.carved if told else found.unknown).extend(leaves)
    return found


class _Shapes:
    """Tells tables by what the records on a page look like."""

    def __init__(self, pages: Pages, listing: Listing, found: Owners) -> None:
        self.pages = pages
        self.free = found.free
        self.all_live = listing.whole and len(found.free) == pages.head.free
        self.least = 1 if listing.whole else TELLING
        self.owns = [own for own in found.of.values() if not own.table.keyed]

    def fit(self, table: Table, leaves: Sequence[int]) -> bool:
        """Tell whether all rows of these pages can be rows of the table."""
        return all(table.fits(kinds, strictly=False) for kinds in self._kinds(leaves))

    def only_one(self, leaves: Sequence[int]) -> Own | None:
        """Return the one table with lost pages whose rows these can be; None when there is none, or several.

        Where the list of free pages is whole, nothing on other pages is out of use, so that a table without losses
        cannot own them.
        """
        seen = set(self._kinds(leaves))
        if not seen or max(map(len, seen)) < self.least:
            return None
        some = [own for own in self.owns if all(own.table.fits(kinds, strictly=False) for kinds in seen)]
        some = [own for own in some if own.lost] if self.all_live else some
        if len(some) > 1:
            widths = set(map(len, seen))
            some = [own for own in some if widths <= self._widths(own)]
        if len(some) > 1:
            some = [own for own in some if all(own.table.fits(kinds, strictly=True) for kinds in seen)]
        return some[0] if len(some) == 1 and some[0].lost else None

    def _widths(self, own: Own) -> set[int]:
        """Return how many values the table's records are known to have: all it may, where none of them was reached."""
        known = {len(kinds) for kinds in self._kinds(own.reached[:SAMPLE])}
        whole = len(own.table.order)
        return known | {whole} if known else set(range(1, whole + 1))

    def _kinds(self, leaves: Sequence[int]) -> Iterator[tuple[int, ...]]:
        records = Records(self.pages, self.free)
        for number in leaves:
            leaf = sqlite_cells.cells(self.pages.page(number), self.pages.start(number), self.pages.usable)
            for cell in leaf.cells:
                try:
                    yield records.head(cell).kinds
                except Malformed:
                    continue
