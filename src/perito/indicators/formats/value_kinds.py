"""What kind a value is: told by its own form, or by the name of the list, column or attribute that it stands in."""

import re
from typing import NamedTuple
from unicodedata import combining, normalize

from perito.indicators import ordinary
from perito.indicators.accept import (
    EMAIL,
    HEX,
    LONGEST,
    NUMERIC_IP,
    PORT,
    STRIPPED,
    may_be_defanged,
)
from perito.indicators.ranges import RANGE
from perito.records.refang import refang
from perito.records.suffixes import is_tld
from perito.records.urls import host_name

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/]+", re.IGNORECASE)
HOST = re.compile(r"(?:\*?\.)?(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]+)\.?", re.IGNORECASE)
HOST_AND_PATH = re.compile(rf"({HOST.pattern}|\d{{1,3}}(?:\.\d{{1,3}}){{3}})(?::\d{{1,5}})?/\S*", re.IGNORECASE)
CUT_EMAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE)
PATH = re.compile(
    r"/(?:private|var|data|system|library|usr|tmp|etc|sdcard|storage|dev|sbin|bin|applications)/\S", re.IGNORECASE
)
FILE_NAME = re.compile(r"[^\s\\/:*?\"<>|]{1,200}\.[A-Za-z0-9]{1,8}")
NO_HOST_ENDS = {
    "apk", "bat", "bin", "cfg", "conf", "css", "csv", "dat", "dex", "dll", "dmg", "doc", "docx", "exe", "gif", "html",
    "ipa", "jar", "jpeg", "jpg", "js", "json", "log", "pdf", "php", "plist", "png", "ppsx", "ppt", "pptx", "rar", "rtf",
    "sqlite", "tmp", "txt", "xls", "xlsx", "xml", "yar", "yaml", "yml",
}  # fmt: skip
"""Ends of file names; a name that ends so is not taken for a host unless the list says it is one."""
REVERSED = {
    "com",
    "org",
    "net",
    "io",
    "app",
    "dev",
    "edu",
    "gov",
    "me",
    "br",
    "de",
    "uk",
    "fr",
    "es",
    "mx",
    "ru",
    "cn",
    "in",
}
"""First parts of application ids, which are host names written backwards."""


class Guess(NamedTuple):
    """A kind told by form alone; `sure` where the form allows no other."""

    kind: str
    sure: bool


HASH, DOMAIN, IP = (Guess(kind, sure=True) for kind in ("hash", "domain", "ip"))
WORDS = {
    "certificate": {
        "cert",
        "certs",
        "certificate",
        "certificates",
        "thumbprint",
        "x509",
        "certificado",
        "certificados",
    },
    "property": {"property", "properties", "getprop"},
    "profile": {"profile", "profiles"},
    "email": {"email", "emails", "mail", "mails", "sender", "senders", "correo", "correos"},
    "phone": {"phone", "phones", "msisdn", "telephone", "telefono", "telefonos"},
    "process": {"process", "processes", "procs", "proceso", "procesos"},
    "app_id": {
        "package",
        "packages",
        "bundle",
        "bundles",
        "bundleid",
        "apps",
        "appid",
        "appids",
        "paquete",
        "paquetes",
    },
    "hash": {"sha256", "sha1", "md5", "sha512", "sha384", "sha224", "hash", "hashes", "samples", "sample", "checksum"},
    "ip": {"ip", "ips", "ipv4", "ipv6", "ipaddr", "cidr", "cidrs", "netblock", "netblocks", "subnet", "subnets"},
    "url": {"url", "urls", "uri", "uris", "links", "enlace", "enlaces"},
    "path": {"path", "paths", "filepath", "filepaths", "ruta", "rutas"},
    "file_name": {"file", "files", "filename", "filenames", "archivo", "archivos"},
    "domain": {"domain", "domains", "host", "hosts", "hostname", "hostnames", "fqdn", "fqdns", "dominio", "dominios"},
}
"""Words in the name of a list or column that say what it holds; the first kind that has one of the words is meant."""
BETWEEN = re.compile(r"[\s,;|]+")
PARTS = re.compile(r"[^a-z0-9]+")
SHA = re.compile(r"\bsha (\d{1,3})\b")
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")


