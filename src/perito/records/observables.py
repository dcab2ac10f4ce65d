"""Every comparable value of a table of records, with the hashes by which indicators find it."""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from perito.base.hashing import key_hash
from perito.base.text import excerpt
from perito.records.convert import Misfit
from perito.records.links import HINTS, UNREAD, all_inside, all_links, webkit_links
from perito.records.normal import host_hashes, key_hashes, normal
from perito.records.plain_paths import plain_paths
from perito.records.plain_urls import plain
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
        ("direction", pa.dictionary(pa.int8(), pa.string())),
    ]
)
"""`value` as it was written, `normal` its normal form, `hash` of its own key, `parents` of every further key it
answers to (parent domains, folders, file name): see `perito.records.normal.keys`. `direction` is `received`, `sent`, or
null where that is not told or has no sense; tables stored by versions before it have no such column."""

WITHOUT_DIRECTION = OBSERVABLES.remove(OBSERVABLES.get_field_index("direction"))
"""How versions before it stored them; what lacks the column is read as of unknown direction."""
RECEIVED, SENT = DIRECTIONS = ("received", "sent")
"""By the number that a record's `outgoing` gives them."""

VALUE_LIMIT = 2_000
"""Characters kept of an observed value; the evidence has the rest."""

Seen = tuple[str, str, str]
"""Kind, value as written, normal form."""


def observables(schema: Schema, table: pa.Table, file: str) -> pa.Table:
    """Return what the records of one file let us compare, in the order of the records; values are read once each."""
    return observed(schema, table, file)[0]


def observed(schema: Schema, table: pa.Table, file: str) -> tuple[pa.Table, list[Misfit]]:
    """Return the observables, and a misfit for each link that was not followed to its end."""
    seen = _seen(schema, table)
    if seen is None:
        return OBSERVABLES.empty_table(), []
    kinds = seen["kind"].combine_chunks().dictionary_encode()
    misfits: list[Misfit] = []
    if UNREAD in kinds.dictionary.to_pylist():
        unread = pc.equal(seen["kind"], UNREAD)
        misfits = _misfits(seen.filter(unread), table)
        seen = seen.filter(pc.invert(unread))
        kinds = seen["kind"].combine_chunks().dictionary_encode()
    count = len(seen)
    columns = {
        "kind": kinds,
        "value": seen["value"],
        "normal": seen["normal"],
        "hash": seen["hash"],
        "parents": seen["parents"],
        "artifact": pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int8)), [schema.name]),
        "file": pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, np.int32)), [file]),
        "ref": table["ref"].take(seen["row"]),
        "time": _main_time(schema, table).take(seen["row"]),
        "direction": pa.DictionaryArray.from_arrays(seen["way"].combine_chunks(), pa.array(DIRECTIONS)),
    }
    return pa.table(columns).cast(OBSERVABLES), misfits


def _seen(schema: Schema, table: pa.Table) -> pa.Table | None:
    ways = _ways(schema, table)
    parts = []
    for name, value in schema:
        part = _of_column(table[name], value.observe, table) if value.observe else None
        if part is not None:
            own = value.direction == "sent"
            parts.append(part.append_column("way", pa.repeat(_SENT, len(part)) if own else ways.take(part["row"])))
    return pa.concat_tables(parts) if parts else None


def _misfits(unread: pa.Table, table: pa.Table) -> list[Misfit]:
    refs = table["ref"].take(unread["row"]).to_pylist()
    told = zip(refs, unread["normal"].to_pylist(), unread["value"].to_pylist(), strict=True)
    return [Misfit(ref, reason, excerpt(address)) for ref, reason, address in told]


def _ways(schema: Schema, table: pa.Table) -> pa.Array:
    """Return for each record the place of its direction in `DIRECTIONS`; null where it is not told."""
    if schema.direction is None:
        return pa.nulls(len(table), pa.int8())
    told = table[schema.direction].combine_chunks()
    return pc.if_else(pc.is_in(told, pa.array([0, 1], told.type)), told, None).cast(pa.int8())


def _main_time(schema: Schema, table: pa.Table) -> pa.ChunkedArray | pa.Array:
    times = [table[name] for name in schema.times]
    return pc.coalesce(*times) if times else pa.nulls(len(table), pa.timestamp("us", tz="UTC"))


def _of_column(column: pa.ChunkedArray, observe: str, table: pa.Table) -> pa.Table | None:
    present = pc.is_valid(column)
    if observe == "message":
        present = pc.and_(present, pc.match_substring_regex(column, HINTS))
    rows = np.flatnonzero(present.to_numpy(zero_copy_only=False)) if len(table) else np.empty(0, np.int64)
    if not len(rows):
        return None
    encoded = column.take(pa.array(rows)).combine_chunks().dictionary_encode()
    flat = _of_values(encoded.dictionary, observe)
    if not len(flat):
        return None
    counts = np.bincount(flat["owner"].to_numpy(), minlength=len(encoded.dictionary))
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    picked = flat.drop_columns("owner").take(pa.array(_positions(counts, codes)))
    return picked.append_column("row", pa.array(np.repeat(rows, counts[codes])))


