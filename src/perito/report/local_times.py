"""Times that the evidence gives without a zone: in UTC where a person named the zone, and which of them stay doubtful."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa

from perito.base.zones import BEYOND, NEVER, TWICE, Zone
from perito.records.schema import Schema
from perito.records.store import batches
from perito.report.model import Stored

REASONS = {
    TWICE: "written times shown twice in {zone}, as clocks went back: {count}; the earlier moment is taken",
    NEVER: "written times never shown in {zone}, as clocks went forward: {count}; they are taken as if clocks had stayed",
    BEYOND: "written times outside the years 1 to 9999 in {zone}: {count}; they are kept as written",
}


def local_clocks(schema: Schema) -> list[str]:
    """Name the fields that hold a time without a zone, the main one first."""
    return [name for name, value in schema if value.type == "local"]


def in_utc(column: pa.ChunkedArray | pa.Array, zone: Zone | None) -> tuple[pa.Array, pa.Array]:
    """Return microseconds since 1970, nulls kept, and of each whether it is UTC now."""
    raw = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    micros = raw.cast(pa.int64())
    if zone is None:
        return micros, pa.repeat(False, len(micros))  # noqa: FBT003 - a value, not a switch
    utc, doubts = zone.to_utc(micros.fill_null(0).to_numpy(zero_copy_only=False))
    missing = micros.is_null().to_numpy(zero_copy_only=False)
    return pa.array(utc, pa.int64(), mask=missing), pa.array(doubts != BEYOND)


def doubtful(stored: Stored, zone: Zone | None) -> list[dict[str, str]]:
    """Return a problem for each file and kind of doubt: which written times the zone alone does not settle."""
    if zone is None:
        return []
    counts: Counter[tuple[str, str, int]] = Counter()
    for name, (schema, path) in stored.items():
        for clock in local_clocks(schema):
            for file, doubt in _doubts(path, clock, zone):
                counts[name, file, doubt] += 1
    return [
        {
            "artifact": name,
            "file": file,
            "ref": "",
            "reason": REASONS[doubt].format(count=count, zone=zone.name),
            "raw": "",
        }
        for (name, file, doubt), count in sorted(counts.items())
    ]


def _doubts(path: Path, clock: str, zone: Zone) -> Iterator[tuple[str, int]]:
    for batch in batches(path, ["file", clock]):
        there = batch.filter(batch[clock].is_valid())
        _, doubts = zone.to_utc(there[clock].cast(pa.int64()).to_numpy())
        for place in np.flatnonzero(doubts):
            yield there["file"][place].as_py(), int(doubts[place])
