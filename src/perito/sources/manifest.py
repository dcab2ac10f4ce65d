"""The rows of a backup's manifest as a listing: names, and where each file is stored; its lies are `distrust`'s."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from perito.sources import distrust
from perito.sources.distrust import Oddity
from perito.sources.source import FILE, FOLDER, HERE, LINK, LISTING, MISSING, REFUSED, ROOT_FILES
from perito.sources.twins import told_apart

HASHED = "^[0-9a-fA-F]{40}$"
MANIFESTS = ("Manifest.db", "Manifest.mbdb")
LIST_STARTS = (b"SQLite format 3\x00", b"mbdb\x05\x00")
TWICE = "a second stored file of one id: it is read as well, under this name"
STORED = "(?:[0-9a-fA-F]{2}/)?[0-9a-fA-F]{40}"


class Listed(NamedTuple):
    """A backup's files by name, what is odd about its rows, whose content is asked what it is, and what is lacking."""

    listing: pa.Table
    oddities: list[tuple[str, str]]
    doubtful: list[str]
    part: str


class _Rows(NamedTuple):
    """The manifest's rows in columns: ids in lower case, the place where each id is stored (null for none)."""

    table: pa.Table
    ids: pa.Array
    domain: pa.Array
    path: pa.Array
    said: pa.Array
    places: pa.Array


def file_id(name: str) -> str:
    """Return the hashed name under which a backup stores `<Domain>/<relativePath>`."""
    return hashlib.sha1(name.replace("/", "-", 1).encode(), usedforsecurity=False).hexdigest()


def read(path: Path) -> pa.Table:
    """Return the rows that a worker wrote down; ArrowException where the file is no sound table."""
    with pa.OSFile(str(path)) as file:
        table = pa.ipc.open_file(file).read_all()
    table.validate(full=True)
    return table


def nothing() -> pa.Table:
    """Return the rows of a manifest that could not be read."""
    names = ("file_id", "domain", "path")
    return pa.table({**{name: pa.array([], pa.string()) for name in names}, "flags": pa.array([], pa.int64())})


def listing(rows: pa.Table, root: str, inner: pa.Table, known_names: Iterable[str], *, hashed: bool = True) -> Listed:
    """Return the backup's own files, the manifest's rows, then every stored file that it does not list.

    `inner` lists what lies in the container. What is stored below `root` and in no row has its known name where one
    fits the hash, else that of its place. No name comes twice: a second one carries its number after a `~`. What is
    stored under the id of another name than its row's is listed under both. `hashed` says that the ids were read,
    not made from the names.
    """
    files = inner["name"].filter(pc.equal(inner["type"], FILE)).combine_chunks()
    made, taken, twice = _placed(rows, root, files)
    untrue = distrust.untrue(made.ids, made.domain, made.path, _asked(made)) if hashed else []
    known = _true_ids(made, untrue) | {file_id(name): name for name in known_names}
    aliases, oddities = _aliases(made, known, untrue)
    others = inner.filter(pc.not_equal(inner["type"], FILE))
    oddities += distrust.rows(made.ids, made.path, made.table, made.said, _types(others, root))
    left = files.filter(pa.array(~taken))
    own = pc.is_in(left, value_set=pa.array([root + name for name in ROOT_FILES], pa.string()))
    unlisted = _unlisted(left.filter(pc.invert(own)), root, known)
    above = _unlisted(left.filter(own), root, {})
    whole = pa.concat_tables([above, made.table, aliases, unlisted]).combine_chunks()
    first = above.num_rows
    names = whole["name"]
    if pc.count_distinct(names).as_py() < len(names):
        whole = whole.set_column(0, "name", [pa.array(told_apart(names.to_pylist()), pa.string())])
        oddities += distrust.twins(made.table["name"], whole["name"].slice(first, made.table.num_rows))
    names = whole["name"]
    told = [(names[first + row].as_py(), reason) for row, reason in sorted(oddities)]
    told += [(name, TWICE) for name in whole.filter(pc.is_in(whole["stored"], value_set=twice))["name"].to_pylist()]
    doubtful = names.slice(len(names) - unlisted.num_rows).to_pylist()
    doubtful += [names[first + row].as_py() for row in untrue if made.places[row].is_valid]
    return Listed(whole, told, doubtful, distrust.part(made.ids, made.table))


