"""The files of a source scanned with compiled YARA rules, in confined workers; which were not is told."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.compute as pc

from perito.artifacts.collect import Collected, Coverage
from perito.artifacts.scanned import NAME, Scanned
from perito.base.errors import EvidenceError
from perito.base.pool import Limits, Outcome, Pool, Task
from perito.base.text import excerpt
from perito.indicators.indicator import Indicators
from perito.indicators.yara_scan import seconds_for
from perito.indicators.yara_slow import Asking
from perito.sources.source import FILE, HERE, Failure, Fetched, Source

LARGEST = 16 << 30
"""Bytes of the largest file that is scanned; it is mapped, so places, counts and `filesize` in rules hold."""
TOO_LARGE = f"larger than {LARGEST >> 30} GiB"
NAMED = 3
"""Rules that were set aside and are named in the coverage; the problems have them all."""
TOGETHER, BYTES = 200, 64 << 20
"""Files, and bytes, of one task."""
LAID_OUT = 512 << 20
"""Bytes of files that are had at a time, where they must be unpacked or decrypted."""
SPARE = 256 << 20
"""Bytes of the disk that are left to everybody else."""
SCANNING = Limits(memory=2 << 30, cpu_seconds=600, wall_seconds=1_200)


def scan(source: Source, pool: Pool, indicators: Indicators, scratch: Path, collected: Collected) -> Scanned:
    """Scan every file that the source can give, and tell coverage and problems of it; empty without rules.

    Files on which a rule took too long are scanned again without it, once it is known which one that is.
    """
    done = Scanned()
    if not indicators.compiled:
        return done
    with TemporaryDirectory(dir=scratch) as place:
        asking = Asking(indicators.rules, indicators.compiled, Path(place))
        for some, size in _batches(source, done):
            _scan_batch(source, pool, asking, (some, size), done)
        fewer = 0
        while done.slow and len(asking.aside) > fewer:
            fewer, again, done.slow = len(asking.aside), sorted(done.slow.items()), {}
            for name, size in again:
                del done.failed[name]
                _scan_batch(source, pool, asking, ([name], size), done)
    done.aside = asking.aside
    _tell(done, collected)
    return done


def _scan_batch(source: Source, pool: Pool, asking: Asking, batch: tuple[list[str], int], done: Scanned) -> None:
    some, size = batch
    if (full := _no_room(source, size)) and size:
        done.failed.update(dict.fromkeys(some, full))
        return
    found = _had(source, some)
    done.failed.update({name: path.reason for name, path in found.items() if isinstance(path, Failure)})
    _scan_some(pool, asking, {name: path for name, path in found.items() if isinstance(path, Path)}, done)
    for name in some:
        source.release(name)


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


def _scan_some(pool: Pool, asking: Asking, found: dict[str, Path], done: Scanned) -> None:
    left = {name: path for name, path in found.items() if path.stat().st_size <= LARGEST}
    done.failed.update(dict.fromkeys(found.keys() - left.keys(), TOO_LARGE))
    alone: dict[str, Path] = {}
    while left:
        alone.update({name: left.pop(name) for name in _round(pool, asking, left, TOGETHER, done)})
    while alone:
        done.failed.update(_round(pool, asking, alone, 1, done))
        for name in done.failed:
            alone.pop(name, None)


def _round(pool: Pool, asking: Asking, left: dict[str, Path], most: int, done: Scanned) -> dict[str, str]:
    """Scan files until all are, or it is time to ask which rule takes long; what was scanned is left no more.

    Return the files whose worker was stopped, with the reason.
    """
    stopped: dict[str, str] = {}
    slow: dict[str, Path] = {}
    for outcome in pool.run(_tasks(asking, left, most)):
        names = outcome.task.arguments["paths"]
        if outcome.status != "done":
            reason = f"scanning was stopped ({outcome.status}): {excerpt(outcome.reason, 120)}"
            stopped.update(dict.fromkeys(names, reason))
            continue
        _keep(outcome, done)
        asking.bear(len(outcome.value["slow"]))
        slow.update({name: left[name] for name in outcome.value["slow"]})
        for name in names.keys() - set(outcome.value["left"]):
            del left[name]
        if asking.spent:
            break
    if asking.spent:
        name = min(slow, key=lambda one: (slow[one].stat().st_size, one))
        asking.search(pool, slow[name], name, done.files + len(done.slow))
    return stopped


def _tasks(asking: Asking, paths: dict[str, Path], most: int) -> Iterator[Task]:
    some: dict[str, str] = {}
    size = 0
    for name, path in sorted(paths.items()):
        own = path.stat().st_size
        if some and (len(some) >= most or size + own > BYTES):
            yield _task(asking, some, size)
            some, size = {}, 0
        some[name] = str(path)
        size += own
    if some:
        yield _task(asking, some, size)


def _task(asking: Asking, paths: dict[str, str], size: int) -> Task:
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
        arguments={
            "rules": str(asking.path),
            "paths": paths,
            "seconds": asking.seconds,
            "patience": asking.patience,
        },
        readable=(str(asking.path), *paths.values()),
        limits=limits,
    )


def _keep(outcome: Outcome, done: Scanned) -> None:
    told = outcome.value
    done.hits += told["hits"]
    done.more += told["more"]
    done.hashes.update(told["sha256"])
    done.failed.update(told["failed"])
    done.size += told["bytes"]
    paths = outcome.task.arguments["paths"]
    done.slow.update({name: Path(paths[name]).stat().st_size for name in told["slow"]})
    done.files += len(paths) - len(told["failed"]) - len(told["left"])


def _tell(done: Scanned, collected: Collected) -> None:
    not_all = len(done.failed) + len(done.aside)
    reason = f"{done.files:,} files, {done.size:,} bytes" + (f"; {len(done.failed):,} not" if done.failed else "")
    if done.aside:
        named = "; ".join(one.who() for one in done.aside[:NAMED])
        more = f"; {len(done.aside) - NAMED:,} more" if len(done.aside) > NAMED else ""
        reason += f"; set aside: {named}{more}"
    status = "partial" if not_all else "parsed"
    collected.coverage.append(Coverage(NAME, None, status, done.files, not_all, None, None, None, f"{NAME} 1", reason))
    collected.coverage.sort(key=lambda row: (row.artifact, row.file or ""))
    collected.problems += [
        {"artifact": NAME, "file": "", "ref": "", "reason": f"{one.who()}: {one.why('files')}", "raw": ""}
        for one in done.aside
    ]
    collected.problems += [
        {"artifact": NAME, "file": name, "ref": "", "reason": f"not scanned with YARA rules: {why}", "raw": ""}
        for name, why in sorted(done.failed.items())
    ]
