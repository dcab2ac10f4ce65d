"""A zip or tar archive, packed or not, or one packed file: listed and unpacked by confined workers, under caps."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from perito.base.errors import EvidenceError
from perito.base.pool import Pool
from perito.base.text import excerpt
from perito.sources import manifest, reading
from perito.sources.ask import PATIENT, ask, task
from perito.sources.folder import NESTED
from perito.sources.source import (
    LISTING,
    REFUSED,
    Entry,
    Failure,
    Fetched,
    Source,
    safe_base,
)

MOST_TOLD = 1_000
MOST_ASKED = 5_000
SPLIT_FROM = 16 << 20


class ArchiveSource(Source):
    """An archive: names are its members' below its top, and `materialise` unpacks all that is asked in one pass.

    What it refuses (links, devices, names that lead out, bombs, overlaps, second members of a name) is in `problems`
    with its reason. Archives inside it are listed as files and not opened.
    """

    kind = "archive"

    def __init__(self, place: Path, scratch: Path, pool: Pool) -> None:
        super().__init__(place, scratch, LISTING.empty_table())
        self.pool = pool
        self._read.add(place)
        output = self._fresh_folder() / "members.arrow"
        arguments = {"place": str(place), "output": str(output), "name": reading.text_of(place.name)}
        question = task(
            "archive_worker:list_archive", arguments, readable=[place], writable=[output.parent], limits=PATIENT
        )
        (answer,) = ask(pool, [question])
        if isinstance(answer, Failure):
            raise EvidenceError(str(place), answer.reason, "nothing of this archive was examined")
        self._form = str(answer["form"])
        self._members = manifest.read(output)
        self.listing = self._members.select(LISTING.names)
        self._tell(answer["problems"])

    @property
    def sha256(self) -> str:
        """The SHA-256 of the archive file itself."""
        return reading.digest(self.place)

    def _tell(self, broken: list[str]) -> None:
        own = reading.text_of(self.place.name)
        for reason in broken:
            self.problem(own, reason)
        odd = self._members.filter(pc.not_equal(self._members["reason"], ""))
        for row in odd.slice(0, MOST_TOLD).select(["name", "reason"]).to_pylist():
            self.problem(row["name"], row["reason"])
        if odd.num_rows > MOST_TOLD:
            self.problem(own, f"{odd.num_rows - MOST_TOLD} more members were refused or are odd")
        files = self.files()
        nested = files.filter(pc.match_substring_regex(files, NESTED.pattern, ignore_case=True))
        if len(nested):
            some = ", ".join(nested[:5].to_pylist())
            self.problem(own, f"archives inside this one that were not opened: {len(nested)}", raw=excerpt(some))

    def _fetch(self, rows: Mapping[str, Entry]) -> Fetched:
        if not rows:
            return {}
        wanted = self._members.filter(pc.is_in(self._members["name"], value_set=pa.array(list(rows), pa.string())))
        members = {member["name"]: member for member in reversed(wanted.to_pylist())}
        folder = self._fresh_folder()
        batches = self._batches([members[name] for name in rows])
        questions = [self._question(batch, folder, number) for number, batch in enumerate(batches)]
        fetched: Fetched = {}
        for number, (batch, answer) in enumerate(zip(batches, ask(self.pool, questions), strict=True)):
            for index, member in enumerate(batch):
                path = folder / _base(number, index, member["name"])
                fetched[member["name"]] = self._outcome(member["name"], path, answer, index)
        return fetched

    def _outcome(self, name: str, path: Path, answer: Any, index: int) -> Path | Failure:
        if isinstance(answer, Failure):
            return answer
        digest, oddity = answer[index]
        if oddity:
            self.problem(name, oddity)
        if not digest:
            return Failure(REFUSED, oddity)
        self._digests[name] = digest
        return path

    def _question(self, batch: list[dict[str, Any]], folder: Path, number: int) -> Any:
        wanted = [
            [_base(number, index, one["name"]), one["offset"], one["size"], one["packed"], one["method"], one["crc"]]
            for index, one in enumerate(batch)
        ]
        arguments = {"place": str(self.place), "form": self._form, "wanted": wanted, "folder": str(folder)}
        return task("archive_worker:extract", arguments, readable=[self.place], writable=[folder], limits=PATIENT)

    def _batches(self, members: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
        """Return the members in parts for the workers: a packed tar in one, for each part would unpack it all."""
        if self._form not in {"zip", "tar."}:
            return [members]
        parts = 2 if sum(one["packed"] for one in members) > SPLIT_FROM else 1
        most = min(MOST_ASKED, -(-len(members) // parts))
        return [members[start : start + most] for start in range(0, len(members), most)]


def _base(batch: int, index: int, name: str) -> str:
    return f"{batch}-{index}-{safe_base(PurePosixPath(name).name)}"
