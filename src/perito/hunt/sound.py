"""Why looking into one acquisition failed: what was stored is damaged, or Perito itself is at fault."""

from collections.abc import Iterator
from pathlib import Path
from traceback import extract_tb

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from perito.artifacts.declare import artifacts
from perito.hunt.docket import Acquisition, Unhunted
from perito.records.observables import OBSERVABLES, WITHOUT_DIRECTION
from perito.records.store import batches, stored_schema

FAILURES = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    RuntimeError,
    pa.ArrowException,
)
"""What it may end in to look into tables that are not those that were written; and what a fault of our own ends in."""
ALWAYS = ("kind", "value", "normal", "hash", "parents", "artifact", "file", "ref")
"""Columns in which every row has a value."""
FIRST, BEHIND = -62_135_596_800_000_000, 253_402_300_800_000_000
"""Microseconds since 1970 at which the year 1 begins and the year 9999 has ended."""


def failed(one: Acquisition, error: Exception) -> Unhunted:
    """Return what to tell of an acquisition in which looking ended in one of FAILURES; all that is stored is read once.

    It is a fault of our own where every table is as an examination writes it. The message of the error is not told: it
    may hold what stands in the evidence.
    """
    kind = type(error).__name__
    damage = next(_damage(one), "")
    if damage:
        return Unhunted(
            one.name, f"what was stored is damaged, or another version wrote it ({damage}); examine the evidence again"
        )
    at = extract_tb(error.__traceback__)[-1]
    place = f"{Path(at.filename).name}, line {at.lineno}"
    reason = f"a fault of Perito itself ({kind} at {place}), not of what was stored: please report it"
    return Unhunted(one.name, reason, fault=True)


def _damage(one: Acquisition) -> Iterator[str]:
    """Yield what is not as an examination writes it."""
    try:
        one.hashes()
        one.verdict()
    except (OSError, *FAILURES) as error:
        yield (
            str(error) if type(error) is ValueError else f"the facts of the run cannot be read: {type(error).__name__}"
        )
    yield from _table(one.observables, OBSERVABLES, WITHOUT_DIRECTION)
    known = artifacts()
    for name, path in one.stored().items():
        if name in known:
            schema = stored_schema(known[name].schema.arrow)
            yield from _table(path, schema, schema)


def _table(path: Path, schema: pa.Schema, needed: pa.Schema) -> Iterator[str]:
    """Yield what is wrong with a stored table: columns, types, gaps, texts that are none, times beyond all calendars."""
    try:
        found = pq.read_schema(path)
        for field in schema:
            if field.name not in found.names:
                yield from [f"{path.name} has no column {field.name}"] if field.name in needed.names else []
            elif _plain(found.field(field.name).type) != _plain(field.type):
                yield f"{path.name} holds other values than it should in column {field.name}"
        for batch in batches(path):
            batch.validate(full=True)
            yield from (f"{path.name} {told}" for told in _gaps(batch))
    except (OSError, *FAILURES):
        yield f"{path.name} cannot be read"


def _gaps(batch: pa.RecordBatch) -> Iterator[str]:
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name in ALWAYS and column.null_count and _complete(batch, name):
            yield f"lacks values in column {name}"
        if pa.types.is_timestamp(column.type):
            span = pc.min_max(column.cast(pa.int64())).as_py()
            if span["min"] is not None and (span["min"] < FIRST or span["max"] >= BEHIND):
                yield f"holds times outside the years 1 to 9999 in column {name}"


def _complete(batch: pa.RecordBatch, name: str) -> bool:
    """Tell whether a column must have a value in every row: those of observables, and the place of any record."""
    return name in {"file", "ref"} or "parents" in batch.schema.names


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
