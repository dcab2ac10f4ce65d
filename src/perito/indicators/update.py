"""The installed set brought up to date: each list judged before it replaces the one that is in use, see `judged`.

A list that cannot be fetched, holds no indicator, or lost nearly all it held stays as it was, and that is told.
"""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import unquote, urlsplit

from perito.base.errors import UsageError
from perito.base.text import printable
from perito.base.times import rfc3339
from perito.indicators import installed
from perito.indicators.bundle import BARE, KNOWN
from perito.indicators.change import Fresh, change, refused
from perito.indicators.feed_index import LARGEST, Entry, Index, index_in, packaged
from perito.indicators.fetched import Condition, Fetch, NotFetched
from perito.indicators.installed import ADDED, INDEX, Listed
from perito.indicators.judged import (
    FAILED,
    STAYS,
    UNCHANGED,
    Means,
    NotTaken,
    Outcome,
    Taken,
    copied,
    judged,
    outcome,
)

PIECE = 1 << 20
NOT_IN_FULL = {STAYS, FAILED}


def update(by: Means, indexes: Iterable[str]) -> list[Outcome]:
    """Fetch every list that the indexes name, and those added by address; put in force what is whole.

    An index is an address or a file; without any, the one of the package. NotFetched or UsageError where an index
    cannot be read: nothing is changed then.
    """
    with _scratch() as scratch:
        entries, outcomes = _wanted(by.fetch, list(indexes), scratch)
        before = {(one.listed.came.way, one.listed.came.origin): one for one in installed.files()}
        taken: dict[tuple[str, str], Taken | None] = {}
        for number, (way, entry) in enumerate(entries):
            key = way, entry.url
            told, found = _one(by, entry, way, before.get(key), scratch / f"{number:06d}.feed")
            outcomes.append(told)
            taken |= {} if told.state in NOT_IN_FULL else {key: found}
        _put(taken, by.now)
    return outcomes


def add(by: Means, given: str, name: str) -> Outcome:
    """Install a file, or what an address holds, as a list of one's own; UsageError or NotFetched where that fails."""
    remote = _is_address(given)
    where = given if remote else str(Path(given).absolute())
    called = _called(given, name or Path(unquote(urlsplit(given).path) if remote else given).name, where)
    with _scratch() as scratch:
        way = by if remote else by._replace(fetch=copied)
        try:
            found, told = judged(way, Entry(called, where), ADDED, None, scratch / "000000.feed")
        except NotTaken as error:
            raise UsageError(given, error.what, installed.KEPT, error.hint or f"known forms: {KNOWN}; {BARE}") from None
        _put({(ADDED, where): found}, by.now)
    return told


def _called(given: str, name: str, where: str) -> str:
    """Return the name of a list of one's own; UsageError where it has none, or another list has it."""
    called = printable(name)
    if not called or len(called) > installed.LONGEST_NAME:
        raise UsageError(given, "a list without a name", installed.KEPT, "give it one with --name")
    for one in installed.files():
        came = one.listed.came
        if one.listed.name == called and came.way == ADDED and came.origin != where:
            raise UsageError(
                called,
                f"a list of that name is installed already, from {came.origin}",
                installed.KEPT,
                "give another name with --name, or remove that one first",
            )
    return called


def remove(name: str) -> list[Listed]:
    """Take every installed list of this name out of the set and return them; UsageError where there is none."""
    gone = [one.listed for one in installed.files() if one.listed.name == name]
    if not gone:
        raise UsageError(name, "no installed list has this name", installed.KEPT, installed.meant(name))
    change(lambda one: None if one.name == name else one)
    return gone


@contextmanager
def _scratch() -> Iterator[Path]:
    """Give a folder beside the sets, on the same disk; what the disk refuses is a UsageError."""
    folder = None
    try:
        installed.place().mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = Path(mkdtemp(prefix=installed.PARTIAL, dir=installed.place()))
        yield folder
    except OSError as error:
        raise refused(error) from error
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _is_address(given: str) -> bool:
    return "://" in given


def _wanted(fetch: Fetch, indexes: list[str], scratch: Path) -> tuple[list[tuple[str, Entry]], list[Outcome]]:
    """Return the lists to fetch, each with its way, and what was already found wrong with an index."""
    listed: dict[str, Entry] = {}
    outcomes: list[Outcome] = []
    own = [("the index of the package", packaged())] if not indexes else []
    own += [(one, _own_index(one)) for one in indexes if not _is_address(one)]
    waiting = [one for one in indexes if _is_address(one)]
    for where, data in own:
        found = _index(where, data)
        _merge(found, where, listed, outcomes)
        waiting += found.indexes
    for address in dict.fromkeys(waiting):
        path = scratch / "index"
        fetch(address, path, Condition(), None)
        _merge(_index(address, path.read_bytes()[: LARGEST + 1]), address, listed, outcomes)
    entries = [(INDEX, entry) for entry in listed.values()]
    for one in installed.files():
        came = one.listed.came
        if came.way == ADDED and _is_address(came.origin):
            entries.append((ADDED, Entry(one.listed.name, came.origin)))
        elif came.way == INDEX and came.origin not in listed:
            reason = "the index names it no more; it stays in use until it is removed"
            outcomes.append(outcome(one.listed, UNCHANGED, reason))
    return entries, outcomes


def _own_index(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(path, error.strerror or "cannot be read", installed.KEPT, "give an index of lists") from error


def _index(where: str, data: bytes) -> Index:
    try:
        return index_in(data)
    except ValueError as error:
        raise UsageError(
            where, str(error), installed.KEPT, "see docs/indicators.md for the forms of an index"
        ) from None


def _merge(found: Index, where: str, listed: dict[str, Entry], outcomes: list[Outcome]) -> None:
    outcomes += [Outcome(where, "", FAILED, reason) for reason in found.problems]
    for entry in found.entries:
        listed.setdefault(entry.url, entry)


def _one(
    by: Means, entry: Entry, way: str, earlier: installed.InstalledFile | None, into: Path
) -> tuple[Outcome, Taken | None]:
    try:
        found, told = judged(by, entry, way, earlier, into)
    except (NotFetched, NotTaken) as error:
        reason = error.what if isinstance(error, NotFetched) else str(error)
        if earlier is None:
            return Outcome(entry.name, entry.url, FAILED, reason), None
        return outcome(earlier.listed, STAYS, reason), None
    return told, found


def _put(taken: dict[tuple[str, str], Taken | None], now: datetime) -> None:
    """Put in force what was taken in place of what came the same way; what is current only gets the day."""
    if not taken:
        return
    checked = rfc3339(now) or ""

    def keep(one: Listed) -> Listed | None:
        key = one.came.way, one.came.origin
        if key not in taken:
            return one
        return one._replace(came=one.came._replace(checked=checked)) if taken[key] is None else None

    change(keep, [_fresh(found) for found in taken.values() if found is not None])


def _fresh(found: Taken) -> Fresh:
    return found.listed, _pieces(found.path)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece
