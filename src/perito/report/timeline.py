"""The time line: every moment of every record and every finding, in order, and the counts a picture is drawn from."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from perito.detect.trace import trace_of
from perito.records.database import Database
from perito.records.schema import Schema

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
SAFE = "CASE WHEN regexp_matches({0}, '^[=+@\\t\\r\\n-]') THEN '''' || {0} ELSE {0} END"
"""A cell that a spreadsheet takes for text: see perito.base.text.csv_cell."""


def write(out: Path, database: Database, schemas: Mapping[str, Schema], findings: Iterable[Mapping[str, Any]]) -> None:
    """Write `timeline.csv`: time (RFC 3339; no Z where the zone is unknown), kind, artifact, file, ref, what, text."""
    told = out.parent / ".findings.parquet"
    pq.write_table(_finding_rows(findings), told)
    parts = [_moments(name, schema) for name, schema in schemas.items() if name in database.names]
    quoted = str(told).replace("'", "''")
    parts.append(f"SELECT us, zone, 'finding' AS kind, artifact, file, ref, what, text FROM read_parquet('{quoted}')")
    union = " UNION ALL ".join(part for part in parts if part)
    cells = ", ".join(f"{SAFE.format(name)} AS {name}" for name in ("file", "ref", "text"))
    stamp = "strftime(make_timestamp(us), '%Y-%m-%dT%H:%M:%S.%f') || zone"
    target = str(out).replace("'", "''")
    database.run(
        f"COPY (SELECT {stamp} AS time, kind, artifact, {cells.replace(', ', ', ', 1)}, what"
        f" FROM ({union}) ORDER BY us, kind, artifact, file, ref, what) TO '{target}' (HEADER, DELIMITER ',')"
    )
    told.unlink()


def _moments(name: str, schema: Schema) -> str:
    shown = next((field for field, value in schema if value.type not in SILENT), None)
    text = f"left({shown}, {TOLD})" if shown else "''"
    parts = []
    for field, value in schema:
        if value.type not in {"when", "local"}:
            continue
        zone = "Z" if value.type == "when" else ""
        parts.append(
            f"SELECT epoch_us({field}) AS us, '{zone}' AS zone, 'record' AS kind, '{name}' AS artifact, file::VARCHAR AS"
            f" file, ref, '{field}' AS what, {text} AS text FROM \"{name}\" WHERE {field} IS NOT NULL"
        )
    return " UNION ALL ".join(parts)


def _finding_rows(findings: Iterable[Mapping[str, Any]]) -> pa.Table:
    rows = [one for one in findings if one["time"]]
    times = pa.array([one["time"].rstrip("Z") for one in rows], pa.string()).cast(pa.timestamp("us"))
    return pa.table(
        {
            "us": times.cast(pa.int64()),
            "zone": pa.array(["Z"] * len(rows), pa.string()),
            "artifact": pa.array([one["artifact"] for one in rows], pa.string()),
            "file": pa.array([one["file"] for one in rows], pa.string()),
            "ref": pa.array([one["ref"] for one in rows], pa.string()),
            "what": pa.array([f"{one['grade']} {one['rule']}" for one in rows], pa.string()),
            "text": pa.array([one["value"][:TOLD] for one in rows], pa.string()),
        }
    )


def activity(database: Database, schemas: Mapping[str, Schema]) -> list[tuple[str, str, int]]:
    """Return (day as RFC 3339, lane, records) for every day on which the device recorded anything."""
    parts = []
    for name, schema in schemas.items():
        if name in database.names and schema.times:
            lane = LANE_BY_TRACE[trace_of(name, "path")]
            time = schema.times[0]
            parts.append(
                f"SELECT '{lane}' AS lane, epoch_us({time}) // 86400000000 AS day FROM \"{name}\" WHERE {time} IS NOT NULL"
            )
    if not parts:
        return []
    union = " UNION ALL ".join(parts)
    rows = database.rows(
        "SELECT strftime(make_timestamp(day * 86400000000), '%Y-%m-%dT00:00:00Z') AS day, lane, count(*) AS records"
        f" FROM ({union}) GROUP BY ALL ORDER BY ALL"
    )
    return [(str(day), str(lane), int(str(count))) for day, lane, count in rows]
