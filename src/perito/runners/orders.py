"""What travels to a process that works for us and back: the name of a function, JSON, and errors in their four parts."""

import json
from collections.abc import Callable
from importlib import import_module
from typing import Any

from perito.base.errors import PeritoError

TRIED = 2
"""How often a call is begun at most, when the process that did it died."""


class Told(PeritoError):
    """An error that was raised in another process, with its own exit code."""

    def __init__(self, where: str, what: str, means: str = "", hint: str = "", exit_code: int = 4) -> None:
        super().__init__(where, what, means, hint)
        self.args = (where, what, means, hint, exit_code)
        self.exit_code = exit_code


class WorkerLost(PeritoError):
    """Tell that the process that did the work died, and did so again when it was tried again (exit 4)."""


class SchedulerLost(WorkerLost):
    """Tell that what hands out the work is gone, and with it every call that was handed over (exit 4)."""


def order(function: Callable[..., Any], arguments: dict[str, Any]) -> str:
    """Return the call as one line of JSON; TypeError for a function that has no name, or arguments that are not JSON."""
    module, name = function.__module__, function.__qualname__
    if getattr(import_module(module), name, None) is not function:
        raise TypeError(f"{module}:{name} is not a function of a module")
    return json.dumps({"function": f"{module}:{name}", "arguments": arguments})


def obeyed(line: str) -> str:
    """Make the call of an order and return the reply: its value, or the error of ours that it raised."""
    asked = json.loads(line)
    module, _, name = asked["function"].partition(":")
    try:
        return json.dumps({"value": getattr(import_module(module), name)(**asked["arguments"])})
    except PeritoError as error:
        return refusal(error)


def refusal(error: PeritoError) -> str:
    """Return an error as a reply."""
    told = {"where": error.where, "what": error.what, "means": error.means, "hint": error.hint}
    return json.dumps({"error": {**told, "exit_code": error.exit_code}})


def answer(reply: str) -> Any:
    """Return the value of a reply; raises Told where it holds an error."""
    told = json.loads(reply)
    if "error" in told:
        raise Told(**told["error"])
    return told["value"]


def by_name_only(arguments: tuple[Any, ...]) -> None:
    """Refuse arguments without a name: they would not say in an order what they are."""
    if arguments:
        raise TypeError("a runner takes arguments by name only")
