"""Rules of Sigma, asked of stored records a column at a time; no rule becomes SQL, so none can inject any."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from perito.base.text import excerpt
from perito.base.times import rfc3339
from perito.detect.grade import CONTEXT, STRONG, WEAK, references
from perito.detect.sigma_values import Batch, holds, unfit
from perito.detect.told import Tables, Told, cut, indicator_of, rows_of
from perito.detect.trace import CLASSES, trace_of
from perito.findings import Finding, Place
from perito.findings.wording.i18n import mark
from perito.indicators.formats.sigma import Node, Sigma, parse
from perito.indicators.indicator import SIGMA_RULE, Indicators, Rule
from perito.indicators.lacking import without
from perito.records.schema import Schema
from perito.records.store import ROW_GROUP

RULE_VERSION = 1
MOST_RECORDS = 20_000
"""Records of one table that may meet a rule; what more of them meet singles nothing out."""
SHOWN = 200
PRODUCTS = {"": "", "mobile": "", "ios": "ios.", "iphone": "ios.", "android": "android.", "messages": "messages."}
"""By product of a log source, how the names of the artifacts begin that are of it."""
GRADES = {"critical": STRONG, "high": STRONG, "medium": WEAK, "low": CONTEXT, "informational": CONTEXT}
"""By the level that a rule's author gave it; none counts as medium, and nothing is confirmed by a rule."""
LEFT_OUT = "a Sigma rule for records that are not read here"
SAYS = mark("A record meets the Sigma rule {rule}, published by {source}; in it stands {value}.")
DOES_NOT_SHOW = mark(
    "Whether an attack is behind it: the rule says what may point to one, and names no ordinary reason."
)
ORDINARY = mark("Whether an attack is behind it: the author of the rule names as ordinary reasons: {ordinary}.")
Schemas = Mapping[str, Schema]


def applicable(found: Indicators, schemas: Schemas) -> Indicators:
    """Return the indicators without the Sigma rules that no artifact of `schemas` can answer, each told with the reason."""
    if all(rule.kind != SIGMA_RULE for rule in found.rules):
        return found
    return without(found, lambda rule: _why_not(rule, schemas), LEFT_OUT, lambda rule: rule.about.campaign)


def findings(tables: Tables, rules: Sequence[Rule], hashes: Mapping[str, str]) -> Told:
    """Return a finding for each record that meets a rule; every table is read once for all rules that it can answer."""
    told = Told()
    same: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.kind == SIGMA_RULE:
            same.setdefault(rule.text, []).append(rule)
    schemas = {name: schema for name, (schema, _) in tables.records.items()}
    asked: dict[str, dict[str, Sigma]] = {}
    for text in same:
        for artifact in _asked(_parsed(text), schemas):
            asked.setdefault(artifact, {})[text] = _parsed(text)
    for artifact, some in sorted(asked.items()):
        for text, met in _met(some, *tables.records[artifact]).items():
            name = f"Sigma rule {excerpt(same[text][0].about.campaign or same[text][0].name, 80)}"
            if met.count > MOST_RECORDS:
                told.unasked.append((name, f"more than {MOST_RECORDS:,} records of {artifact} meet it"))
                continue
            kept, more = cut(met.records, name)
            told.unasked += more
            told.findings += [_finding(some[text], same[text], hashes, artifact, one) for one in kept]
    return told


@cache
def _parsed(text: str) -> Sigma:
    return parse([(tuple(path), value) for path, value in json.loads(text)])


def _why_not(rule: Rule, schemas: Schemas) -> str:
    if rule.kind != SIGMA_RULE:
        return ""
    parsed = _parsed(rule.text)
    there = _of_source(parsed, schemas)
    if not there:
        source = ", ".join(f"{key} {value}" for key, value in parsed.logsource.items())
        return f"Sigma: no artifact read here is of the log source {excerpt(source, 80) or '(none)'}"
    if not _asked(parsed, schemas):
        known = {name for schema in there.values() for name in schema.fields}
        lacking = [one for one in parsed.fields if one not in known]
        return f"Sigma: no artifact of its log source has the fields {excerpt(', '.join(lacking or parsed.fields), 80)}"
    if all(not item.field for item in parsed.items) and not _telling(parsed.condition):
        return "Sigma: the rule only excludes"
    reasons = (unfit(item, value) for item in parsed.items for value in item.values)
    return next((f"Sigma: {reason}" for reason in reasons if reason), "") or (
        "" if _telling(parsed.condition) else "Sigma: the rule only excludes: nothing could be concluded from it"
    )


