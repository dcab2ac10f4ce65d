"""The rows of a backup's manifest as a listing: names, and where each file is stored."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from perito.sources.source import FILE, FOLDER, HERE, LINK, LISTING, MISSING, REFUSED

HASHED = "^[0-9a-fA-F]{40}$"
MANIFESTS = ("Manifest.db", "Manifest.mbdb")
LIST_STARTS = (b"SQLite format 3\x00", b"mbdb\x05\x00")


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


def listing(rows: pa.Table, root: str, stored: pa.Array, known_names: Iterable[str]) -> pa.Table:
    """Return the manifest's rows, then every stored file that it does not list; no name comes twice.

    What is stored below `root` and in no row has its known name where one fits the hash, else that of its place. A
    second row of the same name carries its number after a `~`. `stored` is "" for what is not here.
    """
    listed, taken = _listed(rows, root, stored)
    whole = pa.concat_tables([listed, _unlisted(stored.filter(pa.array(~taken)), root, known_names)]).combine_chunks()
    del listed
    names = whole["name"]
    if pc.count_distinct(names).as_py() == len(names):
        return whole
    return whole.set_column(0, "name", [_told_apart(names.to_pylist())])


def _listed(rows: pa.Table, root: str, stored: pa.Array) -> tuple[pa.Table, NDArray[np.bool_]]:
    """Return the manifest's rows with their places, and which of the stored files they account for.

    A place is found by its hash among the files that are there: a file id that is not forty hex digits finds none
    (it could lead out of the backup), and its row is `refused`.
    """
    place = re.escape(root) + "(?:[0-9a-f]{2}/)?[0-9a-f]{40}"
    candidates = pc.indices_nonzero(pc.match_substring_regex(stored, f"^{place}$"))
    hashes = pc.utf8_slice_codeunits(stored.take(candidates), -40, None)
    file_id = rows["file_id"].combine_chunks()
    found = candidates.take(pc.index_in(file_id, value_set=hashes))
    taken = np.zeros(len(stored), bool)
    taken[found.drop_null().to_numpy(zero_copy_only=False)] = True
    flags = pc.fill_null(rows["flags"].combine_chunks(), 1)
    kind = pc.if_else(pc.equal(flags, 2), FOLDER, pc.if_else(pc.equal(flags, 4), LINK, FILE))
    sound = pc.fill_null(pc.match_substring_regex(file_id, HASHED), fill_value=False)
    status = pc.if_else(pc.is_valid(found), HERE, pc.if_else(sound, MISSING, REFUSED))
    status = pc.if_else(pc.equal(kind, FOLDER), HERE, pc.if_else(pc.equal(kind, LINK), REFUSED, status))
    domain, path = (pc.fill_null(rows[one].combine_chunks(), "") for one in ("domain", "path"))
    name = pc.if_else(pc.equal(path, ""), domain, pc.binary_join_element_wise(domain, path, "/"))
    places = pc.fill_null(stored.take(found), "")
    return pa.table([name, pa.nulls(len(name), pa.int64()), status, places, kind], schema=LISTING), taken


def _told_apart(names: list[str]) -> pa.Array:
    seen: dict[str, int] = {}
    apart: list[str] = []
    for name in names:
        count = seen[name] = seen.get(name, 0) + 1
        apart.append(f"{name}~{count}" if count > 1 else name)
    return pa.array(apart, pa.string())


def _unlisted(left: pa.Array, root: str, known_names: Iterable[str]) -> pa.Table:
    known = {file_id(name): name for name in known_names}
    inside = pc.starts_with(left, root)
    left = pa.concat_arrays([left.filter(inside), left.filter(pc.invert(inside))])
    names = []
    for place in left.to_pylist():
        relative = place.removeprefix(root)
        names.append(known.get(relative.rpartition("/")[2], relative))
    size = len(names)
    return pa.table([names, pa.nulls(size, pa.int64()), [HERE] * size, left, [FILE] * size], schema=LISTING)
