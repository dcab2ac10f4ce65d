"""Which records meet the selections of a rule of Sigma: values compared a column at a time."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.base.text import excerpt
from perito.detect import texts
from perito.indicators.formats.sigma import MISSING, Item, Node, Sigma
from perito.indicators.formats.stix2_rule import refused
from perito.indicators.ranges import network

Mask = np.ndarray
WILD = re.compile(r"[*?\\]")
EDGES: dict[str, Callable[[pa.Array, str], pa.Array]] = {
    "contains": pc.match_substring,
    "startswith": pc.starts_with,
    "endswith": pc.ends_with,
    "": pc.equal,
}
"""How a value without wildcards is compared, by where in a text it is to stand; none: it is the whole text."""


class Words(NamedTuple):
    """The different texts of a column, as they are and in small letters, and which of them each record has."""

    plain: pa.Array
    small: pa.Array
    codes: pa.Array


class Batch:
    """Records of one artifact, and which of its columns are text; shared by all rules that are asked of them."""

    def __init__(self, columns: Mapping[str, pa.Array], textual: Sequence[str], length: int) -> None:
        self.columns = columns
        self.textual = textual
        self.length = length
        self._words: dict[str, Words] = {}

    def words(self, name: str) -> Words:
        """Return the texts of a column; numbers as they are written."""
        if name not in self._words:
            coded = _as_text(self.columns[name]).dictionary_encode()
            self._words[name] = Words(coded.dictionary, pc.utf8_lower(coded.dictionary), coded.indices)
        return self._words[name]


def unfit(item: Item, value: str) -> str:
    """Say why a value cannot be compared as its modifiers ask; nothing where it can."""
    if item.kind == "re":
        return refused(_expression(item, value))
    if item.kind == "cidr" and network(value) is None:
        return f"no range of addresses: {excerpt(value, 40)}"
    if item.kind in {"lt", "lte", "gt", "gte"} and _number(value) is None:
        return f"no number: {excerpt(value, 40)}"
    return ""


def holds(rule: Sigma, node: Node, batch: Batch) -> Mask:
    """Tell which records meet a part of a rule's condition; a field without a value meets nothing."""
    if node.op == "is":
        named = rule.selections[node.name]
        return _any((_all((_item(item, batch) for item in items), batch) for items in named.alternatives), batch)
    parts = (holds(rule, part, batch) for part in node.parts)
    if node.op == "not":
        return ~next(parts)
    return _all(parts, batch) if node.op == "and" else _any(parts, batch)


def _all(masks: Iterator[Mask], batch: Batch) -> Mask:
    found = np.ones(batch.length, bool)
    for mask in masks:
        found &= mask
    return found


def _any(masks: Iterator[Mask], batch: Batch) -> Mask:
    found = np.zeros(batch.length, bool)
    for mask in masks:
        found |= mask
    return found


def _item(item: Item, batch: Batch) -> Mask:
    columns = [item.field] if item.field else list(batch.textual)
    masks = (_any((_value(item, value, name, batch) for name in columns), batch) for value in item.values)
    found = _all(masks, batch) if "all" in item.modifiers else _any(masks, batch)
    return ~found if "neq" in item.modifiers else found


def _value(item: Item, value: str, name: str, batch: Batch) -> Mask:
    column = batch.columns[name]
    there = texts.plain(pc.is_valid(column))
    if item.kind == "exists":
        return there if value.lower() == "true" else ~there
    if item.kind == "text" and value in MISSING and not _edged(item):
        return ~there
    if item.kind in ORDERS:
        if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
            return np.zeros(len(column), bool)
        return texts.plain(ORDERS[item.kind](column.cast(pa.float64()), _number(value)))
    words = batch.words(name)
    return texts.plain(pa.array(_text(item, value, words), pa.bool_()).take(words.codes))


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def _text(item: Item, value: str, words: Words) -> Mask:
    """Tell which of different texts meet a value."""
    if item.kind == "cidr":
        return texts.plain(texts.within(words.plain, *network(value) or (0, 0, 0)))
    if item.kind == "re":
        return texts.plain(texts.regex(words.plain, _expression(item, value)))
    cased = "cased" in item.modifiers
    if WILD.search(value):
        return texts.plain(texts.regex(words.plain, _wild(item, value), caseless=not cased))
    edge = next((one for one in EDGES if one in item.modifiers), "")
    compared = EDGES[edge](words.plain if cased else words.small, value if cased else value.lower())
    return texts.plain(compared)


def _expression(item: Item, value: str) -> str:
    flags = "".join(one for one in ("i", "m", "s") if one in item.modifiers)
    return f"(?{flags}){value}" if flags else value


def _edged(item: Item) -> bool:
    return any(one in item.modifiers for one in ("contains", "startswith", "endswith"))


def _wild(item: Item, value: str) -> str:
    """Return a value with its wildcards as an expression of the whole text, or of as much of it as a modifier says."""
    parts = re.findall(r"\\[*?\\]|[*?]|[^*?\\]+|\\", value)
    turned = {"*": ".*", "?": "."}
    body = "".join(turned.get(one) or _quoted(one[1:] if len(one) == 2 and one[0] == "\\" else one) for one in parts)
    start = "" if "contains" in item.modifiers or "endswith" in item.modifiers else "^"
    end = "" if "contains" in item.modifiers or "startswith" in item.modifiers else "$"
    return f"(?s){start}{body}{end}"


def _quoted(text: str) -> str:
    """Return letters that RE2 takes as themselves."""
    return re.sub(r"([^\w\s])", r"\\\1", text, flags=re.ASCII) if text.isascii() else re.escape(text)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


ORDERS: dict[str, Callable[[pa.Array, float | None], pa.Array]] = {
    "lt": pc.less,
    "lte": pc.less_equal,
    "gt": pc.greater,
    "gte": pc.greater_equal,
}
