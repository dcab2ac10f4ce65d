"""A filter on system calls: no sockets, programs or processes, no touching of files' metadata, no odd kernel parts.

https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

import ctypes
import errno
import os
import platform
import struct
import sys

from perito.base import kernel, syscalls

MACHINES = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}
"""Column in the tables of calls, what the kernel calls the machine, and the number of seccomp itself."""
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, MACHINE, ARGUMENT = 0, 4, 16
"""Offsets in what a filter sees of a call."""
ALLOW, KILL = 0x7FFF0000, 0x80000000
REFUSE, UNKNOWN = 0x00050000 | errno.EPERM, 0x00050000 | errno.ENOSYS
THREAD = 0x00010000
SET_NAME, GET_NAME, NAME_MEMORY = 15, 16, 0x53564D41
SET_FILTER, ALL_THREADS = 1, 1


def restrict() -> bool:
    """Put the filter on every thread of this process; needs PR_SET_NO_NEW_PRIVS. False where there is no filter."""
    machine = MACHINES.get(platform.machine())
    if machine is None or sys.platform != "linux" or sys.maxsize < 1 << 32:
        return False
    column, name, call = machine
    code = program(column, name, os.getpid())
    instructions = ctypes.create_string_buffer(code)
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(instructions))
    return kernel.system_call(call, SET_FILTER, ALL_THREADS, ctypes.create_string_buffer(header)) == 0


def program(column: int, machine: int, process: int) -> bytes:
    """Return the filter as instructions of classic BPF, for one machine and the process with id `process`."""
    lines = [
        _line(LOAD, MACHINE),
        _line(EQUAL, machine, 1, 0),
        _line(RETURN, KILL),
        _line(LOAD, NUMBER),
        _line(AT_LEAST, syscalls.LAST_KNOWN + 1, 0, 1),
        _line(RETURN, UNKNOWN),
    ]
    for number in _numbers(column, syscalls.CLONE3):
        lines += [_line(EQUAL, number, 0, 1), _line(RETURN, UNKNOWN)]
    for table in (syscalls.NETWORK, syscalls.PROCESSES, syscalls.METADATA, syscalls.KERNEL):
        for number in _numbers(column, table):
            lines += [_line(EQUAL, number, 0, 1), _line(RETURN, REFUSE)]
    for number in _numbers(column, syscalls.SIGNALS):
        lines += _if_argument(number, [_line(EQUAL, process, 0, 1)])
    for number in _numbers(column, syscalls.OWN):
        lines += _if_argument(number, [_line(EQUAL, 0, 1, 0), _line(EQUAL, process, 0, 1)])
    for number in _numbers(column, syscalls.CLONE):
        lines += _if_argument(number, [_line(ANY_BIT, THREAD, 0, 1)])
    for number in _numbers(column, syscalls.PRCTL):
        names = [_line(EQUAL, SET_NAME, 2, 0), _line(EQUAL, GET_NAME, 1, 0), _line(EQUAL, NAME_MEMORY, 0, 1)]
        lines += _if_argument(number, names)
    return b"".join([*lines, _line(RETURN, ALLOW)])


def _if_argument(number: int, tests: list[bytes]) -> list[bytes]:
    """Return lines for one call: allowed if its first argument passes `tests`, which end on allow or one line on."""
    return [
        _line(EQUAL, number, 0, len(tests) + 3),
        _line(LOAD, ARGUMENT),
        *tests,
        _line(RETURN, ALLOW),
        _line(RETURN, REFUSE),
    ]


def _numbers(column: int, table: syscalls.Numbers) -> list[int]:
    return sorted(number for numbers in table.values() if (number := numbers[column]) is not None)


def _line(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)
