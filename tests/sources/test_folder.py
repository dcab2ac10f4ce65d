"""Folders of files: what is walked, what is never opened, and that nothing changes where evidence lies."""

import hashlib
import os
import socket
import stat
from pathlib import Path

import pytest

from perito.base.errors import EvidenceError
from perito.sources.source import Failure
from tests.sources.backups import PASSWORD, SMS, Backup, database
from tests.sources.conftest import Open

POSIX = pytest.mark.skipif(os.name == "nt", reason="needs links, pipes and names of any bytes")


def state(folder: Path) -> dict[str, tuple[str, int, int]]:
    found = {}
    for path in sorted(folder.rglob("*")):
        info = path.lstat()
        raw = path.read_bytes() if stat.S_ISREG(info.st_mode) else b""
        found[str(path)] = (hashlib.sha256(raw).hexdigest(), info.st_mtime_ns, info.st_ctime_ns)
    return found


def test_names_are_posix_paths_with_sizes(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "f" / "private" / "var").mkdir(parents=True)
    (tmp_path / "f" / "private" / "var" / "log.txt").write_bytes(b"hola")
    (tmp_path / "f" / "empty").mkdir()
    source = opened(tmp_path / "f")
    assert source.kind == "folder"
    assert [tuple(row.values()) for row in source.listing.to_pylist()] == [
        ("empty", None, "here", "empty", "folder"),
        ("private", None, "here", "private", "folder"),
        ("private/var", None, "here", "private/var", "folder"),
        ("private/var/log.txt", 4, "here", "private/var/log.txt", "file"),
    ]
    assert source.materialise(["private/var/log.txt", "private"]) == {
        "private/var/log.txt": tmp_path / "f" / "private" / "var" / "log.txt",
        "private": Failure("refused", "a folder"),
    }
    assert (
        source.sha256
        == hashlib.sha256(b"4  private/var/log.txt\nNone  empty\nNone  private\nNone  private/var\n").hexdigest()
    )


@POSIX
def test_links_pipes_and_sockets_are_never_opened(opened: Open, tmp_path: Path) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("not evidence")
    (folder / "file-link").symlink_to("/etc/passwd")
    (folder / "folder-link").symlink_to(tmp_path / "outside")
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(folder / "socket"))
    (folder / "good").write_text("hola")
    source = opened(folder)
    assert {row["name"]: (row["type"], row["status"]) for row in source.entries.to_pylist()} == {
        "file-link": ("link", "refused"),
        "folder-link": ("link", "refused"),
        "good": ("file", "here"),
        "loop": ("link", "refused"),
        "pipe": ("special", "refused"),
        "socket": ("special", "refused"),
    }
    assert {name for name, one in source.materialise(source.entries["name"].to_pylist()).items() if one} >= {"good"}
    assert isinstance(source.materialise(["pipe"])["pipe"], Failure)
    assert sorted(problem.file for problem in source.problems) == ["pipe", "socket"]


@POSIX
def test_a_file_that_becomes_a_link_is_not_followed(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "x").write_text("hola")
    source = opened(tmp_path / "f")
    (tmp_path / "f" / "x").unlink()
    (tmp_path / "f" / "x").symlink_to("/etc/passwd")
    found = source.materialise(["x"])["x"]
    assert isinstance(found, Failure)
    assert found.status == "damaged"


@POSIX
def test_a_database_whose_log_is_a_link_is_copied_away(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "x.db").write_bytes(database("x", folder=tmp_path)[""])
    (tmp_path / "f" / "x.db-wal").symlink_to("/etc/passwd")
    source = opened(tmp_path / "f")
    found = source.materialise(["x.db", "x.db-wal"])
    copied = found["x.db"]
    assert isinstance(copied, Path)
    assert [one.name for one in copied.parent.iterdir()] == ["x.db"]
    assert copied.is_relative_to(tmp_path / "scratch")


