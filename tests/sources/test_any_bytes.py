"""Readers of lists, keybags and archives over any bytes: they end in what was read and a word on the rest."""

import io
import tarfile
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perito.sources import archive_worker, keybag, manifest_worker, mbdb
from perito.sources.caps import Caps
from perito.sources.member import MEMBERS
from tests.sources.backups import PASSWORD, Backup, record
from tests.sources.backups import keybag as made_keybag


def made_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"folder/{number}", b"hola " * 40)
    return out.getvalue()


def made_tar(mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name in ("a", "é" * 70, "x" * 300):
            info = tarfile.TarInfo(name)
            info.size = 200
            archive.addfile(info, io.BytesIO(b"hola " * 40))
    return out.getvalue()


SEEDS = {"zip": made_zip(), "tar": made_tar("w"), "gz": made_tar("w:gz"), "xz": made_tar("w:xz")}
MBDB = b"mbdb\x05\x00" + record("HomeDomain", "a", 0o100644, 1, None) + record("RootDomain", "b", 0o40755, 0, None)
edits = st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 255)), max_size=8)


def changed(raw: bytes, edits: list[tuple[int, int]], cut: int) -> bytes:
    made = bytearray(raw)
    for place, value in edits:
        made[place % len(made)] = value
    return bytes(made[: max(len(made) - cut, 1)])


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("room")


@given(seed=st.sampled_from(sorted(SEEDS)), edits=edits, cut=st.integers(0, 400))
def test_a_damaged_archive_is_listed_and_unpacked_as_far_as_it_goes(
    room: Path, seed: str, edits: list[tuple[int, int]], cut: int
) -> None:
    place, output = room / "a", room / "members.arrow"
    place.write_bytes(changed(SEEDS[seed], edits, cut))
    told = archive_worker.list_archive(str(place), str(output), "a.bin")
    with pa.OSFile(str(output)) as file:
        rows = pa.ipc.open_file(file).read_all()
    assert rows.schema == MEMBERS
    here = rows.filter(
        pa.compute.and_(pa.compute.equal(rows["status"], "here"), pa.compute.equal(rows["type"], "file"))
    )
    wanted = [
        [f"{number}", row["offset"], row["size"], row["packed"], row["method"], row["crc"]]
        for number, row in enumerate(here.to_pylist())
    ]
    for old in room.glob("[0-9]*"):
        old.unlink()
    done = archive_worker.extract(str(place), told["form"], wanted, str(room))
    for (base, _, size, *_), (digest, oddity) in zip(wanted, done, strict=True):
        assert (room / base).exists() == bool(digest)
        assert digest or oddity
        assert not digest or (room / base).stat().st_size <= size


@given(raw=st.binary(max_size=600) | edits.map(lambda some: changed(MBDB, some, 0)))
def test_an_old_list_of_any_bytes_is_read_or_damaged(room: Path, raw: bytes) -> None:
    place = room / "Manifest.mbdb"
    place.write_bytes(raw)
    try:
        rows = list(mbdb.records(place))
    except mbdb.Damaged:
        return
    assert all(len(row.file_id) == 40 for row in rows)


@given(raw=st.binary(max_size=400) | edits.map(lambda some: changed(made_keybag(PASSWORD), some, 0)))
def test_a_keybag_of_any_bytes_is_read_or_damaged(raw: bytes) -> None:
    try:
        facts = keybag.parse(raw)
    except keybag.Damaged:
        return
    assert 1 <= facts["rounds"] <= keybag.MOST_OLD_ROUNDS
    assert facts.get("first_rounds", 1) <= keybag.MOST_ROUNDS


@given(edits=edits, cut=st.integers(0, 9_000))
def test_a_damaged_list_of_files_gives_rows_or_a_reason(room: Path, edits: list[tuple[int, int]], cut: int) -> None:
    folder = room / "backup"
    if not folder.exists():
        Backup({f"HomeDomain/{number}": b"" for number in range(30)}).build(folder)
    place, output = room / "Manifest.db", room / "manifest.arrow"
    place.write_bytes(changed((folder / "Manifest.db").read_bytes(), edits, cut))
    told = manifest_worker.list_manifest(str(place), str(output))
    with pa.OSFile(str(output)) as file:
        rows = pa.ipc.open_file(file).read_all()
    rows.validate(full=True)
    assert rows.num_rows == told["rows"]
    ids = [one for one in rows["file_id"].to_pylist() if one]
    assert isinstance(manifest_worker.members(str(place), ids), dict)


@given(raw=st.binary(max_size=300))
def test_a_property_list_of_any_bytes_is_read_or_told(room: Path, raw: bytes) -> None:
    place = room / "Info.plist"
    for start in (b"", b"bplist00", b"<?xml version='1.0'?><plist>"):
        place.write_bytes(start + raw)
        assert {"values", "error"} & set(manifest_worker.read_plist(str(place), ["Device Name"]))


@given(raw=st.text(max_size=60) | st.sampled_from(["a/../b", "/a", "\\a", "C:a", "a\0b", "..", ".", "", "a//b", "./a"]))
def test_a_name_that_is_not_refused_stays_inside(raw: str) -> None:
    name, reason = Caps().name(raw)
    if not reason:
        assert name
        assert not name.startswith(("/", "\\"))
        assert ".." not in name.split("/")
        assert "\0" not in name
