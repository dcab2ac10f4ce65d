"""Bundles: written, carried by hand, installed; and every way in which one may be wrong."""

import errno
import json
import os
import stat
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from perito.base.errors import UsageError
from perito.indicators import installed, zipped
from perito.indicators.bundle import baseline, lists, load
from perito.indicators.change import change

NOW = datetime(2026, 3, 1, tzinfo=UTC)
TABLE = "# perito indicators 1\n# source: A Lab\ndomain\tbad.example\t\t\n"


@pytest.fixture(autouse=True)
def _data(tmp_path, monkeypatch):
    monkeypatch.setenv("PERITO_DATA", str(tmp_path / "data"))


@pytest.fixture
def made(tmp_path) -> Path:
    (tmp_path / "feeds" / "in").mkdir(parents=True)
    (tmp_path / "feeds" / "a.tsv").write_text(TABLE)
    (tmp_path / "feeds" / "in" / "processes.txt").write_text("evild\n")
    (tmp_path / "feeds" / "README.md").write_text("# Read me\n")
    zipped.write(tmp_path / "b.zip", lists([tmp_path / "feeds"], baseline=False))
    return tmp_path / "b.zip"


def added() -> list[tuple[str, str, str]]:
    found = load([])
    return [
        (row["kind"], row["value"], feed.file)
        for feed in found.feeds
        if not feed.file.startswith("baseline/")
        for row in found.table.to_pylist()
        if row["feed_sha256"] == feed.sha256
    ]


def test_a_bundle_that_is_installed_is_used_beside_the_baseline(tmp_path, made):
    before = baseline()
    assert [one.name for one in zipped.install(made, NOW)] == ["a.tsv", "in/processes.txt"]
    assert added() == [("domain", "bad.example", "a.tsv"), ("process", "evild", "in/processes.txt")]
    after = baseline()
    assert [feed.sha256 for feed in after.feeds[: len(before.feeds)]] == [feed.sha256 for feed in before.feeds]
    assert [one["sha256"] for one in after.summary[-2:]] == [one.listed.sha256 for one in installed.files()]
    assert load([], baseline=False).feeds == []
    assert load([]).table.equals(load([]).table)


def test_a_bundle_of_everything_in_use_adds_nothing_twice(tmp_path, made):
    zipped.write(tmp_path / "all.zip", lists([tmp_path / "feeds"]))
    zipped.install(tmp_path / "all.zip", NOW)
    assert added() == [("domain", "bad.example", "a.tsv"), ("process", "evild", "in/processes.txt")]
    zipped.write(tmp_path / "again.zip", lists([]))
    assert (tmp_path / "again.zip").read_bytes() == (tmp_path / "all.zip").read_bytes()


def sets() -> list[Path]:
    return [one for one in installed.place().iterdir() if one.is_dir()]


def test_a_later_bundle_replaces_the_earlier(tmp_path, made):
    zipped.install(made, NOW)
    (tmp_path / "c.tsv").write_text(TABLE.replace("bad", "worse"))
    zipped.write(tmp_path / "c.zip", lists([tmp_path / "c.tsv"], baseline=False))
    zipped.install(tmp_path / "c.zip", NOW)
    assert added() == [("domain", "worse.example", "c.tsv")]
    assert len(sets()) == 2  # the last too, for whoever reads it
    for folder in sets():
        os.utime(folder, (1_600_000_000, 1_600_000_000))
    zipped.install(tmp_path / "c.zip", NOW)
    assert len(sets()) == 2
    assert added() == [("domain", "worse.example", "c.tsv")]


def changed(made: Path, *, drop: str = "", add: tuple[str, bytes] | None = None, link: str = "") -> Path:
    out = made.with_name("changed.zip")
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            if member.filename == drop:
                continue
            if member.filename == link:
                member.external_attr = (stat.S_IFLNK | 0o777) << 16
            new.writestr(member, old.read(member.filename))
        if add:
            new.writestr(*add)
    return out


