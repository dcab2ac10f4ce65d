"""A folder of files, or one file alone: read where it lies, links never followed."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from perito.base.text import excerpt
from perito.sources import reading
from perito.sources.source import (
    FILE,
    HERE,
    Entry,
    Fetched,
    Source,
    failed,
    listing_of,
)
from perito.sources.walk import Walk

NESTED = re.compile(r"\.(zip|tar|tgz|tbz2?|txz|tzst|7z|rar|gz|bz2|xz|zst)$", re.IGNORECASE)


class FolderSource(Source):
    """A folder: every name is a POSIX path below it, and `materialise` gives the original place."""

    kind = "folder"

    def __init__(self, place: Path, scratch: Path) -> None:
        walk = Walk(place)
        super().__init__(place, scratch, walk.listing, walk.problems)
        self._odd = walk.odd
        nested = [name for name in self.entries["name"].to_pylist() if NESTED.search(name)]
        if nested:
            self.problem(
                "", f"archives in this folder that were not opened: {len(nested)}", raw=excerpt(", ".join(nested))
            )

    def size_of(self, name: str) -> int | None:
        """Return a file's size as it is now, None where it cannot be looked at."""
        try:
            return os.lstat(self.place / self._odd.get(name, name)).st_size
        except OSError:
            return None

    def room_for(self, size: int) -> int:
        """Return 0: files are read where they lie."""
        del self, size
        return 0

    def _fetch(self, rows: Mapping[str, Entry]) -> Fetched:
        fetched: Fetched = {}
        for name in rows:
            path = Path(f"{self.place}/{self._odd.get(name, name)}")
            try:
                os.close(reading.descriptor(path))
            except OSError as error:
                fetched[name] = failed(error)
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

    def room_for(self, size: int) -> int:
        """Return 0: files are read where they lie."""
        del self, size
        return 0

    def _fetch(self, rows: Mapping[str, Entry]) -> Fetched:
        self._read.add(self.place)
        return dict.fromkeys(rows, self.place)
