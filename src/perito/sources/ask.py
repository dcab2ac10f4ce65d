"""Questions to the confined workers: whatever parses bytes of the evidence runs there, never here."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from perito.base.limits import GIB, Limits
from perito.base.pool import Pool, Task
from perito.sources.source import Failure

PATIENT = Limits(memory=2 * GIB, cpu_seconds=3_600, wall_seconds=7_200, file_bytes=64 * GIB)
"""For what reads a whole container."""


def task(
    function: str,
    arguments: dict[str, Any],
    *,
    readable: Iterable[Path],
    writable: Iterable[Path] = (),
    limits: Limits | None = None,
) -> Task:
    """Return the task of calling `perito.sources.<function>` with these paths in reach."""
    return Task(
        name=function,
        function=f"perito.sources.{function}",
        arguments=arguments,
        readable=tuple(str(path) for path in readable),
        writable=tuple(str(path) for path in writable),
        limits=limits or Limits(),
    )


def ask(pool: Pool, tasks: Sequence[Task]) -> list[Any]:
    """Return the answers in order of the tasks; a Failure stands where a worker did not come back with one."""
    answers: dict[int, Any] = {}
    numbers = {id(one): number for number, one in enumerate(tasks)}
    for outcome in pool.run(tasks):
        answer = outcome.value
        if outcome.status != "done":
            answer = Failure("damaged", f"the confined reader was stopped ({outcome.status}): {outcome.reason}")
        answers[numbers[id(outcome.task)]] = answer
    lost = Failure("damaged", "the confined reader gave no answer")
    return [answers.get(number, lost) for number in range(len(tasks))]
