"""Many objects of a STIX 2 file parsed at once into columns: what nearly all indicators and relationships say.

A block is used only where it is certain that it says what its objects say one by one; what is odd about an object leaves
that object to be read by itself, and what is odd about the text leaves the whole block to `JsonStream`.
"""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from perito.indicators.columns import KIND_NUMBERS, NEVER, UNKNOWN, Times, key_hashes
from perito.indicators.formats.json_text import DEEPEST, DIGITS
from perito.indicators.formats.stix2_asked import SIMPLE_HEAD, kind_of_head, placed
from perito.indicators.formats.stix2_sayings import OWN, STIX
from perito.indicators.formats.stix2_time import moments
from perito.indicators.indicator import KINDS

TEXTS = (
    "type", "id", "created", "modified", "pattern", "pattern_type", "valid_from", "valid_until", "created_by_ref",
    "source_ref", "target_ref",
)  # fmt: skip
LISTS = ("indicator_types", "labels", "object_marking_refs")
NEEDED = ("id", "pattern", "created", "modified", "valid_from")
REFERENCES = "external_references"
OBJECTS = "objects"
"""The property of a bundle, whose objects are others."""
_OBJECT = pa.struct([("type", pa.string())])  # the parser has no kind for what holds anything
SCHEMA = pa.schema(
    [(name, pa.string()) for name in TEXTS]
    + [(name, pa.list_(pa.string())) for name in LISTS]
    + [
        ("revoked", pa.bool_()),
        (REFERENCES, pa.list_(pa.struct([("url", pa.string())]))),
        (OWN, _OBJECT),
        (OBJECTS, pa.list_(_OBJECT)),
    ]
)
"""What is parsed; all else is passed over, as a column for each name that a list uses would cost beyond measure."""
BETWEEN = "\x1f"
MARKS = (b"\\u001f", b"\\u001F", b"\\u000")
"""Escapes of what the columns are joined with."""
SIMPLE = rf"^(?P<head>{SIMPLE_HEAD.pattern.replace('(', '(?:')})'(?P<value>[^'\\]*)'\s*\]\s*$"
READER = json.JSONDecoder(strict=False)
MOSTLY = 0.75
"""Part of the objects of a block that must be taken as columns for it to be worth while."""
INF, NO_NUMBER = re.compile(rb"Inf\s*[,}\]]"), b"-NaN"
"""What the parser takes for numbers, and Python does not."""
TOO_MANY_DIGITS = b"0" * 4_301
COMMA, OPENS, OPENS_LIST, CLOSES, SPACE = 44, 123, 91, 125, 32


class Block(NamedTuple):
    """Objects in columns: the indicators whose pattern is one value or another text, relationships, and odd objects.

    `places` are those of the indicators among the `size` objects; `kinds` numbers of KINDS, or -1 where only `texts`
    tells the pattern. `hashes` are those of ids. `said` numbers `words`, each with the first object that says so, not yet
    read. `odd` are objects with their place.
    """

    size: int
    places: npt.NDArray[np.int32]
    keys: pa.StringArray
    hashes: npt.NDArray[np.uint64]
    kinds: npt.NDArray[np.int8]
    values: pa.StringArray
    texts: pa.StringArray
    said: npt.NDArray[np.int32]
    words: list[tuple[str, bytes]]
    since: Times | None
    until: Times | None
    sources: pa.StringArray
    source_hashes: npt.NDArray[np.uint64]
    targets: pa.DictionaryArray
    odd: list[tuple[int, dict[str, object]]]


def parsed(text: str, opening: str, mark: str = ",") -> Block | None:
    """Return the objects of a text, each of which begins with `opening`; None where they must be read one by one.

    Between them stands a comma, or only blanks where `mark` is empty.
    """
    try:
        data = text.encode()
    except UnicodeEncodeError:
        return None
    if b"\\" in data and any(mark in data for mark in MARKS):  # the first of them costs nothing
        return None
    if NO_NUMBER in data or (b"Inf" in data and INF.search(data)):
        return None
    found = _table(data, opening.encode(), separate=not mark)
    return _block(data, *found) if found else None


