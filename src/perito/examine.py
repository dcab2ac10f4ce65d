"""One acquisition from the opened source to the report: the only place that joins the steps. Read it first."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from perito import __version__
from perito.artifacts.collect import NOT_IN_FULL, Collected, Coverage, Progress, collect, drop_parts, join_observables
from perito.artifacts.declare import artifacts
from perito.artifacts.plan import known_names
from perito.base.errors import NotRecognised, UsageError
from perito.base.memory import be_frugal, give_back
from perito.base.pool import Pool
from perito.detect.heuristic import heuristics
from perito.detect.match import matches
from perito.findings.finding import ATTENTION, Finding, ordered
from perito.findings.verdict import verdict
from perito.indicators.bundle import load
from perito.indicators.indicator import Indicators
from perito.records.database import Database, Unanswered
from perito.report import html, timeline
from perito.report.model import ReportInput
from perito.sources.memory import memory_folder
from perito.sources.open import open_source
from perito.sources.source import Source

EXAMINED, ATTENTION_NEEDED, NOT_FULLY = 0, 1, 3
"""Exit codes of a run; evidence that could not be read in full goes before findings, which are told anyway."""
PRELOAD = ("perito.artifacts.worker", "perito.sources.manifest_worker", "perito.sources.archive_worker")
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
KNOWN = "an iPhone backup, an archive or a folder that holds one, or exported messages"


@dataclass(frozen=True)
class Wish:
    """What a person asks for: which acquisition, where to write, with which indicators and in which language."""

    path: Path
    out: Path
    indicators: tuple[Path, ...] = ()
    baseline: bool = True
    language: str = "en"
    as_of: date | None = None
    jobs: int = 2
    password: Callable[[], str] | None = None


@dataclass
class Run:
    """What a run found, as its files hold it."""

    out: Path
    verdict: dict[str, Any]
    findings: list[Finding]
    coverage: list[Coverage]
    problems: list[dict[str, str]]
    unread: int
    """Problems of the evidence; those of indicator files are in `problems` too, and hide nothing of the device."""
    report: Path = field(default_factory=Path)

    @property
    def exit_code(self) -> int:
        """Return 3 when evidence could not be examined in full, else 1 when a finding needs attention, else 0."""
        if self.unread or any(row.status in NOT_IN_FULL for row in self.coverage):
            return NOT_FULLY
        return ATTENTION_NEEDED if any(one.grade in ATTENTION for one in self.findings) else EXAMINED


Step = Callable[[str], None]


def examine(wish: Wish, step: Step | None = None, progress: Progress | None = None) -> Run:
    """Examine one acquisition and write what DESIGN calls a run into `wish.out`; nothing of the evidence is changed.

    `step` is told each stage by name, `progress` each file. Raises PeritoError where nothing could be examined.
    """
    wish = replace(wish, path=wish.path.absolute(), out=wish.out.absolute())  # a worker stands in another folder
    tell = _frugally(step or (lambda _: None))
    be_frugal(wish.jobs)
    with _fresh(wish.out), _scratch() as scratch, Pool(jobs=wish.jobs, preload=PRELOAD) as pool:
        tell("indicators")
        indicators = load(wish.indicators, baseline=wish.baseline, as_of=wish.as_of)
        _asked_for(wish, indicators)
        tell("opening")
        with memory_folder() as memory, _opened(wish, scratch, pool, memory) as source:
            tell("reading")
            collected = collect(source, pool, wish.out, progress)
            _recognised(wish.path, source, collected)
            device = dict(sorted(source.device.items()))
            acquisition = {"kind": source.kind, "sha256": source.sha256, "device": device}
        schemas = {name: (artifacts()[name].schema, path) for name, path in collected.records.items()}
        tell("matching")
        with ThreadPoolExecutor(2) as beside:  # both spend their time in Arrow, which lets others work meanwhile
            whole = beside.submit(join_observables, collected, wish.out)
            line = beside.submit(timeline.spread, scratch, schemas)
            found = matches(collected.seen, indicators, collected.hashes)
            stored = {**collected.records, "observables": whole.result()}
            with Database(wish.out, stored, scratch, threads=wish.jobs) as database:
                findings = detect(found, collected, database)
            drop_parts(wish.out)
            run = _written(wish, acquisition, indicators, collected, findings)
            tell("time line")
            timeline.write(wish.out / "timeline.csv", line.result(), [one.as_json() for one in findings])
        tell("report")
        run.report = _report(wish, run, timeline.activity(schemas), device)
    _own_only(wish.out)
    return run


def detect(found: list[Finding], collected: Collected, database: Database) -> list[Finding]:
    """Return the matches and what our own conditions see, in the order of `findings.json`."""
    hashes = collected.hashes
    found = list(found)
    published = {one.place for one in found if one.rule in {"indicator.url", "indicator.domain"}}
    for one in heuristics().values():
        if one.answerable(database.names):
            try:
                told = one.findings(database, hashes)
            except Unanswered as error:
                collected.problems.append(_unasked(one.id, str(error)))
                continue
            found.extend(claim for claim in told if not (one.yields and claim.place in published))
    return ordered(found)


def _frugally(step: Step) -> Step:
    """Return a step that first hands back the memory of the stage before it."""

    def tell(name: str) -> None:
        give_back()
        step(name)

    return tell


@contextmanager
def _fresh(out: Path) -> Iterator[None]:
    """Make the folder of a run; refuse one that holds anything, and take it away again when the run fails."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            str(out),
            "already holds something",
            "the results of another run would be mixed with this one; nothing was examined",
            "give another folder with --out",
        )
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise


