"""Many acquisitions at once give what each gives by itself, and what goes wrong with one is its own."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import psutil
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from perito.base import leftovers
from perito.base.errors import EvidenceError, PeritoError, UsageError
from perito.cli.main import perito
from perito.examine import Wish, examine
from perito.hunt.docket import MARKS
from perito.many import batch, names, width
from perito.many.batch import Batch, Item, Row, items, worst
from perito.many.one import Asked
from tests.many.acquisitions import PASSWORD, written

ROOT = Path(__file__).parent.parent.parent


def ran(*words: str | Path) -> Result:
    command = perito.get_command(None, "check")  # type: ignore[arg-type]
    assert command is not None
    return CliRunner().invoke(command, [str(word) for word in words], env={"PERITO_BACKUP_PASSWORD": None})


@pytest.fixture(scope="module")
def done(evidence: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    out = tmp_path_factory.mktemp("many") / "out"
    given = [evidence / name for name in ("poem.bin", "alma", "bruno", "carla", "chat.xml", "again/Chat.xml", "none")]
    files = [word for name in ("wrong", "right") for word in ("--password-file", evidence / "password" / name)]
    return ran(*given, "--out", out, "--jobs", "2", "--lang", "en", "--json", *files), out


NAMES = {"alma": "alma", "bruno": "bruno", "carla": "carla", "chat.xml": "chat.xml", "again/Chat.xml": "Chat.xml-2"}


@pytest.mark.parametrize("name", NAMES)
def test_each_result_is_byte_for_byte_that_of_an_examination_by_itself(
    done: tuple[Result, Path], alone: dict[str, dict[str, bytes]], name: str
) -> None:
    assert {"findings.json", "coverage.json", "problems.json", "verdict.json", "report.html"} <= alone[name].keys()
    assert written(done[1] / NAMES[name]) == alone[name]


def test_rules_find_in_many_what_they_find_in_one(evidence: Path, tmp_path: Path) -> None:
    rules = tmp_path / "own.yar"
    rules.write_text('rule Word { strings: $a = "Mira" condition: $a }\n')
    both = ran(evidence / "chat.xml", evidence / "again/Chat.xml", "-i", rules, "--out", tmp_path / "out", "--json")
    assert both.exit_code == 1, both.output
    assert [any("yara" in found["rule"] for found in one["findings"]) for one in json.loads(both.stdout)] == [
        True,
        False,
    ]
    examine(Wish(evidence / "chat.xml", tmp_path / "alone", (rules,)))
    assert written(tmp_path / "out/chat.xml") == written(tmp_path / "alone")


def test_what_could_not_be_examined_is_told_and_leaves_nothing(done: tuple[Result, Path], evidence: Path) -> None:
    result, out = done
    assert sorted(path.name for path in out.iterdir()) == sorted(NAMES.values())
    told = json.loads(result.stdout)
    assert [Path(one["path"]).name for one in told] == [
        *("poem.bin", "alma", "bruno", "carla", "chat.xml", "Chat.xml", "none")
    ]
    assert [one["exit_code"] for one in told] == [3, 1, 1, 1, 0, 0, 2]
    assert told[0]["out"] is None
    assert told[0]["error"]["what"].startswith("not recognised: 1 file, which is not a trace")
    assert told[6]["error"]["what"] == "there is no such file or folder"
    assert told[1]["findings"] == json.loads((out / "alma/findings.json").read_text())
    assert told[1]["verdict"] == "probable traces"
    assert result.exit_code == 2, "a path that is not there comes before evidence that could not be read"


def test_results_are_the_owners(done: tuple[Result, Path]) -> None:
    paths = list(done[1].rglob("*"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_file()} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths if path.is_dir()} == {0o700}


def test_the_screen_has_a_line_for_each_and_the_errors_at_the_end(evidence: Path, tmp_path: Path) -> None:
    shown = ran(evidence / "chat.xml", evidence / "carla", "--out", tmp_path / "out", "--lang", "en")
    lines = shown.stdout.splitlines()
    assert lines[0] == f"2 acquisitions, of which 1 examined into {tmp_path / 'out'}"
    assert lines[1].startswith(f"  chat.xml ({evidence / 'chat.xml'}): ")
    assert lines[2] == f"  carla ({evidence / 'carla'}): not examined"
    assert "the backup is encrypted and there is nobody to ask" in shown.stdout
    assert shown.exit_code == 3
    assert not (tmp_path / "out/carla").exists()


def test_the_screen_says_why_one_of_them_was_not_read_in_full(tmp_path: Path) -> None:
    whole = '<smses count="1">\n<sms address="+525555500101" date="1467619200000" type="1" body="Oye" />\n'
    (tmp_path / "cut.xml").write_text(whole)
    (tmp_path / "whole.xml").write_text(whole + "</smses>\n")
    shown = ran(tmp_path / "cut.xml", tmp_path / "whole.xml", "--out", tmp_path / "out", "--lang", "en")
    lines = shown.stdout.splitlines()
    assert shown.exit_code == 3
    assert lines[1].endswith("; not read in full")
    assert lines[2:5] == [
        "    read in part: Messages (SMS) (cut.xml): the file ends before its list of messages does",
        "    damaged: Messages (SMS): attachments and text (cut.xml): the file ends before its list of messages does",
        "    damaged: Messages (SMS): senders and receivers (cut.xml): the file ends before its list of messages does",
    ]
    assert lines[5].startswith("  whole.xml (")
    assert len(lines) == 6, "of one that was read in full nothing more is told"
    alone = ran(tmp_path / "cut.xml", "--out", tmp_path / "alone", "--lang", "en").stdout
    assert [line for line in lines[2:5] if line[2:] not in alone.splitlines()] == []
    es = ran(tmp_path / "cut.xml", tmp_path / "whole.xml", "--out", tmp_path / "out", "--lang", "es").stdout
    assert "    leído en parte: Mensajes (SMS) (cut.xml): el archivo termina antes que su lista de mensajes" in es


def test_a_wrong_password_is_that_backups_own(evidence: Path, tmp_path: Path) -> None:
    wrong = evidence / "password/wrong"
    shown = ran(evidence / "chat.xml", evidence / "carla", "--out", tmp_path, "--json", "--password-file", wrong)
    told = json.loads(shown.stdout)
    assert [one["exit_code"] for one in told] == [0, 3]
    assert told[1]["error"]["what"] == "the password does not open this backup"
    assert [path.name for path in tmp_path.iterdir()] == ["chat.xml"]


def test_each_takes_everything_in_a_folder_and_says_what_it_passes_over(evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("b.txt", "a.txt", ".hidden"):
        (tmp_path / "in" / name).write_text((evidence / "chat.xml").read_text())
    shown = ran(tmp_path / "in", "--each", "--out", tmp_path / "in/out", "--lang", "en")
    assert shown.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "in/out").iterdir()) == ["a.txt", "b.txt"]
    assert shown.stderr == f"passed over: {tmp_path / 'in/.hidden'}: hidden\n"
    again = ran(tmp_path / "in", "--each", "--out", tmp_path / "in/out", "--lang", "en")
    assert sorted(path.name for path in (tmp_path / "in/out").iterdir()) == ["a.txt", "a.txt-2", "b.txt", "b.txt-2"]
    assert f"passed over: {tmp_path / 'in/out'}: the folder of the results\n" in again.stderr


def test_a_pattern_that_the_shell_left_is_opened_and_one_that_meets_nothing_refused(tmp_path: Path) -> None:
    for name in ("b", "a", "[x]"):
        (tmp_path / name).touch()
    assert names.meant([tmp_path / "[ab]"], None, each=False) == ([tmp_path / "a", tmp_path / "b"], [])
    assert names.meant([tmp_path / "[x]"], None, each=False) == ([tmp_path / "[x]"], [])
    with pytest.raises(UsageError, match="matches nothing"):
        names.meant([tmp_path / "c*"], None, each=False)


def test_what_is_named_twice_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    found, passed = names.meant([tmp_path / "a", tmp_path / "x/../a"], None, each=False)
    assert found == [tmp_path / "a"]
    assert passed == [f"{tmp_path / 'x/../a'}: named twice"]


def test_names_are_unlike_each_other_and_never_those_by_which_a_docket_knows_an_examination() -> None:
    given = [Path(one) for one in ("/a/phone", "/b/Phone", "/c/records", "/d/..x", "/e/a:b\n", "/", f"/{'é' * 200}")]
    made = names.names(given, ["PHONE"])
    assert made[:6] == ["phone-2", "Phone-3", "records-2", "x", "a_b_", "acquisition"]
    assert made[6] == "é" * 100


@given(st.lists(st.text(min_size=1, max_size=12).filter(lambda one: "\0" not in one), max_size=8), st.lists(st.text()))
def test_whatever_paths_are_called_their_names_are_apart_visible_and_short(given: list[str], taken: list[str]) -> None:
    made = names.names([Path("/evidence") / one for one in given], taken)
    low = [one.casefold() for one in made]
    assert len(made) == len(given)
    assert len(set(low)) == len(low)
    assert not {one.casefold() for one in taken} & set(low)
    assert not MARKS & set(low)
    assert [one for one in made if one.startswith(".") or "/" in one or len(os.fsencode(one)) > 255] == []


def test_results_never_go_into_what_an_examination_wrote(done: tuple[Result, Path], evidence: Path) -> None:
    with pytest.raises(UsageError, match="is itself what an examination wrote"):
        items([evidence / "alma"], done[1] / "alma")
    with pytest.raises(UsageError, match="is not a folder"):
        items([evidence / "alma"], evidence / "chat.xml")


def test_the_worst_exit_code_is_that_of_all() -> None:
    def rows(*codes: int) -> list[Row]:
        return [Row(Path("a"), Path("a"), code) for code in codes]

    assert worst(rows(0, 1, 0)) == 1
    assert worst(rows(1, 3, 0)) == 3
    assert worst(rows(3, 2, 1)) == 2
    assert worst(rows(2, 4, 3)) == 4
    assert worst(rows(0, 0)) == 0


class Written(Executor):
    """Notes what it is asked, and answers at once."""

    def __init__(self, *answers: Any) -> None:
        self.asked: list[tuple[str, int, list[str]]] = []
        self.answers = list(answers)

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.asked.append((Path(kwargs["path"]).name, kwargs["jobs"], kwargs["passwords"]))
        future: Future[Any] = Future()
        answer = self.answers.pop(0) if self.answers else {"exit_code": 0, "verdict": "targeted", "attention": 0}
        if isinstance(answer, PeritoError):
            future.set_exception(answer)
        else:
            future.set_result(answer)
        return future


def made(runner: Executor, password: Any = lambda _: None) -> tuple[Batch, list[Row]]:
    told: list[Row] = []
    return Batch(runner, Path("job"), Asked(), ["given"], password, told.append), told


def test_large_ones_have_all_workers_and_small_ones_one_each() -> None:
    runner = Written()
    given = [Item(Path(name), Path("out", name), size << 20) for name, size in (("s", 3), ("L", 900), ("t", 4))]
    rows = made(runner)[0].rows(given, 2, one_by_one=True)
    assert runner.asked == [("L", 2, ["given"]), ("t", 1, ["given"]), ("s", 1, ["given"])]
    assert [row.path.name for row in rows] == ["s", "L", "t"]


def test_a_small_one_that_is_left_alone_has_all_workers() -> None:
    runner = Written()
    made(runner)[0].rows([Item(Path("s"), Path("out/s"), 3)], 2, one_by_one=True)
    assert runner.asked == [("s", 2, ["given"])]


def test_the_password_of_an_encrypted_one_is_asked_for_by_its_name() -> None:
    runner = Written({"encrypted": True}, {"encrypted": True}, {"exit_code": 0, "verdict": "targeted", "attention": 2})
    asked: list[Path] = []

    def password(path: Path) -> str | None:
        asked.append(path)
        return PASSWORD if path.name == "a" else None

    made_one, told = made(runner, password)
    rows = made_one.rows([Item(Path("a"), Path("out/a"), 2), Item(Path("b"), Path("out/b"), 1)], 2, one_by_one=True)
    assert sorted(asked) == [Path("a"), Path("b")]
    assert runner.asked[2] == ("a", 1, [PASSWORD])
    assert [row.exit_code for row in rows] == [0, 3]
    assert rows[0].attention == 2
    assert isinstance(rows[1].error, EvidenceError)
    assert {row.path.name for row in told} == {"a", "b"}


def test_the_size_of_a_folder_is_counted_only_until_it_is_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(width, "SMALL", 100)
    monkeypatch.setattr(width, "ENTRIES", 5)
    (tmp_path / "a").write_bytes(b"x" * 60)
    assert width.size(tmp_path) == 60
    assert width.size(tmp_path / "a") == 60 * width.ARCHIVED
    (tmp_path / "b").write_bytes(b"x" * 60)
    assert width.size(tmp_path) == 120
    for number in range(8):
        (tmp_path / f"c{number}").touch()
    (tmp_path / "a").unlink()
    assert width.size(tmp_path) == 101
    assert width.size(tmp_path / "none") == 0


def test_with_little_memory_fewer_are_examined_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "MemFree: 1 kB\nMemAvailable: 1500000 kB\n")
    assert width.at_once(8) == 2
    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "MemAvailable: 10 kB\n")
    assert width.at_once(8) == 1


def kept_in_memory(pids: set[int]) -> list[str]:
    """Return the private folders in memory that these processes made."""
    marks = leftovers.MEMORY.glob(f"{leftovers.PREFIX}*/{leftovers.MARKER}")
    return [str(mark) for mark in marks if json.loads(mark.read_text())["pid"] in pids]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_stopped_in_the_middle_it_leaves_no_half_result_and_nothing_decrypted(
    evidence: Path, tmp_path: Path, how: signal.Signals
) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    copies = _copies(evidence / "carla", tmp_path / "copies")
    command = [sys.executable, "-m", "perito", "check", *copies, "--out", str(tmp_path / "out"), "--jobs", "2"]
    command += ["--password-file", str(evidence / "password/right")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "TMPDIR": str(scratch)}
    running = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not list((tmp_path / "out").glob(f"{names.JOB}*/*/.parts")):
        assert running.poll() is None
        time.sleep(0.01)
    pids = {one.pid for one in psutil.Process(running.pid).children(recursive=True)}
    running.send_signal(how)
    said = running.communicate(timeout=60)
    expected = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}
    assert running.returncode == expected[how], said
    end = time.monotonic() + 30
    while how == signal.SIGKILL and list(scratch.glob("perito-*")) and time.monotonic() < end:
        time.sleep(0.1)  # the processes it started notice that it is gone, and clean up
    assert list(scratch.iterdir()) == []
    assert kept_in_memory(pids) == []
    whole = [path for path in (tmp_path / "out").glob("*") if not path.name.startswith(".")]
    assert [path for path in whole if not (path / "verdict.json").is_file()] == []
    if how != signal.SIGKILL:
        assert list((tmp_path / "out").glob(".*")) == []


def _copies(one: Path, to: Path) -> list[str]:
    import shutil

    for number in range(5):
        shutil.copytree(one, to / f"c{number}")
    return [str(path) for path in sorted(to.iterdir())]


def test_the_job_folder_goes_and_so_does_an_empty_out(tmp_path: Path) -> None:
    def stopped() -> None:
        with batch.job_folder(tmp_path / "a/out") as job:
            (job / "half").mkdir()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not (tmp_path / "a/out").exists()
