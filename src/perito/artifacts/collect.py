"""All files of a source through their parsers, in confined workers: stored records, observables, coverage, problems."""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from perito.artifacts.declare import artifacts
from perito.artifacts.leftover import leftover
from perito.artifacts.plan import Plan, Step, expected, plan
from perito.artifacts.scanned import Scanned
from perito.base.memory import give_back
from perito.base.pool import Limits, Outcome, Pool, Task
from perito.records.observables import OBSERVABLES
from perito.records.store import OBSERVABLE_GROUP, PASSING, Writer, join, passing
from perito.sources.source import SIDE_FILES, Failure, Source

PARSING = Limits(memory=2 << 30, cpu_seconds=300, wall_seconds=600, file_bytes=4 << 30, open_files=128)
STATUSES = ("parsed", "partial", "absent", "damaged", "encrypted", "unsupported", "skipped", "timed out")
NOT_IN_FULL = frozenset({"partial", "damaged", "encrypted", "unsupported", "skipped", "timed out"})
"""Statuses of evidence that was there and could not be (fully) examined."""
BY_FAILURE = {"refused": "skipped", "encrypted": "encrypted"}
"""All others are `damaged`; also a file that is listed and not here: the phone had it, so it is not `absent`."""
LOGS = ("-wal", "-journal")
"""Side files that hold rows of their own; SQLite makes a lost `-shm` anew."""
BY_OUTCOME = {"timed out": "timed out"}

Progress = Callable[[str, str, int], None]
"""Called with an artifact, a file, and the rows read so far; -1 when it is done. First of all with two empty texts and
how many readings there will be."""


class Coverage(NamedTuple):
    """What was looked at, and how it went: one row for each artifact and file, or for an artifact that is not there."""

    artifact: str
    file: str | None
    status: str
    rows: int
    problems: int
    first: str | None
    last: str | None
    sha256: str | None
    parser: str
    reason: str


