"""The installed set as the table it was read into, kept so that a large set is not read anew by every examination.

Beside the installed lists lies `compiled/<key>.table`; the key is the SHA-256 of all that decides what is in it: name,
digest and day of every list, the day asked for, this program and the libraries it reads with. A table whose own digest
differs, or that is of another key, is not used but made anew. Lists that are only named on a command line are not kept.
"""

import hashlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from perito.indicators import installed
from perito.indicators.indicator import INDICATORS, KEYS, About, Feed, Indicators, Problem, Rule

FOLDER = "compiled"
FIRST_LINE = b"perito compiled 2\n"
SMALLEST = 1 << 20
"""Bytes of lists below which reading them takes no longer than looking for their table."""
MOST = 4
"""Tables that are kept; the one unused for longest goes first."""
TIMES_OF_RULE = ("valid_from", "valid_until")
READ_BY = ("can-ada", "numpy", "orjson", "publicsuffixlist", "pyarrow", "pyyaml", "xxhash")


def through(
    parts: Iterable[tuple[str, str, str]], size: int, as_of: date | None, read: Callable[[], Indicators]
) -> Indicators:
    """Return what `read` gives, from an earlier reading of the same where there is one.

    `parts` are name, digest and circumstances of every list, `size` their bytes together.
    """
    if size < SMALLEST:
        return read()
    listed = sorted(parts)
    key = hashlib.sha256(json.dumps([listed, str(as_of), _program()]).encode()).hexdigest()
    path = installed.place().parent / FOLDER / f"{key}.table"
    found = _stored(path, key)
    if found is None:
        found = read()
        digests = {digest for _, digest, _ in listed}
        if all(feed.sha256 in digests for feed in found.feeds):  # else a list was changed meanwhile
            with suppress(OSError):
                _store(path, key, found)
    return found


@cache
def _program() -> list[str]:
    """Name everything but the lists on which a table depends: the sources that make it, and what they rest on."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for folder in ("base", "indicators", "records"):
        for path in sorted((package / folder).rglob("*")):
            if path.suffix in {".py", ".txt"}:
                digest.update(f"{path.relative_to(package).as_posix()}\0".encode() + path.read_bytes())
    return [digest.hexdigest(), sys.version, *(f"{name} {version(name)}" for name in READ_BY)]


def _store(path: Path, key: str, found: Indicators) -> None:
    """Write a table whole or not at all; only where the folder of the user's data is or can be made."""
    path.parent.parent.mkdir(mode=0o700, exist_ok=True)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    told = {
        "key": key,
        "problems": [list(one) for one in found.problems],
        "rules": [_written(one) for one in found.rules],
        "feeds": [asdict(one) | {"installed": str(one.installed or "")} for one in found.feeds],
    }
    handle, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, json.dumps(told).encode(), (found.table, found.keys))
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    _prune(path.parent)


def _write(file: BinaryIO, words: bytes, tables: Iterable[pa.Table]) -> None:
    file.write(_head(""))
    body = _Body(file)
    body.write(len(words).to_bytes(8, "big") + words)
    body.write(b" " * (-(8 + len(words)) % 64))  # Arrow wants its columns where a processor can read them at once
    sink = pa.PythonFile(body, mode="w")
    for table in tables:
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table.combine_chunks())
    file.seek(0)
    file.write(_head(body.digest.hexdigest()))


class _Body(io.RawIOBase):
    """Passes on to a file what is written, and knows its digest: the whole of it is never held at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self.digest.update(data)
        return self._file.write(data)


def _head(digest: str) -> bytes:
    return (FIRST_LINE + digest.encode()).ljust(127) + b"\n"


def _prune(folder: Path) -> None:
    tables = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in tables[MOST:]:
        path.unlink(missing_ok=True)


def _stored(path: Path, key: str) -> Indicators | None:
    """Return a stored table; None where there is none, or where it is not, to the last bit, what was written."""
    try:
        with pa.memory_map(str(path)) as file:
            whole = file.read_buffer()
        head, body = whole.slice(0, 128).to_pybytes(), whole.slice(128)
        if head != _head(hashlib.sha256(body).hexdigest()):
            return None
        told, tables = _told(body)
        if told.get("key") != key:
            return None
        os.utime(path)
        table, keys = (pa.ipc.open_stream(tables).read_all() for _ in range(2))
        if table.schema != INDICATORS or keys.schema != KEYS:
            return None
    except (OSError, ValueError, pa.ArrowException):
        return None
    feeds = [
        Feed(**one | {"installed": date.fromisoformat(one["installed"]) if one["installed"] else None})
        for one in told["feeds"]
    ]
    rules = tuple(map(_read, told["rules"]))
    return Indicators(table, keys, [Problem(*one) for one in told["problems"]], feeds, rules)


def _written(rule: Rule) -> dict[str, Any]:
    """Return a rule as words for JSON; a time that is not known is null."""
    words = rule._asdict() | {"about": rule.about._asdict()}
    for of, names in ((words, TIMES_OF_RULE), (words["about"], ("published", "revoked"))):
        of.update({name: of[name].isoformat() for name in names if of[name] is not None})
    return words


def _read(words: dict[str, Any]) -> Rule:
    about = words["about"]
    published, revoked = about["published"], _moment(about["revoked"])
    about |= {"published": date.fromisoformat(published) if published else None, "revoked": revoked}
    times = {name: _moment(words[name]) for name in TIMES_OF_RULE}
    return Rule(**words | times | {"about": About(**about)})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _told(body: pa.Buffer) -> tuple[dict[str, Any], pa.BufferReader]:
    """Return what is said in words, and a reader that stands at the first of the two tables."""
    length = int.from_bytes(body.slice(0, 8).to_pybytes(), "big")
    tables = pa.BufferReader(body)
    tables.seek(8 + length + -(8 + length) % 64)
    return json.loads(body.slice(8, length).to_pybytes()), tables


def joined(first: Indicators, second: Indicators) -> Indicators:
    """Return two readings as one: the rows of the second stand behind those of the first."""
    if not second.feeds and not second.problems:  # nothing was named
        return first
    table = pa.concat_tables([first.table, second.table]).unify_dictionaries().combine_chunks()
    moved = second.keys["row"].to_numpy() + np.int32(len(first.table))
    hashes = np.concatenate([first.keys["hash"].to_numpy(), second.keys["hash"].to_numpy()])
    rows = np.concatenate([first.keys["row"].to_numpy(), moved]).astype(np.int32)
    order = np.argsort(hashes, kind="stable")
    chunks = [*first.keys["key"].chunks, *second.keys["key"].chunks]
    texts = pa.chunked_array(chunks, pa.string()).combine_chunks().take(pa.array(order))
    keys = pa.table([pa.array(hashes[order]), texts, pa.array(rows[order])], schema=KEYS)
    problems, feeds, rules = first.problems + second.problems, first.feeds + second.feeds, first.rules + second.rules
    return Indicators(table, keys, problems, feeds, rules, aside=first.aside + second.aside)
