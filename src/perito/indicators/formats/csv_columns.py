"""What the columns of a table hold: told by their heads, or, where there are none, by the form of what stands in them."""

import re
from collections.abc import Callable
from typing import NamedTuple

from perito.indicators.formats.misp_types import DESCRIBES
from perito.indicators.formats.misp_types import KINDS as MISP_KINDS
from perito.indicators.formats.rules_in_lists import rule_type
from perito.indicators.formats.value_kinds import kind_by_name, several, sure, words_of

SAMPLE = 50
MOSTLY = 0.8
LONGEST_TYPE = 30
MOST_WORDS = 3
ROLES = {
    "value": {"value", "indicator", "ioc", "iocs", "observable", "indicator value", "ioc value", "indicador", "valor",
              "valor del indicador", "data", "indicator data", "ioc data", "dato",
              "artifact", "artefact"},
    "type": {"type", "kind", "indicator type", "ioc type", "observable type", "tipo", "value type", "itype",
             "tipo de indicador", "entity type", "attribute type", "data type"},
    "campaign": {"campaign", "malware family", "family", "app", "malware", "threat", "threat name", "threat actor",
                 "actor", "event info", "spyware", "malware printable", "campana"},
    "source": {"source", "publisher", "event source org", "author", "vendor"},
    "report": {"report", "reference", "references", "ref", "report url", "reference url", "event uuid url",
               "urlhaus link", "source url", "source link", "report link", "external link", "blog", "referencia", "informe"},
    "date": {"date", "published", "publication date", "event date", "fecha", "dateadded", "date added", "listingdate",
             "listing date", "date published", "published date", "report date", "fecha de publicacion"},
    "verdict": {"verdict", "classification", "disposition", "reputation", "action", "veredicto"},
    "malicious": {"malicious", "is malicious", "malicioso"},
    "harmless": {"benign", "is benign", "harmless", "allow", "allowed", "allowlist", "allowlisted", "whitelist",
                 "whitelisted", "false positive", "legitimate", "benigno", "legitimo"},
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
STARTS = {
    "start",
    "first ip",
    "start ip",
    "ip start",
    "first address",
    "start address",
    "range start",
    "ip from",
    "from ip",
}
ENDS = {"end", "last ip", "end ip", "ip end", "last address", "end address", "range end", "ip to", "to ip"}
OF_RANGES = {"netblock", "email", "network", "cidr", "mask", "prefix"}
"""Heads beside the ends of ranges: the size of each, and whom its owner wants to be written to."""
DOMAINS = {"c2", "c2s", "c2 domain", "c2 server", "c2 host", "cnc", "c c", "command and control"}
RESOLUTION = re.compile(r"\bresol")
NO_VALUES = {
    "date", "dates", "time", "first", "last", "seen", "count", "size", "id", "version", "port", "country", "asn",
    "registrar", "registrant", "owner", "description", "comment", "comments", "note", "notes", "rank", "status", "type",
    "score", "title", "group", "tlv", "virustotal", "vt", "function", "tags", "detail", "details", "permalink", "urlhaus",
    "imphash", "ssdeep", "tlsh", "vhash", "telfhash", "pehash", "impfuzzy", "authentihash", "gimphash", "dhash", "ja3",
    "ja3s", "jarm", "hassh", "favicon", "pdb", "serial", "issuer", "subject", "extension", "screenshot", "tweet",
    "reporter", "analyst",
    "author", "authors", "build", "firmware", "submitter", "researcher", "contact", "abuse", "compile", "compiled",
    "timestamp", "uuid", "guid", "commit",
    "nameserver", "nameservers", "ns", "mx", "provider", "hosting", "isp", "nota", "notas", "descripcion", "comentario",
    "victim", "victims", "victima", "victimas",
}  # fmt: skip
"""Words in the head of a column that holds no published values, however they look (a version looks like an address)."""
OTHER_DIGESTS = {
    "imphash", "pehash", "ssdeep", "tlsh", "sha3", "vhash", "impfuzzy", "telfhash", "ja3", "ja3s", "ja4", "jarm", "dhash",
    "authentihash", "permhash", "gimphash", "favicon", "mmh3", "fuzzy", "murmur", "hassh",
}  # fmt: skip
"""Digests that look like those of files and are of something else, or of another kind."""
NO_TYPES = OTHER_DIGESTS | {"serial", "issuer", "subject", "extension", "size", "cn", "organization", "pdb"}
"""Words in a type that say what else it is of: the serial number of a certificate, the subject of an e-mail."""
TELLS = {
    "description", "title", "note", "notes", "comment", "report", "reference", "registrar", "actor", "threat actor",
    "campaign", "country", "date", "text", "link", "size", "file size", "malware", "family",
    "source", "victim", "contact", "author",
}  # fmt: skip
"""Types of rows that say something about the others."""
OTHERS = {
    "asn", "as", "mutex", "regkey", "registry", "registry key", "named pipe", "pipe", "user agent", "useragent", "cookie",
    "yara", "sigma", "snort", "btc", "xmr", "wallet", "mac address", "service", "scheduled task", "command", "string",
    "password", "key", "username", "user", "filename pattern", "regex", "pattern", "other", "attachment", "cve",
    "vulnerability",
}  # fmt: skip
"""Types of values that are not compared here."""
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
    "ipaddress": "ip", "ip-address": "ip",
}  # fmt: skip


