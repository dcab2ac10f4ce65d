"""Rules of Sigma, asked of stored records a column at a time; no rule becomes SQL, so none can inject any."""

import json
from collections.abc import Iterator, Mapping, Sequence
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
    """Return a finding for each record that meets a rule; a rule is asked of every table that has all its fields."""
    told = Told()
    same: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.kind == SIGMA_RULE:
            same.setdefault(rule.text, []).append(rule)
    schemas = {name: schema for name, (schema, _) in tables.records.items()}
    for text, published in same.items():
        parsed = _parsed(text)
        name = f"Sigma rule {excerpt(published[0].about.campaign or published[0].name, 80)}"
        for artifact in _asked(parsed, schemas):
            schema, path = tables.records[artifact]
            found = list(_met(parsed, artifact, schema, path))
            if len(found) > MOST_RECORDS:
                told.unasked.append((name, f"more than {MOST_RECORDS:,} records of {artifact} meet it"))
                continue
            kept, more = cut(found, name)
            told.unasked += more
            told.findings += [_finding(parsed, published, hashes, artifact, one) for one in kept]
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


def _met(rule: Sigma, artifact: str, schema: Schema, path: Path) -> Iterator[tuple[Place, int | None, str]]:
    """Yield place, time in microseconds and first value of each record that meets a rule, up to one more than counts."""
    textual = [name for name, value in schema if value.arrow == pa.string()]
    keywords = any(not item.field for item in rule.items)
    wanted = list(dict.fromkeys([*rule.fields, *(textual if keywords else ()), *schema.times, "file", "ref"]))
    count = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(ROW_GROUP, columns=wanted):
            columns = dict(zip(batch.schema.names, batch.columns, strict=True))
            rows = np.flatnonzero(holds(rule, rule.condition, Batch(columns, textual, len(batch))))
            count += len(rows)
            for row in batch.take(pa.array(rows[: MOST_RECORDS + 1])).to_pylist():
                time = next((row[name] for name in schema.times if row[name] is not None), None)
                shown = next((str(row[name]) for name in [*rule.fields, *textual] if row.get(name) is not None), "")
                yield Place(artifact, row["file"], row["ref"]), time, shown[:SHOWN]
            if count > MOST_RECORDS:
                return


def _finding(
    rule: Sigma,
    published: Sequence[Rule],
    hashes: Mapping[str, str],
    artifact: str,
    met: tuple[Place, Any, str],
) -> Finding:
    place, time, value = met
    rows = rows_of(published)
    title = published[0].about.campaign or published[0].name
    digest = sha256(published[0].text.encode("utf-8", "replace")).hexdigest()
    return Finding(
        rule=f"sigma.{published[0].name}",
        rule_version=RULE_VERSION,
        grade=GRADES.get(rule.level, WEAK),
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
