"""Memory handed back: a run's stages each need some for a moment, and together they must stay small."""

import ctypes
import sys

import pyarrow as pa


def be_frugal(threads: int) -> None:
    """Let Arrow take memory from the system's allocator, which can give it back, and use few threads."""
    pa.set_memory_pool(pa.system_memory_pool())
    pa.set_cpu_count(threads)


def give_back() -> None:
    """Return freed memory to the system where the C library can (glibc); elsewhere it stays with this process."""
    pa.default_memory_pool().release_unused()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
