"""A process started anew for each task: the way of systems that cannot fork."""

import contextlib
import os
import queue
import signal
import subprocess
import threading

from perito.base import frames, interpreter
from perito.base.task import Task

CHILD = "from perito.base.pool_child import main; main()"


class Fresh:
    """One interpreter and one watching thread a task; costs an interpreter's start and the task's imports each time."""

    def __init__(self) -> None:
        self.heard: queue.SimpleQueue[frames.Frame] = queue.SimpleQueue()
        self.processes: dict[int, subprocess.Popen[bytes]] = {}
        self.threads: list[threading.Thread] = []

    def start(self, key: int, task: Task) -> None:
        """Start an interpreter and the thread that hears it."""
        order = frames.packed(frames.START, key, task.order())
        process = interpreter.start(CHILD)
        self.processes[key] = process
        thread = threading.Thread(target=self._watch, args=(key, process, order, task), daemon=True)
        self.threads = [thread, *(other for other in self.threads if other.is_alive())]
        thread.start()

    def _watch(self, key: int, process: subprocess.Popen[bytes], order: bytes, task: Task) -> None:
        clock = _Clock(process)
        clock.set(frames.START_SECONDS)
        with process:
            kind, payload = self._listen(key, process, order, task, clock)
            clock.stop()
            _kill(process)
            code = process.wait()
        if kind == frames.KILLED and clock.rung:
            kind, payload = frames.TIMED_OUT, b"the task did not end in time"
        elif kind == frames.KILLED and not payload:
            payload = _how(code).encode()
        self.heard.put(frames.Frame(kind, key, payload))

    def _listen(
        self, key: int, process: subprocess.Popen[bytes], order: bytes, task: Task, clock: "_Clock"
    ) -> tuple[bytes, bytes]:
        """Return the kind and payload of the final frame; nothing but "killed" if there is none."""
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            frames.write(process.stdin.fileno(), order)
        stream = frames.Replies(task.limits.reply_bytes, task.limits.wall_seconds)
        while piece := os.read(process.stdout.fileno(), frames.CHUNK):
            begun = stream.begun
            try:
                heard = stream.feed(piece)
            except frames.BrokenFrame as error:
                return frames.KILLED, str(error).encode()
            if stream.begun and not begun:
                clock.set(task.limits.wall_seconds)
            for frame in heard:
                if frame.kind in frames.FINAL:
                    return frame.kind, frame.payload
                self.heard.put(frame._replace(key=key, payload=frame.payload[:8]))
        return frames.KILLED, b""

    def wait(self) -> list[frames.Frame]:
        """Return the next frame of any task."""
        frame = self.heard.get()
        if frame.kind in frames.FINAL:
            self.processes.pop(frame.key, None)
        return [frame]

    def cancel(self, key: int) -> None:
        """Kill a task's process."""
        if process := self.processes.pop(key, None):
            _kill(process)

    def close(self) -> None:
        """Kill every process and wait for the threads that watch them."""
        for process in self.processes.values():
            _kill(process)
        for thread in self.threads:
            thread.join(5.0)


class _Clock:
    """Kills a worker when the time last set is over."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.rung = False
        self.timer = threading.Timer(0, self._ring)

    def set(self, seconds: float) -> None:
        self.timer.cancel()
        self.timer = threading.Timer(seconds, self._ring)
        self.timer.start()

    def stop(self) -> None:
        self.timer.cancel()

    def _ring(self) -> None:
        self.rung = True
        _kill(self.process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker and its process group."""
    process.kill()
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _how(code: int) -> str:
    if code < 0:
        return f"the worker was killed by {signal.Signals(-code).name}"
    return f"the worker ended without a reply (exit code {code})"