def _placed(rows: pa.Table, root: str, files: pa.Array) -> tuple[_Rows, NDArray[np.bool_], pa.Array]:
    """Return the manifest's rows with their places, which stored files they account for, and second ones of an id.

    A place is found by its hash among the files that are there, letter case aside: a file id that is not forty hex
    digits finds none (it could lead out of the backup), and its row is `refused`. What is stored is a file, whatever
    the row calls it.
    """
    candidates = pc.indices_nonzero(pc.match_substring_regex(files, f"^{re.escape(root)}{STORED}$"))
    hashes = pc.utf8_lower(pc.utf8_slice_codeunits(files.take(candidates), -40, None))
    ids = pc.utf8_lower(pc.fill_null(rows["file_id"].combine_chunks(), ""))
    at = candidates.take(pc.index_in(ids, value_set=hashes))
    taken = np.zeros(len(files), bool)
    taken[at.drop_null().to_numpy(zero_copy_only=False)] = True
    spare = candidates.filter(pc.and_(pc.is_in(hashes, value_set=ids), pc.invert(pa.array(taken).take(candidates))))
    flags = pc.fill_null(rows["flags"].combine_chunks(), 1)
    said = pc.if_else(pc.equal(flags, 2), FOLDER, pc.if_else(pc.equal(flags, 4), LINK, FILE))
    stored = pc.is_valid(at)
    kind = pc.if_else(stored, FILE, said)
    status = pc.if_else(stored, HERE, pc.if_else(pc.match_substring_regex(ids, HASHED), MISSING, REFUSED))
    status = pc.if_else(pc.equal(kind, FOLDER), HERE, pc.if_else(pc.equal(kind, LINK), REFUSED, status))
    domain, path = (pc.fill_null(rows[one].combine_chunks(), "") for one in ("domain", "path"))
    places = files.take(at)
    names = distrust.names(domain, path, ids)
    table = pa.table([names, pa.nulls(len(names), pa.int64()), status, pc.fill_null(places, ""), kind], schema=LISTING)
    return _Rows(table, ids, domain, path, said, places), taken, files.take(spare)


def _asked(made: _Rows) -> pa.Array:
    """Return the numbers of the rows that stand for content: here, or said to be a file."""
    return pc.indices_nonzero(pc.or_(pc.is_valid(made.places), pc.equal(made.said, FILE)))


def _true_ids(made: _Rows, untrue: list[int]) -> dict[str, str]:
    """Return the ids that rows should have that have others: what is stored under them is theirs, by their names."""
    numbers = pa.array(untrue, pa.int64())
    columns = (one.take(numbers).to_pylist() for one in (made.domain, made.path, made.table["name"]))
    return {distrust.true_id(domain, path): name for domain, path, name in zip(*columns, strict=True)}


def _aliases(made: _Rows, known: Mapping[str, str], untrue: Iterable[int]) -> tuple[pa.Table, list[Oddity]]:
    """Return the stored files whose id is that of another name than their row's, under that name, and what is told."""
    fits = pc.and_(pc.is_valid(made.places), pc.is_in(made.ids, value_set=pa.array(list(known), pa.string())))
    names: list[str] = []
    places: list[str] = []
    told = {row: distrust.untrue_id(made.ids[row].as_py()) for row in untrue if _sound(made, row)}
    for row in pc.indices_nonzero(fits).to_pylist():
        name = known[made.ids[row].as_py()]
        if name == made.table["name"][row].as_py():
            continue
        names.append(name)
        places.append(made.places[row].as_py())
        told[row] = distrust.other_id(made.ids[row].as_py(), name)
    size = len(names)
    columns = [names, pa.nulls(size, pa.int64()), [HERE] * size, places, [FILE] * size]
    return pa.table(columns, schema=LISTING), list(told.items())


def _sound(made: _Rows, row: int) -> bool:
    return bool(made.table["status"][row].as_py() != REFUSED)


def _types(others: pa.Table, root: str) -> dict[str, str]:
    """Return, for each id in whose place something else than a file lies, what that is."""
    odd = others.filter(pc.match_substring_regex(others["name"], f"^{re.escape(root)}{STORED}$"))
    names, types = odd["name"].to_pylist(), odd["type"].to_pylist()
    return {name[-40:].lower(): kind for name, kind in zip(names, types, strict=True)}


def _unlisted(left: pa.Array, root: str, known: Mapping[str, str]) -> pa.Table:
    inside = pc.starts_with(left, root)
    left = pa.concat_arrays([left.filter(inside), left.filter(pc.invert(inside))])
    names = []
    for place in left.to_pylist():
        relative = place.removeprefix(root)
        names.append(known.get(relative.rpartition("/")[2][:40].lower(), relative))
    size = len(names)
    return pa.table([names, pa.nulls(size, pa.int64()), [HERE] * size, left, [FILE] * size], schema=LISTING)
