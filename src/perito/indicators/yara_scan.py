"""What a confined worker does with compiled YARA rules: run them over stored texts, or over files of the evidence."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from perito.base.confine import OutOfTime, report, settle
from perito.base.hashing import sha256
from perito.base.text import printable
from perito.indicators.yara_worker import ABOUT_FILE

MOST = 1_000
"""Hits of one rule that are kept of one table, or of one batch of files; the rest are counted."""
PLACES = 20
"""Matched strings of a file whose places are kept, one of each pattern."""
SHOWN = 200
"""Characters, or bytes, of what matched that are kept."""
SECONDS, PER_SECOND = 20, 16 << 20
"""Rules that take longer over one text or file are stopped there; of a file, so many bytes give another second."""


class Hit(NamedTuple):
    """A rule (namespace and name) met by a text or file: matched words, and the places in bytes of each pattern's first."""

    space: int
    rule: str
    words: str
    offsets: tuple[int, ...]


class _Kept:
    """Hits of each rule, up to MOST, in the order in which they are met; and how many slow ones are borne with."""

    def __init__(self, patience: int) -> None:
        self.patience = patience
        self.counts: dict[tuple[int, str], int] = {}

    def takes(self, hit: Hit) -> bool:
        key = hit.space, hit.rule
        self.counts[key] = self.counts.get(key, 0) + 1
        return self.counts[key] <= MOST

    @property
    def more(self) -> list[tuple[int, str, int]]:
        return sorted((*key, count - MOST) for key, count in self.counts.items() if count > MOST)


class _TooSlow(Exception):
    """Raised when so many texts took too long that the rules are to be looked at first."""


def texts(rules: str, table: str, columns: list[str], facts: list[str], seconds: int, patience: int) -> dict[str, Any]:
    """Run rules over the text columns of a stored table, each different text of a batch once.

    `hits` are `[space, rule, words, offsets, file, ref, *facts]`, the facts being columns of the record, times in
    microseconds; `more` counts the hits that were left out, `slow` the texts that took more than `seconds`, of which the
    shortest is the `sample`; `read` texts of all were read, `stopped` says that time ended before the rest, and
    `given_up` that `patience` texts were slow, so that the rest was not asked.
    """
    scanner = _scanner(rules, seconds)
    kept = _Kept(patience)
    told: dict[str, Any] = {"hits": [], "slow": 0, "sample": None, "read": 0, "stopped": False, "given_up": False}
    with suppress(OutOfTime):
        told["stopped"] = True
        try:
            _table(scanner, table, columns, facts, kept, told)
        except _TooSlow:
            told["given_up"] = True
        told["stopped"] = False
        settle()
    return told | {"more": kept.more}


def _table(scanner: Any, table: str, columns: list[str], facts: list[str], kept: _Kept, told: dict[str, Any]) -> None:
    with pq.ParquetFile(table) as file:
        for batch in file.iter_batches(16_384, columns=["file", "ref", *columns, *facts]):
            for column in columns:
                _column(scanner, batch, column, facts, kept, told)


def _column(
    scanner: Any, batch: pa.RecordBatch, column: str, facts: list[str], kept: _Kept, told: dict[str, Any]
) -> None:
    import yara_x

    coded = batch[column].dictionary_encode()
    met: dict[int, list[Hit]] = {}
    for number, text in enumerate(coded.dictionary.to_pylist()):
        if told["slow"] >= kept.patience:
            break
        told["read"] += 1
        try:
            hits = list(_hits(scanner.scan(text.encode("utf-8", "replace")), text.encode("utf-8", "replace")))
        except yara_x.TimeoutError:
            told["slow"] += 1
            told["sample"] = min(text, told["sample"] or text, key=len)
            continue
        if hits:
            met[number] = hits
    report(told["read"])
    rows = pc.is_in(coded.indices, value_set=pa.array(list(met), coded.indices.type))
    some = batch.select(["file", "ref", *facts]).filter(rows)
    codes = coded.indices.filter(rows).to_pylist()
    listed = zip(*(_plain(one) for one in some.columns), strict=True)
    for code, record in zip(codes, listed, strict=True):
        told["hits"] += [(*hit, *record) for hit in met[code] if kept.takes(hit)]
    if told["slow"] >= kept.patience:
        raise _TooSlow


