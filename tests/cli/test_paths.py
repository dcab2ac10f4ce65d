"""An empty name, as a variable that is not set gives it, is no folder: nothing that lies about is taken for what was meant."""

import pytest
from click.testing import CliRunner

from perito.cli.main import perito

COMMANDS = [
    ("check", ""),
    ("check", "x", "--indicators", ""),
    ("check", "x", "--out", ""),
    ("hunt", ""),
    ("hunt", "x", "--indicators", ""),
    ("hunt", "x", "--write", ""),
    ("index", ""),
    ("reexamine", "", "--out", "x"),
    ("indicators", "inspect", ""),
    ("indicators", "list", "--indicators", ""),
    ("indicators", "why", "bad.example", "--indicators", ""),
    ("indicators", "export", ""),
    ("indicators", "update", "--from", ""),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_an_empty_name_is_refused(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_text("bad.example\n")
    done = CliRunner().invoke(perito, command)
    assert (done.exit_code, "is empty: it names no file and no folder" in done.output) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["list.txt"]
