"""The time line: every moment of every record and every finding, in order, and the counts a picture is drawn from."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.base.zones import Zone
from perito.detect.trace import trace_of
from perito.records.schema import Schema
from perito.records.store import batches
from perito.report.buckets import Buckets
from perito.report.local_times import in_utc, local_clocks
from perito.report.model import Stored

TOLD, WHOLE = 200, 500
"""Characters of one text of a record, and of all its texts, that the time line shows."""
READABLE = frozenset({"title", "first", "last", "organisation", "full_name", "sender_title", "recipient_title"})
"""Texts in which nothing is sought, and that a person wants to read all the same; the others are ids and the like."""
SILENT = frozenset({"when", "local", "integer", "real", "flag"})
LANE_BY_TRACE = {
    "message": "messages",
    "network": "web",
    "account": "calls",
    "process": "system",
    "file": "files",
    "settings": "system",
}
WRITTEN = "written"
"""The lane of records whose only time has no zone."""
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


def spread(scratch: Path, stored: Stored, zone: Zone | None = None) -> Buckets:
    """Return the moments of all records, spread over buckets of time on disk: memory does not grow with the records.

    Times that were written without a zone are put into `zone`, where one is given.
    """
    moments = [_moments(table, schema) for schema, path in stored.values() for table in _tables(path, schema)]
    buckets = Buckets(scratch, np.concatenate(moments) if moments else np.empty(0, np.int64), ROWS)
    for name, (schema, path) in stored.items():
        for table in _tables(path, schema, whole=True):
            buckets.add(_rows(name, schema, table, zone))
    return buckets


def write(out: Path, buckets: Buckets, findings: Iterable[Mapping[str, Any]]) -> None:
    """Write `timeline.csv`: time (RFC 3339; no Z where the zone is unknown), kind, artifact, file, ref, what, text.

    One line for each different moment of a record, and for each finding; `what` names the fields that hold it, `text`
    is who and what the record names: its accounts, words, addresses and the like, set apart by ` | `.
    """
    with buckets:
        buckets.add(_finding_rows(findings))
        buckets.write_csv(out)


def activity(stored: Stored, zone: Zone | None = None) -> list[tuple[str, str, int]]:
    """Return (day as RFC 3339, lane, records) for every day on which the device recorded anything.

    A record whose only time was written without a zone counts on the day that is written, in a lane of its own; where
    `zone` is given, on the day in UTC among the others.
    """
    counts: Counter[tuple[int, str]] = Counter()
    for name, (schema, path) in stored.items():
        lane = LANE_BY_TRACE[trace_of(name, "path")]
        for on, moments in chain.from_iterable(_main(schema, one, zone, lane) for one in _tables(path, schema)):
            for day, count in zip(*np.unique(moments // DAY, return_counts=True), strict=True):
                counts[int(day), on] += int(count)
    stamps = {day: str(np.datetime64(day, "D")) for day, _ in counts}
    return [(f"{stamps[day]}T00:00:00Z", lane, count) for (day, lane), count in sorted(counts.items())]


def _main(schema: Schema, table: pa.Table, zone: Zone | None, lane: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yield lanes, and of each the main moments of the records that belong there."""
    sure = table[schema.times[0]].cast(pa.int64()) if schema.times else pa.nulls(len(table), pa.int64())
    yield lane, sure.drop_null().to_numpy()
    for clock in local_clocks(schema)[:1]:
        micros, in_zone = in_utc(table[clock].filter(sure.is_null()), zone)
        moments, told = micros.drop_null().to_numpy(), in_zone.filter(micros.is_valid()).to_numpy(zero_copy_only=False)
        yield lane, moments[told]
        yield WRITTEN, moments[~told]


def _clocks(schema: Schema) -> list[str]:
    return [name for name, value in schema if value.type in {"when", "local"}]


def _tables(path: Path, schema: Schema, *, whole: bool = False) -> Iterator[pa.Table]:
    clocks = _clocks(schema)
    if clocks:
        for batch in batches(path, ["file", "ref", *clocks, *_readable(schema)] if whole else clocks):
            yield pa.Table.from_batches([batch])


