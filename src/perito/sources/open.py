"""Open whatever an examiner was handed: what it is, is told from its content, never from its name."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from perito.base.errors import EvidenceError
from perito.base.pool import Pool
from perito.sources.folder import FileSource, FolderSource
from perito.sources.itunes_backup import BackupSource
from perito.sources.manifest import MANIFESTS
from perito.sources.source import Source

Password = Callable[[], str]


def open_source(
    path: Path,
    *,
    password: Password | None = None,
    scratch: Path,
    pool: Pool,
    known_names: Iterable[str] = (),
) -> Source:
    """Return the container at `path`, opened for reading; use it in a `with` block.

    `password` is asked only where the content is encrypted. `known_names` (`<Domain>/<relativePath>`) give the files
    of a backup without a readable manifest their names back. EvidenceError where there is nothing to examine.
    """
    try:
        path.lstat()
    except OSError as error:
        raise EvidenceError(str(path), error.strerror or "cannot be looked at") from None
    if not path.is_dir():
        return FileSource(path, scratch)
    root = _backup_root(path)
    if root is None:
        return FolderSource(path, scratch)
    return BackupSource(
        FolderSource(path, scratch, sizes=False), root, scratch, pool, password=password, known_names=known_names
    )


def _backup_root(path: Path) -> str | None:
    if any((path / name).is_file() for name in MANIFESTS):
        return ""
    found = [entry.name for entry in os.scandir(path) if entry.is_dir(follow_symlinks=False)]
    roots = [f"{name}/" for name in sorted(found) if any((path / name / manifest).is_file() for manifest in MANIFESTS)]
    return roots[0] if roots else None
