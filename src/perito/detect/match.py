"""Observables that are published indicators: hash joins, each hit verified on the text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from perito.base.times import rfc3339
from perito.detect.grade import Met, facts, grade, references, saying
from perito.detect.told import most_told
from perito.detect.trace import trace_of
from perito.findings import Finding, Place
from perito.indicators.indicator import Indicators
from perito.indicators.key_filter import KeyFilter
from perito.records.normal import keys as keys_of
from perito.records.observables import DIRECTIONS, OBSERVABLES, SENT
from perito.records.store import PASSING, passing

RULE_VERSION = 1
Seen = dict[str, Any]
"""One observable as it is stored: kind, value, normal, artifact, file, ref, time, direction (which old tables lack)."""

SAID = ["kind", "value", "normal", "source", "campaign", "report", "published", "context_only", "feed_sha256"]
"""What a finding tells of an indicator."""
TOGETHER = 16
"""Row groups of a file of all observables that are read at once."""
Published = tuple[dict[str, Any], list[dict[str, Any]]]
"""An indicator as one row of the table says it, and all rows that say it."""


@dataclass(frozen=True)
class Hit:
    """An observable and the rows of the indicator table that ask for one of its keys, `key` being that key."""

    seen: Seen
    key: str
    rows: tuple[int, ...]


def matches(
    paths: Iterable[Path],
    indicators: Indicators,
    hashes: Mapping[str, str],
    groups: Mapping[Path, Sequence[int]] | None = None,
) -> list[Finding]:
    """Return a finding for each record and indicator that meet, in files of stored observables.

    `hashes` gives the SHA-256 of each file of the acquisition. Several publications of one indicator make one finding;
    its references name them all. Cost: one binary search a stored hash, whatever the number of indicators. Who knows
    that only some row groups of a path can hold a hit names them in `groups`; the others are not read.
    """
    hits = [hit for path in paths for hit in _hits(path, indicators, groups[path] if groups else None)]
    told = _told_of(hits, indicators)
    wide = _artifacts_by_indicator(hits, told)
    found: dict[tuple[Place, str, str], Finding] = {}
    for hit in sorted(hits, key=_precedence):
        for finding in _findings(hit, told[hit.rows], hashes, wide):
            assert finding.indicator is not None
            found.setdefault((finding.place, finding.indicator["kind"], finding.indicator["value"]), finding)
    return list(found.values())


def _precedence(hit: Hit) -> tuple[str, ...]:
    """Order the hits of one record: what it received before what its owner wrote, then the indicator itself."""
    seen = hit.seen
    own = "0" if hit.key == f"{seen['kind']}:{seen['normal']}" else "1"
    sent = "1" if _direction(seen) == SENT else "0"
    return (seen["artifact"], seen["file"], seen["ref"], sent, own, hit.key, seen["kind"], seen["value"])


def _direction(seen: Seen) -> str | None:
    """Return the direction of an observable; what stands there and is none is as unknown as nothing."""
    told = seen.get("direction")
    return told if told in DIRECTIONS else None


def _hits(path: Path, indicators: Indicators, groups: Sequence[int] | None) -> Iterator[Hit]:
    asked = indicators.key_filter
    if not len(asked.hashes):
        return
    if path.suffix == PASSING:
        for table in passing(path, OBSERVABLES):
            yield from _verified(table.take(pa.array(rows_hit(table, asked))).to_pylist(), indicators, asked.hashes)
        return
    with pq.ParquetFile(path) as file:
        for some in _together(file.num_row_groups, groups):
            table = file.read_row_groups(
                some, columns=["hash", "parents"] if groups is None else None, use_threads=False
            )
            rows = rows_hit(table, asked)
            if len(rows):
                whole = file.read_row_groups(some) if groups is None else table
                yield from _verified(whole.take(pa.array(rows)).to_pylist(), indicators, asked.hashes)


def _together(count: int, groups: Sequence[int] | None) -> Iterator[list[int]]:
    """Yield the numbers of row groups that are held in memory at once: of all one by one, of some a few together."""
    listed, step = (range(count), 1) if groups is None else (groups, TOGETHER)
    for start in range(0, len(listed), step):
        yield list(listed[start : start + step])


def rows_hit(table: pa.Table, asked: KeyFilter) -> np.ndarray:
    """Return the numbers of the rows whose own hash or a parent's is asked for."""
    own = np.zeros(len(table), bool)
    own[asked.among(table["hash"].to_numpy())] = True
    parents = table["parents"].combine_chunks()
    lengths = pc.list_value_length(parents).to_numpy(zero_copy_only=False)
    owners = np.repeat(np.arange(len(table)), lengths)
    own[owners[asked.among(parents.flatten().to_numpy())]] = True
    return np.flatnonzero(own)


