"""Archives, honest and hostile: what is refused is recorded, what is sound is read, memory stays bounded."""

import bz2
import gzip
import io
import lzma
import os
import resource
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path

import pyarrow as pa
import pytest

from perito.base.errors import EvidenceError, NotRecognised
from perito.sources.source import Failure, Source
from tests.sources.backups import PASSWORD, SMS, Backup, database
from tests.sources.conftest import Open

NOISE = os.urandom(200_000)


def content(source: Source, name: str) -> bytes:
    path = source.materialise([name])[name]
    assert isinstance(path, Path), path
    return path.read_bytes()


def everything(source: Source) -> dict[str, Path]:
    found = source.materialise(row["name"] for row in source.entries.to_pylist())
    return {name: path for name, path in found.items() if isinstance(path, Path)}


def statuses(source: Source) -> dict[str, str]:
    return {row["name"]: row["status"] for row in source.entries.to_pylist()}


def reasons(source: Source) -> dict[str, str]:
    return {problem.file: problem.reason for problem in source.problems}


def zipped(path: Path, *members: tuple[zipfile.ZipInfo | str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, raw in members:
            archive.writestr(name, raw)
    return path


def tarred(path: Path, *members: tuple[tarfile.TarInfo | str, bytes], form: int = tarfile.PAX_FORMAT) -> Path:
    ending = path.suffix.lstrip(".")
    mode = f"w:{ending}" if ending in {"gz", "bz2", "xz"} else "w"
    with tarfile.open(path, mode, format=form) as archive:
        for info, raw in members:
            member = tarfile.TarInfo(info) if isinstance(info, str) else info
            member.size = len(raw)
            archive.addfile(member, io.BytesIO(raw))
    return path


def zst(plain: bytes) -> bytes:
    return bytes(pa.Codec("zstd").compress(plain, asbytes=True))


def tar_special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


@pytest.mark.parametrize("ending", ["tar", "gz", "bz2", "xz"])
@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_tar_of_any_packing_and_form(opened: Open, tmp_path: Path, ending: str, form: int) -> None:
    long = "/".join(["folder-with-a-name"] * 7) + "/" + "x" * 90
    path = tarred(tmp_path / f"a.{ending}", ("./a.txt", b"hola"), (long, NOISE), ("empty", b""), form=form)
    source = opened(path)
    assert source.kind == "archive"
    assert [content(source, name) for name in ("a.txt", long, "empty")] == [b"hola", NOISE, b""]
    assert [row["size"] for row in source.entries.to_pylist()] == [4, len(NOISE), 0]
    assert source.problems == []


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
def test_a_zip_of_any_method(opened: Open, tmp_path: Path, method: int) -> None:
    path = zipped(tmp_path / "a.bin", ("é/b.txt", b"hola"), ("noise", NOISE), ("empty", b""), method=method)
    source = opened(path)
    found = source.materialise(["noise", "é/b.txt", "empty", "absent"])
    assert [found[name].read_bytes() for name in ("noise", "é/b.txt", "empty")] == [NOISE, b"hola", b""]
    assert isinstance(found["absent"], Failure)
    assert {found[name].stat().st_mode & 0o777 for name in ("noise", "empty")} == {0o600}
    assert source.problems == []


def test_a_tar_packed_by_zstandard_whole_and_cut(opened: Open, tmp_path: Path) -> None:
    plain = tarred(tmp_path / "a.tar", ("a.txt", b"hola"), ("noise", NOISE), ("last", NOISE)).read_bytes()
    (tmp_path / "a.tar.zst").write_bytes(zst(plain[:5_000]) + zst(plain[5_000:]))
    source = opened(tmp_path / "a.tar.zst")
    assert [content(source, name) for name in ("a.txt", "noise", "last")] == [b"hola", NOISE, NOISE]
    assert source.problems == []
    (tmp_path / "cut").write_bytes(zst(plain[:300_000]) + zst(plain[300_000:])[:-9])
    cut = opened(tmp_path / "cut")
    assert [content(cut, name) for name in ("a.txt", "noise")] == [b"hola", NOISE]
    assert reasons(cut)["cut"] == "the packed bytes end too soon"


def test_a_bomb_of_zstandard_is_left_where_its_ratio_shows(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "bomb.zst").write_bytes(zst(bytes(600 << 20)))
    assert (tmp_path / "bomb.zst").stat().st_size < 1 << 20
    assert reasons(opened(tmp_path / "bomb.zst"))["bomb.zst"] == "it unpacks to more than 250 times its size"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zst])
