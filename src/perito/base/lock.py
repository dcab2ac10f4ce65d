"""A file that one process at a time holds: what a crash leaves behind is free again, on every system."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAIT = 0.05
"""Seconds between two tries where the system cannot wait for a lock itself (Windows)."""
NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Wait until nobody else holds the file, which is made if need be, and hold it while the block runs."""
    descriptor = opened(path)
    try:
        while not take(descriptor, wait=True):
            time.sleep(WAIT)
        yield
    finally:
        os.close(descriptor)  # the system frees what the process held, as it does when the process dies


def opened(path: Path) -> int:
    """Return a descriptor of the file for `take`, readable by its owner only; a link is not followed."""
    return os.open(path, os.O_RDWR | os.O_CREAT | NO_FOLLOW, 0o600)


def take(descriptor: int, *, wait: bool = False) -> bool:
    """Hold the file and say whether it took; `wait` lets the system wait where it can, else it may have to be asked again.

    Held by the process until the descriptor is closed. On a network file system it needs one with locks (NFS 4, SMB).
    """
    if sys.platform == "win32":
        return _windows(descriptor)
    return _posix(descriptor, wait=wait)


def _posix(descriptor: int, *, wait: bool) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _windows(descriptor: int) -> bool:
    """Lock the first byte, which need not be there; Windows cannot wait for it longer than ten seconds."""
    import msvcrt

    lock, mode = getattr(msvcrt, "locking"), getattr(msvcrt, "LK_NBLCK")  # noqa: B009 - unknown to other systems' types
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        lock(descriptor, mode, 1)
    except PermissionError:
        return False
    return True