def _verified(seen: list[Seen], indicators: Indicators, asked: np.ndarray) -> Iterator[Hit]:
    """Keep only hits whose key is the indicator's key letter for letter: a shared hash is no finding."""
    from perito.base.hashing import key_hash

    for one in seen:
        for key in keys_of(one["kind"], one["normal"]):
            wanted = np.uint64(key_hash(key))
            low, high = np.searchsorted(asked, wanted, "left"), np.searchsorted(asked, wanted, "right")
            if low == high:
                continue
            candidates = indicators.keys.slice(low, high - low).to_pylist()
            rows = tuple(row["row"] for row in candidates if row["key"] == key)
            if rows:
                yield Hit(one, key, rows)


def _told_of(hits: list[Hit], indicators: Indicators) -> dict[tuple[int, ...], list[Published]]:
    """Return by rows of the table, as the hits name them, what is published there; each row is read once."""
    numbers = sorted({row for hit in hits for row in hit.rows})
    listed = indicators.table.select(SAID).take(pa.array(numbers, pa.int64())).to_pylist()
    by_number = dict(zip(numbers, listed, strict=True))
    return {rows: list(_published([by_number[row] for row in rows])) for rows in {hit.rows for hit in hits}}


def _published(rows: list[dict[str, Any]]) -> Iterator[Published]:
    """Yield each different indicator of a hit with all its publications, the one that weighs most and says most first."""
    ordered = sorted(rows, key=lambda row: (row["kind"], row["normal"], *most_told(row), str(row["feed_sha256"] or "")))
    for _, group in groupby(ordered, key=lambda row: (row["kind"], row["normal"])):
        same = list(group)
        yield same[0], same


def _artifacts_by_indicator(
    hits: list[Hit], told: Mapping[tuple[int, ...], list[Published]]
) -> dict[tuple[str, str], set[str]]:
    """Return for each indicator the artifacts it was met in: some weigh more when several agree."""
    met: dict[tuple[str, str], set[str]] = {}
    for hit in hits:
        for first, _ in told[hit.rows]:
            if not hit.key.startswith("process16:"):
                met.setdefault((first["kind"], first["normal"]), set()).add(hit.seen["artifact"])
    return met


def _findings(
    hit: Hit, published: list[Published], hashes: Mapping[str, str], wide: Mapping[tuple[str, str], set[str]]
) -> Iterator[Finding]:
    seen = hit.seen
    place = Place(seen["artifact"], seen["file"], seen["ref"])
    trace = trace_of(place.artifact, seen["kind"])
    for first, same in published:
        artifacts = len(wide.get((first["kind"], first["normal"]), ()))
        graded = grade(first, Met(hit.key, trace, place.artifact, artifacts, _direction(seen)))
        yield Finding(
            rule=f"indicator.{first['kind']}",
            rule_version=RULE_VERSION,
            grade=graded.grade,
            trace=trace,
            place=place,
            time=rfc3339(seen["time"]),
            value=seen["value"],
            says_template=saying(graded.says, first),
            does_not_show_template=graded.does_not_show,
            indicator={
                "kind": first["kind"],
                "value": first["value"],
                "source": first["source"] or "",
                "campaign": first["campaign"] or first["report"] or "",
            },
            references=references(same),
            file_hashes=(hashes.get(place.file, ""),),
            facts=facts(first),
        )
