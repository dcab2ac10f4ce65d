"""Rules of Sigma, asked of stored records a column at a time; no rule becomes SQL, so none can inject any."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from perito.base.text import excerpt, printable
from perito.base.times import rfc3339
from perito.detect.grade import CONTEXT, STRONG, WEAK, references
from perito.detect.sigma_sources import Schemas, standard, views, why_not
from perito.detect.sigma_taxonomy import View
from perito.detect.sigma_values import Asked, Batch, surely
from perito.detect.told import Tables, Told, cut, indicator_of, rows_of
from perito.detect.trace import trace_of
from perito.findings import Finding, Place
from perito.findings.wording.i18n import mark
from perito.indicators.formats.sigma import Sigma
from perito.indicators.formats.sigma_files import parsed
from perito.indicators.indicator import SIGMA_RULE, Indicators, Rule
from perito.indicators.lacking import NOT_READ_HERE, without
from perito.records.schema import Schema
from perito.records.store import ROW_GROUP

RULE_VERSION = 2
MOST_RECORDS = 20_000
"""Records of one table that may meet a rule; what more of them meet singles nothing out."""
SHOWN = 200
GRADES = {"critical": STRONG, "high": STRONG, "medium": WEAK, "low": CONTEXT, "informational": CONTEXT}
"""By the level that a rule's author gave it; none counts as medium, and nothing is confirmed by a rule."""
STANDARD_GRADES = {**GRADES, "high": WEAK}
"""The same of a rule in Sigma's own taxonomy: written for the networks of organisations, where the level `high` asks for
a prompt look; what a phone keeps is no such log, and whoever looks is to find out what stands behind it."""
SAYS = mark("A record meets the Sigma rule {rule}, published by {source}; in it stands {value}.")
DOES_NOT_SHOW = mark(
    "Whether an attack is behind it: the rule says what may point to one, and names no ordinary reason."
)
ORDINARY = mark("Whether an attack is behind it: the author of the rule names as ordinary reasons: {ordinary}.")


def applicable(found: Indicators, schemas: Schemas) -> Indicators:
    """Return the indicators without the Sigma rules that no artifact of `schemas` can answer, each told with the reason."""
    if all(rule.kind != SIGMA_RULE for rule in found.rules):
        return found
    return without(found, lambda rule: _why_not(rule, schemas), NOT_READ_HERE, lambda rule: rule.about.campaign)


def findings(tables: Tables, rules: Sequence[Rule], hashes: Mapping[str, str]) -> Told:
    """Return a finding for each record that meets a rule; every table is read once for all rules that it can answer."""
    told = Told()
    same: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.kind == SIGMA_RULE:
            same.setdefault(rule.text, []).append(rule)
    schemas = {name: schema for name, (schema, _) in tables.records.items()}
    asked: dict[str, dict[str, list[View]]] = {}
    for text in same:
        for view in views(_parsed(text), schemas):
            asked.setdefault(view.artifact, {}).setdefault(text, []).append(view)
    for artifact, some in sorted(asked.items()):
        for text, met in _met(some, *tables.records[artifact]).items():
            name = f"Sigma rule {excerpt(same[text][0].about.campaign or same[text][0].name, 80)}"
            if met.count > MOST_RECORDS:
                told.unasked.append((name, f"more than {MOST_RECORDS:,} records of {artifact} meet it"))
                continue
            kept, more = cut(met.records, name)
            told.unasked += more
            told.findings += [_finding(_parsed(text), same[text], hashes, artifact, one) for one in kept]
    return told


@cache
def _parsed(text: str) -> Sigma:
    return parsed(text)


def _why_not(rule: Rule, schemas: Schemas) -> str:
    reason = why_not(_parsed(rule.text), schemas) if rule.kind == SIGMA_RULE else ""
    return f"Sigma: {reason}" if reason else ""


@dataclass
class Met:
    """The records that meet a rule: file, ref, time and first value of each; `count` of all, also of those not kept."""

    count: int = 0
    records: list[tuple[str, str, Any, str]] = field(default_factory=list)


def _met(rules: Mapping[str, Sequence[View]], schema: Schema, path: Path) -> dict[str, Met]:
    """Return by its text what meets each rule among the stored records of an artifact."""
    keywords = any(not item.field for text in rules for item in _parsed(text).items)
    columns = [name for some in rules.values() for one in some for name, _ in one.fields.values()]
    wanted = list(dict.fromkeys([*columns, *(_textual(schema) if keywords else ()), *schema.times, "file", "ref"]))
    found = {text: Met() for text in rules}
    with pq.ParquetFile(path) as file:
        for read in file.iter_batches(ROW_GROUP, columns=wanted):
            _look(read, rules, schema, found)
    return found


def _look(read: pa.RecordBatch, rules: Mapping[str, Sequence[View]], schema: Schema, found: dict[str, Met]) -> None:
    batch = Batch(dict(zip(read.schema.names, read.columns, strict=True)), _textual(schema), len(read))
    for text, some in rules.items():
        rule = _parsed(text)
        told = np.zeros(len(read), bool)
        for view in some:
            asked = Asked(batch, view.fields, in_part=standard(rule) is not None)
            rows = np.flatnonzero(surely(rule, rule.condition, asked) & ~told)
            told[rows] = True
            if len(rows) and found[text].count <= MOST_RECORDS:
                columns = [view.fields[name][0] for name in rule.fields]
                _keep(read.take(pa.array(rows)), [*columns, *schema.fields], schema, found[text])


def _textual(schema: Schema) -> list[str]:
    return [name for name, value in schema if value.arrow == pa.string()]


def _keep(table: pa.RecordBatch, shown: Sequence[str], schema: Schema, met: Met) -> None:
    met.count += len(table)
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
        rule=f"sigma.{printable(' '.join(published[0].name.split()))}",
        rule_version=RULE_VERSION,
        grade=_grade(rule, published),
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


def _grade(rule: Sigma, published: Sequence[Rule]) -> str:
    if all(one.about.context_only for one in published):
        return CONTEXT
    return (GRADES if standard(rule) is None else STANDARD_GRADES).get(rule.level, WEAK)
