"""A question to the confined workers: whatever parses bytes of the evidence runs there, never here."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from perito.base.pool import Pool, Task
from perito.sources.source import Failure


def ask(
    pool: Pool, function: str, arguments: dict[str, Any], *, readable: Iterable[Path], writable: Iterable[Path] = ()
) -> Any | Failure:
    """Return what `perito.sources.<function>` answers in a worker, or a Failure where the worker did not come back."""
    task = Task(
        name=function,
        function=f"perito.sources.{function}",
        arguments=arguments,
        readable=tuple(str(path) for path in readable),
        writable=tuple(str(path) for path in writable),
    )
    for outcome in pool.run([task]):
        if outcome.status == "done":
            return outcome.value
        return Failure("damaged", f"the confined reader was {outcome.status}: {outcome.reason}")
    return Failure("damaged", "the confined reader gave no answer")