def manifest(made: Path, **change: object) -> tuple[str, bytes]:
    with zipfile.ZipFile(made) as bundle:
        told = json.loads(bundle.read("manifest.json"))
    for key, value in change.items():
        told["files"][0][key] = value
    return "manifest.json", json.dumps(told).encode()


def test_whatever_is_wrong_with_a_bundle_the_old_set_stays(tmp_path, made):
    zipped.install(made, NOW)
    before = added()
    other = manifest(made, name="x\u202e.tsv")
    wrong = {
        "no zip": lambda: Path(made.with_name("x.zip").write_text("no zip") and made.with_name("x.zip")),
        "no manifest": lambda: changed(made, drop="manifest.json"),
        "a list is missing": lambda: changed(made, drop="lists/000001"),
        "a name that climbs": lambda: changed(made, add=("../../evil", b"x")),
        "an absolute name": lambda: changed(made, add=("/etc/evil", b"x")),
        "one more file": lambda: changed(made, add=("lists/000002", b"x")),
        "a link": lambda: changed(made, link="lists/000000"),
        "another content": lambda: changed(made, drop="manifest.json", add=manifest(made, sha256="0" * 64)),
        "a shorter content": lambda: changed(made, drop="manifest.json", add=manifest(made, size=3)),
        "a size below zero": lambda: changed(made, drop="manifest.json", add=manifest(made, size=-3)),
        "a digest that is none": lambda: changed(made, drop="manifest.json", add=manifest(made, sha256="../x")),
        "a name that turns the writing": lambda: changed(made, drop="manifest.json", add=other),
        "no JSON": lambda: changed(made, drop="manifest.json", add=("manifest.json", b"{")),
        "too deep": lambda: changed(made, drop="manifest.json", add=("manifest.json", b"[" * 100_000)),
        "another version": lambda: changed(
            made, drop="manifest.json", add=("manifest.json", b'{"format": "perito indicators bundle", "version": 2}')
        ),
        "a bomb": lambda: changed(made, drop="lists/000000", add=("lists/000000", b"")),
        "no file": lambda: made.with_name("absent.zip"),
        "a folder": lambda: made.parent,
    }
    for name, make in wrong.items():
        with pytest.raises(UsageError) as error:
            zipped.install(make(), NOW)
        assert "stay in use" in str(error.value), name
        assert added() == before, name
    assert (
        sorted(path.name for path in (tmp_path / "data" / "indicators").iterdir() if path.name.startswith("partial"))
        == []
    )
    assert not list(tmp_path.rglob("evil"))


def test_a_list_that_unpacks_to_too_much_is_refused(tmp_path, made):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("lists/000000", b"\0" * 30_000_000)
        bomb.writestr("manifest.json", installed.manifest_of([installed.Listed("a", "0" * 64, 30_000_000)]))
    with pytest.raises(UsageError, match="unpacks to more"):
        zipped.install(tmp_path / "bomb.zip", NOW)


