"""Which acquisitions were meant, and what the folder of each is called."""

import glob
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from perito.base.errors import UsageError
from perito.hunt.docket import MARKS

JOB = ".perito-job-"
"""How the folder begins that belongs to one command, in which the workers write what is not whole yet."""
NAME_BYTES = 200
NOTHING = "nothing was examined"


def meant(paths: Sequence[Path], out: Path | None, *, each: bool) -> tuple[list[Path], list[str]]:
    """Return the acquisitions in the order given, and what was passed over, in words.

    A pattern that the shell left as it is (`evidence/*`) is opened here. With `each`, a folder stands for everything in
    it; hidden entries and the folder of results are passed over. What is named twice counts once.
    """
    found: list[Path] = []
    passed: list[str] = []
    for path in paths:
        for one in _matches(path):
            found += _inside(one, passed) if each else [one]
    own = out.resolve() if out else None
    kept: dict[Path, Path] = {}
    for one in found:
        whole = one.resolve()
        if whole == own:
            passed.append(f"{one}: the folder of the results")
        elif whole in kept:
            passed.append(f"{one}: named twice")
        else:
            kept[whole] = one
    return list(kept.values()), passed


def _matches(path: Path) -> list[Path]:
    if os.path.lexists(path) or not glob.has_magic(str(path)):
        return [path]
    found = sorted(Path(one) for one in glob.glob(str(path)))  # noqa: PTH207 - an absolute pattern stays one
    if not found:
        raise UsageError(str(path), "matches nothing", NOTHING, "check the path")
    return found


def _inside(folder: Path, passed: list[str]) -> list[Path]:
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names are wanted
    except OSError as error:
        raise UsageError(str(folder), error.strerror or "cannot be read", NOTHING, "--each takes folders") from error
    hidden = [name for name in names if name.startswith(".")]
    passed += [f"{folder / name}: hidden" for name in hidden]
    if len(hidden) == len(names):
        raise UsageError(str(folder), "holds nothing that could be an acquisition", NOTHING, "check the path")
    return [folder / name for name in names if name not in hidden]


def names(paths: Iterable[Path], taken: Iterable[str]) -> list[str]:
    """Return a name for each path, made from its own and unlike any other and any of `taken`, also in upper case.

    No name is hidden, or one of those by which a docket knows the folder of an examination.
    """
    used = {name.casefold() for name in (*taken, *MARKS)}
    made = []
    for path in paths:
        name = base = _plain(path)
        number = 1
        while name.casefold() in used:
            number += 1
            name = f"{base}-{number}"
        used.add(name.casefold())
        made.append(name)
    return made


def _plain(path: Path) -> str:
    name = path.resolve().name.lstrip(".") or "acquisition"
    kept = "".join(one if one.isprintable() and one not in '/\\:*?"<>|' else "_" for one in name)
    return os.fsencode(kept)[:NAME_BYTES].decode("utf-8", "ignore").rstrip(". ") or "acquisition"
