"""Which of many values are their own normal form and need no flag: told of thousands at once, by what they are made of.

Nearly every published value is so, and then its key tells all that is to be known of it. `accept` judges the others.
"""

import re
from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from perito.indicators import shared
from perito.indicators.addresses import ordinary_ipv4
from perito.indicators.indicator import KINDS
from perito.records.normal import ACCOUNT_HOSTS, COMM
from perito.records.suffixes import rules
from perito.records.urls import hosts_up, shorteners

HOST = re.compile(r"(?:[a-z0-9-]++\.)+[a-z]{2,24}")
LONGEST_HOST = 250
HASH = re.compile(r"[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{40}")
IP = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}", re.ASCII)
EMAIL = re.compile(rf"[a-z0-9._+-]{{1,64}}@({HOST.pattern})")
NAME = re.compile(r"[a-z0-9._-]{1,200}")
PROCESS = re.compile(rf"[a-z0-9._-]{{1,{COMM}}}")
NO_WORD = re.compile(r"(?i:n/?a|none|null|nil|unknown|unavailable|redacted|removed|tbd|todo)|-+|\.+|\?+")
NO_HTTP = re.compile(r"[hH](?:[xX][xX]|\*\*|__|[tT][xX]|[xX][tT])[pP]")


def which(kinds: npt.NDArray[np.int8], values: pa.StringArray) -> npt.NDArray[np.bool_]:
    """Tell of each value whether it is ordinary, as `is_ordinary` does of one; `kinds` are numbers of KINDS."""
    found = np.zeros(len(values), np.bool_)
    for number in np.unique(kinds).tolist():
        test = _COLUMN_TESTS.get(KINDS[number])
        if test:
            rows = np.flatnonzero(kinds == number)
            found[rows] = _bools(test(values if len(rows) == len(values) else values.take(pa.array(rows))))
    return found


def keys(kinds: npt.NDArray[np.int8], values: pa.StringArray) -> pa.StringArray:
    """Return the keys of ordinary values."""
    return pc.binary_join_element_wise(pa.array(KINDS).take(pa.array(kinds)), values, ":")


def is_ordinary(kind: str, text: str) -> bool:
    """Tell a value that is its own normal form and needs no flag."""
    fits = _TESTS.get(kind)
    return fits is not None and fits(text)


def _bools(mask: pa.Array) -> npt.NDArray[np.bool_]:
    return np.asarray(mask.to_numpy(zero_copy_only=False), np.bool_)


def _matching(values: pa.StringArray, pattern: re.Pattern[str]) -> pa.BooleanArray:
    return pc.match_substring_regex(values, f"^(?:{pattern.pattern.replace('++', '+')})$")


def _hosts(values: pa.StringArray) -> pa.BooleanArray:
    """Tell the ordinary hosts: of all but few, how they are written and their last two labels tell it."""
    written = pc.and_(_matching(values, HOST), pc.less_equal(pc.binary_length(values), LONGEST_HOST))
    ends, _ = _ends_and_tails()
    tail = pc.extract_regex(values, r"(?P<tail>[a-z0-9-]+\.[a-z]+)$").field("tail")
    looked_at = pc.or_(pc.is_in(tail, _tails()), pc.starts_with(values, "www."))
    for end in ends:
        looked_at = pc.or_(looked_at, pc.ends_with(tail, end))
    found = _bools(written)
    for row in np.flatnonzero(_bools(pc.fill_null(looked_at, fill_value=False)) & found).tolist():
        found[row] = _host(values[row].as_py())
    return pa.array(found)


def _digests(values: pa.StringArray) -> pa.BooleanArray:
    return pc.and_not(_matching(values, HASH), pc.is_in(values, _shared_hashes()))


def _ips(values: pa.StringArray) -> pa.BooleanArray:
    found = _bools(pc.match_substring_regex(values, r"^[0-9]{1,3}(?:\.[0-9]{1,3}){3}$")).copy()
    for row in np.flatnonzero(found).tolist():
        found[row] = _ip(values[row].as_py())
    return pa.array(found)


