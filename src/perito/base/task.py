"""What a worker is asked to do, and what became of it."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from perito.base.limits import Limits


@dataclass(frozen=True, slots=True)
class Task:
    """One call of `package.module:function` with JSON arguments in a process of its own.

    Paths in `readable` (files or folders) and `writable` (folders) are all that the call can open; name them, and
    those in `arguments`, in full: a worker stands in its first writable folder.
    """

    name: str
    function: str
    arguments: dict[str, Any] = field(default_factory=dict)
    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)

    def order(self) -> bytes:
        """Return the task as the JSON its worker gets; arguments that are not JSON are a TypeError."""
        return json.dumps(
            {
                "function": self.function,
                "arguments": self.arguments,
                "readable": [str(Path(path).resolve()) for path in self.readable],
                "writable": [str(Path(path).resolve()) for path in self.writable],
                "limits": asdict(self.limits),
            }
        ).encode()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a task: done, raised, killed, timed out, or out of memory.

    `value` is the JSON it returned if done, else None; `reason` says in printable characters why it is not done.
    """

    task: Task
    status: str
    value: Any = None
    reason: str = ""
