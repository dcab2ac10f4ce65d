"""Addresses of the common, plain sort, put into normal form a column at a time.

Most addresses of a browser history have a scheme, a plain host, a path and a query of ordinary letters, and carry no other
address. Those need no browser's parser. What is not surely plain is left to `perito.records.urls`; a property test
holds that both say the same.
"""

import re
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.records.nested import MAY_REDIRECT
from perito.records.urls import is_shortener

LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?:{LABEL}\.)+[a-z][a-z0-9]{{1,20}}")
PLAIN = (
    r"^[hH][tT][tT][pP][sS]?://(?P<host>[a-z0-9.-]+)"
    r"(?P<path>(?:/[A-Za-z0-9_~!$&()*+,;=@./-]*)?)"
    r"(?:\?(?P<query>[A-Za-z0-9_~!$&()*+,;=@.:/-]+))?"
    r"(?:#[A-Za-z0-9_~!$&()*+,;.-]*)?$"
)
"""Neither port, user-info, escapes, capitals in the host, nor a fragment that may hold an address. The host is only
sketched: each distinct one is held against HOST, which would cost five times as much in every address."""
CARRYING = "|".join(sorted(MAY_REDIRECT))
NOT_SURELY = (
    rf"(?i)xn--|^.{{8}}.*(?:/\.|//|:/)|[?&;#](?:amp;)?(?:{CARRYING})=|google\.|ampproject\.|translate\.goog|"
    r"web\.archive\.org|(?-i:aHR0c|SFRUU|odHRw|h0dH)|68747470|[?&](?:text|body|subject|message|msg|caption)="
)
"""Dot segments, punycode, double slashes, and whatever could carry another address or words with one."""
LONGEST = 2_000


class Plain(NamedTuple):
    """The plain addresses of an array: where they stand, their normal forms, and their hosts."""

    rows: np.ndarray
    normals: pa.Array
    hosts: pa.DictionaryArray


def plain(addresses: pa.Array) -> Plain:
    """Return the plain ones among distinct addresses; the others are to be parsed one by one."""
    short = pc.less_equal(pc.binary_length(addresses), LONGEST)
    parts = pc.extract_regex(addresses, PLAIN)
    odd = pc.match_substring_regex(addresses, NOT_SURELY)
    good = pc.and_(pc.and_(short, parts.is_valid()), pc.invert(odd))
    rows = np.flatnonzero(good.to_numpy(zero_copy_only=False))
    coded = parts.field("host").take(pa.array(rows)).dictionary_encode()
    listed = coded.dictionary.to_pylist()
    sound = np.array([HOST.fullmatch(host) is not None for host in listed], bool)[coded.indices.to_numpy()]
    rows, coded = rows[sound], coded.filter(pa.array(sound))
    kept = parts.take(pa.array(rows))
    paths, queries = kept.field("path"), kept.field("query")
    folded = pc.utf8_rtrim(paths, "/")
    shorteners = pa.array([is_shortener(host) for host in listed], pa.bool_())
    folded = pc.if_else(shorteners.take(coded.indices), folded, pc.ascii_lower(folded))
    asked = pc.if_else(pc.equal(queries, ""), "", pc.binary_join_element_wise("?", queries, ""))
    return Plain(rows, pc.binary_join_element_wise("http://", kept.field("host"), folded, asked, ""), coded)
