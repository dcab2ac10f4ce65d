"""The frames in which a pool, its host and a worker speak: a kind, a task's key, a length, and that many bytes."""

import os
import struct
from typing import NamedTuple

READY, START, CANCEL, END = b"H", b"S", b"X", b"E"
PROGRESS, DONE, RAISED, KILLED, TIMED_OUT, OUT_OF_MEMORY = b"P", b"D", b"R", b"K", b"T", b"M"
FINAL = {
    DONE: "done",
    RAISED: "raised",
    KILLED: "killed",
    TIMED_OUT: "timed out",
    OUT_OF_MEMORY: "out of memory",
}
HEADER = struct.Struct(">cQI")
LARGEST = 0xFFFF_FFFF
CHUNK = 1 << 16
START_SECONDS = 60.0
"""Seconds in which a worker must begin its task: its time is counted from then on."""
REPORTS_EVERY = 0.1
"""Seconds between two reports of a worker on its progress."""


class Frame(NamedTuple):
    """One message; what its payload is depends on its kind (a number, JSON, or a reason in UTF-8)."""

    kind: bytes
    key: int
    payload: bytes


class BrokenFrame(ValueError):
    """Tell that a stream of bytes is no sequence of frames, or holds one above the size agreed."""


class Frames:
    """Cut a stream into frames, however it is cut into pieces itself; only `kinds`, none above `most` bytes."""

    def __init__(self, kinds: bytes, most: int = LARGEST) -> None:
        self.kinds = kinds
        self.most = most
        self.buffer = bytearray()

    def feed(self, piece: bytes) -> list[Frame]:
        """Return the frames that `piece` completes; raise BrokenFrame as soon as a header is not acceptable."""
        self.buffer += piece
        frames = []
        while len(self.buffer) >= HEADER.size:
            kind, key, length = HEADER.unpack_from(self.buffer)
            if kind not in self.kinds:
                raise BrokenFrame("not a reply of a worker")
            if length > self.most:
                raise BrokenFrame(f"a message of {length} bytes, {self.most} are allowed")
            end = HEADER.size + length
            if len(self.buffer) < end:
                break
            frames.append(Frame(kind, key, bytes(self.buffer[HEADER.size : end])))
            del self.buffer[:end]
        return frames


class Replies(Frames):
    """Cut what one worker sends: that it begins, reports of progress, not too many for its time, how it ended."""

    def __init__(self, most: int, seconds: float) -> None:
        super().__init__(READY + PROGRESS + b"".join(FINAL), most)
        self.begun = False
        self.reports = round(2 * seconds / REPORTS_EVERY) + 100

    def feed(self, piece: bytes) -> list[Frame]:
        """Return reports and final frames that `piece` completes; raise BrokenFrame also when there are too many."""
        found = super().feed(piece)
        self.begun = self.begun or any(frame.kind == READY for frame in found)
        self.reports -= sum(frame.kind not in FINAL for frame in found)
        if self.reports < 0:
            raise BrokenFrame("the worker reported too often")
        return [frame for frame in found if frame.kind != READY]


def packed(kind: bytes, key: int, payload: bytes = b"") -> bytes:
    """Return one frame as bytes; a payload above 4 GiB is a struct.error."""
    return HEADER.pack(kind, key, len(payload)) + payload


def write(descriptor: int, frame: bytes) -> None:
    """Write all of `frame`, waiting as long as the other side does not read."""
    rest = memoryview(frame)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
