"""STIX 2.0 and 2.1: bundles, lists, lone objects or one object a line, read object by object.

What an indicator says is taken from its pattern; who said it, about what and where, from the objects around it:
`created_by_ref` (publisher), relationships to malware, tools, campaigns and actors (campaign), the report or grouping
that lists it (report, date). Observable objects outside a pattern are taken as context, and only if a report lists
them or a relationship ties them to malware or an actor: any other may be a victim's.
"""

import re
from collections.abc import Iterator
from heapq import merge
from itertools import chain, islice
from operator import attrgetter
from typing import Any, BinaryIO

from perito.base.text import excerpt
from perito.indicators.formats import stix2_asked, stix2_foreign
from perito.indicators.formats.json_stream import JsonStream
from perito.indicators.formats.stix2_ahead import AHEAD, ahead
from perito.indicators.formats.stix2_asked import Told, simple
from perito.indicators.formats.stix2_columns import Columns, Other
from perito.indicators.formats.stix2_items import blocks
from perito.indicators.formats.stix2_kinds import kind_of
from perito.indicators.formats.stix2_package import Package, ref_of
from perito.indicators.formats.stix2_sayings import STIX, Pattern
from perito.indicators.indicator import (
    About,
    Claim,
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
    told = 0
    for problem in _taken(stream, package, AHEAD):
        told += 1
        yield problem
    columns = Columns(package) if package.blocks else None
    if columns and not columns.ids_differ():
        stream.seek(0)
        package, columns = Package(file), None
        yield from islice(_taken(stream, package, 0), told, None)  # the same ones, none of them twice
    if package.older:
        yield LeftOut("older version of the same object", package.older)
    if columns:
        columns.relate()
        yield columns.claims(_others(package, columns))
    else:
        said = (_said(key, pattern, package.about(key, pattern), file) for key, pattern in package.patterns.items())
        yield from together(ref_of, chain.from_iterable(said))
    for key, values in package.observables():
        yield from _context(key, values, package)
    if package.observed:
        yield LeftOut("what somebody observed, which may be a victim's", package.observed)
    if package.unnamed:
        yield LeftOut("observable that no report and no malware names", package.unnamed)


def _taken(stream: BinaryIO, package: Package, size: int) -> Iterator[Problem]:
    """Take all objects of a file; yield what of them could not be read, which may be very much."""
    text = JsonStream(stream)
    with ahead(text, size) as coming:
        for block in blocks(text, coming):
            yield from package.take(block)


def _others(package: Package, columns: Columns) -> Iterator[tuple[int, Said]]:
    """Yield, in the order of the objects, what those say that do not stand in columns as a value."""
    own = zip(package.places, package.patterns.items(), strict=True)
    singly = [Other(place, key, pattern, package.about(key, pattern)) for place, (key, pattern) in own]
    for place, key, pattern, about in merge(singly, columns.others(), key=attrgetter("place")):
        for said in _said(key, pattern, about, package.file):
            yield place, Claim(ref_of(key), *said[1:]) if type(said) is tuple else said


def _said(key: str, pattern: Pattern, about: About, file: str) -> Iterator[Any]:
    """Yield what a pattern says, as Said; one value as a row."""
    if pattern.language != STIX:
        yield from stix2_foreign.said(key, pattern, about, file)
        return
    kind, value = simple(pattern.text)
    if kind:
        yield key, kind, value, about, pattern.valid_from, pattern.valid_until
    else:
        told = Told(about, pattern.valid_from, pattern.valid_until)
        yield from stix2_asked.parsed(pattern.text, ref_of(key), told, file)


def _context(key: str, values: list[tuple[str, object]], package: Package) -> Iterator[Claim | Problem]:
    for path, value in values:
        kind = kind_of(path.lower())
        if kind and isinstance(value, str):
            yield stix2_asked.claim(kind, value, ref_of(key), Told(package.about(key, None)))
        elif kind:
            yield Problem(package.file, ref_of(key), f"{path} is not a text", excerpt(value))
