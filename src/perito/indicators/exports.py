"""The set in use, written for others: STIX 2.1, MISP, or a table; equal sets give equal bytes."""

import csv
import io
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from perito.base.text import csv_cell
from perito.base.times import rfc3339
from perito.indicators.formats.csv_own import COLUMNS
from perito.indicators.formats.stix2_sayings import OWN
from perito.indicators.indicator import PATTERN, YARA_RULE, Indicators, Rule

OURS = uuid.UUID("7c1c7e0c-9a52-5b57-9a0e-5d0f5f0f3a21")
"""Namespace of the ids in exports: equal content, equal id, on every machine."""
NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
Row = dict[str, Any]
LANGUAGES = {PATTERN: "stix", YARA_RULE: "yara"}
"""Kinds of rules that are written into STIX; of Sigma's only what is asked is kept here, and not their text."""
PATHS = {
    "domain": "domain-name:value",
    "url": "url:value",
    "email": "email-addr:value",
    "phone": "x-phone-number:value",
    "process": "process:name",
    "path": "file:path",
    "file_name": "file:name",
    "app_id": "app:id",
    "profile": "configuration-profile:id",
    "property": "android-property:name",
}
DIGESTS = {32: "MD5", 40: "SHA-1", 56: "SHA-224", 64: "SHA-256", 96: "SHA-384", 128: "SHA-512"}
MISP_TYPES = {
    "domain": "domain", "url": "url", "ip": "ip-dst", "email": "email-src", "phone": "phone-number",
    "path": "filename", "file_name": "filename", "app_id": "mobile-application-id",
}  # fmt: skip


def _id(kind: str, *content: object) -> str:
    return f"{kind}--{uuid.uuid5(OURS, json.dumps([kind, *map(str, content)]))}"


def stix2(indicators: Indicators) -> bytes:
    """Return a STIX 2.1 bundle; `x_perito` beside each indicator keeps what STIX has no place for."""
    objects: dict[str, Row] = {}
    for row in indicators.table.to_pylist():
        for one in _stix_objects(row, f"[{_path(row)} = '{_quoted(row['value'])}']"):
            objects.setdefault(one["id"], one)
    for rule in [one for one in indicators.rules if one.kind in LANGUAGES]:
        for one in _stix_objects(_row_of(rule), *_pattern(rule)):
            objects.setdefault(one["id"], one)
    bundle = {"type": "bundle", "id": _id("bundle", *objects), "objects": list(objects.values())}
    return json.dumps(bundle, ensure_ascii=False, indent=1).encode() + b"\n"


def unwritten(indicators: Indicators, form: str) -> int:
    """Count the rules that a form has no place for."""
    return sum(form != "stix2" or rule.kind not in LANGUAGES for rule in indicators.rules)


def _row_of(rule: Rule) -> Row:
    """Return what is said of a rule as the table says it of a value."""
    return {**rule.about._asdict(), "valid_from": rule.valid_from, "valid_until": rule.valid_until}


def _pattern(rule: Rule) -> tuple[str, str]:
    """Return a rule as a pattern, and the language it is in; a rule of YARA takes along what its file imports."""
    return rule.before + rule.text, LANGUAGES[rule.kind]


def _stix_objects(row: Row, pattern: str, language: str = "stix") -> Iterator[Row]:
    when = _stamp(_midnight(row["published"]) or NO_TIME)
    made = {"spec_version": "2.1", "created": when, "modified": when}
    author = {"type": "identity", "id": _id("identity", row["source"]), **made, "name": row["source"]}
    author |= {"created": _stamp(NO_TIME), "modified": _stamp(NO_TIME), "identity_class": "organization"}
    yield author
    about = {key: row[key] for key in ("source", "campaign", "report", "licence", "context_only", "exact_host")}
    about |= {"published": _day(row["published"]), "valid_from_known": row["valid_from"] is not None}
    name = _id("indicator", pattern, *about.values(), row["valid_from"], row["valid_until"])
    one: Row = {"type": "indicator", "id": name, **made, "created_by_ref": author["id"], "pattern": pattern}
    one |= {"pattern_type": language, "valid_from": _stamp(row["valid_from"]) if row["valid_from"] else when}
    if row["valid_until"]:
        one["valid_until"] = _stamp(row["valid_until"])
    if row["context_only"]:
        one["confidence"] = 0
    if row["report"].startswith("http"):
        one["external_references"] = [{"source_name": row["source"], "url": row["report"]}]
    yield one | {OWN: about}
    if row["campaign"]:
        yield from _campaign(row["campaign"], name)


