"""The rows of a backup's manifest as a listing: names, and where each file is stored."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

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
    second row of the same name carries its number after a `~`.
    """
    listed = _listed(rows, root, stored)
    left = stored.filter(pc.invert(pc.is_in(stored, value_set=listed["stored"].combine_chunks())))
    whole = pa.concat_tables([listed, _unlisted(left, root, known_names)]).combine_chunks()
    names = whole["name"]
    if pc.count_distinct(names).as_py() == len(names):
        return whole
    return whole.set_column(0, "name", [_told_apart(names.to_pylist())])


def _listed(rows: pa.Table, root: str, stored: pa.Array) -> pa.Table:
    """Return the manifest's rows: each with its place below `root`, and whether it is among `stored`.

    A file id that is not forty hex digits names no place (it could lead out of the backup): the row is `refused`.
    """
    hashed, domain, path = (pc.fill_null(rows[name].cast(pa.string()), "") for name in ("file_id", "domain", "path"))
    flags = pc.fill_null(rows["flags"].cast(pa.int64()), 1)
    name = pc.if_else(pc.equal(path, ""), domain, pc.binary_join_element_wise(domain, path, "/"))
    deep = pc.binary_join_element_wise(root, pc.utf8_slice_codeunits(hashed, 0, 2), "/", hashed, "")
    flat = pc.binary_join_element_wise(root, hashed, "")
    place = pc.if_else(pc.is_in(flat, value_set=stored), flat, deep)
    sound = pc.match_substring_regex(hashed, HASHED)
    kind = pc.if_else(pc.equal(flags, 2), FOLDER, pc.if_else(pc.equal(flags, 4), LINK, FILE))
    status = pc.if_else(sound, pc.if_else(pc.is_in(place, value_set=stored), HERE, MISSING), REFUSED)
    status = pc.if_else(pc.equal(kind, FOLDER), HERE, pc.if_else(pc.equal(kind, LINK), REFUSED, status))
    place = pc.if_else(sound, place, "")
    return pa.table([name, pa.nulls(len(name), pa.int64()), status, place, kind], schema=LISTING)


def _told_apart(names: list[str]) -> pa.Array:
    seen: dict[str, int] = {}
    apart: list[str] = []
    for name in names:
        count = seen[name] = seen.get(name, 0) + 1
        apart.append(f"{name}~{count}" if count > 1 else name)
    return pa.array(apart, pa.string())


def _unlisted(left: pa.Array, root: str, known_names: Iterable[str]) -> pa.Table:
    known = {file_id(name): name for name in known_names}
    names = []
    for place in left.to_pylist():
        relative = place.removeprefix(root)
        names.append(known.get(relative.rpartition("/")[2], relative))
    size = len(names)
    return pa.table([names, pa.nulls(size, pa.int64()), [HERE] * size, left, [FILE] * size], schema=LISTING)
