"""What a backup's list says that cannot be so: each is told, and nothing is left unread for it."""

import hashlib
from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from perito.sources.source import FILE, HERE, MISSING, REFUSED

Oddity = tuple[int, str]
"""The number of a row, and what is odd about it."""
BATCH = 50_000
MOST_UNTRUE = 100_000
"""Rows with an id that is not theirs, after which the rest is not compared: of that list nothing is true."""
LONGEST_NAME = 1_024
"""Characters of a name that are shown; a path on the device has at most as many bytes (PATH_MAX of Darwin)."""
KEPT = 500
LEADS_OUT = r"(?:^|/)\.\.(?:/|$)"
WHOLE_FOLDER = 2
"""Listed files of one subfolder, none of which is here, from which on the subfolder is said to be missing."""


def names(domain: pa.Array, path: pa.Array, ids: pa.Array) -> pa.Array:
    """Return `<domain>/<path>` for each row, the id where there is neither; what is too long loses its middle."""
    joined = pc.if_else(pc.equal(path, ""), domain, pc.binary_join_element_wise(domain, path, "/"))
    joined = pc.if_else(pc.equal(joined, ""), ids, joined)
    size = pc.utf8_length(joined)
    if not pc.any(pc.greater(size, LONGEST_NAME)).as_py():
        return joined
    left = pc.cast(pc.subtract(size, 2 * KEPT), pa.string())
    middle = pc.binary_join_element_wise("… (", left, " more) …", "")
    ends = pc.utf8_slice_codeunits(joined, 0, KEPT), pc.utf8_slice_codeunits(joined, -KEPT, None)
    cut = pc.binary_join_element_wise(ends[0], middle, ends[1], "")
    return pc.if_else(pc.greater(size, LONGEST_NAME), cut, joined)


def untrue(ids: pa.Array, domain: pa.Array, path: pa.Array, asked: pa.Array) -> list[int]:
    """Return those of the rows whose id is not the SHA-1 of `<domain>-<path>`, as every backup makes it.

    https://www.theiphonewiki.com/wiki/ITunes_Backup says how; a row of which this is not true was changed, or was
    never written by a phone.
    """
    found: list[int] = []
    for start in range(0, len(asked), BATCH):
        if len(found) >= MOST_UNTRUE:
            break
        part = asked.slice(start, BATCH)
        columns = (one.take(part).to_pylist() for one in (ids, domain, path))
        numbers = part.to_pylist()
        found += [row for row, own, above, below in zip(numbers, *columns, strict=True) if true_id(above, below) != own]
    return found


def true_id(domain: str, path: str) -> str:
    """Return the id that a backup gives a file: the SHA-1 of `<domain>-<path>`."""
    return hashlib.sha1(f"{domain}-{path}".encode(), usedforsecurity=False).hexdigest()


def untrue_id(own: str) -> str:
    """Return what is told of a row with an id that its name does not make."""
    return f"its file id {own[:64]!a} is not the SHA-1 of its domain and path: the list was changed, or is damaged"


def other_id(own: str, name: str) -> str:
    """Return what is told of a row that has the id of a file of another name."""
    return f"its file id {own} is that of {name}: what is stored there is read under both names"


def rows(ids: pa.Array, path: pa.Array, table: pa.Table, said: pa.Array, instead: Mapping[str, str]) -> list[Oddity]:
    """Return what single rows say that cannot be so; `instead` says what lies where an id's file should."""
    here, kind = pc.equal(table["status"], HERE), pc.equal(table["type"], FILE)
    called = pc.and_(pc.and_(here, kind), pc.not_equal(said, FILE))
    told = [
        (row, f"the list calls it a {said[row]}, yet content is stored for it, which is read") for row in _of(called)
    ]
    refused = pc.and_(pc.equal(table["status"], REFUSED), kind)
    told += [
        (row, f"its file id {ids[row].as_py()[:64]!a} is none: no stored file is found by it") for row in _of(refused)
    ]
    lost = pc.and_(pc.equal(table["status"], MISSING), kind)
    replaced = pc.and_(lost, pc.is_in(ids, value_set=pa.array(list(instead), pa.string())))
    told += [
        (row, f"where its content should lie there is a {_plain(instead[ids[row].as_py()])}") for row in _of(replaced)
    ]
    climbs = pc.match_substring(path, "..")
    if pc.any(climbs).as_py():
        climbs = pc.and_(climbs, pc.match_substring_regex(path, LEADS_OUT))
    odd = {"leads out of its domain": climbs, "is absolute": pc.starts_with(path, "/")}
    odd["holds a NUL"] = pc.match_substring(path, "\x00")
    for why, mask in odd.items():
        told += [(row, f"its path {why}, which no path on a phone does") for row in _of(mask)]
    long = pc.greater(pc.utf8_length(path), LONGEST_NAME)
    return told + [
        (row, f"its path has {len(path[row].as_py())} characters: its middle is not shown") for row in _of(long)
    ]


def twins(listed: pa.ChunkedArray, apart: pa.ChunkedArray) -> list[Oddity]:
    """Return the rows of the list that had to be given a name of their own."""
    why = "the list holds this name more than once: it is read as well, under this name"
    return [(row, why) for row in _of(pc.not_equal(listed, apart.combine_chunks()))]


def part(ids: pa.Array, table: pa.Table) -> str:
    """Return how much of what is listed is not here ("" if no whole subfolder is missing): copies may be of a part."""
    status = table["status"].combine_chunks()
    asked = pc.and_(pc.equal(table["type"].combine_chunks(), FILE), pc.is_in(status, pa.array([HERE, MISSING])))
    made = {"folder": pc.utf8_slice_codeunits(ids, 0, 2), "here": pc.cast(pc.equal(status, HERE), pa.int64())}
    groups = pa.table(made).filter(asked).group_by("folder").aggregate([("here", "sum"), ("here", "count")])
    empty = pc.and_(pc.equal(groups["here_sum"], 0), pc.greater_equal(groups["here_count"], WHOLE_FOLDER))
    if not pc.any(empty).as_py():
        return ""
    files, here = pc.sum(groups["here_count"]).as_py(), pc.sum(groups["here_sum"]).as_py()
    return (
        f"{files - here} of {files} listed files are not in this acquisition, and of {pc.sum(empty)} of "
        f"{groups.num_rows} subfolders nothing is here: it is a copy of a part"
    )


def _plain(kind: str) -> str:
    return "pipe or device" if kind == "special" else kind


def _of(mask: pa.Array) -> list[int]:
    numbers: list[int] = pc.indices_nonzero(mask).to_pylist()
    return numbers
