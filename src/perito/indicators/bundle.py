"""Files and folders of published indicators, read into the one table."""

import gc
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib.resources import as_file, files
from io import BufferedReader
from pathlib import Path

from perito.base.errors import UsageError
from perito.indicators.formats import FORMATS, Format, format_of
from perito.indicators.gather import FeedGathering, Gathering
from perito.indicators.indicator import Indicators, Problem

KNOWN = ", ".join(form.name for form in FORMATS)
BASELINE = "baseline"


def load(paths: Iterable[Path], *, baseline: bool = True, as_of: date | None = None) -> Indicators:
    """Return every indicator of the baseline and of the files and folders named, in that order.

    `as_of` asks what was known on that day: what was published, or became valid, later is left out, and so is what was
    revoked or had run out by then. Without it only what was revoked is left out: old evidence asks for old indicators.
    A file named here that holds no indicators is a UsageError; within a folder it is a problem.
    """
    gathering = Gathering(as_of)
    with _no_collection():
        _gather(gathering, paths, baseline=baseline)
        return gathering.done()


def baseline(as_of: date | None = None) -> Indicators:
    """Return the indicators that come with the package, without any other."""
    return load((), as_of=as_of)


def _gather(gathering: Gathering, paths: Iterable[Path], *, baseline: bool) -> None:
    if baseline:
        with as_file(files(__package__).joinpath(BASELINE)) as folder:
            for path in sorted(folder.glob("*.tsv")):
                _file(gathering, path, f"{BASELINE}/{path.name}")
    for path in paths:
        if path.is_dir():
            _folder(gathering, path)
        else:
            _named(gathering, path)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Spare the search for cycles among millions of new objects, none of which refers back."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _folder(gathering: Gathering, folder: Path) -> None:
    """Read the files below a folder in the order of their names; hidden ones are passed over."""
    unreadable: list[OSError] = []
    found: list[Path] = []
    for place, inner, names in os.walk(folder, onerror=unreadable.append):
        inner[:] = [name for name in inner if not name.startswith(".")]
        found += [Path(place, name) for name in names if not name.startswith(".")]
    for error in unreadable:
        name = _told(Path(str(error.filename)).relative_to(folder))
        gathering.problems.append(Problem(name, "", f"cannot be read: {error.strerror}", ""))
    for path in sorted(found):
        _found(gathering, path, _told(path.relative_to(folder)))


def _told(path: Path) -> str:
    """Write the name of a file as text, whatever its bytes are."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode()


def _named(gathering: Gathering, path: Path) -> None:
    if path.exists() and not path.is_file():
        raise UsageError(str(path), "neither a file nor a folder", hint="save the list to a file first")
    try:
        form = _file(gathering, path, _told(Path(path.name)))
    except OSError as error:
        raise UsageError(str(path), error.strerror or "cannot be read", hint="give a file or a folder") from error
    if form is None:
        raise UsageError(
            str(path),
            f"not a list of indicators in a form known here (starts with {_start(path)})",
            means="no indicator was taken from it, and the examination was not begun",
            hint=f"known: {KNOWN}",
        )


def _found(gathering: Gathering, path: Path, name: str) -> None:
    if path.exists() and not path.is_file():
        gathering.problems.append(Problem(name, "", "neither a file nor a folder", ""))
        return
    try:
        form = _file(gathering, path, name)
    except OSError as error:
        gathering.problems.append(Problem(name, "", f"cannot be read: {error.strerror}", ""))
        return
    if form is None:
        gathering.problems.append(
            Problem(name, "", f"not a list of indicators in a form known here: {KNOWN}", _start(path))
        )


def _file(gathering: Gathering, path: Path, name: str) -> Format | None:
    with path.open("rb") as stream:
        form = format_of(stream, name)
        if form is not None:
            _read(gathering, stream, name, form)
    return form


def _read(gathering: Gathering, stream: BufferedReader, name: str, form: Format) -> None:
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    feed = FeedGathering(gathering, name, digest, form.name)
    for said in form.read(stream, name):
        feed.add(said)
    feed.close()


def _start(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(16)
    return ascii(start)[1:] if start else "nothing"
