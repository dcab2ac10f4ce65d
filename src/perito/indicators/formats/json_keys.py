"""What the keys of JSON say about the values below them, in lists of publishers that follow no standard."""

import re
from functools import lru_cache
from typing import NamedTuple

from perito.indicators.formats.csv_columns import DOMAINS, NO_VALUES, OTHER_DIGESTS, ROLES
from perito.indicators.formats.rules_in_lists import rule_type
from perito.indicators.formats.value_kinds import kind_by_name, words_of

MORE_ROLES = {
    "value": {"observable value", "indicator name", "entity value"},
    "type": {"data type", "datatype", "entity type", "indicator kind", "iocs type"},
    "pattern": {"pattern"},
    "campaign": {"campaign name", "malware name", "malware families", "family name", "signature", "adversary", "actors",
                 "campaigns", "families", "threats"},
    "title": {"title", "name", "pulse name", "event name"},
    "source": {"author name", "provider name", "source name", "organization name"},
    "report": {"report link", "reference link", "external references", "refs", "reports"},
    "date": {"created", "created at", "date added", "dateadded", "first seen utc", "publish date", "published at",
             "publication", "added", "created on"},
    "valid_until": {"expiration", "expires", "expires at", "expiration date", "expiration date time", "expiry"},
    "revoked": {"revoked", "is revoked"},
    "detects": {"is ioc", "detection"},
    "harmless_if": {"whitelisted", "is whitelisted", "allowlisted", "false positive", "is false positive", "benign",
                    "is benign", "harmless", "trusted", "falsepositive"},
    "verdict": {"verdict", "status", "classification", "disposition", "reputation", "action", "assessment", "maliciousness"},
    "wrap": {"attributes", "properties"},
}  # fmt: skip
OF_ROWS = {"harmless", "malicious"}
"""Roles of a column of a table; the same words above a list in JSON say it of the whole list."""
ROLE_OF = {
    name: role
    for roles in (ROLES, MORE_ROLES)
    for role, names in roles.items()
    if role not in OF_ROWS
    for name in names
}
LISTED = {
    "ioc", "iocs", "indicator", "indicators", "observable", "observables", "artifact", "artifacts", "blocklist",
    "blacklist", "denylist", "blocklists", "blacklists", "malicious", "indicadores", "payload", "payloads",
}  # fmt: skip
"""Words in the key of a list whose texts are indicators, whatever their kind."""
HARMLESS = {
    "whitelist", "whitelists", "whitelisted", "allowlist", "allowlists", "allowed", "benign", "goodware", "harmless",
    "safelist", "exclusions", "exceptions", "legitimate", "legit", "clean",
}  # fmt: skip
ABOUT = {
    "report", "reports", "reference", "references", "refs", "ref", "blog", "source", "sources", "author", "authors",
    "contact", "contacts", "victim", "victims", "target", "targets", "targeted", "whois", "registrant", "reporter",
    "maintainers", "maintainer", "contributors", "contributor", "repository", "homepage", "website", "websites",
    "license", "licenses", "bugs", "funding", "links", "link", "schema", "feed", "feeds", "icon", "image", "images",
    "screenshot", "screenshots", "publisher", "vendor", "article", "articles", "analysis", "permalink",
    "documentation", "attribution", "analyst", "analysts", "creator", "submitter", "uploader", "org", "organization",
    "organisation", "credits", "malpedia", "mitre", "attack", "galaxy", "warninglists", "api", "next", "previous",
    "self", "logo", "related", "sandbox", "pcap", "git", "github", "dns", "dependencies", "requires",
    "engines", "scripts", "recipient", "recipients", "to", "cc",
}  # fmt: skip
"""Words in the key of what a list says about itself, its authors, its sources, or the people who were attacked."""
CLEAN = {
    "benign", "clean", "harmless", "whitelist", "whitelisted", "goodware", "allow", "allowed", "false positive", "safe",
    "trusted", "falsepositive", "falsepos", "legitimate", "known good", "not malicious",
}  # fmt: skip
ATTACKER = re.compile(r"\b(?:source|src|attacker|attack) (?:ip|ipv4|ipv6|address)\b|\bc2\b|\bcnc\b")
IPV = re.compile(r"IPv([46])")
NO_VALUE = NO_VALUES | {
    "subject",
    "body",
    "header",
    "headers",
    "magic",
    "mime",
    "extension",
    "resolver",
    "length",
    "day",
}
MOST_KEYS = 4_096
MOST_WORDS = 4


class Meaning(NamedTuple):
    """What stands below a key: `kind` (of that kind), `rule`, `listed` (of any kind), `about`, `harmless`, or a role.

    A role is what a value says of the values beside it; it is empty where the key says nothing.
    """

    role: str
    kind: str = ""


@lru_cache(MOST_KEYS)
def meaning(key: str) -> Meaning:
    """Say what a key announces; whether a single value or a list stands there is for the reader to weigh."""
    if key == "_source":
        return Meaning("wrap")
    key = IPV.sub(r" ipv\1 ", key[:80]).replace("sum", " sum")
    name = words_of(key)
    words = set(name.split())
    if role := ROLE_OF.get(name):
        return Meaning(role)
    if language := rule_type(key):
        return Meaning("rule", language)
    if words & HARMLESS:
        return Meaning("harmless")
    if words & OTHER_DIGESTS:
        return Meaning("other", name)
    if name in DOMAINS or ATTACKER.search(name):
        return _kind(key, words) if kind_by_name(key) else Meaning("kind", "domain")
    if words & ABOUT:
        return Meaning("about")
    found = _kind(key, words)
    return Meaning("listed") if not found.role and words & LISTED else found


def _kind(key: str, words: set[str]) -> Meaning:
    kind = kind_by_name(key) if len(words) <= MOST_WORDS and not words & NO_VALUE else None
    return Meaning("kind", kind) if kind else Meaning("")
