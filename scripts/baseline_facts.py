"""The facts in public lists of indicators, form by form: values and kinds; no comment, no message, no name."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from perito.indicators.formats import stix2
from perito.indicators.indicator import Claim, Claims
from perito.records.refang import refang

LIST_KINDS = {
    "android_properties.txt": "property",
    "config_profiles.txt": "profile",
    "domains.txt": "domain",
    "emails.txt": "email",
    "file_names.txt": "file_name",
    "file_paths.txt": "path",
    "files.txt": "file_name",
    "ip-addresses.txt": "ip",
    "ips.txt": "ip",
    "package_cert_hashes.txt": "certificate",
    "package_names.txt": "app_id",
    "processes.txt": "process",
    "samples.txt": "hash",
    "sha256.txt": "hash",
    "v2_domains.txt": "domain",
    "v3_domains.txt": "domain",
    "v4_domains.txt": "domain",
    "v4_validation_domains.txt": "domain",
}
COLUMN_KINDS = {
    "C2": ("domain", ""),
    "Domain": ("domain", ""),
    "MD5": ("hash", ""),
    "Relevant resolution": ("ip", "context"),
    "domain_name": ("domain", ""),
    "ip_address": ("ip", ""),
    "sha256": ("hash", ""),
}
MISP_KINDS = {
    "domain": "domain",
    "email-src": "email",
    "filename": "file_name",
    "hostname": "domain",
    "ip-dst": "ip",
    "ip-src": "ip",
    "md5": "hash",
    "sha1": "hash",
    "sha256": "hash",
    "url": "url",
}
"""Registrants, links to reports and texts are no traces on a device; registry keys and YARA rules are not compared."""
ECHAP_KINDS = {
    "certificates": ("certificate", ""),
    "distribution": ("domain", ""),
    "domains": ("domain", ""),
    "ios_bundles": ("app_id", ""),
    "ip": ("ip", ""),
    "ips": ("ip", ""),
    "packages": ("app_id", ""),
    "websites": ("domain", "context"),
}
"""A visit to a seller's web site is no infection: context."""


class Fact(NamedTuple):
    """A value as it stands in a list, before it is cleaned; `flags` is empty or `context`."""

    kind: str
    value: str
    campaign: str = ""
    flags: str = ""


def facts_of(path: Path) -> Iterator[Fact]:
    """Yield the facts of one file of a published collection; nothing for a file whose form is not used here."""
    if path.name in LIST_KINDS:
        lines = path.read_text("utf-8-sig").splitlines()
        yield from (Fact(LIST_KINDS[path.name], line.strip()) for line in lines if line.strip() and line[0] != "#")
    elif path.suffix == ".stix2":
        with path.open("rb") as stream:
            yield from (
                Fact(claim.kind, claim.value)
                for said in stix2.read(stream, path.name)
                for claim in (said.each() if isinstance(said, Claims) else (said,))
                if isinstance(claim, Claim)
            )
    elif path.suffix == ".json":
        for event in json.loads(path.read_text("utf-8-sig"))["response"]:
            for row in event["Event"]["Attribute"]:
                yield from _misp(row["type"], row["value"], on=bool(row["to_ids"]))
    elif path.name == "assorted.csv":
        for line in filter(None, path.read_text("utf-8-sig").splitlines()):
            yield Fact("email" if "@" in line else "url" if "/" in line else "domain", line)
    elif path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                yield from _row(row)


def _row(row: dict[str, str]) -> Iterator[Fact]:
    if "to_ids" in row:
        yield from _misp(row["type"], row["value"], on=row["to_ids"] == "1")
        return
    for column, (kind, flags) in COLUMN_KINDS.items():
        if row.get(column):
            yield Fact(kind, row[column], "", flags)


def _misp(kind: str, value: str, *, on: bool) -> Iterator[Fact]:
    if kind in MISP_KINDS:
        yield Fact(MISP_KINDS[kind], value, "", "" if on else "context")


def echap(folder: Path) -> Iterator[Fact]:
    """Yield the facts of the stalkerware collection: `watchware` does not hide, so all of it is context."""
    watchware: set[str] = set()
    for name in ("watchware.yaml", "ioc.yaml"):
        family = section = ""
        for line in (folder / name).read_text("utf-8").splitlines():
            text = line.split("  #")[0].strip()
            if line.startswith(("- name:", "- name :")):
                family = text.partition(":")[2].strip().strip("'\"")
                watchware |= {family} if name == "watchware.yaml" else set()
            elif text.endswith(":") and not text.startswith("-"):
                section = text[:-1]
            elif text.startswith("- ") and section in ECHAP_KINDS:
                kind, flags = ECHAP_KINDS[section]
                yield Fact(kind, text[2:].strip("'\" "), family, "context" if family in watchware else flags)
    with (folder / "samples.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield Fact("hash", row["SHA256"], row["App"], "context" if row["App"] in watchware else "")


def links(path: Path, report: str) -> Iterator[Fact]:
    """Yield the links of one report on Mexico; a short link is compared whole, for nobody resolves it."""
    with path.open(encoding="utf-8", newline="") as stream:
        yield from (
            Fact("url", refang(row["value_defanged"])) for row in csv.DictReader(stream) if row["report"] == report
        )