def test_a_bundle_that_names_very_many_members_is_refused_before_they_are_read(tmp_path):
    member = b"PK\1\2" + bytes(24) + b"\1" + bytes(17) + b"a"
    names = member * (zipped.LARGEST_READ // len(member) + 1)
    end = b"PK\5\6" + bytes(8) + len(names).to_bytes(4, "little") + bytes(6)
    (tmp_path / "many.zip").write_bytes(names + end)
    with (
        patch("zipfile.ZipInfo", side_effect=AssertionError("a member was read")),
        pytest.raises(UsageError, match="more or larger files than a bundle may hold"),
    ):
        zipped.install(tmp_path / "many.zip", NOW)


def test_a_damaged_bundle_is_told_in_our_own_words(tmp_path, made):
    whole = made.read_bytes()
    told = {}
    for name, data in {
        "cut": whole[:-30],
        "begins before the file": whole[:-10] + b"\xff\xff\x3f\x00" + whole[-6:],
    }.items():
        (tmp_path / "damaged.zip").write_bytes(data)
        with pytest.raises(UsageError) as error:
            zipped.install(tmp_path / "damaged.zip", NOW)
        told[name] = error.value.what
    assert told == dict.fromkeys(told, "not a bundle of indicators: no zip file, or a damaged one")


def test_a_list_that_was_changed_since_is_not_used_and_told(made):
    zipped.install(made, NOW)
    first, _ = installed.files()
    first.path.write_text(TABLE.replace("bad", "other"))
    assert added() == [("process", "evild", "in/processes.txt")]
    assert [(one.file, one.reason) for one in load([]).problems] == [
        ("a.tsv", "installed, but missing or changed since; not used")
    ]


def test_a_set_that_cannot_be_read_is_not_passed_over_in_silence(made):
    zipped.install(made, NOW)
    (installed.place() / "current").write_text("../../etc")
    with pytest.raises(UsageError, match="does not name a set"):
        load([])
    (installed.place() / "current").write_text("0123456789abcdef")
    with pytest.raises(UsageError, match="cannot be read"):
        load([])
    assert load([], baseline=False).feeds == []


def test_where_the_data_of_a_user_lies(monkeypatch, tmp_path):
    monkeypatch.delenv("PERITO_DATA")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert installed.place() == tmp_path / "perito" / "indicators"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert installed.place() == tmp_path / ".local" / "share" / "perito" / "indicators"
    monkeypatch.setattr("sys.platform", "darwin")
    assert installed.place() == tmp_path / "Library" / "Application Support" / "perito" / "indicators"


def test_commands_at_the_same_time_lose_nothing_of_each_other(tmp_path):
    names = [f"{letter}.txt" for letter in "abcdef"]
    for name in names:
        (tmp_path / name).write_text(f"{name[0]}.bad.example\n")
    command = [sys.executable, "-c", "from perito.cli.main import main; main()", "indicators"]
    running = [subprocess.Popen([*command, "add", str(tmp_path / name)], stdout=subprocess.DEVNULL) for name in names]
    while any(one.poll() is None for one in running):
        assert all(one.path.exists() for one in installed.files())  # whoever reads meanwhile has a whole set
    assert [one.returncode for one in running] == [0] * 6
    assert [one.listed.name for one in installed.files()] == names
    assert sorted(path.name for path in installed.place().iterdir() if path.name.startswith("partial")) == []
    assert len(sets()) == 6


def test_a_set_that_was_replaced_while_it_was_looked_at_is_not_missed(monkeypatch, made):
    zipped.install(made, NOW)
    names = iter(["0123456789abcdef", installed.current(), installed.current()])
    monkeypatch.setattr("perito.indicators.installed.current", lambda: next(names))
    assert [one.listed.name for one in installed.files()] == ["a.tsv", "in/processes.txt"]


def test_a_command_that_is_interrupted_leaves_the_old_set_and_nothing_half_made(made):
    zipped.install(made, NOW)
    before = list(installed.files())

    def interrupted():
        yield b"bad.example\n"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        change(lambda one: one, [(installed.Listed("b", "0" * 64, 1), interrupted())])
    assert list(installed.files()) == before
    assert sorted(path.name for path in installed.place().iterdir()) == sorted(
        ["current", "lock", before[0].path.parent.name]
    )


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the rights of files do not bind this user")
def test_a_folder_that_cannot_be_written_is_named(made):
    zipped.install(made, NOW)
    installed.place().chmod(0o500)
    try:
        with pytest.raises(UsageError, match="Permission denied"):
            zipped.install(made, NOW)
    finally:
        installed.place().chmod(0o700)


def test_a_full_disk_is_named_and_the_old_set_stays(monkeypatch, made):
    zipped.install(made, NOW)
    before = list(installed.files())

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("perito.indicators.change.os.fsync", full)
    with pytest.raises(UsageError) as error:
        zipped.install(made, NOW)
    assert str(error.value).startswith(f"{installed.place()}: No space left on device\n")
    assert "make room" in error.value.hint
    assert list(installed.files()) == before
