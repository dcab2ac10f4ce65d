"""Stored observables as conditions read them: first the columns that are compared, the rest where something is met."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from perito.records.observables import OBSERVABLES
from perito.records.store import PASSING, passing

ASKED = ["kind", "value", "normal", "hash", "parents"]
"""Columns that are compared."""
TOGETHER = 32
"""Row groups that are read at a time."""


class Batch:
    """Rows of a table of observables: `asked` has the columns that are compared, `whole` all of them."""

    def __init__(self, asked: pa.Table, whole: Callable[[], pa.Table]) -> None:
        self.asked = asked
        self._read = whole

    @cached_property
    def whole(self) -> pa.Table:
        """Read the rows once more, with every column."""
        return self._read()


def batches(paths: Iterable[Path]) -> Iterator[Batch]:
    """Yield the observables of several tables; a batch must be used before the next is asked for."""
    for path in paths:
        if path.suffix == PASSING:
            yield from map(in_memory, passing(path, OBSERVABLES))
            continue
        with pq.ParquetFile(path) as file:
            for start in range(0, file.num_row_groups, TOGETHER):
                some = list(range(start, min(start + TOGETHER, file.num_row_groups)))
                columns = file.read_row_groups(some, columns=ASKED, use_threads=False)
                yield Batch(columns, partial(file.read_row_groups, some, use_threads=False))


def in_memory(table: pa.Table) -> Batch:
    """Return a table that is here already."""
    return Batch(table, lambda: table)
