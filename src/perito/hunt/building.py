"""The index kept up to date: runs are added, merged when there are many of one size, and rid of what is gone."""

import os
import secrets
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from perito.base.hashing import sha256
from perito.base.lock import held
from perito.hunt import manifest
from perito.hunt.docket import Acquisition, Docket
from perito.hunt.manifest import Entry, Indexed
from perito.hunt.pages import NO_CELL, PAGE, Damaged, Pairs, Run, write
from perito.hunt.sorting import Sorter

FOLDER = ".perito-index"
FAN = 8
"""Runs of one tier that become one; a run of the next tier has so many times the pairs."""
SMALLEST = 1 << 20
"""Pairs of the lowest tier."""
TOGETHER = 32
"""Row groups of a file that are read at a time."""
AT_ONCE = 6
"""Acquisitions held in memory while they are read."""
BYTES_A_PAIR = 30
"""Of a stored table, at the least: by this it is estimated how many pairs there will be."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until nobody else changes the index."""
    with held(folder / "lock"):
        yield


class Read(NamedTuple):
    """What one acquisition gives: for each row group its hashes, each once."""

    indexed: Indexed
    hashes: list[np.ndarray]


class Builder:
    """One bringing up to date of the index of a docket; `step` is told what takes long."""

    def __init__(self, folder: Path, docket: Docket, step: Callable[[str], None]) -> None:
        self.folder = folder
        self.docket = docket
        self.step = step
        self._by_name = {one.name: one for one in docket.acquisitions}

    def alive(self, entry: Entry) -> Entry:
        """Return a run whose acquisitions that are gone or changed have lost their digest; others have new stamps."""
        return replace(entry, acquisitions=tuple(map(self._alive, entry.acquisitions)))

    def _alive(self, one: Indexed) -> Indexed:
        here = self._by_name.get(one.name)
        try:
            same = one.holds(here.observables) if here else None
        except OSError:
            same = None
        return same or replace(one, sha256="")

    def kept(self, runs: Sequence[Entry]) -> list[Entry]:
        """Return the runs with what is gone or changed taken out of their files."""
        kept = []
        for entry in map(self.alive, runs):
            left = sum(bool(one.sha256) for one in entry.acquisitions)
            if not left or not self._there(entry):
                continue
            if left == len(entry.acquisitions):
                kept.append(entry)
                continue
            self.step("taking out of the index what is gone")
            try:
                kept.append(self._rewritten([entry]))
            except Damaged:
                continue
        return kept

    def _there(self, entry: Entry) -> bool:
        try:
            size = (self.folder / entry.file).stat().st_size
        except OSError:
            return False
        return size == entry.shape.pages * (PAGE.itemsize + 8)

    def added(self, runs: Sequence[Entry]) -> list[Entry]:
        """Return a run of all acquisitions that are in none yet; one that cannot be read is left to the hunt."""
        known = {one.name for run in runs for one in run.acquisitions}
        new = [one for one in self.docket.acquisitions if one.name not in known]
        if not new:
            return []
        self.step(f"index: {len(new)} acquisitions")
        size = sum(_size(one) for one in new)
        taken: list[Indexed] = []
        with self._sorter(size // BYTES_A_PAIR) as sorter:
            cell = 0
            for read in _readings(new):
                for hashes in read.hashes:
                    sorter.add(hashes, cell)
                    cell += 1
                taken.append(read.indexed)
            return [self._written(sorter.sorted(), taken)] if taken else []

    def merged(self, runs: Sequence[Entry]) -> list[Entry]:
        """Return the runs with those of a tier that is full made into one."""
        left = list(runs)
        while full := _full_tier(left):
            self.step(f"index: {len(full)} runs into one")
            left = [run for run in left if run not in full]
            try:
                left.append(self._rewritten(full))
            except Damaged:
                left += self.added(left)
        return left

    def _rewritten(self, runs: Sequence[Entry]) -> Entry:
        """Return one run of what is alive in several; raises Damaged where one cannot be believed."""
        taken = [one for run in runs for one in run.acquisitions if one.sha256]
        first = 0
        with self._sorter(sum(run.shape.pairs for run in runs) if len(runs) > 1 else 0) as sorter:
            for entry in runs:
                cells, first = _renumbered(entry, first)
                living = self._living(entry, cells)
                if len(runs) == 1:
                    return self._written(living, taken)
                for pairs in living:
                    sorter.add(*pairs)
            return self._written(sorter.sorted(), taken)

    def _living(self, entry: Entry, cells: np.ndarray) -> Iterator[Pairs]:
        for hashes, own in Run(self.folder / entry.file, entry.shape).pairs():
            now = cells[own]
            there = now != NO_CELL
            yield hashes[there], now[there]

    @contextmanager
    def _sorter(self, expected: int) -> Iterator[Sorter]:
        place = Path(tempfile.mkdtemp(prefix="sort-", dir=self.folder))
        try:
            with Sorter(place, expected) as sorter:
                yield sorter
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _written(self, pairs: Iterator[Pairs], acquisitions: Sequence[Indexed]) -> Entry:
        seed = secrets.randbits(63)
        name = f"run-{seed:016x}.bin"
        shape = write(self.folder / name, pairs, seed)
        manifest.settle(self.folder)
        return Entry(name, shape, tuple(acquisitions))

    def sweep(self, runs: Sequence[Entry]) -> None:
        """Delete what an earlier, interrupted change left, and runs that no longer count."""
        kept = {run.file for run in runs}
        for path in self.folder.iterdir():
            of_a_run = path.name.startswith("run-") and path.name not in kept
            if path.name.startswith("sort-") or (of_a_run and path.is_dir() and not path.is_symlink()):
                shutil.rmtree(path, ignore_errors=True)
            elif of_a_run:
                path.unlink(missing_ok=True)


def _renumbered(entry: Entry, first: int) -> tuple[np.ndarray, int]:
    """Return for each cell of a run its number in the next one, from `first` on, and the number after the last."""
    cells = np.full(entry.groups, NO_CELL, np.uint32)
    start = 0
    for one in entry.acquisitions:
        if one.sha256:
            cells[start : start + one.groups] = np.arange(first, first + one.groups, dtype=np.uint32)
            first += one.groups
        start += one.groups
    return cells, first


def _full_tier(runs: Sequence[Entry]) -> list[Entry]:
    tiers: dict[int, list[Entry]] = {}
    for run in runs:
        tier, most = 0, SMALLEST
        while run.shape.pairs > most:
            tier, most = tier + 1, most * FAN
        tiers.setdefault(tier, []).append(run)
    return next((found for found in tiers.values() if len(found) >= FAN), [])


def _size(one: Acquisition) -> int:
    try:
        return one.observables.stat().st_size
    except OSError:
        return 0


def _readings(new: Sequence[Acquisition]) -> Iterator[Read]:
    """Yield what the acquisitions give, in their order, a few being read ahead of the one that is used."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as beside:
        ahead = deque(beside.submit(_reading, one) for one in new[:AT_ONCE])
        for further in [*new[AT_ONCE:], *[None] * AT_ONCE]:
            if ahead and (read := ahead.popleft().result()):
                yield read
            if further:
                ahead.append(beside.submit(_reading, further))


def _reading(one: Acquisition) -> Read | None:
    """Return the hashes of an acquisition; None where its table cannot be read, which the hunt itself then tells."""
    try:
        at = manifest.stamp(one.observables)
        digest = sha256(one.observables)
        with pq.ParquetFile(one.observables) as file:
            hashes = [_distinct(table) for table in _groups(file)]
    except (OSError, ValueError, KeyError, pa.ArrowException):
        return None
    return Read(Indexed(one.name, len(hashes), digest, at), hashes)


def _groups(file: pq.ParquetFile) -> Iterator[pa.Table]:
    """Yield the hashes of each row group; several groups are read at a time, which costs less for each."""
    sizes = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
    for start in range(0, len(sizes), TOGETHER):
        some = list(range(start, min(start + TOGETHER, len(sizes))))
        table, at = file.read_row_groups(some, columns=["hash", "parents"], use_threads=False), 0
        for group in some:
            yield table.slice(at, sizes[group])
            at += sizes[group]


def _distinct(table: pa.Table) -> np.ndarray:
    """Return every hash of a row group once, in rising order: sorting is quicker than a table of those seen.

    ValueError or ArrowInvalid where one is missing.
    """
    if table["parents"].null_count:  # would be passed over in silence
        raise ValueError("no parents")
    both = pa.concat_arrays([table["hash"].combine_chunks(), table["parents"].combine_chunks().flatten()])
    rising = np.sort(both.cast(pa.uint64()).to_numpy())
    first = np.ones(len(rising), bool)
    np.not_equal(rising[1:], rising[:-1], out=first[1:])
    return np.asarray(rising[first])