def _emails(values: pa.StringArray) -> pa.BooleanArray:
    host = pc.extract_regex(values, "@(?P<host>[^@]*)$").field("host")
    odd = pc.or_(pc.is_in(host, _account_hosts()), pc.greater(pc.binary_length(host), LONGEST_HOST))
    odd = pc.or_(odd, pc.match_substring_regex(values, NO_HTTP.pattern))
    return pc.and_not(_matching(values, EMAIL), pc.fill_null(odd, fill_value=True))


def _names(values: pa.StringArray) -> pa.BooleanArray:
    return pc.and_not(_matching(values, NAME), _matching(values, NO_WORD))


def _processes(values: pa.StringArray) -> pa.BooleanArray:
    return pc.and_not(_matching(values, PROCESS), _matching(values, NO_WORD))


def _host(text: str) -> bool:
    return HOST.fullmatch(text) is not None and not _to_be_checked(text) and len(text) <= LONGEST_HOST


def _digest(text: str) -> bool:
    return HASH.fullmatch(text) is not None and text not in shared.hashes()


def _ip(text: str) -> bool:
    return IP.fullmatch(text) is not None and ordinary_ipv4(text)


def _email(text: str) -> bool:
    found = EMAIL.fullmatch(text)
    return (
        found is not None
        and found[1] not in ACCOUNT_HOSTS
        and len(found[1]) <= LONGEST_HOST
        and not NO_HTTP.search(text)
    )


def _name(text: str) -> bool:
    return NAME.fullmatch(text) is not None and not NO_WORD.fullmatch(text)


def _process(text: str) -> bool:
    return PROCESS.fullmatch(text) is not None and not NO_WORD.fullmatch(text)


_TESTS: dict[str, Callable[[str], bool]] = {
    "domain": _host,
    "hash": _digest,
    "certificate": _digest,
    "ip": _ip,
    "email": _email,
    "process": _process,
    "file_name": _name,
    "app_id": _name,
    "profile": _name,
    "property": _name,
}
KINDS_OF_THEM = frozenset(_TESTS)
_COLUMN_TESTS: dict[str, Callable[[pa.StringArray], pa.BooleanArray]] = {
    "domain": _hosts,
    "hash": _digests,
    "certificate": _digests,
    "ip": _ips,
    "email": _emails,
    "process": _processes,
    "file_name": _names,
    "app_id": _names,
    "profile": _names,
    "property": _names,
}


def _to_be_checked(host: str) -> bool:
    """Tell whether a host may be shared by strangers: most are not, and this is quick."""
    dot = host.rfind(".")
    ends, tails = _ends_and_tails()
    if host[host.rfind(".", 0, dot) + 1 :] not in tails and host[dot:] not in ends:
        return host[:4] == "www."
    below = host.partition(".")[2]
    if host in well_known() or below in rules().wild or host.startswith("www."):
        return True
    return not _with_all_below().isdisjoint(hosts_up(host))


@cache
def _with_all_below() -> frozenset[str]:
    """Return the names under which every host is shared: those of link shorteners and of providers all phones ask."""
    return shorteners() | shared.owners()


@cache
def _ends_and_tails() -> tuple[frozenset[str], frozenset[str]]:
    """Return the ends under which any host is one to be checked, and the last two labels of all names that make it one."""
    ends = [f".{name}" for name in rules().wild if "." not in name]
    names = [*well_known(), *_with_all_below(), *(name for name in rules().wild if "." in name)]
    return frozenset(ends), frozenset(".".join(name.split(".")[-2:]) for name in names)


@cache
def well_known() -> frozenset[str]:
    """Return the names of hosts that strangers share."""
    return shared.hosts() | shared.registries() | rules().plain


@cache
def _tails() -> pa.StringArray:
    return pa.array(sorted(_ends_and_tails()[1]), pa.string())


@cache
def _shared_hashes() -> pa.StringArray:
    return pa.array(sorted(shared.hashes()), pa.string())


@cache
def _account_hosts() -> pa.StringArray:
    return pa.array(sorted(ACCOUNT_HOSTS), pa.string())
