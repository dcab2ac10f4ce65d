"""The bytes of a file by their place, read as they are asked for: files may be larger than the memory of a worker."""

from pathlib import Path


class RawBytes:
    """A file that is read here and there; one that is not there has no bytes. Close it."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0) if path.exists() else None
        self.size = path.stat().st_size if self._file else 0

    def at(self, place: int, count: int) -> bytes:
        """Return `count` bytes from `place` on, fewer where the file ends before."""
        if self._file is None or place < 0 or place >= self.size:
            return b""
        self._file.seek(place)
        parts = []
        while count > 0 and (part := self._file.read(count)):
            parts.append(part)
            count -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()
