"""Memory handed back: a run's stages each need some for a moment, and together they must stay small."""

import ctypes
import sys

import pyarrow as pa

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Of glibc's malloc.h: from what size a block is mapped by itself, and so given back at once; how many heaps there are."""


def be_frugal(threads: int) -> None:
    """Let Arrow take memory from the system's allocator, which can give it back, and use few threads."""
    pa.set_memory_pool(pa.system_memory_pool())
    pa.set_cpu_count(threads)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(M_ARENA_MAX, threads)
        mallopt(M_MMAP_THRESHOLD, 1 << 22)


def give_back() -> None:
    """Return freed memory to the system where the C library can (glibc); elsewhere it stays with this process."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
