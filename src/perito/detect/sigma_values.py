"""Which records meet the items of a rule of Sigma: values compared a column at a time, each different text once.

Of an event that is only known in part, an item may be neither met nor not met: `Known` holds both. A rule is met where
that is surely so.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.detect import texts
from perito.detect.sigma_parts import part
from perito.detect.sigma_sources import WHOLE
from perito.detect.sigma_taxonomy import Part
from perito.detect.sigma_text import ends_like, found_in, met
from perito.indicators.formats.sigma import Item, Node, Sigma, Term
from perito.indicators.formats.sigma_asked import (
    Expression,
    Flag,
    Nothing,
    Number,
    Order,
    Other,
    Present,
    Range,
    Text,
    Value,
)

Mask = np.ndarray


class Known(NamedTuple):
    """Which records surely meet a condition, and which surely do not."""

    yes: Mask
    no: Mask

    @classmethod
    def where(cls, yes: Mask) -> "Known":
        """Return what is known of every record."""
        return cls(yes, ~yes)


class Words(NamedTuple):
    """The different texts of a field, and which of them each record has; null where there is none."""

    different: pa.Array
    codes: pa.Array

    def spread(self, mask: pa.Array) -> Mask:
        """Return for each record what holds of its text."""
        return texts.plain(pa.array(texts.plain(mask), pa.bool_()).take(self.codes))


class Batch:
    """Records of one artifact, and which of its columns are text; shared by all rules that are asked of them."""

    def __init__(self, columns: Mapping[str, pa.Array], textual: Sequence[str], length: int) -> None:
        self.columns = columns
        self.textual = textual
        self.length = length
        self._words: dict[tuple[str, str], Words] = {}

    def words(self, name: str, of: Part) -> Words:
        """Return the texts of a field of these records; numbers as they are written."""
        if (name, of.name) not in self._words:
            coded = _as_text(self.columns[name]).dictionary_encode()
            self._words[name, of.name] = Words(part(coded.dictionary, of), coded.indices)
        return self._words[name, of.name]


class Asked(NamedTuple):
    """Records, and what of which column each field of a rule is."""

    batch: Batch
    fields: Mapping[str, tuple[str, Part]]
    in_part: bool
    """Whether a field without a value is one that is not known, rather than one that is not there."""


def holds(rule: Sigma, node: Node, asked: Asked) -> Known:
    """Tell which records meet a part of a rule's condition."""
    if node.op == "is":
        return _term(rule.selections[node.name], asked)
    parts = (holds(rule, one, asked) for one in node.parts)
    if node.op == "not":
        yes, no = next(parts)
        return Known(no, yes)
    return _all(parts, asked) if node.op == "and" else _any(parts, asked)


def _term(term: Term, asked: Asked) -> Known:
    if term.item is not None:
        return _item(term.item, asked)
    parts = (_term(one, asked) for one in term.parts)
    return _all(parts, asked) if term.op == "and" else _any(parts, asked)


def _all(found: Iterable[Known], asked: Asked) -> Known:
    yes, no = np.ones(asked.batch.length, bool), np.zeros(asked.batch.length, bool)
    for one in found:
        yes &= one.yes
        no |= one.no
    return Known(yes, no)


def _any(found: Iterable[Known], asked: Asked) -> Known:
    yes, no = np.zeros(asked.batch.length, bool), np.ones(asked.batch.length, bool)
    for one in found:
        yes |= one.yes
        no &= one.no
    return Known(yes, no)


def _item(item: Item, asked: Asked) -> Known:
    found = (_any((_value(item.field, one, asked) for one in some), asked) for some in item.values)
    yes, no = _all(found, asked) if item.every else _any(found, asked)
    return Known(no, yes) if item.negated else Known(yes, no)


def _value(field: str, value: Value, asked: Asked) -> Known:
    if not field:
        words = (asked.batch.words(name, WHOLE) for name in asked.batch.textual)
        return _any((Known.where(one.spread(found_in(one.different, value))) for one in words), asked)
    name, of = asked.fields[field]
    if asked.in_part:
        return _in_part(value, asked.batch.words(name, of), of)
    return Known.where(_whole(name, value, asked.batch))


def _whole(name: str, value: Value, batch: Batch) -> Mask:
    """Tell which records meet a value, by a column of which all is known."""
    column = batch.columns[name]
    there = texts.plain(pc.is_valid(column))
    if isinstance(value, Present):
        return there if value.value else ~there
    if isinstance(value, Nothing):
        return ~there
    number = pa.types.is_integer(column.type) or pa.types.is_floating(column.type)
    if isinstance(value, Order):
        if not number:
            return np.zeros(batch.length, bool)
        return texts.plain(ORDERS[value.op](column.cast(pa.float64()), float(value.value)))
    if isinstance(value, Number) and number:
        return texts.plain(pc.equal(column.cast(pa.float64()), float(value.value)))
    if isinstance(value, Other):
        one, other = (pc.utf8_lower(_as_text(batch.columns[each])) for each in (name, value.field))
        return texts.plain(pc.equal(one, other))
    words = batch.words(name, WHOLE)
    return words.spread(met(words.different, value))


def _in_part(value: Value, words: Words, of: Part) -> Known:
    """Tell the same of a field that is null where it is not known, and whose beginning may not be."""
    there = texts.plain(pc.is_valid(words.different))
    if isinstance(value, (Present, Nothing)):
        yes = there & (isinstance(value, Present) and value.value)
        return _spread(words, yes, there & ~yes)
    if not of.tail:
        yes = texts.plain(met(words.different, value))
        return _spread(words, yes, there & ~yes)
    if isinstance(value, Text):
        yes = texts.plain(met(words.different, value)) & value.open
        return _spread(words, yes, there & ~yes & ~texts.plain(ends_like(words.different, value)))
    yes = there & isinstance(value, Expression) & texts.plain(met(words.different, value))
    if isinstance(value, Expression) and value.anchored:
        yes = there & False
    return _spread(words, yes, there & isinstance(value, (Flag, Number, Order, Range)))


def _spread(words: Words, yes: Mask, no: Mask) -> Known:
    return Known(words.spread(pa.array(yes, pa.bool_())), words.spread(pa.array(no, pa.bool_())))


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


ORDERS = {"lt": pc.less, "lte": pc.less_equal, "gt": pc.greater, "gte": pc.greater_equal}
