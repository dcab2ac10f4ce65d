"""A backup that Finder, iTunes or libimobiledevice made: files under hashed names, and a list that names them."""

import re
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perito.base.errors import EvidenceError
from perito.base.pool import Pool
from perito.sources import device, keys, manifest, reading, unlock
from perito.sources.ask import ask, task
from perito.sources.decrypt import PLAIN_STARTS, decrypt
from perito.sources.source import (
    ENCRYPTED,
    FILE,
    HERE,
    LISTING,
    ROOT_FILES,
    SIDE_FILES,
    Entry,
    Failure,
    Fetched,
    Source,
    failed,
    safe_base,
)

PLISTS = ("Info.plist", "Manifest.plist", "Status.plist")
SAMPLE = 16
SECTOR = 512
"""A database is a multiple of it; what is stored in a multiple of it, too, was not padded."""
MOST_ASKED = 5_000
MOST_TOLD = 1_000
WORKERS = 2
SEALED = re.compile(r"[0-9a-fA-F]{40}")
"""How the names of files begin that an encrypted backup encrypts: what a computer adds (`.DS_Store`) has other names."""


class BackupSource(Source):
    """An iOS backup inside a folder or an archive: names are `<Domain>/<relativePath>`.

    The manifest files lie beside them under their own names (Manifest.db decrypted); a stored file that the manifest
    does not list keeps the name of its place. `materialise` decrypts where that is needed.
    """

    kind = "itunes_backup"

    def __init__(self, inner: Source, root: str, pool: Pool, memory: Path | None = None) -> None:
        super().__init__(inner.place, inner.shared, LISTING.empty_table())
        self.memory = memory and Path(tempfile.mkdtemp(prefix=f"{self.kind}-", dir=memory))
        self.problems = inner.problems
        self.pool = pool
        self.inner = inner
        self.root = root
        self._keys: keys.Keys | None = None
        self._stored_digests: dict[str, str] = {}
        self._told: dict[str, Any] = {}
        self._manifest = manifest.MANIFESTS[0]
        self._list: Path | None = None

    def open(self, password: unlock.Password | None, known_names: Iterable[str]) -> None:
        """Read what the backup says of itself, unlock it where it is encrypted, and list it.

        EvidenceError where it is encrypted and cannot be opened; then close it.
        """
        values = self._read_plists()
        self.device = device.device(*(values.get(name, {}) for name in PLISTS))
        self._manifest, self._list = self._open_manifest(password)
        hashed = self._manifest == manifest.MANIFESTS[0]
        listed = manifest.listing(self._read_list(), self.root, self.inner.listing, known_names, hashed=hashed)
        self.listing, self.doubtful = listed.listing, tuple(listed.doubtful)
        self._tell(listed)
        pa.default_memory_pool().release_unused()
        if self._keys is None and self._told.get("keybag") and self._files_are_padded():
            self._keys = unlock.opened(self._told, self.place, password)

    @property
    def encrypted(self) -> bool:
        """Whether files of this backup are decrypted as they are asked for."""
        return self._keys is not None

    @property
    def sha256(self) -> str:
        """The acquisition's SHA-256: of the archive it is in, else over its manifest files as they are stored."""
        if self.inner.kind == "archive":
            return self.inner.sha256
        return self.inner.digest_of(self.root + name for name in ROOT_FILES)

    def stored_sha256_of(self, name: str) -> str:
        """Return the SHA-256 of a file's bytes as they lie in the backup; KeyError where there are none."""
        if name in self._stored_digests:
            return self._stored_digests[name]
        row = self._rows([name]).get(name)
        if row is None:
            raise KeyError(name)
        return self.inner.sha256_of(row.stored)

    def evidence_files(self) -> list[Path]:
        """Return the real files that were opened so far, sorted."""
        return self.inner.evidence_files()

    def room_for(self, size: int) -> int:
        """Return what unpacking a file takes, and decrypting it: for a while both copies are there."""
        return self.inner.room_for(size) + size * self.encrypted

    def close(self) -> None:
        """Overwrite the keys, delete every copy, and close the container that holds the backup."""
        if self._keys is not None:
            self._keys.drop()
        super().close()
        self.inner.close()

    def _read_plists(self) -> dict[str, dict[str, Any]]:
        found = self.inner.materialise(self.root + name for name in PLISTS)
        places = {name: path for name in PLISTS if isinstance(path := found[self.root + name], Path)}
        questions = [
            task("manifest_worker:read_plist", {"place": str(path), "wanted": device.WANTED}, readable=[path])
            for path in places.values()
        ]
        values: dict[str, dict[str, Any]] = {}
        for name, answer in zip(places, ask(self.pool, questions), strict=True):
            if isinstance(answer, Failure) or "error" in answer:
                self.problem(name, answer.reason if isinstance(answer, Failure) else answer["error"])
                continue
            values[name] = answer["values"]
            state = values[name].get("SnapshotState")
            if state not in {None, "finished"}:
                self.problem(name, "the backup was not finished: files may be missing", raw=str(state)[:100])
            if name == "Manifest.plist":
                self._told = answer["encryption"]
        return values

    def _open_manifest(self, password: unlock.Password | None) -> tuple[str, Path | None]:
        """Return the name of the backup's list and a plain copy or original of it, None where there is none to read."""
        for name in manifest.MANIFESTS:
            family = [self.root + name, *(self.root + name + side for side in SIDE_FILES)]
            path = self.inner.materialise(family)[self.root + name]
            if isinstance(path, Path):
                return name, self._plain_manifest(name, path, password)
        self.problem(
            manifest.MANIFESTS[0], "this backup holds no list of its files: they are known by hashed name only"
        )
        return manifest.MANIFESTS[0], None

    def _plain_manifest(self, name: str, path: Path, password: unlock.Password | None) -> Path | None:
        if reading.head(path).startswith(manifest.LIST_STARTS):
            return path
        told = self._told
        if not (told.get("keybag") and told.get("manifest_key")):
            self._lost_manifest(name, path)
            return None
        if not told["encrypted"]:
            self.problem("Manifest.plist", f"says that this backup is not encrypted, but {name} is")
        self._keys = unlock.opened(told, self.place, password)
        key = self._keys.unwrap(bytes.fromhex(told["manifest_key"]))
        if key is None:
            raise EvidenceError(
                str(self.place),
                f"the password is right, but the key of {name} does not open with it",
                "nothing of this backup was examined",
            )
        size = path.stat().st_size
        target = self._fresh_folder(size) / name
        made = decrypt(path, target, key, None if size % SECTOR else size)
        self._digests[name], self._stored_digests[name] = made.sha256, made.stored_sha256
        self._paths[name] = target
        if made.oddity:
            self.problem(name, made.oddity)
        return target

    def _lost_manifest(self, name: str, path: Path) -> None:
        """Tell damage from encryption without keys: a backup that is only damaged still holds files that look plain."""
        if self._told.get("encrypted") or "damage" in self._told or not self._some_plain():
            unlock.opened({**self._told, "keybag": None}, self.place, None)
        start = reading.head(path, 16)
        self.problem(name, "damaged: it does not begin like a list of files", raw=start.hex(" "))

    def _some_plain(self) -> bool:
        names = self.inner.files()
        hashed = names.filter(pc.match_substring_regex(names, "(^|/)[0-9a-fA-F]{40}$"))[: 4 * SAMPLE].to_pylist()
        places = [path for path in self.inner.materialise(hashed).values() if isinstance(path, Path)]
        return not places or any(reading.head(path, 16).startswith(PLAIN_STARTS) for path in places)

    def _tell(self, listed: manifest.Listed) -> None:
        for name, reason in listed.oddities[:MOST_TOLD]:
            self.problem(name, reason)
        left = len(listed.oddities) - MOST_TOLD
        if left > 0:
            self.problem(self._manifest, f"{left} more of its rows are odd")
        if listed.part:
            self.problem(self._manifest, listed.part)

    def _read_list(self) -> pa.Table:
        if self._list is None:
            return manifest.nothing()
        output = self._fresh_folder() / "manifest.arrow"
        arguments = {"place": str(self._list), "output": str(output)}
        question = task(
            "manifest_worker:list_manifest",
            arguments,
            readable=[self._list],
            writable=[output.parent, *self._near(self._list)],
        )
        (answer,) = ask(self.pool, [question])
        if isinstance(answer, Failure):
            self.problem(self._manifest, answer.reason)
            return manifest.nothing()
        for reason in answer["problems"]:
            self.problem(self._manifest, reason)
        return manifest.read(output)

    def _files_are_padded(self) -> bool:
        here = self.listing.filter(
            pc.and_(pc.equal(self.listing["status"], HERE), pc.equal(self.listing["type"], FILE))
        )
        places = here.filter(pc.match_substring_regex(here["stored"], "[0-9a-fA-F]{40}$"))["stored"][
            :SAMPLE
        ].to_pylist()
        sizes = {_id_of(place): self.inner.size_of(place) for place in places}
        encrypted = unlock.padded(sizes, self._members(list(sizes)))
        if encrypted != self._told["encrypted"]:
            was = "encrypted" if encrypted else "plain"
            self.problem("Manifest.plist", f"its word on encryption does not fit the files, which are {was}")
        return encrypted

    def _members(self, file_ids: list[str]) -> dict[str, dict[str, Any]]:
        if self._list is None:
            return {}
        tasks = [
            task(
                "manifest_worker:members",
                {"place": str(self._list), "file_ids": file_ids[start : start + MOST_ASKED]},
                readable=[self._list],
                writable=self._near(self._list),
            )
            for start in range(0, len(file_ids), MOST_ASKED)
        ]
        found: dict[str, dict[str, Any]] = {}
        for answer in ask(self.pool, tasks):
            if isinstance(answer, Failure):
                self.problem(self._manifest, answer.reason)
            else:
                found.update(answer)
        return found

    def _near(self, path: Path) -> list[Path]:
        """Return the folder of a copy, where SQLite may write beside it; none for evidence."""
        return [path.parent] if self.owns(path) or self.inner.owns(path) else []

    def _fetch(self, rows: Mapping[str, Entry]) -> Fetched:
        places = self.inner.materialise(row.stored for row in rows.values())
        fetched = {name: places[row.stored] for name, row in rows.items()}
        if self._keys is None:
            return fetched
        sealed = {
            name: path
            for name, path in fetched.items()
            if isinstance(path, Path) and SEALED.match(rows[name].stored.rpartition("/")[2])
        }
        members = self._members([_id_of(rows[name].stored) for name in sealed])
        with ThreadPoolExecutor(WORKERS) as threads:
            jobs = {
                name: threads.submit(self._opened, name, path, members.get(_id_of(rows[name].stored), {}))
                for name, path in sealed.items()
            }
            for name, job in jobs.items():
                fetched[name], oddity = job.result()
                if oddity:
                    self.problem(name, oddity)
                if fetched[name] != sealed[name]:
                    self.inner.release(rows[name].stored)
        return fetched

    def _opened(self, name: str, path: Path, member: Mapping[str, Any]) -> tuple[Path | Failure, str]:
        """Return the plain file and what was odd about it; runs in a thread, so it only adds to what is there."""
        assert self._keys is not None
        if reading.head(path, 16).startswith(PLAIN_STARTS):
            return path, "not encrypted, though this backup is"
        wrapped = (bytes.fromhex(one) for one in member.get("keys", ()))
        key = next((key for one in wrapped if (key := self._keys.unwrap(one))), None)
        if key is None:
            return Failure(ENCRYPTED, "the manifest holds no key for this file that opens"), ""
        try:
            target = self._fresh_folder(path.stat().st_size) / safe_base(name)
            made = decrypt(path, target, key, member.get("size"))
        except OSError as error:
            return failed(error), ""
        self._digests[name], self._stored_digests[name] = made.sha256, made.stored_sha256
        return target, made.oddity


def _id_of(stored: str) -> str:
    """Return the file id in a place: a second file of an archive carries a number behind it."""
    return PurePosixPath(stored).name[:40].lower()
