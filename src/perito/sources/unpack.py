"""Unpacking in pieces: no more in memory than a block, whatever the packed bytes promise."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import pyarrow as pa

from perito.sources.caps import Caps
from perito.sources.member import Broken

TAKEN = 1 << 16
GIVEN = 1 << 20
XZ_MEMORY = 256 << 20
ERRORS = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError)


class Inflater:
    """A decompressor of zlib's kind, with the interface that those of bz2 and lzma have."""

    def __init__(self, bits: int) -> None:
        self._engine = zlib.decompressobj(bits)

    @property
    def eof(self) -> bool:
        """Whether the packed stream has come to its end."""
        return self._engine.eof

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without more packed bytes."""
        return not self._engine.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        """What lies behind the end."""
        return self._engine.unused_data

    def decompress(self, packed: bytes, most: int) -> bytes:
        """Return up to `most` bytes."""
        return self._engine.decompress(self._engine.unconsumed_tail + packed, most)


ENGINES: dict[str, tuple[bytes, Callable[[], Any]]] = {
    "gz": (b"\x1f\x8b\x08", lambda: Inflater(31)),
    "bz2": (b"BZh", bz2.BZ2Decompressor),
    "xz": (b"\xfd7zXZ\x00", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)),
}
ZST_GIVEN = 4_096
ZST = b"\x28\xb5\x2f\xfd"
METHODS: dict[int, Callable[[], Any]] = {8: lambda: Inflater(-15), 12: bz2.BZ2Decompressor}
"""Compression methods of zip beside 0, which is none."""


def compression(start: bytes) -> str:
    """Return how a file is packed, by its first bytes: gz, bz2, xz, zst, or "" for not at all."""
    if start.startswith(ZST):
        return "zst"
    return next((form for form, (magic, _) in ENGINES.items() if start.startswith(magic)), "")


def pieces(file: BinaryIO, packed: int, engine: Any) -> Iterator[bytes]:
    """Yield what the next `packed` bytes of a file unpack to; Broken where they do not, or end too soon."""
    left = packed
    try:
        while not engine.eof:
            block = file.read(min(TAKEN, left)) if engine.needs_input else b""
            left -= len(block)
            piece = engine.decompress(block, GIVEN)
            if piece:
                yield piece
            elif not block and engine.needs_input:
                raise Broken("the packed bytes end too soon")
    except ERRORS as error:
        raise Broken(f"the packed bytes are damaged ({type(error).__name__})") from error


class _Borrowed:
    """A file that Arrow reads and does not close."""

    closed = False

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int) -> bytes:
        return self._file.read(min(size, TAKEN))

    def close(self) -> None:
        """Leave the file to its owner."""


def _of_zst(file: BinaryIO) -> Iterator[bytes]:
    """Yield what Zstandard frames unpack to; Arrow's reader takes windows of up to 128 MiB, and joined frames as one.

    An error costs the reader all of the piece that was asked for: small ones are asked for, and given in large ones.
    """
    have = bytearray()
    try:
        packed = pa.CompressedInputStream(pa.PythonFile(_Borrowed(file), mode="r"), "zstd")
        while piece := packed.read(ZST_GIVEN):
            have += piece
            if len(have) >= GIVEN:
                yield bytes(have)
                have.clear()
    except OSError as error:
        yield bytes(have)
        short = "end too soon" if "Truncated" in str(error) else "are damaged (Zstandard)"
        raise Broken(f"the packed bytes {short}") from error
    yield bytes(have)


class Stream:
    """The unpacked bytes of a whole file, read forward only; `broken` says why they ended before their end."""

    def __init__(self, file: BinaryIO, form: str, size: int, caps: Caps) -> None:
        self.broken = ""
        self.position = 0
        self._file = file
        self._form = form
        self._size = size
        self._caps = caps
        self._rest = b""
        self._blocks = self._unpacked() if form else None

    def read(self, size: int) -> bytes:
        """Return `size` bytes, fewer only where the stream ends."""
        if self._blocks is None:
            taken = self._file.read(size)
        else:
            found = [self._some(size)]
            while (have := sum(map(len, found))) < size and found[-1]:
                found.append(self._some(size - have))
            taken = b"".join(found)
        self.position += len(taken)
        return taken

    def skip(self, size: int) -> int:
        """Pass over `size` bytes and return how many there were."""
        if self._blocks is None:
            there = min(size, max(self._size - self.position, 0))
            self._file.seek(there, 1)
            self.position += there
            return there
        passed = 0
        while passed < size and (piece := self._some(min(GIVEN, size - passed))):
            passed += len(piece)
        self.position += passed
        return passed

    def _some(self, most: int) -> bytes:
        while not self._rest and self._blocks is not None:
            piece = next(self._blocks, None)
            if piece is None:
                return b""
            self._rest = piece
        taken, self._rest = self._rest[:most], self._rest[most:]
        return taken

    def _unpacked(self) -> Iterator[bytes]:
        given = 0
        try:
            for piece in self._parts():
                given += len(piece)
                if self._caps.bomb(self._file.tell(), given):
                    self.broken = f"it unpacks to more than {self._caps.ratio} times its size"
                    return
                yield piece
        except Broken as error:
            self.broken = str(error)

    def _parts(self) -> Iterator[bytes]:
        """Yield what each packed part unpacks to: such files may be joined end to end."""
        if self._form == "zst":
            yield from _of_zst(self._file)
            return
        magic, engine = ENGINES[self._form]
        following = magic
        while following == magic:
            going = engine()
            yield from pieces(self._file, self._size, going)
            self._file.seek(-len(going.unused_data), 1)
            following = self._file.read(len(magic))
            self._file.seek(-len(following), 1)
