"""What the tests have processes do, some of it on purpose badly."""

import os
import signal
from pathlib import Path
from typing import Any

from perito.base.confine import available
from perito.base.errors import EvidenceError
from perito.many.dockets import look_into
from perito.many.one import examine_one


def add(a: int, b: int) -> dict[str, int]:
    return {"sum": a + b, "process": os.getpid()}


def refuse() -> None:
    raise EvidenceError("here", "found this", "means that", "do this")


def fail() -> None:
    raise KeyError("a fault")


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_once(mark: str) -> str:
    if not Path(mark).exists():
        Path(mark).touch()
        die()
    return "done"


def wait() -> None:
    signal.pause()


def wait_in(folder: str) -> None:
    """Wait for a signal, after leaving a file in a folder that says so."""
    (Path(folder) / str(os.getpid())).touch()
    signal.pause()


def confinement() -> dict[str, str]:
    return available()


def examine_or_die(path: str, **arguments: Any) -> Any:
    """Examine, but kill this process where the name says so, or the worker of the cluster that started it."""
    if Path(path).name == "kills-process":
        die()
    if Path(path).name == "kills-worker":
        os.kill(os.getppid(), signal.SIGKILL)
        signal.pause()
    return examine_one(path, **arguments)


def look_or_die(docket: str, parts: list[Any], by: dict[str, Any]) -> Any:
    if any(name == "deadly" for name, _ in parts):
        die()
    return look_into(docket, parts, by)
