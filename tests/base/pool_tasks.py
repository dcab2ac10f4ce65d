"""What the tests of the pool have its workers do."""

import os
import signal
import time

from perito.base import confine


def add(a, b):
    return a + b


def loop():
    while True:
        pass


def sleep(seconds):
    time.sleep(seconds)
    return seconds


def fail(text):
    raise ValueError(text)


def bomb():
    kept = []
    while True:
        kept.append(bytearray(1 << 24))


def die(number):
    os.kill(os.getpid(), number)
    signal.pause()


def partial():
    """Count until told to stop; hand over the count."""
    rows = 0
    try:
        while True:
            rows += 1
    except confine.OutOfTime as told:
        return {"rows": rows, "status": "timed out", "told": str(told)}
