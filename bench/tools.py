"""The programs that are compared: how each is run on a backup, and what it says it found."""

import json
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench.grow import Truth

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".venv-peers/bin"


class Claim(NamedTuple):
    """One thing a tool reported on the word of an indicator, and where it says that it lies (if it says so)."""

    value: str
    file: str
    ref: str


class Job(NamedTuple):
    """One examination: the backup, the folder of indicators, where the results go, and the password file if any."""

    backup: Path
    indicators: Path
    out: Path
    password: Path | None = None


class Tool(NamedTuple):
    """A program: its command for a job, its surroundings, and how its output is read."""

    name: str
    command: Callable[[Job], list[str]]
    environment: Callable[[Path], dict[str, str]]
    claims: Callable[[Path], Iterator[Claim]]
    good_exit: tuple[int, ...]


class Score(NamedTuple):
    """What of the planted was found at its place; what was found elsewhere; decoys and strangers reported."""

    found: int
    planted: int
    missed: tuple[str, ...]
    misplaced: tuple[str, ...]
    decoys: tuple[str, ...]
    strangers: int


def tools() -> list[Tool]:
    """Return perito, and the peers that are installed."""
    own = Path(sys.executable).parent / "perito"
    found = [Tool("perito", _perito(own), lambda _home: {}, _perito_claims, (0, 1))]
    peer = PEERS / "mvt-ios"
    if peer.exists():
        found.append(Tool(f"mvt {_version()}", _mvt(peer), _mvt_environment, _mvt_claims, (0,)))
    return found


def _perito(program: Path) -> Callable[[Job], list[str]]:
    def command(job: Job) -> list[str]:
        key = ["--password-file", str(job.password)] if job.password else []
        feed = ["--no-baseline", "--indicators", str(job.indicators)]
        return [str(program), "check", str(job.backup), "--out", str(job.out), *feed, *key]

    return command


def _perito_claims(out: Path) -> Iterator[Claim]:
    for finding in json.loads((out / "findings.json").read_text(encoding="utf-8")):
        if finding["indicator"]:
            for place in (finding, *finding["also"]):
                yield Claim(finding["indicator"]["value"], place["file"], place["ref"])


def _mvt(program: Path) -> Callable[[Job], list[str]]:
    """An encrypted backup takes MVT two commands, the first of which leaves everything readable on the disk."""

    def command(job: Job) -> list[str]:
        lists = [part for path in sorted(job.indicators.iterdir()) for part in ("-i", str(path))]
        start = [str(program), "--disable-update-check", "--disable-indicator-update-check"]
        if job.password is None:
            return [*start, "check-backup", *lists, "-o", str(job.out), str(job.backup)]
        plain = str(job.out / "plain")
        first = [*start, "decrypt-backup", "-d", plain, "-p", job.password.read_text(encoding="utf-8"), str(job.backup)]
        then = [*start, "check-backup", *lists, "-o", str(job.out), plain]
        return ["/bin/sh", "-c", f"{shlex.join(first)} && {shlex.join(then)}"]

    return command


def _mvt_environment(home: Path) -> dict[str, str]:
    home.mkdir(parents=True, exist_ok=True)
    own = {"HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    return {"MVT_NETWORK_ACCESS_ALLOWED": "False", **own}


def _mvt_claims(out: Path) -> Iterator[Claim]:
    """Give what MVT's alerts name; its records tell no place that could be compared, so it is not asked for one."""
    path = out / "alerts.json"
    for alert in json.loads(path.read_text(encoding="utf-8")) if path.exists() else []:
        if alert["matched_indicator"]:
            yield Claim(alert["matched_indicator"]["value"], "", "")


def _version() -> str:
    lines = (ROOT / "bench/requirements-peers.txt").read_text(encoding="utf-8").splitlines()
    return next((line.partition("==")[2] for line in lines if line.startswith("mvt==")), "?")


def score(claims: Iterable[Claim], truth: Iterable[Truth]) -> Score:
    """Compare claims with the truth. A tool that names places must name the right one."""
    said: dict[str, list[Claim]] = {}
    for claim in claims:
        said.setdefault(claim.value.casefold(), []).append(claim)
    rows = list(truth)
    known = {row.value.casefold() for row in rows}
    missed, misplaced, decoys = [], [], []
    for row in rows:
        mine = said.get(row.value.casefold(), [])
        if row.decoy:
            decoys += [row.form] if mine else []
        elif not mine:
            missed.append(row.form)
        elif not any(_at(claim, row) for claim in mine):
            misplaced.append(f"{row.form}: {mine[0].file} {mine[0].ref} instead of {row.file} {row.ref}")
    planted = sum(not row.decoy for row in rows)
    strangers = sum(len(held) for value, held in said.items() if value not in known)
    found = planted - len(missed) - len(misplaced)
    return Score(found, planted, tuple(missed), tuple(misplaced), tuple(decoys), strangers)


def _at(claim: Claim, row: Truth) -> bool:
    if not claim.file:
        return True
    return row.file in ("", claim.file) and row.ref in (None, claim.ref)


def weight(out: Path) -> int:
    """Return the bytes that a run wrote."""
    return sum(path.stat().st_size for path in out.rglob("*") if path.is_file())


def machine() -> dict[str, Any]:
    """Say what the run ran on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"processor": model, "processors": os.cpu_count(), "memory": memory, "python": sys.version.split()[0]}