def _table(data: bytes, opening: bytes, *, separate: bool) -> tuple[pa.Table, npt.NDArray[np.int64]] | None:
    """Return the objects as a table, and where each begins.

    The parser reads objects that follow each other without commas. Each comma between two objects is overwritten; there
    are as many of them as objects but one, none is missing, so none that stands anywhere else was overwritten. Of
    objects that are `separate` none has a comma before it, or the parser refuses them all.
    """
    marks = np.frombuffer(data, np.uint8).copy()
    ends = np.flatnonzero(marks[:-1] == CLOSES)
    after = _not_blank(marks, ends + 1)
    if not separate and (marks[after] == OPENS).any():
        return None
    commas = after[marks[after] == (OPENS if separate else COMMA)]
    starts = commas if separate else _not_blank(marks, commas + 1)
    for place, mark in enumerate(opening):
        fits = marks[np.minimum(starts + place, len(marks) - 1)] == mark
        commas, starts = commas[fits], starts[fits]
    if not separate:
        marks[commas] = SPACE
    starts = np.concatenate([[0], starts])
    longest = int(np.diff(starts, append=len(data)).max())
    if longest > 2 * DEEPEST and _may_be_deep(marks, starts):
        return None
    if longest > len(TOO_MANY_DIGITS) and TOO_MANY_DIGITS in data.translate(DIGITS):
        return None
    try:
        table = arrow_json.read_json(
            pa.BufferReader(pa.py_buffer(marks)),
            arrow_json.ReadOptions(use_threads=False, block_size=len(marks) + 1),
            arrow_json.ParseOptions(explicit_schema=SCHEMA, unexpected_field_behavior="ignore"),
        )
    except pa.ArrowInvalid:
        return None
    if len(table) != len(starts) or table[OBJECTS].null_count < len(table):
        return None
    if separate and _are(table["type"], "bundle", null=False).any():  # of one by itself all is passed over
        return None
    return table.combine_chunks(), starts


