"""What of a column's text a field of Sigma's taxonomy is: a host, a path, the name of a program."""

from collections.abc import Callable

import numpy as np
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
from perito.records.plain_urls import PLAIN, plain
from perito.records.urls import WEB, Url, host_name, is_ip, parse


def part(texts: pa.Array, of: Part) -> pa.Array:
    """Return what of each different text a field is; null where that is not known.

    Of a part whose beginning is not known (`tail`), a slash stands before it: what it lies in comes before that.
    """
    if of is REQUEST:
        return pc.if_else(pc.match_substring_regex(texts, "(?i)^https?://"), texts, None)
    if of in {STEM, EXTENSION, HOST, NAMED, NUMBERED}:
        return _of_addresses(texts, of)
    take = TAKING.get(of.name)
    if take is None:
        return texts
    return pa.array([take(one) if one is not None else None for one in texts.to_pylist()], pa.string())


def _of_addresses(texts: pa.Array, of: Part) -> pa.Array:
    """Return a part of each address: of the plain ones a column at a time, which is what a parser says too."""
    take = TAKING[of.name]
    found: list[str | None] = [None] * len(texts)
    common = plain(pc.fill_null(texts, ""))
    paths = pc.struct_field(pc.extract_regex(texts.take(pa.array(common.rows)), PLAIN), "path").to_pylist()
    for row, host, path in zip(common.rows.tolist(), common.hosts.to_pylist(), paths, strict=True):
        found[row] = _plainly(of, host, path or "/")
    others = np.ones(len(texts), bool)
    others[common.rows] = False
    for row in np.flatnonzero(others & pc.is_valid(texts).to_numpy(zero_copy_only=False)).tolist():
        found[row] = take(texts[row].as_py())
    return pa.array(found, pa.string())


def _plainly(of: Part, host: str, path: str) -> str | None:
    if of is STEM:
        return path
    if of is EXTENSION:
        return _last(path)
    return None if of is NUMBERED else host


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
    return _last(found.path) if found else None


def _last(path: str) -> str:
    """Return what the last part of a path ends in, behind a dot."""
    _, dot, extension = path.rpartition("/")[2].rpartition(".")
    return extension if dot else ""


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
