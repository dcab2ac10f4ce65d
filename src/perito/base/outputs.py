"""Folders that results are written into: never over earlier ones, for their owner only, whole or not at all."""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from perito.base.errors import EvidenceError, UsageError
from perito.base.leftovers import private_folder

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
WHOLE = frozenset({"verdict.json", "report.html"})
"""What only a run that came to its end has written."""
STORED = frozenset({".parts", "records", "coverage.json", "observables.parquet"})
"""What a run writes before."""


def placed(path: Path) -> Path:
    """Return the whole path, without `..` in it: a link before a `..` is followed, as the system would."""
    return path.resolve() if ".." in path.parts else path.absolute()


@contextmanager
def fresh(out: Path, means: str = "nothing was examined", option: str = "--out") -> Iterator[None]:
    """Make the folder of a run; refuse one that holds anything, and take it away again when the run fails."""
    if os.path.lexists(out) and not out.is_dir():
        raise UsageError(str(out), "is not a folder", means, f"give another name with {option}")
    names = {path.name for path in out.iterdir()} if out.is_dir() else set()
    if names:
        raise _taken(out, names, means, option)
    made(out, means, option)
    try:
        with ExitStack() as undo:
            undo.callback(shutil.rmtree, out, ignore_errors=True)
            yield
            undo.pop_all()
    except OSError as error:
        if error.errno in FULL:
            raise _full(out, error, option) from error
        raise


def made(out: Path, means: str = "nothing was examined", option: str = "--out") -> None:
    """Make a folder for the owner alone where there is none; UsageError where it cannot be made."""
    try:
        out.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(str(out), f"cannot be made: {error.strerror}", means, f"name another with {option}") from error


def _full(out: Path, error: OSError, option: str) -> EvidenceError:
    return EvidenceError(
        str(out),
        f"a disk is full: {os.strerror(error.errno or 0)}",
        "this did not end; nothing can be said from it, and what it had written is deleted",
        f"make room there and in {tempfile.gettempdir()}, or give another folder with {option}",
    )


def _taken(out: Path, names: set[str], means: str, option: str) -> UsageError:
    """Return the refusal of a folder that holds these names, which says what lies there."""
    if names & STORED and not names >= WHOLE:
        return UsageError(
            str(out),
            "already holds what an examination left that did not end: it was killed, or is still going on",
            f"{means}; what lies there is no result, and may hold copies from the evidence",
            f"if no other Perito is writing there, delete this folder; or give another one with {option}",
        )
    what = "the results of an earlier run" if names >= WHOLE else "something"
    return UsageError(
        str(out),
        f"already holds {what}",
        f"the results of another run would be mixed with this one; {means}",
        f"give another folder with {option}",
    )


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
