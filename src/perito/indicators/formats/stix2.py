"""STIX 2.0 and 2.1: bundles, lists, lone objects or one object a line, read object by object.

What an indicator says is taken from its pattern; who said it, about what and where, from the objects around it:
`created_by_ref` (publisher), relationships to malware, tools, campaigns and actors (campaign), the report or grouping
that lists it (report, date). Observable objects outside a pattern are taken as context, and only if a report lists
them or a relationship ties them to malware or an actor: any other may be a victim's.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from perito.base.text import excerpt
from perito.indicators.formats import stix2_asked, stix2_foreign
from perito.indicators.formats.json_stream import JsonStream
from perito.indicators.formats.stix2_asked import Told, simple
from perito.indicators.formats.stix2_items import blocks
from perito.indicators.formats.stix2_kinds import kind_of
from perito.indicators.formats.stix2_package import Package, ref_of
from perito.indicators.formats.stix2_sayings import STIX
from perito.indicators.indicator import (
    Claim,
    ClaimRow,
    LeftOut,
    Problem,
    Said,
    together,
)

NAME = "STIX 2 JSON"
BUNDLE = re.compile(r'"type"\s*:\s*"bundle"|"objects"\s*:\s*\[\s*\]')
OBJECT = re.compile(
    r'"type"\s*:\s*"(?:indicator|report|grouping|malware|relationship|identity|marking-definition|campaign'
    r'|intrusion-set|threat-actor|tool|observed-data|sighting|infrastructure|attack-pattern|note|opinion|location)"'
)
OWN = re.compile(
    r'"spec_version"\s*:\s*"2|"(?:id|created_by_ref|source_ref)"\s*:\s*"[a-z0-9-]+--|"pattern"\s*:|"x_perito"'
)
"""What objects of STIX have and others that are called the same have not."""


def recognises(head: str, name: str) -> bool:  # noqa: ARG001 - told by content alone
    """Tell from its beginning whether a text is STIX 2."""
    if head.lstrip("\ufeff \t\r\n")[:1] not in {"{", "["}:
        return False
    return bool(BUNDLE.search(head) or (OWN.search(head) and (OBJECT.search(head) or '"objects"' in head)))


def read(stream: BinaryIO, file: str) -> Iterator[Said]:
    """Yield every claim of a file, and each place that could not be read; relationships need the whole file first."""
    package = Package(file)
    for block in blocks(JsonStream(stream)):
        yield from package.take(block)
    if package.older:
        yield LeftOut("older version of the same object", package.older)
    yield from together(ref_of, _patterns(package))
    for key, values in package.observables():
        yield from _context(key, values, package)
    if package.observed:
        yield LeftOut("what somebody observed, which may be a victim's", package.observed)
    if package.unnamed:
        yield LeftOut("observable that no report and no malware names", package.unnamed)


def _patterns(package: Package) -> Iterator[Said | ClaimRow]:
    """Yield what the patterns say, in their order."""
    for key, pattern in package.patterns.items():
        if pattern.language != STIX:
            yield from stix2_foreign.said(key, pattern, package.about(key, pattern), package.file)
            continue
        kind, value = simple(pattern.text)
        if kind:
            yield key, kind, value, package.about(key, pattern), pattern.valid_from, pattern.valid_until
        else:
            told = Told(package.about(key, pattern), pattern.valid_from, pattern.valid_until)
            yield from stix2_asked.parsed(pattern.text, ref_of(key), told, package.file)


def _context(key: str, values: list[tuple[str, object]], package: Package) -> Iterator[Claim | Problem]:
    for path, value in values:
        kind = kind_of(path.lower())
        if kind and isinstance(value, str):
            yield stix2_asked.claim(kind, value, ref_of(key), Told(package.about(key, None)))
        elif kind:
            yield Problem(package.file, ref_of(key), f"{path} is not a text", excerpt(value))
