"""Which STIX property holds which kind of value."""

import re

KINDS = {
    "domain-name:value": "domain",
    "domain-name:resolves_to_refs.value": "domain",
    "hostname:value": "domain",
    "x-opencti-hostname:value": "domain",
    "ipv4-addr:value": "ip",
    "ipv6-addr:value": "ip",
    "network-traffic:dst_ref.value": "domain",
    "network-traffic:src_ref.value": "domain",
    "network-traffic:extensions.http-request-ext.request_header.host": "domain",
    "url:value": "url",
    "email-addr:value": "email",
    "email-message:from_ref.value": "email",
    "email-message:sender_ref.value": "email",
    "phone-number:value": "phone",
    "x-phone-number:value": "phone",
    "process:name": "process",
    "process:binary_ref.name": "process",
    "process:image_ref.name": "process",
    "file:name": "file_name",
    "file:path": "path",
    "file:parent_directory_ref.path": "path",
    "directory:path": "path",
    "app:id": "app_id",
    "configuration-profile:id": "profile",
    "android-property:name": "property",
}
"""`network-traffic` and `resolves_to_refs` point to a host or an address; which of them, its form tells."""
HASH = re.compile(r"(?:file|artifact|file:content_ref|process:image_ref|process:binary_ref)[.:]hashes\.([a-z0-9_-]+)$")
CERTIFICATE = re.compile(r"(?:x509-certificate:hashes|app:cert)\.([a-z0-9_-]+)$")
DIGESTS = {"md5", "sha1", "sha224", "sha256", "sha384", "sha512"}


def kind_of(path: str) -> str | None:
    """Return the kind of value that a path (lower case, no indices) leads to, or None if it is not compared here."""
    found = KINDS.get(path)
    if found:
        return found
    for pattern, kind in ((HASH, "hash"), (CERTIFICATE, "certificate")):
        match = pattern.match(path)
        if match and match[1].replace("-", "").replace("_", "") in DIGESTS:
            return kind
    return None


def values_in(item: dict[str, object]) -> list[tuple[str, object]]:
    """Return path and value of what one observable object (STIX 2.1 SCO) states about itself, hashes included."""
    name = str(item.get("type", "")).lower()
    found = [(f"{name}:{key}", value) for key, value in item.items() if f"{name}:{key}" in KINDS]
    hashes = item.get("hashes")
    if isinstance(hashes, dict):
        found += [(f"{name}:hashes.{key}".lower(), value) for key, value in hashes.items()]
    return found