def test_one_packed_file_is_listed_without_its_ending(opened: Open, tmp_path: Path, pack: object) -> None:
    (tmp_path / "chat.txt.z").write_bytes(pack(b"[01/02/16] Ana: hola"))
    assert content(opened(tmp_path / "chat.txt.z"), "chat.txt") == b"[01/02/16] Ana: hola"


def test_packed_files_joined_end_to_end_are_one(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"hola ") + gzip.compress(NOISE) + bytes(512))
    assert content(opened(tmp_path / "a.txt.gz"), "a.txt") == b"hola " + NOISE


@pytest.mark.parametrize("wrap", ["zip", "tar", "gz"])
@pytest.mark.parametrize("password", ["", PASSWORD])
def test_a_backup_inside_an_archive(opened: Open, tmp_path: Path, wrap: str, password: str) -> None:
    parts = database("only in the log", wal=True, folder=tmp_path)
    files = {SMS + side: raw for side, raw in parts.items()} | {"HomeDomain/n": b"hola"}
    folder = Backup(files, password=password).build(tmp_path / "b")
    members = [(f"phone/{path.relative_to(folder)}", path.read_bytes()) for path in folder.rglob("*") if path.is_file()]
    path = tmp_path / f"backup.{wrap}"
    path = zipped(path, *members) if wrap == "zip" else tarred(path, *members)
    before = path.read_bytes()
    source = opened(path, password or None)
    assert source.kind == "itunes_backup"
    assert source.device["serial"] == "SERIAL0001"
    found = source.materialise([SMS, SMS + "-wal", "HomeDomain/n"])
    assert {name: one.read_bytes() for name, one in found.items() if isinstance(one, Path)} == files
    assert found[SMS].parent == found[SMS + "-wal"].parent
    assert source.problems == []
    assert path.read_bytes() == before


def test_a_zip_that_was_streamed_and_one_with_old_names(opened: Open, tmp_path: Path) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("streamed", NOISE)
    (tmp_path / "streamed.zip").write_bytes(pipe.getvalue())
    assert content(opened(tmp_path / "streamed.zip"), "streamed") == NOISE
    raw = member_raw("a\\\u00f1".encode("cp437"), zlib_raw(b"hola"), size=4, crc=b"hola")
    raw += member_raw("é".encode(), zlib_raw(b"hi"), size=2, crc=b"hi")
    source = opened(finished(tmp_path / "old.zip", raw))
    assert (content(source, "a/ñ"), content(source, "é")) == (b"hola", b"hi")


EVIL_NAMES = {
    "../../etc/passwd": "its name leads out of the archive",
    "/etc/passwd": "an absolute name",
    "C:/Windows/x": "an absolute name",
    "a/../../x": "its name leads out of the archive",
    "..\\..\\x": "its name leads out of the archive",
    "d/" * 200 + "x": "201 folders deep, 128 are allowed",
}


@pytest.mark.parametrize("wrap", ["zip", "tar"])
def test_names_that_lead_out_are_refused_and_the_rest_is_read(opened: Open, tmp_path: Path, wrap: str) -> None:
    members = [*((name, b"evil") for name in EVIL_NAMES), ("good", b"hola")]
    path = tmp_path / "a"
    source = opened(zipped(path, *members) if wrap == "zip" else tarred(path, *members))
    shown = {name.replace("\\", "/") if wrap == "zip" else name: reason for name, reason in EVIL_NAMES.items()}
    assert reasons(source) == shown
    assert statuses(source) == {**dict.fromkeys(shown, "refused"), "good": "here"}
    assert content(source, "good") == b"hola"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "scratch"]


