"""A folder of files, or one file alone: read where it lies, links never followed."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from perito.sources import reading
from perito.sources.source import (
    FILE,
    FOLDER,
    HERE,
    LINK,
    REFUSED,
    SPECIAL,
    Entry,
    Failure,
    Fetched,
    Problem,
    Source,
    listing_of,
)

HASHED = re.compile("[0-9a-f]{40}")
MOST_ENTRIES = 5_000_000


class FolderSource(Source):
    """A folder: every name is a POSIX path below it, and `materialise` gives the original place."""

    kind = "folder"

    def __init__(self, place: Path, scratch: Path) -> None:
        walk = Walk(place)
        super().__init__(place, scratch, walk.listing(), walk.problems)
        self._odd = walk.odd

    def size_of(self, name: str) -> int | None:
        """Return a file's size as it is now, None where it cannot be looked at."""
        try:
            return os.lstat(self.place / self._odd.get(name, name)).st_size
        except OSError:
            return None

    def _fetch(self, rows: Mapping[str, Entry]) -> Fetched:
        fetched: Fetched = {}
        for name in rows:
            path = self.place / self._odd.get(name, name)
            try:
                os.close(reading.descriptor(path))
            except OSError as error:
                fetched[name] = Failure("damaged", error.strerror or "cannot be opened")
                continue
            fetched[name] = path
            self._read.add(path)
        return fetched


class FileSource(Source):
    """One file alone; its only name is its own, and the acquisition's SHA-256 is the file's."""

    kind = "file"

    def __init__(self, place: Path, scratch: Path) -> None:
        name = reading.text_of(place.name)
        row: dict[str, list[object]] = {
            "name": [name],
            "size": [place.stat().st_size],
            "status": [HERE],
            "stored": [name],
            "type": [FILE],
        }
        super().__init__(place, scratch, listing_of(row))
        self._name = name

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file itself."""
        return self.sha256_of(self._name)

    def _fetch(self, rows: Mapping[str, Entry]) -> Fetched:
        self._read.add(self.place)
        return dict.fromkeys(rows, self.place)


class Walk:
    """The names below a folder, found without recursion and without following a link.

    `odd` leads from a name that had to be escaped to the name the system knows. A file whose name is a hash is not
    looked at for its size: so a backup of 200,000 files is listed by its folders alone.
    """

    def __init__(self, root: Path) -> None:
        self.problems: list[Problem] = []
        self.odd: dict[str, str] = {}
        self._names: list[object] = []
        self._sizes: list[object] = []
        self._types: list[object] = []
        waiting = [""]
        while waiting and len(self._names) < MOST_ENTRIES:
            waiting.extend(self._folder(root, waiting.pop()))
        if waiting:
            self._problem("", f"more than {MOST_ENTRIES} entries: the rest was not listed")

    def listing(self) -> pa.Table:
        """Return the rows sorted by name; a link or a special file is `refused`."""
        status = {FILE: HERE, FOLDER: HERE, LINK: REFUSED, SPECIAL: REFUSED}
        return listing_of(
            {
                "name": self._names,
                "size": self._sizes,
                "status": [status[str(kind)] for kind in self._types],
                "stored": self._names,
                "type": self._types,
            }
        )

    def _folder(self, root: Path, below: str) -> list[str]:
        inner: list[str] = []
        try:
            number = reading.descriptor(root / below if below else root, folder=True)
        except OSError as error:
            self._problem(reading.text_of(below), f"this folder cannot be listed: {error.strerror}")
            return inner
        try:
            with os.scandir(number) as listed:
                for entry in listed:
                    inner.extend(self._entry(entry, below))
        except OSError as error:
            self._problem(reading.text_of(below), f"this folder was listed in part: {error.strerror}")
        finally:
            os.close(number)
        return inner

    def _entry(self, entry: "os.DirEntry[str]", below: str) -> list[str]:
        raw = f"{below}/{entry.name}" if below else entry.name
        name = reading.text_of(raw)
        if name != raw:
            self.odd[name] = raw
        kind = _type(entry)
        self._names.append(name)
        self._types.append(kind)
        self._sizes.append(self._size(entry, name) if kind == FILE and not HASHED.fullmatch(entry.name) else None)
        if kind == SPECIAL:
            self._problem(name, "neither a file, a folder nor a link: not opened")
        return [raw] if kind == FOLDER else []

    def _size(self, entry: "os.DirEntry[str]", name: str) -> int | None:
        try:
            return entry.stat(follow_symlinks=False).st_size
        except OSError as error:
            self._problem(name, f"its size cannot be read: {error.strerror}")
            return None

    def _problem(self, name: str, reason: str) -> None:
        self.problems.append(Problem("source", name, "", reason))


def _type(entry: "os.DirEntry[str]") -> str:
    if entry.is_symlink():
        return LINK
    if entry.is_dir(follow_symlinks=False):
        return FOLDER
    return FILE if entry.is_file(follow_symlinks=False) else SPECIAL
