"""Where records are kept: one Parquet file an artifact, written in parts and joined in a fixed order."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

ROW_GROUP = 65_536
GROUP_BYTES = 64 << 20
"""Rows of a row group, and bytes where rows are large: what a reader must hold at once."""
OBSERVABLE_GROUP = 2_048
"""Rows of a row group of all observables: what is read to look at one of them."""
PASSING = ".arrows"
"""How the name of an Arrow stream ends."""


class Writer:
    """Write tables of one schema to one Parquet file (zstd); rows are gathered into groups of one size."""

    def __init__(self, path: Path, schema: pa.Schema, group: int = ROW_GROUP) -> None:
        self._group = group
        texts = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        self._writer = pq.ParquetWriter(
            path, schema, compression="zstd", compression_level=1, use_dictionary=texts, write_statistics=True
        )
        self._waiting: list[pa.Table] = []
        self._count = self._size = 0
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._flush()
        self._writer.close()

    def write(self, table: pa.Table) -> None:
        """Add rows; they reach the disk when a row group is full."""
        self._waiting.append(table)
        self._count += len(table)
        self.rows += len(table)
        self._size += table.nbytes
        if self._count >= ROW_GROUP or self._size >= GROUP_BYTES:
            self._flush()

    def _flush(self) -> None:
        if self._count:
            self._writer.write_table(pa.concat_tables(self._waiting).combine_chunks(), row_group_size=self._group)
        self._waiting, self._count, self._size = [], 0, 0


class PassingWriter:
    """Write tables of one schema to an Arrow stream, at a tenth of the cost of Parquet: for what is read once or twice."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._writer = pa.ipc.new_stream(str(path), schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._writer.close()

    def write(self, table: pa.Table) -> None:
        """Write rows, ROW_GROUP at a time."""
        self._writer.write_table(table.combine_chunks(), max_chunksize=ROW_GROUP)


def passing(path: Path, schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield what a `PassingWriter` wrote, piece by piece.

    Whoever reads evidence may have been made to write anything: ArrowInvalid where the bytes do not hold together,
    TypeError where they hold other columns.
    """
    with pa.OSFile(str(path)) as file, pa.ipc.open_stream(file) as reader:
        if not reader.schema.equals(schema):
            raise TypeError(f"{path.name} holds other columns: {reader.schema.names}")
        for batch in reader:
            batch.validate(full=True)
            yield pa.Table.from_batches([batch])


def with_file(table: pa.Table, file: str) -> pa.Table:
    """Return the records with a first column naming the file they were read from, stored once."""
    names = pa.DictionaryArray.from_arrays(pa.array([0] * len(table), pa.int32()), pa.array([file]))
    return table.add_column(0, pa.field("file", names.type), names)


def stored_schema(schema: pa.Schema) -> pa.Schema:
    """Return the schema of a stored artifact: `file`, `ref`, then the fields."""
    return pa.schema([pa.field("file", pa.dictionary(pa.int32(), pa.string())), *schema])


def batches(path: Path, columns: list[str] | None = None) -> Iterator[pa.RecordBatch]:
    """Yield a Parquet file a row group at a time, so that memory does not grow with it."""
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(ROW_GROUP, columns=columns)


def join(parts: Iterable[Path], whole: Path) -> int:
    """Join parts, in the order given, into one file and delete them; a single part is moved. Return the rows."""
    listed = list(parts)
    if len(listed) == 1:
        rows = int(pq.read_metadata(listed[0]).num_rows)
        listed[0].replace(whole)
        return rows
    with Writer(whole, pq.read_schema(listed[0])) as writer:
        for part in listed:
            for batch in batches(part):
                writer.write(pa.Table.from_batches([batch]))
        rows = writer.rows
    for part in listed:
        part.unlink()
    return rows