@pytest.mark.parametrize("top", ["./", ".", "././"])
def test_the_folder_that_was_packed_is_no_loss(opened: Open, tmp_path: Path, top: str) -> None:
    """`tar -czf copy.tgz -C FOLDER .` writes the folder itself first, as `./`."""
    folder = tarfile.TarInfo(top)
    folder.type = tarfile.DIRTYPE
    source = opened(tarred(tmp_path / "a.tgz", (folder, b""), ("./inside/fine", b"fine")))
    assert (statuses(source), reasons(source)) == ({"inside/fine": "here"}, {})
    zip_source = opened(zipped(tmp_path / "a.zip", ("./", b""), ("./inside/fine", b"fine")))
    assert (statuses(zip_source), reasons(zip_source)) == ({"inside/fine": "here"}, {})
    file = opened(tarred(tmp_path / "b.tar", (".", b"bytes"), ("fine", b"fine")))
    assert reasons(file) == {".": "no name"}


def test_a_name_without_end_is_cut_in_the_record(opened: Open, tmp_path: Path) -> None:
    source = opened(tarred(tmp_path / "a", ("x" * 100_000, b""), ("good", b"hola")))
    (name,) = reasons(source)
    assert len(name) < 200
    assert content(source, "good") == b"hola"


def test_links_and_devices_in_a_tar_are_refused(opened: Open, tmp_path: Path) -> None:
    path = tarred(
        tmp_path / "a",
        tar_special("soft", tarfile.SYMTYPE, "/etc/passwd"),
        tar_special("hard", tarfile.LNKTYPE, "../../secret"),
        tar_special("pipe", tarfile.FIFOTYPE),
        tar_special("disk", tarfile.BLKTYPE),
        ("good", b"hola"),
    )
    source = opened(path)
    assert reasons(source) == {
        "soft": "a link to '/etc/passwd'",
        "hard": "a hard link to '../../secret'",
        "pipe": "a device or a pipe",
        "disk": "a device or a pipe",
    }
    assert [isinstance(found, Failure) for found in source.materialise(["soft", "hard", "pipe", "disk"]).values()] == [
        True
    ] * 4
    assert content(source, "good") == b"hola"


def test_links_and_devices_in_a_zip_are_refused(opened: Open, tmp_path: Path) -> None:
    members = []
    for name, mode in (("soft", 0o120777), ("pipe", 0o010644), ("good", 0o100644)):
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, mode << 16
        members.append((info, b"/etc/passwd"))
    source = opened(zipped(tmp_path / "a", *members))
    assert reasons(source) == {"soft": "a link", "pipe": "a device or a pipe"}
    assert content(source, "good") == b"/etc/passwd"


@pytest.mark.parametrize("wrap", ["zip", "tar", "gz"])
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_member_of_a_name_is_read_under_its_own(opened: Open, tmp_path: Path, wrap: str) -> None:
    members = (("x", b"first"), ("x", b"second"), ("./x", b"third"), ("x~2", b"another"))
    path = tmp_path / f"a.{wrap}"
    source = opened(zipped(path, *members) if wrap == "zip" else tarred(path, *members))
    assert {name: one.read_bytes() for name, one in everything(source).items()} == {
        "x": b"first",
        "x~2": b"another",
        "x~3": b"second",
        "x~4": b"third",
    }
    why = "a second member of one name: it is read under this one"
    assert reasons(source) == {"x~3": why, "x~4": why}


