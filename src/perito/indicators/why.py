"""Who published a value, where, when, about what; and what else was published beside it."""

from collections import Counter
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from perito.base.hashing import key_hash
from perito.indicators.accept import STRIPPED
from perito.indicators.indicator import KINDS, Indicators
from perito.records.normal import indicator_keys, keys, normal
from perito.records.refang import refang

TOLD = (
    "kind", "value", "source", "campaign", "report", "published", "context_only", "exact_host", "valid_from",
    "valid_until", "licence", "feed_sha256",
)  # fmt: skip


class Published(NamedTuple):
    """One statement: the indicator, whether it is the value itself or covers it, and what stands beside it by kind."""

    row: dict[str, Any]
    itself: bool
    same_report: dict[str, int]
    same_campaign: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """Return the statement for JSON, times as text."""
        told = {key: self.row[key] for key in TOLD}
        for key in ("published", "valid_from", "valid_until"):
            told[key] = told[key].isoformat() if told[key] else None
        more = {"same_report": self.same_report, "same_campaign": self.same_campaign}
        return told | {"match": "itself" if self.itself else "covers it"} | more


def why(indicators: Indicators, value: str) -> list[Published]:
    """Return every statement about a value, of whatever kind it may be, those about itself first.

    A host is also covered by its parents, a link by its host, as in an examination; a defanged value is set right.
    """
    text = refang(value.strip(STRIPPED))
    asked = _asked(text)
    found: dict[int, bool] = {}
    hashes = indicators.keys["hash"]
    for key, itself in asked.items():
        for hit in indicators.keys.filter(pc.equal(hashes, pa.scalar(key_hash(key), pa.uint64()))).to_pylist():
            if hit["key"] == key:
                found[hit["row"]] = found.get(hit["row"], False) or itself
    rows = indicators.table.take(pa.array(sorted(found), pa.int64())).to_pylist()
    told = [
        Published(
            row, found[number], _beside(indicators, row, "report", "source"), _beside(indicators, row, "campaign")
        )
        for number, row in zip(sorted(found), rows, strict=True)
    ]
    return sorted(told, key=lambda one: not one.itself)


def _asked(text: str) -> dict[str, bool]:
    """Return the keys that a value answers to as an observable of each kind, and whether each is the value's own."""
    asked: dict[str, bool] = {}
    for kind in KINDS:
        form = normal(kind, text) if text else None
        if form is None:
            continue
        own = {*keys(kind, form)[:1], *indicator_keys(kind, text), *indicator_keys(kind, text, exact_host=True)}
        for key in (*keys(kind, form), *own):
            asked[key] = asked.get(key, False) or key in own
    return asked


def _beside(indicators: Indicators, row: dict[str, Any], *columns: str) -> dict[str, int]:
    """Count, by kind, the other indicators that are equal in these columns; nothing where the first is not known."""
    if not row[columns[0]]:
        return {}
    table = indicators.table
    same = pc.equal(table[columns[0]].cast(pa.string()), row[columns[0]])
    for column in columns[1:]:
        same = pc.and_(same, pc.equal(table[column].cast(pa.string()), row[column]))
    counted = Counter(table["kind"].cast(pa.string()).filter(same).to_pylist())
    counted[row["kind"]] -= 1
    return {kind: counted[kind] for kind in sorted(counted) if counted[kind]}