HEADS = NO_VALUES.union(*ROLES.values())
TYPE_AND_VALUE = {"type", "value"}
NO_HEAD = re.compile(r"[./\\@]")


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
        return bool(set(self.kinds.values()) - WEAK) or bool({"value", "first"} & self.roles.keys())


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
    _by_content(told, body, width)
    if "type" not in told.roles and not _mostly_sure(_cells(body, told.roles.get("value", width))):
        told.roles.pop("value", None)
    _ranges(told, body)
    if "value" in told.roles:
        for number in [number for number, kind in told.kinds.items() if kind == ANY]:
            del told.kinds[number]
    return told._replace(context=frozenset(context), width=width)


def _by_content(told: Columns, body: list[list[str]], width: int) -> None:
    """Find a column of types that no head names (or one called `Indicator`), and the column of values beside it."""
    if "type" in told.roles:
        return
    names = [number for number in range(width) if _mostly(_names_a_type, _cells(body, number), len(body))]
    number = names[0] if names and len(body) > 1 else width
    if 2 * sum(kind_of_type(cell) is not None for cell in _cells(body, number)) < max(1, len(_cells(body, number))):
        return
    others = [place for place in (*range(number + 1, width), *range(number)) if _may_hold(told, place)]
    if told.roles.get("value") not in {None, number}:
        others = [told.roles["value"]]
    best = max(others, key=lambda place: sum(map(_sure, _cells(body, place))), default=None)
    if best is None or 3 * sum(map(_sure, _cells(body, best))) < len(body):
        return
    told.roles.update({"type": number, "value": best})
    told.kinds.pop(number, None)
    told.kinds.pop(best, None)
    links = [place for place, kind in told.kinds.items() if kind == ANY and _mostly(_is_link, _cells(body, place), 0)]
    for place in links:
        told.roles.setdefault("report", place)


def _may_hold(told: Columns, number: int) -> bool:
    head = words_of(told.heads[number]) if number < len(told.heads) else ""
    return number not in told.roles.values() and not NO_VALUES & set(head.split())


def _ranges(told: Columns, body: list[list[str]]) -> None:
    """Find two columns with the ends of ranges of addresses; all else there says something about the network."""
    names = [words_of(head) for head in told.heads]
    first = next((number for number, name in enumerate(names) if name in STARTS), -1)
    last = next((number for number, name in enumerate(names) if name in ENDS), -1)
    if min(first, last) < 0 or not all(_mostly_sure(_cells(body, number)) for number in (first, last)):
        return
    told.roles.update({"first": first, "last": last})
    for number in [number for number in told.kinds if number in {first, last} or names[number] in OF_RANGES]:
        del told.kinds[number]


def _mostly(fits: Callable[[str], bool], cells: list[str], rows: int) -> bool:
    """Tell whether most cells of a column fit, and most of so many rows have one."""
    return bool(cells) and len(cells) >= MOSTLY * rows and sum(map(fits, cells)) >= MOSTLY * len(cells)


def _names_a_type(cell: str) -> bool:
    return len(cell) <= LONGEST_TYPE and not _sure(cell) and (is_type(cell) or words_of(cell) in TELLS)


def is_type(name: str) -> bool:
    """Tell whether a word names a kind of values, compared here or not, rather than what they were used for."""
    if kind_of_type(name) or "|" in name:
        return True
    words = words_of(name)
    return words in OTHERS or bool(NO_TYPES & set(words.split())) or name.strip().lower() in DESCRIBES


def _is_link(cell: str) -> bool:
    return cell.startswith(("https://", "http://"))


def is_head(cells: list[str], *, typed: bool) -> bool:
    """Tell the head of a further table in a file: no value, and half of what is filled names a column.

    Behind a table of types and values (`typed`) all of it does, and it is more than one cell, since its rows begin with
    such a word; but one that has both `type` and `value` among other words, as exports of MISP have, is a head everywhere.
    """
    if NO_HEAD.search("".join(cells)):  # most rows, without a look at each cell
        return False
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) <= typed or any(len(cell) > LONGEST_TYPE or _sure(cell) for cell in filled):
        return False
    if {cell.lower() for cell in filled} >= TYPE_AND_VALUE:
        return True
    known = sum(words_of(cell) in HEADS or kind_of_type(cell) is not None for cell in filled)
    holds = any(kind_of_type(cell) or cell.lower() in ROLES["value"] for cell in filled)
    return (
        holds
        and len(words_of(filled[0]).split()) <= MOST_WORDS
        and known >= (len(filled) if typed else len(filled) / 2)
    )


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
    return (bool(cell.strip()) and sure(cell)) or len(several(cell)) > 1


def kind_of_type(name: str) -> str | None:
    """Return the kind that a word in a column of types means, None for one that is not compared here."""
    word = name.strip().lower()
    found = TYPES.get(word) or MISP_KINDS.get(word)
    return found or (None if NO_TYPES & set(words_of(name).split()) else kind_by_name(name))
