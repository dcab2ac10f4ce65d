"""What the types of MISP attributes hold, in events and in CSV exports alike."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from perito.indicators.formats.rules_in_lists import rule_type, rules_in
from perito.indicators.indicator import About, Claim, LeftOut, Said, Unmatched

KINDS = {
    "domain": "domain", "hostname": "domain", "url": "url", "uri": "url", "ip-src": "ip", "ip-dst": "ip", "ip": "ip",
    "email": "email", "email-src": "email", "email-reply-to": "email", "md5": "hash", "sha1": "hash", "sha224": "hash",
    "sha256": "hash", "sha384": "hash", "sha512": "hash", "filename": "file_name", "filepath": "path",
    "mobile-application-id": "app_id", "x509-fingerprint-md5": "certificate", "x509-fingerprint-sha1": "certificate",
    "x509-fingerprint-sha256": "certificate", "phone-number": "phone", "whois-registrant-email": "email",
    "email-dst": "email", "dns-soa-email": "email", "link": "url", "process-name": "process",
    "malware-sample": "file_name",
}  # fmt: skip
NEVER_DETECTS = {"whois-registrant-email", "email-dst", "dns-soa-email", "link"}
"""Taken as context whatever the publisher's flag says: registrants and recipients are no traces of an attack."""
DESCRIBES = {
    "text", "comment", "other", "attachment", "threat-actor", "campaign-name", "campaign-id", "datetime", "float",
    "counter", "boolean", "size-in-bytes", "mime-type", "port", "hex", "entropy", "malware-type", "target-user",
    "target-email", "target-machine", "target-org", "target-location", "target-external", "whois-registrant-name",
    "whois-registrant-org", "whois-registrant-phone", "whois-registrar", "whois-creation-date", "email-subject",
    "email-body", "email-attachment", "email-dst-display-name", "email-src-display-name", "email-header",
    "identity-card-number", "first-name", "last-name", "middle-name", "full-name", "date-of-birth", "gender",
    "nationality", "passport-number", "place-of-birth", "github-repository", "anonymised", "cpe", "community-id",
}  # fmt: skip
REPORTS = {"link", "url", "text", "comment", "attachment", "other"}
DETECTS = {"1", "true"}
NO_DETECTION = {"Targeting data", "Internal reference", "Support Tool"}
"""Categories of what is about victims, or about the event itself, whatever the publisher's flag says."""
DESCRIBES_ITS_PAIR = {"port", "comment", "text", "counter"}
DECIDES_ITS_PAIR = {"hash", "domain", "certificate"}
LONGEST_FLAGS = 200
"""Characters of type, category and flags together up to which what they mean is remembered."""
REPORT = "a link to a report, not an indicator"


class Attribute(NamedTuple):
    """One attribute as it is published; `deleted` as in the flag of that name."""

    ref: str
    type: str
    value: str
    category: str = ""
    to_ids: str = ""
    deleted: str = ""


def is_report(one: Attribute) -> bool:
    """Tell a link to what was published about an event."""
    return one.type == "link" or (one.category == "External analysis" and one.type in REPORTS)


def plain(one: Attribute, about: About) -> tuple[str, About] | None:
    """Return, of an attribute that claims one value and nothing else, its kind and what is said of it.

    As `said_by` tells it; None for any other, of which that is to be asked.
    """
    flags = one.type, one.category, one.to_ids, one.deleted
    found = _plain(*flags) if sum(map(len, flags)) <= LONGEST_FLAGS else None
    if found is None:
        return None
    kind, detects = found
    return _placed(kind, one.value), about if detects else contextual(about)


def _placed(kind: str, value: str) -> str:
    return "path" if kind == "file_name" and "/" in value else kind


@lru_cache(4096)
def _plain(kind: str, category: str, to_ids: str, deleted: str) -> tuple[str, bool] | None:
    one = Attribute("", kind, "", category, to_ids, deleted)
    found = list(said_by(one, About(), "")) if kind.strip().lower() in KINDS.keys() - {"malware-sample"} else []
    if len(found) != 1 or not isinstance(found[0], Claim):
        return None
    return found[0].kind, not found[0].about.context_only


@lru_cache(1024)
def contextual(about: About) -> About:
    """Return what is said of a value that is no more than context."""
    return about._replace(context_only=True)


def said_by(one: Attribute, about: About, file: str) -> Iterator[Said]:
    """Yield what an attribute of a file claims; of a composite one (`filename|md5`, `domain|ip`) what each part claims."""
    name = one.type.strip().lower()
    if one.deleted.lower() in DETECTS:
        yield LeftOut("deleted by its publisher", 1)
    elif is_report(one):
        yield LeftOut(REPORT, 1)
    elif name in DESCRIBES:
        yield LeftOut(f"{name} describes and is no indicator", 1)
    elif language := rule_type(name):
        context = about.context_only or one.to_ids.lower() not in DETECTS
        yield from rules_in(language, one.value, one.ref, about._replace(context_only=context), file)
    elif name.partition("|")[0] in KINDS:
        yield from _compared(one, name, about)
    else:
        yield Unmatched(name[:60], one.value, f"{name[:60]} is not compared here")


def _compared(one: Attribute, name: str, about: About) -> Iterator[Said]:
    types = name.split("|")
    values = one.value.split("|", len(types) - 1) if len(types) > 1 or name == "malware-sample" else [one.value]
    if name == "malware-sample":
        types, values = ["filename", "md5"], one.value.rsplit("|", 1)
    undetecting = name in NEVER_DETECTS or one.category in NO_DETECTION
    context = about.context_only or one.to_ids.lower() not in DETECTS or undetecting
    parts = [(KINDS.get(part), value, part) for part, value in zip(types, values, strict=False)]
    decided = (types[0] == "filename" and len(types) > 1) or any(kind in DECIDES_ITS_PAIR for kind, _, _ in parts)
    for kind, value, what in parts:
        part = context or (decided and kind not in DECIDES_ITS_PAIR)
        if kind is None and what not in DESCRIBES_ITS_PAIR:
            yield Unmatched(what[:60], value, f"{what[:60]} is not compared here")
        elif kind:
            yield Claim(one.ref, _placed(kind, value), value, contextual(about) if part else about)
