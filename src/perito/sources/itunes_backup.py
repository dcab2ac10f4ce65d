"""A backup that Finder, iTunes or libimobiledevice made: files under hashed names, and a list that names them."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perito.base.pool import Pool
from perito.sources.ask import ask
from perito.sources.device import device
from perito.sources.source import (
    FILE,
    FOLDER,
    HERE,
    LINK,
    LISTING,
    MISSING,
    REFUSED,
    Entry,
    Failure,
    Fetched,
    Problem,
    Source,
)

HASHED = "^[0-9a-fA-F]{40}$"
MANIFESTS = ("Manifest.db", "Manifest.mbdb")


class BackupSource(Source):
    """An iOS backup inside a folder or an archive: names are `<Domain>/<relativePath>`.

    The manifest files lie beside them under their own names; a stored file that the manifest does not list keeps
    the name of its place.
    """

    kind = "itunes_backup"

    def __init__(self, inner: Source, root: str, scratch: Path, pool: Pool, known_names: Iterable[str] = ()) -> None:
        super().__init__(inner.place, scratch, LISTING.empty_table(), inner.problems)
        self.pool = pool
        self.inner = inner
        self.root = root
        self._plists = {name: self._plist(name) for name in ("Info.plist", "Manifest.plist", "Status.plist")}
        self.device = device(*self._plists.values())
        stored = inner.entries.filter(pc.equal(inner.entries["type"], FILE))["name"]
        self.listing = self._listed(stored, known_names)

    def evidence_files(self) -> list[Path]:
        """Return the real files that were opened so far, sorted."""
        return self.inner.evidence_files()

    def close(self) -> None:
        """Forget copies and keys, and close the container that holds the backup."""
        super().close()
        self.inner.close()

    def _fetch(self, rows: Mapping[str, Entry]) -> Fetched:
        fetched = self.inner.materialise(row.stored for row in rows.values())
        return {name: fetched[row.stored] for name, row in rows.items()}

    def _plist(self, name: str) -> Mapping[str, Any]:
        path = self.inner.materialise([self.root + name])[self.root + name]
        if isinstance(path, Failure):
            return {}
        answer = ask(self.pool, "manifest_worker:read_plist", {"place": str(path)}, readable=[path])
        if isinstance(answer, Failure):
            self._problem(name, answer.reason)
            return {}
        if "error" in answer:
            self._problem(name, answer["error"])
        values = answer.get("values", {})
        return values if isinstance(values, dict) else {}

    def _listed(self, stored: pa.ChunkedArray, known_names: Iterable[str]) -> pa.Table:
        rows = self._manifest()
        listed = named(rows, self.root, stored)
        left = stored.filter(pc.invert(pc.is_in(stored, value_set=listed["stored"].combine_chunks())))
        known = {file_id(name): name for name in known_names}
        names = [self._own_name(place, known) for place in left.to_pylist()]
        size = len(names)
        extra = pa.table([names, [None] * size, [HERE] * size, left, [FILE] * size], schema=LISTING)
        return pa.concat_tables([listed, extra]).combine_chunks()

    def _own_name(self, place: str, known: Mapping[str, str]) -> str:
        relative = place.removeprefix(self.root)
        return known.get(relative.rpartition("/")[2], relative)

    def _manifest(self) -> pa.Table:
        name = self.root + MANIFESTS[0]
        path = self.inner.materialise([name])[name]
        if isinstance(path, Failure):
            return pa.table({"file_id": [], "domain": [], "path": [], "flags": []})
        output = self._fresh_folder() / "manifest.arrow"
        answer = ask(
            self.pool,
            "manifest_worker:list_manifest",
            {"place": str(path), "output": str(output)},
            readable=[path],
            writable=[output.parent],
        )
        if isinstance(answer, Failure):
            self._problem(MANIFESTS[0], answer.reason)
            return pa.table({"file_id": [], "domain": [], "path": [], "flags": []})
        for reason in answer["problems"]:
            self._problem(MANIFESTS[0], reason)
        with pa.OSFile(str(output)) as file:
            table = pa.ipc.open_file(file).read_all()
        table.validate(full=True)
        return table

    def _problem(self, file: str, reason: str, ref: str = "", raw: str = "") -> None:
        self.problems.append(Problem("source", file, ref, reason, raw))


def file_id(name: str) -> str:
    """Return the hashed name under which a backup stores `<Domain>/<relativePath>`."""
    return hashlib.sha1(name.replace("/", "-", 1).encode(), usedforsecurity=False).hexdigest()


def named(rows: pa.Table, root: str, stored: pa.ChunkedArray) -> pa.Table:
    """Return the manifest's rows as a listing: each with its place below `root`, and whether it is among `stored`.

    A file id that is not forty hex digits names no place (it could lead out of the backup): the row is `refused`.
    """
    hashed, domain, path = (pc.fill_null(rows[name].cast(pa.string()), "") for name in ("file_id", "domain", "path"))
    flags = pc.fill_null(rows["flags"].cast(pa.int64()), 1)
    name = pc.if_else(pc.equal(path, ""), domain, pc.binary_join_element_wise(domain, path, "/"))
    deep = pc.binary_join_element_wise(root, pc.utf8_slice_codeunits(hashed, 0, 2), "/", hashed, "")
    flat = pc.binary_join_element_wise(root, hashed, "")
    place = pc.if_else(pc.is_in(flat, value_set=stored.combine_chunks()), flat, deep)
    sound = pc.match_substring_regex(hashed, HASHED)
    kind = pc.if_else(pc.equal(flags, 2), FOLDER, pc.if_else(pc.equal(flags, 4), LINK, FILE))
    here = pc.if_else(pc.is_in(place, value_set=stored.combine_chunks()), HERE, MISSING)
    status = pc.if_else(sound, here, REFUSED)
    status = pc.if_else(pc.equal(kind, FOLDER), HERE, pc.if_else(pc.equal(kind, LINK), REFUSED, status))
    place = pc.if_else(sound, place, "")
    return pa.table([name, pa.nulls(len(name), pa.int64()), status, place, kind], schema=LISTING)
