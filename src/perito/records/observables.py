"""Every comparable value of a table of records, with the hashes by which indicators find it."""

from collections.abc import Callable, Iterator
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.base.hashing import key_hash
from perito.records.links import links, webkit_links
from perito.records.normal import keys, normal
from perito.records.schema import Schema

OBSERVABLES = pa.schema(
    [
        ("kind", pa.dictionary(pa.int8(), pa.string())),
        ("value", pa.string()),
        ("normal", pa.string()),
        ("hash", pa.uint64()),
        ("parents", pa.list_(pa.uint64())),
        ("artifact", pa.dictionary(pa.int8(), pa.string())),
        ("file", pa.dictionary(pa.int32(), pa.string())),
        ("ref", pa.string()),
        ("time", pa.timestamp("us", tz="UTC")),
    ]
)
"""`value` as it was written, `normal` its normal form, `hash` of its own key, `parents` of every further key it
answers to (parent domains, folders, file name): see `perito.records.normal.keys`."""

LINK_HINTS = r"[.@。．｡]|://|\[\.|\(dot\)|\[dot\]|hxxp"  # noqa: RUF001 - the full stops of other scripts
"""A text without any of these holds no link; most messages end here."""
VALUE_LIMIT = 2_000
"""Characters kept of an observed value; the evidence has the rest."""

Seen = tuple[str, str, str]
"""Kind, value as written, normal form."""


def observables(schema: Schema, table: pa.Table, file: str) -> pa.Table:
    """Return what the records of one file let us compare, in the order of the records; values are read once each."""
    parts = [_of_column(table[name], value.observe, table) for name, value in schema if value.observe]
    parts = [part for part in parts if part is not None]
    if not parts:
        return OBSERVABLES.empty_table()
    seen = pa.concat_tables(parts)
    count = len(seen)
    time = _main_time(schema, table).take(seen["row"])
    columns = {
        "kind": seen["kind"].combine_chunks().dictionary_encode(),
        "value": seen["value"],
        "normal": seen["normal"],
        "hash": seen["hash"],
        "parents": seen["parents"],
        "artifact": pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int8)), [schema.name]),
        "file": pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), [file]),
        "ref": table["ref"].take(seen["row"]),
        "time": time,
    }
    return pa.table(columns).cast(OBSERVABLES)


def _main_time(schema: Schema, table: pa.Table) -> pa.ChunkedArray | pa.Array:
    times = [table[name] for name in schema.times]
    return pc.coalesce(*times) if times else pa.nulls(len(table), pa.timestamp("us", tz="UTC"))


def _of_column(column: pa.ChunkedArray, observe: str, table: pa.Table) -> pa.Table | None:
    present = pc.is_valid(column)
    if observe == "message":
        present = pc.and_(present, pc.match_substring_regex(column, LINK_HINTS, ignore_case=True))
    rows = np.flatnonzero(present.to_numpy(zero_copy_only=False)) if len(table) else np.empty(0, np.int64)
    if not len(rows):
        return None
    encoded = column.take(pa.array(rows)).combine_chunks().dictionary_encode()
    sight = SIGHTS.get(observe, _one(observe))
    lists = [list(sight(one)) for one in encoded.dictionary.to_pylist()]
    counts = np.fromiter(map(len, lists), np.int64, len(lists))
    flat = list(chain.from_iterable(lists))
    if not flat:
        return None
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    picked = _positions(counts, codes)
    own_rows = np.repeat(rows, counts[codes])
    return _as_table(flat).take(pa.array(picked)).append_column("row", pa.array(own_rows))


def _positions(counts: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return, for each coded value in turn, the places of its items in the flat list of all items."""
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    lengths = counts[codes]
    total = int(lengths.sum())
    before = np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(starts[codes], lengths) + (np.arange(total) - before)


def _as_table(flat: list[Seen]) -> pa.Table:
    hashes = []
    parents = []
    for kind, _, form in flat:
        own, *others = map(key_hash, keys(kind, form))
        hashes.append(own)
        parents.append(others)
    kinds, values, forms = zip(*flat, strict=True)
    return pa.table(
        {
            "kind": pa.array(kinds, pa.string()),
            "value": pa.array([value[:VALUE_LIMIT] for value in values], pa.string()),
            "normal": pa.array(forms, pa.string()),
            "hash": pa.array(hashes, pa.uint64()),
            "parents": pa.array(parents, pa.list_(pa.uint64())),
        }
    )


def _one(kind: str) -> Callable[[str], Iterator[Seen]]:
    def sight(value: str) -> Iterator[Seen]:
        form = normal(kind, value)
        if form is not None:
            yield kind, value, form

    return sight


def _in_text(value: str) -> Iterator[Seen]:
    for link in links(value):
        yield link.kind, link.value, link.normal


def _of_url(value: str) -> Iterator[Seen]:
    """Yield the address itself and every address that travels inside it."""
    form = normal("url", value)
    if form is not None:
        yield "url", value, form
    for link in links(value):
        if link.kind != "url" or link.normal != form:
            yield link.kind, link.value, link.normal


def _of_handle(value: str) -> Iterator[Seen]:
    for kind in ("email", "phone"):
        form = normal(kind, value)
        if form is not None:
            yield kind, value, form
            return


def _of_storage(value: str) -> Iterator[Seen]:
    yield from _one("path")(value)
    for link in webkit_links(value):
        yield link.kind, link.value, link.normal


SIGHTS: dict[str, Callable[[str], Iterator[Seen]]] = {
    "message": _in_text,
    "url": _of_url,
    "handle": _of_handle,
    "storage_name": _of_storage,
}
