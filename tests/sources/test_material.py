"""What is known by its content and not read as a whole is named; what merely resembles it is not."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from perito.base.errors import NotRecognised
from perito.examine import Wish, examine
from perito.sources.material import ADB_BACKUP, ANDROIDQF, BUG_REPORT, COPIED, SYSDIAGNOSE, by_names, by_start

SMS = (
    '<?xml version="1.0"?><smses count="1"><sms protocol="0" address="+525555500100" date="1489349160000" type="1"'
    ' body="Nos vemos" read="1" date_sent="0" contact_name="Bruno" service_center="null" subject="null" /></smses>'
)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["sysdiagnose_2024.01.02/sysdiagnose.log", "sysdiagnose_2024.01.02/ps.txt"], SYSDIAGNOSE),
        (["a/system_logs.logarchive/Info.plist", "a/logs/x/y.log"], SYSDIAGNOSE),
        (["main_entry.txt", "version.txt", "bugreport-x-2024.txt"], BUG_REPORT),
        (["FS/data/anr/anr_0", "dumpstate_board.txt"], BUG_REPORT),
        (["c0ffee/getprop.txt", "c0ffee/packages.json", "c0ffee/ps.txt"], ANDROIDQF),
        (["acquisition.json", "backup.ab"], ANDROIDQF),
        (["ps.txt", "packages.json", "files.json"], None),
        (["getprop.txt"], None),
        (["version.txt", "logs/a.log", "ps.txt"], None),
        (["deep/er/and/deeper/getprop.txt", "deep/er/and/deeper/packages.json"], None),
        (["my-getprop.txt", "notpackages.json"], None),
        ([], None),
    ],
)
def test_a_tree_is_named_by_two_kinds_of_signs_in_it(names, expected):
    assert by_names(names) == expected


def test_a_file_is_named_by_its_first_bytes():
    assert by_start(b"ANDROID BACKUP\n5\n1\nnone\n") == ADB_BACKUP
    assert by_start(b"=" * 56 + b"\n== dumpstate: 2024-01-02 10:00:00\n") == BUG_REPORT
    assert by_start(b"ANDROID BACKUPS are described here") is None
    assert by_start(b"I ran == dumpstate: once") is None
    assert by_start(b"") is None


def archive(path: Path, kind: str, files: dict[str, str]) -> Path:
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as out:
            for name, text in files.items():
                out.writestr(name, text)
    else:
        with tarfile.open(path, "w:gz") as out:
            for name, text in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(text.encode())
                out.addfile(member, io.BytesIO(text.encode()))
    return path


@pytest.mark.parametrize(
    ("kind", "files", "what"),
    [
        ("zip", {"main_entry.txt": "bugreport-x.txt", "version.txt": "2.0", "FS/data/a": "x"}, "an Android bug report"),
        ("tar", {"s/sysdiagnose.log": "x", "s/ps.txt": "PID"}, "a sysdiagnose of an iPhone or iPad"),
        ("zip", {"u/getprop.txt": "[a]: [b]", "u/packages.json": "[]"}, "a copy of an Android phone made by AndroidQF"),
    ],
)
def test_what_is_not_read_yet_is_named_with_what_to_do(kind, files, what, tmp_path):
    with pytest.raises(NotRecognised) as told:
        examine(Wish(archive(tmp_path / "given", kind, files), tmp_path / "out"))
    assert f"{what}, which this version does not read yet" in str(told.value)
    assert "keep it" in told.value.hint
    assert not (tmp_path / "out").exists()


def test_an_android_backup_is_named(tmp_path):
    (tmp_path / "backup.ab").write_bytes(b"ANDROID BACKUP\n5\n1\nnone\n" + b"\x78\xda" * 40)
    with pytest.raises(NotRecognised, match=r"an Android backup \(adb backup\), which this version does not read yet"):
        examine(Wish(tmp_path / "backup.ab", tmp_path / "out"))


def test_a_known_file_inside_is_read_and_the_rest_is_never_no_trace(tmp_path):
    folder = tmp_path / "given"
    folder.mkdir()
    for name, text in {"getprop.txt": "[a]: [b]", "packages.json": "[]", "sms-20170312.xml": SMS}.items():
        (folder / name).write_text(text)
    run = examine(Wish(folder, tmp_path / "out"))
    rows = {row.artifact: row for row in run.coverage}
    assert rows["messages.sms"].rows == 1
    assert rows["androidqf"].status == "unsupported"
    assert "reads only those files in it that it knows by themselves" in rows["androidqf"].reason
    assert run.verdict["acquisition"]["kind"] == "androidqf"
    assert run.verdict["verdict"] == "inconclusive"
    assert run.exit_code == 3


def test_an_android_backup_in_a_folder_is_told_and_keeps_the_verdict_open(tmp_path: Path) -> None:
    folder = tmp_path / "phone"
    folder.mkdir()
    (folder / "backup.ab").write_bytes(b"ANDROID BACKUP\n5\n1\nnone\n" + b"\x78\xda" * 40)
    with pytest.raises(NotRecognised, match=r"an Android backup \(adb backup\), which this version does not read yet"):
        examine(Wish(folder, tmp_path / "out"))
    (folder / "sms.csv").write_text("date,sender,text\n2024-01-02 10:00,+525555500101,hola\n")
    run = examine(Wish(folder, tmp_path / "out"))
    assert [row.status for row in run.coverage if row.artifact == "android_backup"] == ["unsupported"]
    assert run.verdict["verdict"] == "inconclusive"


@pytest.mark.parametrize("start", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"\0\0\0\x18ftypheic", b"%PDF-1.7\n"])
def test_whoever_brings_a_screenshot_is_told_how_its_words_can_be_read(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "shot").write_bytes(start + bytes(range(256)))
    with pytest.raises(NotRecognised, match="a picture or a PDF document") as told:
        examine(Wish(tmp_path / "shot", tmp_path / "out"))
    assert told.value.hint == COPIED


def test_a_file_that_is_only_called_like_an_android_backup_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "phone"
    folder.mkdir()
    (folder / "words.ab").write_text("a list of words\n")
    with pytest.raises(NotRecognised, match="not recognised: 1 file, which is not a trace known here"):
        examine(Wish(folder, tmp_path / "out"))
