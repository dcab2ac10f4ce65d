"""Calls into the Linux kernel that Python has no functions for; each says whether the kernel did as asked."""

import ctypes
import os
import struct
import sys
from functools import cache

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38
NEW_USER, NEW_NETWORK, NEW_IPC, NEW_NAMES = 0x10000000, 0x40000000, 0x08000000, 0x04000000
CAPABILITY_VERSION = 0x20080522
READ_ANY, WRITE_ANY = 1 << 2, 1 << 1
"""CAP_DAC_READ_SEARCH and CAP_DAC_OVERRIDE: what root needs to read a file, and to write a folder, of another user."""


@cache
def library() -> ctypes.CDLL:
    """Return the C library of this process, its `errno` kept for `ctypes.get_errno`."""
    return ctypes.CDLL(None, use_errno=True)


def system_call(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Make a system call by its number; -1 on an error, and always where this is not Linux."""
    if sys.platform != "linux":
        return -1
    call = library().syscall
    call.restype = ctypes.c_long
    wide = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return int(call(ctypes.c_long(number), *wide))


def control(option: int, value: int) -> bool:
    """Set one property of this process (prctl)."""
    if sys.platform != "linux":
        return False
    zero = ctypes.c_ulong(0)
    return bool(library().prctl(option, ctypes.c_ulong(value), zero, zero, zero) == 0)


def die_with_parent() -> bool:
    """Have this process killed when the thread that started it ends."""
    return control(PR_SET_PDEATHSIG, 9)


def separate() -> bool:
    """Leave the network, the shared memory and the host name of the system for empty ones of this process alone.

    An ordinary user needs a user namespace for it. Root takes none: in one it could no longer read other people's
    files, and evidence often belongs to somebody else.
    """
    if sys.platform != "linux":
        return False
    spaces = NEW_NETWORK | NEW_IPC | NEW_NAMES
    if os.geteuid() != 0:
        spaces |= NEW_USER
    return bool(library().unshare(spaces) == 0)


def drop_capabilities(*, write_any: bool) -> bool:
    """Give up every power of root but reading any file and, if asked for, writing any; nothing for other users."""
    if sys.platform != "linux":
        return False
    kept = 0
    if os.geteuid() == 0:
        kept = READ_ANY | (WRITE_ANY if write_any else 0)
        kept &= _permitted()
    header = ctypes.create_string_buffer(struct.pack("=Ii", CAPABILITY_VERSION, 0))
    sets = ctypes.create_string_buffer(struct.pack("=6I", kept, kept, 0, 0, 0, 0))
    return bool(library().capset(header, sets) == 0)


def _permitted() -> int:
    header = ctypes.create_string_buffer(struct.pack("=Ii", CAPABILITY_VERSION, 0))
    sets = ctypes.create_string_buffer(24)
    if library().capget(header, sets) != 0:
        return 0
    return int(struct.unpack("=6I", sets.raw[:24])[1])
