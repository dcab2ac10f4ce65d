"""Files and folders of published indicators, read into the one table."""

import gc
import hashlib
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
            for inner in _inside(path):
                _found(gathering, inner, inner.relative_to(path).as_posix())
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


def _inside(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder in the order of their names; hidden ones and links are passed over."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file() and not path.is_symlink():
            yield path


def _named(gathering: Gathering, path: Path) -> None:
    try:
        form = _file(gathering, path, path.name)
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
        form = format_of(stream)
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
