"""Raw values into typed columns: a column at a time where all is well, a value at a time where it is not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.base.text import excerpt
from perito.base.times import MICROSECOND
from perito.records.schema import Clock, Row, Schema, Value

WIDE_FROM = 100_000_000_000
"""At or beyond this a `wide` clock counts nanoseconds, below it seconds."""
LOWEST = -62_135_596_800 * MICROSECOND
"""Year 1, the first that a calendar date can hold, in microseconds."""
HIGHEST = 253_402_300_799 * MICROSECOND
"""Year 9999, the last."""
INT64 = 1 << 63


@dataclass(frozen=True)
class Misfit:
    """A row, or one value of it, that does not fit its schema: where it was read, why, and its raw form, cut short."""

    ref: str
    reason: str
    raw: str


class Unfit(ValueError):
    """Say why a raw value does not fit its field."""


def sort_out(schema: Schema, rows: Sequence[Row]) -> tuple[pa.Table, list[Misfit]]:
    """Return the rows as a table of the schema, and what did not fit.

    A batch is tried whole and halved until the bad row stands alone. Of a bad row every value that fits is
    kept; the one that does not is missing in the table and told in a misfit. Text that is not UTF-8 is kept with
    its bytes written as escapes, and told. Only a row of the wrong length is left out altogether.
    """
    try:
        return _columns(schema, rows), []
    except (pa.ArrowException, ValueError, TypeError, OverflowError, IndexError):
        pass
    if len(rows) == 1:
        return _repaired(schema, rows[0])
    middle = len(rows) // 2
    left, bad_left = sort_out(schema, rows[:middle])
    right, bad_right = sort_out(schema, rows[middle:])
    return pa.concat_tables([left, right]), bad_left + bad_right


def typed(schema: Schema, columns: Sequence[pa.Array]) -> pa.Table:
    """Return whole Arrow columns, as a database driver gave them, as a table of the schema.

    Raises pa.ArrowException or ValueError where one value of a column does not fit: then go row by row.
    """
    arrays = [_text_column(columns[0])]
    for (_, value), column in zip(schema, columns[1:], strict=True):
        arrays.append(_column(value, column))
    return pa.table(arrays, schema=schema.arrow)


def _columns(schema: Schema, rows: Sequence[Row]) -> pa.Table:
    columns: Iterable[Sequence[object]] = zip(*rows, strict=True) if rows else [()] * (len(schema.fields) + 1)
    listed = list(columns)
    if len(listed) != len(schema.fields) + 1:
        raise Unfit(f"{len(listed)} values where {len(schema.fields) + 1} were expected")
    arrays = [pa.array(listed[0], pa.string())]
    for (_, value), raw in zip(schema, listed[1:], strict=True):
        arrays.append(_column(value, _raw_array(value, raw)))
    return pa.table(arrays, schema=schema.arrow)


def _raw_array(value: Value, raw: Sequence[object]) -> pa.Array:
    if value.clock is None and value.raw == "text":
        return pa.array(raw, pa.string())
    if value.type == "flag":
        return pa.array([None if one is None else _accept_flag(one) for one in raw], pa.bool_())
    if value.type in {"integer", "real"}:
        if any(type(one) is bool for one in raw):
            raise Unfit("a yes or no where a number was expected")
        return pa.array(raw, value.arrow)
    return pa.array(raw)


def _column(value: Value, column: pa.Array) -> pa.Array:
    if pa.types.is_null(column.type):
        return pa.nulls(len(column), value.arrow)
    if value.clock is not None:
        return _moments(value, column)
    if value.type == "flag":
        return _flags(column)
    if value.type in {"integer", "real"}:
        if pa.types.is_string(column.type) or pa.types.is_binary(column.type):
            raise Unfit("text where a number was expected")
        return column.cast(value.arrow)
    return _text_column(column)


def _text_column(column: pa.Array) -> pa.Array:
    if pa.types.is_integer(column.type):
        return column.cast(pa.string())
    if not (pa.types.is_string(column.type) or pa.types.is_binary(column.type)):
        raise Unfit("not text")
    as_text = column.cast(pa.string())  # checks that binary is UTF-8
    if pa.types.is_string(column.type):
        as_text.validate(full=True)
    return as_text


def _flags(column: pa.Array) -> pa.Array:
    if pa.types.is_boolean(column.type):
        return column
    if not pa.types.is_integer(column.type):
        raise Unfit("not a yes or no")
    if pc.any(pc.or_(pc.less(column, 0), pc.greater(column, 1))).as_py():
        raise Unfit("a number other than 0 and 1 where a yes or no was expected")
    return column.cast(pa.bool_())


def _moments(value: Value, column: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("us")).cast(value.arrow)
    clock = value.clock
    if clock is None or not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        raise Unfit("not a time")
    ticks = column.fill_null(0).to_numpy(zero_copy_only=False)
    micros = _micros(clock, ticks)
    if ((micros < LOWEST) | (micros > HIGHEST)).any():
        raise Unfit("a time outside the years 1 to 9999")
    mask = column.is_null().to_numpy(zero_copy_only=False)
    return pa.array(micros, pa.int64(), mask=mask).cast(value.arrow)


def _micros(clock: Clock, ticks: np.ndarray) -> np.ndarray:
    if clock.wide and bool((np.abs(ticks.astype(np.float64)) < WIDE_FROM).any()):
        seconds = np.abs(ticks.astype(np.float64)) < WIDE_FROM
        narrow = Clock(clock.zero, 1)
        result = np.empty(len(ticks), np.int64)
        result[seconds] = _micros(narrow, ticks[seconds])
        result[~seconds] = _micros(Clock(clock.zero, clock.ticks), ticks[~seconds])
        return result
    if np.issubdtype(ticks.dtype, np.floating):
        if not np.isfinite(ticks).all():
            raise Unfit("a time that is no number")
        scaled = np.rint(ticks * (MICROSECOND / clock.ticks))
        if (np.abs(scaled) > 4e17).any():
            raise Unfit("a time outside the years 1 to 9999")
        return scaled.astype(np.int64) + clock.zero * MICROSECOND
    whole = ticks.astype(np.int64)
    if clock.ticks <= MICROSECOND:
        factor = MICROSECOND // clock.ticks
        if (np.abs(whole.astype(np.float64)) * factor > 4e17).any():
            raise Unfit("a time outside the years 1 to 9999")
        return whole * factor + clock.zero * MICROSECOND
    return whole // (clock.ticks // MICROSECOND) + clock.zero * MICROSECOND


def _repaired(schema: Schema, row: Row) -> tuple[pa.Table, list[Misfit]]:
    ref = row[0].encode("utf-8", "backslashreplace").decode() if row and isinstance(row[0], str) else excerpt(row[:1])
    if len(row) != len(schema.fields) + 1:
        expected = len(schema.fields) + 1
        reason = f"{len(row)} values where {expected} were expected"
        return schema.arrow.empty_table(), [Misfit(ref, reason, excerpt(row))]
    kept: list[object] = [ref]
    misfits = []
    for (name, value), raw in zip(schema, row[1:], strict=True):
        fitted, reason = _fitted(value, raw)
        if reason:
            misfits.append(Misfit(ref, f"{name}: {reason}", excerpt(raw)))
        kept.append(fitted)
    arrays = [pa.array([one], column.type) for one, column in zip(kept, schema.arrow, strict=True)]
    return pa.table(arrays, schema=schema.arrow), misfits


def _fitted(value: Value, raw: object) -> tuple[object, str]:
    if raw is None:
        return None, ""
    try:
        if value.clock is not None:
            return _accept_moment(value, raw), ""
        if value.type == "flag":
            return _accept_flag(raw), ""
        if value.type in {"integer", "real"}:
            return _accept_number(value, raw), ""
    except (Unfit, pa.ArrowException, OverflowError, ValueError) as error:
        return None, str(error).partition("\n")[0][:200]
    return _accept_text(raw)


def _accept_text(raw: object) -> tuple[object, str]:
    if isinstance(raw, bytes):
        raw = raw.decode("utf-8", "surrogateescape")
    if isinstance(raw, (bool, int, float)):
        return str(raw), "" if type(raw) is int else "a number where text was expected (kept as text)"
    if not isinstance(raw, str):
        return None, f"{type(raw).__name__} where text was expected"
    try:
        raw.encode()
    except UnicodeEncodeError:
        return _escaped(raw), "not valid UTF-8 (kept, its odd bytes written as escapes)"
    return raw, ""


def _escaped(raw: str) -> str:
    r"""Return the text with smuggled bytes (PEP 383) as \\xNN and other lone surrogates as \\uNNNN."""
    return "".join(
        f"\\x{ord(one) - 0xDC00:02x}"
        if 0xDC80 <= ord(one) <= 0xDCFF
        else f"\\u{ord(one):04x}"
        if 0xD800 <= ord(one) <= 0xDFFF
        else one
        for one in raw
    )


def _accept_flag(raw: object) -> bool:
    if raw in {0, 1} and isinstance(raw, (bool, int)):
        return bool(raw)
    raise Unfit(f"{excerpt(raw, 40)} is neither yes nor no")


def _accept_number(value: Value, raw: object) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise Unfit(f"{type(raw).__name__} where a number was expected")
    if value.type == "real":
        return float(raw)
    if not float(raw).is_integer():
        raise Unfit(f"{raw} is no whole number")
    whole = int(raw)
    if not -INT64 <= whole < INT64:
        raise Unfit(f"{whole} does not fit 64 bits")
    return whole


def _accept_moment(value: Value, raw: object) -> datetime:
    if isinstance(raw, datetime):
        if value.type == "local":
            return raw.replace(tzinfo=None)
        return raw.astimezone(UTC) if raw.tzinfo else raw.replace(tzinfo=UTC)
    if isinstance(raw, bool) or not isinstance(raw, (int, float)):
        raise Unfit(f"{type(raw).__name__} where a time was expected")
    array = pa.array([_accept_number(Value("", "integer" if isinstance(raw, int) else "real", pa.int64()), raw)])
    moment = _moments(value, array)[0].as_py()
    assert isinstance(moment, datetime)
    return moment
