"""How many acquisitions are examined at once on one machine: small ones side by side, large ones one by one."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

SMALL = 256 << 20
"""Bytes as they lie there, up to which an acquisition gains more from company than from a second worker of its own."""
ARCHIVED = 4
"""Times that an archive is taken to grow when it is opened."""
ENTRIES = 100_000
"""Files looked at before a folder is taken to be large."""
NEEDED = 600 << 20
"""Bytes of memory that one examination may take with all its processes."""


def size(path: Path) -> int:
    """Return about how many bytes an acquisition holds; no more than is needed to know that it is large, 0 if unknown."""
    if path.is_file():
        return path.stat().st_size * ARCHIVED
    total = 0
    for number, one in enumerate(_below(path)):
        total += one
        if total > SMALL or number > ENTRIES:
            return max(total, SMALL + 1)
    return total


def _below(path: Path) -> Iterator[int]:
    for folder, _, names in os.walk(path):
        for name in names:
            with suppress(OSError):
                yield os.lstat(os.path.join(folder, name)).st_size  # noqa: PTH118 - there may be very many


def at_once(jobs: int) -> int:
    """Return how many small acquisitions are examined together: as many as jobs, fewer where memory is short."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):
        return jobs
    return max(1, min(jobs, free // NEEDED))
