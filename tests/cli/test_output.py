"""A reader that goes away (`| head`) changes nothing of the exit code."""

import os
import subprocess
import sys
from pathlib import Path

MESSAGES = "date,sender,text\n2024-01-02 10:00,+525555500101,hola\n"
COMMAND = (sys.executable, "-m", "perito", "check")


def ended(*words: str | Path, folder: Path) -> int:
    """Return the exit code of an examination whose output nobody reads from the start."""
    read, write = os.pipe()
    os.close(read)
    called = [*COMMAND, *map(str, words), "--no-baseline", "-i", str(folder / "list.txt")]
    try:
        return subprocess.run(called, stdout=write, stderr=subprocess.DEVNULL, cwd=folder, check=False).returncode
    finally:
        os.close(write)


def test_the_exit_code_is_that_of_the_examination(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("never.example\n")
    (tmp_path / "chat.csv").write_text(MESSAGES)
    assert ended("chat.csv", "--out", "screen", folder=tmp_path) == 0
    assert ended("chat.csv", "--json", "--out", "json", folder=tmp_path) == 0
    assert ended("chat.csv", "chat.csv", "missing", "--out", "many", folder=tmp_path) == 2
    assert (tmp_path / "screen/report.html").is_file()
