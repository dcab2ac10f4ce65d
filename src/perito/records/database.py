"""The stored records of an acquisition as SQL tables, with DuckDB shut off from everything else."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self


class Unanswered(Exception):
    """Tell that a question to the stored tables had no answer: a column that is not there, or no memory left."""


class Database:
    """Open stored artifacts for SQL: each Parquet file is a view named after its artifact, such as "ios.call".

    No extension is loaded or fetched, and no file but those of `folder` can be opened. Memory is capped; what
    does not fit is spilled into a folder of its own in `scratch`, which DuckDB deletes when it closes.
    """

    def __init__(self, folder: Path, files: Mapping[str, Path], scratch: Path, threads: int = 2) -> None:
        import duckdb  # 30 MB that the reading of evidence can do without

        self.names = frozenset(files)
        self._connection = duckdb.connect(
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "threads": threads,
                "memory_limit": "256MB",
                "temp_directory": str(scratch / "sql"),
                "preserve_insertion_order": True,
            }
        )
        for name, path in files.items():
            quoted = str(path).replace("'", "''")
            self._connection.execute(f"CREATE VIEW \"{name}\" AS SELECT * FROM read_parquet('{quoted}')")
        folders = [str(one.resolve()).replace("'", "''") for one in (folder, scratch)]
        self._connection.execute("SET allowed_directories = [" + ", ".join(f"'{one}'" for one in folders) + "]")
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()

    def rows(self, sql: str) -> Iterator[tuple[object, ...]]:
        """Yield the rows of a SELECT a few thousand at a time; times are aware datetimes in UTC."""
        import duckdb

        try:
            for batch in self._connection.sql(sql).to_arrow_reader(4_096):
                yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
        except duckdb.Error as error:
            raise Unanswered(f"{type(error).__name__}: {error}".partition("\n")[0]) from error

    def run(self, sql: str) -> None:
        """Run a statement that answers nothing, such as a COPY into the run's own folder."""
        self._connection.execute(sql)
