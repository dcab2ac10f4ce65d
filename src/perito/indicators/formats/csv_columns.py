"""What the columns of a table hold: told by their heads, or, where there are none, by the form of what stands in them."""

import re
from typing import NamedTuple

from perito.indicators.formats.misp_types import KINDS as MISP_KINDS
from perito.indicators.formats.rules_in_lists import rule_type
from perito.indicators.formats.value_kinds import kind_by_form, kind_by_name, several, words_of

SAMPLE = 50
MOSTLY = 0.8
ROLES = {
    "value": {"value", "indicator", "ioc", "iocs", "observable", "indicator value", "ioc value", "indicador", "valor",
              "valor del indicador",
              "artifact", "artefact"},
    "type": {"type", "kind", "indicator type", "ioc type", "observable type", "tipo", "value type", "itype",
             "tipo de indicador"},
    "campaign": {"campaign", "malware family", "family", "app", "malware", "threat", "threat name", "threat actor",
                 "actor", "event info", "spyware", "malware printable", "campana"},
    "source": {"source", "publisher", "event source org", "author", "vendor"},
    "report": {"report", "reference", "references", "ref", "report url", "reference url", "event uuid url"},
    "date": {"date", "published", "publication date", "event date", "fecha"},
    "category": {"category"},
    "to_ids": {"to ids"},
    "deleted": {"deleted"},
    "uuid": {"uuid", "attribute uuid"},
    "licence": {"licence", "license"},
    "context_only": {"context only"},
    "exact_host": {"exact host"},
    "valid_from": {"valid from"},
    "valid_until": {"valid until"},
}  # fmt: skip
DOMAINS = {"c2", "c2s", "c2 domain", "c2 server", "c2 host", "cnc", "c c", "command and control"}
RESOLUTION = re.compile(r"\bresol")
NO_VALUES = {
    "date", "dates", "time", "first", "last", "seen", "count", "size", "id", "version", "port", "country", "asn",
    "registrar", "registrant", "owner", "description", "comment", "comments", "note", "notes", "rank", "status", "type",
    "score", "title", "group", "tlv", "virustotal", "vt", "function", "tags", "detail", "details", "permalink", "urlhaus",
    "nameserver", "nameservers", "ns", "mx", "provider", "hosting", "isp", "nota", "notas", "descripcion", "comentario",
}  # fmt: skip
"""Words in the head of a column that holds no published values, however they look (a version looks like an address)."""
OTHER_DIGESTS = {
    "imphash", "pehash", "ssdeep", "tlsh", "sha3", "vhash", "impfuzzy", "telfhash", "ja3", "ja3s", "ja4", "jarm", "dhash",
    "authentihash", "permhash", "gimphash", "favicon", "mmh3", "fuzzy", "murmur", "hassh",
}  # fmt: skip
"""Digests that look like those of files and are of something else, or of another kind."""
NO_VALUE_NAMES = {"name server", "name servers", "dns server", "dns servers"}
TYPES = {
    "ipv4": "ip", "ipv6": "ip", "ipv4-addr": "ip", "ipv6-addr": "ip", "ip address": "ip", "domain-name": "domain",
    "fqdn": "domain", "c2": "domain", "sha-256": "hash", "sha-1": "hash", "filehash-md5": "hash",
    "filehash-sha1": "hash", "filehash-sha256": "hash", "file_hash": "hash", "email-addr": "email",
    "email address": "email", "bundle id": "app_id", "package name": "app_id", "android-package": "app_id",
    "file path": "path", "file_path": "path", "file name": "file_name", "process name": "process", "app": "app_id",
    "process": "process", "phone": "phone", "file": "file_name", "certificate": "certificate", "cert": "certificate",
    "profile": "profile", "property": "property", "path": "path", "hash": "hash", "app_id": "app_id",
    "sslcertfingerprint": "certificate", "filehash": "hash", "network ip": "ip", "networkipv4": "ip",
    "stixfile": "hash", "ipv4addr": "ip", "ip4addr": "ip", "ip6addr": "ip", "sha1cert": "certificate",
}  # fmt: skip


class Columns(NamedTuple):
    """Column numbers by role, kinds by column number, the heads if there are any, and which kinds are context."""

    roles: dict[str, int]
    kinds: dict[int, str]
    heads: list[str]
    context: frozenset[int] = frozenset()
    width: int = 0
    above: bool = False
    """Whether the heads stand in a comment above the table, and not in its first row."""

    @property
    def holds_values(self) -> bool:
        """Tell whether any column was found that holds what can be compared."""
        return bool(set(self.kinds.values()) - WEAK) or "value" in self.roles


WEAK = {"file_name", "path"}
"""Kinds that a table of any files has; alone they make no table of indicators."""
ANY = "any"
"""In place of a kind: each cell of the column is told by its own form."""


def plan(sample: list[list[str]], above: list[str] | None = None) -> Columns:
    """Decide by the first rows; a head is a first row none of whose cells has the form of a value.

    `above` are the cells of a comment above the table, which are its heads where the first row is none.
    """
    headed = bool(sample) and not any(_sure(cell) for cell in sample[0])
    body = sample[1:] if headed else sample
    width = max(map(len, sample), default=0)
    heads = sample[0] if headed else above or []
    told = Columns({}, {}, [cell.strip() for cell in heads], above=bool(above) and not headed)
    context: set[int] = set()
    for number in range(width):
        head = told.heads[number] if number < len(told.heads) else ""
        kind = _column(head, _cells(body, number), told, number)
        if kind:
            told.kinds[number] = kind
        if RESOLUTION.search(head.lower()):
            context.add(number)
    if "type" not in told.roles and not _mostly_sure(_cells(body, told.roles.get("value", width))):
        told.roles.pop("value", None)
    if "value" in told.roles:
        for number in [number for number, kind in told.kinds.items() if kind == ANY]:
            del told.kinds[number]
    return told._replace(context=frozenset(context), width=width)


def _cells(body: list[list[str]], number: int) -> list[str]:
    return [row[number].strip() for row in body if number < len(row) and row[number].strip()]


def _mostly_sure(cells: list[str]) -> bool:
    return bool(cells) and sum(map(_sure, cells)) >= MOSTLY * len(cells)


def _column(head: str, cells: list[str], told: Columns, number: int) -> str | None:
    name = words_of(head)
    role = next((role for role, names in ROLES.items() if name in names), None)
    if role:
        told.roles.setdefault(role, number)
        return None
    if language := rule_type(head):
        return language
    words = set(name.split())
    if name in DOMAINS:
        return "domain"
    kind = kind_by_name(head) if head and len(words) <= 3 and not words & NO_VALUES else None
    if kind or (words & NO_VALUES) or name in NO_VALUE_NAMES:
        return kind
    return ANY if _mostly_sure(cells) else None


def _sure(cell: str) -> bool:
    guess = kind_by_form(cell) if cell.strip() else None
    return (guess is not None and guess.sure) or len(several(cell)) > 1


def kind_of_type(name: str) -> str | None:
    """Return the kind that a word in a column of types means, None for one that is not compared here."""
    word = name.strip().lower()
    if OTHER_DIGESTS & set(words_of(name).split()):
        return None
    return TYPES.get(word) or MISP_KINDS.get(word) or kind_by_name(name)
