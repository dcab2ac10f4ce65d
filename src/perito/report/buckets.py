"""Rows sorted by time without holding them all: spread over buckets of time on disk, each sorted by itself."""

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv, ipc

FULL = 65_536
"""Rows of a bucket that are aimed at."""
MOST = 192
"""Buckets at most, each an open file; beyond that they grow."""
ORDER = ("us", "kind", "artifact", "file", "ref", "what")
COLUMNS = ("time", "kind", "artifact", "file", "ref", "what", "text")
FORMULA = r"^[\s\x00\"'\x{200b}\x{200e}\x{200f}\x{feff}]*[=+@\x{ff1d}\x{ff0b}\x{ff0d}\x{ff20}-]|^[\t\r\n]"
"""What a spreadsheet would take for a formula: see perito.base.text.csv_cell."""


class Buckets:
    """Take tables in any order and write them as one CSV in the order of `us`, which counts microseconds since 1970."""

    def __init__(self, scratch: Path, moments: np.ndarray, schema: pa.Schema) -> None:
        size = max(FULL, len(moments) // MOST + 1)
        self._edges = np.unique(np.sort(moments)[size::size])
        self._paths = [scratch / f"time-{number}.arrow" for number in range(len(self._edges) + 1)]
        self._files = [ipc.new_file(str(path), schema) for path in self._paths]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for file, path in zip(self._files, self._paths, strict=True):
            file.close()
            path.unlink(missing_ok=True)

    def add(self, rows: pa.Table) -> None:
        """Spread rows over the buckets."""
        if not len(rows):
            return
        numbers = np.searchsorted(self._edges, rows["us"].to_numpy(), side="right")
        order = np.argsort(numbers, kind="stable")
        used, starts = np.unique(numbers[order], return_index=True)
        spread = rows.take(pa.array(order))
        for number, start, end in zip(used, starts, [*starts[1:], len(order)], strict=True):
            self._files[number].write_table(spread.slice(start, end - start).combine_chunks())

    def write_csv(self, out: Path) -> None:
        """Write every bucket, sorted, to one file; the buckets cannot be added to afterwards."""
        schema = pa.schema([(name, pa.string()) for name in COLUMNS])
        with csv.CSVWriter(str(out), schema) as writer:
            for file, path in zip(self._files, self._paths, strict=True):
                file.close()
                rows = ipc.open_file(str(path)).read_all()
                writer.write_table(_shown(rows.sort_by([(name, "ascending") for name in ORDER]), schema))


def _shown(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    stamp = pc.replace_substring(rows["us"].cast(pa.timestamp("us")).cast(pa.string()), " ", "T")
    columns = {"time": pc.binary_join_element_wise(stamp, rows["zone"], "")}
    for name in COLUMNS[1:]:
        columns[name] = rows[name] if name in {"kind", "artifact", "what"} else _cell(rows[name])
    return pa.table([columns[name] for name in COLUMNS], schema=schema)


def _cell(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    odd = pc.match_substring_regex(texts, FORMULA)
    if not pc.any(odd).as_py():
        return texts
    return pc.if_else(odd, pc.binary_join_element_wise("'", texts, ""), texts)
