"""What every opened container offers: its files by name, what it says of the device, and readable copies."""

import errno
import hashlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import NamedTuple, Self

import pyarrow as pa
import pyarrow.compute as pc

from perito.base.errors import EvidenceError
from perito.sources import reading
from perito.sources.memory import fits

HERE, MISSING, REFUSED, ENCRYPTED = "here", "missing", "refused", "encrypted"
FILE, FOLDER, LINK, SPECIAL = "file", "folder", "link", "special"
LISTING = pa.schema(
    [
        ("name", pa.string()),
        ("size", pa.int64()),
        ("status", pa.string()),
        ("stored", pa.string()),
        ("type", pa.string()),
    ]
)
SIDE_FILES = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database: to be read, they must lie beside it again."""
ROOT_FILES = ("Info.plist", "Manifest.db", "Manifest.mbdb", "Manifest.plist", "Status.plist")


class Problem(NamedTuple):
    """A place that was seen but not understood: `file` is a name inside the source, `raw` an excerpt."""

    artifact: str
    file: str
    ref: str
    reason: str
    raw: str = ""


class Failure(NamedTuple):
    """Why a file cannot be had: `status` is missing, refused, encrypted or damaged."""

    status: str
    reason: str


class Entry(NamedTuple):
    """One row of a listing: `stored` is the place inside the container, `size` None where only the content tells."""

    name: str
    size: int | None
    status: str
    stored: str
    type: str


Fetched = dict[str, Path | Failure]


class Source:
    """An opened container: a read-only tree of named files.

    `listing` holds every row, folders and links included; `entries` only what could hold content. `doubtful` names the
    files of which the names say nothing, in a container that has a list. Which facts of `device` point at a person,
    `perito.sources.device.PERSONAL` says.
    """

    kind = "source"

    def __init__(self, place: Path, scratch: Path, listing: pa.Table, problems: Iterable[Problem] = ()) -> None:
        self.place = place
        self.shared = scratch
        self.scratch = Path(tempfile.mkdtemp(prefix=f"{self.kind}-", dir=scratch))
        self.memory: Path | None = None
        self.listing = listing
        self.problems: list[Problem] = list(problems)
        self.device: dict[str, str] = {}
        self.doubtful: tuple[str, ...] = ()
        self._numbers = itertools.count()
        self._digests: dict[str, str] = {}
        self._paths: dict[str, Path] = {}
        self._read: set[Path] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def entries(self) -> pa.Table:
        """The rows that could hold content: name, size, status (here, missing, refused, encrypted), stored, type."""
        return self.listing.filter(pc.not_equal(self.listing["type"], FOLDER))

    def files(self) -> pa.ChunkedArray:
        """Return the names of the files alone, whatever their status."""
        return self.listing["name"].filter(pc.equal(self.listing["type"], FILE))

    @property
    def sha256(self) -> str:
        """The acquisition's SHA-256: of the file, where it is one, else over the listing.

        A folder of loose files has no manifest to stand for it: its lines are `<size>  <name>`, sorted, and a backup's
        are `<sha256>  <name>` of its manifest files.
        """
        rows = zip(self.listing["size"].to_pylist(), self.listing["name"].to_pylist(), strict=True)
        lines = sorted(f"{size}  {name}\n" for size, name in rows)
        return hashlib.sha256("".join(lines).encode("utf-8", "backslashreplace")).hexdigest()

    def materialise(self, names: Iterable[str]) -> Fetched:
        """Return for each name a path to plain bytes, or why there is none; a batch costs one pass over an archive.

        The path is the original place where that is a plain file, else a private copy in scratch: never write to it.
        A database asked for together with its `-wal`, `-shm` or `-journal` is copied into one folder with them,
        under their own names, so that SQLite finds them and changes only the copies.
        """
        asked = list(dict.fromkeys(names))
        found: Fetched = {name: self._paths[name] for name in asked if name in self._paths}
        wanted = [name for name in asked if name not in found]
        rows = self._rows(wanted)
        for name in wanted:
            if (refusal := _refusal(rows.get(name))) is not None:
                found[name] = refusal
        found.update(self._fetch({name: row for name, row in rows.items() if name not in found}))
        self._lay_side_by_side(found)
        self._paths.update({name: path for name, path in found.items() if isinstance(path, Path)})
        return {name: found[name] for name in asked}

    def sha256_of(self, name: str) -> str:
        """Return the SHA-256 of a file as it is parsed (decrypted, unpacked); KeyError where there is none."""
        if name not in self._digests:
            path = self.materialise([name])[name]
            if isinstance(path, Failure):
                raise KeyError(name)
            self._digests.setdefault(name, reading.digest(path))
        return self._digests[name]

    def digest_of(self, names: Iterable[str]) -> str:
        """Return the SHA-256 over the sorted lines `<sha256>  <file name>` of those files that are here."""
        found = self.materialise(names)
        here = [name for name, path in found.items() if isinstance(path, Path)]
        lines = sorted(f"{self.sha256_of(name)}  {name.rpartition('/')[2]}\n" for name in here)
        return hashlib.sha256("".join(lines).encode("utf-8", "backslashreplace")).hexdigest()

    def size_of(self, name: str) -> int | None:
        """Return a file's size as stored, None where nothing tells it."""
        row = self._rows([name]).get(name)
        return row.size if row else None

    def problem(self, file: str, reason: str, ref: str = "", raw: str = "") -> None:
        """Note a place that was seen but not understood."""
        self.problems.append(Problem("source", file, ref, reason, raw))

    def evidence_files(self) -> list[Path]:
        """Return the real files that were opened so far, sorted."""
        return sorted(self._read)

    def close(self) -> None:
        """Delete every copy that was made; paths of originals stay good."""
        self._paths.clear()
        for folder in (self.scratch, self.memory):
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)

    def room_for(self, size: int) -> int:
        """Return how many bytes of the scratch folder it takes to have a file of this size; none for an original."""
        del self
        return size

    def release(self, name: str) -> None:
        """Delete the copy of a file that is not needed any more; an original is left alone."""
        path = self._paths.pop(name, None)
        if path is not None and self.owns(path):
            path.unlink(missing_ok=True)

    def _fetch(self, rows: Mapping[str, Entry]) -> Fetched:
        raise NotImplementedError

    def _rows(self, names: list[str]) -> dict[str, Entry]:
        mask = pc.is_in(self.listing["name"], value_set=pa.array(names, pa.string()))
        rows = self.listing.filter(mask).to_pylist()
        found: dict[str, Entry] = {}
        for row in rows:
            found.setdefault(row["name"], Entry(**row))
        return found

    def _fresh_folder(self, size: int | None = None) -> Path:
        """Return a new folder for copies: in memory where so many bytes fit there."""
        top = self.scratch
        if self.memory is not None and size is not None and fits(self.memory, size):
            top = self.memory
        folder = top / str(next(self._numbers))
        folder.mkdir(mode=0o700)
        return folder

    def owns(self, path: Path) -> bool:
        """Tell whether a path is a copy that this source made."""
        return path.is_relative_to(self.scratch) or (self.memory is not None and path.is_relative_to(self.memory))

    def _lay_side_by_side(self, fetched: Fetched) -> None:
        for name, path in list(fetched.items()):
            family = {name: path, **{name + side: fetched.get(name + side) for side in SIDE_FILES}}
            members = {member: one for member, one in family.items() if isinstance(one, Path)}
            near = any(isinstance(one, Failure) and one.status != MISSING for one in family.values())
            if name in members and (len(members) > 1 or near):
                fetched.update(self._together(name, members))

    def _together(self, name: str, members: Mapping[str, Path]) -> Fetched:
        names = {member: safe_base(name) + member[len(name) :] for member in members}
        folder = members[name].parent
        if self.owns(folder) and all(folder / names[one] == members[one] for one in members):
            return {}  # they are such copies already
        folder = self._fresh_folder(sum(path.stat().st_size for path in members.values()) if self.memory else None)
        copied: Fetched = {}
        for member, original in members.items():
            copied[member] = target = folder / names[member]
            try:
                if member in self._paths or not self.owns(original):
                    self._digests[member] = reading.copy(original, target)
                else:  # a copy that nobody was told of yet
                    shutil.move(original, target)
            except OSError as error:
                copied[member] = failed(error)
        return copied