def _of_values(values: pa.Array, observe: str) -> pa.Table:
    """Return what each of the distinct values lets us compare; `owner` is the value's number, in rising order."""
    known = QUICK[observe](values) if observe in QUICK else None
    if known is None or not len(known):
        return _one_by_one(values.to_pylist(), np.arange(len(values)), observe)
    left = np.ones(len(values), bool)
    left[known["owner"].to_numpy()] = False
    slow = np.flatnonzero(left)
    if not len(slow):
        return known
    others = _one_by_one(values.take(pa.array(slow)).to_pylist(), slow, observe)
    both = pa.concat_tables([known, others])
    return both.take(pa.array(np.argsort(both["owner"].to_numpy(), kind="stable")))


def _plain_urls(values: pa.Array) -> pa.Table:
    quick = plain(values)
    hosts = quick.hosts
    above = pa.array([host_hashes(host) for host in hosts.dictionary.to_pylist()], pa.list_(pa.uint64()))
    own = [key_hash(f"url:{form}") for form in quick.normals.to_pylist()]
    return _known("url", values, quick.rows, quick.normals, own, above.take(hosts.indices))


def _plain_paths(values: pa.Array) -> pa.Table:
    quick = plain_paths(values.to_pylist())
    return _known("path", values, np.array(quick.rows, np.int64), *quick[1:])


def _plain_storage(values: pa.Array) -> pa.Table:
    """Take the paths in which no site is named."""
    paths = _plain_paths(values)
    return paths.filter(pc.invert(pc.match_substring(paths["value"], "http", ignore_case=True)))


def _known(kind: str, values: pa.Array, rows: np.ndarray, normals: Any, own: list[int], parents: Any) -> pa.Table:
    return pa.table(
        {
            "owner": pa.array(rows, pa.int64()),
            "kind": pa.array([kind] * len(rows), pa.string()),
            "value": pc.utf8_slice_codeunits(values.take(pa.array(rows)), 0, VALUE_LIMIT),
            "normal": pa.array(normals, pa.string()),
            "hash": pa.array(own, pa.uint64()),
            "parents": pa.array(parents, pa.list_(pa.uint64())),
        }
    )


def _one_by_one(values: list[str], numbers: np.ndarray, observe: str) -> pa.Table:
    sight = SIGHTS.get(observe, _one(observe))
    lists = [list(sight(value)) for value in values]
    owners = np.repeat(numbers, np.fromiter(map(len, lists), np.int64, len(lists)))
    flat = list(chain.from_iterable(lists))
    kinds, shown, forms = zip(*flat, strict=True) if flat else ((), (), ())
    own, parents = key_hashes(kinds, forms)
    return pa.table(
        {
            "owner": pa.array(owners, pa.int64()),
            "kind": pa.array(kinds, pa.string()),
            "value": pa.array([value[:VALUE_LIMIT] for value in shown], pa.string()),
            "normal": pa.array(forms, pa.string()),
            "hash": pa.array(own, pa.uint64()),
            "parents": pa.array(parents, pa.list_(pa.uint64())),
        }
    )


def _positions(counts: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return, for each coded value in turn, the places of its items in the flat list of all items."""
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    lengths = counts[codes]
    total = int(lengths.sum())
    before = np.repeat(np.cumsum(lengths) - lengths, lengths)
    places: np.ndarray = np.repeat(starts[codes], lengths) + (np.arange(total) - before)
    return places


def _one(kind: str) -> Callable[[str], Iterator[Seen]]:
    def sight(value: str) -> Iterator[Seen]:
        form = normal(kind, value)
        if form is not None:
            yield kind, value, form

    return sight


def _in_text(value: str) -> Iterator[Seen]:
    for link in all_links(value):
        yield link.kind, link.value, link.normal


def _of_url(value: str) -> Iterator[Seen]:
    """Yield the address itself and every address that travels inside it."""
    form = normal("url", value)
    if form is not None:
        yield "url", value, form
    for link in all_inside(value):
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


_SENT = pa.scalar(DIRECTIONS.index(SENT), pa.int8())
QUICK: dict[str, Callable[[pa.Array], pa.Table]] = {
    "url": _plain_urls,
    "path": _plain_paths,
    "storage_name": _plain_storage,
}
"""For kinds with very many distinct values: what can be taken together, the rest is taken one by one."""
SIGHTS: dict[str, Callable[[str], Iterator[Seen]]] = {
    "message": _in_text,
    "url": _of_url,
    "handle": _of_handle,
    "storage_name": _of_storage,
}
