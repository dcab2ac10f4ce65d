"""The installed set brought up to date: each list judged before it replaces the one that is in use.

A list that cannot be fetched, holds no indicator, or lost nearly all it held stays as it was, and that is told.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from perito.base.errors import UsageError
from perito.base.hashing import sha256
from perito.base.text import printable
from perito.base.times import rfc3339
from perito.indicators import installed
from perito.indicators.bundle import KNOWN, feed_in
from perito.indicators.change import Fresh, change, refused
from perito.indicators.feed_index import LARGEST, Entry, Index, index_in, packaged
from perito.indicators.fetched import Condition, Fetch, Fetched, NotFetched
from perito.indicators.indicator import Feed
from perito.indicators.installed import ADDED, INDEX, Came, Listed
from perito.indicators.unread import unread_file
from perito.indicators.zipped import LARGEST_FILE

SHRUNK = 10
"""A list that falls below one in so many of what it held is taken for damaged, not for corrected."""
PIECE = 1 << 20
NEW, CHANGED, UNCHANGED, KEPT, FAILED = "new", "changed", "unchanged", "kept", "failed"
NOT_IN_FULL = {KEPT, FAILED}
Tell = Callable[[str, int, int | None], None]
"""Told a list's name, how many bytes of it came, and how many there will be if that is known."""


class Outcome(NamedTuple):
    """What became of one list: `state` NEW, CHANGED, UNCHANGED, KEPT (the earlier stays) or FAILED (there was none)."""

    name: str
    url: str
    state: str
    reason: str = ""
    sha256: str = ""
    size: int = 0
    taken: int = 0
    redirects: tuple[str, ...] = ()


class _Kept(Exception):
    """Tell why what came does not replace what is there, and what could be done."""

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"{what}: {hint}" if hint else what)
        self.what, self.hint = what, hint


class _Taken(NamedTuple):
    """A list as it was fetched and judged: where it lies, and what the set will say of it."""

    path: Path
    listed: Listed


def update(fetch: Fetch, indexes: Iterable[str], now: datetime, tell: Tell) -> list[Outcome]:
    """Fetch every list that the indexes name, and those added by address; put in force what is whole.

    An index is an address or a file; without any, the one of the package. NotFetched or UsageError where an index
    cannot be read: nothing is changed then.
    """
    with _scratch() as scratch:
        entries, outcomes = _wanted(fetch, list(indexes), scratch)
        before = {(one.listed.came.way, one.listed.came.origin): one for one in installed.files()}
        taken: dict[tuple[str, str], _Taken | None] = {}
        for number, (way, entry) in enumerate(entries):
            key = way, entry.url
            outcome, found = _one(fetch, entry, way, before.get(key), scratch / f"{number:06d}.feed", now, tell)
            outcomes.append(outcome)
            taken |= {} if outcome.state in NOT_IN_FULL else {key: found}
        _put(taken, now)
    return outcomes


def add(fetch: Fetch, given: str, name: str, now: datetime, tell: Tell) -> Outcome:
    """Install a file, or what an address holds, as a list of one's own; UsageError or NotFetched where that fails."""
    remote = _is_address(given)
    where = given if remote else str(Path(given).absolute())
    called = _called(given, name or Path(unquote(urlsplit(given).path) if remote else given).name, where)
    with _scratch() as scratch:
        source: Fetch = fetch if remote else _copied
        try:
            found, outcome = _judged(source, Entry(called, where), ADDED, None, scratch / "000000.feed", now, tell)
        except _Kept as error:
            raise UsageError(given, error.what, installed.KEPT, error.hint or f"known forms: {KNOWN}") from None
        _put({(ADDED, where): found}, now)
    return outcome


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
            outcomes.append(_outcome(one.listed, UNCHANGED, reason))
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


def _outcome(one: Listed, state: str, reason: str = "", redirects: tuple[str, ...] = ()) -> Outcome:
    return Outcome(one.name, one.came.origin, state, reason, one.sha256, one.size, one.came.taken, redirects)


def _one(
    fetch: Fetch,
    entry: Entry,
    way: str,
    earlier: installed.InstalledFile | None,
    into: Path,
    now: datetime,
    tell: Tell,
) -> tuple[Outcome, _Taken | None]:
    try:
        found, outcome = _judged(fetch, entry, way, earlier, into, now, tell)
    except (NotFetched, _Kept) as error:
        reason = error.what if isinstance(error, NotFetched) else str(error)
        if earlier is None:
            return Outcome(entry.name, entry.url, FAILED, reason), None
        return _outcome(earlier.listed, KEPT, reason), None
    return outcome, found


def _judged(
    fetch: Fetch,
    entry: Entry,
    way: str,
    earlier: installed.InstalledFile | None,
    into: Path,
    now: datetime,
    tell: Tell,
) -> tuple[_Taken | None, Outcome]:
    """Return a list that may replace the earlier one, None where that is still current; _Kept says why it may not."""
    whole = earlier is not None and earlier.path.is_file() and sha256(earlier.path) == earlier.listed.sha256
    known = Condition(earlier.listed.came.etag, earlier.listed.came.modified) if earlier and whole else Condition()
    came = fetch(entry.url, into, known, lambda passed, size: tell(entry.name, passed, size))
    if earlier and whole and (came.unchanged or came.sha256 == earlier.listed.sha256):
        return None, _outcome(earlier.listed, UNCHANGED, redirects=came.redirects)
    if entry.sha256 and came.sha256 != entry.sha256:
        raise _Kept(f"another content than the index says (SHA-256 {came.sha256[:16]}… came)")
    feed = feed_in(into, entry.name)
    if feed is None:
        raise _unknown(into)
    count = _counted(feed, entry, earlier.listed.came.taken if earlier else 0)
    told = Came(way, entry.url, rfc3339(now) or "", rfc3339(now) or "", came.etag, came.modified, entry.licence, count)
    listed = Listed(entry.name, came.sha256, came.size, told)
    return _Taken(into, listed), _outcome(listed, CHANGED if earlier else NEW, redirects=came.redirects)


def _unknown(path: Path) -> _Kept:
    """Say what came in place of a list, as far as its first bytes tell."""
    found = unread_file(path)
    if found is None:
        return _Kept("not a list of indicators in a form known here")
    return _Kept(f"{found.what}, which is not read as a list of indicators", found.hint)


def _counted(feed: Feed, entry: Entry, before: int) -> int:
    count = feed.count + feed.rules
    if not count:
        raise _Kept("holds no indicator")
    if entry.form and feed.format != entry.form:
        raise _Kept(f"{feed.format}, not {entry.form} as the index says")
    if count * SHRUNK < before:
        raise _Kept(f"holds fewer indicators ({count:,}) than before ({before:,}); remove it first if that is right")
    return count


def _put(taken: dict[tuple[str, str], _Taken | None], now: datetime) -> None:
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


def _fresh(found: _Taken) -> Fresh:
    return found.listed, _pieces(found.path)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _copied(where: str, into: Path, _known: Condition, _tell: object = None, /) -> Fetched:
    """Copy a file of one's own, as if it had been fetched."""
    path = Path(where)
    if not path.is_file():
        what = "not a file" if path.exists() else "no such file"
        raise UsageError(where, what, installed.KEPT, "give a file, or an address that begins with https://")
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise UsageError(where, f"larger than the {LARGEST_FILE:,} bytes of a list", installed.KEPT)
        shutil.copyfile(path, into)
    except OSError as error:
        raise UsageError(where, error.strerror or "cannot be read", installed.KEPT) from error
    return Fetched(where, (), into.stat().st_size, sha256(into))