def _not_blank(marks: npt.NDArray[np.uint8], places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return for each place the first at or behind it where no blank stands; the last of all if there is none."""
    last = len(marks) - 1
    places = np.minimum(places, last)
    blank = (marks[places] <= SPACE) & (places < last)
    while blank.any():
        places = np.where(blank, places + 1, places)
        blank = (marks[places] <= SPACE) & (places < last)
    return places


def _may_be_deep(marks: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64]) -> bool:
    """Tell whether so much opens in an object that brackets may stand deeper in it than is read."""
    opened = np.flatnonzero((marks == OPENS) | (marks == OPENS_LIST))
    return bool((np.diff(np.searchsorted(opened, starts), append=len(opened)) > DEEPEST).any())


def _block(data: bytes, table: pa.Table, starts: npt.NDArray[np.int64]) -> Block | None:
    sure = np.ones(len(table), np.bool_)
    said, words = _said(table, sure)
    since, until = (_times(table[name], sure) for name in ("valid_from", "valid_until"))
    indicators, related = _plain(table, sure)
    odd = np.flatnonzero(~indicators & ~_are(table["type"], "relationship", null=False))
    if len(odd) > (1 - MOSTLY) * len(table):
        return None

    def item(row: int) -> bytes:
        end = starts[row + 1] if row + 1 < len(starts) else len(data)
        return data[starts[row] : end].rstrip(b" \t\r\n,")

    rows = np.flatnonzero(indicators)
    keys, patterns = _at(table, "id", rows), _at(table, "pattern", rows)
    sources = _at(table, "source_ref", np.flatnonzero(related))
    kinds, values = _values(patterns)
    return Block(
        len(table),
        rows.astype(np.int32),
        keys,
        key_hashes(keys),
        kinds,
        values,
        pc.if_else(pa.array(kinds < 0), patterns, pa.scalar(None, pa.string())),
        *_used(said[rows], rows, words, item),
        since.at_rows(rows) if since else None,
        until.at_rows(rows) if until else None,
        sources,
        key_hashes(sources),
        _at(table, "target_ref", np.flatnonzero(related)).dictionary_encode(),
        [(row, object_of(item(row))) for row in odd.tolist()],
    )


def object_of(written: bytes) -> dict[str, object]:
    """Read one object by itself."""
    found: dict[str, object] = READER.decode(written.decode())
    return found


def _plain(table: pa.Table, sure: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Tell the indicators about which nothing is odd, and the relationships that count."""
    holds = ~_bools(pc.fill_null(table["revoked"], fill_value=False))
    indicators = (
        sure & holds & _are(table["type"], "indicator", null=False) & _are(table["pattern_type"], STIX, null=True)
    )
    for name in NEEDED:
        indicators &= _bools(table[name].is_valid())
    indicators &= _bools(table[OWN].is_null())  # what an export of Perito says is read of each object by itself
    related = holds & _are(table["type"], "relationship", null=False)
    for name in ("source_ref", "target_ref"):
        related &= _bools(table[name].is_valid())
    return indicators, related


def _are(column: pa.ChunkedArray, value: str, *, null: bool) -> npt.NDArray[np.bool_]:
    return _bools(pc.fill_null(pc.equal(column, value), fill_value=null))


def _at(table: pa.Table, name: str, rows: npt.NDArray[np.int64]) -> pa.StringArray:
    return table[name].take(pa.array(rows)).combine_chunks()


def _said(table: pa.Table, sure: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Number what the objects say beside their patterns and times; an object of whose words one is lost is not sure."""
    parts = [pc.utf8_slice_codeunits(table["created"], 0, 10), table["created_by_ref"]]
    for name in LISTS:
        parts.append(pc.binary_join(table[name], BETWEEN))
        sure &= _bools(pc.or_(table[name].is_null(), parts[-1].is_valid()))
        parts.append(pc.cast(pc.list_value_length(table[name]), pa.string()))
    parts.append(_links(table[REFERENCES].combine_chunks()))
    words = pc.binary_join_element_wise(*[pc.fill_null(part, "\0") for part in parts], BETWEEN).combine_chunks()
    coded = words.dictionary_encode()
    created = table["created"].combine_chunks().dictionary_encode()
    known = pc.and_(pc.ends_with(created.dictionary, "Z"), moments(created.dictionary).is_valid())
    sure &= _looked_up(np.array([*_bools(known), False]), created)
    return coded.indices.to_numpy(zero_copy_only=False).astype(np.int32), coded.dictionary.to_pylist()


def _links(references: pa.ListArray) -> pa.StringArray:
    """Return the first address among the references of each object, null where there is none."""
    urls = pc.struct_field(references.flatten(), "url")
    told = np.flatnonzero(_bools(urls.is_valid()))
    rows, first = np.unique(pc.list_parent_indices(references).to_numpy()[told], return_index=True)
    places = np.full(len(references), -1)
    places[rows] = told[first]
    return urls.take(pa.array(places, mask=places < 0))


def _used(
    said: npt.NDArray[np.int32],
    rows: npt.NDArray[np.int64],
    words: list[str],
    item: Callable[[int], bytes],
) -> tuple[npt.NDArray[np.int32], list[tuple[str, bytes]]]:
    """Number anew what is said by indicators, with the first object that says it."""
    if not len(said):
        return said, []
    used, first, of = np.unique(said, return_index=True, return_inverse=True)
    told = [
        (words[number], item(int(rows[place]))) for number, place in zip(used.tolist(), first.tolist(), strict=True)
    ]
    return of.astype(np.int32), told


def _times(column: pa.ChunkedArray, sure: npt.NDArray[np.bool_]) -> Times | None:
    """Return the times of a column, None where it has none; an object whose time is none that is known is not sure."""
    coded = column.combine_chunks().dictionary_encode()
    known = Times.of(moments(coded.dictionary)).us
    sure &= _looked_up(np.array([*(known != UNKNOWN), True]), coded)
    return Times(_looked_up(np.array([*known, UNKNOWN]), coded)) if (known != UNKNOWN).any() else None


def _looked_up(table: npt.NDArray[Any], coded: pa.DictionaryArray) -> npt.NDArray[Any]:
    """Return what a table says of each text of a column; its last place is for those that are null."""
    found: npt.NDArray[Any] = table[pc.fill_null(coded.indices, len(table) - 1).to_numpy(zero_copy_only=False)]
    return found


def _values(patterns: pa.StringArray) -> tuple[npt.NDArray[np.int8], pa.StringArray]:
    """Return kind and value of the patterns that say no more than them, as `simple` does; -1 for the others."""
    parts = pc.extract_regex(patterns, SIMPLE)
    values = parts.field("value")
    heads = pc.if_else(parts.is_valid(), parts.field("head"), "").dictionary_encode()
    of_head = [KIND_NUMBERS.get(kind_of_head(head), NEVER) for head in heads.dictionary.to_pylist()]
    kinds = np.array(of_head, np.int8)[heads.indices.to_numpy(zero_copy_only=False)]
    slashed = _bools(pc.fill_null(pc.match_substring(values, "/"), fill_value=False))
    for row in np.flatnonzero(slashed & (kinds != NEVER)).tolist():
        kind, _ = placed(KINDS[kinds[row]], values[row].as_py())
        kinds[row] = KIND_NUMBERS.get(kind, NEVER)
    return kinds, values


def _bools(mask: pa.Array | pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    return np.asarray(mask.to_numpy(zero_copy_only=False) if isinstance(mask, pa.Array) else mask.to_numpy(), np.bool_)
