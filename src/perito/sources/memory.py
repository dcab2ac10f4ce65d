"""A private folder in memory, so that what was decrypted need not touch a disk."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perito.base.leftovers import MEMORY, private_folder

SPARE = 256 << 20
SHARE = 4


@contextmanager
def memory_folder() -> Iterator[Path | None]:
    """Give a private folder in memory and delete it at the end; None where the system has no such place.

    A machine that swaps may still write it to its swap space.
    """
    if not _is_memory():
        yield None
        return
    with private_folder(MEMORY) as folder:
        yield folder


def fits(folder: Path, size: int) -> bool:
    """Tell whether `size` more bytes leave enough of the machine's memory, and of the folder's, to everybody else."""
    room = os.statvfs(folder)
    free = room.f_bavail * room.f_frsize
    return size + SPARE < min(free, _available() // SHARE)


def _is_memory() -> bool:
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(line.split(" ")[1:3] == [str(MEMORY), "tmpfs"] for line in mounts) and os.access(MEMORY, os.W_OK)


def _available() -> int:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1_024 for line in lines if line.startswith("MemAvailable:")), 0)
