"""What a worker process does: confine itself, call one function, send what it returned or raised, end."""

import contextlib
import importlib
import json
import os
import sys
import tempfile
from collections.abc import Callable
from types import TracebackType
from typing import Any, NoReturn, Self

from perito.base import confine, frames
from perito.base.limits import Limits

REPLY = 3


class Reply:
    """Send exactly one final frame about its block, whatever ends the block, and then end the process."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.value = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> NoReturn:
        with contextlib.suppress(confine.OutOfTime):
            confine.settle()
        frame = frames.packed(frames.DONE, 0, self.value)
        if error is not None:
            frame = _said(error)
        frames.write(self.descriptor, frame)
        os._exit(0)


def _said(error: BaseException) -> bytes:
    if isinstance(error, MemoryError):
        confine.relax_memory()
        return frames.packed(frames.OUT_OF_MEMORY, 0, b"the task asked for more memory than it may use")
    if isinstance(error, confine.OutOfTime):
        return frames.packed(frames.TIMED_OUT, 0, b"the task did not end in time")
    text = f"{type(error).__qualname__}: {error}"
    return frames.packed(frames.RAISED, 0, text.encode("utf-8", "backslashreplace")[:4000])


def work(order: dict[str, Any], descriptor: int) -> NoReturn:
    """Do the task of `order` in this process and end it; the final frame goes to `descriptor`.

    The function's module is imported before the confinement, which it could not read its files in.
    """
    with Reply(descriptor) as reply:
        function = _function(order["function"])
        limits = Limits(**order["limits"])
        _move_in(order["writable"])
        confine.confine(limits, order["readable"], order["writable"])
        confine.arm(limits, descriptor)
        answer = function(**order["arguments"])
        confine.settle()
        value = json.dumps(answer).encode()
        if len(value) > limits.reply_bytes:
            raise ValueError(f"a reply of {len(value)} bytes, {limits.reply_bytes} are allowed")
        reply.value = value
    raise AssertionError("a reply ends the process")


def _function(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


def _move_in(writable: list[str]) -> None:
    """Stand, and put temporary files, in the first folder that may be written; let nobody else read what is written."""
    os.umask(0o077)
    if writable:
        os.chdir(writable[0])
        tempfile.tempdir = writable[0]
        for name in ("TMPDIR", "SQLITE_TMPDIR"):
            os.environ[name] = writable[0]


def silence(*, errors: bool = True) -> None:
    """Turn standard input and output, and standard error too, into nothing: what a parser prints is evidence."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2) if errors else (0, 1):
        os.dup2(nothing, descriptor)
    if nothing > 2:
        os.close(nothing)


def main() -> NoReturn:
    """Do the one task that standard input brings: a worker where processes cannot be forked."""
    reply = os.dup(1)
    stream = frames.Frames(frames.START)
    orders: list[frames.Frame] = []
    while not orders:
        piece = os.read(0, frames.CHUNK)
        if not piece:
            sys.exit("no task came")
        orders = stream.feed(piece)
    silence()
    work(json.loads(orders[0].payload), reply)
