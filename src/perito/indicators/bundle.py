"""Files and folders of published indicators, read into the one table."""

import gc
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib.resources import as_file, files
from io import BufferedReader
from itertools import chain
from pathlib import Path

from perito.base.errors import UsageError
from perito.base.hashing import sha256
from perito.indicators import installed
from perito.indicators.compiled import joined, through
from perito.indicators.formats import FORMATS, HEAD, Format, csv_table, format_of, json_table, unknown
from perito.indicators.formats.called import passed_by_name, without_claims
from perito.indicators.gather import Gathering
from perito.indicators.gather_feed import FeedGathering
from perito.indicators.indicator import YARA_RULE, Indicators, Problem, Sought, together
from perito.indicators.installed import Came, InstalledFile
from perito.indicators.unread import unread
from perito.indicators.yara import compiled

KNOWN = ", ".join(dict.fromkeys(form.name for form in FORMATS))
BARE = (
    "bare numbers or names need a file that is called after what they are (`phones.txt`, `processes.txt`), "
    "or a CSV with the columns type and value"
)
UNKNOWN = "not a list of indicators in a form known here"
BASELINE = "baseline"
BY_NAME = {csv_table.NAME, json_table.NAME}
"""Forms in which nothing but the name may say that a list is one of what is harmless; a text list looks for itself."""


def load(
    paths: Iterable[Path], *, baseline: bool = True, as_of: date | None = None, sought: Sought | None = None
) -> Indicators:
    """Return every indicator of the baseline, of the set that is installed, and of the files and folders named.

    The installed set counts as a part of the baseline: with `baseline=False` neither is read.

    `as_of` asks what was known on that day: what was published, or became valid, later is left out, and so is what was
    revoked or had run out by then. Without it only what was revoked is left out: old evidence asks for old indicators.
    A file named here that holds no indicators is a UsageError; within a folder it is a problem. What is `sought` and not
    asked for, and every rule that is not, stands under `aside`.
    """
    with _no_collection():
        first = _in_use(as_of, sought) if baseline else None
        gathering = Gathering(as_of, sought)
        for path in paths:
            if path.is_dir():
                _folder(gathering, path)
            else:
                _named(gathering, path)
        named = gathering.done()
        found = joined(first, named) if first else named
    return _with_yara(found)


def _with_yara(found: Indicators) -> Indicators:
    return compiled(found) if any(rule.kind == YARA_RULE for rule in found.rules) else found


def baseline(as_of: date | None = None) -> Indicators:
    """Return the indicators that come with the package or are installed, without any other."""
    return load((), as_of=as_of)


def lists(paths: Iterable[Path], *, baseline: bool = True) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of every file that `load` would take indicators from, in its order."""
    if baseline:
        with _shipped() as shipped:
            yield from ((name, path.read_bytes()) for path, name in shipped)
            yield from ((one.listed.name, one.path.read_bytes()) for one in _added(shipped, []))
    for path in paths:
        found = sorted(_below(path, [])) if path.is_dir() else [path]
        for one in found:
            name = _told(one.relative_to(path)) if path.is_dir() else _told(Path(one.name))
            if one.is_file() and _form(one, name) is not None:
                yield name, one.read_bytes()


def _form(path: Path, name: str) -> Format | None:
    with path.open("rb") as stream:
        return format_of(stream, name)


def _in_use(as_of: date | None, sought: Sought | None) -> Indicators:
    """Return the baseline and what is installed, the latter from its compiled table where there is one.

    That table does not hold what is not asked for, so where something is sought the lists are read.
    """
    with _shipped() as shipped:
        problems: list[Problem] = []
        added = list(_added(shipped, problems))

        def read() -> Indicators:
            gathering = Gathering(as_of, sought)
            for path, name in shipped:
                _file(gathering, path, name)
            for path, listed in added:
                if _file(gathering, path, listed.name, listed.came) is None:
                    gathering.problems.append(Problem(listed.name, "", UNKNOWN, _start(path)))
            return gathering.done()

        size = 0 if sought else sum(one.listed.size for one in added)
        parts = [(name, sha256(path), "") for path, name in shipped] if added else []
        parts += [
            (one.name, one.sha256, f"{number} {one.came.since} {one.came.licence}")
            for number, (_, one) in enumerate(added)
        ]
        found = through(parts, size, as_of, read)
        return replace(found, problems=problems + found.problems)


@contextmanager
def _shipped() -> Iterator[list[tuple[Path, str]]]:
    with as_file(files(__package__).joinpath(BASELINE)) as folder:
        yield [(path, f"{BASELINE}/{path.name}") for path in sorted(folder.glob("*.tsv"))]


def _added(shipped: list[tuple[Path, str]], problems: list[Problem]) -> Iterator[InstalledFile]:
    """Yield the installed lists, but those that come with the package or were met before, in the same bytes.

    A file that was changed is a problem.
    """
    found = list(installed.files())
    met = {sha256(path) for path, _ in shipped} if found else set()
    for one in found:
        path, listed = one
        if listed.sha256 in met:
            continue
        if path.is_file() and sha256(path) == listed.sha256:
            met.add(listed.sha256)
            yield one
        else:
            problems.append(Problem(listed.name, "", "installed, but missing or changed since; not used", ""))


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
    found = _below(folder, unreadable)
    for error in unreadable:
        name = _told(Path(str(error.filename)).relative_to(folder))
        gathering.problems.append(Problem(name, "", f"cannot be read: {error.strerror}", ""))
    for path in sorted(found):
        _found(gathering, path, _told(path.relative_to(folder)))


def _below(folder: Path, unreadable: list[OSError]) -> list[Path]:
    found: list[Path] = []
    for place, inner, names in os.walk(folder, onerror=unreadable.append):
        inner[:] = [name for name in inner if not name.startswith(".")]
        found += [Path(place, name) for name in names if not name.startswith(".")]
    return found


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
        other = unread(_head(path))
        raise UsageError(
            str(path),
            f"{other.what}, which is not read as a list of indicators"
            if other
            else f"not a list of indicators in a form known here ({_start(path)})",
            means="no indicator was taken from it, and nothing was begun",
            hint=other.hint if other else f"known: {KNOWN}; {BARE}",
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
        other = unread(_head(path))
        reason = f"{other.what}, which is not read as a list of indicators: {other.hint}" if other else UNKNOWN
        gathering.problems.append(Problem(name, "", reason, _start(path)))


def alone(path: Path, name: str) -> Indicators | None:
    """Return what would be taken of one file, told under this name; None where it is no list in a form known here."""
    gathering = Gathering(None)
    with _no_collection():
        found = gathering.done() if _file(gathering, path, name) else None
    return _with_yara(found) if found else None


def _file(gathering: Gathering, path: Path, name: str, came: Came | None = None) -> Format | None:
    with path.open("rb") as stream:
        form = format_of(stream, name)
        if form is not None:
            _read(gathering, stream, name, form, came or Came())
    return form


def _read(gathering: Gathering, stream: BufferedReader, name: str, form: Format, came: Came) -> None:
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    feed = FeedGathering(gathering, name, digest, form.name, came.since, came.licence)
    found = together(str, form.read(stream, name))
    if passed := form.name in BY_NAME and passed_by_name(name):
        found = chain.from_iterable(without_claims(said, passed) for said in found)
    for said in found:
        feed.add(said)
    feed.close()


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(HEAD)


def _start(path: Path) -> str:
    """Say what a file seems to be, and how it begins."""
    start = _head(path)
    begins = f"starts with {ascii(start[:16])[1:]}" if start else ""
    return "; ".join(filter(None, (unknown.told(start), begins)))