def _recognised(path: Path, source: Source, collected: Collected) -> None:
    if any(row.status != "absent" for row in collected.coverage) or source.kind == "itunes_backup":
        return
    archives = [name for name in source.entries["name"].to_pylist() if name.lower().endswith(ARCHIVES)]
    packed = f"; {len(archives)} of the files are archives: check each by itself" if archives else ""
    raise NotRecognised(
        str(path),
        f"not recognised: {len(source.entries)} files, none of them a trace known here{packed}",
        "nothing was examined, so nothing can be said about this acquisition",
        f"Perito looked for {KNOWN}; `perito artifacts` lists every trace and its place",
    )


def _opened(wish: Wish, scratch: Path, pool: Pool, memory: Path | None) -> Source:
    names = known_names()
    return open_source(wish.path, password=wish.password, scratch=scratch, pool=pool, known_names=names, memory=memory)


def _unasked(heuristic: str, reason: str) -> dict[str, str]:
    told = f"the heuristic {heuristic} could not be asked: {reason}"
    return {"artifact": "", "file": "", "ref": "", "reason": told, "raw": ""}


@contextmanager
def _scratch() -> Iterator[Path]:
    """Give a private folder for copies and decrypted files, and delete it whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="perito-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _written(
    wish: Wish, acquisition: Mapping[str, Any], indicators: Indicators, collected: Collected, findings: list[Finding]
) -> Run:
    problems = collected.problems + [
        {"artifact": "indicators", "file": one.file, "ref": one.ref, "reason": one.reason, "raw": one.raw}
        for one in indicators.problems
    ]
    word, reasons = verdict(findings, examined=_examined(collected) and len(indicators.table) > 0)
    told = {
        "verdict": word,
        "reasons": reasons,
        "coverage": {**collected.counts, "unknown_files": collected.unknown_files},
        "acquisition": dict(acquisition),
        "tool": {"name": "perito", "version": __version__},
        "indicators": indicators.summary,
        "as_of": wish.as_of.isoformat() if wish.as_of else None,
    }
    run = Run(wish.out, told, findings, collected.coverage, problems, len(collected.problems))
    _dump(wish.out / "findings.json", [one.as_json() for one in findings])
    _dump(wish.out / "coverage.json", [row._asdict() for row in collected.coverage])
    _dump(wish.out / "problems.json", problems)
    _dump(wish.out / "verdict.json", told)
    return run


def _examined(collected: Collected) -> bool:
    """Tell whether something was read, and nothing that was there stayed closed: else there is no "no trace"."""
    statuses = {row.status for row in collected.coverage}
    return bool(statuses & {"parsed", "partial"}) and not statuses & (NOT_IN_FULL - {"partial"})


def _asked_for(wish: Wish, indicators: Indicators) -> None:
    """Refuse to examine with indicators that were named and could not be read: the result would seem to rest on them."""
    counts = {feed.file: feed.count for feed in indicators.feeds if not feed.file.startswith("baseline/")}
    empty = [path for path in wish.indicators if path.is_file() and not counts.get(path.name)]
    if wish.indicators and not any(counts.values()):
        empty = list(wish.indicators)
    if empty and wish.as_of is None:
        raise UsageError(
            str(empty[0]),
            "no indicator could be read from it",
            "nothing was examined: a result would seem to rest on indicators that were not used",
            "STIX 2 files are read; leave the option out to use only what comes with Perito",
        )


def _report(wish: Wish, run: Run, days: list[tuple[str, str, int]], device: Mapping[str, str]) -> Path:
    given = ReportInput(
        verdict=run.verdict,
        findings=[one.as_row() for one in run.findings],
        coverage=[row._asdict() for row in run.coverage],
        problems=run.problems,
        activity=days,
        device=device,
    )
    return html.write(wish.out, given, wish.language)


def _dump(path: Path, rows: object) -> None:
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def _own_only(out: Path) -> None:
    for folder, _, names in os.walk(out):
        Path(folder).chmod(0o700)
        for name in names:
            (Path(folder) / name).chmod(0o600)
