"""From stored tables to findings, verdict, time line and report: no evidence is needed for any of it."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from perito import __version__
from perito.artifacts.collect import NOT_IN_FULL, Collected, Coverage
from perito.artifacts.declare import artifacts
from perito.artifacts.scanned import NAME
from perito.base.errors import UsageError
from perito.base.outputs import write_json
from perito.base.zones import Zone
from perito.detect import sigma, yara
from perito.detect.heuristic import heuristics
from perito.detect.match import matches
from perito.detect.recorded import with_records
from perito.detect.rules import by_rules
from perito.detect.told import Tables
from perito.findings.finding import ATTENTION, Finding, ordered
from perito.findings.verdict import verdict
from perito.indicators.indicator import Indicators
from perito.records.database import Database, Unanswered
from perito.report import html, timeline
from perito.report.buckets import Buckets
from perito.report.local_times import doubtful
from perito.report.model import ReportInput, Stored

EXAMINED, ATTENTION_NEEDED, NOT_FULLY = 0, 1, 3
"""Exit codes of a run; evidence that could not be read in full goes before findings, which are told anyway."""
UNASKED = " could not be asked: "
"""Within the reason of a problem that tells of a heuristic or a rule, not of the evidence."""


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


@dataclass(frozen=True)
class Basis:
    """What is judged: where results go, what was acquired, by which indicators, on which day, in which language."""

    out: Path
    acquisition: Mapping[str, Any]
    indicators: Indicators
    as_of: date | None
    language: str
    read_by: Mapping[str, str] = field(default_factory=dict)
    """The version that read the evidence, where it is not this one."""
    zone: Zone | None = None
    """The zone in which a person says that times were written whose zone the evidence does not name."""


def stored(collected: Collected) -> Stored:
    """Return for each artifact its schema, and where its records are."""
    return {name: (artifacts()[name].schema, path) for name, path in collected.records.items()}


def judged(
    basis: Basis, collected: Collected, scratch: Path, observables: Callable[[], Path], jobs: int
) -> tuple[list[Finding], Buckets]:
    """Return all findings in the order of `findings.json`, and the moments of all records.

    `observables` gives the one file of all observables; it may still have to be written, which is done meanwhile.
    """
    with ThreadPoolExecutor(2) as beside:  # both spend their time in Arrow, which lets others work meanwhile
        whole = beside.submit(observables)
        line = beside.submit(timeline.spread, scratch, stored(collected), basis.zone)
        found = matches(collected.seen, basis.indicators, collected.hashes)
        found += _by_rules(basis, collected, jobs)
        tables = {**collected.records, "observables": whole.result()}
        with Database(basis.out, tables, scratch, threads=jobs) as database:
            findings = detect(found, collected, database)
        return ordered(with_records(findings, collected.records, basis.zone)), line.result()


def conclude(
    basis: Basis, collected: Collected, findings: list[Finding], line: Buckets, tell: Callable[[str], None]
) -> Run:
    """Write everything but the stored tables themselves, and return it."""
    run = _written(basis, collected, findings)
    tell("report")
    with ThreadPoolExecutor(1) as beside:  # again mostly Arrow's work, while the page is put together
        rows = [one.as_json() for one in findings]
        written = beside.submit(timeline.write, basis.out / "timeline.csv", line, rows)
        run.report = _report(basis, run, timeline.activity(stored(collected), basis.zone))
        written.result()
    return run


def detect(found: list[Finding], collected: Collected, database: Database) -> list[Finding]:
    """Return the matches and what our own conditions see."""
    hashes = collected.hashes
    found = list(found)
    published = {one.place for one in found if one.rule in {"indicator.url", "indicator.domain"}}
    for one in heuristics().values():
        if one.answerable(database.names):
            try:
                told = one.findings(database, hashes)
            except Unanswered as error:
                collected.problems.append(_unasked(f"the heuristic {one.id}", str(error)))
                continue
            found.extend(claim for claim in told if not (one.yields and claim.place in published))
    return found


def _by_rules(basis: Basis, collected: Collected, jobs: int) -> list[Finding]:
    """Return what meets published rules; a rule that could not be answered is a problem."""
    tables = Tables(collected.seen, stored(collected))
    scanned = collected.scanned
    hits = [
        *yara.in_texts({"": tables}, basis.indicators, jobs).values(),
        yara.in_files(scanned.hits, scanned.more, NAME),
    ]
    told = by_rules(tables, basis.indicators, collected.hashes | scanned.hashes, hits)
    collected.problems += [_unasked(f"the {name}", reason) for name, reason in told.unasked]
    return told.findings


def _examined(collected: Collected) -> bool:
    """Tell whether something was read, and nothing that was there stayed closed: else there is no "no trace".

    A file that is partial for a reason of its own was not read to its end: what lay behind is as closed.
    """
    statuses = {row.status for row in collected.coverage}
    unended = any(row.status == "partial" and row.reason for row in collected.coverage)
    closed = statuses & (NOT_IN_FULL - {"partial"}) or unended or collected.not_looked_into
    return bool(statuses & {"parsed", "partial"}) and not closed


def _unasked(who: str, reason: str) -> dict[str, str]:
    return {"artifact": "", "file": "", "ref": "", "reason": f"{who}{UNASKED}{reason}", "raw": ""}


def _written(basis: Basis, collected: Collected, findings: list[Finding]) -> Run:
    problems = collected.problems + [
        {"artifact": "indicators", "file": one.file, "ref": one.ref, "reason": one.reason, "raw": one.raw}
        for one in basis.indicators.problems
    ]
    problems += doubtful(stored(collected), basis.zone)
    compared = _examined(collected) and len(basis.indicators.table) + len(basis.indicators.rules) > 0
    word, reasons = verdict(findings, examined=compared)
    told = {
        "verdict": word,
        "reasons": reasons,
        "coverage": {
            **collected.counts,
            "unknown_files": collected.unknown_files,
            "not_looked_into": collected.not_looked_into,
            "problems": len(collected.problems),
        },
        "acquisition": dict(basis.acquisition),
        "tool": {"name": "perito", "version": __version__},
        **({"read_by": dict(basis.read_by)} if basis.read_by else {}),
        "indicators": basis.indicators.summary,
        "as_of": basis.as_of.isoformat() if basis.as_of else None,
        "timezone": {"name": basis.zone.name, "rules": basis.zone.rules} if basis.zone else None,
    }
    run = Run(basis.out, told, findings, collected.coverage, problems, len(collected.problems))
    write_json(basis.out / "findings.json", [one.as_json() for one in findings])
    write_json(basis.out / "coverage.json", [row._asdict() for row in collected.coverage])
    write_json(basis.out / "problems.json", problems)
    write_json(basis.out / "verdict.json", told)  # the last of the four: its end says that the run is whole
    return run


def answerable(indicators: Indicators) -> Indicators:
    """Return the indicators without the rules that no artifact read here can answer; each of those is told."""
    return sigma.applicable(indicators, {name: one.schema for name, one in artifacts().items()})


def asked_for(paths: Sequence[Path], indicators: Indicators, as_of: date | None) -> None:
    """Refuse to examine with indicators that were named and could not be read: the result would seem to rest on them."""
    counts = {feed.file: feed.count + feed.rules for feed in indicators.feeds if not feed.file.startswith("baseline/")}
    empty = [path for path in paths if path.is_file() and not counts.get(path.name)]
    if paths and not any(counts.values()):
        empty = list(paths)
    if empty and as_of is None:
        raise UsageError(
            str(empty[0]),
            "no indicator could be read from it",
            "nothing was examined: a result would seem to rest on indicators that were not used",
            "`perito indicators inspect FILE` says what it holds; leave the option out to use only what comes with Perito",
        )


def _report(basis: Basis, run: Run, days: list[tuple[str, str, int]]) -> Path:
    given = ReportInput(
        verdict=run.verdict,
        findings=[one.as_row() for one in run.findings],
        coverage=[row._asdict() for row in run.coverage],
        problems=run.problems,
        activity=days,
        device=basis.acquisition["device"],
    )
    return html.write(basis.out, given, basis.language)