@dataclass
class Collected:
    """What a source gave: where each artifact's records are stored, and what is to be said of the reading."""

    coverage: list[Coverage] = field(default_factory=list)
    problems: list[dict[str, str]] = field(default_factory=list)
    records: dict[str, Path] = field(default_factory=dict)
    seen: list[Path] = field(default_factory=list)
    """The observables of each file, in parts."""
    unknown_files: int = 0
    not_looked_into: int = 0
    scanned: Scanned = field(default_factory=Scanned)

    @property
    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of every file that was read."""
        return {row.file: row.sha256 for row in self.coverage if row.file is not None and row.sha256}

    @property
    def counts(self) -> dict[str, int]:
        """Return how many coverage rows there are of each status."""
        found = Counter(row.status for row in self.coverage)
        return {status: found[status] for status in STATUSES}


def collect(source: Source, pool: Pool, out: Path, progress: Progress | None = None) -> Collected:
    """Read everything that is known in a source; `out` is a folder for the stored tables."""
    made = plan(source, pool)
    give_back()
    parts = out / ".parts"
    parts.mkdir(mode=0o700)
    reader = _Collector(source, pool, parts, progress or (lambda *_: None))
    done = reader.read(made)
    done.unknown_files, done.not_looked_into = made.unknown, made.not_looked_into
    _absent(done, source, made)
    done.coverage.sort(key=lambda row: (row.artifact, row.file or ""))
    done.problems.extend(one._asdict() for one in source.problems)
    done.problems.sort(key=lambda one: (one["artifact"], one["file"]))
    _store(done, out, reader.parts_of)
    return done


def _absent(done: Collected, source: Source, made: Plan) -> None:
    told = {row.artifact for row in done.coverage}
    for one in expected(source, made.steps):
        if one.name not in told:
            reason = "not found at its places" + ("; most devices lack it" if one.optional else "")
            done.coverage.append(
                Coverage(one.name, None, "absent", 0, 0, None, None, None, f"{one.name} {one.version}", reason)
            )


class _Collector:
    """Holds what belongs to one run over one source."""

    def __init__(self, source: Source, pool: Pool, parts: Path, progress: Progress) -> None:
        self.source = source
        self.pool = pool
        self.parts = parts
        self.progress = progress
        self.parts_of: dict[Step, Path] = {}
        self.left: set[Step] = set()
        """What is asked once more of files that could not be read in full."""
        self.done = Collected()

    def read(self, made: Plan) -> Collected:
        wanted = list(dict.fromkeys(step.file for step in made.steps))
        beside = self._there([name + end for name in wanted for end in SIDE_FILES])
        paths = self.source.materialise([*wanted, *beside])
        self._run(self._tasks(made.steps, paths))
        again = sorted(step for step in self.left if isinstance(paths[step.file], Path))
        self._run(self._tasks(again, paths, len(made.steps)))
        return self.done

    def _run(self, given: Iterable[tuple[Task, Step]]) -> None:
        by_name = {task.name: (step, task) for task, step in given}
        tasks = [task for _, task in sorted(by_name.values(), key=lambda pair: -_size(pair[1]))]
        self.progress("", "", len(tasks))
        for outcome in self.pool.run(tasks, progress=self._told(by_name)):
            step = by_name[outcome.task.name][0]
            self._keep(step, outcome)
            self.progress(*step, -1)

    def _there(self, names: list[str]) -> list[str]:
        listed = self.source.entries["name"]
        there = listed.filter(pc.is_in(listed, value_set=pa.array(names, pa.string())))
        return [str(name) for name in there.to_pylist()]

    def _told(self, by_name: dict[str, tuple[Step, Task]]) -> Callable[[str, int], None]:
        return lambda name, rows: self.progress(*by_name[name][0], rows)

    def _tasks(
        self, steps: list[Step], paths: dict[str, Path | Failure], first: int = 0
    ) -> Iterator[tuple[Task, Step]]:
        for number, step in enumerate(steps, first):
            path = paths[step.file]
            if isinstance(path, Failure):
                self._row(step, BY_FAILURE.get(path.status, "damaged"), reason=path.reason)
                self.done.problems.append(_problem(step, f"it could not be read: {path.reason}"))
                continue
            if step not in self.left:
                self._lost_logs(step, paths)
            own = self.parts / f"{number:06d}"
            own.mkdir(mode=0o700)
            out = own / "part"
            beside = any(path.with_name(path.name + end).exists() for end in SIDE_FILES)
            folder = (str(path.parent),) if beside else ()
            arguments: dict[str, Any] = {
                "artifact": step.artifact,
                "file": step.file,
                "path": str(path),
                "out": str(out),
            }
            known = self._known(step)
            if known:
                arguments["known"] = known
            self.parts_of[step] = out
            yield (
                Task(
                    name=f"{number:06d}",
                    function="perito.artifacts.worker:read",
                    arguments=arguments,
                    readable=(str(path), *folder, *known),
                    writable=(str(own), *folder),
                    limits=PARSING,
                ),
                step,
            )

    def _lost_logs(self, step: Step, paths: dict[str, Path | Failure]) -> None:
        """Note a database's log that is listed and cannot be read: the newest rows may be in it alone."""
        for end in LOGS:
            log = step._replace(file=step.file + end)
            found = paths.get(log.file)
            if isinstance(found, Failure):
                reason = f"this log of the database could not be read, its newest rows may be missing: {found.reason}"
                self._row(log, BY_FAILURE.get(found.status, "damaged"), reason=reason)
                self.done.problems.append(_problem(log, reason))

    def _known(self, step: Step) -> list[str]:
        """Return where the observables are that the file's records gave, for the artifact that reads what is left."""
        if step not in self.left:
            return []
        others = [part for one, part in sorted(self.parts_of.items()) if one.file == step.file and one != step]
        return [f"{part}.observables{PASSING}" for part in others]

    def _leave(self, step: Step) -> None:
        if after := leftover(step.artifact):
            self.left.add(Step(after, step.file))

    def _keep(self, step: Step, outcome: Outcome) -> None:
        out = self.parts_of[step]
        problems = Path(f"{out}.problems.jsonl")
        if outcome.status != "done":
            for end in ("records.parquet", f"observables{PASSING}", "problems.jsonl"):
                Path(f"{out}.{end}").unlink(missing_ok=True)
            del self.parts_of[step]
            reason = f"the parser was stopped ({outcome.status}): {outcome.reason}"
            self.done.problems.append(_problem(step, reason))
            self._row(step, BY_OUTCOME.get(outcome.status, "damaged"), problems=1, reason=reason)
            self._leave(step)
            return
        if outcome.value.get("unread"):
            self._leave(step)
        self._row(step, **outcome.value)
        if problems.exists():
            with problems.open(encoding="utf-8") as lines:
                self.done.problems.extend(json.loads(line) for line in lines)
            problems.unlink()

    def _row(
        self, step: Step, status: str, *, rows: int = 0, problems: int = 0, reason: str = "", **facts: Any
    ) -> None:
        version = artifacts()[step.artifact].version
        self.done.coverage.append(
            Coverage(
                artifact=step.artifact,
                file=step.file,
                status=status,
                rows=rows,
                problems=problems,
                first=facts.get("first"),
                last=facts.get("last"),
                sha256=facts.get("sha256"),
                parser=f"{step.artifact} {version}",
                reason=reason,
            )
        )


def _size(task: Task) -> int:
    return Path(task.arguments["path"]).stat().st_size


def _problem(step: Step, reason: str) -> dict[str, str]:
    return {"artifact": step.artifact, "file": step.file, "ref": "", "reason": reason, "raw": ""}


def _store(done: Collected, out: Path, parts_of: dict[Step, Path]) -> None:
    """Join the parts of each artifact in the order of its files; note the parts of the observables in that order."""
    folder = out / "records"
    folder.mkdir(mode=0o700)
    in_order = sorted(parts_of.items())
    for name in dict.fromkeys(step.artifact for step, _ in in_order):
        whole = folder / f"{name}.parquet"
        join([Path(f"{part}.records.parquet") for step, part in in_order if step.artifact == name], whole)
        done.records[name] = whole
    done.seen = [Path(f"{part}.observables{PASSING}") for _, part in in_order]


def join_observables(done: Collected, out: Path) -> Path:
    """Write all observables into one file, in the order of artifact and file; the parts stay until they are dropped."""
    whole = out / "observables.parquet"
    with Writer(whole, OBSERVABLES, OBSERVABLE_GROUP) as writer:
        for part in done.seen:
            for table in passing(part, OBSERVABLES):
                writer.write(table)
    return whole


def drop_parts(out: Path) -> None:
    """Delete what the workers left, once it was joined and matched."""
    shutil.rmtree(out / ".parts")