@POSIX
def test_a_name_that_is_no_text_is_kept_by_its_bytes(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/f/caf\xe9.txt")).write_bytes(b"hola")
    (tmp_path / "f" / "new\nline").write_text("")
    source = opened(tmp_path / "f")
    assert source.entries["name"].to_pylist() == ["caf\\xe9.txt", "new\nline"]
    found = source.materialise(["caf\\xe9.txt"])["caf\\xe9.txt"]
    assert isinstance(found, Path)
    assert found.read_bytes() == b"hola"


@POSIX
def test_a_tree_deeper_than_the_system_can_name_ends_in_a_problem(opened: Open, tmp_path: Path) -> None:
    start = Path.cwd()
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "good").write_text("hola")
    os.chdir(tmp_path / "f")
    try:
        for _ in range(3_000):
            Path("dd").mkdir()
            os.chdir("dd")
    finally:
        os.chdir(start)
    source = opened(tmp_path / "f")
    assert source.entries["name"].to_pylist() == ["good"]
    assert source.listing.num_rows > 1_000
    (problem,) = source.problems
    assert problem.reason == "this folder was not listed: File name too long"
    for part in range(29):  # what removes the folder of the test is recursive
        (tmp_path / "f" / ("dd/" * 100)).rename(tmp_path / "rest")
        (tmp_path / "f" / "dd").rename(tmp_path / f"old{part}")
        (tmp_path / "rest").rename(tmp_path / "f" / "dd")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_what_may_not_be_read_is_told(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "f" / "closed").mkdir(parents=True)
    (tmp_path / "f" / "good").write_text("hola")
    (tmp_path / "f" / "closed").chmod(0)
    source = opened(tmp_path / "f")
    (tmp_path / "f" / "closed").chmod(0o700)
    assert [(one.file, one.reason) for one in source.problems] == [
        ("closed", "this folder was not listed: Permission denied")
    ]


def test_one_file_alone(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "chat.txt").write_bytes(b"[01/02/16] Ana: hola")
    source = opened(tmp_path / "chat.txt")
    assert (source.kind, source.entries["name"].to_pylist()) == ("file", ["chat.txt"])
    assert source.sha256 == hashlib.sha256(b"[01/02/16] Ana: hola").hexdigest()
    assert source.materialise(["chat.txt"]) == {"chat.txt": tmp_path / "chat.txt"}


@POSIX
def test_what_is_neither_file_nor_folder_is_not_waited_for(opened: Open, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(EvidenceError, match="neither a file nor a folder"):
        opened(tmp_path / "pipe")


def test_archives_in_a_folder_are_told(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "backup.ZIP").write_bytes(b"PK")
    (problem,) = opened(tmp_path / "f").problems
    assert (problem.reason, problem.raw) == ("archives in this folder that were not opened: 1", "backup.ZIP")


@pytest.mark.parametrize("password", ["", PASSWORD])
def test_evidence_is_as_it_was(opened: Open, tmp_path: Path, password: str) -> None:
    parts = database("only in the log", wal=True, folder=tmp_path)
    files = {SMS + side: raw for side, raw in parts.items()}
    folder = Backup(files, password=password).build(tmp_path / "b")
    before = state(folder)
    source = opened(folder, password or None)
    source.materialise(source.entries["name"].to_pylist())
    assert source.sha256 != ""
    read = {path.name for path in source.evidence_files()}
    source.close()
    assert state(folder) == before
    assert read == {path.name for path in folder.rglob("*") if path.is_file()}


@pytest.mark.skipif(not hasattr(os, "O_NOATIME"), reason="this system always notes the time of reading")
def test_copying_leaves_the_time_of_reading(opened: Open, tmp_path: Path) -> None:
    parts = database("only in the log", wal=True, folder=tmp_path)
    folder = Backup({SMS + side: raw for side, raw in parts.items()}, password=PASSWORD).build(tmp_path / "b")
    files = [path for path in folder.rglob("*") if path.is_file()]
    for path in files:
        os.utime(path, ns=(1, path.stat().st_mtime_ns))
    source = opened(folder, PASSWORD)
    source.materialise([SMS, SMS + "-wal"])
    assert {path.name for path in files if path.stat().st_atime_ns != 1} <= {
        "Info.plist",
        "Manifest.plist",
        "Status.plist",
    }