def _readable(schema: Schema) -> list[str]:
    """Return the fields whose texts the time line shows: the first, and each that is sought in or reads as words."""
    textual = [(name, value.type) for name, value in schema if value.type not in SILENT]
    return [
        name
        for place, (name, kind) in enumerate(textual)
        if not place or kind not in {"text", "hash"} or name in READABLE
    ]


def _texts(table: pa.Table, fields: list[str]) -> pa.Array:
    """Return the texts of each record, one behind the other; one that says the same as an earlier one is left out."""
    told: list[pa.ChunkedArray] = []
    for name in fields:
        if table[name].null_count == len(table):
            continue
        text = pc.utf8_slice_codeunits(table[name], 0, TOLD)
        again = pc.equal(pc.utf8_length(text), 0)
        for earlier in told:
            again = pc.or_kleene(again, pc.equal(text, earlier).fill_null(fill_value=False))
        told.append(pc.if_else(again, pa.scalar(None, pa.string()), text))
    if not told:
        return _all("", table)
    joined = told[0].fill_null("")
    for text in told[1:]:  # one by one: Arrow's own skipping of nulls drops the rows that are all null
        between = pc.if_else(pc.and_(text.is_valid(), pc.not_equal(joined, "")), " | ", "")
        joined = pc.binary_join_element_wise(joined, between, text.fill_null(""), "")
    return pc.utf8_slice_codeunits(joined, 0, WHOLE)


def _moments(table: pa.Table, schema: Schema) -> np.ndarray:
    return np.concatenate([table[name].drop_null().cast(pa.int64()).to_numpy() for name in _clocks(schema)])


def _rows(name: str, schema: Schema, table: pa.Table, at: Zone | None) -> pa.Table:
    text = _texts(table, _readable(schema))
    clocks = _clocks(schema)
    times, zones = _in_zones(schema, table, clocks, at)
    file = table["file"].combine_chunks().cast(pa.string())
    parts = []
    for place, field in enumerate(clocks):
        fresh = times[field].is_valid()
        for earlier in clocks[:place]:
            fresh = pc.and_(fresh, pc.invert(pc.equal(times[earlier], times[field]).fill_null(fill_value=False)))
        what = _named(field, clocks[place + 1 :], times)
        columns = [
            times[field],
            zones[field],
            _all("record", table),
            _all(name, table),
            file,
            table["ref"],
            what,
            text,
        ]
        parts.append(pa.table(columns, schema=ROWS).filter(fresh))
    return pa.concat_tables(parts)


def _in_zones(
    schema: Schema, table: pa.Table, clocks: list[str], at: Zone | None
) -> tuple[dict[str, pa.Array], dict[str, pa.Array]]:
    """Return by field its microseconds since 1970, and a Z where these are UTC."""
    times: dict[str, pa.Array] = {}
    zones: dict[str, pa.Array] = {}
    for field in clocks:
        if schema.fields[field].type == "when":
            times[field], zones[field] = table[field].combine_chunks().cast(pa.int64()), _all("Z", table)
        else:
            times[field], told = in_utc(table[field], at)
            zones[field] = pc.if_else(told, "Z", "")
    return times, zones


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
    rows = [(one, time) for one in findings if (time := one["time"] or (one.get("written") or {}).get("time"))]
    times = pa.array([time.removesuffix("Z") for _, time in rows], pa.string()).cast(pa.timestamp("us"))
    zones = ["Z" if time.endswith("Z") else "" for _, time in rows]
    columns = {name: pa.array([one[name] for one, _ in rows], pa.string()) for name in ("artifact", "file", "ref")}
    columns |= {
        "us": times.cast(pa.int64()),
        "zone": pa.array(zones, pa.string()),
        "kind": pa.array(["finding"] * len(rows), pa.string()),
        "what": pa.array([f"{one['grade']} {one['rule']}" for one, _ in rows], pa.string()),
        "text": pa.array([one["value"][:TOLD] for one, _ in rows], pa.string()),
    }
    return pa.table([columns[name] for name in ROWS.names], schema=ROWS)