def _plain(column: pa.Array) -> list[Any]:
    return list((column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_pylist())


def files(rules: str, paths: dict[str, str], seconds: int, patience: int) -> dict[str, Any]:
    """Run rules over files, given by name; `hits` are `[space, rule, words, offsets, file]`.

    `sha256` gives that of each file that was hit, `failed` why a file was not read to its end, `bytes` how many were.
    Those of them on which the rules took longer than `seconds`, and more for large ones, are `slow`; when there are
    `patience` of those, the rest is not asked: `left`.
    """
    import yara_x

    scanner = _scanner(rules, seconds)
    kept = _Kept(patience)
    told: dict[str, Any] = {"hits": [], "failed": {}, "sha256": {}, "bytes": 0, "slow": [], "left": []}
    for name, place in sorted(paths.items()):
        path = Path(place)
        if len(told["slow"]) >= patience:
            told["left"].append(name)
            continue
        try:
            size = path.stat().st_size
            scanner.set_timeout(seconds_for(size, seconds))
            about_file(scanner, name)
            hits = list(_hits_in_file(scanner, path))
            told["bytes"] += size
        except yara_x.TimeoutError:
            told["failed"][name] = f"took longer than {seconds_for(size, seconds)} seconds"
            told["slow"].append(name)
            continue
        except (yara_x.ScanError, OSError) as error:
            told["failed"][name] = f"cannot be read: {printable(str(error))[:SHOWN]}"
            continue
        if hits:
            told["sha256"][name] = sha256(path)
        told["hits"] += [(*hit, name) for hit in hits if kept.takes(hit)]
    return told | {"more": kept.more}


def seconds_for(size: int, least: int = SECONDS) -> int:
    """Return the seconds that a file of so many bytes may take."""
    return least + size // PER_SECOND


def about_file(scanner: Any, name: str) -> None:
    """Tell rules that ask for it what the file is called: its last part, all of it, and its ending in lower case."""
    path = PurePosixPath(name)
    told = path.name, name, path.suffix.lower()
    for variable, value in zip(ABOUT_FILE, told, strict=True):
        scanner.set_global(variable, value.encode("utf-8", "replace").decode())


def _hits_in_file(scanner: Any, path: Path) -> Iterator[Hit]:
    if not path.stat().st_size:
        yield from _hits(scanner.scan(b""), b"")
        return
    result = scanner.scan_file(str(path))
    with path.open("rb") as file:
        for rule in result.matching_rules:
            firsts = _firsts(rule)
            words = b""
            if firsts:
                file.seek(firsts[0][0])
                words = file.read(min(firsts[0][1], SHOWN))
            yield Hit(int(rule.namespace), rule.identifier, _words(words), tuple(at for at, _ in firsts))


def _hits(result: Any, data: bytes) -> Iterator[Hit]:
    for rule in result.matching_rules:
        firsts = _firsts(rule)
        at, length = firsts[0] if firsts else (0, SHOWN)
        words = _words(data[at : at + min(length, SHOWN)])
        yield Hit(int(rule.namespace), rule.identifier, words, tuple(one for one, _ in firsts))


def _firsts(rule: Any) -> list[tuple[int, int]]:
    """Return place and length of the first match of each pattern that matched, in the order of places."""
    found: Iterable[tuple[int, int]] = (
        (one.matches[0].offset, one.matches[0].length) for one in rule.patterns if len(one.matches)
    )
    return sorted(found)[:PLACES]


def _words(data: bytes) -> str:
    return printable(data.decode("utf-8", "backslashreplace"))


def _scanner(rules: str, seconds: int) -> Any:
    import yara_x

    with Path(rules).open("rb") as file:
        scanner = yara_x.Scanner(yara_x.Rules.deserialize_from(file))
    scanner.set_timeout(seconds)
    return scanner
