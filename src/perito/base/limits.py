"""How much of a machine one piece of evidence may use."""

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Caps on one worker process.

    `memory` is address space in bytes beyond what the process has when its task begins; `mapped` bytes more are for
    files mapped to be read, which take no memory that the system could not have back; `file_bytes` is the size of
    any one file it writes (their number is not capped); `reply_bytes` is the JSON it sends back. At `cpu_seconds`, or
    at nine tenths of `wall_seconds`, the task is told (`OutOfTime`); soon after the one, and at the end of the other,
    it is killed.
    """

    memory: int = GIB
    mapped: int = 0
    cpu_seconds: float = 120
    wall_seconds: float = 300
    file_bytes: int = 4 * GIB
    open_files: int = 256
    reply_bytes: int = 64 * MIB
