"""The files of a source scanned with compiled YARA rules, in confined workers; which were not is told."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.compute as pc

from perito.artifacts.collect import Collected, Coverage
from perito.artifacts.scanned import NAME, Scanned
from perito.base.errors import EvidenceError
from perito.base.pool import Limits, Outcome, Pool, Task
from perito.base.text import excerpt
from perito.indicators.yara_scan import seconds_for
from perito.sources.source import FILE, HERE, Failure, Fetched, Source

LARGEST = 16 << 30
"""Bytes of the largest file that is scanned; it is mapped, so places, counts and `filesize` in rules hold."""
TOO_LARGE = f"larger than {LARGEST >> 30} GiB"
TOGETHER, BYTES = 200, 64 << 20
"""Files, and bytes, of one task."""
LAID_OUT = 512 << 20
"""Bytes of files that are had at a time, where they must be unpacked or decrypted."""
SPARE = 256 << 20
"""Bytes of the disk that are left to everybody else."""
SCANNING = Limits(memory=2 << 30, cpu_seconds=600, wall_seconds=1_200)


def scan(source: Source, pool: Pool, compiled: bytes, scratch: Path, collected: Collected) -> Scanned:
    """Scan every file that the source can give, and tell coverage and problems of it; empty without rules."""
    done = Scanned()
    if not compiled:
        return done
    rules = scratch / "rules.yarac"
    rules.write_bytes(compiled)
    for some, size in _batches(source, done):
        if (full := _no_room(source, size)) and size:
            done.failed.update(dict.fromkeys(some, full))
            continue
        found = _had(source, some)
        done.failed.update({name: path.reason for name, path in found.items() if isinstance(path, Failure)})
        _scan_some(pool, rules, {name: path for name, path in found.items() if isinstance(path, Path)}, done)
        for name in some:
            source.release(name)
    rules.unlink()
    _tell(done, collected)
    return done


def _no_room(source: Source, size: int) -> str:
    """Say why files of so many bytes cannot be laid out; nothing where they can, or need not be."""
    need, free = source.room_for(size), shutil.disk_usage(source.scratch).free
    if not need or need + SPARE <= free:
        return ""
    return f"it has to be unpacked or decrypted first: {need >> 20} MiB needed, {free >> 20} MiB free"


def _had(source: Source, names: list[str]) -> Fetched:
    """Return the files; where the disk is full all the same, they are not scanned, and nothing else is lost."""
    try:
        return source.materialise(names)
    except EvidenceError as error:
        return {name: Failure("missing", error.what) for name in names}


def _batches(source: Source, done: Scanned) -> Iterator[tuple[list[str], int]]:
    """Yield the names of files that are here, and their bytes, of which there is a bound; those too large are told."""
    listing = source.listing
    here = listing.filter(pc.and_(pc.equal(listing["status"], HERE), pc.equal(listing["type"], FILE)))
    some: dict[str, None] = {}
    size = 0
    for name, own in zip(here["name"].to_pylist(), here["size"].to_pylist(), strict=True):
        if (own or 0) > LARGEST:
            done.failed[name] = TOO_LARGE
            continue
        if some and size + (own or 0) > LAID_OUT:
            yield list(some), size
            some, size = {}, 0
        some[name] = None
        size += own or 0
    if some:
        yield list(some), size


def _scan_some(pool: Pool, rules: Path, found: dict[str, Path], done: Scanned) -> None:
    paths = {name: path for name, path in found.items() if path.stat().st_size <= LARGEST}
    done.failed.update(dict.fromkeys(found.keys() - paths.keys(), TOO_LARGE))
    alone: dict[str, Path] = {}
    for outcome in pool.run(_tasks(rules, paths, TOGETHER)):
        if outcome.status == "done":
            _keep(outcome, done)
        else:
            alone.update({name: paths[name] for name in outcome.task.arguments["paths"]})
    for outcome in pool.run(_tasks(rules, alone, 1)):
        if outcome.status == "done":
            _keep(outcome, done)
            continue
        (name,) = outcome.task.arguments["paths"]
        done.failed[name] = f"scanning was stopped ({outcome.status}): {excerpt(outcome.reason, 120)}"


def _tasks(rules: Path, paths: dict[str, Path], most: int) -> Iterator[Task]:
    some: dict[str, str] = {}
    size = 0
    for name, path in sorted(paths.items()):
        own = path.stat().st_size
        if some and (len(some) >= most or size + own > BYTES):
            yield _task(rules, some, size)
            some, size = {}, 0
        some[name] = str(path)
        size += own
    if some:
        yield _task(rules, some, size)


def _task(rules: Path, paths: dict[str, str], size: int) -> Task:
    """Return the task of scanning files of so many bytes, with the room to map them and the time that they may take."""
    seconds = seconds_for(size)
    limits = replace(
        SCANNING,
        mapped=size,
        cpu_seconds=SCANNING.cpu_seconds + seconds,
        wall_seconds=SCANNING.wall_seconds + 2 * seconds,
    )
    return Task(
        name="scan",
        function="perito.indicators.yara_scan:files",
        arguments={"rules": str(rules), "paths": paths},
        readable=(str(rules), *paths.values()),
        limits=limits,
    )


def _keep(outcome: Outcome, done: Scanned) -> None:
    told = outcome.value
    done.hits += told["hits"]
    done.more += told["more"]
    done.hashes.update(told["sha256"])
    done.failed.update(told["failed"])
    done.size += told["bytes"]
    done.files += len(outcome.task.arguments["paths"]) - len(told["failed"])


def _tell(done: Scanned, collected: Collected) -> None:
    status = "partial" if done.failed else "parsed"
    reason = f"{done.files:,} files, {done.size:,} bytes" + (f"; {len(done.failed):,} not" if done.failed else "")
    collected.coverage.append(
        Coverage(NAME, None, status, done.files, len(done.failed), None, None, None, f"{NAME} 1", reason)
    )
    collected.coverage.sort(key=lambda row: (row.artifact, row.file or ""))
    collected.problems += [
        {"artifact": NAME, "file": name, "ref": "", "reason": f"not scanned with YARA rules: {why}", "raw": ""}
        for name, why in sorted(done.failed.items())
    ]
