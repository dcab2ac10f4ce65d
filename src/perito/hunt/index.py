"""Where in a docket a hash may be: derived from the stored observables, checked at every use, built anew at will.

The truth is one Parquet file an acquisition. This only says which row groups of it hold a hash, so that the rest need
not be read; every hit is then looked up and compared there. What the index does not know, or what is not as it was
when the index was made, is read in full: the index can make a hunt slow, never wrong.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from perito.hunt import manifest
from perito.hunt.building import FOLDER, Builder, alone
from perito.hunt.docket import Docket
from perito.hunt.engine import Candidates
from perito.hunt.manifest import Entry, Indexed
from perito.hunt.pages import Damaged, Run

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
        runs = builder.kept([run for run in before if run.file not in distrusted])
        runs = builder.merged([*runs, *builder.added(runs)])
        if tuple(runs) != before:
            manifest.save(folder, tuple(runs))
        builder.sweep(runs)
    return tuple(runs)


def candidates(docket: Docket, hashes: np.ndarray, step: Step | None = None) -> Candidates:
    """Return where these hashes may be: nowhere else, as long as the checksums hold; builds the index if need be."""
    keys = np.unique(hashes)
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


def _asked(docket: Docket, runs: Sequence[Entry], keys: np.ndarray) -> tuple[Candidates, list[str]]:
    """Return where to look, and which runs are damaged; the acquisitions of those are to be read whole."""
    groups: dict[str, list[int] | None] = {one.name: None for one in docket.acquisitions}
    hashes = [np.empty(0, np.uint64)]
    damaged = []
    read = 0
    for entry in runs:
        try:
            run = Run(docket.folder / FOLDER / entry.file, entry.shape)
            met, cells = run.met(keys)
        except Damaged:
            damaged.append(entry.file)
            continue
        hashes.append(met)
        read += run.read
        groups.update((one.name, own) for one, own in _by_acquisition(entry, cells))
    some = {name: own for name, own in groups.items() if own is None or own}
    return Candidates(some, np.unique(np.concatenate(hashes)), read=read), damaged


def _by_acquisition(entry: Entry, cells: np.ndarray) -> Iterator[tuple[Indexed, list[int]]]:
    """Yield each acquisition of a run that may be relied on, with its row groups among the cells."""
    starts = np.cumsum([0, *(one.groups for one in entry.acquisitions)])
    edges = np.searchsorted(cells, starts)
    for number, one in enumerate(entry.acquisitions):
        if one.sha256:
            yield one, (cells[edges[number] : edges[number + 1]] - starts[number]).tolist()


def where(docket: Docket) -> Path:
    """Return the folder of a docket's index."""
    return docket.folder / FOLDER