def failed(error: OSError) -> Failure:
    """Return what an error of the system means for one file; EvidenceError where the scratch folder is full."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        raise EvidenceError(
            "scratch folder",
            f"no room for copies: {error.strerror}",
            "the acquisition was not fully examined",
            "free some space, or set TMPDIR to a folder on a larger disk",
        ) from error
    return Failure("damaged", f"it cannot be read: {error.strerror}")


def _refusal(row: Entry | None) -> Failure | None:
    if row is None:
        return Failure(MISSING, "no such name in this acquisition")
    if row.type == FOLDER:
        return Failure(REFUSED, "a folder")
    if row.type == LINK:
        return Failure(REFUSED, "a link, which is not followed")
    if row.type == SPECIAL:
        return Failure(REFUSED, "neither a file nor a folder")
    if row.status == MISSING:
        return Failure(MISSING, "listed, but its content is not in this acquisition")
    return None if row.status == HERE else Failure(row.status, "listed, but it cannot be read")


def safe_base(name: str) -> str:
    """Return a file name for scratch: it keeps the letters a parser may look at, and is no path and no dot file."""
    base = PurePosixPath(name).name[-100:]
    kept = "".join(one if one.isascii() and (one.isalnum() or one in "._-@+=, ") else "_" for one in base)
    return kept if kept.strip("._ ") and os.sep not in kept else "content"


def listing_of(columns: Mapping[str, Sequence[object]]) -> pa.Table:
    """Return a listing from plain lists, sorted by name, then place, so that two runs list alike."""
    return pa.table(columns, schema=LISTING).sort_by([("name", "ascending"), ("stored", "ascending")])
