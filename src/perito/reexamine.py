"""Matching, heuristics, verdict, time line and report once more, from what an earlier examination stored."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from perito import __version__
from perito.artifacts.collect import Collected, Coverage
from perito.artifacts.declare import artifacts
from perito.artifacts.scanned import NAME
from perito.base.errors import EvidenceError, UsageError
from perito.base.memory import be_frugal
from perito.base.outputs import fresh, own_only, placed, scratch_folder
from perito.base.zones import named_zone
from perito.conclude import UNASKED, Basis, Run, answerable, asked_for, conclude, judged
from perito.detect.recorded import zone_name
from perito.indicators.bundle import load
from perito.records.observables import OBSERVABLES, WITHOUT_DIRECTION
from perito.records.store import OBSERVABLE_GROUP, Writer, batches, stored_schema

AGAIN = "examine the evidence again with `perito check`"
MEANS = "nothing was concluded"
UNSCANNED = Coverage(
    artifact=NAME,
    file=None,
    status="skipped",
    rows=0,
    problems=0,
    first=None,
    last=None,
    sha256=None,
    parser=f"{NAME} 1",
    reason="YARA rules were run over stored texts only: files need the evidence, see `perito check`",
)


@dataclass(frozen=True)
class Wish:
    """What a person asks for: which earlier run, where to write, with which indicators and in which language."""

    run: Path
    out: Path
    indicators: tuple[Path, ...] = ()
    baseline: bool = True
    language: str = "en"
    as_of: date | None = None
    jobs: int = 2
    timezone: str | None = None
    """Name of the zone in which times were written whose zone the evidence does not name; that of the run if None."""


def reexamine(wish: Wish, step: Callable[[str], None] | None = None) -> Run:
    """Conclude anew from the stored tables of a run; the evidence is not needed and the earlier run is not changed.

    The result is what a fresh examination by these indicators would write, as long as the parsers are the same; the
    coverage names their versions, and the verdict the version that read the evidence. Raises PeritoError where the
    earlier run is not whole, or its tables are not those of this version.
    """
    wish = replace(wish, run=placed(wish.run), out=placed(wish.out))
    tell = step or (lambda _: None)
    be_frugal(wish.jobs)
    earlier = _earlier(wish.run)
    at = named_zone(wish.timezone or zone_name(earlier))
    with fresh(wish.out, MEANS), scratch_folder() as scratch:
        tell("indicators")
        indicators = answerable(load(wish.indicators, baseline=wish.baseline, as_of=wish.as_of))
        asked_for(wish.indicators, indicators, wish.as_of)
        tell("stored tables")
        collected = _collected(wish, earlier)
        if indicators.compiled:
            collected.coverage.append(UNSCANNED)
            collected.coverage.sort(key=lambda row: (row.artifact, row.file or ""))
        tell("matching")
        basis = Basis(wish.out, earlier["acquisition"], indicators, wish.as_of, wish.language, _read_by(earlier), at)
        findings, line = judged(basis, collected, scratch, lambda: collected.seen[0], wish.jobs)
        run = conclude(basis, collected, findings, line, tell)
    own_only(wish.out)
    return run


def _earlier(run: Path) -> dict[str, Any]:
    """Return the verdict of the earlier run, by which it is known to be whole."""
    if not (run / "verdict.json").is_file():
        raise UsageError(
            str(run),
            "not what an examination wrote, or its examination did not end (no verdict.json)",
            MEANS,
            "give the folder that `perito check --out` wrote",
        )
    told = _read(run / "verdict.json", dict)
    if not isinstance(told.get("acquisition"), dict) or not isinstance(told["acquisition"].get("device"), dict):
        raise _damaged(run / "verdict.json", "does not say what was acquired")
    return dict(told)


def _read(path: Path, kind: type) -> Any:
    _must_end(path)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise _damaged(path, error.strerror or "cannot be read") from error
    except (ValueError, RecursionError) as error:
        raise _damaged(path, "is not JSON; it may be cut short") from error
    if not isinstance(told, kind):
        raise _damaged(path, "does not hold what an examination writes")
    return told


def _must_end(path: Path) -> None:
    """Refuse what is there and no file: a pipe would be waited for without an end."""
    if path.exists() and not path.is_file():
        raise _damaged(path, "not a file")


def _damaged(path: Path, what: str) -> EvidenceError:
    return EvidenceError(str(path), what, MEANS, AGAIN)


def _read_by(earlier: dict[str, Any]) -> dict[str, str]:
    """Return the version that read the evidence, if it is not this one."""
    tool = earlier.get("read_by") or earlier.get("tool") or {}
    return {} if tool.get("version") == __version__ else dict(tool)


def _collected(wish: Wish, earlier: dict[str, Any]) -> Collected:
    """Copy the stored tables, and return what the reading of the evidence once gave."""
    counts = earlier.get("coverage") or {}
    try:
        coverage = [Coverage(**row) for row in _read(wish.run / "coverage.json", list)]
    except TypeError as error:
        raise _damaged(wish.run / "coverage.json", "does not hold the rows of an examination") from error
    problems = _read(wish.run / "problems.json", list)[: counts.get("problems")]
    records = sorted(path for path in (wish.run / "records").glob("*.parquet") if path.is_file())
    gone = sorted({row.artifact for row in coverage if row.rows} - {NAME, *(path.stem for path in records)})
    if gone:
        raise _damaged(wish.run / "records" / f"{gone[0]}.parquet", "is gone, though the coverage counts its records")
    (wish.out / "records").mkdir(mode=0o700)
    return Collected(
        coverage=[row for row in coverage if row.artifact != NAME],
        problems=[one for one in problems if not _of_earlier_rules(one)],
        records={path.stem: _copied(path, wish.out / "records" / path.name, _columns(path)) for path in records},
        seen=[_observables(wish.run / "observables.parquet", wish.out / "observables.parquet")],
        unknown_files=counts.get("unknown_files", 0),
        not_looked_into=counts.get("not_looked_into", 0),
    )


def _of_earlier_rules(problem: dict[str, str]) -> bool:
    """Tell the problems that came with what was asked then, and not with the evidence."""
    artifact = problem.get("artifact")
    return artifact == NAME or (not artifact and UNASKED in problem.get("reason", ""))


def _columns(path: Path) -> pa.Schema:
    if path.stem not in artifacts():
        raise _damaged(path, "holds records of a kind that this version of Perito does not know")
    return stored_schema(artifacts()[path.stem].schema.arrow)


def _observables(path: Path, to: Path) -> Path:
    """Copy the stored observables; what a version before directions stored gets the column, and they are not known."""
    _must_end(path)
    try:
        if not pq.read_schema(path).equals(WITHOUT_DIRECTION):
            return _copied(path, to, OBSERVABLES)
        with Writer(to, OBSERVABLES, OBSERVABLE_GROUP) as writer:
            for batch in batches(path):
                table = pa.Table.from_batches([batch])
                unknown = pa.nulls(len(table), OBSERVABLES.field("direction").type)
                writer.write(table.append_column("direction", unknown).cast(OBSERVABLES))
    except OSError as error:
        raise _damaged(path, error.strerror or "cannot be read") from error
    except pa.ArrowException as error:
        raise _damaged(path, "is not a table that Perito stored") from error
    return to


def _copied(path: Path, to: Path, columns: pa.Schema) -> Path:
    """Copy a stored table, refusing one whose columns are not those of this version."""
    try:
        found = pq.read_schema(path)
        shutil.copyfile(path, to)
    except OSError as error:
        raise _damaged(path, error.strerror or "cannot be read") from error
    except pa.ArrowException as error:
        raise _damaged(path, "is not a table that Perito stored") from error
    if not found.equals(columns):
        raise _damaged(path, "was stored by another version of Perito, with other columns")
    return to
