"""The time line: every moment of every record and every finding, in order, and the counts a picture is drawn from."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.detect.trace import trace_of
from perito.records.schema import Schema
from perito.records.store import batches
from perito.report.buckets import Buckets

TOLD = 200
"""Characters of a record's text that the time line shows."""
SILENT = frozenset({"when", "local", "integer", "real", "flag"})
LANE_BY_TRACE = {
    "message": "messages",
    "network": "web",
    "account": "calls",
    "process": "system",
    "file": "files",
    "settings": "system",
}
DAY = 86_400_000_000
"""Microseconds."""
ROWS = pa.schema(
    [
        ("us", pa.int64()),
        ("zone", pa.string()),
        ("kind", pa.string()),
        ("artifact", pa.string()),
        ("file", pa.string()),
        ("ref", pa.string()),
        ("what", pa.string()),
        ("text", pa.string()),
    ]
)
Stored = Mapping[str, tuple[Schema, Path]]
"""By artifact: its schema, and where its records are stored."""


def spread(scratch: Path, stored: Stored) -> Buckets:
    """Return the moments of all records, spread over buckets of time on disk: memory does not grow with the records."""
    moments = [_moments(table, schema) for schema, path in stored.values() for table in _tables(path, schema)]
    buckets = Buckets(scratch, np.concatenate(moments) if moments else np.empty(0, np.int64), ROWS)
    for name, (schema, path) in stored.items():
        for table in _tables(path, schema, whole=True):
            buckets.add(_rows(name, schema, table))
    return buckets


def write(out: Path, buckets: Buckets, findings: Iterable[Mapping[str, Any]]) -> None:
    """Write `timeline.csv`: time (RFC 3339; no Z where the zone is unknown), kind, artifact, file, ref, what, text.

    One line for each different moment of a record, and for each finding; `what` names the fields that hold it.
    """
    with buckets:
        buckets.add(_finding_rows(findings))
        buckets.write_csv(out)


def activity(stored: Stored) -> list[tuple[str, str, int]]:
    """Return (day as RFC 3339, lane, records) for every day on which the device recorded anything."""
    counts: Counter[tuple[int, str]] = Counter()
    for name, (schema, path) in stored.items():
        lane = LANE_BY_TRACE[trace_of(name, "path")]
        for table in _tables(path, schema) if schema.times else ():
            main = table[schema.times[0]].drop_null().cast(pa.int64()).to_numpy()
            for day, count in zip(*np.unique(main // DAY, return_counts=True), strict=True):
                counts[int(day), lane] += int(count)
    stamps = {day: str(np.datetime64(day, "D")) for day, _ in counts}
    return [(f"{stamps[day]}T00:00:00Z", lane, count) for (day, lane), count in sorted(counts.items())]


def _clocks(schema: Schema) -> list[str]:
    return [name for name, value in schema if value.type in {"when", "local"}]


def _tables(path: Path, schema: Schema, *, whole: bool = False) -> Iterator[pa.Table]:
    clocks = _clocks(schema)
    if clocks:
        shown = [name for name, value in schema if value.type not in SILENT][:1]
        for batch in batches(path, ["file", "ref", *clocks, *shown] if whole else clocks):
            yield pa.Table.from_batches([batch])


def _moments(table: pa.Table, schema: Schema) -> np.ndarray:
    return np.concatenate([table[name].drop_null().cast(pa.int64()).to_numpy() for name in _clocks(schema)])


def _rows(name: str, schema: Schema, table: pa.Table) -> pa.Table:
    shown = next((field for field, value in schema if value.type not in SILENT), None)
    text = pc.utf8_slice_codeunits(table[shown], 0, TOLD).fill_null("") if shown else pa.nulls(len(table), pa.string())
    clocks = _clocks(schema)
    times = {field: table[field].combine_chunks().cast(pa.int64()) for field in clocks}
    file = table["file"].combine_chunks().cast(pa.string())
    parts = []
    for place, field in enumerate(clocks):
        fresh = times[field].is_valid()
        for earlier in clocks[:place]:
            fresh = pc.and_(fresh, pc.invert(pc.equal(times[earlier], times[field]).fill_null(fill_value=False)))
        what = _named(field, clocks[place + 1 :], times)
        zone = "Z" if schema.fields[field].type == "when" else ""
        columns = [
            times[field],
            _all(zone, table),
            _all("record", table),
            _all(name, table),
            file,
            table["ref"],
            what,
            text,
        ]
        parts.append(pa.table(columns, schema=ROWS).filter(fresh))
    return pa.concat_tables(parts)


def _named(field: str, later: list[str], times: Mapping[str, pa.Array]) -> pa.Array:
    """Return for each record the field's name and those of later fields that hold the same moment."""
    named = pa.array([field] * len(times[field]), pa.string())
    for other in later:
        same = pc.equal(times[other], times[field]).fill_null(fill_value=False)
        named = pc.if_else(same, pc.binary_join_element_wise(named, other, " "), named)
    return named


def _all(text: str, table: pa.Table) -> pa.Array:
    return pa.repeat(text, len(table))


def _finding_rows(findings: Iterable[Mapping[str, Any]]) -> pa.Table:
    rows = [one for one in findings if one["time"]]
    times = pa.array([one["time"].rstrip("Z") for one in rows], pa.string()).cast(pa.timestamp("us"))
    columns = {name: pa.array([one[name] for one in rows], pa.string()) for name in ("artifact", "file", "ref")}
    columns |= {
        "us": times.cast(pa.int64()),
        "zone": pa.array(["Z"] * len(rows), pa.string()),
        "kind": pa.array(["finding"] * len(rows), pa.string()),
        "what": pa.array([f"{one['grade']} {one['rule']}" for one in rows], pa.string()),
        "text": pa.array([one["value"][:TOLD] for one in rows], pa.string()),
    }
    return pa.table([columns[name] for name in ROWS.names], schema=ROWS)
