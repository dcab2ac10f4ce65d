"""Open whatever an examiner was handed: what it is, is told from its content, never from its name."""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from perito.base.errors import EvidenceError, NotRecognised, UsageError
from perito.base.pool import Pool
from perito.sources import reading, tar_members, unpack, zip_members
from perito.sources.archive import ArchiveSource
from perito.sources.archive_worker import ZIP
from perito.sources.folder import FileSource, FolderSource
from perito.sources.itunes_backup import PLISTS, BackupSource
from perito.sources.source import HERE, Source
from perito.sources.unlock import Password

ABOVE = r"^(?:[^/]*/){0,15}"
LISTS = ABOVE + r"(?:Manifest\.db|Manifest\.mbdb)$"
HASHED = r"^(?P<root>(?:[^/]*/){0,15}?)(?:(?P<two>[0-9a-fA-F]{2})/)?(?P<id>[0-9a-fA-F]{40})$"
NOT_READ = {
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
}
NOTHING = "nothing was examined"


def open_source(
    path: Path,
    *,
    password: Password | None = None,
    scratch: Path,
    pool: Pool,
    known_names: Iterable[str] = (),
    memory: Path | None = None,
) -> Source:
    """Return the container at `path`, opened for reading; use it in a `with` block.

    `password` is asked only where the content is encrypted. `known_names` (`<Domain>/<relativePath>`) give the files
    of a backup without a readable manifest their names back. Copies go to `scratch`, decrypted ones to `memory` as long
    as they fit there (see `memory_folder`). UsageError where there is nothing at `path`,
    WrongPassword, NotRecognised, or another EvidenceError where what is there cannot be read.
    """
    place = _resolved(path)
    container = _container(place, scratch.resolve(), pool)
    with ExitStack() as undo:
        undo.callback(container.close)
        root = _backup_root(container)
        if root is None:
            undo.pop_all()
            return container
        backup = BackupSource(container, root, pool, memory)
        undo.pop_all()
        undo.callback(backup.close)
        backup.open(password, known_names)
        undo.pop_all()
        return backup


def _resolved(path: Path) -> Path:
    try:
        return path.resolve(strict=True)
    except FileNotFoundError:
        raise UsageError(str(path), "there is no such file or folder", "", "check the path") from None
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError) -> EvidenceError:
    return EvidenceError(
        str(path),
        f"cannot be read: {error.strerror or error}",
        NOTHING,
        "may you read it? On a Mac, the folder of Finder's backups also asks for Full Disk Access for the terminal",
    )


def _container(place: Path, scratch: Path, pool: Pool) -> Source:
    if place.is_dir():
        return _folder(place, scratch)
    if not place.is_file():
        raise EvidenceError(str(place), "neither a file nor a folder", NOTHING, "give a file or a folder")
    try:
        start = reading.head(place)
    except OSError as error:
        raise _unreadable(place, error) from None
    if not start:
        raise EvidenceError(str(place), "an empty file (0 bytes)", NOTHING, "was it copied to its end?")
    for magic, what in NOT_READ.items():
        if start.startswith(magic):
            raise NotRecognised(str(place), f"{what}, which is not read here", NOTHING, "unpack it into a folder first")
    packed = start.startswith(ZIP) or unpack.compression(start)
    if packed or tar_members.looks(start[: len(tar_members.END)]) or _ends_like_zip(place, start):
        return _archive(place, scratch, pool)
    return FileSource(place, scratch)


def _ends_like_zip(place: Path, start: bytes) -> bool:
    with reading.evidence(place) as file:
        return zip_members.ends_like_one(file, start, file.seek(0, 2))


def _folder(place: Path, scratch: Path) -> Source:
    source = FolderSource(place, scratch)
    if source.entries.num_rows:
        return source
    source.close()
    if any(problem.file == "" for problem in source.problems):
        raise _unreadable(place, PermissionError(13, source.problems[0].reason))
    raise EvidenceError(str(place), "an empty folder", NOTHING, "was it copied to its end?")


def _archive(place: Path, scratch: Path, pool: Pool) -> Source:
    source = ArchiveSource(place, scratch, pool)
    here = pc.sum(pc.equal(source.entries["status"], HERE)).as_py()
    if here:
        return source
    source.close()
    told = "; ".join(dict.fromkeys(problem.reason for problem in source.problems[:5])) or "it is empty"
    raise EvidenceError(str(place), f"an archive with no file that can be read: {told}", NOTHING)


def _backup_root(source: Source) -> str | None:
    """Return the folder inside the source that is a backup ("" for its top, else with a slash), None if none is."""
    names = source.files()
    if len(names) <= 1:
        return None
    lists = [name.rpartition("/") for name in names.filter(pc.match_substring_regex(names, LISTS)).to_pylist()]
    roots = {folder + slash for folder, slash, _ in lists if _has_backup(names, folder + slash)}
    outside = names
    for root in roots:
        outside = outside.filter(pc.invert(pc.starts_with(outside, root)))
    roots |= _roots_of_hashed(outside)
    roots = {root for root in roots if not any(root != other and root.startswith(other) for other in roots)}
    if len(roots) <= 1:
        return next(iter(roots), None)
    told = ", ".join(sorted(root.rstrip("/") for root in roots))
    raise EvidenceError(
        str(source.place),
        f"{len(roots)} backups lie in here: {told}",
        "nothing was examined: each backup is an acquisition of its own",
        "give the folder of one of them, or each of them: `perito check FOLDER FOLDER ... --out RESULTS`",
    )


def _has_backup(names: pa.ChunkedArray, root: str) -> bool:
    beside = pc.is_in(names, value_set=pa.array([root + plist for plist in PLISTS], pa.string()))
    if pc.any(beside).as_py():
        return True
    below = names.filter(pc.starts_with(names, root))
    return bool(pc.any(pc.match_substring_regex(below, "(?:^|/)[0-9a-fA-F]{40}$")).as_py())


def _roots_of_hashed(names: pa.ChunkedArray) -> set[str]:
    """Return the folders that hold files named and sorted as a backup's are, though no list lies with them."""
    parts = pc.extract_regex(names, HASHED).drop_null()
    root, two, number = (pc.struct_field(parts, one) for one in ("root", "two", "id"))
    sorted_in = pc.equal(pc.utf8_lower(two), pc.utf8_lower(pc.utf8_slice_codeunits(number, 0, 2)))
    beside = pc.unique(root.filter(pc.equal(two, ""))).to_pylist()
    return {
        *pc.unique(root.filter(sorted_in)).to_pylist(),
        *(one for one in beside if pc.any(pc.is_in(names, pa.array([one + plist for plist in PLISTS]))).as_py()),
    }
