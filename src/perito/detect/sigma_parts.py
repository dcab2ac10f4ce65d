"""What of a column's text a field of Sigma's taxonomy is: a host, a path, the name of a program."""

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from perito.detect.sigma_taxonomy import (
    CUT,
    ENTRY,
    EXTENSION,
    HOST,
    KEPT,
    NAMED,
    NUMBERED,
    PROGRAM,
    REQUEST,
    STEM,
    Part,
)
from perito.records.normal import COMM
from perito.records.urls import WEB, Url, host_name, is_ip, parse


def part(texts: pa.Array, of: Part) -> pa.Array:
    """Return what of each different text a field is; null where that is not known.

    Of a part whose beginning is not known (`tail`), a slash stands before it: what it lies in comes before that.
    """
    if of is REQUEST:
        return pc.if_else(pc.match_substring_regex(texts, "(?i)^https?://"), texts, None)
    take = TAKING.get(of.name)
    if take is None:
        return texts
    return pa.array([take(one) if one is not None else None for one in texts.to_pylist()], pa.string())


def _web(text: str) -> Url | None:
    """Return an address of the web in parts; None for any other, such as `about:blank`, and for a bare host name."""
    if text[:5].lower() not in {"http:", "https"}:
        return None
    found = parse(text)
    return found if found and found.scheme in WEB else None


def _stem(text: str) -> str | None:
    found = _web(text)
    return found.path if found else None


def _extension(text: str) -> str | None:
    found = _web(text)
    _, dot, extension = (found.path if found else "").rpartition("/")[2].rpartition(".")
    return extension if dot else ("" if found else None)


def _host(text: str) -> str | None:
    found = _web(text)
    return found.host if found else None


def _named(text: str) -> str | None:
    host = _host(text) if "/" in text else host_name(text)
    return host if host and not is_ip(host) else None


def _numbered(text: str) -> str | None:
    host = _host(text) if "/" in text else host_name(text)
    return host.strip("[]") if host and is_ip(host) else None


def _program(text: str) -> str | None:
    """Return the name that a process has in normal form, with its letters as they are written."""
    name = text.strip()
    if name.startswith("/") or name.count("/") > 1:
        name = name.rstrip("/ ").rpartition("/")[2].strip()
    else:
        name = name.partition("/")[0].strip()
    return f"/{name}" if name else None


def _cut(text: str) -> str | None:
    found = _program(text)
    return found if found and len(found) != COMM + 1 else None


def _entry(text: str) -> str | None:
    """Return the path of a file of a backup without its domain, whose folder is not known here."""
    inner = text.partition("/")[2]
    return f"/{inner}" if inner else None


def _kept(text: str) -> str | None:
    inner = text.removeprefix("~/") if text.startswith("~/") else text
    return f"/{inner.lstrip('/')}" if inner else None


TAKING: dict[str, Callable[[str], str | None]] = {
    STEM.name: _stem,
    EXTENSION.name: _extension,
    HOST.name: _host,
    NAMED.name: _named,
    NUMBERED.name: _numbered,
    PROGRAM.name: _program,
    CUT.name: _cut,
    ENTRY.name: _entry,
    KEPT.name: _kept,
}
