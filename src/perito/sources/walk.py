"""The names below a folder, found without recursion and without following a link."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from perito.sources import reading
from perito.sources.source import FILE, FOLDER, HERE, LINK, LISTING, REFUSED, SPECIAL, Problem

MOST_ENTRIES = 5_000_000
BATCH = 32_768
HASHED = re.compile("[0-9a-f]{40}")
STATUS = {FILE: HERE, FOLDER: HERE, LINK: REFUSED, SPECIAL: REFUSED}


class Walk:
    """What a walk found: `listing`, in the same order each time, and `problems`.

    `odd` leads from a name that had to be escaped to the name the system knows. A file whose name is a hash is not
    looked at for its size: so a backup of 200,000 files is listed by its folders alone.
    """

    def __init__(self, root: Path) -> None:
        self.problems: list[Problem] = []
        self.odd: dict[str, str] = {}
        self._rows: list[tuple[str, int | None, str]] = []
        batches: list[pa.RecordBatch] = []
        waiting = [""]
        while waiting and len(batches) * BATCH < MOST_ENTRIES:
            waiting.extend(reversed(self._folder(root, waiting.pop())))
            if len(self._rows) >= BATCH or not waiting:
                batches.append(self._batch())
        if waiting:
            self._problem("", f"more than {MOST_ENTRIES} entries: the rest was not listed")
        self.listing = pa.Table.from_batches(batches, LISTING).combine_chunks()

    def _batch(self) -> pa.RecordBatch:
        names, sizes, types = zip(*self._rows, strict=True) if self._rows else ((), (), ())
        name, kind = pa.array(names, pa.string()), pa.array(types, pa.string())
        status = pa.array([STATUS[one] for one in types], pa.string())
        self._rows = []
        return pa.record_batch([name, pa.array(sizes, pa.int64()), status, name, kind], schema=LISTING)

    def _folder(self, root: Path, below: str) -> list[str]:
        """Note what lies in one folder and return the folders in it, as the system names them."""
        inner: list[str] = []
        entries: list[os.DirEntry[str]] = []
        try:
            with scanned(root / below if below else root) as listed:
                entries.extend(listed)
                entries.sort(key=lambda entry: entry.name)
                above = f"{below}/" if below else ""
                inner = [raw for entry in entries if (raw := self._entry(entry, above + entry.name)) is not None]
        except OSError as error:
            how = "listed in part" if entries else "not listed"
            self._problem(reading.text_of(below), f"this folder was {how}: {error.strerror}")
        return inner

    def _entry(self, entry: "os.DirEntry[str]", raw: str) -> str | None:
        """Note one entry; return its name where it is a folder."""
        name = reading.text_of(raw)
        if name != raw:
            self.odd[name] = raw
        if entry.is_file(follow_symlinks=False):
            hashed = HASHED.fullmatch(entry.name)
            self._rows.append((name, None if hashed else self._size(entry, name), FILE))
            return None
        kind = LINK if entry.is_symlink() else FOLDER if entry.is_dir(follow_symlinks=False) else SPECIAL
        self._rows.append((name, None, kind))
        if kind == SPECIAL:
            self._problem(name, "neither a file, a folder nor a link: not opened")
        return raw if kind == FOLDER else None

    def _size(self, entry: "os.DirEntry[str]", name: str) -> int | None:
        try:
            return entry.stat(follow_symlinks=False).st_size
        except OSError as error:
            self._problem(name, f"its size cannot be read: {error.strerror}")
            return None

    def _problem(self, name: str, reason: str) -> None:
        self.problems.append(Problem("source", name, "", reason))


@contextmanager
def scanned(path: Path) -> Iterator[Iterator["os.DirEntry[str]"]]:
    """List a folder that is no link, leaving its access time where the system can."""
    if os.scandir not in os.supports_fd:
        if path.is_symlink():
            raise NotADirectoryError(20, "a link", str(path))
        with os.scandir(path) as listed:
            yield listed
        return
    number = reading.descriptor(path, folder=True)
    try:
        with os.scandir(number) as listed:
            yield listed
    finally:
        os.close(number)
