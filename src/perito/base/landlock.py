"""Landlock: this process opens what it was told of and nothing else, whoever owns the files.

https://docs.kernel.org/userspace-api/landlock.html
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from perito.base import kernel

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
WRITE_FILE, READ_FILE, READ_FOLDER = 1 << 1, 1 << 2, 1 << 3
REMOVE_FOLDER, REMOVE_FILE, MAKE_FOLDER, MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
REFER, TRUNCATE = 1 << 13, 1 << 14
READ = READ_FILE | READ_FOLDER
WRITE = READ | WRITE_FILE | REMOVE_FOLDER | REMOVE_FILE | MAKE_FOLDER | MAKE_FILE | REFER | TRUNCATE
OF_FILES = WRITE_FILE | READ_FILE | TRUNCATE
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16, 6: 16, 7: 16, 8: 16, 9: 17}
"""How many rights over files each version of the interface knows."""
NETWORK = 0b11
"""Binding and connecting TCP (from 4)."""
SCOPED = 6
SCOPES = (0b11, 0b01, 0b00)
"""Abstract sockets and signals stay inside (from 6); some kernels say 6 and know only the first."""


def version() -> int:
    """Return the version of the interface that this kernel offers, 0 if none."""
    return max(0, kernel.system_call(CREATE_RULESET, None, 0, 1))


def restrict(readable: Iterable[str], writable: Iterable[str]) -> bool:
    """Let this process read `readable` and write `writable`, with all that lies under them, and open nothing else.

    A path that does not exist is left out. Nothing may be executed, nor links, pipes, sockets or devices be made.
    Descriptors already open stay open. Only the calling thread and what it starts are restricted.
    """
    known = min(version(), max(RIGHTS))
    if not known:
        return False
    handled = (1 << RIGHTS[known]) - 1
    rules = _ruleset(known, handled)
    if rules < 0:
        return False
    try:
        for path in readable:
            _allow(rules, path, READ & handled)
        for path in writable:
            _allow(rules, path, WRITE & handled)
        return kernel.system_call(RESTRICT_SELF, rules, 0) == 0
    finally:
        os.close(rules)


def _ruleset(known: int, handled: int) -> int:
    """Return a descriptor of an empty set of rules for all that this kernel can refuse, -1 if it takes none."""
    network = NETWORK if known >= 4 else 0
    for scopes in SCOPES if known >= SCOPED else (0,):
        attributes = struct.pack("=3Q", handled, network, scopes)[: 24 if scopes else 16 if network else 8]
        rules = kernel.system_call(CREATE_RULESET, ctypes.create_string_buffer(attributes), len(attributes), 0)
        if rules >= 0:
            return rules
    return -1


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= OF_FILES
        rule = ctypes.create_string_buffer(struct.pack("=Qi", rights, place))
        kernel.system_call(ADD_RULE, rules, 1, rule, 0)
    finally:
        os.close(place)