def _telling(node: Node) -> bool:
    """Tell whether whatever meets a condition meets some selection."""
    if node.op == "is":
        return True
    if node.op == "not":
        return False
    some = [_telling(part) for part in node.parts]
    return all(some) if node.op == "or" else any(some)


def _of_source(rule: Sigma, schemas: Schemas) -> dict[str, Schema]:
    """Return the artifacts of a log source: product, then category (a class or an artifact), then service (an artifact)."""
    start = PRODUCTS.get(rule.logsource.get("product", ""))
    if start is None:
        return {}
    category, service = rule.logsource.get("category", ""), rule.logsource.get("service", "")
    found = {name: schema for name, schema in schemas.items() if name.startswith(start)}
    if category in CLASSES:
        found = {name: schema for name, schema in found.items() if trace_of(name, "") == category}
    elif category:
        found = {name: schema for name, schema in found.items() if _named(name, category)}
    return {name: schema for name, schema in found.items() if not service or _named(name, service)}


def _named(artifact: str, wanted: str) -> bool:
    return wanted in {artifact, artifact.partition(".")[2]}


def _asked(rule: Sigma, schemas: Schemas) -> list[str]:
    return sorted(
        name
        for name, schema in _of_source(rule, schemas).items()
        if set(rule.fields) <= {"file", "ref", *schema.fields}
    )


@dataclass
class Met:
    """The records that meet a rule: file, ref, time and first value of each; `count` of all, also of those not kept."""

    count: int = 0
    records: list[tuple[str, str, Any, str]] = field(default_factory=list)


def _met(rules: Mapping[str, Sigma], schema: Schema, path: Path) -> dict[str, Met]:
    """Return by its text what meets each rule among the stored records of an artifact."""
    keywords = any(not item.field for rule in rules.values() for item in rule.items)
    fields = [name for rule in rules.values() for name in rule.fields]
    wanted = list(dict.fromkeys([*fields, *(_textual(schema) if keywords else ()), *schema.times, "file", "ref"]))
    found = {text: Met() for text in rules}
    with pq.ParquetFile(path) as file:
        for read in file.iter_batches(ROW_GROUP, columns=wanted):
            _look(read, rules, schema, found)
    return found


def _look(read: pa.RecordBatch, rules: Mapping[str, Sigma], schema: Schema, found: dict[str, Met]) -> None:
    textual = _textual(schema)
    batch = Batch(dict(zip(read.schema.names, read.columns, strict=True)), textual, len(read))
    for text, rule in rules.items():
        rows = np.flatnonzero(holds(rule, rule.condition, batch))
        if len(rows) and found[text].count <= MOST_RECORDS:
            _keep(read.take(pa.array(rows)), rule, schema, found[text])


def _textual(schema: Schema) -> list[str]:
    return [name for name, value in schema if value.arrow == pa.string()]


def _keep(table: pa.RecordBatch, rule: Sigma, schema: Schema, met: Met) -> None:
    met.count += len(table)
    shown = [*rule.fields, *schema.fields]
    for row in table.to_pylist() if met.count <= MOST_RECORDS else ():
        time = next((row[name] for name in schema.times if row[name] is not None), None)
        value = next((str(row[name]) for name in shown if row.get(name) is not None), "")
        met.records.append((row["file"], row["ref"], time, value[:SHOWN]))


def _finding(
    rule: Sigma,
    published: Sequence[Rule],
    hashes: Mapping[str, str],
    artifact: str,
    met: tuple[str, str, Any, str],
) -> Finding:
    file, ref, time, value = met
    place = Place(artifact, file, ref)
    rows = rows_of(published)
    title = published[0].about.campaign or published[0].name
    digest = sha256(published[0].text.encode("utf-8", "replace")).hexdigest()
    return Finding(
        rule=f"sigma.{published[0].name}",
        rule_version=RULE_VERSION,
        grade=CONTEXT if all(one.about.context_only for one in published) else GRADES.get(rule.level, WEAK),
        trace=trace_of(artifact, ""),
        place=place,
        time=rfc3339(time),
        value=value,
        says_template=SAYS,
        does_not_show_template=ORDINARY if rule.ordinary else DOES_NOT_SHOW,
        indicator=indicator_of(SIGMA_RULE, f"{title}, SHA-256 {digest[:16]}", rows[0]),
        references=references(rows),
        file_hashes=(hashes.get(place.file, ""),),
        facts={"rule": title, "source": rows[0]["source"], "ordinary": "; ".join(rule.ordinary)},
    )
