"""What a confined worker does with one file: read it, and leave records, observables and problems in its scratch."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perito.artifacts.declare import Artifact, artifacts
from perito.artifacts.leftover import Known
from perito.artifacts.readers import plist, sqlite
from perito.artifacts.readers.damage import Damaged
from perito.artifacts.run import Reading, tables
from perito.base.confine import OutOfTime, report, settle, undisturbed
from perito.base.hashing import sha256
from perito.base.times import rfc3339
from perito.records.convert import sort_out
from perito.records.observables import OBSERVABLES, observables, observed
from perito.records.schema import Schema, message, storage_name, url
from perito.records.store import PASSING, PassingWriter, Writer, stored_schema, with_file

SNIFFED = 1 << 16
"""Bytes of a file that are looked at to tell what it is."""
PARSERS = artifacts()
"""All of them, imported before the worker is forked: a child finds them ready."""
GATHERED_BYTES = 32 << 20
GATHERED = 32_768
"""Records gathered before their observables are sought: repeated values are then read once."""


def read(artifact: str, file: str, path: str, out: str, known: Sequence[str] = ()) -> dict[str, Any]:
    """Read one file with one parser and return the facts of its coverage row; called inside a worker.

    `out` is a path without an ending: `<out>.records.parquet`, `<out>.observables.arrows` and, where anything did
    not fit, `<out>.problems.jsonl` are written. For what is left of a file, `known` names the observables that its
    other artifacts gave.
    """
    declared = PARSERS[artifact]
    reading = Reading()
    span = _Span(declared)
    store = stored_schema(declared.schema.arrow)
    with (
        Writer(Path(f"{out}.records.parquet"), store) as records,
        PassingWriter(Path(f"{out}.observables{PASSING}"), OBSERVABLES) as seen,
    ):
        try:
            found = tables(declared, Path(path), reading)
            for table in _gathered(Known(known).without(found) if declared.leftover else found):
                _keep(declared, table, file, records, seen, reading)
                span.add(table)
                report(records.rows)
            settle()
            reading.settle()
        except OutOfTime:
            reading.end("timed out", f"stopped after {records.rows} rows: the time limit")
        except MemoryError:
            reading.end("partial", f"stopped after {records.rows} rows: the memory limit")
    _write_problems(Path(f"{out}.problems.jsonl"), artifact, file, reading)
    first, last = span.told
    return {
        "status": reading.status,
        "reason": reading.reason,
        "rows": records.rows,
        "problems": reading.misfit_count,
        "unread": reading.unread,
        "first": first,
        "last": last,
        "sha256": sha256(Path(path)),
    }


def _keep(
    declared: Artifact, table: pa.Table, file: str, records: Writer, seen: PassingWriter, reading: Reading
) -> None:
    """Write records and their observables: both or neither."""
    with undisturbed():
        records.write(with_file(table, file))
        found, unread = observed(declared.schema, table, file)
        seen.write(found)
        reading.tell(unread)


def _gathered(found: Iterable[pa.Table]) -> Iterator[pa.Table]:
    waiting: list[pa.Table] = []
    count = size = 0
    for table in found:
        waiting.append(table)
        count += len(table)
        size += table.nbytes
        if count >= GATHERED or size >= GATHERED_BYTES:
            yield pa.concat_tables(waiting)
            waiting, count, size = [], 0, 0
    if waiting:
        yield pa.concat_tables(waiting)


class _Span:
    """The first and last moment of an artifact's main clock; where that says nothing, those written without a zone."""

    def __init__(self, declared: Artifact) -> None:
        written = [name for name, value in declared.schema if value.type == "local"]
        self.columns = {end: names[:1] for end, names in (("Z", declared.schema.times), ("", written))}
        self.found: dict[str, tuple[int, int]] = {}

    @property
    def told(self) -> tuple[str | None, str | None]:
        """First and last as coverage.json says them: RFC 3339, without a Z where no zone is known."""
        for end, bounds in sorted(self.found.items(), reverse=True):
            first, last = (str(rfc3339(moment)).removesuffix("Z") + end for moment in bounds)
            return first, last
        return None, None

    def add(self, table: pa.Table) -> None:
        for end, names in self.columns.items():
            for name in names:
                self._add(end, pc.min_max(table[name].cast(pa.int64())).as_py())

    def _add(self, end: str, bounds: dict[str, int | None]) -> None:
        low, high = bounds["min"], bounds["max"]
        if low is not None and high is not None:
            first, last = self.found.get(end, (low, high))
            self.found[end] = min(first, low), max(last, high)


def _write_problems(path: Path, artifact: str, file: str, reading: Reading) -> None:
    if not reading.misfits:
        return
    with path.open("w", encoding="utf-8") as out:
        for one in reading.misfits:
            row = {"artifact": artifact, "file": file, "ref": one.ref, "reason": one.reason, "raw": one.raw}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
        unkept = reading.misfit_count - len(reading.misfits)
        if unkept:
            row = {"artifact": artifact, "file": file, "ref": "", "reason": f"{unkept} more of this file", "raw": ""}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def warm() -> None:
    """Do once, before workers are forked, what each would do again: late imports and the lists that links need."""
    schema = Schema("warm", text=message("links"), url=url("address"), place=storage_name("path"))
    row = (
        "1",
        "https://a.example/x?u=b.example b.example a@b.example 1.2.3.4",
        "https://[::1]/%41",
        "A/http_a.example_0",
    )
    for one in (row, ("2", None, "https://a.example/b", "A/b/c")):
        table, _ = sort_out(schema, [one])
        observables(schema, with_file(table, "warm"), "warm")


warm()


def identify(paths: dict[str, str]) -> dict[str, list[str]]:
    """Return, for each named file, the artifacts whose content signature it carries; called inside a worker."""
    return {name: _signed(Path(path)) for name, path in paths.items()}


def _signed(path: Path) -> list[str]:
    with path.open("rb") as file:
        start = file.read(SNIFFED)
    if start.startswith(sqlite.MAGIC):
        return _by_tables(path)
    by_look = [one.name for one in PARSERS.values() if one.looks and one.looks.search(start)]
    if start.startswith(b"bplist") or re.search(rb"<!DOCTYPE plist|<plist", start[:2_048]):
        return by_look + _by_keys(path)
    return by_look


def _by_tables(path: Path) -> list[str]:
    try:
        here = sqlite.tables(path)
    except Damaged:
        return []
    return [one.name for one in PARSERS.values() if one.tables and one.tables <= here]


def _by_keys(path: Path) -> list[str]:
    try:
        here = set(plist.dictionary(path))
    except Damaged:
        return []
    return [one.name for one in PARSERS.values() if one.keys and one.keys <= here]
