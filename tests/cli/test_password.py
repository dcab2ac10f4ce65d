"""The password as people write it down: any editor, any system; what cannot be one is told."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from perito.base.errors import UsageError, WrongPassword
from perito.cli.main import perito
from perito.cli.passwords import PASSWORD_VARIABLE, password_of
from perito.demo.backup import build
from perito.demo.phone import Phone
from perito.demo.vault import Rounds

WORD = "contraseña de prueba"


@pytest.mark.parametrize(
    "raw",
    [
        WORD.encode(),
        WORD.encode() + b"\n",
        WORD.encode() + b"\r\n",
        WORD.encode() + b"\r",
        WORD.encode() + b"\nanother line\n",
        WORD.encode("utf-8-sig") + b"\r\n",
        WORD.encode("latin-1") + b"\n",
        (WORD + "\r\n").encode("utf-16"),
        b"\xfe\xff" + (WORD + "\n").encode("utf-16-be"),
    ],
)
def test_the_first_line_is_the_password_however_it_was_written(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "password").write_bytes(raw)
    assert password_of(tmp_path / "password") == WORD


@pytest.mark.parametrize("word", [" spaces stay ", "tab\tstays", "x\u2028y", "\u00a0"])
def test_what_is_no_end_of_a_line_is_part_of_it(tmp_path: Path, word: str) -> None:
    (tmp_path / "password").write_bytes(word.encode() + b"\n")
    assert password_of(tmp_path / "password") == word


@pytest.mark.parametrize("raw", [b"", b"\n", b"\r\n", b"\xef\xbb\xbf", b"\nsecond line\n"])
def test_an_empty_first_line_is_told(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "password").write_bytes(raw)
    with pytest.raises(UsageError, match="the first line of the password file is empty") as told:
        password_of(tmp_path / "password")
    assert "second line" not in str(told.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the password file cannot be read: No such file"):
        password_of(tmp_path / "none")


def test_the_variable_is_asked_where_no_file_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, WORD)
    assert password_of(None) == WORD


def test_of_several_files_the_one_that_opens_a_single_backup_is_found(tmp_path: Path) -> None:
    build(tmp_path / "backup", Phone(), password=WORD, rounds=Rounds(100, 10))
    command = perito.get_command(click.Context(perito), "check")
    assert command is not None
    (tmp_path / "wrong").write_text("otra")
    (tmp_path / "right").write_text(WORD)

    def exit_code(out: str, *names: str) -> int | str:
        words = [word for name in names for word in ("--password-file", str(tmp_path / name))]
        done = CliRunner().invoke(command, [str(tmp_path / "backup"), "--out", str(tmp_path / out), *words])
        return type(done.exception).__name__ if isinstance(done.exception, WrongPassword) else done.exit_code

    assert exit_code("a", "wrong", "right") == exit_code("b", "right", "wrong") != 2
    assert exit_code("c", "wrong", "wrong") == "WrongPassword"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "backup", "right", "wrong"]
