"""What the record behind a finding says for itself: who wrote, which way, around what words, when as it was written."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from perito.base.times import rfc3339
from perito.base.zones import BEYOND, DOUBTS, Zone
from perito.findings import Finding, Place
from perito.findings.finding import Recorded

REACH = 140
"""Characters of a text that are kept before and behind the value."""
DIRECTIONS = {1: "sent", 0: "received", "sent": "sent", "received": "received"}
DIRECTION = ("direction", "outgoing")
ZERO, MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)  # noqa: DTZ001 - a written time has no zone
LONGEST = 300
"""Characters of a value within its words."""
TEXT = ("text", "body_text", "subject", "further", "shared", "earlier", "preview", "links")
"""Columns that may hold the words around a value, the plainest first."""
SOUGHT = ("account", "time_text", *DIRECTION, *TEXT)
Told = dict[str, Any]


def zone_name(verdict: Mapping[str, Any]) -> str | None:
    """Return the zone that verdict.json says a person named, None where it says none."""
    told = verdict.get("timezone")
    name = told.get("name") if isinstance(told, dict) else None
    return name if isinstance(name, str) else None


def with_records(
    findings: Iterable[Finding], stored: Mapping[str, Path], zone: Zone | None, *, times_only: bool = False
) -> list[Finding]:
    """Return the findings with what their own records say, read from the stored tables of the run.

    A finding without a time gets the time that its record gives without a zone: as `written`, and in UTC as `time`
    where a person named the zone. With `times_only`, only that is looked for. Cost: the refs of each table that is
    asked, and its row groups that hold a finding.
    """
    listed = list(findings)
    wanted: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in listed:
        if not times_only or one.time is None:
            wanted[one.place.artifact].add((one.place.file, one.place.ref))
    rows = {
        Place(name, *key): row
        for name, keys in wanted.items()
        if name in stored
        for key, row in _rows(stored[name], keys, times_only=times_only)
    }
    return [_with(one, rows[one.place], zone) if one.place in rows else one for one in listed]


def _rows(path: Path, keys: set[tuple[str, str]], *, times_only: bool) -> Iterator[tuple[tuple[str, str], Told]]:
    """Yield the wanted rows of a stored table, `written` being the first of their times that has no zone."""
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow
        clocks = [one.name for one in schema if pa.types.is_timestamp(one.type) and one.type.tz is None]
        columns = clocks + [name for name in SOUGHT if not times_only and name in schema.names]
        refs = pa.array(sorted({ref for _, ref in keys}), pa.string())
        groups = range(file.num_row_groups if columns else 0)
        for row in chain.from_iterable(_taken(file, group, refs, columns) for group in groups):
            key = row["file"], row["ref"]
            if key in keys:
                yield key, {**row, "written": next((row[name] for name in clocks if row[name]), None)}


def _taken(file: pq.ParquetFile, group: int, refs: pa.Array, columns: list[str]) -> list[Told]:
    there = file.read_row_group(group, columns=["ref"], use_threads=False)["ref"]
    rows = np.flatnonzero(pc.is_in(there, value_set=refs).to_numpy(zero_copy_only=False))
    if not len(rows):
        return []
    table = file.read_row_group(group, columns=["file", "ref", *columns], use_threads=False)
    taken: list[Told] = table.take(pa.array(rows)).to_pylist()
    return taken


def _with(finding: Finding, row: Told, zone: Zone | None) -> Finding:
    party = _words(row.get("account"))
    text = _around([row.get(name) for name in TEXT], finding.value)
    way = next((DIRECTIONS[row[name]] for name in DIRECTION if row.get(name) in DIRECTIONS), None)
    told = Recorded(party, way, text, _words(row.get("time_text")))
    recorded = told if any(told) else None
    if finding.time is not None or row["written"] is None:
        return replace(finding, recorded=recorded)
    time, written = _moment(row["written"], zone)
    return replace(finding, recorded=recorded, time=time, written=written)


def _moment(local: datetime, zone: Zone | None) -> tuple[str | None, dict[str, str | None]]:
    """Return the time in UTC, if a zone was named, and what findings.json says of the time as it was written."""
    shown = str(rfc3339(local)).removesuffix("Z")
    if zone is None:
        return None, {"time": shown, "zone": None, "doubt": None}
    utc, doubts = zone.to_utc(np.array([(local - ZERO) // MICROSECOND], np.int64))
    if doubts[0] == BEYOND:
        return None, {"time": shown, "zone": None, "doubt": None}
    return rfc3339(int(utc[0])), {"time": shown, "zone": zone.name, "doubt": DOUBTS.get(int(doubts[0]))}


def _words(value: object) -> str | None:
    return value[:REACH] if isinstance(value, str) and value.strip() else None


def _around(texts: list[object], value: str) -> str | None:
    """Return the words around a value in the first text that holds it; else the beginning of the first text."""
    said = [one for one in texts if isinstance(one, str) and one.strip()]
    for one in said:
        at = one.find(value)
        if at >= 0:
            end = min(at + len(value), at + LONGEST) + REACH
            start = max(0, at - REACH)
            return f"{'…' if start else ''}{one[start:end]}{'…' if end < len(one) else ''}"
    return said[0][: 2 * REACH] + ("…" if len(said[0]) > 2 * REACH else "") if said else None
