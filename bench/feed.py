"""Files of invented indicators: STIX 2 in the plain form that every tool reads, and other forms, as large as wanted."""

import csv
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from bench.names import OTHERS, Names

PATTERNS = {
    "domain": "domain-name:value",
    "url": "url:value",
    "ip": "ipv4-addr:value",
    "email": "email-addr:value",
    "phone": "phone-number:value",
    "process": "process:name",
    "path": "file:path",
    "file_name": "file:name",
    "app_id": "app:id",
    "profile": "configuration-profile:id",
    "hash": "file:hashes.sha256",
}
SHARES = {  # of each thousand; the rest is domains, as in what is published
    "url": 40,
    "email": 25,
    "process": 20,
    "path": 15,
    "file_name": 10,
    "app_id": 15,
    "hash": 30,
    "ip": 2,
    "profile": 2,
    "phone": 5,
}
MISP = {
    "domain": "domain",
    "url": "url",
    "ip": "ip-dst",
    "email": "email-src",
    "phone": "phone-number",
    "process": "process-name",
    "path": "filepath",
    "file_name": "filename",
    "app_id": "mobile-application-id",
    "profile": "process-name",
    "hash": "sha256",
}
"""How MISP calls them; it has no type for profiles."""
DAY = 1_626_566_400
EVENT = 10_000
FILE = 1000  # indicators a file: one campaign each; one file of everything takes a peer minutes to load


def drawn(planted: Iterable[tuple[str, str]], total: int, seed: int) -> list[tuple[str, str]]:
    """Return `total` indicators (kind, value), the planted ones among them."""
    names = Names(seed, OTHERS)
    rows = list(dict.fromkeys(planted))
    make: dict[str, Callable[[], str]] = {kind: getattr(names, kind) for kind in PATTERNS}
    while len(rows) < total:
        number = len(rows) % 1000
        kind = "domain"
        for name, share in SHARES.items():
            if number < share and (name != "ip" or names.ips):
                kind = name
                break
            number -= share
        rows.append((kind, make[kind]()))
    names.draw.shuffle(rows)
    return rows


def write(folder: Path, planted: Iterable[tuple[str, str]], total: int, seed: int) -> None:
    """Write `total` indicators, the planted ones among them, into files of a thousand."""
    rows = drawn(planted, total, seed)
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(rows), FILE):
        path = folder / f"campaign-{start // FILE:03d}.stix2"
        path.write_text(json.dumps(_bundle(rows[start : start + FILE], start)), encoding="utf-8")


def write_stix(path: Path, rows: list[tuple[str, str]]) -> None:
    """Write one STIX 2 file with a campaign for each thousand."""
    with path.open("w", encoding="utf-8") as out:
        out.write('{"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000002", "objects": [\n')
        for start in range(0, len(rows), FILE):
            objects = json.dumps(_bundle(rows[start : start + FILE], start)["objects"])
            out.write((",\n" if start else "") + objects[1:-1])
        out.write("]}\n")


def write_lines(path: Path, rows: list[tuple[str, str]]) -> None:
    """Write STIX 2 indicators one a line, without a bundle, each with times of its own."""
    with path.open("w", encoding="utf-8") as out:
        for number, (kind, value) in enumerate(rows):
            when = datetime.fromtimestamp(DAY + 61.007 * number, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
            one = {
                "type": "indicator",
                "spec_version": "2.1",
                "id": f"indicator--{number:08x}-0000-4000-8000-000000000003",
            }
            one |= {"created": when, "modified": when, "name": value, "indicator_types": ["malicious-activity"]}  # type: ignore[dict-item]
            one |= {"pattern": f"[{PATTERNS[kind]} = '{value}']", "pattern_type": "stix", "valid_from": when}
            out.write(json.dumps(one) + "\n")


def write_misp(path: Path, rows: list[tuple[str, str]]) -> None:
    """Write an answer of MISP: events of ten thousand attributes, each with a time of its own."""
    with path.open("w", encoding="utf-8") as out:
        out.write('{"response": [')
        for start in range(0, len(rows), EVENT):
            attributes = [
                {
                    "uuid": f"{number:08x}-0000-4000-8000-000000000004",
                    "type": MISP[kind],
                    "category": "Network activity",
                }
                | {"value": value, "to_ids": True, "timestamp": str(DAY + number), "comment": ""}
                for number, (kind, value) in enumerate(rows[start : start + EVENT], start)
            ]
            event = {"info": f"Campaign {start // EVENT}", "date": "2021-07-18", "Orgc": {"name": "A Lab, invented"}}
            out.write(", " * bool(start) + json.dumps({"Event": event | {"Attribute": attributes}}))
        out.write("]}\n")


def write_misp_csv(path: Path, rows: list[tuple[str, str]]) -> None:
    """Write an export of MISP as a table, every cell in quotes, each row with a time of its own."""
    with path.open("w", encoding="utf-8", newline="") as out:
        table = csv.writer(out, quoting=csv.QUOTE_ALL)
        table.writerow(["uuid", "event_id", "category", "type", "value", "comment", "to_ids", "date"])
        for number, (kind, value) in enumerate(rows):
            key = f"{number:08x}-0000-4000-8000-000000000004"
            table.writerow([key, number // EVENT, "Network activity", MISP[kind], value, "seen, once", 1, DAY + number])


def write_csv(path: Path, rows: list[tuple[str, str]]) -> None:
    """Write a table with heads: kind, value, campaign, date."""
    lines = (f"{kind},{value},Campaign {number // FILE},2021-07-18\n" for number, (kind, value) in enumerate(rows))
    path.write_text("type,value,campaign,date\n" + "".join(lines), encoding="utf-8")


def write_tsv(path: Path, rows: list[tuple[str, str]]) -> None:
    """Write Perito's own table."""
    lines = (f"{kind}\t{value}\tCampaign {number // FILE}\t\n" for number, (kind, value) in enumerate(rows))
    head = "# perito indicators 1\n# source: A Lab, invented\n# published: 2021-07-18\n"
    path.write_text(head + "".join(lines), encoding="utf-8")


def _bundle(rows: list[tuple[str, str]], start: int) -> dict[str, object]:
    when = "2021-07-18T00:00:00.000Z"
    family = f"malware--{start:08x}-0000-4000-8000-000000000000"
    common = {"spec_version": "2.1", "created": when, "modified": when}
    objects: list[dict[str, object]] = [
        {"type": "malware", "id": family, "name": f"Campaign {start // FILE}", "is_family": False, **common}
    ]
    for number, (kind, value) in enumerate(rows, start):
        key = f"{number:08x}-0000-4000-8000-000000000001"
        shown = {"type": "indicator", "id": f"indicator--{key}", "indicator_types": ["malicious-activity"], **common}
        pattern = f"[{PATTERNS[kind]}='{value}']"
        objects.append({**shown, "pattern": pattern, "pattern_type": "stix", "valid_from": when})
        link = {"type": "relationship", "id": f"relationship--{key}", "relationship_type": "indicates", **common}
        objects.append({**link, "source_ref": f"indicator--{key}", "target_ref": family})
    return {"type": "bundle", "id": f"bundle--{start:08x}-0000-4000-8000-000000000002", "objects": objects}