def _campaign(title: str, indicator: str) -> Iterator[Row]:
    made = {"spec_version": "2.1", "created": _stamp(NO_TIME), "modified": _stamp(NO_TIME)}
    campaign = _id("campaign", title)
    yield {"type": "campaign", "id": campaign, **made, "name": title}
    yield {
        "type": "relationship",
        "id": _id("relationship", indicator, campaign),
        **made,
        "relationship_type": "indicates",
        "source_ref": indicator,
        "target_ref": campaign,
    }


def _path(row: Row) -> str:
    if row["kind"] == "ip":
        return "ipv6-addr:value" if ":" in row["normal"] else "ipv4-addr:value"
    digest = DIGESTS.get(len(row["normal"]), "SHA-256")
    if row["kind"] == "hash":
        return f"file:hashes.'{digest}'"
    if row["kind"] == "certificate":
        return f"app:cert.'{digest}'"
    return PATHS[row["kind"]]


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None


def _stamp(when: datetime) -> str:
    """Write a time in milliseconds, as STIX does, and in microseconds where it has them."""
    when = when.astimezone(UTC)
    return when.isoformat(timespec="microseconds" if when.microsecond % 1000 else "milliseconds").replace("+00:00", "Z")


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def misp(indicators: Indicators) -> bytes:
    """Return MISP events, one for each publication; kinds that MISP has no type for are texts with a comment."""
    events: dict[tuple[str, ...], Row] = {}
    for row in indicators.table.to_pylist():
        key = (row["source"], row["campaign"], row["report"], _day(row["published"]))
        event = events.setdefault(key, _event(*key))
        event["Attribute"].append(_attribute(row, event["uuid"]))
    told = {"response": [{"Event": event} for event in events.values()]}
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def _event(source: str, campaign: str, report: str, published: str) -> Row:
    name = _uuid(source, campaign, report, published)
    event: Row = {"uuid": name, "info": campaign or report or source, "date": published or "2000-01-01"}
    event |= {"Orgc": {"name": source, "uuid": _uuid("org", source)}, "published": False, "Attribute": []}
    if report.startswith("http"):
        link = {"type": "link", "category": "External analysis", "to_ids": False, "value": report}
        event["Attribute"].append({"uuid": _uuid(name, report), **link})
    return event


def _uuid(*content: str) -> str:
    return _id("misp", *content).removeprefix("misp--")


def _attribute(row: Row, event: str) -> Row:
    kind = row["kind"]
    if kind in {"hash", "certificate"}:
        digest = DIGESTS.get(len(row["normal"]), "SHA-256").replace("-", "").lower()
        name = digest if kind == "hash" else f"x509-fingerprint-{digest}"
    else:
        name = MISP_TYPES.get(kind, "text")
    network = kind in {"domain", "url", "ip"}
    return {
        "uuid": _uuid(event, kind, row["value"], str(row["context_only"]), str(row["valid_from"])),
        "type": name,
        "category": "Network activity" if network else "Other" if name == "text" else "Payload delivery",
        "to_ids": not row["context_only"] and name != "text",
        "value": row["value"],
        "comment": "" if name != "text" else kind.replace("_", " "),
    }


def table(indicators: Indicators) -> bytes:
    """Return a table with heads, one row an indicator; a cell that a spreadsheet would calculate gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    every = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for row in indicators.table.to_pylist():
        cells = [csv_cell(_cell(row[name])) for name in COLUMNS]
        (every if any("\r" in cell for cell in cells) else writer).writerow(cells)  # else it would end the row
    return out.getvalue().encode()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, datetime):
        return rfc3339(value) or ""
    return "" if value is None else str(value)


FORMATS: dict[str, Callable[[Indicators], bytes]] = {"stix2": stix2, "csv": table, "misp": misp}
