"""Small stored tables to match and to look at, without any evidence."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from perito.artifacts.declare import artifacts
from perito.detect.match import matches
from perito.findings import Finding
from perito.indicators.bundle import load
from perito.indicators.indicator import Indicators
from perito.records.convert import sort_out
from perito.records.database import Database
from perito.records.observables import OBSERVABLES, observables
from perito.records.schema import Row
from perito.records.store import Writer, stored_schema, with_file

STIX_KINDS = {
    "domain": "domain-name:value",
    "url": "url:value",
    "ip": "ipv4-addr:value",
    "email": "email-addr:value",
    "process": "process:name",
    "path": "file:path",
    "file_name": "file:name",
    "app_id": "app:id",
    "profile": "configuration-profile:id",
}


def quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def published(folder: Path, *values: tuple[str, str], campaign: str = "") -> Indicators:
    """Return indicators read from a bundle that publishes these (kind, value) pairs, in a report of this name if any."""
    objects: list[dict[str, Any]] = [
        {
            "type": "indicator",
            "id": f"indicator--00000000-0000-4000-8000-{number:012d}",
            "pattern_type": "stix",
            "pattern": f"[{STIX_KINDS[kind]}='{quoted(value)}']",
        }
        for number, (kind, value) in enumerate(values)
    ]
    if campaign:
        listed = [one["id"] for one in objects]
        objects.append({"type": "report", "id": "report--1", "name": campaign, "object_refs": listed})
    file = folder / "feed.json"
    file.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    return load([file], baseline=False)


def conditions(folder: Path, *patterns: str) -> Indicators:
    """Return what is read from a bundle that publishes these conditions."""
    objects = [
        {
            "type": "indicator",
            "id": f"indicator--00000000-0000-4000-8000-{number:012d}",
            "pattern_type": "stix",
            "pattern": pattern,
        }
        for number, pattern in enumerate(patterns)
    ]
    file = folder / "conditions.json"
    file.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    return load([file], baseline=False)


def moment(day: int = 1, second: float = 0) -> datetime:
    whole = int(second)
    return datetime(2016, 7, day, 10, 0, whole, round((second - whole) * 1_000_000), tzinfo=UTC)


def row(artifact: str, ref: str, **values: object) -> Row:
    schema = artifacts()[artifact].schema
    assert not values.keys() - schema.fields.keys(), values.keys() - schema.fields.keys()
    return (ref, *(values.get(name) for name, _ in schema))


def stored(folder: Path, artifact: str, rows: list[Row], file: str = "a.db") -> tuple[Path, Path]:
    """Store rows as a run does; return the files of records and of observables."""
    schema = artifacts()[artifact].schema
    table, misfits = sort_out(schema, rows)
    assert not misfits
    records, seen = folder / f"{artifact}.parquet", folder / f"{artifact}.observables.parquet"
    with Writer(records, stored_schema(schema.arrow)) as writer:
        writer.write(with_file(table, file))
    with Writer(seen, OBSERVABLES) as writer:
        writer.write(observables(schema, table, file))
    return records, seen


def found(folder: Path, artifact: str, rows: list[Row], *values: tuple[str, str], campaign: str = "") -> list[Finding]:
    _, seen = stored(folder, artifact, rows)
    return matches([seen], published(folder, *values, campaign=campaign), {"a.db": "0" * 64})


def database(folder: Path, **tables: list[Row]) -> Database:
    """Open stored rows for SQL; tables are named with `__` for the dot: ios__message."""
    files = {}
    parts = []
    for name, rows in tables.items():
        artifact = name.replace("__", ".", 1)
        records, seen = stored(folder, artifact, rows)
        files[artifact] = records
        parts.append(seen)
    whole = folder / "observables.parquet"
    with Writer(whole, OBSERVABLES) as writer:
        import pyarrow.parquet as pq

        for part in parts:
            writer.write(pa.table(pq.read_table(part)).cast(OBSERVABLES))
    return Database(folder, {**files, "observables": whole}, folder)
