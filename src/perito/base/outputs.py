"""Folders that results are written into: never over earlier ones, for their owner only, whole or not at all."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perito.base.errors import UsageError
from perito.base.leftovers import private_folder


@contextmanager
def fresh(out: Path, means: str = "nothing was examined", option: str = "--out") -> Iterator[None]:
    """Make the folder of a run; refuse one that holds anything, and take it away again when the run fails."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            str(out),
            "already holds something",
            f"the results of another run would be mixed with this one; {means}",
            f"give another folder with {option}",
        )
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise


def write_json(path: Path, rows: object) -> None:
    """Write rows in the one form that all results have, so that equal rows are equal bytes."""
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def own_only(out: Path) -> None:
    """Let nobody but the owner read a folder and what is in it."""
    for folder, _, names in os.walk(out):
        Path(folder).chmod(0o700)
        for name in names:
            (Path(folder) / name).chmod(0o600)


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a private folder for copies and decrypted files, and delete it whatever happens."""
    with private_folder(Path(tempfile.gettempdir())) as folder:
        yield folder
