"""Many acquisitions through a runner: one row for each, whatever becomes of the others."""

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from perito.base.errors import EvidenceError, PeritoError, UsageError
from perito.base.outputs import fresh, made, placed
from perito.conclude import ATTENTION_NEEDED, EXAMINED, NOT_FULLY
from perito.hunt.docket import MARKS
from perito.many.names import JOB, names
from perito.many.one import Asked, examine_one
from perito.many.width import SMALL, size
from perito.runners.orders import SchedulerLost, WorkerLost

FAULT, USAGE = 4, 2
WORST = (FAULT, USAGE, NOT_FULLY, ATTENTION_NEEDED, EXAMINED)
"""Exit codes of acquisitions, the worst first: the worst of all is that of the command."""


class Item(NamedTuple):
    """An acquisition, its folder for the results, and about how many bytes it holds."""

    path: Path
    out: Path
    size: int


@dataclass(frozen=True)
class Row:
    """What became of one acquisition: its verdict in `out`, or its error."""

    path: Path
    out: Path
    exit_code: int
    verdict: str = ""
    attention: int = 0
    """Findings that need attention."""
    error: PeritoError | None = None


Told = Callable[[Row], None]
Password = Callable[[Path], str | None]


def worst(rows: Sequence[Row]) -> int:
    """Return the exit code of all: the worst of theirs by the order of WORST."""
    return min((row.exit_code for row in rows), key=WORST.index, default=EXAMINED)


def items(paths: Sequence[Path], out: Path) -> list[Item]:
    """Return each acquisition with a folder of its own in `out`, unlike any that is there."""
    taken: list[str] = []
    if out.exists():
        if not out.is_dir():
            raise UsageError(str(out), "is not a folder", "nothing was examined", "give another one with --out")
        taken = [one.name for one in out.iterdir()]
    if MARKS & set(taken):
        raise UsageError(
            str(out),
            "is itself what an examination wrote",
            "nothing was examined: the results of many go into a folder of such folders",
            "give another folder with --out",
        )
    made = names(paths, taken)
    return [Item(placed(path), placed(out / name), size(path)) for path, name in zip(paths, made, strict=True)]


@contextmanager
def job_folder(out: Path) -> Iterator[Path]:
    """Give the command's own folder in `out`, and delete it at the end with all that is not whole; `out` if it is empty."""
    made(out)
    job = out / f"{JOB}{secrets.token_hex(8)}"
    try:
        with fresh(job):
            yield job
    finally:
        gone = job.with_name(f"{job.name}.gone")
        with contextlib.suppress(OSError):
            job.rename(gone)  # a worker that still writes finds nowhere to write from here on
        shutil.rmtree(gone, ignore_errors=True)
        with contextlib.suppress(OSError):
            out.rmdir()


def without_results(rows: Sequence[Row]) -> None:
    """Delete what is there of rows that hold an error, once the job folder is gone: an answer may get lost on its way."""
    for row in rows:
        if row.error is not None:
            shutil.rmtree(row.out, ignore_errors=True)


@dataclass(frozen=True)
class Batch:
    """What is done with each acquisition, and by whom; `password` is asked for an encrypted one that has none yet."""

    runner: Executor
    job: Path
    by: Asked
    passwords: Sequence[str]
    password: Password
    tell: Told

    def rows(self, given: Sequence[Item], jobs: int, *, one_by_one: bool) -> list[Row]:
        """Examine all and return their rows in the order given; each as it ends is told.

        With `one_by_one` large ones are done first, each alone with all the workers, and small ones then side by side
        with one worker each. Else (on a cluster) all are handed over at once, the largest first.
        """
        by_size = sorted(given, key=lambda item: -item.size)
        rows: dict[Path, Row] = {}
        large = [item for item in by_size if item.size > SMALL] if one_by_one else []
        for item in large:
            rows |= self._wave([item], jobs)
        rest = by_size[len(large) :]
        alone = one_by_one and len(rest) == 1
        rows |= self._wave(rest, 1 if one_by_one and not alone else jobs, final=one_by_one)
        again = [item for item in rest if isinstance(rows[item.out].error, SchedulerLost)]
        rows |= self._wave(again, jobs, final=False)  # nothing is known against any of them
        for item in [item for item in rest if not one_by_one and isinstance(rows[item.out].error, WorkerLost)]:
            rows |= self._wave([item], jobs)  # it, or what was waiting behind it, has killed workers: now it is alone
        return [rows[item.out] for item in given]

    def _wave(self, given: Sequence[Item], jobs: int, *, final: bool = True) -> dict[Path, Row]:
        """Examine side by side and return the rows; unless this is final, what was lost with its worker is not told."""
        rows: dict[Path, Row] = {}
        running = {self._begun(item, jobs, self.passwords): item for item in given}
        while running:
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for one in done:
                item = running.pop(one)
                row = self._row(item, one) or self._again(item, jobs, running)
                if row is not None:
                    rows[item.out] = row
                if row is not None and (final or not isinstance(row.error, WorkerLost)):
                    self.tell(row)
        return rows

    def _begun(self, item: Item, jobs: int, passwords: Sequence[str]) -> Future[Any]:
        return self.runner.submit(
            examine_one,
            path=str(item.path),
            job=str(self.job),
            out=str(item.out),
            jobs=jobs,
            by=self.by.order(),
            passwords=list(passwords),
        )

    def _row(self, item: Item, done: Future[Any]) -> Row | None:
        """Return what became of an acquisition; None where it waits for a password."""
        try:
            told = done.result()
        except PeritoError as error:
            return Row(item.path, item.out, error.exit_code, error=error)
        if told.get("encrypted"):
            return None
        return Row(item.path, item.out, told["exit_code"], told["verdict"], told["attention"])

    def _again(self, item: Item, jobs: int, running: dict[Future[Any], Item]) -> Row | None:
        """Ask for the password and begin again; a row where there is nobody to ask."""
        password = self.password(item.path)
        if password is not None:
            running[self._begun(item, jobs, [password])] = item
            return None
        error = EvidenceError(
            str(item.path),
            "the backup is encrypted and there is nobody to ask",
            "nothing of this backup was examined",
            "give --password-file FILE, once for each password",
        )
        return Row(item.path, item.out, error.exit_code, error=error)
