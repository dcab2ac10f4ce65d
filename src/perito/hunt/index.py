"""Where in a docket a hash may be: derived from the stored observables, checked at every use, built anew at will.

The truth is one Parquet file an acquisition. This only says which row groups of it hold a hash, so that the rest need
not be read; every hit is then looked up and compared there. What the index does not know, or what is not as it was
when the index was made, is read in full: the index can make a hunt slow, never wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from perito.hunt import manifest
from perito.hunt.building import FOLDER, Builder, alone
from perito.hunt.docket import Docket
from perito.hunt.engine import Candidates
from perito.hunt.manifest import Entry, Indexed
from perito.hunt.narrowed import Held, Narrowing
from perito.hunt.pages import Damaged, Run
from perito.indicators.indicator import Indicators

Step = Callable[[str], None]


def refresh(docket: Docket, step: Step | None = None, distrusted: frozenset[str] = frozenset()) -> tuple[Entry, ...]:
    """Bring the index up to date with the docket, and return its runs; OSError where it cannot be written.

    Acquisitions that are new or changed are read; those that are gone are taken out, so that nothing of a deleted case
    stays; runs named in `distrusted` are built anew.
    """
    folder = docket.folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    with alone(folder):
        before = manifest.load(folder)
        builder = Builder(folder, docket, step or (lambda _: None))
        try:
            runs = builder.kept([run for run in before if run.file not in distrusted])
            runs = builder.merged([*runs, *builder.added(runs)])
            if tuple(runs) != before:
                manifest.save(folder, tuple(runs))
        except OSError:
            with suppress(OSError):
                builder.sweep(before)  # else every hunt would leave what it could not finish
            raise
        builder.sweep(runs)
    return tuple(runs)


def candidates(docket: Docket, indicators: Indicators, step: Step | None = None) -> Candidates:
    """Return where indicators may be met: nowhere else, as long as the checksums hold; builds the index if need be."""
    keys = _Keys(indicators)
    note = ""
    try:
        found, damaged = _asked(docket, refresh(docket, step), keys)
        if damaged:
            note = "damage was found in the index; what it held was built anew"
            found, _ = _asked(docket, refresh(docket, step, frozenset(damaged)), keys)
    except OSError as error:
        note = f"the index cannot be written ({error.strerror or error}); what it does not hold is read in full"
        found, _ = _asked(docket, _as_it_is(docket), keys)
    return found._replace(note=note)


def _as_it_is(docket: Docket) -> tuple[Entry, ...]:
    """Return the runs that can be used without writing, of each only what has not changed."""
    folder = docket.folder / FOLDER
    try:
        return tuple(Builder(folder, docket, lambda _: None).alive(run) for run in manifest.load(folder))
    except OSError:
        return ()


class _Keys:
    """What is looked up: the hashes of indicators, and those that tell where a condition cannot be met."""

    def __init__(self, indicators: Indicators) -> None:
        self.own = np.unique(indicators.keys["hash"].to_numpy())
        self.narrowing = Narrowing(indicators.rules)
        self.all = np.union1d(self.own, self.narrowing.hashes)


def _asked(docket: Docket, runs: Sequence[Entry], keys: _Keys) -> tuple[Candidates, list[str]]:
    """Return where to look, and which runs are damaged; the acquisitions of those are to be read whole."""
    names = [one.name for one in docket.acquisitions]
    groups: dict[str, list[int] | None] = dict.fromkeys(names)
    numbers = {name: number for number, name in enumerate(names)}
    held = Held(np.ones(len(names), bool))
    hashes = [np.empty(0, np.uint64)]
    damaged = []
    read = 0
    for entry in runs:
        try:
            run = Run(docket.folder / FOLDER / entry.file, entry.shape)
            met, cells = run.met(keys.all)
        except Damaged:
            damaged.append(entry.file)
            continue
        read += run.read
        own = np.isin(met, keys.own)
        hashes.append(np.unique(met[own]))
        groups.update((one.name, some) for one, some in _by_acquisition(entry, np.unique(cells[own])))
        narrowing = np.isin(met, keys.narrowing.hashes)
        _hold(held, [numbers.get(one.name, -1) for one in entry.acquisitions], entry, met[narrowing], cells[narrowing])
    some = {name: own for name, own in groups.items() if own is None or own}
    rules = keys.narrowing.by_name(names, held)
    return Candidates(some, np.unique(np.concatenate(hashes)), rules, read=read), damaged


def _hold(held: Held, numbers: list[int], entry: Entry, met: np.ndarray, cells: np.ndarray) -> None:
    """Remember which acquisitions of a run are known, by their numbers in the docket, and which hold what was met."""
    alive = [number if one.sha256 else -1 for number, one in zip(numbers, entry.acquisitions, strict=True)]
    known = np.array(alive, np.int64)
    held.unknown[known[known >= 0]] = False
    owners = known[np.searchsorted(_starts(entry), cells, "right") - 1]
    held.pairs.append((met[owners >= 0], owners[owners >= 0].astype(np.uint32)))


def _starts(entry: Entry) -> np.ndarray:
    """Return the first cell of each acquisition of a run, and the one behind the last."""
    return np.cumsum([0, *(one.groups for one in entry.acquisitions)])


def _by_acquisition(entry: Entry, cells: np.ndarray) -> Iterator[tuple[Indexed, list[int]]]:
    """Yield each acquisition of a run that may be relied on, with its row groups among the cells, which rise."""
    starts = _starts(entry)
    edges = np.searchsorted(cells, starts)
    for number, one in enumerate(entry.acquisitions):
        if one.sha256:
            yield one, (cells[edges[number] : edges[number + 1]] - starts[number]).tolist()


def where(docket: Docket) -> Path:
    """Return the folder of a docket's index."""
    return docket.folder / FOLDER