def kind_by_form(value: str) -> Guess | None:
    """Return the kind that a value's own form shows, None for one that could be anything, or is longer than any value."""
    if len(value) > LONGEST:
        return None
    quick = _quick(value)
    if quick or len(value) > LONGEST:
        return quick
    text = value.strip(STRIPPED)
    if may_be_defanged(text):
        text = refang(text)
    if text[:1] == "[" and text[-1:] == "]" and NUMERIC_IP.match(text[1:-1]):
        return IP
    if HEX.match(text):
        return Guess("hash", sure=True)
    if ADDRESS.match(text):
        return Guess("url", sure=True)
    bare = PORT.match(text)
    if NUMERIC_IP.match(text) or RANGE.fullmatch(text) or (bare and NUMERIC_IP.match(bare[1])):
        return IP
    if EMAIL.match(text) or CUT_EMAIL.fullmatch(text):
        return Guess("email", sure=True)
    if PATH.match(text):
        return Guess("path", sure=True)
    return _name(bare[1] if bare else text)


def sure(value: str) -> bool:
    """Tell whether the form of a value leaves no doubt about its kind."""
    guess = kind_by_form(value)
    return guess is not None and guess.sure


def whole(kind: str, value: str) -> bool:
    """Tell whether a text that something is to contain is a whole value of its kind, so that it may be asked for alone."""
    guess = kind_by_form(value)
    if guess is None or not guess.sure:
        return False
    return guess.kind == kind or {guess.kind, kind} <= {"domain", "ip", "url"}


def several(cell: str) -> list[str]:
    """Part a text into values where white space or a comma divides it and each part can be nothing else."""
    if not BETWEEN.search(cell):
        return [cell]
    parts = [part for part in BETWEEN.split(cell) if part]
    guesses = map(kind_by_form, parts)
    return parts if len(parts) > 1 and all(guess is not None and guess.sure for guess in guesses) else [cell]


def _quick(value: str) -> Guess | None:
    """Tell the many plain hosts, digests and addresses without trying everything else first."""
    if ordinary.HASH.fullmatch(value):
        return HASH
    if ordinary.HOST.fullmatch(value):
        first, _, rest = value.partition(".")
        end = rest.rpartition(".")[2] or rest
        plain = first not in REVERSED and end not in NO_HOST_ENDS and is_tld(end)
        return DOMAIN if plain else None
    return IP if ordinary.IP.fullmatch(value) else None


def _name(text: str) -> Guess | None:
    found = HOST_AND_PATH.fullmatch(text)
    if found:
        return Guess(
            "url", sure=ordinary.IP.fullmatch(found[1]) is not None or is_tld(found[1].lower().rpartition(".")[2])
        )
    text = text if text.isascii() else host_name(text) or text
    if not HOST.fullmatch(text):
        return Guess("file_name", sure=False) if FILE_NAME.fullmatch(text) else None
    first, _, rest = text.lower().lstrip("*.").rstrip(".").partition(".")
    end = rest.rpartition(".")[2]
    if text[0] == "." and (first in REVERSED or not is_tld(end) or end in NO_HOST_ENDS):
        return Guess("file_name", sure=False)
    if is_tld(end) and end not in NO_HOST_ENDS:
        return Guess("app_id" if first in REVERSED and "." in rest and end not in REVERSED else "domain", sure=True)
    return Guess("app_id" if first in REVERSED and end not in NO_HOST_ENDS else "file_name", sure=False)


def words_of(name: str) -> str:
    """Return a name as plain words in lower case: parts of `camelCase` apart, letters without accents, `sha256` as one."""
    bare = name if name.isascii() else "".join(one for one in normalize("NFKD", name) if not combining(one))
    return SHA.sub(r"sha\1", PARTS.sub(" ", CAMEL.sub(" ", bare).lower()).strip())


def kind_by_name(name: str) -> str | None:
    """Return the kind that the name of a list or a column announces (`v4_domains`, `SHA256`, `Package Name`)."""
    parts = {part for part in words_of(name).split(" ") if part}
    return next((kind for kind, words in WORDS.items() if words & parts), None)
