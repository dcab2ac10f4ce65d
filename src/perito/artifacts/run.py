"""One file through one parser: tables of records out, and a word for everything that did not fit.

The only place of the project that catches every exception: whatever a hostile file makes a parser raise,
it costs this artifact of this file, and what was read before it is kept.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import pyarrow as pa

from perito.artifacts.declare import Artifact
from perito.artifacts.readers.damage import Damaged, Encrypted, Lost, Partly, Unsupported, Without
from perito.artifacts.readers.sqlite import DriverError, Query
from perito.base.confine import OutOfTime
from perito.base.text import excerpt
from perito.records.convert import Misfit, sort_out, typed
from perito.records.schema import Row, Schema

BATCH = 1_024
MISFITS_KEPT = 10_000
"""Misfits of one file that are stored whole; the rest is counted in one last problem."""


@dataclass
class Reading:
    """How the reading of one file went: filled while `tables` is consumed."""

    status: str = "parsed"
    reason: str = ""
    misfits: list[Misfit] = field(default_factory=list)
    misfit_count: int = 0
    lasting: bool = False
    """Whether something of the file is lost for good: then it is damaged, whatever could be read."""
    without: list[str] = field(default_factory=list)
    """What the file does not have, although nothing that it has was passed over."""
    unread: bool = False
    """Whether something of the file stayed closed, other than single values."""

    def tell(self, misfits: Iterable[Misfit]) -> None:
        """Keep the misfits up to a cap, and count them all."""
        for misfit in misfits:
            self.misfit_count += 1
            if len(self.misfits) < MISFITS_KEPT:
                self.misfits.append(misfit)

    def settle(self) -> None:
        """Call a file read to its end partial where anything did not fit, damaged where that was for good."""
        if self.misfit_count and self.status == "parsed":
            self.status = "partial"
        if self.without and self.status == "parsed" and not self.reason:
            self.reason = f"nothing in it was passed over; it does not have: {', '.join(dict.fromkeys(self.without))}"
        if self.lasting and self.status == "partial":
            self.status = "damaged"

    def end(self, status: str, reason: str, misfit: Misfit | None = None) -> None:
        """Say why the reading did not come to its end."""
        self.status, self.reason = status, reason
        self.unread = status != "absent"
        if misfit:
            self.tell([misfit])


def tables(artifact: Artifact, path: Path, reading: Reading) -> Iterator[pa.Table]:
    """Yield the records of a file as tables of the artifact's schema; `reading` then says how it went."""
    count = 0
    try:
        for table in _attempt(artifact, path, reading):
            count += len(table)
            yield table
    except Damaged as error:
        reading.end("partial" if count else "damaged", str(error))
    except Unsupported as error:
        missing = artifact.optional and "no such table" in str(error)
        reading.end("absent" if missing else "unsupported", str(error))
    except Encrypted as error:
        reading.end("encrypted", str(error))
    except OutOfTime:
        reading.end("timed out", f"stopped after {count} rows: the time limit")
    except MemoryError:
        reading.end("partial" if count else "damaged", f"stopped after {count} rows: the memory limit")
    except Exception as error:  # noqa: BLE001 - the one place; see the module's first lines
        reason = f"{type(error).__name__}: {excerpt(str(error), 200)}"
        reading.end("partial" if count else "damaged", reason, Misfit("", f"the reading stopped: {reason}", ""))
    reading.settle()


def _attempt(artifact: Artifact, path: Path, reading: Reading) -> Iterator[pa.Table]:
    produced = artifact.parse(path)
    if not isinstance(produced, Query):
        yield from _from_rows(artifact.schema, iter(produced), reading)
        return
    reading.tell(_misfits(produced.lacks, reading))
    count = 0
    try:
        for columns in produced.batches([value.raw for _, value in artifact.schema]):
            table = typed(artifact.schema, columns)
            count += len(table)
            yield table
    except (DriverError, MemoryError, pa.ArrowException, OSError, ValueError):
        yield from _from_rows(artifact.schema, produced.rows(skip=count), reading)


def _from_rows(schema: Schema, rows: Iterator[Row | Partly], reading: Reading) -> Iterator[pa.Table]:
    """Yield tables of up to `BATCH` rows; when the parser stops with an error, what it gave before is yielded first."""
    going = True
    while going:
        batch: list[Row | Partly] = []
        failure: BaseException | None = None
        try:
            batch.extend(islice(rows, BATCH))
        except BaseException as error:  # noqa: BLE001 - raised again below, once the rows are safe
            failure = error
        reading.tell(_misfits((one for one in batch if isinstance(one, Partly)), reading))
        table, misfits = sort_out(schema, [one for one in batch if not isinstance(one, Partly)])
        reading.tell(misfits)
        if len(table):
            yield table
        if failure is not None:
            raise failure
        going = len(batch) == BATCH


def _misfits(said: Iterable[Partly], reading: Reading) -> Iterator[Misfit]:
    for one in said:
        if isinstance(one, Without):
            reading.without.append(one.ref)
            continue
        reading.unread = True
        if isinstance(one, Lost):
            reading.reason = one.reason
            reading.lasting = reading.lasting or one.lasting
        yield Misfit(one.ref, one.reason, one.raw)
