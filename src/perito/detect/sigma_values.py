"""Which records meet the items of a rule of Sigma: values compared a column at a time, each different text once.

Of an event that is only known in part, an item may be known to be met, known not to be, or neither. A rule is met where
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
from perito.detect.sigma_text import ends_like, found_in, holds
from perito.indicators.formats.sigma import Item, Node, Sigma, Term
from perito.indicators.formats.sigma_asked import Expression, Nothing, Number, Order, Other, Present, Text, Value

Mask = np.ndarray


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


def surely(rule: Sigma, node: Node, asked: Asked, *, met: bool = True) -> Mask:
    """Tell which records are known to meet a part of a rule's condition, or, with `met` false, known not to."""
    if node.op == "is":
        return _term(rule.selections[node.name], asked, met=met)
    if node.op == "not":
        return surely(rule, node.parts[0], asked, met=not met)
    parts = (surely(rule, one, asked, met=met) for one in node.parts)
    return _joined(parts, asked, every=(node.op == "and") == met)


def _term(term: Term, asked: Asked, *, met: bool) -> Mask:
    if term.item is not None:
        return _item(term.item, asked, met=met)
    return _joined((_term(one, asked, met=met) for one in term.parts), asked, every=(term.op == "and") == met)


def _joined(masks: Iterable[Mask], asked: Asked, *, every: bool) -> Mask:
    found = np.full(asked.batch.length, every)
    for mask in masks:
        if every:
            found &= mask
        else:
            found |= mask
    return found


def _item(item: Item, asked: Asked, *, met: bool) -> Mask:
    met = met != item.negated
    each = (
        _joined((_value(item.field, one, asked, met=met) for one in some), asked, every=not met) for some in item.values
    )
    return _joined(each, asked, every=item.every == met)


def _value(field: str, value: Value, asked: Asked, *, met: bool) -> Mask:
    if not field:
        words = (asked.batch.words(name, WHOLE) for name in asked.batch.textual)
        found = _joined((one.spread(found_in(one.different, value)) for one in words), asked, every=False)
        return found if met else ~found
    name, of = asked.fields[field]
    if asked.in_part:
        words_of = asked.batch.words(name, of)
        return words_of.spread(pa.array(_in_part(value, words_of, of, met=met), pa.bool_()))
    found = _whole(name, value, asked.batch)
    return found if met else ~found


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
    return words.spread(holds(words.different, value))


def _in_part(value: Value, words: Words, of: Part, *, met: bool) -> Mask:
    """Tell the same of the different texts of a field that are null where it is not known, and cut where `of` says so."""
    there = texts.plain(pc.is_valid(words.different))
    if isinstance(value, (Present, Nothing)):
        return there & ((isinstance(value, Present) and value.value) == met)
    if not of.tail:
        yes = texts.plain(holds(words.different, value))
        return yes if met else there & ~yes
    if isinstance(value, Text):
        found = holds(words.different, value) if met else ends_like(words.different, value)
        return texts.plain(found) & value.open if met else there & ~texts.plain(found)
    if isinstance(value, Expression):
        return texts.plain(holds(words.different, value)) & (met and not value.anchored)
    return there & (not met)


def _as_text(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


ORDERS = {"lt": pc.less, "lte": pc.less_equal, "gt": pc.greater, "gte": pc.greater_equal}
