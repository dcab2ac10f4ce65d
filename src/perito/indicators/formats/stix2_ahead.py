"""The objects of a large STIX 2 file, parsed into columns by threads of their own while those before them are taken."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from perito.indicators.formats.json_stream import JsonStream
from perito.indicators.formats.stix2_block import Block, parsed

THREADS = 2
AHEAD = 1 << 21
"""Characters that are parsed at once; a smaller file, or the rest of one, is read object by object."""
MOST_REFUSED = 4
"""Blocks in a row that could not be used, behind which no more are tried: the file is written in another way."""


class _Coming(NamedTuple):
    place: int
    text: str
    block: Future[Block | None]


class Ahead:
    """Blocks of the objects among which a stream stands, each asked for when the cursor has come to where it begins."""

    def __init__(self, stream: JsonStream, threads: ThreadPoolExecutor, size: int) -> None:
        self._size = size
        self._stream = stream
        self._threads = threads
        self._coming: deque[_Coming] = deque()
        self._mark = ","
        self._not_before = {"": 0, ",": 0}
        self._refused = 0 if size else MOST_REFUSED

    def block(self, mark: str = ",") -> Block | None:
        """Return, and pass, the objects that follow with a mark between them; None where they are to be read one by one."""
        opens = self._stream.peek() == "{"  # a comma too many would be passed unseen
        here = self._stream.place
        if not opens or self._refused >= MOST_REFUSED or here < self._not_before[mark]:
            return None
        if not self._coming or self._coming[0].place != here or self._mark != mark:
            self._coming.clear()
            self._mark = mark
        while len(self._coming) <= THREADS and (coming := self._begun(here)):
            self._coming.append(coming)
        if not self._coming:
            self._not_before[mark] = here + self._size
            return None
        first = self._coming.popleft()
        block = first.block.result()
        if block is None:
            self._not_before[mark] = here + len(first.text)
            self._refused += 1
            return None
        self._refused = 0
        self._stream.pass_over(first.text)
        return block

    def _begun(self, here: int) -> _Coming | None:
        """Begin to parse what stands behind all that is being parsed."""
        place = self._coming[-1].place + len(self._coming[-1].text) if self._coming else here
        start, text, opening = self._stream.ahead(place, self._size, self._mark)
        if not text:
            return None
        return _Coming(start, text, self._threads.submit(parsed, text, opening, self._mark))


@contextmanager
def ahead(stream: JsonStream, size: int) -> Iterator[Ahead]:
    """Read a file with threads beside, for so many characters at once; they have ended when the reading has."""
    with ThreadPoolExecutor(THREADS) as threads:
        yield Ahead(stream, threads, size)
