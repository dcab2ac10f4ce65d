"""Many texts compared at once with what a published condition asks of them; no loop over texts, no backtracking.

Regular expressions are RE2's, whose time is linear in the text whatever the expression is.
"""

from collections.abc import Callable, Iterable
from functools import reduce
from ipaddress import ip_address

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

HOST = r"^[a-zA-Z][a-zA-Z0-9+.\-]*://(?:\[(?P<six>[^\]]*)\]|(?P<host>[^/?:]*))"
NUMERIC = r"^[0-9.]+$|:"
NUMERIC_HOST = r"^[^/]*//(?:\[|[0-9.]+(?:[/?:]|$))"
FOLDER = r"(?s)^.*[/\\]"
Masks = Iterable[pa.Array]


def like(texts: pa.Array, pattern: str) -> pa.Array:
    """Tell which texts are like a pattern, `%` standing for any characters and `_` for one; a backslash is a letter."""
    return pc.match_like(texts, pattern.replace("\\", "\\\\"))


def regex(texts: pa.Array, expression: str, *, caseless: bool = False) -> pa.Array:
    """Tell in which texts an expression is found anywhere; ArrowInvalid where RE2 does not take it."""
    return pc.match_substring_regex(texts, expression, ignore_case=caseless)


def equal(texts: pa.Array, value: str, *, caseless: bool = False) -> pa.Array:
    """Tell which texts are the value."""
    return pc.equal(pc.utf8_lower(texts), value.lower()) if caseless else pc.equal(texts, value)


def within(texts: pa.Array, version: int, first: int, last: int) -> pa.Array:
    """Tell which texts are addresses of a range; each different one is looked at once."""
    coded = texts.dictionary_encode()
    inside = [_address_within(one, version, first, last) for one in coded.dictionary.to_pylist()]
    return pa.array(inside, pa.bool_()).take(coded.indices)


def _address_within(text: str, version: int, first: int, last: int) -> bool:
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return found.version == version and first <= int(found) <= last


ORDERS: dict[str, Callable[[pa.Array, str], pa.Array]] = {
    "<": pc.less,
    ">": pc.greater,
    "<=": pc.less_equal,
    ">=": pc.greater_equal,
}
"""Texts in the order of their code points."""


def either(masks: Masks) -> np.ndarray:
    """Return where one of the masks holds; null is no."""
    found: np.ndarray = reduce(np.logical_or, (plain(mask) for mask in masks))
    return found


def plain(mask: pa.Array) -> np.ndarray:
    """Return a mask as numpy has it; null is no."""
    told: np.ndarray = pc.fill_null(mask, fill_value=False).to_numpy(zero_copy_only=False)
    return told


def hosts(addresses: pa.Array) -> pa.Array:
    """Return the host of each address in normal form, null where there is none."""
    found = pc.extract_regex(addresses, HOST)
    return pc.binary_join_element_wise(pc.struct_field(found, "six"), pc.struct_field(found, "host"), "")


def numeric_hosts(addresses: pa.Array) -> pa.Array:
    """Return the hosts of those addresses alone that have a numeric one: few have, and to tell that is quicker."""
    return hosts(addresses.filter(pc.match_substring_regex(addresses, NUMERIC_HOST)))


def names_only(texts: pa.Array) -> pa.Array:
    """Return host names; null in place of numeric addresses."""
    return pc.if_else(pc.match_substring_regex(texts, NUMERIC), None, texts)


def numbers_only(texts: pa.Array) -> pa.Array:
    """Return numeric addresses; null in place of names."""
    return pc.if_else(pc.match_substring_regex(texts, NUMERIC), texts, None)


def last_parts(paths: pa.Array) -> pa.Array:
    """Return the last part of each path."""
    return pc.replace_substring_regex(paths, FOLDER, "")