@pytest.mark.parametrize("ending", ["tar", "gz"])
@pytest.mark.parametrize("form", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_a_hard_link_has_the_bytes_of_the_earlier_member(opened: Open, tmp_path: Path, ending: str, form: int) -> None:
    long = "folder/" * 30 + "long name"
    path = tarred(
        tmp_path / f"a.{ending}",
        (long, NOISE),
        ("empty", b""),
        tar_special("twin", tarfile.LNKTYPE, f"./{long}"),
        tar_special("twin of a twin", tarfile.LNKTYPE, "twin"),
        tar_special("nothing", tarfile.LNKTYPE, "empty"),
        tar_special("early", tarfile.LNKTYPE, "last"),
        tar_special("../out", tarfile.LNKTYPE, long),
        ("last", b"hola"),
        form=form,
    )
    source = opened(path)
    linked = {"twin": NOISE, "twin of a twin": NOISE, "nothing": b"", "empty": b"", long: NOISE, "last": b"hola"}
    assert {name: one.read_bytes() for name, one in everything(source).items()} == linked
    assert content(opened(path), "twin of a twin") == NOISE
    assert reasons(source) == {"early": "a hard link to 'last'", "../out": f"a hard link to {long!r}"}
    assert source.sha256_of("twin") == source.sha256_of(long)


def test_the_map_of_a_sparse_file_is_passed_over(opened: Open, tmp_path: Path) -> None:
    info = tarfile.TarInfo("sparse")
    info.size = 1_024
    block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
    block[156:157], block[482] = b"S", 1
    block[148:156] = b" " * 8
    block[148:156] = f"{sum(block):06o}\0 ".encode()
    more, last = bytearray(512), bytearray(512)
    more[504] = 1
    good = tarfile.TarInfo("good")
    good.size = 4
    whole = bytes(block) + bytes(more) + bytes(last) + bytes(1_024) + good.tobuf() + b"hola" + bytes(508 + 1_024)
    (tmp_path / "a.tar").write_bytes(whole)
    source = opened(tmp_path / "a.tar")
    assert content(source, "good") == b"hola"
    assert reasons(source) == {"sparse": "a sparse file: its holes are not rebuilt"}


def test_a_zip_behind_a_program_that_unpacks_it(opened: Open, tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", ("a.txt", b"hola")).read_bytes()
    (tmp_path / "setup.exe").write_bytes(b"MZ" + os.urandom(5_000) + whole)
    source = opened(tmp_path / "setup.exe")
    assert (source.kind, content(source, "a.txt"), source.problems) == ("archive", b"hola", [])


@pytest.mark.parametrize("start", [b"SQLite format 3\0", b"bplist00", b"<?xml version"])
def test_a_file_that_is_itself_stays_itself_whatever_hangs_on_its_end(
    opened: Open, tmp_path: Path, start: bytes
) -> None:
    (tmp_path / "sms.db").write_bytes(start + zipped(tmp_path / "a.zip", ("a.txt", b"hola")).read_bytes())
    assert opened(tmp_path / "sms.db").kind == "file"


def test_words_that_name_the_end_of_a_zip_are_no_zip(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"hola " * 100 + b"PK\x05\x06" + bytes(18))
    assert opened(tmp_path / "a.txt").kind == "file"


def test_a_zip_with_places_of_64_bits(opened: Open, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive, archive.open("big", "w", force_zip64=True) as out:
        out.write(NOISE)
    source = opened(tmp_path / "a.zip")
    assert (content(source, "big"), source.problems) == (NOISE, [])


@pytest.mark.parametrize("mark", [b"PK\x07\x08", b"PK00"])
def test_the_first_part_of_a_split_zip_gives_what_is_whole(opened: Open, tmp_path: Path, mark: bytes) -> None:
    whole = zipped(tmp_path / "a.zip", ("whole", b"hola"), ("cut", NOISE)).read_bytes()
    (tmp_path / "a.z01").write_bytes(mark + whole[: len(whole) // 2])
    source = opened(tmp_path / "a.z01")
    assert content(source, "whole") == b"hola"
    assert "cut short, or was split into parts" in reasons(source)["a.z01"]


def test_the_last_part_of_a_split_zip_says_so(opened: Open, tmp_path: Path) -> None:
    whole = bytearray(zipped(tmp_path / "a.zip", ("whole", b"hola")).read_bytes())
    whole[-18:-16] = (2).to_bytes(2, "little")
    (tmp_path / "a.zip").write_bytes(whole)
    assert reasons(opened(tmp_path / "a.zip")) == {
        "a.zip": "the last of 3 parts of a split archive: join the parts first"
    }
    (tmp_path / "b.zip").write_bytes(whole[40:])
    with pytest.raises(EvidenceError, match="no file that can be read: the last of 3 parts of a split archive"):
        opened(tmp_path / "b.zip")


def test_a_bomb_in_a_zip_is_refused_unopened(opened: Open, tmp_path: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(600)) + packer.flush()
    raw = member_raw(b"bomb", packed, size=600 << 20) + member_raw(b"good", zlib_raw(b"hola"), size=4, crc=b"hola")
    path = finished(tmp_path / "bomb.zip", raw)
    assert len(raw) < 4 << 20
    source = opened(path)
    assert reasons(source) == {"bomb": f"{len(packed)} bytes that say they unpack to {600 << 20}"}
    assert content(source, "good") == b"hola"


def test_a_bomb_that_lies_about_its_size_stops_at_that_size(opened: Open, tmp_path: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(300)) + packer.flush()
    raw = member_raw(b"bomb", packed, size=1_000) + member_raw(b"good", zlib_raw(b"hola"), size=4, crc=b"hola")
    source = opened(finished(tmp_path / "bomb.zip", raw))
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    found = source.materialise(["bomb", "good"])
    assert found["bomb"] == Failure("refused", "it unpacks to more than the 1000 bytes it says")
    assert isinstance(found["good"], Path)
    assert found["good"].read_bytes() == b"hola"
    assert len(list(found["good"].parent.iterdir())) == 1
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before < 100_000


@pytest.mark.parametrize("inner", ["tar", "one"])
def test_a_packed_bomb_is_left_where_its_ratio_shows(opened: Open, tmp_path: Path, inner: str) -> None:
    path = tmp_path / "bomb.gz"
    with gzip.open(path, "wb", compresslevel=9) as out:
        if inner == "tar":
            head = io.BytesIO()
            with tarfile.open(fileobj=head, mode="w") as archive:
                info = tarfile.TarInfo("good")
                info.size = 4
                archive.addfile(info, io.BytesIO(b"hola"))
                huge = tarfile.TarInfo("bomb")
                huge.size = 2_000 << 20
                head.write(huge.tobuf())
            out.write(head.getvalue()[: 512 * 3])
        for _ in range(600):
            out.write(bytes(1 << 20))
    assert path.stat().st_size < 4 << 20
    if inner == "one":
        assert reasons(opened(path))["bomb.gz"] == "it unpacks to more than 250 times its size"
        return
    source = opened(path)
    assert reasons(source)["bomb.gz"] == "it unpacks to more than 250 times its size"
    assert content(source, "good") == b"hola"


def test_an_encrypted_member_says_so(opened: Open, tmp_path: Path) -> None:
    raw = member_raw(b"locked", NOISE, size=len(NOISE), flags=1) + member_raw(
        b"good", zlib_raw(b"hi"), size=2, crc=b"hi"
    )
    source = opened(finished(tmp_path / "a.zip", raw))
    assert statuses(source) == {"locked": "encrypted", "good": "here"}
    assert reasons(source) == {"locked": "encrypted: unpack the archive with its password first"}
    assert source.materialise(["locked"])["locked"].status == "encrypted"


def test_overlapping_members_are_refused(opened: Open, tmp_path: Path) -> None:
    good = member_raw(b"good", zlib_raw(b"hola"), size=4, crc=b"hola")
    path = finished(tmp_path / "a.zip", good, again=(b"twin", b"also"))
    source = opened(path)
    assert reasons(source) == dict.fromkeys(["twin", "also"], "its bytes overlap those of another member")
    assert content(source, "good") == b"hola"


def test_a_damaged_checksum_is_told_and_the_bytes_stay(opened: Open, tmp_path: Path) -> None:
    raw = member_raw(b"odd", zlib_raw(b"hola"), size=4, crc=b"adios") + member_raw(b"short", zlib_raw(b"ho"), size=4)
    source = opened(finished(tmp_path / "a.zip", raw))
    assert (content(source, "odd"), content(source, "short")) == (b"hola", b"ho")
    assert reasons(source) == {
        "odd": "its checksum does not fit: the bytes are damaged",
        "short": "2 bytes, where the archive says 4",
    }


def test_an_unknown_method_and_a_place_outside_are_refused(opened: Open, tmp_path: Path) -> None:
    raw = member_raw(b"a", b"abcd", size=9, method=99) + member_raw(b"good", zlib_raw(b"hola"), size=4, crc=b"hola")
    source = opened(finished(tmp_path / "a.zip", raw, stray=10**9))
    assert reasons(source) == {
        "a": "packed by method 99, which is not read here",
        "stray": "its bytes reach into the list of members",
    }


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("ending", ["tar", "gz", "bz2", "xz"])
def test_a_tar_cut_short_keeps_what_was_readable(opened: Open, tmp_path: Path, ending: str, kept: float) -> None:
    whole = tarred(tmp_path / f"a.{ending}", *((f"{number:02}", os.urandom(30_000)) for number in range(40)))
    contents = {name: path.read_bytes() for name, path in everything(opened(whole)).items()}
    raw = whole.read_bytes()
    (tmp_path / "cut").write_bytes(raw[: int(len(raw) * kept)])
    if ending == "bz2" and kept < 0.8:  # one block of bzip2 holds 900 kB: nothing of it can be read
        with pytest.raises(EvidenceError, match="end too soon"):
            opened(tmp_path / "cut")
        return
    source = opened(tmp_path / "cut")
    found = everything(source)
    *whole_ones, last = found
    assert len(whole_ones) > 3
    assert {name: found[name].read_bytes() for name in whole_ones} == {name: contents[name] for name in whole_ones}
    assert contents[last].startswith(found[last].read_bytes())
    assert "cut" in reasons(source)


def test_a_zip_cut_short_is_read_by_what_stands_before_each_member(opened: Open, tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", *((f"{number:02}", os.urandom(30_000)) for number in range(40)))
    kept = {name: content(opened(whole), name) for name in ("00", "10")}
    raw = whole.read_bytes()
    (tmp_path / "cut.zip").write_bytes(raw[: len(raw) // 2])
    source = opened(tmp_path / "cut.zip")
    assert {name: content(source, name) for name in kept} == kept
    assert "the archive is cut short" in reasons(source)["cut.zip"]


def test_a_hundred_thousand_members_are_listed(opened: Open, tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(100_000):
            archive.writestr(f"folder/{number:06}", b"x")
    source = opened(path)
    assert source.entries.num_rows == 100_000
    assert content(source, "folder/099999") == b"x"


def test_archives_inside_are_listed_and_not_opened(opened: Open, tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner.zip", ("secret", b"x")).read_bytes()
    source = opened(zipped(tmp_path / "outer.zip", ("inner.zip", inner), ("good", b"hola")))
    assert statuses(source) == {"inner.zip": "here", "good": "here"}
    assert reasons(source) == {"outer.zip": "archives inside this one that were not opened: 1"}
    assert content(source, "inner.zip") == inner


@pytest.mark.parametrize(
    "raw",
    [b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + b"\xff" * 400, b"\x1f\x8b\x08" + b"\xff" * 100, b"BZh9" + bytes(50)],
)
def test_an_archive_without_a_readable_file_is_told(opened: Open, tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a").write_bytes(raw)
    with pytest.raises(EvidenceError, match="no file that can be read"):
        opened(tmp_path / "a")


def test_a_form_that_is_not_read_is_named(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"Rar!\x1a\x07\x01\x00" + bytes(100))
    with pytest.raises(NotRecognised, match="a RAR archive"):
        opened(tmp_path / "a.zip")


def zlib_raw(plain: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(plain) + packer.flush()


class Raw(bytes):
    """Local parts of a zip, with what its list shall say of each."""

    listed: list[tuple[bytes, int, int, int, int, int, int]]

    def __add__(self, other: bytes) -> "Raw":
        joined = Raw(bytes(self) + bytes(other))
        moved = [(*one[:-1], one[-1] + len(self)) for one in getattr(other, "listed", [])]
        joined.listed = [*self.listed, *moved]
        return joined


def member_raw(
    name: bytes, packed: bytes, *, size: int, crc: bytes | None = None, method: int = 8, flags: int = 0
) -> Raw:
    checksum = zlib.crc32(crc) if crc is not None else 0
    head = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, flags, method, 0, 0, checksum, len(packed), size, len(name), 0)
    raw = Raw(head + name + packed)
    raw.listed = [(name, flags, method, checksum, len(packed), size, 0)]
    return raw


def finished(path: Path, raw: Raw, *, again: tuple[bytes, ...] = (), stray: int | None = None) -> Path:
    listed = [*raw.listed, *((name, *raw.listed[0][1:]) for name in again)]
    if stray is not None:
        listed.append((b"stray", *raw.listed[-1][1:-1], stray))
    central = b"".join(
        struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, flags, method, 0, 0, crc, packed, size, len(name), *[0] * 5, at
        )
        + name
        for name, flags, method, crc, packed, size, at in listed
    )
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, len(listed), len(listed), len(central), len(raw), 0)
    path.write_bytes(bytes(raw) + central + end)
    return path
