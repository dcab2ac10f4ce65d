"""A docket: a folder of examined acquisitions, as `perito check` left them, directly in it or one folder down."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from perito.artifacts.scanned import NAME
from perito.base.errors import UsageError

VERDICT, OBSERVABLES, COVERAGE = "verdict.json", "observables.parquet", "coverage.json"
NEEDED = (VERDICT, COVERAGE, OBSERVABLES)
MARKS = frozenset({*NEEDED, "findings.json", "problems.json", "records", ".parts"})
"""A folder that holds one of these is what an examination wrote, whole or not."""
END = b"}\n"
"""How a verdict ends that was written to its end; it is the last of the files that a hunt needs."""


class Acquisition(NamedTuple):
    """One examined acquisition: its name is the path inside the docket, with `/`."""

    name: str
    folder: Path

    @property
    def observables(self) -> Path:
        """The file of everything comparable that was read."""
        return self.folder / OBSERVABLES

    def records(self, artifact: str) -> Path:
        """Where the records of an artifact are stored, if any were read."""
        return self.folder / "records" / f"{artifact}.parquet"

    def stored(self) -> dict[str, Path]:
        """Return where the records of each artifact are stored."""
        return {path.stem: path for path in sorted((self.folder / "records").glob("*.parquet")) if path.is_file()}

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of every file that was read.

        Raises OSError or ValueError where coverage is damaged, or counts records of which no table is there any more.
        """
        rows = self._read(COVERAGE)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError(f"{COVERAGE} is not a list of rows")
        gone = sorted({str(row.get("artifact")) for row in rows if row.get("rows")} - {NAME, *self.stored()})
        if gone:
            raise ValueError(f"{gone[0]}.parquet is gone")
        named = [(row["file"], row["sha256"]) for row in rows if row.get("file") is not None and row.get("sha256")]
        if not all(isinstance(told, str) for pair in named for told in pair):
            raise ValueError(f"{COVERAGE} names files by what is no text")
        return dict(named)

    def verdict(self) -> dict[str, Any]:
        """Return what `verdict.json` says; raises OSError or ValueError where it is damaged."""
        told = self._read(VERDICT)
        if not isinstance(told, dict):
            raise ValueError(f"{VERDICT} is not an object")  # noqa: TRY004 - what the file holds, not a caller's fault
        return told

    def _read(self, name: str) -> Any:
        try:
            return json.loads((self.folder / name).read_text(encoding="utf-8"))
        except RecursionError as error:
            raise ValueError(f"{name} is nested too deeply") from error


class Unhunted(NamedTuple):
    """An acquisition, or what is left of one, in which nothing could be looked for, and why; a `fault` is our own."""

    name: str
    reason: str
    fault: bool = False


@dataclass(frozen=True)
class Docket:
    """Its acquisitions by name, and the folders that are not, or not yet, a whole one."""

    folder: Path
    acquisitions: tuple[Acquisition, ...]
    unhunted: list[Unhunted] = field(default_factory=list)


def open_docket(folder: Path) -> Docket:
    """List the acquisitions of a docket; cost: a directory and two small reads an acquisition.

    A folder whose examination did not end is told as such and never hunted in. UsageError where there is none at all.
    """
    try:
        names = _names(folder)
    except OSError as error:
        raise UsageError(
            str(folder), error.strerror or "cannot be read", hint="give a folder of examined cases"
        ) from error
    if names & MARKS:
        raise UsageError(
            str(folder),
            "is itself what an examination wrote, not a folder of such folders",
            "nothing was looked for",
            f"give the folder that holds it: {folder.absolute().parent}",
        )
    found: list[Acquisition] = []
    unhunted: list[Unhunted] = []
    whole = folder.absolute()  # rules are run by workers, which have a working directory of their own
    for name in sorted(names):
        _visit(whole / name, name, found, unhunted, deeper=True)
    if not found and not unhunted:
        raise UsageError(
            str(folder),
            f"no examined acquisition in it, nor one folder down (none holds a {VERDICT})",
            "nothing was looked for",
            "a docket is a folder of folders that `perito check PATH --out DOCKET/NAME` wrote",
        )
    return Docket(folder, tuple(found), unhunted)


def _visit(folder: Path, name: str, found: list[Acquisition], unhunted: list[Unhunted], *, deeper: bool) -> None:
    try:
        names = _names(folder)
    except NotADirectoryError:
        return
    except OSError as error:
        unhunted.append(Unhunted(name, f"cannot be read: {error.strerror}"))
        return
    if names & MARKS:
        reason = _unfinished(folder, names)
        if reason:
            unhunted.append(Unhunted(name, reason))
        else:
            found.append(Acquisition(name, folder))
    elif deeper:
        for inner in sorted(names):
            _visit(folder / inner, f"{name}/{inner}", found, unhunted, deeper=False)


def _names(folder: Path) -> frozenset[str]:
    """Return the names in a folder; hidden ones only where they tell of an examination that did not end."""
    return frozenset(
        name
        for name in os.listdir(folder)  # noqa: PTH208 - a Path for each of thousands is not needed
        if not name.startswith(".") or name in MARKS
    )


def _unfinished(folder: Path, names: frozenset[str]) -> str:
    """Say why a folder is not a whole run; nothing when it is one."""
    missing = [name for name in NEEDED if name not in names]
    if missing:
        return f"its examination did not end, or something was taken away: no {', '.join(missing)}"
    try:
        odd = next((name for name in NEEDED if not (folder / name).is_file()), "")
        if odd:  # a pipe would be waited for without an end
            return f"{odd} cannot be read: not a file"
        with (folder / VERDICT).open("rb") as file:
            file.seek(-min(len(END), os.fstat(file.fileno()).st_size), os.SEEK_END)
            end = file.read()
    except OSError as error:
        return f"{VERDICT} cannot be read: {error.strerror}"
    return "" if end == END else f"its examination did not end: {VERDICT} is cut short"
