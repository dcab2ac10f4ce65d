"""What an index is made of: the one file that says which runs count, replaced as a whole when they change."""

import hashlib
import json
import os
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from perito.base.hashing import sha256
from perito.hunt.pages import Shape

FORMAT = 1
"""Of pages, cells and this file; an index of another format is built anew."""
NAME = "manifest.json"
SETTLED = 2_000_000_000
"""Nanoseconds: a file changed less than this before it was looked at may change again without its times telling."""

Stamp = tuple[int, int, int, int]
"""Size, time of change (ns), time of change of its entry (ns), and number of a file."""


@dataclass(frozen=True)
class Indexed:
    """One acquisition of a run: what its observables were when they were read, and how many row groups they had."""

    name: str
    groups: int
    sha256: str
    stamp: Stamp | None
    """None where the file was too young for its times to be relied on."""

    def holds(self, path: Path) -> "Indexed | None":
        """Return this, with a newer stamp where there is one, if the file is still the same; None if it is not."""
        now = stamp(path)
        if self.stamp is not None and now == self.stamp:
            return self
        if sha256(path) != self.sha256:
            return None
        return Indexed(self.name, self.groups, self.sha256, now)


@dataclass(frozen=True)
class Entry:
    """One run: its file, its shape, and its acquisitions in the order in which their row groups are numbered."""

    file: str
    shape: Shape
    acquisitions: tuple[Indexed, ...]

    @property
    def groups(self) -> int:
        """How many cells there are."""
        return sum(one.groups for one in self.acquisitions)


def stamp(path: Path) -> Stamp | None:
    """Return by what a file is known not to have changed; None while it is too young to tell."""
    told = path.stat()
    if max(told.st_mtime_ns, told.st_ctime_ns) + SETTLED > time.time_ns():
        return None
    return (told.st_size, told.st_mtime_ns, told.st_ctime_ns, told.st_ino)


def load(folder: Path) -> tuple[Entry, ...]:
    """Return the runs that count; none where the manifest is missing, damaged or of another format."""
    try:
        if not (folder / NAME).is_file():
            return ()
        whole = json.loads((folder / NAME).read_text(encoding="utf-8"))
        if whole["format"] != FORMAT or whole["check"] != _check(whole["runs"]):
            return ()
        return tuple(_entry(run) for run in whole["runs"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()


def _entry(run: dict[str, Any]) -> Entry:
    acquisitions = tuple(
        Indexed(one["name"], one["groups"], one["sha256"], tuple(one["stamp"]) if one["stamp"] else None)
        for one in run["acquisitions"]
    )
    return Entry(run["file"], Shape(*run["shape"]), acquisitions)


def save(folder: Path, runs: tuple[Entry, ...]) -> None:
    """Replace the manifest in one step: whoever reads it sees the old runs or the new ones, also after a crash."""
    told = [asdict(run) | {"shape": list(run.shape)} for run in runs]
    text = json.dumps({"format": FORMAT, "check": _check(told), "runs": told}) + "\n"
    temporary = folder / f"{NAME}.tmp"
    for place in (temporary, folder / NAME):
        if place.is_dir() and not place.is_symlink():  # nothing of an index is a folder of this name
            shutil.rmtree(place)
    temporary.unlink(missing_ok=True)  # if it is a pipe, writing would wait for a reader
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / NAME)
    settle(folder)


def settle(folder: Path) -> None:
    """Bring the names in a folder down to the disk, where the system can."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _check(runs: object) -> str:
    return hashlib.sha256(json.dumps(runs, sort_keys=True).encode()).hexdigest()
